"""What each page of a part must show, from the package's values and the layout alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.render.barchart import chart_boxes
from yibao_cli.render.marks import Symbol, symbol_of
from yibao_cli.render.output import inks_of, press_of
from yibao_cli.render.placing import Places, places_of
from yibao_cli.render.reading import bare
from yibao_cli.render.static import CROP, FOLDS, MARK, WATERMARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from yibao_cli.kinds.page import Layout, PagePlan, PlacedText
    from yibao_cli.kinds.values import PageValues, PartValues, TableValues
    from yibao_cli.render.reading import Box

# Two branches where `-?` would do: so the search can skip to the next digit or sign.
AMOUNT = re.compile(r"(?:-\d|\d)[\d,]*\.\d\d")

_QUIET = 2  # modules around a Data Matrix; ISO/IEC 16022 asks for one
_QUIET_BARS = 10  # and beside a Code 128; ISO/IEC 15417


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

    size: of the page, mm; margin: mm of paper around it, where a press cuts; sizes: smallest and largest
    type size that a text may have, points; colours: all that texts may have, each as the values of its
    components, 0 to 1. bleed: mm that it stands over its trim, None where no press cuts it.
    """

    size: tuple[float, float]
    sizes: tuple[float, float]
    colours: frozenset[tuple[float, ...]]
    margin: float = 0
    bleed: float | None = None


@dataclass(frozen=True, slots=True)
class ExpectedMark:
    """A mark for machines: what it is (type of its item), what it says, and its bits and place."""

    type: str
    text: str
    symbol: Symbol

    @property
    def readable(self) -> bool:
        """Whether a decoder reads it; OMR marks are for inserters alone."""
        return self.type != "omr"

    @property
    def box(self) -> Box:
        """Its place with the quiet zone, mm from the page's top left corner: x, y, w, h."""
        x, y, w, h = self.symbol.box
        module = w / self.symbol.modules[0]
        if self.symbol.opaque:
            return self.symbol.box  # its quiet zone is a part of it
        across, down = (_QUIET_BARS, 0) if self.type == "barcode" else (_QUIET, _QUIET)
        return x - across * module, y - down * module, w + 2 * across * module, h + 2 * down * module


class ExpectedBar(NamedTuple):
    """A bar of a chart: left, bottom, width, height in points, and the values of its colour's components."""

    box: tuple[float, float, float, float]
    colour: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What one page of one piece must show.

    texts: all texts of the piece on this page, in the order the page shows them; compared without white
      space. A text may stand in several lines.
    cells: how many of the texts, the last ones, are cells of tables. They alone may be cut and end in `…`:
      the merge holds a piece when another text of it does not fit (H402).
    printed: texts that every such page has, in its static layer and house panels, without white space.
    amounts: all amounts on the page, as a multiset: nothing more, nothing less.
    marks: for machines, in the order they are painted; bars: of its charts.
    places: where the texts stand, None where that is not known.
    frame: None where size, type sizes and colours are not known; forms: static layer, panels and marks in
      the order they are painted, None where they are not known.
    """

    piece: str
    page: int
    texts: tuple[str, ...]
    amounts: tuple[str, ...]
    marks: tuple[ExpectedMark, ...] = ()
    frame: Frame | None = None
    forms: tuple[PlacedForm, ...] | None = None
    cells: int = 0
    printed: tuple[str, ...] = ()
    bars: tuple[ExpectedBar, ...] = ()
    places: Places | None = None


def expected_pages(
    layout: Layout, values: PartValues, digests: Mapping[str, str] | None = None, *, proof: bool = False
) -> Iterator[Expected]:
    """What each page of a part must show, in print order.

    digests: of the layout's forms (`forms.form_digests`); without them no form is compared. proof: every
    page bears 样张.

    The texts in static layers, ads and house panels are not among the texts: they stand in forms, so that
    an amount in an ad is no amount of the piece.
    """
    plans = {
        (variant, page.number): _Plan(page, variant, values.values[variant, page.number], layout)
        for variant, page in layout.plans()
        if (variant, page.number) in values.values
    }
    forms = _Forms(digests, proof=proof) if digests is not None else None
    for piece, variant, numbers in zip(values.pieces, values.variants, values.plans, strict=True):
        for place, number in enumerate(numbers, 1):
            yield plans[variant, number].next_page(piece, place, forms)


# A page is asked for three times: when it is expected, when it is read, and when it is tied to its piece.
@lru_cache(maxsize=8)
def amounts_in(texts: str) -> tuple[str, ...]:
    """All amounts in texts without white space; what stands between the texts keeps their digits apart."""
    return tuple(AMOUNT.findall(texts))


class _Plan:
    """One page of a variant, with the columns of values that fill it, page after page."""

    def __init__(self, page: PagePlan, variant: str, values: PageValues, layout: Layout) -> None:
        self._page = page
        self._frame = _frame(page, layout)
        self._places = places_of(page)
        self._fills = [_components(inks_of(layout).fill(c.item.fill)) for c in page.charts]
        self._layer = f"page:{variant}:{page.number}"
        self._values = values
        self._columns = [values.texts[text.source] for text in page.texts]
        self._printed = tuple(_printed(page))
        self._house = {a.key: tuple(_literals(a.texts)) for a in layout.art if a.texts}
        self._at = -1

    def next_page(self, piece: str, place: int, forms: _Forms | None) -> Expected:
        """What the next page made from this plan must show."""
        self._at += 1
        texts = self._texts(self._at)
        art = [self._values.art[slot.slot][self._at] for slot in self._page.slots]
        return Expected(
            piece=piece,
            page=place,
            texts=texts,
            amounts=amounts_in(bare("\0".join(texts))),
            marks=self._marks(self._at),
            frame=self._frame,
            forms=forms.on(self._page, self._layer, art) if forms else None,
            cells=len(texts) - len(self._columns),
            places=self._places,
            bars=tuple(self._bars(self._at)),
            printed=(*self._printed, *chain.from_iterable(self._house.get(key, ()) for key in art)),
        )

    def _texts(self, row: int) -> tuple[str, ...]:
        """All texts of a page, in order, the cells of tables last."""
        cells = (
            _cells(values, row) or [table.item.empty_text]
            for table, values in zip(self._page.tables, self._values.tables, strict=True)
        )
        return (*(column[row] for column in self._columns), *chain.from_iterable(cells))

    def _bars(self, row: int) -> Iterator[ExpectedBar]:
        for chart, sums, fill in zip(self._page.charts, self._values.charts, self._fills, strict=True):
            for box in chart_boxes(chart, sums[row].tolist(), self._page.height):
                yield ExpectedBar(box, fill)

    def _marks(self, row: int) -> tuple[ExpectedMark, ...]:
        columns = zip(self._page.marks, self._values.marks, strict=True)
        return tuple(
            ExpectedMark(mark.item.type, texts[row], symbol_of(mark, texts[row]))
            for mark, texts in columns
            if texts[row]
        )


def _printed(page: PagePlan) -> Iterator[str]:
    """The texts of a page's static layer."""
    yield from _literals(page.static_texts)
    headers = (column.header for table in page.tables for column in table.item.columns)
    yield from filter(None, map(bare, headers))


