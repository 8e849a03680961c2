"""The tables of what members say: surveys, complaints and what was paid for them.

Changes come by a migration in `migrations/versions/`, never by editing a released one.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, String, Table, Text

from yibao_cli.store.columns import Sealed
from yibao_cli.store.post_schema import metadata

surveys = Table(
    "surveys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing", String(20), nullable=False, index=True),
    Column("seed", Integer, nullable=False),
    Column("precision", Float, nullable=False),
    Column("strata", Text, nullable=False),  # JSON: stratum -> posted pieces
    Column("drawn_on", String(10), nullable=False),
    Column("operator", Text, nullable=False),
)

survey_calls = Table(
    "survey_calls",
    metadata,
    Column("survey", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("piece", String(12), nullable=False),
    Column("stratum", Text, nullable=False),
    Column("called_on", String(10), nullable=False),
    Column("outcome", String(12), nullable=False),  # reached, silent, refused, dead-line, or "" for not yet
    Column("received", String(3), nullable=False),  # yes, no or ""
    Column("accurate", String(3), nullable=False),
    Column("address_right", String(3), nullable=False),
    Column("satisfaction", Integer, nullable=False),  # 0 to 100, -1 for none
)

complaints = Table(
    "complaints",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing", String(20), nullable=False, index=True),
    Column("piece", String(12), nullable=False),  # "" where it is about no one piece
    Column("opened_on", String(10), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("class", String(20), nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("stage", String(20), nullable=False),  # where the fault lay
    Column("operator", Text, nullable=False),
    Column("closed_on", String(10), nullable=False),
    Column("answer", Sealed("words"), nullable=False),
    Column("closed_by", Text, nullable=False),
    sqlite_autoincrement=True,
)

compensations = Table(
    "compensations",
    metadata,
    Column("complaint", Integer, ForeignKey("complaints.id"), primary_key=True, autoincrement=False),
    Column("base", Integer, nullable=False),  # fen
    Column("times", Integer, nullable=False),
    Column("amount", Integer, nullable=False),  # fen
    Column("asked_by", Text, nullable=False),
    Column("asked_on", String(10), nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("approved_on", String(10), nullable=False),
)
