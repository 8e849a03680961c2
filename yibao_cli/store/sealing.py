"""The tables of a server under a workspace's key: which one they have, brought under another, read through.

One row of the table `sealing` says by its id which key the columns are sealed by. It is written in the
transaction that seals them, so that they are never of two keys, and a missing or a wrong key is known before
anything is read or written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, bindparam, delete, exists, func, insert, select, text, type_coerce, update

from yibao_cli.errors import CheckFailed, SettingsError, StateError
from yibao_cli.i18n import _
from yibao_cli.sealed.values import FINDABLE, RANDOM, ValueSealer
from yibao_cli.store.columns import Sealed, seal_columns
from yibao_cli.store.schema import metadata, sealing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Column, Connection, Engine, Table

    from yibao_cli.sealed.keys import Key

WHERE = "[store] url"
_AT_ONCE = 5_000  # rows


def sealed_tables() -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Each table with columns that are sealed on a server, and these."""
    for table in metadata.sorted_tables:
        found = [column for column in table.columns if isinstance(column.type, Sealed)]
        if found:
            yield table, found


def unlock_tables(engine: Engine, key: Key | None) -> None:
    """Let a key seal and open the tables of a server, when they are its own or still empty.

    Raises SettingsError for a missing or another key, StateError when there are rows that nobody sealed.
    """
    with engine.connect() as connection:
        known = _mark(connection)
        is_fresh = not known and key is not None and not _has_rows(connection)
    if is_fresh and key is not None:
        with engine.begin() as connection:
            _lock(connection)
            if not _mark(connection) and not _has_rows(connection):
                connection.execute(insert(sealing).values(id=1, key=key.id.hex()))
            known = _mark(connection)
    if key is None and not known:
        return
    if key is None:
        raise SettingsError(
            _("the tables on the server are encrypted by key {id}, and no key is configured").format(
                id=known
            ),
            where=WHERE,
            remedy=_("name that key in [encryption] of yibao.toml; without it nothing can be read"),
        )
    if not known:
        raise StateError(
            _("the settings name a key, and the tables on the server are not encrypted yet"),
            where=WHERE,
            remedy=_("encrypt them with `yibao keys encrypt`"),
        )
    if known != key.id.hex():
        raise SettingsError(
            _("the tables on the server are encrypted by key {id}, and the settings name key {other}").format(
                id=known, other=key.id.hex()
            ),
            where=WHERE,
            remedy=_(
                "name key {id} in [encryption], or look whether this is the workspace's own database"
            ).format(id=known),
        )
    seal_columns(engine, key)


def reseal_tables(
    engine: Engine, old: Key | None, new: Key | None, told: Callable[[int, int], None] | None = None
) -> int:
    """Bring all sealed columns under another key, None for plain, in one transaction; gives how many rows.

    told: called as it goes, with the rows done so far and of how many. 0 when they are so already. Raises
    SettingsError when they have neither key.
    """
    wanted = new.id.hex() if new else ""
    with engine.begin() as connection:
        _lock(connection)
        known = _mark(connection)
        if known == wanted:
            return 0
        if known != (old.id.hex() if old else ""):
            raise SettingsError(
                _(
                    "the tables on the server are encrypted by key {id}, neither the old nor the new one"
                ).format(id=known or _("none")),
                where=WHERE,
                remedy=_("give the key they have with --old"),
            )
        sealers = tuple(ValueSealer(key) if key else None for key in (old, new))
        changed, of = 0, _count(connection) if told else 0
        for table, columns in sealed_tables():
            for done in _reseal(connection, table, columns, sealers):
                changed += done
                if told:
                    told(changed, of)
        connection.execute(delete(sealing))
        if new is not None:
            connection.execute(insert(sealing).values(id=1, key=wanted))
    return changed


def check_tables(connection: Connection) -> int:
    """Read every sealed column through; gives how many rows. CheckFailed at the first that does not open."""
    count = 0
    for _table, columns in sealed_tables():
        query = select(*columns).execution_options(yield_per=_AT_ONCE)
        with connection.execute(query) as rows:
            count += sum(1 for _row in rows)
    return count


def _reseal(
    connection: Connection, table: Table, columns: list[Column[Any]], sealers: tuple[ValueSealer | None, ...]
) -> Iterator[int]:
    """Go over one table, as many rows at a time as fit well into memory; yields how many each time."""
    keys = list(table.primary_key.columns)
    # A key that is sealed itself changes with the others: by its stored form the row is found.
    stored = [_as_stored(c).label(f"k_{c.name}") for c in keys]
    plain = [_as_stored(c).label(f"v_{c.name}") for c in columns]
    # The options go with the query: on the connection they would go with the changes too.
    query = select(*stored, *plain).execution_options(yield_per=_AT_ONCE)
    same = [_as_stored(c) == bindparam(f"k_{c.name}") for c in keys]
    change = (
        update(table).where(*same).values({c.name: bindparam(f"v_{c.name}", type_=Text) for c in columns})
    )
    with connection.execute(query) as rows:
        for some in rows.mappings().partitions():
            values = [dict(row) for row in some]
            for row in values:
                for column in columns:
                    name = f"v_{column.name}"
                    row[name] = _resealed(row[name], column.type, sealers)
            connection.execute(change, values)
            yield len(values)


def _as_stored(column: Column[Any]) -> Any:
    return type_coerce(column, Text) if isinstance(column.type, Sealed) else column


def _resealed(value: str | None, kind: Any, sealers: tuple[ValueSealer | None, ...]) -> str | None:
    old, new = sealers
    if not value:
        return value
    if old is None and value.startswith((FINDABLE, RANDOM)):
        # Without its row in `sealing` a sealed table looks plain, and would be sealed twice.
        raise CheckFailed(
            _("a value in the database is encrypted, and nothing says by which key"),
            where=WHERE,
            remedy=_("restore the table `sealing` of the database from a backup"),
        )
    said = old.open(value, kind.domain) if old else value
    return new.seal(said, kind.domain, findable=kind.findable) if new else said


def _mark(connection: Connection) -> str:
    return str(connection.execute(select(sealing.c.key)).scalar() or "")


def _count(connection: Connection) -> int:
    counts = (select(func.count()).select_from(table) for table, _columns in sealed_tables())
    return sum(connection.execute(query).scalar_one() for query in counts)


def _has_rows(connection: Connection) -> bool:
    return any(
        connection.execute(select(exists(select(1).select_from(table)))).scalar()
        for table, _c in sealed_tables()
    )


def _lock(connection: Connection) -> None:
    """Let nobody at these tables until the transaction ends: half of them would be of another key."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table, _columns in sealed_tables())
        connection.execute(text(f"LOCK TABLE sealing, {names} IN ACCESS EXCLUSIVE MODE"))
