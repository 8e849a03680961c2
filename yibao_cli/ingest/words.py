"""Readers of cells that hold words and numbers that are names: text, name, id, mobile, postcode.

A reader takes a cell and returns the typed value, None for a blank, or a Doubt where something must
be reported. Readers run once per cell: each begins with the shape that honest files have.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.codes import id_number_fault, is_machine_mobile, is_mobile, is_postcode, uscc_is_valid
from yibao_cli.ingest.shown import ShownNumber

if TYPE_CHECKING:
    from collections.abc import Callable

# Excel keeps 15 digits of a number and puts zeros or noise in the place of the rest.
EXACT_BELOW = 10**15

_ERROR = re.compile(r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|FIELD!|#*)")
_CUT_NUMBER = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+")
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_PLAIN_NAME = re.compile("[\u4e00-\u9fff]{2,4}")
_SPREAD_NAME = re.compile(rf"([{_CJK}])\s+([{_CJK}])")
_COUNTRY = re.compile(r"(?:\+|00)86(?=1\d{10}$)")
_BREAKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# First characters that send a text to the slower way: a blank to trim, an error, a literal quote.
_SUSPECT = " #"

# Letters, digits and the blank only: NFKC would also turn one character of a name into another.
_FULL_WIDTH = {
    0x3000: 0x20,
    **{c: c - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for c in range(ord(first), ord(last) + 1)},
}
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class Doubt(NamedTuple):
    """A value that cannot be taken in silence.

    value: what is used in the cell's place, None where nothing is.
    rules: ids of the rules that were broken; details: fills their braces.
    """

    value: object
    rules: tuple[str, ...]
    details: tuple[tuple[str, object], ...] = ()


def read_text(cell: object) -> object:
    """Free text: trimmed; line breaks become blanks, characters that cannot be seen go."""
    if type(cell) is str:
        if cell.isprintable() and cell[:1] not in _SUSPECT and cell[-1] != " ":
            return cell
        joined = _BREAKS.sub(" ", cell.strip())
        return _with(_cleaned(joined), ("I129",) if joined != cell.strip() else ())
    return _number_text(cell)


def read_name(cell: object) -> object:
    """A person's name: trimmed, full-width letters and digits folded, `王 芳` closed to `王芳`."""
    if type(cell) is not str:
        return _number_text(cell)
    if _PLAIN_NAME.fullmatch(cell):
        return cell
    return _then(_cleaned(cell.translate(_FULL_WIDTH).strip()), _close_name)


def read_id(cell: object) -> object:
    """An identifier, from text as it stands or from a whole number that Excel has not cut."""
    if type(cell) is str:
        return cell if cell.isascii() and cell.isalnum() else _id_text(cell)
    return _id_digits(cell)


def read_id_number(cell: object) -> object:
    """An ID number; one whose check fails is kept and doubted."""
    if type(cell) is str and id_number_fault(cell) is None:
        return cell
    return _then(read_id(cell), _judge_id_number)


def read_uscc(cell: object) -> object:
    """A unified social credit code; one whose check fails is kept and doubted."""
    return _then(read_id(cell), _judge_uscc)


def read_mobile(cell: object) -> object:
    """A phone number without blanks, hyphens and +86; one that is no mobile is kept and doubted."""
    if type(cell) is str and is_mobile(cell) and not is_machine_mobile(cell):
        return cell
    return _then(read_id(cell), _judge_mobile)


def read_postcode(cell: object) -> object:
    """Six digits; five are taken for six whose first zero was lost to a number."""
    if type(cell) is str and is_postcode(cell):
        return cell
    result = read_id(cell)
    if isinstance(result, Doubt) and result.value is None and result.rules != ("I111",):
        return Doubt(None, ("I119",))
    return _then(result, _judge_postcode)


