"""A chart on a statement: bars of what a member's lines come to, by category or by month, in a fixed box.

Bars stand upright (`up`) with names below and amounts above, or lie (`across`) with names before and
amounts behind them; the longest bar takes the room there is. What is below nothing has no bar, and its
amount says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.geometry import Align, ChartItem, Rect, TextItem
from yibao_cli.kinds.page import FieldRef, PlacedChart, PlacedText, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yibao_cli.kinds.kind import Kind

_MM_PER_POINT = 25.4 / 72
_LINE = 1.25  # line height of names and amounts, in type sizes
_THICK = 0.6  # share of its row or column that a bar takes
_THICKEST = 8.0  # mm
_MOST = 12  # bars of one chart: a year of months; each costs the press some speed
_SMALLEST = 5.0  # points that names and amounts may shrink to
_DECIMALS = 2
LEAST = 0.1  # mm that a bar has at least: what is more than nothing is seen


class Bar(NamedTuple):
    """What a bar stands for: its key among the lines (a word or `2026-07`), its name for people."""

    key: str
    name: str


class _Anchor(NamedTuple):
    """Where a text of a chart stands, and in how much room, in mm on the panel."""

    x: float
    y: float
    align: Align
    width: float


def check_chart(kind: Kind, item: ChartItem) -> None:
    """Refuse a chart of what the lines do not have, with SettingsError."""
    fields = {f.name: f for f in kind.inputs[kind.merge.lines].fields} if kind.merge.lines else {}
    by, amount = fields.get(item.by), fields.get(item.sum)
    if by is None or by.type not in {"choice", "date"}:
        raise SettingsError(
            _("a chart goes by a date or a choice of the lines, and {field} is none").format(field=item.by)
        )
    if item.order and sorted(item.order) != sorted(by.choices):
        raise SettingsError(_("the order of a chart names each word of {field} once").format(field=item.by))
    if amount is None or amount.type != "money":
        raise SettingsError(
            _("a chart sums an amount of the lines, and {field} is none").format(field=item.sum)
        )


def bars_of(kind: Kind, item: ChartItem, period: tuple[str, str]) -> tuple[Bar, ...]:
    """The bars of a chart: the words of a choice, or the months of a period, its first and last ISO day.

    Raises SettingsError for a period of more months than a chart can show.
    """
    field = kind.inputs[kind.merge.lines].field(item.by)
    if field.type == "choice":
        # A package keeps no order of words.
        found = [Bar(word, word) for word in item.order or sorted(field.choices)]
    else:
        first, last = (int(day[:4]) * 12 + int(day[5:7]) - 1 for day in period if day[:7].count("-") == 1)
        found = [Bar(f"{m // 12}-{m % 12 + 1:02d}", f"{m % 12 + 1}月") for m in range(first, last + 1)]
    if not 0 < len(found) <= _MOST:
        raise SettingsError(
            _("a chart has 1 to {most} bars, and this one would have {count}").format(
                most=_MOST, count=len(found)
            )
        )
    return tuple(found)


def placed_chart(item: ChartItem, bars: Sequence[Bar], at: tuple[float, float]) -> PlacedChart:
    """A chart on its page; at: the panel's corner."""
    fields = tuple(f"chart:{item.by}:{item.sum}:{bar.key}" for bar in bars)
    amounts = []
    for (_name, told), bar, field in zip(_anchors(item, len(bars)), bars, fields, strict=True):
        text = _text(item, bar.name, told)
        amounts.append(PlacedText(text, Source((FieldRef(field, ("yuan",)),), fields=(field,)), *at))
    return PlacedChart(item, tuple(bar.key for bar in bars), fields, tuple(amounts), *at)


def names_of(chart: PlacedChart, bars: Sequence[Bar]) -> Iterator[PlacedText]:
    """The names of a chart's bars, the same on every piece."""
    for (name, _told), bar in zip(_anchors(chart.item, len(bars)), bars, strict=True):
        yield PlacedText(_text(chart.item, bar.name, name), Source((bar.name,)), chart.dx, chart.dy)


def _anchors(item: ChartItem, count: int) -> Iterator[tuple[_Anchor, _Anchor]]:
    """Where the name of each of so many bars stands, and where its amount."""
    high = item.size * _MM_PER_POINT
    for n in range(count):
        if item.direction == "across":
            y = item.y + (n + 0.5) * item.h / count + 0.36 * high
            yield (
                _Anchor(item.x, y, "left", item.names),
                _Anchor(item.x + item.w, y, "right", item.amounts),
            )
        else:
            column = item.w / count
            x = item.x + (n + 0.5) * column
            yield (
                _Anchor(x, item.y + item.h - 0.2 * high, "center", column),
                _Anchor(x, item.y + high, "center", column),
            )


def frames(item: ChartItem, count: int) -> list[Rect]:
    """The room of each of so many bars: x, y, w, h in mm on the panel. A bar fills it from its foot on."""
    found = []
    for n in range(count):
        if item.direction == "across":
            row = item.h / count
            thick = min(row * _THICK, _THICKEST)
            room = item.w - item.names - item.amounts
            found.append((item.x + item.names, item.y + (n + 0.5) * row - thick / 2, room, thick))
        else:
            high, column = _LINE * item.size * _MM_PER_POINT, item.w / count
            thick = min(column * _THICK, _THICKEST)
            x = item.x + (n + 0.5) * column - thick / 2
            found.append((x, item.y + high, thick, item.h - 2 * high))
    return found


def rectangles(item: ChartItem, values: Sequence[int]) -> list[Rect]:
    """x, y, w, h in mm on the panel of each bar that there is; values: in fen."""
    most = max(values, default=0)
    found = []
    for value, (x, y, w, h) in zip(values, frames(item, len(values)), strict=True):
        if value > 0:
            lying = item.direction == "across"
            length = max((w if lying else h) * value / most, LEAST)
            found.append((x, y, length, h) if lying else (x, y + h - length, w, length))
    return [(round(x, _DECIMALS), round(y, _DECIMALS), round(w, 3), round(h, 3)) for x, y, w, h in found]


def _text(item: ChartItem, text: str, at: _Anchor) -> TextItem:
    x, y = round(at.x, _DECIMALS), round(at.y, _DECIMALS)
    smallest = min(item.size, _SMALLEST)
    return TextItem(text=text, x=x, y=y, size=item.size, align=at.align, width=at.width, min_size=smallest)
