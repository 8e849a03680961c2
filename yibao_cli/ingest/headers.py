"""Which row is the header, and which of its columns is which field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest.units import Unit, unit_above, unit_of
from yibao_cli.kinds.fields import normal_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from yibao_cli.ingest.raw import Chunk, Merge
    from yibao_cli.ingest.vocabulary import Vocabulary

HEAD_ROWS = 30
_MOST_COLUMNS = 500  # beyond it nobody writes headers, and every one costs time
_MOST_SHOWN = 40
_WORDLESS = {"id", "id-number", "uscc", "mobile", "postcode", "money", "integer", "decimal", "date"}
_MOST_DEEP = 3  # rows of a header


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a sheet's data begins and what its columns are.

    last_row: number of the header's last row; data follows it.
    columns: field -> column index; headers: field -> the client's header.
    texts: the header row as read, to know it again further down.
    unused: headers that are no field of the table.
    joined: the header stands in two rows or three.
    units: money field -> the unit of its amounts, where header or title name one.
    above: the rows above the header's last row that are not blank.
    required: fields without which a row is rejected.
    wordless: columns that hold numbers of some kind, never words.
    nameless: columns without a header. amounts: columns of money.
    """

    last_row: int
    columns: Mapping[str, int]
    headers: Mapping[str, str]
    texts: Sequence[object]
    unused: tuple[str, ...]
    joined: bool = False
    units: Mapping[str, Unit] = field(default_factory=dict)
    above: Sequence[Sequence[object]] = ()
    required: tuple[str, ...] = ()
    wordless: frozenset[int] = frozenset()
    nameless: tuple[int, ...] = ()
    amounts: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        """How many cells the header row has."""
        return len(self.texts)


class _Candidate(NamedTuple):
    """A row, or up to three, that may be the header: per column the headers it may mean, best first."""

    number: int
    row: Sequence[object]
    titles: Sequence[tuple[str, ...]]
    joined: bool


def find_layout(head: Chunk, merges: Sequence[Merge], vocabulary: Vocabulary, where: str) -> Layout | None:
    """Find the header in the first 30 rows of a sheet: one row, else two joined, else three.

    head: the sheet's first chunk. where: `FILE:SHEET`, for messages.
    Returns None when nothing there looks like the table's header.
    Raises InputRefused when a header is there but lacks a required field, names one twice, or lacks
    a header given by `--map`.
    """
    judged = []
    for candidate in (c for depth in range(1, _MOST_DEEP + 1) for c in _stacked_rows(head, merges, depth)):
        hits = vocabulary.hits(candidate.titles)
        judged.append((hits, candidate))
        if vocabulary.is_complete(hits) and hits:
            hits, found = _deeper(hits, candidate, head, merges, vocabulary)
            above = [row for number, row in _head_rows(head) if number < found.number and any(row)]
            return _layout(hits, found, above, vocabulary, where)
    if judged:
        hits, candidate = max(judged, key=lambda pair: len(pair[0]))
        if vocabulary.is_near(hits):
            raise _missing(hits, candidate, vocabulary, where)
    return None


def _deeper(
    hits: dict[str, list[int]],
    found: _Candidate,
    head: Chunk,
    merges: Sequence[Merge],
    vocabulary: Vocabulary,
) -> tuple[dict[str, list[int]], _Candidate]:
    """The same header with the rows above it, where they name more fields: cells merged down from there."""
    for candidate in (c for depth in range(2, _MOST_DEEP + 1) for c in _stacked_rows(head, merges, depth)):
        if candidate.number == found.number:
            more = vocabulary.hits(candidate.titles)
            is_clear = all(len(indexes) == 1 for indexes in more.values())
            if is_clear and len(more) > len(hits) and vocabulary.is_complete(more):
                hits, found = more, candidate
    return hits, found


