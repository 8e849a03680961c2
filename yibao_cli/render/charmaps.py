"""The fonts of a print file as a reader of its text needs them: from the codes of a string to characters.

What comes out is what a viewer's search or copy gives: the characters of the font's own ToUnicode map. It
cannot say what the glyphs look like; only pixels can. Source: ISO 32000-2, 7.3.4, 9.7.5, 9.10.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pikepdf

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNKNOWN = "\ufffd"  # what a code that the map does not name comes to

# What pikepdf raises at an object that is missing, broken or of another type than it should be.
DAMAGE = (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, IndexError)

_SIMPLE, _COMPOSITE = 1, 2  # bytes of a code
_LAST_CODE = 0xFFFF
_SECTION = re.compile(rb"begin(codespacerange|bfchar|bfrange)\b(.*?)end\1\b", re.DOTALL)
_ENTRY = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])")

_ESCAPE = re.compile(r"\\([0-7]{1,3}|\r\n|.)|\r\n?", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "\r": "", "\n": "", "\r\n": ""}


class FileFont:
    """One font of a print file: decodes the strings that are set in it.

    Raises InputRefused when the font is not embedded, has no ToUnicode map, or is of a type that our files
    never have.
    """

    def __init__(self, font: Any) -> None:
        try:
            self._width = _code_width(font)
            self._chars = _character_map(font.ToUnicode.read_bytes(), self._width)
        except DAMAGE as error:
            raise InputRefused(_("a font is not embedded, or names no characters for its codes")) from error
        # Characters whose code is their own number need no look-up: in most texts all are such.
        self._plain = {chr(code) for code, char in self._chars.items() if chr(code) == char}

    def decode(self, strings: list[str]) -> list[str]:
        """The texts of strings as a content stream has them, `<...>` or `(...)`, one character a byte."""
        try:
            texts = _by_the_column(strings, self._width)
        except ValueError:
            texts = None
        if texts is not None and self._plain.issuperset("".join(texts)):
            return texts
        return ["".join(self._characters(string_bytes(s))) for s in strings]

    def _characters(self, codes: bytes) -> Iterator[str]:
        for i in range(0, len(codes), self._width):
            code = codes[i : i + self._width]
            known = self._chars.get(int.from_bytes(code, "big")) if len(code) == self._width else None
            yield known or UNKNOWN


def string_bytes(string: str) -> bytes:
    """The bytes of a string object, with all escapes of ISO 32000-2, 7.3.4; source: one character a byte."""
    if string.startswith("<"):
        digits = "".join(string[1:-1].replace("\0", "").split())
        return bytes.fromhex(digits + "0" * (len(digits) % 2))
    return _ESCAPE.sub(_unescaped, string[1:-1]).encode("latin-1")


def _unescaped(match: re.Match[str]) -> str:
    escape = match[1]
    if escape is None:  # an end of line in a string is a line feed, however it is written
        return "\n"
    if escape[0] in "01234567":
        return chr(int(escape, 8) & 0xFF)
    return _ESCAPED.get(escape, escape)


def _by_the_column(strings: list[str], width: int) -> list[str] | None:
    """Each code as the character of that number; None where a string has escapes or is of the other kind."""
    if width == _COMPOSITE:
        return _as_one(strings)
    texts = [s[1:-1] for s in strings if s[0] == "("]
    joined = "".join(texts)
    return None if len(texts) != len(strings) or "\\" in joined or "\r" in joined else texts


def _as_one(strings: list[str]) -> list[str] | None:
    """Hexadecimal strings of two-byte codes, decoded as one with a code 0 between them; None for others."""
    if any((length - 2) % 4 for length in set(map(len, strings))):
        return None  # half a code
    digits = "".join(strings).replace("><", "0000")[1:-1]
    codes = bytes.fromhex(digits)
    texts = codes.decode("utf-16-be", "surrogatepass").split("\0")
    # White space between digits, or a code 0 of their own, would count.
    return texts if (len(codes) * 2, len(texts)) == (len(digits), len(strings)) else None


def _code_width(font: Any) -> int:
    """Bytes of a code of the font. Raises ValueError, or what pikepdf raises, for one that is not as ours."""
    if font.Subtype == "/TrueType" and font.Encoding == "/WinAnsiEncoding":
        holder, width = font, _SIMPLE
    elif font.Subtype == "/Type0" and font.Encoding == "/Identity-H" and len(font.DescendantFonts) == 1:
        holder, width = font.DescendantFonts[0], _COMPOSITE
        if holder.Subtype != "/CIDFontType2":
            raise ValueError(str(holder.Subtype))
    else:
        raise ValueError(str(font.Subtype))
    if not isinstance(holder.FontDescriptor.FontFile2, pikepdf.Stream):
        raise TypeError("FontFile2")
    return width


def _character_map(cmap: bytes, width: int) -> dict[int, str]:
    """Code to character. Raises ValueError for a map of codes of another width, or one that is no map."""
    chars: dict[int, str] = {}
    spaces: set[int] = set()
    if b"usecmap" in cmap:
        raise ValueError("usecmap")
    for kind, body in _SECTION.findall(cmap):
        if kind == b"codespacerange":
            spaces |= {len(string_bytes(f"<{e.decode()}>")) for e, _open, _close in _ENTRY.findall(body)}
            continue
        read = _single_entries if kind == b"bfchar" else _range_entries
        chars.update(read(_entries(body)))
    if spaces != {width}:
        raise ValueError("codespacerange")
    return chars


Entry = bytes | list[bytes]


def _entries(body: bytes) -> list[Entry]:
    """The strings of a section; those within brackets as one list."""
    found: list[Entry] = []
    target: list[Any] = found
    for digits, opening, closing in _ENTRY.findall(body):
        if opening:
            inner: list[bytes] = []
            found.append(inner)
            target = inner
        elif closing:
            target = found
        else:
            target.append(string_bytes(f"<{digits.decode()}>"))
    return found


def _single_entries(entries: list[Entry]) -> Iterator[tuple[int, str]]:
    for code, char in zip(entries[::2], entries[1::2], strict=True):
        yield int.from_bytes(_string(code), "big"), _string(char).decode("utf-16-be")


def _range_entries(entries: list[Entry]) -> Iterator[tuple[int, str]]:
    for low, high, start in zip(entries[::3], entries[1::3], entries[2::3], strict=True):
        first, last = int.from_bytes(_string(low), "big"), int.from_bytes(_string(high), "big")
        if not first <= last <= _LAST_CODE:
            raise ValueError("bfrange")
        char = _nth(start)
        for i in range(last - first + 1):
            yield first + i, char(i).decode("utf-16-be")


def _nth(start: Entry) -> Callable[[int], bytes]:
    """What the n-th code of a range stands for: that of a list, or the first one counted up."""
    if isinstance(start, list):
        return start.__getitem__
    return lambda i: start[:-2] + (int.from_bytes(start[-2:], "big") + i).to_bytes(2, "big")


def _string(entry: Entry) -> bytes:
    if isinstance(entry, bytes):
        return entry
    raise TypeError("a list where a string should be")
