"""What charts cost: the letter-sheet of 12 lines with and without them, the same pieces in turn."""

# ruff: noqa: PLC0415 - a benchmark loads what it measures and nothing else

from __future__ import annotations

import gc
from dataclasses import dataclass
from functools import partial
from statistics import median, quantiles
from typing import TYPE_CHECKING

from measure import Clock
from parts import invented_part, stretches

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

_WORDS = "西药中药检查检验治疗手术床位护理材料诊察麻醉输血门诊住院购药慢病"
_BY, _PANEL = "service", "statement"
_LOWER = {"y": 72, "h": 40, "sum": "account_paid"}  # the second chart of a page, of another amount
# What is printed: words that the lines fall on, and the charts by them, as (direction, what differs).
CASES = {
    "4 bars that lie": (4, [("across", {})]),
    "8 bars that lie": (8, [("across", {})]),
    "12 bars that lie": (12, [("across", {})]),
    "12 bars that stand": (12, [("up", {})]),
    "two charts, of 4 bars that lie and 4 that stand": (4, [("across", {"h": 38}), ("up", _LOWER)]),
    "two charts, of 12 bars that stand and 12 that lie": (12, [("up", {"h": 38}), ("across", _LOWER)]),
}


@dataclass(frozen=True)
class Pair:
    """The same pieces with charts and without: each a call that prints them and gives pages and CPU-s."""

    plain: Callable[[], tuple[int, float]]
    charted: Callable[[], tuple[int, float]]

    def more(self, turn: int) -> tuple[float, float, float]:
        """Print both, the other one first in every second turn.

        Returns pages per CPU-s of both, and what share charts add to the time.
        """
        both = [self.plain, self.charted]
        order = both if turn % 2 else both[::-1]
        found = {one: one() for one in order}
        (pages, plain), (_pages, charted) = found[self.plain], found[self.charted]
        return pages / plain, pages / charted, charted / plain - 1


def costs(folder, pieces, turns):
    """What charts cost, as (what, figure).

    The machine's speed wanders by more than charts cost, but little from one print to the next: each turn
    prints the same pieces with and without, and of the shares found the median counts. Half of the turns lie
    within the range that stands behind it.
    """
    for what, (count, charts) in CASES.items():
        pair = _pair(folder, pieces, count, charts)
        pair.more(0)  # what is loaded and drawn once
        plain, charted, more = zip(*(pair.more(turn) for turn in range(turns)), strict=True)
        low, middle, high = quantiles(more, n=4)
        speeds = f"{median(charted):,.0f} instead of {median(plain):,.0f} pages per CPU-s"
        yield what, f"{middle:+.1%} of CPU-s ({low:+.1%} to {high:+.1%}, {turns} turns): {speeds}"


def _pair(folder: Path, pieces: int, count: int, charts: list[tuple[str, dict[str, Any]]]) -> Pair:
    import pyarrow as pa

    builders, (fields, rows, lines) = invented_part(pieces)
    words = [_WORDS[2 * i : 2 * i + 2] for i in range(count)]
    # Each line of a piece in a category of its own: as many bars as there can be.
    named = pa.array([words[line % count] for line in range(lines.num_rows)])
    lines = lines.set_column(lines.column_names.index(_BY), _BY, named)
    data = (fields, rows, lines)
    items = [_chart(direction, words, more) for direction, more in charts]
    return Pair(
        partial(_print, folder, builders, data, _drawn(builders, fields, words, [], folder)),
        partial(_print, folder, builders, data, _drawn(builders, fields, words, items, folder)),
    )


def _print(folder, builders, data, drawn):
    """Compose and print a part; pages and CPU-s."""
    from yibao_cli.render.part import render_part

    layout, static = drawn
    gc.collect()  # of what came before
    clock = Clock()
    with (folder / "part.pdf").open("wb") as out:
        made = render_part(layout, static, stretches(layout, data, builders.MAILING), out)
    return made.pages, clock.cpu


def _chart(direction, words, more):
    from yibao_cli.kinds.geometry import ChartItem

    place = {"x": 8, "y": 30, "w": 120, "h": 80, "sum": "total", "by": _BY} | more
    return ChartItem(direction=direction, order=tuple(words), **place)


def _drawn(builders, fields, words, items, folder):
    """The letter-sheet with charts on its statement panel, as layout and static layer."""
    from yibao_cli.compose import compose_layout
    from yibao_cli.config import shipped
    from yibao_cli.kinds import load_kind, load_product
    from yibao_cli.render.static import draw_static

    kind = _with_charts(load_kind(shipped("templates"), "medical"), items, words)
    mailing = {"id": builders.MAILING, "period": ""}
    constants = {"client": builders.CLIENT, "mailing": mailing, "kind": {"name": ""}}
    layout = compose_layout(kind, load_product(shipped("templates"), kind.product), fields, constants, {})
    return layout, draw_static(layout, folder)


def _with_charts(kind, items, words):
    table = kind.inputs[kind.merge.lines]
    choices = dict.fromkeys(words, ())
    own = tuple(f.model_copy(update={"choices": choices}) if f.name == _BY else f for f in table.fields)
    inputs = {**kind.inputs, kind.merge.lines: table.model_copy(update={"fields": own})}
    variants = {name: v.model_copy(update=_panels(v.panels, items)) for name, v in kind.variants.items()}
    return kind.model_copy(update={"inputs": inputs, "variants": variants, **_panels(kind.panels, items)})


def _panels(panels, items):
    """The panels with the charts on that of the statement."""
    wanted = {n: p for n, p in panels.items() if n == _PANEL}
    more = {n: p.model_copy(update={"items": (*p.items, *items)}) for n, p in wanted.items()}
    return {"panels": {**panels, **more}}
