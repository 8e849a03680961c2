"""Control totals of each sheet, kept with the import."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; imports of before have no totals by sheet."""
    op.add_column("imports", sa.Column("sheets", sa.JSON, nullable=False, server_default=sa.text("'[]'")))
