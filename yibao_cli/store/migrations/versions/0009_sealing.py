"""The key that a server's tables are sealed by; and room for a sealed postcode as it was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table; SQLite holds no text to the length of its column."""
    op.create_table(
        "sealing",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(16), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("addresses", "postcode_given", type_=sa.Text, existing_nullable=False)
