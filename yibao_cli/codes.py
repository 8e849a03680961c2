"""Numbers with a check, and days: read them, check them, mask them.

ID number 公民身份号码 (GB 11643), USCC 统一社会信用代码 (GB 32100), mobile, postcode, the post's numbers of
registered items (UPU S10 and domestic), and our own piece number, sheet code and handover code. Worked values
and negative controls: tests/test_codes.py.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from itertools import takewhile
from operator import mul
from string import ascii_uppercase, digits
from typing import NamedTuple

from stdnum.iso7064 import mod_37_36

# The time of every business day; a moment in the database is UTC.
CHINA = timezone(timedelta(hours=8))

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_MONTH_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0)  # no month 0, and none after the twelfth
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_MOBILE = re.compile(r"1[3-9]\d{9}")
_NOBODYS_MOBILE = re.compile(r"14[01468]\d{8}")
_POSTCODE = re.compile(r"\d{6}")
_MAILING = re.compile(r"[0-9A-Z][0-9A-Z-]{0,19}")
_SHEET_CODE = re.compile(
    r"YB1/(?P<mailing>[0-9A-Z-]+)/(?P<piece>\d{7,9}[0-9A-Z])/(?P<copy>\d{1,4})/(?P<page>\d{1,4})-(?P<pages>\d{1,4})/(?P<check>\d\d)"
)
# ISO 7064 mod 97,10 reads letters as two digits; the separators carry nothing.
_CHECKED = str.maketrans({"/": "", "-": ""} | {c: str(int(c, 36)) for c in digits + ascii_uppercase})
# A copy of a piece bears its number behind the piece's: 00012342-1.
_COPIED_PIECE = re.compile(r"(?P<piece>\d{7,9}[0-9A-Z])(?:-(?P<copy>[1-9]\d{0,3}))?")
_HANDOVER_CODE = re.compile(r"YBH1/(?P<mailing>[0-9A-Z-]+)/(?P<number>[1-9]\d{0,5})/(?P<check>\d\d)")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_ID_LENGTH = 18
_DIVISION_CHARS = 6


def id_number_fault(text: str) -> str | None:
    """What is wrong with an 18-digit ID number: `length`, `digits`, `date`, `check`; None when right.

    Area codes are not judged: they change, and old ones stay valid on cards.
    Source: GB 11643.
    """
    if len(text) != _ID_LENGTH:
        return "length"
    if not (text[:17].isascii() and text[:17].isdigit() and text[17] in "0123456789X"):
        return "digits"
    if birth_date(text) is None:
        return "date"
    return None if text[17] == id_check_char(text[:17]) else "check"


def id_checks(numbers: bytes) -> bool:
    """Tell whether every one of many ID numbers, 18 bytes of 0-9 and X each, is right: date and check."""
    import numpy as np  # noqa: PLC0415 - this module is loaded where no table is read

    chars = np.frombuffer(numbers, np.uint8).reshape(-1, _ID_LENGTH)
    nums = (chars[:, :17] - ord("0")).astype(np.int32)
    checks = np.frombuffer(_ID_CHECKS.encode(), np.uint8)[nums @ np.array(_ID_WEIGHTS, np.int32) % 11]
    year = nums[:, 6:10] @ np.array((1000, 100, 10, 1), np.int32)
    month, day = (nums[:, i] * 10 + nums[:, i + 1] for i in (10, 12))
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days = np.array(_MONTH_DAYS, np.int32)[np.minimum(month, len(_MONTH_DAYS) - 1)] + (leap & (month == 2))  # noqa: PLR2004 - February
    dated = (year > 0) & (day > 0) & (day <= days)
    return bool(((checks == chars[:, 17]) & dated).all())


def is_male(id_number: str) -> bool:
    """Tell the sex that an ID number states: an odd digit 17 is a man's."""
    return int(id_number[16]) % 2 == 1


def birth_date(id_number: str) -> date | None:
    """Birth date in an ID number's digits 7 to 14, or None where they are no date."""
    try:
        return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return None


def id_check_char(first_17: str) -> str:
    """Check character (0-9, X) that completes 17 digits to an ID number."""
    return _ID_CHECKS[sum(map(mul, map(int, first_17), _ID_WEIGHTS)) % 11]


def uscc_is_valid(text: str) -> bool:
    """Tell whether 18 characters are a unified social credit code with a right check character.

    Source: GB 32100.
    """
    if len(text) != _ID_LENGTH or any(c not in _USCC_ALPHABET for c in text):
        return False
    return text[17] == uscc_check_char(text[:17])