def shown(text: object) -> str:
    r"""A header on one line, without characters that cannot be seen.

    >>> shown("期末\n余额 ")
    '期末 余额'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())


def _head_rows(head: Chunk) -> Iterator[tuple[int, Sequence[object]]]:
    return zip(head.numbers[:HEAD_ROWS], head.rows[:HEAD_ROWS], strict=True)


def _title(cell: object) -> str:
    return cell if isinstance(cell, str) else ""


def _stacked_rows(head: Chunk, merges: Sequence[Merge], depth: int) -> Iterator[_Candidate]:
    rows = list(_head_rows(head))
    for first in range(len(rows) - depth + 1):
        stack = rows[first : first + depth]
        filled = [_filled_right(number, row, merges) for number, row in stack[:-1]]
        number, last = stack[-1]
        width = max(len(row) for row in (*filled, last))
        padded = [[*map(_title, row), *[""] * (width - len(row))] for row in (*filled, last)]
        titles = [_joined(parts) for parts in zip(*padded, strict=True)][:_MOST_COLUMNS]
        yield _Candidate(number, last, titles, joined=depth > 1)


def _joined(parts: Sequence[str]) -> tuple[str, ...]:
    """What a column may be called: "本期" over "余额" is 本期余额, else 余额.

    Under a header that spans several columns a word of its own counts, and the wide one alone means nothing.
    """
    filled = [part for part in parts if part]
    return tuple("".join(filled[i:]) for i in range(len(filled))) or ("",)


def _filled_right(number: int, row: Sequence[object], merges: Sequence[Merge]) -> list[object]:
    cells = list(row)
    for merge in merges:
        if merge.first_row == number:
            for column in range(max(merge.first_column, 0), min(merge.last_column + 1, len(cells))):
                cells[column] = cells[merge.first_column]
    return cells


def _layout(
    hits: Mapping[str, list[int]],
    found: _Candidate,
    above: Sequence[Sequence[object]],
    vocabulary: Vocabulary,
    where: str,
) -> Layout:
    names = ["/".join(dict.fromkeys(shown(t) for t in titles[:1])) for titles in found.titles]
    _refuse_twins(hits, names, where)
    _refuse_unmet_map(found, vocabulary, where)
    columns = {name: hits[name][0] for name in vocabulary.spec.names if name in hits}
    used = set(columns.values())
    headers = {name: names[index] for name, index in columns.items()}
    return Layout(
        last_row=found.number,
        columns=columns,
        headers=headers,
        texts=found.row,
        unused=tuple(n for i, n in enumerate(names) if n and i not in used),
        joined=found.joined,
        units=_units(headers, above, vocabulary),
        above=above,
        required=vocabulary.required,
        nameless=tuple(i for i in range(len(found.row)) if not (names[i : i + 1] or [""])[0]),
        amounts=frozenset(
            columns[f.name] for f in vocabulary.spec.fields if f.type == "money" and f.name in columns
        ),
        wordless=frozenset(
            columns[f.name] for f in vocabulary.spec.fields if f.type in _WORDLESS and f.name in columns
        ),
    )


def _units(
    headers: Mapping[str, str], above: Sequence[Sequence[object]], vocabulary: Vocabulary
) -> dict[str, Unit]:
    amounts = [f.name for f in vocabulary.spec.fields if f.type == "money" and f.name in headers]
    common = next(filter(None, map(unit_above, above)), None)
    units = {name: unit_of(headers[name]) or common for name in amounts}
    return {name: unit for name, unit in units.items() if unit is not None}


def _refuse_twins(hits: Mapping[str, list[int]], names: Sequence[str], where: str) -> None:
    for name, indexes in hits.items():
        if len(indexes) > 1:
            raise InputRefused(
                _("{count} columns mean the same field {field}: {headers}").format(
                    count=len(indexes), field=name, headers=", ".join(names[i] for i in indexes)
                ),
                where=where,
                remedy=_("delete or rename all but one, or choose by --map 'header={field}'").format(
                    field=name
                ),
            )


def _refuse_unmet_map(found: _Candidate, vocabulary: Vocabulary, where: str) -> None:
    seen = {normal_header(title) for titles in found.titles for title in titles}
    unmet = [name for key, name in vocabulary.mapped.items() if key not in seen]
    if unmet:
        raise InputRefused(
            _(
                "the header that --map gives for {fields} is not in the sheet; its headers are: {headers}"
            ).format(fields=", ".join(unmet), headers=_list(found)),
            where=where,
            remedy=_("copy the header from this list, or name the sheet with --sheet"),
        )


def _missing(
    hits: Mapping[str, object], found: _Candidate, vocabulary: Vocabulary, where: str
) -> InputRefused:
    missing = [vocabulary.spec.field(name) for name in vocabulary.required if name not in hits]
    return InputRefused(
        _("row {row} lacks the required column {columns}; its headers are: {headers}").format(
            row=found.number, columns=", ".join(f.label for f in missing), headers=_list(found)
        ),
        where=where,
        remedy=_("if it has another name there, say --map 'its header={field}'").format(
            field=missing[0].name
        ),
    )


def _list(found: _Candidate) -> str:
    names = [shown(titles[0]) for titles in found.titles if titles[0]]
    more = ", …" if len(names) > _MOST_SHOWN else ""
    return ", ".join(names[:_MOST_SHOWN]) + more
