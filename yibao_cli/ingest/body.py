"""Which rows under the header are data, and what merged cells mean in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yibao_cli.ingest.words import fold
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from yibao_cli.ingest.headers import Layout
    from yibao_cli.ingest.raw import Chunk, Merge

_MOST_LETTERS = 8
_TOTALS = {"合计", "总计", "小计", "共计", "本页合计", "本页小计"}
_TOTAL = re.compile("(?:本页|本表|本单位|单位|全部)?(?:合计|总计|小计|共计|累计|总合计)")
_FOOT = re.compile(
    "(?:制表|填表|填报|编制|审核|复核|审批|经办|打印|导出|负责|单位负责|统计|联系|备注|说明|注)(?:人|员|者|单位|部门|机构|日期|时间|电话)?:"
)
# First characters of a row's first filled cell that ask for a closer look.
_SIGNS = "合总小共本全累单制填编审复经打导负统联备说注 \t\n\r\u3000\xa0"


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet of a file, for findings."""

    file: str
    sheet: str

    def finding(
        self, rule_id: str, row: int | None = None, column: str = "", value: str = "", **details: object
    ) -> Finding:
        """A finding at a row and column of this sheet."""
        return Finding(rule_id, self.file, self.sheet, row, column, value, details)


@dataclass(slots=True)
class DataRows:
    """Data rows of one chunk, each as wide as the header.

    refused: data rows that cannot even be split into columns; each has a finding.
    ordinals: of each row among the chunk's data rows, from 1.
    """

    numbers: list[int] = field(default_factory=list)
    rows: list[Sequence[object]] = field(default_factory=list)
    refused: int = 0
    findings: list[Finding] = field(default_factory=list)
    ordinals: list[int] = field(default_factory=list)

    def add(self, number: int, row: Sequence[object]) -> None:
        """Take a data row; its ordinal counts the refused ones before it too."""
        self.numbers.append(number)
        self.rows.append(row)
        self.ordinals.append(len(self.rows) + self.refused)


