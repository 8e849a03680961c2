"""Text to character codes of a PDF font, at C speed, and the font's objects at the end of a part.

A column of texts that is all ASCII (amounts, dates, numbers) is set in a simple font of one byte a character
and needs no encoding at all. Any other is set in a composite font whose codes are two bytes: the UTF-16 unit
of the character, so that a column of texts is encoded by `str.encode`. A character beyond U+FFFF takes a code
of its own out of D800..DFFF, where no character lives; CIDToGIDMap and ToUnicode say what it is.
Source: ISO 32000-1, 9.7 and 9.10.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from yibao_cli.render.fonts import embedded, with_only
from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from yibao_cli.render.fonts import Font

_FIRST_PRIVATE, _LAST_PRIVATE = 0xD800, 0xDFFF
_EM = 1000
_RESOURCES = {"body": ("F", "L"), "second": ("G", "M")}  # face to the letters of its two resources
_BFCHAR_BLOCK = 100  # ISO 32000-2, 9.10.3: at most 100 entries in a block
# What may not stand in a literal string as it is.
_NOT_LITERAL = frozenset("()\\") | {chr(c) for c in (*range(32), 127)}
_FIRST_LATIN, _LAST_LATIN = 32, 126
_SYMBOLIC, _NONSYMBOLIC = 4, 32  # flags of a font descriptor, ISO 32000-2 table 121


class PartFont:
    """One font in one print file: encodes texts and remembers the characters used.

    wide, narrow: names of its two fonts among a page's resources, composite and simple.
    """

    def __init__(self, font: Font, weight: int = 400, face: str = "body") -> None:
        self.font = font
        wide, narrow = _RESOURCES[face]
        self.wide, self.narrow = f"{wide}{weight}", f"{narrow}{weight}"
        self._used: set[str] = set()
        self._latin: set[str] = set()
        self._private: dict[str, int] = {}

    @property
    def used(self) -> bool:
        """Whether any text was set in the composite font."""
        return bool(self._used)

    @property
    def characters(self) -> frozenset[str]:
        """The characters set so far, in either font."""
        return frozenset(self._used | self._latin)

    @property
    def used_latin(self) -> bool:
        """Whether any text was set in the simple font."""
        return bool(self._latin)

    def takes_narrow(self, joined: str) -> bool:
        """Whether texts, given joined, can be set in the simple font as they are; it has them then."""
        if not joined.isascii():
            return False
        characters = set(joined)
        if characters & _NOT_LITERAL:
            return False
        self._latin |= characters
        return True

    def strings(self, texts: list[str]) -> tuple[str, list[str]]:
        """A column of texts as PDF strings, and the name of the font that they are for."""
        if self.takes_narrow("".join(texts)):
            return self.narrow, [f"({t})" for t in texts]
        return self.wide, [f"<{code}>" for code in self.encode_column(texts)]

    def encode(self, text: str) -> str:
        """One text as hexadecimal codes."""
        return self.encode_column([text])[0]

    def encode_column(self, texts: list[str]) -> list[str]:
        """A column of texts as hexadecimal codes."""
        characters = set().union(*map(set, texts)) if len(texts) < 2 else set("".join(texts))  # noqa: PLR2004
        self._used |= characters
        if all(c <= "\uffff" for c in characters):
            return [t.encode("utf-16-be").hex() for t in texts]
        table = {ord(c): self._code(c) for c in sorted(characters) if c > "\uffff"}
        return [t.translate(table).encode("utf-16-be", "surrogatepass").hex() for t in texts]

    def _code(self, char: str) -> str:
        code = self._private.setdefault(char, _FIRST_PRIVATE + len(self._private))
        if code > _LAST_PRIVATE:
            raise OverflowError("more than 2,048 characters beyond U+FFFF in one part")
        return chr(code)

    def write(self, add: Callable[[bytes], int], add_stream: Callable[[bytes, bytes], int]) -> int:
        """Write the font's objects; returns the number of the Type0 font.

        add: writes one object's body and returns its number; add_stream: the same for (dictionary
        entries, data to compress).
        """
        codes = {self._private.get(c, ord(c)): c for c in self._used}
        program, glyphs = embedded(self.font, self._used)
        name, descriptor = self._embedded(program, _SYMBOLIC, add, add_stream)
        to_glyph = add_stream(b"", _cid_to_gid({code: glyphs.get(c, 0) for code, c in codes.items()}))
        descendant = add(
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            b"/Supplement 0>>/FontDescriptor %d 0 R/DW %d/W[%b]/CIDToGIDMap %d 0 R>>"
            % (name, descriptor, _EM, self._widths(codes), to_glyph)
        )
        to_unicode = add_stream(b"", _to_unicode(codes))
        return add(
            b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]"
            b"/ToUnicode %d 0 R>>" % (name, descendant, to_unicode)
        )

    def write_latin(self, add: Callable[[bytes], int], add_stream: Callable[[bytes, bytes], int]) -> int:
        """Write the simple font's objects; returns the number of the font."""
        program = with_only(self.font, "".join(self._latin), cmap_only=True)
        name, descriptor = self._embedded(program, _NONSYMBOLIC, add, add_stream)
        widths = b" ".join(
            number(self.font.advance(chr(c)) if chr(c) in self._latin else 0)
            for c in range(_FIRST_LATIN, _LAST_LATIN + 1)
        )
        to_unicode = add_stream(b"", _to_unicode({ord(c): c for c in self._latin}, digits=2))
        return add(
            b"<</Type/Font/Subtype/TrueType/BaseFont/%b/Encoding/WinAnsiEncoding/FirstChar %d/LastChar %d"
            b"/Widths[%b]/FontDescriptor %d 0 R/ToUnicode %d 0 R>>"
            % (name, _FIRST_LATIN, _LAST_LATIN, widths, descriptor, to_unicode)
        )

    def _embedded(
        self,
        program: bytes,
        flags: int,
        add: Callable[[bytes], int],
        add_stream: Callable[[bytes, bytes], int],
    ) -> tuple[bytes, int]:
        """Write a font file and its descriptor; returns the subset's name and the descriptor's number."""
        name = f"{_tag(program)}+{self.font.name}".encode()
        file = add_stream(b"/Length1 %d" % len(program), program)
        ascent, descent = self.font.vertical
        return name, add(
            b"<</Type/FontDescriptor/FontName/%b/Flags %d/FontBBox[-1000 %d 3000 %d]/ItalicAngle 0"
            b"/Ascent %d/Descent %d/CapHeight 733/StemV 80/FontFile2 %d 0 R>>"
            % (name, flags, descent, ascent, ascent, descent, file)
        )

    def _widths(self, codes: dict[int, str]) -> bytes:
        wide = ((code, self.font.advance(char)) for code, char in sorted(codes.items()))
        return b"".join(b"%d[%b]" % (code, number(width)) for code, width in wide if width != _EM)


