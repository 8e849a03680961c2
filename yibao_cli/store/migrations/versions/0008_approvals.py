"""Approvals of packages: a second person's signature under the proofs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "package_approvals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mailing", sa.String(20), nullable=False, index=True),
        sa.Column("package_sha256", sa.String(64), nullable=False),
        sa.Column("proof_sha256", sa.String(64), nullable=False),
        sa.Column("maker", sa.Text, nullable=False),
        sa.Column("checker", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
