"""Ads: approvals, invoices, payments, make-goods, scans of response codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "ad_approvals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("contract", sa.String(40), nullable=False, index=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(4), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "ad_invoices",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mailing", sa.String(20), nullable=False),
        sa.Column("contract", sa.String(40), nullable=False),
        sa.Column("advertiser", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("issued_on", sa.String(10), nullable=False),
        sa.Column("due_on", sa.String(10), nullable=False),
        sa.UniqueConstraint("mailing", "contract", name="one_invoice_a_contract"),
    )
    op.create_table(
        "ad_payments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("advertiser", sa.Text, nullable=False, index=True),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("paid_on", sa.String(10), nullable=False),
        sa.Column("reference", sa.Text, nullable=False, unique=True),
        sa.Column("operator", sa.Text, nullable=False),
    )
    op.create_table(
        "ad_makegoods",
        sa.Column("contract", sa.String(40), primary_key=True),
        sa.Column("mailing", sa.String(20), primary_key=True),
        sa.Column("pieces", sa.Integer, nullable=False),
        sa.Column("used_in", sa.String(20), nullable=False),
    )
    op.create_table(
        "ad_scans",
        sa.Column("mailing", sa.String(20), primary_key=True),
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("scanned_at", sa.String(32), primary_key=True),
        sa.Column("file_name", sa.Text, nullable=False),
    )