def font_entries(
    fonts: Iterable[PartFont], add: Callable[[bytes], int], add_stream: Callable[[bytes, bytes], int]
) -> bytes:
    """Write the fonts in which anything was set; returns their entries among a page's resources."""
    once = dict.fromkeys(fonts)
    written = {f.wide: f.write(add, add_stream) for f in once if f.used}
    written |= {f.narrow: f.write_latin(add, add_stream) for f in once if f.used_latin}
    return b"".join(b"/%b %d 0 R" % (name.encode(), obj) for name, obj in written.items())


def number(value: float) -> bytes:
    """A PDF number with at most two decimals, as short as it can be."""
    return operand(value).encode()


def operand(value: float) -> str:
    """The same number as text, for a content stream."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def points(mm: float) -> str:
    """A length as the operand of a content stream."""
    return operand(mm * MM)


def _tag(program: bytes) -> str:
    digest = hashlib.sha256(program).digest()
    return "".join(chr(65 + b % 26) for b in digest[:6])


def _cid_to_gid(glyphs: dict[int, int]) -> bytes:
    table = bytearray(2 * (max(glyphs, default=0) + 1))
    for code, glyph in glyphs.items():
        table[2 * code : 2 * code + 2] = glyph.to_bytes(2, "big")
    return bytes(table)


def _to_unicode(codes: dict[int, str], digits: int = 4) -> bytes:
    """A ToUnicode map of codes of so many hexadecimal digits."""
    entries = [
        f"<{code:0{digits}X}><{char.encode('utf-16-be').hex().upper()}>"
        for code, char in sorted(codes.items())
    ]
    blocks = [entries[i : i + _BFCHAR_BLOCK] for i in range(0, len(entries), _BFCHAR_BLOCK)]
    body = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe)/Ordering (UCS)/Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<{'0' * digits}><{'F' * digits}>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()
