"""Tracking numbers 邮件号: blocks 号段 as the post gives them out, checked, and allotted in order.

A number is a prefix, a serial and a suffix. Three forms (UPU S10; 国内给据邮件; EMS since 2013):

    s10    2 letters, 8 digits, check digit, 2 letters of the country   RR473124829GB
    cn13   2 letters, 8 digits, check digit, 2 digits of the kind       XA473124829 31
    num13  13 digits

The check digit of `cn13` is that of S10 where a post uses it; else all nine digits are the serial.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from yibao_cli.codes import s10_check_digit
from yibao_cli.i18n import N_
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Form = Literal["s10", "cn13", "num13"]
FORMS: tuple[Form, ...] = ("s10", "cn13", "num13")
# What is typed -> what people read.
FORM_WORDS = {"s10": N_("international"), "cn13": N_("domestic"), "num13": N_("13 digits")}

WIDEST = "WM00000000000"  # no number of any form takes more room in a text or a Code 128

_PATTERNS = {
    "s10": re.compile(r"([A-Z]{2})(\d{9})([A-Z]{2})"),
    "cn13": re.compile(r"([A-Z]{2})(\d{9})(\d{2})"),
    "num13": re.compile(r"()(\d{13})()"),
}


class Series(NamedTuple):
    """What numbers that follow each other have in common; checked: a check digit stands behind the serial."""

    form: Form
    prefix: str
    suffix: str
    checked: bool

    def number(self, serial: int) -> str:
        """The number of a serial."""
        if not self.checked:
            return f"{self.prefix}{serial:0{13 if self.form == 'num13' else 9}d}{self.suffix}"
        digits = f"{serial:08d}"
        return f"{self.prefix}{digits}{s10_check_digit(digits)}{self.suffix}"


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers `first` to `last` of a series, both among them; `next` is the first that is free.

    id: in the database, 0 before it is there. used_on: ISO day on which a number of it was last given out,
    or it was imported.
    """

    series: Series
    first: int
    last: int
    next: int = 0
    id: int = 0
    used_on: str = ""

    @property
    def count(self) -> int:
        """How many numbers it has."""
        return self.last - self.first + 1

    @property
    def free(self) -> int:
        """How many of them were never given out."""
        return self.last - max(self.next, self.first) + 1

    def overlaps(self, other: Block) -> bool:
        """Whether a number is in both."""
        return self.series == other.series and self.first <= other.last and other.first <= self.last


class BlockRow(NamedTuple):
    """A row of the post's file: a first and a last number, or one number and "" for the last."""

    first: str
    last: str
    file: str = ""
    sheet: str = ""
    row: int | None = None


def number_of(text: str, form: Form, *, check: bool = True) -> tuple[Series, int] | str:
    """Series and serial of a number, or what is wrong with it: `form` or `check`."""
    match = _PATTERNS[form].fullmatch(text)
    if match is None or not text.isascii():
        return "form"
    prefix, digits, suffix = match.groups()
    checked = form == "s10" or (form == "cn13" and check)
    series = Series(form, prefix, suffix, checked)
    if not checked:
        return series, int(digits)
    if s10_check_digit(digits[:8]) != int(digits[8]):
        return "check"
    return series, int(digits[:8])


def is_tracking_number(text: str) -> bool:
    """Whether the text has the form of a tracking number, whatever its check digit says."""
    return text.isascii() and any(p.fullmatch(text) for p in _PATTERNS.values())


def blocks_of(
    rows: Iterable[BlockRow], form: Form, *, check: bool = True
) -> tuple[list[Block], list[Finding]]:
    """Read the rows of a file as blocks: numbers that follow each other become one.

    check: whether `cn13` has the check digit of S10. Findings M140 to M143, each of a row that is left out.
    """
    spans: list[tuple[Block, BlockRow]] = []
    findings: list[Finding] = []
    for row in rows:
        found = _span(row, form, check=check)
        if isinstance(found, Finding):
            findings.append(found)
        else:
            spans.append((found, row))
    return _joined(spans, findings), findings


def overlaps(blocks: Sequence[Block], known: Sequence[Block]) -> Iterator[tuple[Block, Block]]:
    """Each new block with each known one that has numbers of it."""
    for block in blocks:
        for other in known:
            if block.overlaps(other):
                yield block, other


def allot(blocks: Sequence[Block], count: int) -> tuple[list[str], list[Block], int]:
    """Take numbers off blocks, in their order: numbers, the blocks as they are then, how many miss.

    Nothing is taken when some would miss.
    """
    missing = count - sum(b.free for b in blocks)
    if missing > 0:
        return [], [], missing
    numbers: list[str] = []
    changed: list[Block] = []
    for block in blocks:
        start = max(block.next, block.first)
        take = min(block.free, count - len(numbers))
        if take > 0:
            numbers += map(block.series.number, range(start, start + take))
            changed.append(replace(block, next=start + take))
    return numbers, changed, 0


def _span(row: BlockRow, form: Form, *, check: bool) -> Block | Finding:
    first, last = folded(row.first), folded(row.last) or folded(row.first)
    ends = []
    for text in (first, last):
        found = number_of(text, form, check=check)
        if isinstance(found, str):
            rule = {"form": "M140", "check": "M141"}[found]
            return Finding(rule, row.file, row.sheet, row.row, value=text[:20], details={"form": form})
        ends.append(found)
    (series, start), (other, stop) = ends
    if series != other or stop < start:
        return Finding("M142", row.file, row.sheet, row.row, value=f"{first} - {last}")
    return Block(series, start, stop, start)


def _joined(spans: list[tuple[Block, BlockRow]], findings: list[Finding]) -> list[Block]:
    """Blocks in the order of the file, runs as one; a row with numbers that came before is a finding."""
    kept: list[Block] = []
    taken: dict[Series, list[tuple[int, int]]] = {}
    order = {id(row): i for i, (_block, row) in enumerate(spans)}
    clean: list[tuple[Block, BlockRow]] = []
    # Sorted, a row can only touch the one before it.
    for block, row in sorted(spans, key=lambda s: (s[0].series, s[0].first, order[id(s[1])])):
        ends = taken.setdefault(block.series, [])
        if ends and block.first <= ends[-1][1]:
            findings.append(
                Finding("M143", row.file, row.sheet, row.row, value=block.series.number(block.first))
            )
            continue
        ends.append((block.first, block.last))
        clean.append((block, row))
    for block, _row in sorted(clean, key=lambda s: order[id(s[1])]):
        last = kept[-1] if kept else None
        if last is not None and last.series == block.series and last.last + 1 == block.first:
            kept[-1] = replace(last, last=block.last)
        else:
            kept.append(block)
    return kept


def folded(text: str) -> str:
    """A number as it is compared: no blanks or hyphens, full-width characters narrow, capital letters."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
