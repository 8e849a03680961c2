"""Lines that a hand scanner types: a code, a reason key, or a word of the operator.

A scanner at a keyboard types what it reads and then Enter. The input method may be switched to Chinese, and
then digits come as full-width ones and a slash as 、; Caps Lock may be on. A scanner may be set to type an
identifier of the symbology (`]d1`) or control characters around the code.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from yibao_cli.codes import is_piece_number, mask_id, parse_copy, parse_sheet_code
from yibao_cli.returns.reasons import OTHER, REASONS

if TYPE_CHECKING:
    from yibao_cli.returns.reasons import Wording

Word = Literal["code", "damaged", "foreign", "reason", "undo", "counts", "help", "quit", "nothing"]

_COMMANDS: dict[str, Word] = {
    "U": "undo",
    "UNDO": "undo",
    "撤销": "undo",
    "C": "counts",
    "COUNTS": "counts",
    "计数": "counts",
    "?": "help",
    "H": "help",
    "HELP": "help",
    "帮助": "help",
    "Q": "quit",
    "QUIT": "quit",
    "退出": "quit",
}
_OURS = "YB1/"
_OURS_TYPED = ("YB1、", "YBH1、")
_LIKE_A_PIECE = re.compile(r"\d{6,9}[0-9A-Z]")
_SYMBOLOGY = re.compile(r"\][A-Z]\d(?=YBH?1|\d)")  # ISO/IEC 15424, where a scanner is set to send it
_GAP = re.compile(r"[\s,;]+")
_LONGEST = 200
_PIECE_LENGTH = 8  # up to ten million pieces; longer numbers begin with no zero


@dataclass(frozen=True, slots=True)
class Line:
    """What a line means.

    word: what it is. mailing, copy: of a code; "" and None where the code does not tell. reason: R code, ""
    where the line names none. shown: what was read, masked unless it is ours.
    """

    word: Word
    mailing: str = ""
    piece: str = ""
    copy: int | None = None
    reason: str = ""
    shown: str = ""


def read_line(text: str, wording: Wording) -> Line:
    """Read one line of a scanner or a keyboard; never fails."""
    typed = folded(text[:_LONGEST])
    if word := operator_word(typed):
        return Line(word)
    if reason := reason_key(typed):
        return Line("reason", reason=reason)
    first, _sep, rest = _parted(typed)
    line = read_code(first)
    if line.word == "foreign" and (reason := wording.known(typed) or ""):
        return Line("reason", reason=reason)
    if line.word == "code" and any(read_code(word).word == "code" for word in _GAP.split(rest)):
        # Two letters in one line: neither counts, for one reason cannot be both's.
        return Line("damaged", shown=line.shown)
    named = (reason_key(rest) or wording.known(rest) or OTHER) if rest else ""
    return Line(line.word, line.mailing, line.piece, line.copy, named, line.shown)


def operator_word(text: str) -> Word | None:
    """What an operator tells the program by a line; None where it is something else."""
    typed = folded(text)
    return _COMMANDS.get(typed) if typed else "nothing"


def folded(text: str) -> str:
    """A code as it was printed, without what an input method or a scanner made of it or put around it."""
    plain = unicodedata.normalize("NFKC", text)
    # Control and format characters: STX, a byte order mark, a zero-width space. White space parts words.
    plain = "".join(c for c in plain if c.isspace() or unicodedata.category(c) not in {"Cc", "Cf"})
    plain = _SYMBOLOGY.sub("", plain.strip().upper(), count=1)
    return plain.replace("、", "/") if plain.startswith(_OURS_TYPED) else plain


def read_code(text: str) -> Line:
    """Read what a code says: a sheet's code, or the number printed beside it."""
    code = parse_sheet_code(text)
    if code is not None:
        return Line("code", code.mailing, code.piece, code.copy, shown=code.piece)
    printed = parse_copy(text)
    if printed is not None:
        return Line("code", piece=printed[0], copy=printed[1], shown=printed[0])
    is_ours = text.startswith(_OURS) or _LIKE_A_PIECE.fullmatch(text) is not None
    return Line("damaged" if is_ours else "foreign", shown=mask_id(text))


def with_zeros(text: str) -> str:
    """The piece number that a spreadsheet made a number of, with its zeros again: 209 was 00000209; or "".

    >>> with_zeros("209")
    '00000209'
    """
    is_cut = text.isascii() and text.isdigit() and len(text) < _PIECE_LENGTH
    whole = text.zfill(_PIECE_LENGTH)
    return whole if is_cut and is_piece_number(whole) else ""


def reason_key(text: str) -> str:
    """Reason of a key: `5`, `05` or `R05`; `0` and `99` are R99; "" for anything else."""
    digits = text.removeprefix("R")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 2):  # noqa: PLR2004 - R01 to R99
        return ""
    code = f"R{int(digits):02d}" if int(digits) else OTHER
    return code if code in REASONS else ""


def _parted(typed: str) -> tuple[str, str, str]:
    gap = _GAP.search(typed)
    if gap is None:
        return typed, "", ""
    return typed[: gap.start()], gap[0], typed[gap.end() :]
