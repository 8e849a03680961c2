"""The address book in the database: writings, the points they lead to, what people settled, and its history.

A writing is what a client wrote; a point is the door it leads to. Every function works in the caller's
transaction.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, String, and_, case, func, insert, literal, or_, select, type_coerce, update

from yibao_cli.store.columns import sealer_of
from yibao_cli.store.schema import address_history, addresses, enquiries, points, settlements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

_AT_ONCE = 5_000  # values of one IN list; SQLite admits 32,766
SUPPRESSED, RETURNED, HELD = "A131", "A132", "A133"

a, p, s, h = addresses.c, points.c, settlements.c, address_history.c


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history: who did what to which entry or point, when, why, and on whose word.

    address_id: 0 where the whole point is meant. source: a file, or a return such as `2026Q3 00000017`.
    before, after: what changed.
    """

    at: str
    operator: str
    action: str
    address_id: int
    point_id: int
    source: str = ""
    why: str = ""
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a person decided about a point as it is read, for everybody (member "") or for one member.

    decision: accepted, corrected or held. rules: ids of the doubts the person saw. text, postcode: the
    address given instead.
    """

    read_key: str
    member: str
    decision: str
    rules: tuple[str, ...]
    text: str
    postcode: str
    operator: str
    at: str


# ---------------------------------------------------------------- writings and their verdict


def entries() -> Select[Any]:
    """All entries with the verdict that counts: the point's where it is suppressed or mail came back."""
    stopped, back = p.suppressed != "", p.returned != ""
    details = '", "day": "'
    suppressed = (
        literal(f'[["{SUPPRESSED}", {{"suppressed": "', String) + p.suppressed + details + p.suppressed_on
    )
    returned = literal(f'[["{RETURNED}", {{"code": "', String) + p.returned + details + p.returned_on
    return select(
        *(c for c in addresses.c if c.name not in {"verdict", "reasons"}),
        case((or_(stopped, back), "bad"), else_=a.verdict).label("verdict"),
        type_coerce(
            case((stopped, suppressed + '"}]]'), (back, returned + '"}]]'), else_=a.reasons), a.reasons.type
        ).label("reasons"),
        func.coalesce(p.suppressed, "").label("suppressed"),
        func.coalesce(p.returned, "").label("returned"),
    ).select_from(addresses.outerjoin(points, p.id == a.point_id))


def verdicts() -> Select[Any]:
    """Of every writing of everybody: address, postcode and county as given, point, verdict and reasons."""
    wanted = "raw", "postcode_given", "county_given", "point_id", "verdict", "reasons"
    whole = entries().where(a.member == "")
    return whole.with_only_columns(*(whole.selected_columns[name] for name in wanted))


def entry(connection: Connection, address_id: int) -> Row[Any] | None:
    """One entry, with the verdict that counts."""
    return connection.execute(entries().where(a.id == address_id)).first()


