"""Readers of cells that hold amounts, numbers, dates, flags and choices; the choice of a reader.

A reader takes a cell and returns the typed value, None for a blank, or a `words.Doubt`.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from yibao_cli import money
from yibao_cli.ingest.words import (
    EXACT_BELOW,
    Doubt,
    fold,
    is_error,
    read_id,
    read_id_number,
    read_mobile,
    read_name,
    read_postcode,
    read_text,
    read_uscc,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yibao_cli.kinds.fields import FieldSpec

    Reader = Callable[[object], object]

# Below this a float has every fen exactly in its shortest decimal form.
_EXACT_YUAN = 10**12
_DIGITS = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?")
_DATE = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})|年(?P<m2>[0-9]{1,2})月(?P<d2>[0-9]{1,2})日"
    r"|(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
)
_YEARS = range(1900, 2100)
_COMPACT_DATES = range(19000101, 21000000)
_FLAGS = dict.fromkeys(("是", "y", "yes", "1", "true", "√"), True) | dict.fromkeys(
    ("否", "n", "no", "0", "false", "×"), False
)


def reader_for(field: FieldSpec) -> Reader:
    """The reader of a field's cells."""
    if field.type == "choice":
        return _choice_reader(field)
    return _READERS[field.type]


def read_money(cell: object) -> object:
    """Yuan as integer fen."""
    if type(cell) is float and -_EXACT_YUAN < cell < _EXACT_YUAN:
        # No rounding: taken only when the float is the very double of these two decimals, which is
        # what money.fen would find by way of Decimal, at ten times the cost.
        cents = round(cell * 100)
        if cents / 100 == cell:
            return cents
    if type(cell) is str:
        return _money_text(cell)
    return _fen(cell) if isinstance(cell, int | float) else _not(cell, "I120")


def read_integer(cell: object) -> object:
    """A whole number."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return int(cell) if abs(cell) < EXACT_BELOW and cell % 1 == 0 else Doubt(None, ("I121",))
    text = _number(cell)
    if not isinstance(text, str):
        return text
    number = Decimal(text)
    whole = abs(number) < EXACT_BELOW and number == number.to_integral_value()
    return int(number) if whole else Doubt(None, ("I121",))


def read_decimal(cell: object) -> object:
    """A quantity as exact decimal text, without separators of thousands."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        exact = abs(cell) < EXACT_BELOW
        return format(Decimal(repr(cell)), "f").removesuffix(".0") if exact else Doubt(None, ("I121",))
    return _number(cell)


def read_date(cell: object) -> object:
    """A date as ISO text; a time of day is dropped, a bare serial number is never guessed."""
    if isinstance(cell, date):
        return cell.isoformat()[:10] if cell.year in _YEARS else Doubt(None, ("I122",))
    if isinstance(cell, float | int) and cell in _COMPACT_DATES:
        cell = str(int(cell))
    if type(cell) is str:
        return _date_text(cell)
    return _not(cell, "I122")


def read_flag(cell: object) -> object:
    """Yes or no."""
    if isinstance(cell, bool):
        return cell
    return _word(cell, _FLAGS, "I124")


def _choice_reader(field: FieldSpec) -> Reader:
    known = {_key(word): value for value, aliases in field.choices.items() for word in (value, *aliases)}
    exact = {word: value for value, aliases in field.choices.items() for word in (value, *aliases)}

    def read_choice(cell: object) -> object:
        if type(cell) is str and cell in exact:
            return exact[cell]
        return _word(cell, known, "I125")

    return read_choice


def _key(word: str) -> str:
    return "".join(fold(word).split()).casefold()


def _word(cell: object, known: Mapping[str, object], rule_id: str) -> object:
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell % 1 == 0:
        cell = str(int(cell))
    if not isinstance(cell, str):
        return _not(cell, rule_id)
    key = _key(cell)
    if not key or is_error(key.upper()):
        return Doubt(None, ("I111",)) if key else None
    value = known.get(key)
    return Doubt(None, (rule_id,)) if value is None else value


def _not(cell: object, rule_id: str) -> object:
    """What stands in a cell of quite another kind, or a blank."""
    return None if cell is None else Doubt(None, (rule_id,))


def _money_text(cell: str) -> object:
    text = fold(cell)
    if not text or is_error(text):
        return Doubt(None, ("I111",)) if text else None
    return _fen(text)


def _fen(amount: str | float) -> object:
    if not isinstance(amount, str) and not abs(amount) < EXACT_BELOW:
        return Doubt(None, ("I120",))
    try:
        cents = money.fen(amount)
    except ValueError:
        return Doubt(None, ("I120",))
    return cents if abs(cents) < EXACT_BELOW else Doubt(None, ("I120",))


def _number(cell: object) -> object:
    """A number's text without separators."""
    if not isinstance(cell, str):
        return _not(cell, "I121")
    text = fold(cell)
    if not text or is_error(text):
        return Doubt(None, ("I111",)) if text else None
    return text.replace(",", "").removeprefix("+") if _DIGITS.fullmatch(text) else Doubt(None, ("I121",))


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


_READERS: dict[str, Reader] = {
    "text": read_text,
    "name": read_name,
    "id": read_id,
    "id-number": read_id_number,
    "uscc": read_uscc,
    "mobile": read_mobile,
    "postcode": read_postcode,
    "money": read_money,
    "integer": read_integer,
    "decimal": read_decimal,
    "date": read_date,
    "flag": read_flag,
}
