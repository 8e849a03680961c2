"""Returned mail as the post's clerks write it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from yibao_cli import codes
from yibao_cli.sample.workbook import Book, Cell, Layout

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from yibao_cli.sample.people import Cast, Person
    from yibao_cli.sample.tally import Tally

MAILING = "2026Q3"
FIRST_DAY, LAST_DAY = date(2026, 10, 12), date(2026, 11, 5)
# One of so many surely mailed pieces comes back; these are 0.72 of all rows, so that returns are
# about 4 % of the roster.
_ONE_IN = 18

LAYOUT = Layout(
    sheet="退信登记",
    title="2026Q3 批次退信登记表",
    headers=("账单编号", "批次号", "退信日期", "退回原因", "备注"),
    widths=(12, 10, 12, 20, 26),
)

_REASONS = {
    "迁移新址不明": 24,
    "原写地址不详": 20,
    "查无此人": 16,
    "逾期未领": 12,
    "无此地址": 7,
    "拒收": 6,
    "人已搬走": 5,
    "房屋已拆迁": 4,
    "收件人已故": 3,
    "单位已撤销": 2,
    "电话空号 无法联系": 1,
}
_REMARKS = {"": 80, "两次上门无人": 10, "门卫拒代收": 5, "邻居称已搬走": 5}


@dataclass(slots=True)
class _Kept:
    ordinal: int
    day: date
    reason: str
    remark: str


class Returns:
    """Collects the returns of about 4 % of the pieces that can have been mailed."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._kept: list[_Kept] = []
        self._spare: list[int] = []
        self._offered = 0

    def offer(self, person: Person) -> None:
        """Let a piece that was surely mailed come back, or not."""
        window, place = divmod(self._offered, _ONE_IN)
        self._offered += 1
        if place == self._cast.rng("return window", window).randrange(_ONE_IN):
            self._kept.append(_drawn(person.ordinal, self._cast.rng("return", person.ordinal)))
        elif len(self._spare) < 4:
            self._spare.append(person.ordinal)

    def write(self, inbox: Path, tally: Tally) -> dict[str, int]:
        """Write returns.xlsx in the order of the days; gives the data rows of each file."""
        rows = [_cells(k.ordinal, k.day, k.reason, k.remark) for k in sorted(self._kept, key=_order)]
        tally.add("returns", "rows", "ordinary", len(rows))
        with Book(inbox, "returns", LAYOUT) as book:
            for cells in [*rows, *self._planted(tally)]:
                book.row(cells)
        return book.files

    def _planted(self, tally: Tally) -> list[list[Cell]]:
        twice = self._kept[0]
        unknown = _cells(self._spare[0], FIRST_DAY, "查无此人", "")
        unknown[0] = _wrong_piece(self._spare[0])
        other = _cells(self._spare[1], FIRST_DAY, "拒收", "")
        other[1] = "2026Q2"
        planted = {
            "piece_twice": _cells(twice.ordinal, twice.day + timedelta(days=5), "逾期未领", ""),
            "unknown_number": unknown,
            "other_mailing": other,
            "before_posting": _cells(self._spare[2], date(2026, 9, 1), "查无此人", ""),
            "in_the_future": _cells(self._spare[3], date(2027, 1, 1), "迁移新址不明", ""),
        }
        for kind in planted:
            tally.add("returns", "planted", kind)
        return list(planted.values())


def _drawn(ordinal: int, rng: Random) -> _Kept:
    day = FIRST_DAY + timedelta(days=rng.randint(0, (LAST_DAY - FIRST_DAY).days))
    reason = rng.choices(tuple(_REASONS), tuple(_REASONS.values()))[0]
    return _Kept(ordinal, day, reason, rng.choices(tuple(_REMARKS), tuple(_REMARKS.values()))[0])


def _order(kept: _Kept) -> tuple[date, int]:
    # Within a day the letters lie in no order; the reversed digits scatter them for good.
    return kept.day, int(f"{kept.ordinal:08d}"[::-1])


def _cells(ordinal: int, day: date, reason: str, remark: str) -> list[Cell]:
    return [codes.piece_number(ordinal), MAILING, day, reason, remark or None]


def _wrong_piece(ordinal: int) -> str:
    piece = codes.piece_number(ordinal)
    return piece[:-1] + ("0" if piece[-1] != "0" else "1")
