"""The tables of advertisements: approvals, invoices, payments, what is owed, what was scanned.

Changes come by a migration in `migrations/versions/`, never by editing a released one.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text, UniqueConstraint

from yibao_cli.store.post_schema import metadata

ad_approvals = Table(
    "ad_approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("contract", String(40), nullable=False, index=True),
    Column("fingerprint", String(64), nullable=False),  # of artwork, words and terms, as they were approved
    Column("rule", String(4), nullable=False),  # "" for the ad as a whole, else the finding that was released
    Column("why", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("at", String(32), nullable=False),
)

ad_invoices = Table(
    "ad_invoices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing", String(20), nullable=False),
    Column("contract", String(80), nullable=False),  # of what is made good: with its mailing behind it
    Column("advertiser", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),  # fen
    Column("issued_on", String(10), nullable=False),
    Column("due_on", String(10), nullable=False),
    UniqueConstraint("mailing", "contract", name="one_invoice_a_contract"),
)

ad_payments = Table(
    "ad_payments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("advertiser", Text, nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),  # fen
    Column("paid_on", String(10), nullable=False),
    Column("reference", Text, nullable=False, unique=True),  # of the bank's slip; booked once
    Column("operator", Text, nullable=False),
)

ad_makegoods = Table(
    "ad_makegoods",
    metadata,
    Column("contract", String(40), primary_key=True),
    Column("mailing", String(40), primary_key=True),  # where the pieces were missing; `#2` for more of them
    Column("pieces", Integer, nullable=False),
    Column("used_in", String(20), nullable=False, default=""),  # mailing that printed them
)

ad_scans = Table(
    "ad_scans",
    metadata,
    Column("mailing", String(20), primary_key=True),
    Column("code", String(16), primary_key=True),
    Column("scanned_at", String(32), primary_key=True),
    Column("file_name", Text, nullable=False),
)
