"""What each page of a part must show, from the package's values and the layout alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.render.datamatrix import code_image
from yibao_cli.render.reading import bare
from yibao_cli.render.static import FOLDS, MARK, WATERMARK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yibao_cli.kinds.page import Layout, PagePlan, PartValues, TableValues
    from yibao_cli.render.reading import Box

# Two branches where `-?` would do: so the search can skip to the next digit or sign.
AMOUNT = re.compile(r"(?:-\d|\d)[\d,]*\.\d\d")

_QUIET = 2  # modules around a Data Matrix; ISO/IEC 16022 asks for one


class PlacedForm(NamedTuple):
    """A form that must stand on a page: its key and digest, and its corner in mm from the bottom left.

    over: whether it is painted after the texts, as the mark of a proof is.
    """

    key: str
    digest: str
    x: float
    y: float
    over: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What all pieces' pages of one kind have in common.

    size: of the page, mm; sizes: smallest and largest type size that a text may have, points; colours: all
    that texts may have, each as the values of its components, 0 to 1.
    """

    size: tuple[float, float]
    sizes: tuple[float, float]
    colours: frozenset[tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Expected:
    """What one page of one piece must show.

    texts: all texts of the piece on this page, in the order the page shows them; compared without white
      space. A text may stand in several lines.
    cells: how many of the texts, the last ones, are cells of tables. They alone may be cut and end in `…`:
      the merge holds a piece when another text of it does not fit (H402).
    amounts: all amounts on the page, as a multiset: nothing more, nothing less.
    code: text of the Data Matrix, "" where the page has none; code_box: its place with quiet zone, mm
      from the page's top left corner: x, y, w, h.
    frame: None where size, type sizes and colours are not known; forms: static layer, panels and marks in
      the order they are painted, None where they are not known.
    """

    piece: str
    page: int
    texts: tuple[str, ...]
    amounts: tuple[str, ...]
    code: str
    code_box: Box | None
    frame: Frame | None = None
    forms: tuple[PlacedForm, ...] | None = None
    cells: int = 0


def expected_pages(
    layout: Layout, values: PartValues, digests: Mapping[str, str] | None = None, *, proof: bool = False
) -> Iterator[Expected]:
    """What each page of a part must show, in print order.

    digests: of the layout's forms (`forms.form_digests`); without them no form is compared. proof: every
    page bears 样张.

    The texts in static layers, ads and house panels are not among the texts: they stand in forms, so that
    an amount in an ad is no amount of the piece.
    """
    plans = {v: [_Plan(page, v, values) for page in pages] for v, pages in layout.variants.items()}
    forms = _Forms(values, digests, proof=proof) if digests is not None else None
    for i, (piece, variant) in enumerate(zip(values.pieces, values.variants, strict=True)):
        for plan in plans[variant]:
            page, texts = plan.page, plan.texts(i)
            amounts = amounts_in(bare("\0".join(texts)))
            code = values.codes[i] if page.codes else ""
            shown = forms.on(page, variant, i) if forms else None
            box = _code_box(page, code)
            cells = len(texts) - len(page.texts)
            yield Expected(piece, page.number, texts, amounts, code, box, plan.frame, shown, cells)


# A page is asked for twice, when it is expected and when it is read.
@lru_cache(maxsize=4)
def amounts_in(texts: str) -> tuple[str, ...]:
    """All amounts in texts without white space; what stands between the texts keeps their digits apart."""
    return tuple(AMOUNT.findall(texts))


@lru_cache(maxsize=16)
def symbol(code: str) -> tuple[int, str]:
    """Modules a side and bits, as hexadecimal, of the Data Matrix that says this."""
    return code_image(code)


def symbol_box(box: Box, modules: int) -> Box:
    """The place of a symbol of so many modules, without the quiet zone that its box has."""
    module = box[2] / (modules + 2 * _QUIET)
    return box[0] + _QUIET * module, box[1] + _QUIET * module, modules * module, modules * module


class _Plan:
    """One page of a variant, with the columns of values that fill it."""

    def __init__(self, page: PagePlan, variant: str, values: PartValues) -> None:
        self.page = page
        self.frame = _frame(page)
        self._columns = [values.texts[text.source] for text in page.texts]
        self._tables = [
            (values.tables[variant, page.number, i], [table.item.empty_text])
            for i, table in enumerate(page.tables)
            if (variant, page.number, i) in values.tables
        ]

    def texts(self, piece: int) -> tuple[str, ...]:
        """All texts of the piece on this page, in order, the cells of tables last."""
        cells = (_cells(table, piece) or empty for table, empty in self._tables)
        return (*(column[piece] for column in self._columns), *chain.from_iterable(cells))


class _Forms:
    """The forms of each page; equal ones made once."""

    def __init__(self, values: PartValues, digests: Mapping[str, str], *, proof: bool) -> None:
        self._values = values
        self._digests = digests
        self._proof = proof
        self._made: dict[tuple[str, ...], tuple[PlacedForm, ...]] = {}

    def on(self, page: PagePlan, variant: str, piece: int) -> tuple[PlacedForm, ...]:
        art = [self._values.art[slot.slot][piece] for slot in page.slots]
        key = (variant, str(page.number), *art)
        if key not in self._made:
            self._made[key] = tuple(self._placed(page, variant, art))
        return self._made[key]

    def _placed(self, page: PagePlan, variant: str, art: list[str]) -> Iterator[PlacedForm]:
        layer = f"page:{variant}:{page.number}"
        yield PlacedForm(layer, self._digests[layer], 0, 0)
        for slot, key in zip(page.slots, art, strict=True):
            corner = slot.x, page.height - slot.y - slot.h
            yield PlacedForm(key, self._digests[key], *corner)
            if key.startswith("ad:"):
                yield PlacedForm(MARK, self._digests[MARK], *corner)
        if page.folds:
            yield PlacedForm(FOLDS, self._digests[FOLDS], 0, 0)
        if self._proof:
            yield PlacedForm(WATERMARK, self._digests[WATERMARK], 0, 0, over=True)


def _frame(page: PagePlan) -> Frame:
    items = [t.item for t in page.texts] + [t.item for t in page.tables]
    sizes = [item.size for item in items]
    floors = [item.min_size for item in items if item.min_size < item.size]
    colours = {_components(t.item.color) for t in page.texts} | {(0.0,)}
    extremes = (min([*sizes, *floors]), max(sizes)) if sizes else (0.0, 0.0)
    return Frame((page.width, page.height), extremes, frozenset(colours))


def _components(colour: float | str) -> tuple[float, ...]:
    if isinstance(colour, str):
        return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return (colour,)


def _code_box(page: PagePlan, code: str) -> Box | None:
    if not code:
        return None
    placed = page.codes[0]
    module = float(getattr(placed.item, "module", 0.5))
    margin, side = _QUIET * module, symbol(code)[0] * module
    left, top = placed.item.x + placed.dx - margin, placed.item.y + placed.dy - margin
    return left, top, side + 2 * margin, side + 2 * margin


def _cells(table: TableValues, piece: int) -> list[str]:
    start, stop = table.start[piece], table.stop[piece]
    lines = zip(*(column[start:stop] for column in table.columns), strict=True)
    return [*(table.head[piece] or ()), *chain.from_iterable(lines)]
