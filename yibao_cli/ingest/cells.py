"""Readers of cells that hold amounts, numbers, flags and choices; the choice of a reader.

A reader takes a cell and returns the typed value, None for a blank, or a `words.Doubt`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from yibao_cli import money
from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.ingest.dates import read_date, read_date_or_serial
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
    unfit,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yibao_cli.kinds.fields import FieldSpec

    Reader = Callable[[object], object]

# Below this a float has every fen exactly in its shortest decimal form.
_EXACT_YUAN = 10**12
_DIGITS = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?")
_MINUS = str.maketrans("\u2212\u2013\u2014", "---")  # the minus sign and the dashes that people type for it
_SIGNED = re.compile(r"(?P<a>-?)(?P<b>[^-]*)(?P<c>-?)")
_YUAN = Decimal(1)
_FLAGS = dict.fromkeys(("是", "y", "yes", "1", "true", "√"), True) | dict.fromkeys(
    ("否", "n", "no", "0", "false", "×"), False
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a sheet's column is to be read, beyond the type of its field.

    unit: yuan in a unit of its amounts (`万元`: 10000). serials: bare numbers are days as Excel counts them,
    from 1904 where date1904. spellings: the client's words for choices -> ours.
    """

    unit: Decimal = _YUAN
    serials: bool = False
    date1904: bool = False
    spellings: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Tell whether cells mean what they mean in any column of their type."""
        return self.unit == _YUAN and not self.serials


PLAIN = Manner()


def reader_for(field: FieldSpec, manner: Manner = PLAIN) -> Reader:
    """The reader of a field's cells."""
    if field.type == "choice":
        return _choice_reader(field, manner.spellings)
    if field.type == "money" and manner.unit != _YUAN:
        return partial(read_money_in, manner.unit)
    if field.type == "date" and manner.serials:
        return partial(read_date_or_serial, date1904=manner.date1904)
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
    return _fen(cell) if isinstance(cell, int | float) else unfit(cell, "I120")


def read_money_in(unit: Decimal, cell: object) -> object:
    """An amount in units of so many yuan as integer fen, exactly."""
    if isinstance(cell, str):
        text = _number(_signed(_unbracketed(fold(cell).lstrip("¥￥"))))
        if not isinstance(text, str):
            return Doubt(None, ("I120",)) if isinstance(text, Doubt) and text.rules == ("I121",) else text
        return _fen(Decimal(text) * unit)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < EXACT_BELOW:
        # Back to a float: the noise of binary fractions is judged where it is for yuan.
        return _fen(float(Decimal(repr(cell + 0)) * unit))
    return unfit(cell, "I120")


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
        # -0.0 + 0 is 0.0.
        return format(Decimal(repr(cell + 0)), "f").removesuffix(".0") if exact else Doubt(None, ("I121",))
    return _number(cell)


def read_flag(cell: object) -> object:
    """Yes or no."""
    if isinstance(cell, bool):
        return cell
    return _word(cell, _FLAGS, "I124")


def _choice_reader(field: FieldSpec, spellings: Mapping[str, str]) -> Reader:
    known = {_key(word): value for value, aliases in field.choices.items() for word in (value, *aliases)}
    _refuse_unknown(field, spellings)
    # The client's own words win: they were written for this client.
    known |= {_key(word): value for word, value in spellings.items()}
    exact = {word: value for value, aliases in field.choices.items() for word in (value, *aliases)}

    def read_choice(cell: object) -> object:
        if type(cell) is str and cell in exact and not spellings:
            return exact[cell]
        return _word(cell, known, "I125")

    return read_choice


def _refuse_unknown(field: FieldSpec, spellings: Mapping[str, str]) -> None:
    for word, value in spellings.items():
        if value not in field.choices:
            raise SettingsError(
                _(
                    "vocabulary of {field}: {word} stands for {value}, which is none of the kind's words"
                ).format(field=field.name, word=word, value=value),
                where="yibao.toml",
                remedy=_("use one of: {words}").format(words=", ".join(field.choices)),
            )


def _key(word: str) -> str:
    return "".join(fold(word).split()).casefold()


def _word(cell: object, known: Mapping[str, object], rule_id: str) -> object:
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell % 1 == 0:
        cell = str(int(cell))
    if not isinstance(cell, str):
        return unfit(cell, rule_id)
    key = _key(cell)
    if not key or is_error(key.upper()):
        return Doubt(None, ("I111",)) if key else None
    value = known.get(key)
    return Doubt(None, (rule_id,)) if value is None else value


def _money_text(cell: str) -> object:
    text = fold(cell)
    if not text or is_error(text):
        return Doubt(None, ("I111",)) if text else None
    return _fen(_signed(text))


def _unbracketed(text: str) -> str:
    return f"-{text[1:-1]}" if text[:1] == "(" and text[-1:] == ")" and text[1:2] not in "+-" else text


def _signed(text: str) -> str:
    """A minus behind the amount, or between it and ¥, goes before it."""
    found = _SIGNED.fullmatch(text.translate(_MINUS))
    if found is None or bool(found["a"]) == bool(found["c"]) or found["b"].startswith("("):
        return text
    return "-" + found["b"].strip().lstrip("¥￥").strip()


def _fen(amount: str | float | Decimal) -> object:
    if not (isinstance(amount, str) or -EXACT_BELOW < amount < EXACT_BELOW):
        return Doubt(None, ("I120",))
    try:
        cents = money.fen(amount)
    except ValueError:
        return Doubt(None, ("I120",))
    return cents if abs(cents) < EXACT_BELOW else Doubt(None, ("I120",))


def _number(cell: object) -> object:
    """A number's text without separators."""
    if not isinstance(cell, str):
        return unfit(cell, "I121")
    text = fold(cell)
    if not text or is_error(text):
        return Doubt(None, ("I111",)) if text else None
    return text.replace(",", "").removeprefix("+") if _DIGITS.fullmatch(text) else Doubt(None, ("I121",))


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