class Body:
    """The rows below one sheet's header, chunk after chunk.

    Skips blank rows, total rows, repeated headers and titles, and lines for signatures, each with a NOTE
    (blank rows at the end of the sheet without), fills cells merged by the client downwards, refuses rows of
    another width.
    """

    def __init__(self, layout: Layout, merges: Sequence[Merge], place: Place, left: int = 0) -> None:
        """left: column of the rows' first cells, from 0."""
        self._layout = layout
        self._left = left
        self._nameless = layout.nameless
        self._place = place
        self._blank_since: int | None = None
        self._filler = _Filler(layout, merges)
        leads = map(_first_filled, (layout.texts, *layout.above))
        self._signs = frozenset(_SIGNS).union(lead[:1] for lead in leads if isinstance(lead, str))
        self._above = [[c for c in row if not _is_blank(c)] for row in layout.above]
        self._required = [layout.columns[name] for name in layout.required if name in layout.columns]

    def take(self, chunk: Chunk) -> DataRows:
        """Sort out the data rows of the next chunk."""
        if self._is_plain(chunk):
            data = DataRows([*chunk.numbers], [*chunk.rows], ordinals=[*range(1, len(chunk.rows) + 1)])
        else:
            data = self._sorted_out(chunk)
        if self._nameless:
            self._tell_nameless(data)
        return data

    def _tell_nameless(self, data: DataRows) -> None:
        """Tell once of each column that it has values and no header."""
        found = [i for i in self._nameless if not all(_is_blank(row[i]) for row in data.rows)]
        if found:
            row = next(
                n for n, row in zip(data.numbers, data.rows, strict=True) if not _is_blank(row[found[0]])
            )
            letters = [column_letters(i + self._left) for i in found[:_MOST_LETTERS]]
            more = ["…"] if len(found) > _MOST_LETTERS else []
            data.findings.append(self._place.finding("I196", row, columns=", ".join([*letters, *more])))
            self._nameless = tuple(i for i in self._nameless if i not in set(found))

    def _sorted_out(self, chunk: Chunk) -> DataRows:
        data = DataRows()
        start, signs, width = self._layout.last_row, self._signs, self._layout.width
        fills = self._filler.is_needed
        for number, row in zip(chunk.numbers, chunk.rows, strict=True):
            if number <= start:
                continue
            if number in chunk.faults:
                place, rule_id = self._place, chunk.faults[number]
                data.findings.append(
                    Finding(rule_id, place.file, place.sheet, number, details=dict(chunk.details))
                )
                data.refused += 1
                continue
            lead = (row[0] if row else None) or _first_filled(row)
            if (lead is None or (type(lead) is str and lead[0] in signs)) and self._skips(number, row, data):
                continue
            if self._blank_since is not None:
                self._end_blanks(number, data)
            if len(row) != width or number in chunk.split:
                self._uneven(number, row, chunk.split, data)
                continue
            data.add(number, self._filler.fill(number, row, data, self._place) if fills else row)
        return data

    def _is_plain(self, chunk: Chunk) -> bool:
        """Tell whether every row of the chunk is seen at a glance to be a data row."""
        if self._filler.is_needed or self._blank_since is not None or chunk.split or chunk.faults:
            return False
        if not chunk.rows or chunk.numbers[0] <= self._layout.last_row:
            return False
        if set(map(len, chunk.rows)) != {self._layout.width} or not self._layout.width:
            return False
        leads = [row[0] for row in chunk.rows]
        words = {lead[:1] for lead in leads if type(lead) is str}
        return words.isdisjoint({"", *self._signs}) and set(map(type, leads)) <= {str, int, float}

    def _skips(self, number: int, row: Sequence[object], data: DataRows) -> bool:
        lead = _first_filled(row)
        if lead is None:
            self._blank_since = self._blank_since or number
            return True
        rule_id = self._rule_for(lead, row)
        if rule_id:
            data.findings.append(self._place.finding(rule_id, number))
        return bool(rule_id)

    def _rule_for(self, lead: object, row: Sequence[object]) -> str:
        """By which rule a row is no data; "" where it is."""
        word = "".join(fold(lead).split()) if isinstance(lead, str) else ""
        if word.rstrip(":") in _TOTALS:
            return "I106"
        if self._repeats_header(row):
            return "I107"
        # A row that lacks a required value, or has a word for its number, is no person's: passing it over
        # loses nobody.
        lead_at = next(i for i, cell in enumerate(row) if not _is_blank(cell))
        lacks = any(i >= len(row) or _is_blank(row[i]) for i in self._required)
        if not lacks and lead_at not in self._layout.wordless:
            return ""
        if [c for c in row if not _is_blank(c)] in self._above:
            return "I182"
        if _TOTAL.match(word):
            return "I106"
        return "I183" if _FOOT.match(word) else ""

    def _repeats_header(self, row: Sequence[object]) -> bool:
        texts = self._layout.texts
        return all(i < len(row) and row[i] == texts[i] for i in self._layout.columns.values())

    def _end_blanks(self, number: int, data: DataRows) -> None:
        first = self._blank_since
        self._blank_since = None
        data.findings.append(self._place.finding("I105", first, last=number - 1))

    def _uneven(self, number: int, row: Sequence[object], split: Mapping[int, int], data: DataRows) -> None:
        width = self._layout.width
        if number in split:
            data.findings.append(self._place.finding("I151", number, last=split[number]))
            data.refused += 1
        elif len(row) > width and _first_filled(row[width:]) is None:
            data.add(number, row[:width])
        else:
            data.findings.append(self._place.finding("I150", number, cells=len(row), width=width))
            data.refused += 1


class _Filler:
    """Values of cells that the client merged over several rows."""

    def __init__(self, layout: Layout, merges: Sequence[Merge]) -> None:
        self._headers = {index: layout.headers[name] for name, index in layout.columns.items()}
        self._amounts = layout.amounts
        self._starts: dict[int, list[Merge]] = {}
        for merge in merges:
            below = merge.last_row > max(merge.first_row, layout.last_row)
            if below and merge.first_row > layout.last_row and merge.first_column in self._headers:
                self._starts.setdefault(merge.first_row, []).append(merge)
        self._open: dict[int, tuple[object, int]] = {}
        self.is_needed = bool(self._starts)

    def fill(self, number: int, row: Sequence[object], data: DataRows, place: Place) -> Sequence[object]:
        """The row with the values of merged cells that began above it."""
        for merge in self._starts.get(number, ()):
            self._open[merge.first_column] = (row[merge.first_column], merge.last_row)
            header = self._headers[merge.first_column]
            rule_id = "I197" if merge.first_column in self._amounts and row[merge.first_column] else "I108"
            data.findings.append(place.finding(rule_id, number, header, last=merge.last_row))
        self._open = {c: (value, last) for c, (value, last) in self._open.items() if last >= number}
        if not self._open:
            return row
        cells = list(row)
        for column, (value, _last) in self._open.items():
            if _is_blank(cells[column]):
                cells[column] = value
        return cells


def column_letters(index: int) -> str:
    """The name of a column in Excel, by its index from 0.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    while index >= 0:
        letters = chr(65 + index % 26) + letters
        index = index // 26 - 1
    return letters


def _first_filled(row: Sequence[object]) -> object:
    return next((cell for cell in row if not _is_blank(cell)), None)


def _is_blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
