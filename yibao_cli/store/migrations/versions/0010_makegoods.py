"""Room for what is made good: a contract's number with its mailing behind it, and a mailing counted on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Widen the columns."""
    with op.batch_alter_table("ad_invoices") as table:
        table.alter_column("contract", type_=sa.String(80), existing_nullable=False)
    with op.batch_alter_table("ad_makegoods") as table:
        table.alter_column("mailing", type_=sa.String(40), existing_nullable=False)
