"""Readers of cells that hold days: as text, as dates of Excel's, as the numbers that Excel counts them by."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from yibao_cli.ingest.words import Doubt, fold, is_error, unfit

if TYPE_CHECKING:
    from collections.abc import Sequence

_DATE = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})"
    r"| ?年 ?(?P<m2>[0-9]{1,2}) ?月 ?(?P<d2>[0-9]{1,2}) ?日"
    r"|(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
)
_YEARS = range(1900, 2100)
_COMPACT_DATES = range(19000101, 21000000)
# Days as Excel counts them: from 1954 to 2064, which no other number of a date column is; and, where most
# cells of a column are such days, from 1912 on, for the dates of birth of the old.
_SURE_SERIALS = (20_000, 60_001)
_SERIALS = (4_400, 73_051)
_SERIAL_TEXT = re.compile(r"[0-9]{4,5}")
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_DAYS_TO_1904 = (_EPOCH_1904 - _EPOCH).days


def read_date(cell: object) -> object:
    """A date as ISO text; a time of day is dropped, a bare serial number is never guessed."""
    if isinstance(cell, date):
        return cell.isoformat()[:10] if cell.year in _YEARS else Doubt(None, ("I122",))
    if isinstance(cell, float | int) and cell in _COMPACT_DATES:
        cell = str(int(cell))
    if type(cell) is str:
        return _date_text(cell)
    return unfit(cell, "I122")


def read_date_or_serial(cell: object, *, date1904: bool = False) -> object:
    """A date as ISO text, from a column whose bare numbers are days as Excel counts them."""
    day = _serial_of(cell)
    if day is None or not _SERIALS[0] <= day + _DAYS_TO_1904 * date1904 < _SERIALS[1]:
        return read_date(cell)
    return ((_EPOCH_1904 if date1904 else _EPOCH) + timedelta(days=int(day))).isoformat()


def are_serials(cells: Sequence[object]) -> bool:
    """Tell whether more than half of the filled cells are bare numbers of days from 1954 to 2064."""
    filled = [c for c in cells if c is not None and c != ""]
    days = [day for day in map(_serial_of, filled) if day is not None]
    return 2 * sum(_SURE_SERIALS[0] <= day < _SURE_SERIALS[1] for day in days) > len(filled)


def _serial_of(cell: object) -> float | None:
    """The number of a cell that may be a day as Excel counts it, a time of day behind the point."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    return float(cell) if isinstance(cell, str) and _SERIAL_TEXT.fullmatch(cell) else None


@lru_cache(maxsize=4096)
def _date_text(cell: str) -> object:
    text = fold(cell)
    if not text or is_error(text):
        return Doubt(None, ("I111",)) if text else None
    found = _DATE.fullmatch(text)
    if found is None:
        return Doubt(None, ("I122",))
    month = found["m"] or found["m2"] or found["m3"]
    day = found["d"] or found["d2"] or found["d3"]
    try:
        read = date(int(found["y"]), int(month), int(day))
    except ValueError:
        return Doubt(None, ("I122",))
    return read.isoformat() if read.year in _YEARS else Doubt(None, ("I122",))
