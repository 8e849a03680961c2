"""The shared strings of an .xlsx workbook, and what its texts mean.

Source: ECMA-376 part 1, 18.4.8 (si), 18.4.9 (sst), 22.9.2.19 (ST_Xstring).
"""

from __future__ import annotations

import re
from array import array
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zipfile import ZipFile

_BLOCK_BYTES = 1 << 20
_LONGEST_STRING = 4 << 20
_PLAIN_STRINGS = 500_000
_STRING = re.compile(rb"<si>(?:<t(?: [^>]*)?>([^<]*)</t>|(.*?))</si>|<si/>", re.DOTALL)
_PHONETIC = re.compile(rb"<rPh\b.*?</rPh>|<phoneticPr\b[^>]*>", re.DOTALL)
_TEXT = re.compile(rb"<t(?: [^>]*)?>([^<]*)</t>")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class OddSheetError(Exception):
    """The sheet is not written in a way that this reader knows."""


class Strings:
    """The shared strings of a workbook; many of them as one run of bytes, at a quarter of the memory."""

    def __init__(self, archive: ZipFile, part: str) -> None:
        self._text: list[str] = []
        self._bytes = bytearray()
        self._ends = array("Q", [0])
        for texts in _shared(archive, part) if part else ():
            room = max(_PLAIN_STRINGS - len(self._text), 0)
            self._text += texts[:room]
            for text in texts[room:]:
                self._bytes += text.encode()
                self._ends.append(len(self._bytes))

    def __getitem__(self, index: int) -> str:
        if index < len(self._text):
            return self._text[index]
        place = index - len(self._text)
        return self._bytes[self._ends[place] : self._ends[place + 1]].decode()

    def many(self, indices: Iterable[bytes]) -> list[str]:
        """The strings of these numbers."""
        numbers = list(map(int, indices))
        if max(numbers, default=0) < len(self._text):
            return list(map(self._text.__getitem__, numbers))
        return list(map(self.__getitem__, numbers))


def plain_texts(values: Sequence[bytes]) -> list[str]:
    """What many texts of the XML mean."""
    texts = list(map(bytes.decode, values))
    together = b"".join(values)
    return [without_escapes(unescape(t)) for t in texts] if b"&" in together or b"_x" in together else texts


def plain_text(text: bytes) -> str:
    """What a text of the XML means."""
    found = text.decode()
    return without_escapes(unescape(found) if "&" in found else found)


def without_escapes(text: str) -> str:
    """Excel writes characters that XML cannot bear as _x000D_."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _shared(archive: ZipFile, part: str) -> Iterator[list[str]]:
    rest = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK_BYTES):
            text = rest + block
            if b"<!DOCTYPE" in text[:4096] or b"<!ENTITY" in text[:4096]:
                raise OddSheetError
            end = max(text.rfind(b"</si>") + 5, text.rfind(b"<si/>") + 5)
            if end < 5:  # noqa: PLR2004 - neither was found
                end = 0
            rest = text[end:]
            if len(rest) > _LONGEST_STRING:
                raise OddSheetError
            yield _strings(text[:end])


def _strings(text: bytes) -> list[str]:
    marked = text.replace(b'<t xml:space="preserve">', b"<t>").replace(b"</t></si>", b"<si><t>")
    parts = marked.split(b"<si><t>")
    # Whole strings alone, nothing between them, and no tag in any: then none is rich or empty.
    between = b"".join(parts[2::2]).strip()
    if len(parts) % 2 and not between and b"<si" not in parts[0] and b"<" not in b"".join(parts[1::2]):
        return plain_texts(parts[1::2])
    return [
        plain_text(b"".join(_TEXT.findall(_PHONETIC.sub(b"", rich))) if rich else plain)
        for plain, rich in _STRING.findall(text)
    ]
