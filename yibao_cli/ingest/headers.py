"""Which row is the header, and which of its columns is which field."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.errors import InputRefused, UsageError
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import normal_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from yibao_cli.ingest.raw import Chunk, Merge
    from yibao_cli.kinds.fields import TableSpec

HEAD_ROWS = 30
_MOST_COLUMNS = 500  # beyond it nobody writes headers, and every one costs time
_MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a sheet's data begins and what its columns are.

    last_row: number of the header's last row; data follows it.
    columns: field -> column index; headers: field -> the client's header.
    texts: the header row as read, to know it again further down.
    unused: headers that are no field of the table.
    joined: the header stands in two rows.
    """

    last_row: int
    columns: Mapping[str, int]
    headers: Mapping[str, str]
    texts: Sequence[object]
    unused: tuple[str, ...]
    joined: bool = False

    @property
    def width(self) -> int:
        """How many cells the header row has."""
        return len(self.texts)


class _Candidate(NamedTuple):
    """A row, or two rows, that may be the header: per column the headers it may mean, best first."""

    number: int
    row: Sequence[object]
    titles: Sequence[tuple[str, ...]]
    joined: bool


class Vocabulary:
    """What headers mean: the table's own, and what `--map` adds.

    Raises UsageError when the map names no field of the table, or one header as two fields.
    """

    def __init__(self, spec: TableSpec, header_map: Mapping[str, str]) -> None:
        self.spec = spec
        self.known = {header: field.name for field in spec.fields for header in field.headers}
        self.mapped: dict[str, str] = {}
        self.required = tuple(f.name for f in spec.fields if f.required)
        for header, name in header_map.items():
            self._add(header, name)

    def _add(self, header: str, name: str) -> None:
        if name not in self.spec.names:
            raise UsageError(
                _("--map names no field of {table}: {field}").format(table=self.spec.label, field=name),
                remedy=_("its fields are: {fields}").format(fields=", ".join(self.spec.names)),
            )
        if self.mapped.setdefault(normal_header(header), name) != name:
            raise UsageError(
                _("--map gives one header two meanings: {header}").format(header=header),
                remedy=_("give each header once"),
            )

    def hits(self, titles: Sequence[tuple[str, ...]]) -> dict[str, list[int]]:
        """Field -> the columns that mean it; a mapped header drives out the known ones."""
        by_map: dict[str, list[int]] = {}
        by_name: dict[str, list[int]] = {}
        for index, candidates in enumerate(titles):
            for key in map(normal_header, candidates):
                if key in self.mapped:
                    by_map.setdefault(self.mapped[key], []).append(index)
                    break
                if key in self.known:
                    by_name.setdefault(self.known[key], []).append(index)
                    break
        return by_name | by_map

    def is_complete(self, hits: Mapping[str, object]) -> bool:
        """Tell whether every required field has a column."""
        return all(name in hits for name in self.required)

    def is_near(self, hits: Mapping[str, object]) -> bool:
        """Tell whether this was meant to be the header: two fields, and half of the required."""
        known = sum(name in hits for name in self.required)
        return len(hits) >= min(2, len(self.spec.fields)) and 2 * known >= len(self.required)


def find_layout(head: Chunk, merges: Sequence[Merge], vocabulary: Vocabulary, where: str) -> Layout | None:
    """Find the header in the first 30 rows of a sheet: one row, else two rows joined.

    head: the sheet's first chunk. where: `FILE:SHEET`, for messages.
    Returns None when nothing there looks like the table's header.
    Raises InputRefused when a header is there but lacks a required field, names one twice, or lacks
    a header given by `--map`.
    """
    candidates = [*_single_rows(head), *_double_rows(head, merges)]
    judged = [(vocabulary.hits(c.titles), c) for c in candidates]
    for hits, candidate in judged:
        if vocabulary.is_complete(hits) and hits:
            return _layout(hits, candidate, vocabulary, where)
    if judged:
        hits, candidate = max(judged, key=lambda pair: len(pair[0]))
        if vocabulary.is_near(hits):
            raise _missing(hits, candidate, vocabulary, where)
    return None


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


def _single_rows(head: Chunk) -> Iterator[_Candidate]:
    for number, row in _head_rows(head):
        yield _Candidate(number, row, [(_title(cell),) for cell in row[:_MOST_COLUMNS]], joined=False)


def _double_rows(head: Chunk, merges: Sequence[Merge]) -> Iterator[_Candidate]:
    rows = list(_head_rows(head))
    for (number, upper), (next_number, lower) in pairwise(rows):
        filled = _filled_right(number, upper, merges)
        titles = [
            # "本期" over "余额" is 本期余额; under a merged header an unknown one means nothing.
            (top + low, low) if low else (top,)
            for top, low in zip(map(_title, filled), map(_title, lower), strict=False)
        ]
        yield _Candidate(next_number, lower, titles[:_MOST_COLUMNS], joined=True)


def _filled_right(number: int, row: Sequence[object], merges: Sequence[Merge]) -> list[object]:
    cells = list(row)
    for merge in merges:
        if merge.first_row == number:
            for column in range(max(merge.first_column, 0), min(merge.last_column + 1, len(cells))):
                cells[column] = cells[merge.first_column]
    return cells


def _layout(hits: Mapping[str, list[int]], found: _Candidate, vocabulary: Vocabulary, where: str) -> Layout:
    names = ["/".join(dict.fromkeys(shown(t) for t in titles[:1])) for titles in found.titles]
    _refuse_twins(hits, names, where)
    _refuse_unmet_map(found, vocabulary, where)
    columns = {name: hits[name][0] for name in vocabulary.spec.names if name in hits}
    used = set(columns.values())
    return Layout(
        last_row=found.number,
        columns=columns,
        headers={name: names[index] for name, index in columns.items()},
        texts=found.row,
        unused=tuple(n for i, n in enumerate(names) if n and i not in used),
        joined=found.joined,
    )


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
