"""Read a part's print file back and tie every page to what should stand on it.

Two readers, and neither is the writer. Every page goes through its structure: strings and their characters,
places, forms, the bits of the code (`structure` says what it sees and what not). The pages of a sample of
pieces go through PDFium too: its text, and the Data Matrix decoded from pixels.

What a page must show comes from the package's values alone; what it does show comes from the file alone. The
comparison is exact in both directions: every text once, in its place in the order, and nothing besides.
Source: docs/package.md, what verify does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.render.comparing import (
    What,
    code_difference,
    compare_printed,
    compare_structure,
    compare_texts,
    decode_symbol,
)
from yibao_cli.render.expected import AMOUNT, Expected, expected_pages
from yibao_cli.render.press.checks import check_press
from yibao_cli.render.reading import PrintFile, PrintPage
from yibao_cli.render.structure import StructureFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from yibao_cli.render.comparing import Found
    from yibao_cli.render.expected import ExpectedMark
    from yibao_cli.render.tying import Tie

__all__ = ["AMOUNT", "SAMPLE", "Difference", "Expected", "Sample", "What", "expected_pages", "read_back"]

SAMPLE = 20  # pieces of a part that PDFium reads too

_DPI = 200
_CLOSER_DPI = 400  # a second look, for codes of small modules
_ENDS = 2  # the first and the last piece

Numbered = tuple[int, Expected]  # page of the print file, from 1


@dataclass(frozen=True, slots=True)
class Difference:
    """Something on a page that is not as it should be.

    page: page of the print file, from 1; 0 where the whole file is meant. piece: the piece whose page
    this should be, or "". detail: a sentence without personal data.
    """

    part: int
    page: int
    piece: str
    what: What
    detail: str


def read_back(
    pdf: Path,
    part: int,
    expected: Iterable[Expected],
    *,
    sample: Sample | None = None,
    tie: Tie | None = None,
    press: bool = False,
) -> Iterator[Difference]:
    """Compare a print file with what it must show, page by page; nothing comes back from a right one.

    sample: pieces whose pages PDFium reads too; without one, SAMPLE of them by the number of the part. tie:
    what the package itself says of the pieces. press: whether the file was made for a press, and passes the
    named checks of `press.checks`. Equal arguments give equal differences. A damaged or missing file is a
    Difference, never an error.
    """
    chosen = sample or Sample(SAMPLE, part)
    told: set[tuple[int, What]] = set()
    try:
        if press:
            yield from (Difference(part, f.page, "", What.PRESS, f.detail) for f in check_press(pdf))
        with StructureFile(pdf, press=press) as file:
            for found in _by_structure(file, part, chosen.watch(expected), tie):
                told.add((found.page, found.what))
                yield found
        pages = chosen.pages()
        if pages:
            with PrintFile(pdf) as print_file:
                found_again = _by_pdfium(print_file, part, pages)
                # What both readers see is said once.
                yield from (d for d in found_again if (d.page, d.what) not in told)
    except InputRefused as error:
        yield Difference(part, 0, "", What.FILE, error.message)


def _by_structure(
    file: StructureFile, part: int, expected: Iterable[Expected], tie: Tie | None
) -> Iterator[Difference]:
    for sentence in file.refused:
        yield Difference(part, 0, "", What.FILE, sentence)
    wanted = 0
    for wanted, want in enumerate(expected, 1):
        if wanted <= file.pages:
            for what, detail in _structure_differences(file, wanted - 1, want, tie):
                yield Difference(part, wanted, want.piece, what, detail)
    if wanted != file.pages:
        detail = _("{wanted} pages were expected, the file has {found}")
        yield Difference(part, 0, "", What.PAGES, detail.format(wanted=wanted, found=file.pages))


def _structure_differences(
    file: StructureFile, index: int, want: Expected, tie: Tie | None
) -> Iterator[Found]:
    try:
        shown = file.page(index)
    except InputRefused as error:
        yield What.FILE, error.message
        return
    yield from compare_structure(shown, want, codes=True)
    if tie is not None:
        yield from ((What.PIECE, sentence) for sentence in tie.page(shown, want))


def _by_pdfium(file: PrintFile, part: int, pages: Iterable[Numbered]) -> Iterator[Difference]:
    for number, want in pages:
        if number <= file.pages:
            for what, detail in _page_differences(file, number - 1, want):
                yield Difference(part, number, want.piece, what, detail)


def _page_differences(file: PrintFile, index: int, want: Expected) -> Iterator[Found]:
    try:
        page = file.page(index)
    except InputRefused as error:
        yield What.FILE, error.message
        return
    with page:
        yield from compare_texts(page.texts(), want)
        yield from compare_printed(page.everything(), want)
        for mark in want.marks:
            if mark.readable:
                margin = want.frame.margin if want.frame else 0
                read = _decoded(page, mark, margin, _DPI) or _decoded(page, mark, margin, _CLOSER_DPI)
                if read != mark.text:
                    yield What.CODE, code_difference(read, mark)


def _decoded(page: PrintPage, mark: ExpectedMark, margin: float, dpi: float) -> str:
    x, y, w, h = mark.box
    return decode_symbol(page.gray((x + margin, y + margin, w, h), dpi), mark.type)


class Sample:
    """Pieces picked evenly from a stream of unknown length, with its first and its last one.

    size: how many, 0 for none; equal seeds pick equal pieces. Memory holds the pages of the picked pieces
    alone (reservoir sampling, algorithm R).
    """

    def __init__(self, size: int, seed: int) -> None:
        self._size = max(size, _ENDS) if size else 0
        self._draw = random.Random(seed)  # noqa: S311 - a sample, no secret
        self._ends: list[list[Numbered]] = []
        self._between: list[list[Numbered]] = []

    def watch(self, expected: Iterable[Expected]) -> Iterator[Expected]:
        """Pass the pages on, and keep those of the sample."""
        if not self._size:
            yield from expected
            return
        piece: list[Numbered] = []
        count = 0
        for number, want in enumerate(expected, 1):
            if piece and piece[0][1].piece != want.piece:
                self._take(piece, count)
                piece, count = [], count + 1
            piece.append((number, want))
            yield want
        if piece:
            self._take(piece, count)

    def pages(self) -> list[Numbered]:
        """The pages of the sample, in order."""
        return sorted((page for piece in (*self._ends, *self._between) for page in piece), key=itemgetter(0))

    def _take(self, piece: list[Numbered], count: int) -> None:
        """Take the next piece; the last one so far steps back among those between."""
        self._ends.append(piece)
        if len(self._ends) > _ENDS:
            self._put(self._ends.pop(1), count - 1)

    def _put(self, piece: list[Numbered], order: int) -> None:
        """Keep the piece that is `order`-th among those between, from 1, or not."""
        room = self._size - _ENDS
        if len(self._between) < room:
            self._between.append(piece)
        elif (at := self._draw.randrange(order)) < room:
            self._between[at] = piece