def fold(text: str) -> str:
    """Full-width forms to plain ones (NFKC), ends trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def is_error(text: str) -> bool:
    """Tell whether a trimmed text is an error of a spreadsheet, `#####` included."""
    return text[:1] == "#" and _ERROR.fullmatch(text) is not None


def _then(result: object, judge: Callable[[str], object]) -> object:
    """Judge the text that a reader gave, and keep what the reader itself had to say."""
    if isinstance(result, Doubt):
        return _with(judge(result.value), result.rules) if isinstance(result.value, str) else result
    return judge(result) if isinstance(result, str) else result


def _with(result: object, rules: tuple[str, ...]) -> object:
    """The result with these rules before its own."""
    if not rules:
        return result
    if isinstance(result, Doubt):
        return Doubt(result.value, rules + result.rules, result.details)
    return Doubt(result, rules)


def _close_name(name: str) -> object:
    spread = _SPREAD_NAME.fullmatch(name)
    return Doubt(spread[1] + spread[2], ("I127",)) if spread else name


def _judge_id_number(text: str) -> object:
    number = _closed(text).upper()
    fault = id_number_fault(number)
    if fault is None:
        return number
    was_cut = fault == "check" and number.endswith("000")
    return Doubt(number, ("I184" if was_cut else "I115",), (("fault", fault),))


def _judge_uscc(text: str) -> object:
    code = _closed(text).upper()
    return code if uscc_is_valid(code) else Doubt(code, ("I116",))


def _judge_mobile(text: str) -> object:
    number = _COUNTRY.sub("", _closed(text).replace("-", ""))
    if not is_mobile(number):
        return Doubt(_closed(text), ("I117",))
    return Doubt(number, ("I180",)) if is_machine_mobile(number) else number


def _judge_postcode(text: str) -> object:
    digits = _closed(text)
    if is_postcode(digits):
        return digits
    padded = "0" + digits
    return Doubt(padded, ("I118",)) if is_postcode(padded) else Doubt(None, ("I119",))


def _cleaned(trimmed: str) -> object:
    """What is left of a text without the characters that cannot be seen."""
    if is_error(trimmed):
        return Doubt(None, ("I111",))
    kept = _visible(trimmed)
    return Doubt(kept or None, ("I128",)) if kept != trimmed else kept or None


def _visible(text: str) -> str:
    """Drop control and format characters: escapes, direction marks, zero-width blanks and joiners."""
    if text.isprintable():
        return text
    return "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE).strip()


def _closed(text: str) -> str:
    # NFKC may have left a blank between a letter and its accent, which closed up are one letter.
    return unicodedata.normalize("NFKC", "".join(text.split()))


def _number_text(cell: object) -> object:
    """Text of a cell that holds no text."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, ShownNumber):
        return cell.text
    if isinstance(cell, int | float):
        return repr(cell) if cell % 1 else _exact_digits(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, date):
        return cell.isoformat()
    return None if cell is None else str(cell)


def _exact_digits(number: float) -> object:
    return Doubt(None, ("I112",)) if abs(number) >= EXACT_BELOW else str(int(number))


def _id_digits(cell: object) -> object:
    """Digits of a whole number of at most 15 digits, or what its format shows."""
    if isinstance(cell, ShownNumber):
        return cell.text
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell >= 0 and cell % 1 == 0:
        return _exact_digits(cell)
    return None if cell is None else Doubt(None, ("I113",))


def _unforced(text: str) -> str:
    """Without `'` and `="..."`, by which people force text into a csv file for Excel."""
    while True:
        bare = text.removeprefix("=").strip("\"'").strip()
        if bare == text:
            return bare
        text = bare


def _id_text(text: str) -> object:
    folded = _unforced(fold(text))
    plain = _unforced(_visible(folded))
    if not plain:
        return None
    if is_error(plain):
        return Doubt(None, ("I111",))
    if _CUT_NUMBER.fullmatch(plain):
        return Doubt(None, ("I112",))
    if _BREAKS.search(folded):
        return Doubt(None, ("I113",))
    return Doubt(plain, ("I128",)) if plain != folded else plain


def unfit(cell: object, rule_id: str) -> object:
    """What stands in a cell of quite another kind, or a blank."""
    return None if cell is None else Doubt(None, (rule_id,))
