"""Read a part's print file back and tie every page to what should stand on it.

The reader (PDFium) is not the writer. What a page must show comes from the package's values alone; what
it does show comes from the file alone. The comparison is exact in both directions: every text once, in
its place in the order, and nothing besides. Source: design.md section 7; research/ecosystem.md.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import zxingcpp

from yibao_cli import codes as numbers
from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.render.datamatrix import code_image
from yibao_cli.render.matching import Matched, match_texts
from yibao_cli.render.reading import Box, PrintFile, PrintPage, bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from yibao_cli.kinds.page import Layout, PagePlan, PartValues, TableValues

AMOUNT = re.compile(r"-?\d[\d,]*\.\d\d")

_DATA_MATRIX = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
_QUIET = 2  # modules; ISO/IEC 16022 asks for one
_DPI = 200
_CLOSER_DPI = 400  # a second look, for codes of small modules
_SHOWN = 3  # texts named in one difference


class What(StrEnum):
    """What differs."""

    FILE = "file"  # the file, or a page, cannot be read
    PAGES = "pages"  # their number
    PIECE = "piece"  # the page is another piece's
    TEXT = "text"  # a text is missing, is too many, or stands in another's place
    AMOUNT = "amount"  # an amount is missing, is too many, or was changed
    CODE = "code"  # the Data Matrix cannot be read, or says something else


@dataclass(frozen=True, slots=True)
class Expected:
    """What one page of one piece must show.

    texts: all texts of the piece on this page, in the order the page shows them; compared without white
      space. A text may stand in several lines, or be cut and end in `…`.
    amounts: all amounts on the page, as a multiset: nothing more, nothing less.
    code: text of the Data Matrix, "" where the page has none; code_box: its place with quiet zone, mm
      from the page's top left corner: x, y, w, h.
    """

    piece: str
    page: int
    texts: tuple[str, ...]
    amounts: tuple[str, ...]
    code: str
    code_box: Box | None


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


def expected_pages(layout: Layout, values: PartValues) -> Iterator[Expected]:
    """What each page of a part must show, in print order.

    Static texts, ads and house panels are not in it: they stand in forms of their own, outside the
    page's texts, so that an amount in an ad is no amount of the piece.
    """
    for i, (piece, variant) in enumerate(zip(values.pieces, values.variants, strict=True)):
        for page in layout.variants[variant]:
            texts = tuple(_page_texts(page, variant, values, i))
            amounts = tuple(_amounts(map(bare, texts)))
            code = values.codes[i] if page.codes else ""
            yield Expected(piece, page.number, texts, amounts, code, _code_box(page, code))


def read_back(
    pdf: Path, part: int, expected: Iterable[Expected], *, codes: bool = True
) -> Iterator[Difference]:
    """Compare a print file with what it must show, page by page; nothing comes back from a right one.

    codes: decode each Data Matrix from the page's pixels too. A damaged or missing file is a
    Difference, never an error.
    """
    try:
        with PrintFile(pdf) as file:
            yield from _file_differences(file, part, expected, codes=codes)
    except InputRefused as error:
        yield Difference(part, 0, "", What.FILE, error.message)


def _file_differences(
    file: PrintFile, part: int, expected: Iterable[Expected], *, codes: bool
) -> Iterator[Difference]:
    wanted = 0
    for wanted, want in enumerate(expected, 1):
        if wanted <= file.pages:
            for what, detail in _page_differences(file, wanted - 1, want, codes=codes):
                yield Difference(part, wanted, want.piece, what, detail)
    if wanted != file.pages:
        detail = _("{wanted} pages were expected, the file has {found}")
        yield Difference(part, 0, "", What.PAGES, detail.format(wanted=wanted, found=file.pages))


def _page_differences(
    file: PrintFile, index: int, want: Expected, *, codes: bool
) -> Iterator[tuple[What, str]]:
    try:
        page = file.page(index)
    except InputRefused as error:
        yield What.FILE, error.message
        return
    with page:
        yield from compare_texts(page.texts(), want)
        if codes and want.code and want.code_box is not None:
            yield from _code_difference(page, want.code, want.code_box)


def compare_texts(shown: list[str], want: Expected) -> Iterator[tuple[What, str]]:
    """What differs between the strings a page shows and what it must show, as (what, sentence)."""
    matched = match_texts(shown, [t for t in bare("\0".join(want.texts)).split("\0") if t])
    found = Counter(_amounts((*matched.runs, *matched.extra)))
    if matched.in_order and found == Counter(want.amounts):
        return
    if other := _other_piece(want, matched):
        yield What.PIECE, _("the page is that of piece {other}").format(other=other)
        return
    yield from _amount_difference(found, Counter(want.amounts))
    yield from _text_difference(matched)


def _amounts(texts: Iterable[str]) -> list[str]:
    # The line feed between them keeps the digits of one text from those of the next.
    return AMOUNT.findall("\n".join(texts))


def _other_piece(want: Expected, matched: Matched) -> str:
    """The piece number that stands in a text where the expected one should, or ""."""
    if not want.piece:
        return ""
    for text in matched.missing:
        before, number, after = text.partition(want.piece)
        for string in matched.extra if number else ():
            other = string.removeprefix(before).removesuffix(after)
            if before + other + after == string and numbers.is_piece_number(other):
                return other
    return ""


def _amount_difference(found: Counter[str], wanted: Counter[str]) -> Iterator[tuple[What, str]]:
    missing, extra = list((wanted - found).elements()), list((found - wanted).elements())
    if missing or extra:
        detail = _("amounts missing: {missing}; amounts too many: {extra}")
        yield What.AMOUNT, detail.format(missing=_listed(missing), extra=_listed(extra))


def _text_difference(matched: Matched) -> Iterator[tuple[What, str]]:
    # A text that is nothing but an amount was told as one.
    missing = [t for t in matched.missing if not AMOUNT.fullmatch(t)]
    extra = [t for t in matched.extra if not AMOUNT.fullmatch(t)]
    if missing or extra:
        detail = _("texts missing: {missing}; texts too many: {extra}")
        yield What.TEXT, detail.format(missing=_listed(missing), extra=_listed(extra))
    elif not (matched.missing or matched.extra or matched.in_order):
        yield What.TEXT, _("all texts are there, but not where each belongs")


def _listed(texts: list[str]) -> str:
    """How many, and the first of them, masked."""
    if not texts:
        return "0"
    shown = " ".join(_masked(t) for t in texts[:_SHOWN])
    return f"{len(texts)} ({shown}{' …' if len(texts) > _SHOWN else ''})"


def _masked(text: str) -> str:
    # Of an amount its form and its cents stay, enough to find it on the page.
    if AMOUNT.fullmatch(text):
        return re.sub(r"\d", "*", text[:-2]) + text[-2:]
    return numbers.mask_name(text[:12])


def _code_difference(page: PrintPage, code: str, box: Box) -> Iterator[tuple[What, str]]:
    read = _decoded(page, box, _DPI) or _decoded(page, box, _CLOSER_DPI)
    if not read:
        yield What.CODE, _("the Data Matrix cannot be read")
    elif read != code:
        yield What.CODE, _("the Data Matrix says something else: {read}").format(read=_shown_code(read))


def _shown_code(text: str) -> str:
    # Our own codes hold no personal data; what a stranger's code holds is not known.
    return text if numbers.parse_sheet_code(text) else numbers.mask_name(text[:12])


def _decoded(page: PrintPage, box: Box, dpi: float) -> str:
    found = zxingcpp.read_barcodes(page.gray(box, dpi), formats=_DATA_MATRIX)
    return str(found[0].text) if found else ""


def _code_box(page: PagePlan, code: str) -> Box | None:
    if not code:
        return None
    placed = page.codes[0]
    module = float(getattr(placed.item, "module", 0.5))
    margin, side = _QUIET * module, code_image(code)[0] * module
    left, top = placed.item.x + placed.dx - margin, placed.item.y + placed.dy - margin
    return left, top, side + 2 * margin, side + 2 * margin


def _page_texts(page: PagePlan, variant: str, values: PartValues, piece: int) -> Iterator[str]:
    for text in page.texts:
        yield values.texts[text.source][piece]
    for index, table in enumerate(page.tables):
        rows = list(_rows(values.tables[variant, page.number, index], piece))
        if rows:
            yield from (cell for row in rows for cell in row)
        else:
            yield table.item.empty_text


def _rows(table: TableValues, piece: int) -> Iterator[tuple[str, ...]]:
    if (head := table.head[piece]) is not None:
        yield head
    start, stop = table.start[piece], table.stop[piece]
    yield from zip(*(column[start:stop] for column in table.columns), strict=True)