def _literals(texts: Iterable[PlacedText]) -> Iterator[str]:
    return filter(None, (bare(text.source.literal) for text in texts))


class _Forms:
    """The forms of each page; equal ones made once."""

    def __init__(self, digests: Mapping[str, str], *, proof: bool) -> None:
        self._digests = digests
        self._proof = proof
        self._made: dict[tuple[str, ...], tuple[PlacedForm, ...]] = {}

    def on(self, page: PagePlan, layer: str, art: list[str]) -> tuple[PlacedForm, ...]:
        key = (layer, *art)
        if key not in self._made:
            self._made[key] = tuple(self._placed(page, layer, art))
        return self._made[key]

    def _placed(self, page: PagePlan, layer: str, art: list[str]) -> Iterator[PlacedForm]:
        yield PlacedForm(layer, self._digests[layer], 0, 0)
        for slot, key in zip(page.slots, art, strict=True):
            corner = slot.x, page.height - slot.y - slot.h
            yield PlacedForm(key, self._digests[key], *corner)
            if key.startswith("ad:"):
                yield PlacedForm(MARK, self._digests[MARK], *corner)
        if page.folds:
            yield PlacedForm(FOLDS, self._digests[FOLDS], 0, 0)
        if CROP in self._digests:
            yield PlacedForm(CROP, self._digests[CROP], 0, 0)
        if self._proof:
            yield PlacedForm(WATERMARK, self._digests[WATERMARK], 0, 0, over=True)


def _frame(page: PagePlan, layout: Layout) -> Frame:
    items = [t.item for t in page.texts] + [t.item for t in page.tables]
    sizes = [item.size for item in items]
    floors = [item.min_size for item in items if item.min_size < item.size]
    inks, press = inks_of(layout), press_of(layout)
    colours = {_components(inks.fill(t.item.color)) for t in page.texts} | {(0.0,)}
    extremes = (min([*sizes, *floors]), max(sizes)) if sizes else (0.0, 0.0)
    margin = press.boxes.margin if press else 0
    bleed = press.boxes.bleed if press else None
    return Frame((page.width, page.height), extremes, frozenset(colours), margin, bleed)


def _components(operator: str) -> tuple[float, ...]:
    return tuple(map(float, operator.split()[:-1]))


def _cells(table: TableValues, row: int) -> list[str]:
    start, stop = table.start[row], table.stop[row]
    lines = zip(*(column[start:stop] for column in table.columns), strict=True)
    return [*(table.head[row] or ()), *chain.from_iterable(lines), *(table.foot[row] or ())]
