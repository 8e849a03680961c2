"""What of the database names a mailing's persons, and how it goes: deleted, blanked, free pages wiped.

Counts, hashes and money stay: the law asks to delete personal data when its purpose is reached (PIPL 19,
21, 47) and to keep the record of the processing for three years (PIPL 56).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, or_, select, update

from yibao_cli.store import schema as s
from yibao_cli.store.database import bare
from yibao_cli.store.surveys_schema import survey_calls, surveys

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

# Rows by mailing that name a piece, a member or a person's words. Deleted as a whole.
_OF_PERSONS = (
    *("pieces", "returns", "intake", "remails", "tracking_numbers", "events", "reprint_pieces", "receipts"),
    *("handovers", "appointments", "ad_scans"),
)
# Rows that stay for their money or their deadline, without what was said about a person.
_BLANKED = {"complaints": {"piece": "", "answer": ""}, "reprints": {"remark": ""}}


def purge_rows(connection: Connection, mailing: str) -> dict[str, int]:
    """Delete or blank the rows of a mailing; returns table -> rows that went or were blanked."""
    gone: dict[str, int] = {}
    of_mailing = select(surveys.c.id).where(surveys.c.mailing == mailing)
    called = delete(survey_calls).where(survey_calls.c.survey.in_(of_mailing))
    gone["survey_calls"] = connection.execute(called).rowcount
    for name in _OF_PERSONS:
        table = s.metadata.tables[name]
        gone[name] = connection.execute(delete(table).where(table.c.mailing == mailing)).rowcount
    for name, values in _BLANKED.items():
        table = s.metadata.tables[name]
        statement = update(table).where(table.c.mailing == mailing).values(**values)
        gone[name] = connection.execute(statement).rowcount
    return {name: count for name, count in gone.items() if count}


def purge_addresses(connection: Connection) -> dict[str, int]:
    """Delete the entries of the address book that no piece of any mailing uses; returns table -> rows."""
    used = exists().where(s.pieces.c.address_id == s.addresses.c.id)
    gone = {"addresses": connection.execute(delete(s.addresses).where(~used)).rowcount}
    lone = ~exists().where(s.addresses.c.point_id == s.points.c.id)
    gone["points"] = connection.execute(delete(s.points).where(lone)).rowcount
    for table in (s.address_history, s.enquiries):
        kept = or_(
            exists().where(s.addresses.c.id == table.c.address_id),
            (table.c.address_id == 0) & exists().where(s.points.c.id == table.c.point_id),
        )
        gone[table.name] = connection.execute(delete(table).where(~kept)).rowcount
    known = exists().where(s.addresses.c.read_key == s.settlements.c.read_key)
    gone["settlements"] = connection.execute(delete(s.settlements).where(~known)).rowcount
    return {name: count for name, count in gone.items() if count}


def wipe_free_pages(engine: Engine) -> None:
    """Make deleted rows unreadable in SQLite's own files; a server does it by its own means."""
    if engine.dialect.name != "sqlite":
        return
    with bare(engine) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