def add_entries(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Add entries."""
    if rows:
        connection.execute(insert(addresses), list(rows))


def change_entry(connection: Connection, address_id: int, values: Mapping[str, object]) -> None:
    """Change an entry."""
    connection.execute(update(addresses).where(a.id == address_id).values(**values))


def remove_entry(connection: Connection, address_id: int) -> None:
    """Take an entry out that was never used."""
    connection.execute(addresses.delete().where(a.id == address_id))


def find_entry(connection: Connection, writing: tuple[str, str, str], member: str = "") -> Row[Any] | None:
    """The entry of a writing (address, postcode, county), for everybody or of one member."""
    raw, postcode, county = writing
    same = (a.raw == raw, a.postcode_given == postcode, a.county_given == county, a.member == member)
    return connection.execute(entries().where(*same)).first()


def stored_entries(connection: Connection, raws: Iterable[str]) -> Iterator[Row[Any]]:
    """The entries of everybody and of members with these texts, as they are stored."""
    for some in _chunks(list(dict.fromkeys(raws))):
        yield from connection.execute(select(addresses).where(a.raw.in_(some)).order_by(a.id)).all()


def entries_read_as(connection: Connection, read_key: str, member: str) -> list[Row[Any]]:
    """The entries that are read as one point, for everybody or for one member; in the order they came."""
    query = entries().where(a.read_key == read_key, a.member == member).order_by(a.id)
    return list(connection.execute(query))


# ---------------------------------------------------------------- points


def points_of(connection: Connection, keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    """The points that are known: key to id and street key."""
    found: dict[str, tuple[int, str]] = {}
    for some in _chunks(list(dict.fromkeys(keys))):
        query = select(p.key, p.id, p.street_key).where(p.key.in_(some))
        found |= {row.key: (row.id, row.street_key) for row in connection.execute(query)}
    return found


def add_points(connection: Connection, rows: Sequence[Mapping[str, object]]) -> dict[str, tuple[int, str]]:
    """Add points; gives key to id and street key of each."""
    if not rows:
        return {}
    empty = {"suppressed": "", "suppressed_on": "", "returned": "", "returned_on": ""}
    # Numbered here: to ask the database for the numbers of 5,000 new rows costs as much as the rows.
    first = (connection.execute(select(func.max(p.id))).scalar() or 0) + 1
    numbered = [{**empty, **row, "id": first + i} for i, row in enumerate(rows)]
    connection.execute(insert(points), numbered)
    return {str(row["key"]): (int(str(row["id"])), str(row["street_key"])) for row in numbered}


def point(connection: Connection, point_id: int) -> Row[Any] | None:
    """One point."""
    return connection.execute(select(points).where(p.id == point_id)).first()


def change_point(connection: Connection, point_id: int, values: Mapping[str, object]) -> None:
    """Change a point."""
    connection.execute(update(points).where(p.id == point_id).values(**values))


def search(connection: Connection, text: str, limit: int) -> list[int]:
    """Ids of the points whose standard form, or a writing that leads to them, has every word of the text."""
    words = text.split()
    if sealer_of(connection.dialect) is not None:
        return _search_sealed(connection, words)[:limit]
    standard = and_(*(p.standard.contains(w, autoescape=True) for w in words))
    raw = and_(*(a.raw.contains(w, autoescape=True) for w in words))
    by_writing = select(a.point_id).where(raw)
    query = select(p.id).where(or_(standard, p.id.in_(by_writing))).order_by(p.street_key, p.id).limit(limit)
    return list(connection.execute(query).scalars())


def _search_sealed(connection: Connection, words: Sequence[str]) -> list[int]:
    """As `search`, where the server cannot look into the texts: every one is opened, and looked into here."""
    by_writing = {
        row.point_id for row in connection.execute(select(a.raw, a.point_id)) if _has(row.raw, words)
    }
    rows = connection.execute(select(p.id, p.standard, p.street_key))
    found = [row for row in rows if row.id in by_writing or _has(row.standard, words)]
    return [row.id for row in sorted(found, key=lambda row: (row.street_key, row.id))]


def _has(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def writings_of(connection: Connection, point_id: int) -> list[Row[Any]]:
    """The entries that lead to a point."""
    return list(connection.execute(entries().where(a.point_id == point_id).order_by(a.id)))


# ---------------------------------------------------------------- what people settled


def settlements_by_key(connection: Connection) -> dict[tuple[str, str], Settlement]:
    """Everything people settled: (key as read, member) to the settlement."""
    found = (_settlement(row) for row in connection.execute(select(settlements)))
    return {(each.read_key, each.member): each for each in found}


def settlement(connection: Connection, read_key: str, member: str) -> Settlement | None:
    """What was settled about a point as it is read."""
    row = connection.execute(select(settlements).where(s.read_key == read_key, s.member == member)).first()
    return _settlement(row) if row else None


def settle(connection: Connection, new: Settlement) -> None:
    """Keep a settlement; it takes the place of an earlier one."""
    unsettle(connection, new.read_key, new.member)
    connection.execute(insert(settlements).values({**asdict(new), "rules": json.dumps(new.rules)}))


def unsettle(connection: Connection, read_key: str, member: str) -> None:
    """Forget a settlement."""
    connection.execute(settlements.delete().where(s.read_key == read_key, s.member == member))


# ---------------------------------------------------------------- history and enquiries


def remember(connection: Connection, changes: Iterable[Change]) -> None:
    """Append to the history."""
    rows = [{**asdict(c), "before": _json(c.before), "after": _json(c.after)} for c in changes]
    if rows:
        connection.execute(insert(address_history), rows)


def history(connection: Connection, address_ids: Sequence[int], point_ids: Sequence[int]) -> Iterator[Change]:
    """The history of entries and points, oldest first; of the whole book where none is named."""
    query = select(address_history).order_by(h.id)
    if address_ids or point_ids:
        of_entries = and_(h.address_id.in_(address_ids), h.address_id != 0)
        query = query.where(or_(of_entries, and_(h.point_id.in_(point_ids), h.address_id == 0)))
    for row in connection.execute(query).mappings():
        values = {f.name: row[f.name] for f in fields(Change)}
        yield Change(**{**values, "before": json.loads(row["before"]), "after": json.loads(row["after"])})


def add_enquiry(connection: Connection, values: Mapping[str, object]) -> bool:
    """Log an enquiry; False when it is there already, word for word, of the same day."""
    said = {"question", "answer"}  # of which a server knows no two alike
    same = and_(*(enquiries.c[k] == v for k, v in values.items() if k not in {"at", *said}))
    day = func.substr(enquiries.c.at, 1, 10) == str(values["at"])[:10]
    for row in connection.execute(select(enquiries).where(same, day)).mappings():
        if all(row[k] == values[k] for k in said):
            return False
    connection.execute(insert(enquiries).values(**values))
    return True


def logged_enquiries(connection: Connection, address_ids: Sequence[int] = ()) -> list[Row[Any]]:
    """The enquiries about entries, or all of them; oldest first."""
    query = select(enquiries).order_by(enquiries.c.id)
    if address_ids:
        query = query.where(enquiries.c.address_id.in_(address_ids))
    return list(connection.execute(query))


def _settlement(row: Any) -> Settlement:
    values = {f.name: getattr(row, f.name) for f in fields(Settlement)}
    return Settlement(**{**values, "rules": tuple(json.loads(row.rules))})


def _json(values: Mapping[str, object] | None) -> str:
    return json.dumps(dict(values or {}), ensure_ascii=False, sort_keys=True)


def _chunks(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
