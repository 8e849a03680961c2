"""Lists and forms on paper, as records: what stands there and in which order, not where.

A paper is a stream of blocks; `render.paper.write_paper` sets it on pages. Cells are those of workbooks, so
the same columns and rows make an xlsx and a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from yibao_cli.exports.columns import Cell, Column

A4 = (210.0, 297.0)
SIGNATURES = ("交寄人", "接收人", "日期")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line in bold above what follows; it does not stand alone at the foot of a page."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `small` for notes."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A mark for machines with words beside it.

    text: what it says, for `code128` printable ASCII. module: mm of one module; height: mm of the bars of a
    Code 128. captions: lines of words; the first is bold.
    """

    text: str
    kind: Literal["datamatrix", "code128"] = "datamatrix"
    module: float = 0.5
    height: float = 12.0
    captions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values, some beside each other; code: a mark at the right of them."""

    pairs: Sequence[tuple[str, str]]
    columns: int = 2
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header stands on each page that it runs over.

    rows: may be a stream; of a long one only a stretch is in memory. totals: rows in bold below.
    widths: mm of each column; empty for widths by what stands in the first rows.
    """

    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    totals: Sequence[Sequence[Cell]] = ()
    widths: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on, side by side, each with its role."""

    roles: Sequence[str] = SIGNATURES


@dataclass(frozen=True, slots=True)
class TearLine:
    """A dashed line across the page, to be torn off along."""

    text: str = "请沿虚线撕下"


@dataclass(frozen=True, slots=True)
class Gap:
    """White space, mm; none at the top of a page."""

    height: float = 4.0


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True, slots=True)
class Section:
    """A document of its own within the file: a new page, a title, pages counted from 1 again.

    header: the right text at the head of its pages, in place of the paper's.
    """

    title: str
    subtitles: Sequence[str] = ()
    header: str = ""


Block = Heading | Words | Code | Facts | Table | Signatures | TearLine | Gap | PageBreak | Section


@dataclass(frozen=True, slots=True)
class Paper:
    """A list or form to be printed.

    title: at the head of the first page, large; empty for a paper whose blocks begin with a Section.
    subtitles: lines below it. header: left and right text at the head of each page; footer: left text at
    its foot, where the right says 第 x 页 共 y 页. size: mm of the sheet, upright; margin: mm.
    """

    title: str
    blocks: Iterable[Block]
    subtitles: Sequence[str] = ()
    header: tuple[str, str] = ("", "")
    footer: str = ""
    size: tuple[float, float] = A4
    landscape: bool = False
    margin: float = 12.0
    type_size: float = 9.0
