"""The tables of the post: tracking numbers, events, copies, handovers, receipts; `schema` has the others.

Changes come by a migration in `migrations/versions/`, never by editing a released one.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from yibao_cli.store.columns import Sealed

metadata = MetaData()

number_blocks = Table(
    "number_blocks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("form", String(10), nullable=False),  # s10, cn13, num13
    Column("prefix", String(2), nullable=False),
    Column("suffix", String(2), nullable=False),
    Column("checked", Boolean, nullable=False),  # whether a check digit stands behind the serial
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("next", BigInteger, nullable=False),  # the first serial that is free; last + 1 when none is
    Column("file_name", Text, nullable=False),
    Column("used_on", String(10), nullable=False),  # day of the last number given out, or of the import
)

tracking_numbers = Table(
    "tracking_numbers",
    metadata,
    Column("mailing", String(20), primary_key=True),
    Column(
        "member", Sealed("member", findable=True), primary_key=True
    ),  # `person_no=17`: who keeps the number when it is merged again
    Column("piece", String(12), nullable=False),
    Column("number", String(13), nullable=False, index=True),
    Column("assigned_on", String(10), nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mailing", String(20), nullable=False),
    # What it happened to: the mailing, a handover, a bag, a bundle, a piece; and which one.
    Column("scope", String(10), nullable=False),
    Column("subject", String(20), nullable=False),
    Column("event", String(20), nullable=False),
    Column("day", String(10), nullable=False),
    Column("at", String(32), nullable=False),
    Column("operator", Text, nullable=False),
    Column("facts", Text, nullable=False),  # JSON, no personal data
    Column("copy", Integer, nullable=False),
)

reprints = Table(
    "reprints",
    metadata,
    Column("mailing", String(20), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(10), nullable=False),  # requested, approved, refused
    Column("reason", String(20), nullable=False),
    Column("remark", Sealed("words"), nullable=False),
    Column("maker", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("checker", Text, nullable=False),
    Column("checked_at", String(32), nullable=False),
)

reprint_pieces = Table(
    "reprint_pieces",
    metadata,
    Column("mailing", String(20), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("piece", String(12), primary_key=True),
    Column("copy", Integer, nullable=False),  # the one that is printed; those before it are void
)

handovers = Table(
    "handovers",
    metadata,
    Column("mailing", String(20), primary_key=True),
    Column("number", Integer, primary_key=True),  # on the sign-off sheet, in the order of the routes
    Column("employer_no", Text, nullable=False),
    Column("pieces", Integer, nullable=False),
    Column("bundles", Integer, nullable=False),
    Column("mode", String(10), nullable=False),
    Column("day", String(10), nullable=False),
    Column("vehicle", Integer, nullable=False),  # 0: not on any
    Column("stop", Integer, nullable=False),
    UniqueConstraint("mailing", "employer_no", name="one_handover_an_employer"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("mailing", String(20), primary_key=True),
    Column("scope", String(10), primary_key=True),  # handover or piece
    Column("subject", String(20), primary_key=True),
    Column("day", String(10), nullable=False),
    Column("time", String(5), nullable=False),  # HH:MM, "" where nobody wrote it
    Column("signer", Sealed("signer"), nullable=False),  # masked
    Column("file_name", Text, nullable=False),
    Column("src_row", Integer, nullable=False),
)

appointments = Table(
    "appointments",
    metadata,
    Column("mailing", String(20), primary_key=True),
    Column("employer_no", Text, primary_key=True),
    Column("day", String(10), nullable=False),
    Column("time", String(5), nullable=False),  # HH:MM from which somebody is there, "" for any
    Column("file_name", Text, nullable=False),
)

Index("tracking_by_piece", tracking_numbers.c.mailing, tracking_numbers.c.piece)
Index("events_by_subject", events.c.mailing, events.c.scope, events.c.subject)
