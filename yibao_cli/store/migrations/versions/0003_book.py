"""The address book by delivery point: points, what people settled, history, enquiries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables, and the columns by which a writing leads to its point.

    Entries written before lead to no point (0); `yibao address clean` reads them again.
    """
    # Ids are never given twice from here on, because pieces and the history name entries by them.
    with op.batch_alter_table("addresses", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(_text("member"))
        batch.add_column(sa.Column("point_id", sa.Integer, nullable=False, server_default="0"))
        batch.add_column(_text("read_key"))
        batch.add_column(sa.Column("settled", sa.String(10), nullable=False, server_default=""))
        batch.add_column(_text("source"))
        batch.add_column(sa.Column("added_at", sa.String(32), nullable=False, server_default=""))
        batch.drop_constraint("one_entry_a_writing", type_="unique")
        batch.create_unique_constraint(
            "one_entry_a_writing", ["raw", "postcode_given", "county_given", "member"]
        )
    op.create_index("ix_addresses_point_id", "addresses", ["point_id"])
    op.create_index("ix_addresses_read_key", "addresses", ["read_key"])
    op.create_table(
        "points",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("standard", sa.Text, nullable=False),
        sa.Column("county", sa.Text, nullable=False),
        sa.Column("town", sa.Text, nullable=False),
        sa.Column("village", sa.Text, nullable=False),
        sa.Column("road", sa.Text, nullable=False),
        sa.Column("road_no", sa.Text, nullable=False),
        sa.Column("poi", sa.Text, nullable=False),
        sa.Column("building", sa.Text, nullable=False),
        sa.Column("division_code", sa.String(12), nullable=False),
        sa.Column("postcode", sa.String(6), nullable=False),
        sa.Column("street_key", sa.Text, nullable=False),
        sa.Column("precision", sa.String(10), nullable=False),
        sa.Column("suppressed", sa.String(20), nullable=False),
        sa.Column("suppressed_on", sa.String(10), nullable=False),
        sa.Column("returned", sa.String(3), nullable=False),
        sa.Column("returned_on", sa.String(10), nullable=False),
    )
    op.create_table(
        "settlements",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("read_key", sa.Text, nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("rules", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("postcode", sa.String(6), nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.UniqueConstraint("read_key", "member", name="one_settlement_a_point"),
    )
    op.create_table(
        "address_history",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("address_id", sa.Integer, nullable=False, index=True),
        sa.Column("point_id", sa.Integer, nullable=False, index=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
    )
    op.create_table(
        "enquiries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("address_id", sa.Integer, nullable=False, index=True),
        sa.Column("point_id", sa.Integer, nullable=False),
        sa.Column("asker", sa.String(20), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")
