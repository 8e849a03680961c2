"""Which encoding a text is in, how sure that is, and its lines.

A byte order mark says it; UTF-8 proves itself, since other text almost never obeys its rules. Between
GB 18030 and Big5, which share most of their codes, the characters decide: both standards put the common
ones into a first level, and text read in the wrong one falls outside of it.
Source: GB/T 2312-1980 level 1 (rows 16 to 55), Big5 level 1 (A440 to C67E).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.errors import InputRefused, UsageError
from yibao_cli.i18n import _
from yibao_cli.ingest.raw import Note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK_BYTES = 1 << 20
_LONGEST_LINE = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MANDARIN = ("gb18030", "cp950", "big5hkscs")
_SHOWN = {
    "utf-8-sig": "UTF-8",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "gb18030": "GB 18030",
    "cp950": "Big5",
    "big5hkscs": "Big5",
}
# What `--encoding` may say; the names of the standards and of Python.
_GB = {"gbk", "gb2312", "cp936", "gb18030", "gb", "936"}
_BIG5 = {"big5", "cp950", "950"}
_BIG5_CHARS = re.compile(rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]")
_GB_CHARS = re.compile(rb"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|[\x81-\xfe][\x40-\x7e\x80-\xfe]")
# Chinese takes three bytes in UTF-8. Without any of these, short text of GB 18030 can pass for UTF-8.
_LONG_CHARACTER = re.compile(rb"[\xe0-\xf4]")
# Below this share of common characters, or this lead over the other reading, a person should look.
_LIKELY, _LEAD, _FEW = 0.8, 0.25, 8
# So many in a line of UTF-8 are three characters of GB 18030, each of a rare kind: that is no chance.
_FEW_IDEOGRAPHS = 2

# Python's gb18030 follows the edition of 2000, which had no code point yet for these 25 characters
# and put them into the private use area; no font draws them there.
# Source: GB 18030-2022, agrees with glibc's table for each of the 25 codes.
GB18030_2022 = str.maketrans(
    dict(
        zip(
            "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7\ue816\ue817\ue818\ue81e"
            "\ue826\ue82b\ue82c\ue831\ue832\ue83b\ue843\ue854\ue855\ue864",
            "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\u1e3f\U00020087\U00020089\U000200cc"
            "\u9fb4\u9fb5\u9fb6\u9fb7\U000215d7\u9fb8\U0002298f\u9fb9\u9fba\U000241fe\u9fbb",
            strict=True,
        )
    )
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text is to be read, as Python names it, and what is to be told about that."""

    encoding: str
    notes: tuple[Note, ...] = ()


class _Share(NamedTuple):
    """Of the characters beyond ASCII that one reading finds, the share that is common there, of so many."""

    encoding: str
    share: float
    size: int


def reading_of(path: Path, wanted: str = "") -> Reading:
    """Tell the encoding of a text file, from all its bytes.

    wanted: what the person who imports says it is; "" to find out.
    A fault in the last row refuses the file before the first is used. Raises InputRefused when no encoding
    fits, or the wanted one does not; UsageError when that is none we know.
    """
    if wanted:
        return _as_wanted(path, wanted)
    with path.open("rb") as file:
        head = file.read(_BLOCK_BYTES)
    if marked := [name for bom, name in _BOMS if head.startswith(bom)]:
        return Reading(_first_fit(path, marked))
    # A single NUL is damage, which the reader of the lines places.
    if head.count(b"\0") > len(head) // 16:
        return _unmarked_utf16(path, head)
    if _decodes(path, "utf-8") and (head.isascii() or _LONG_CHARACTER.search(head)):
        return Reading("utf-8")
    return _mandarin(path, head)


def sample_reading(sample: bytes) -> Reading | None:
    """Tell the encoding of a sample of text; None when it is of none from end to end."""
    if _decodes_bytes(sample, "utf-8") and (sample.isascii() or _LONG_CHARACTER.search(sample)):
        return Reading("utf-8")
    fitting = [name for name in _MANDARIN if _decodes_bytes(sample, name)]
    shares = [_Share(name, *_common_share(sample, name)) for name in fitting]
    return _judged(shares) if shares else None


def python_encoding(name: str) -> str:
    """The encoding that `--encoding` means. Raises UsageError when there is none of that name."""
    plain = name.lower().replace("_", "-").replace(" ", "")
    if plain.replace("-", "") in _GB:
        return "gb18030"
    if plain.replace("-", "") in _BIG5:
        return "cp950"
    try:
        found = codecs.lookup(plain)
    except LookupError:
        found = None
    if found is None or not getattr(found, "_is_text_encoding", True):
        raise UsageError(
            _("there is no encoding {name}").format(name=name),
            remedy=_("choose one of: {known}").format(known="utf-8, utf-16, gb18030, big5"),
        )
    return "utf-8-sig" if found.name == "utf-8" else found.name