def uscc_check_char(first_17: str) -> str:
    """Check character that completes 17 characters to a unified social credit code."""
    total = sum(_USCC_ALPHABET.index(c) * w for c, w in zip(first_17, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def is_mobile(text: str) -> bool:
    """Tell whether the text is a mainland mobile number."""
    return text.isascii() and _MOBILE.fullmatch(text) is not None


def is_machine_mobile(text: str) -> bool:
    """Tell whether a mobile number is of a range for things, which no person answers.

    These are 140, 141, 144, 146 and 148 (物联网号段).
    """
    return _NOBODYS_MOBILE.fullmatch(text) is not None


def is_day(text: str) -> bool:
    """Tell whether a text is a day YYYY-MM-DD; only these compare as text in the order of days."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def day_of(moment: str) -> str:
    """The day in China, ISO, of a moment as the database keeps it; "" for none.

    >>> day_of("2026-10-08T16:30:00+00:00")
    '2026-10-09'
    """
    return datetime.fromisoformat(moment).astimezone(CHINA).date().isoformat() if moment else ""


def is_postcode(text: str) -> bool:
    """Tell whether the text has the form of a postcode: six digits."""
    return _POSTCODE.fullmatch(text) is not None and text.isascii()


def is_mailing_id(text: str) -> bool:
    """Tell whether the text may name a mailing: 1 to 20 of A-Z, 0-9 and `-`, such as 2026Q3."""
    return _MAILING.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def piece_number(ordinal: int) -> str:
    """Piece number of the n-th roster row: seven digits and a check character (ISO 7064 mod 37,36).

    >>> piece_number(1234)
    '00012342'
    """
    digits = f"{ordinal:07d}"
    return digits + str(mod_37_36.calc_check_digit(digits))


def is_piece_number(text: str) -> bool:
    """Tell whether the text is a piece number whose check character is right."""
    return re.fullmatch(r"\d{7,9}[0-9A-Z]", text) is not None and bool(mod_37_36.is_valid(text))


class SheetCode(NamedTuple):
    """What the Data Matrix of a sheet says; no personal data in it."""

    mailing: str
    piece: str
    copy: int
    page: int
    pages: int

    def __str__(self) -> str:
        body = f"YB1/{self.mailing}/{self.piece}/{self.copy}/{self.page}-{self.pages}"
        return f"{body}/{_sheet_check(body)}"


def parse_sheet_code(text: str) -> SheetCode | None:
    """Read the text of a sheet's Data Matrix; None when it is not ours or its check is wrong."""
    match = _SHEET_CODE.fullmatch(text)
    if match is None or not is_piece_number(match["piece"]):
        return None
    code = SheetCode(
        match["mailing"], match["piece"], int(match["copy"]), int(match["page"]), int(match["pages"])
    )
    return code if str(code) == text else None


def copy_number(piece: str, copy: int) -> str:
    """Piece number as people read it on a copy: `00012342-1`; the first printing bears none."""
    return f"{piece}-{copy}" if copy else piece


def parse_copy(text: str) -> tuple[str, int | None] | None:
    """Piece number and copy of what was typed or scanned: `00012342`, `00012342-1`, a sheet code.

    The copy is None where the text does not say one; None when it is no piece number.
    """
    code = parse_sheet_code(text)
    if code is not None:
        return code.piece, code.copy
    match = _COPIED_PIECE.fullmatch(text)
    if match is None or not is_piece_number(match["piece"]):
        return None
    return match["piece"], int(match["copy"]) if match["copy"] else None


class HandoverCode(NamedTuple):
    """What the Data Matrix of a sign-off sheet 签收单 says: mailing, and number of the handover in it."""

    mailing: str
    number: int

    def __str__(self) -> str:
        body = f"YBH1/{self.mailing}/{self.number}"
        return f"{body}/{_sheet_check(body)}"


def parse_handover_code(text: str) -> HandoverCode | None:
    """Read the text of a sign-off sheet's Data Matrix; None when it is not ours or its check is wrong."""
    match = _HANDOVER_CODE.fullmatch(text)
    if match is None:
        return None
    code = HandoverCode(match["mailing"], int(match["number"]))
    return code if str(code) == text else None


def s10_check_digit(serial: str) -> int:
    """Check digit of the eight digits of a UPU S10 number.

    >>> s10_check_digit("47312482")
    9

    Source: UPU S10.
    """
    rest = 11 - sum(map(mul, map(int, serial), _S10_WEIGHTS)) % 11
    return int({10: 0, 11: 5}.get(rest, rest))


class ContainerCode(NamedTuple):
    """What the code of a label says: the bundle (`B`, 把) or bag (`D`, 袋) of a mailing, by its number."""

    mailing: str
    kind: str
    number: int

    def __str__(self) -> str:
        body = f"YB1/{self.mailing}/{self.kind}{self.number}"
        return f"{body}/{_sheet_check(body)}"


def mask_id(text: str) -> str:
    """Show only the last four characters of an identifier: `**************1234`."""
    return "*" * max(len(text) - 4, 0) + text[-4:] if len(text) > 4 else "*" * len(text)  # noqa: PLR2004


def mask_name(text: str) -> str:
    """Show only the family character of a name: `张**`."""
    return text[:1] + "*" * (len(text) - 1)


def mask_phone(text: str) -> str:
    """Show the first three and last four digits of a phone number: `138****8000`."""
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}" if len(text) >= 11 else mask_id(text)  # noqa: PLR2004


def mask_address(text: str) -> str:
    """Keep the first six characters of an address, which name the division, and no number: `河北省石家庄…`.

    A shorter text may be a door, or a name that moved over by one column, so it is masked as a name is.
    """
    if len(text) <= _DIVISION_CHARS:
        return mask_name(text)
    return "".join(takewhile(lambda c: not c.isdigit(), text[:_DIVISION_CHARS])) + "…"


def _sheet_check(body: str) -> str:
    # As stdnum's mod_97_10, which goes character by character; every sheet has one.
    return f"{98 - int(body.translate(_CHECKED)) * 100 % 97:02d}"
