"""Tracking numbers, what happens to pieces, reprints, handovers to employers and their receipts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables, and an index by which the trail of one mailing is found."""
    op.create_table(
        "number_blocks",
        sa.Column("id", sa.Integer, primary_key=True),
        _column("form", sa.String(10)),
        _column("prefix", sa.String(2)),
        _column("suffix", sa.String(2)),
        _column("checked", sa.Boolean),
        _column("first", sa.BigInteger),
        _column("last", sa.BigInteger),
        _column("next", sa.BigInteger),
        _column("file_name", sa.Text),
        _column("used_on", sa.String(10)),
    )
    op.create_table(
        "tracking_numbers",
        sa.Column("mailing", sa.String(20), primary_key=True),
        sa.Column("member", sa.Text, primary_key=True),
        _column("piece", sa.String(12)),
        sa.Column("number", sa.String(13), nullable=False, index=True),
        _column("assigned_on", sa.String(10)),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        _column("mailing", sa.String(20)),
        _column("scope", sa.String(10)),
        _column("subject", sa.String(20)),
        _column("event", sa.String(20)),
        _column("day", sa.String(10)),
        _column("at", sa.String(32)),
        _column("operator", sa.Text),
        _column("facts", sa.Text),
        _column("copy", sa.Integer),
    )
    _reprints()
    _handovers()
    op.create_index("tracking_by_piece", "tracking_numbers", ["mailing", "piece"])
    op.create_index("events_by_subject", "events", ["mailing", "scope", "subject"])
    op.create_index("audit_by_mailing", "audit", ["mailing", "seq"])


def _reprints() -> None:
    op.create_table(
        "reprints",
        sa.Column("mailing", sa.String(20), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        _column("state", sa.String(10)),
        _column("reason", sa.String(20)),
        _column("remark", sa.Text),
        _column("maker", sa.Text),
        _column("made_at", sa.String(32)),
        _column("checker", sa.Text),
        _column("checked_at", sa.String(32)),
    )
    op.create_table(
        "reprint_pieces",
        sa.Column("mailing", sa.String(20), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("piece", sa.String(12), primary_key=True),
        _column("copy", sa.Integer),
    )


def _handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("mailing", sa.String(20), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        _column("employer_no", sa.Text),
        _column("pieces", sa.Integer),
        _column("bundles", sa.Integer),
        _column("mode", sa.String(10)),
        _column("day", sa.String(10)),
        _column("vehicle", sa.Integer),
        _column("stop", sa.Integer),
        sa.UniqueConstraint("mailing", "employer_no", name="one_handover_an_employer"),
    )
    op.create_table(
        "receipts",
        sa.Column("mailing", sa.String(20), primary_key=True),
        sa.Column("scope", sa.String(10), primary_key=True),
        sa.Column("subject", sa.String(20), primary_key=True),
        _column("day", sa.String(10)),
        _column("time", sa.String(5)),
        _column("signer", sa.Text),
        _column("file_name", sa.Text),
        _column("src_row", sa.Integer),
    )
    op.create_table(
        "appointments",
        sa.Column("mailing", sa.String(20), primary_key=True),
        sa.Column("employer_no", sa.Text, primary_key=True),
        _column("day", sa.String(10)),
        _column("time", sa.String(5)),
        _column("file_name", sa.Text),
    )


def _column(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