def lines_of(path: Path, encoding: str) -> Iterator[str]:
    """The lines of a text with their ends, each character as the edition of 2022 has it.

    Raises InputRefused at a line of more than a million characters.
    """
    with path.open(encoding=encoding, errors="strict", newline="") as file:
        for line in iter(partial(file.readline, _LONGEST_LINE), ""):
            if len(line) == _LONGEST_LINE:
                raise InputRefused(
                    _("a line of it has more than a million characters; this is no table"),
                    where=path.name,
                    remedy=_("ask the client for an .xlsx or .csv file"),
                )
            yield line.translate(GB18030_2022) if encoding == "gb18030" and not line.isascii() else line


def plain_lines(path: Path) -> list[str]:
    """The lines, without their ends, of a text in whatever encoding an office program writes.

    Raises InputRefused where it is no text.
    """
    return "".join(lines_of(path, reading_of(path).encoding)).splitlines()


def is_foreign(line: str, encoding: str) -> bool:
    """Tell whether a line that was read in a Chinese encoding is UTF-8: every byte of it, and no chance."""
    if encoding not in _MANDARIN or line.isascii():
        return False
    return _is_utf8_line(line.encode(encoding, "replace"))


def shown_encoding(encoding: str) -> str:
    """Its name for people."""
    return _SHOWN.get(encoding, encoding)


def _is_utf8_line(raw: bytes) -> bool:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum(map(_is_ideograph, text)) >= _FEW_IDEOGRAPHS


def _is_ideograph(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _as_wanted(path: Path, wanted: str) -> Reading:
    encoding = python_encoding(wanted)
    if encoding == "cp950" and not _decodes(path, encoding):
        encoding = "big5hkscs"
    return Reading(_first_fit(path, [encoding]))


def _first_fit(path: Path, names: list[str]) -> str:
    for name in names:
        if _decodes(path, name):
            return name
    raise _refusal(path, names)


def _refusal(path: Path, names: list[str]) -> InputRefused:
    shown = " / ".join(dict.fromkeys(_SHOWN.get(n, n) for n in names))
    return InputRefused(
        _("the text is not {encodings} throughout; it may be cut short or pasted from several files").format(
            encodings=shown
        ),
        where=path.name,
        remedy=_("open it in Excel or WPS, look for strange characters, and save it as .xlsx"),
    )


def _unmarked_utf16(path: Path, head: bytes) -> Reading:
    """UTF-16 without its mark: the ASCII characters that any table has show which half comes first."""
    low_first = head[1::2].count(0) >= head[::2].count(0)
    encoding = "utf-16-le" if low_first else "utf-16-be"
    breaks = head.count("\n".encode(encoding))
    text = head[: len(head) & ~3].decode(encoding, "replace")
    if not breaks or "\0" in text or not _decodes(path, encoding):
        raise InputRefused(
            _("this is neither a workbook nor text"),
            where=path.name,
            remedy=_("ask the client for an .xlsx or .csv file"),
        )
    return Reading(encoding, (Note("I160", {"encoding": "UTF-16", "share": 100}),))


def _mandarin(path: Path, head: bytes) -> Reading:
    if _is_utf8_line(head.partition(b"\n")[0]):
        raise _refusal(path, ["utf-8"])  # it fits to the other encodings by chance
    # Whole characters only: the sample ends with a line.
    sample = head[: head.rfind(b"\n") + 1] or head
    fitting = [name for name in _MANDARIN if _decodes(path, name)]
    reading = _judged([_Share(name, *_common_share(sample, name)) for name in fitting]) if fitting else None
    if reading is None:
        if _decodes(path, "utf-8"):
            return Reading("utf-8")
        raise _refusal(path, ["utf-8", *_MANDARIN])
    return reading


def _judged(shares: list[_Share]) -> Reading:
    best = max(shares, key=lambda s: s.share)
    others = [s for s in shares if _SHOWN[s.encoding] != _SHOWN[best.encoding]]
    second = max(others, key=lambda s: s.share) if others else None
    sure = best.share >= _LIKELY and (second is None or best.share - second.share >= _LEAD)
    details: dict[str, object] = {"encoding": _SHOWN[best.encoding], "share": round(100 * best.share)}
    if sure and (second is None or best.size >= _FEW):
        return Reading(best.encoding, (Note("I160", details),))
    details |= {
        "other": _SHOWN[second.encoding] if second else "?",
        "other_share": round(100 * second.share) if second else 0,
    }
    return Reading(best.encoding, (Note("I161", details),))


def _common_share(sample: bytes, encoding: str) -> tuple[float, int]:
    is_gb = encoding == "gb18030"
    found = (_GB_CHARS if is_gb else _BIG5_CHARS).findall(sample)
    is_common = _is_common_gb if is_gb else _is_common_big5
    return (sum(map(is_common, found)) / len(found) if found else 1.0), len(found)


def _is_common_gb(code: bytes) -> bool:
    # Level 1, and the punctuation, letters and digits of rows 1 and 3.
    return len(code) == 2 and code[1] >= 0xA1 and (0xB0 <= code[0] <= 0xD7 or code[0] in {0xA1, 0xA3})  # noqa: PLR2004 - codes


def _is_common_big5(code: bytes) -> bool:
    # Level 1, and the punctuation, letters and digits before it.
    return 0xA1 <= code[0] <= 0xC6 and (code[0] != 0xC6 or code[1] <= 0x7E)  # noqa: PLR2004 - codes


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _decodes_bytes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeError:
        return False
    return True
