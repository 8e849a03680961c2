"""The first schema.

Written out in full: a migration says what the schema was, whatever `schema.py` says later.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mailings",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("package_sha256", sa.String(64), nullable=False),
        sa.Column("posted_on", sa.String(10), nullable=False),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mailing", sa.String(20), nullable=False, index=True),
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("rows_in", sa.Integer, nullable=False),
        sa.Column("rows_kept", sa.Integer, nullable=False),
        sa.Column("rows_rejected", sa.Integer, nullable=False),
        sa.Column("totals", sa.JSON, nullable=False),
        sa.Column("imported_at", sa.String(32), nullable=False),
        sa.Column("superseded", sa.Boolean, nullable=False),
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("postcode_given", sa.String(12), nullable=False),
        sa.Column("county_given", sa.Text, nullable=False),
        sa.Column("standard", sa.Text, nullable=False),
        sa.Column("province", sa.Text, nullable=False),
        sa.Column("city", sa.Text, nullable=False),
        sa.Column("county", sa.Text, nullable=False),
        sa.Column("postcode", sa.String(6), nullable=False),
        sa.Column("division_code", sa.String(12), nullable=False),
        sa.Column("street_key", sa.Text, nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.UniqueConstraint("raw", "postcode_given", "county_given", name="one_entry_a_writing"),
    )
    op.create_table(
        "pieces",
        sa.Column("mailing", sa.String(20), sa.ForeignKey("mailings.id"), primary_key=True),
        sa.Column("piece", sa.String(12), primary_key=True),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("copy", sa.Integer, nullable=False),
        sa.Column("address_id", sa.Integer, nullable=False),
        sa.Column("county", sa.Text, nullable=False),
        sa.Column("employer_no", sa.Text, nullable=False),
    )
    op.create_index("pieces_by_position", "pieces", ["mailing", "position"])
    op.create_table(
        "returns",
        sa.Column("mailing", sa.String(20), primary_key=True),
        sa.Column("piece", sa.String(12), primary_key=True),
        sa.Column("returned_on", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(3), nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("src_row", sa.Integer, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("mailing", sa.String(20), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
