"""Returns by copy and station; intake, re-mails, accounts, surveys, complaints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables; a return of before is one of the first copy and is in the address book already."""
    _returns()
    op.create_table(
        "intake",
        sa.Column("id", sa.Integer, primary_key=True),
        _text("at", 32),
        _text("operator"),
        _text("station"),
        _text("way", 10),
        _text("source"),
        sa.Column("mailing", sa.String(20), nullable=False, index=True),
        _text("piece", 12),
        _number("copy"),
        _text("returned_on", 10),
        _text("reason", 3),
        _text("outcome", 10),
        _text("shown"),
        _text("picture"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "remails",
        *_copy_key(),
        _text("reason", 3),
        _number("address_id"),
        _text("address"),
        _text("postcode", 6),
        _text("queued_at", 32),
        _text("operator"),
        sa.Column("posted_on", sa.String(10), nullable=False, server_default=""),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mailing", sa.String(20), nullable=False, index=True),
        _text("as_of", 10),
        _text("at", 32),
        _text("operator"),
        _text("figures"),
    )
    _surveys()
    _complaints()


def _returns() -> None:
    op.create_table(
        "returns_by_copy",
        *_copy_key(),
        _text("returned_on", 10),
        _text("reason", 3),
        _text("file_name"),
        _number("src_row"),
        sa.Column("station", sa.Text, nullable=False, server_default=""),
        sa.Column("at", sa.String(32), nullable=False, server_default=""),
        sa.Column("address_id", sa.Integer, nullable=False, server_default="0"),
        sa.Column("marked", sa.Boolean, nullable=False, server_default=sa.text("false")),
    )
    op.execute(
        "INSERT INTO returns_by_copy (mailing, piece, copy, returned_on, reason, file_name, src_row, "
        "address_id, marked) SELECT r.mailing, r.piece, 0, r.returned_on, r.reason, r.file_name, r.src_row, "
        "coalesce(p.address_id, 0), true FROM returns r "
        "LEFT JOIN pieces p ON p.mailing = r.mailing AND p.piece = r.piece"
    )
    op.drop_table("returns")
    op.rename_table("returns_by_copy", "returns")


def _surveys() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mailing", sa.String(20), nullable=False, index=True),
        _number("seed"),
        sa.Column("precision", sa.Float, nullable=False),
        _text("strata"),
        _text("drawn_on", 10),
        _text("operator"),
    )
    op.create_table(
        "survey_calls",
        sa.Column("survey", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        _text("piece", 12),
        _text("stratum"),
        _text("called_on", 10),
        _text("outcome", 12),
        _text("received", 3),
        _text("accurate", 3),
        _text("address_right", 3),
        _number("satisfaction"),
    )


def _complaints() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mailing", sa.String(20), nullable=False, index=True),
        _text("piece", 12),
        _text("opened_on", 10),
        _text("channel", 20),
        _text("kind", 20),
        _text("class", 20),
        _text("due_on", 10),
        _text("stage", 20),
        _text("operator"),
        _text("closed_on", 10),
        _text("answer"),
        _text("closed_by"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "compensations",
        sa.Column(
            "complaint", sa.Integer, sa.ForeignKey("complaints.id"), primary_key=True, autoincrement=False
        ),
        _number("base"),
        _number("times"),
        _number("amount"),
        _text("asked_by"),
        _text("asked_on", 10),
        _text("approved_by"),
        _text("approved_on", 10),
    )


def _copy_key() -> tuple[sa.Column[str], sa.Column[str], sa.Column[int]]:
    return (
        sa.Column("mailing", sa.String(20), primary_key=True),
        sa.Column("piece", sa.String(12), primary_key=True),
        sa.Column("copy", sa.Integer, primary_key=True, autoincrement=False),
    )


def _text(name: str, length: int = 0) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)
