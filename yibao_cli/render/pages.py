"""Pages of lists, forms and labels: our streaming writer with a pen in millimetres from the top left corner.

Text from data is shown as it is: no markup, control characters as escapes. What no font draws is told by
`missing`, never silently left out.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from yibao_cli.errors import InputRefused
from yibao_cli.exports import open_private
from yibao_cli.i18n import _
from yibao_cli.render.encode import PartFont, font_entries, number, points
from yibao_cli.render.fonts import BOLD, REGULAR
from yibao_cli.render.marks import bar_image, code_image
from yibao_cli.render.setting import MM
from yibao_cli.render.writer import PageTree, PdfWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yibao_cli.exports.paper import Code
    from yibao_cli.render.faces import FontSet

_UNSHOWN = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)


@dataclass(frozen=True, slots=True)
class PaperFile:
    """What was written: pages, bytes, SHA-256 in hexadecimal, and the characters that no font draws."""

    pages: int
    size: int
    sha256: str
    missing: tuple[str, ...]


def shown(text: str) -> str:
    r"""A text from data as it may be set: what is no character that people see becomes an escape.

    >>> shown("a\x1bb")
    'a\\x1bb'
    """
    return text if text.isprintable() else _UNSHOWN.sub(lambda m: ascii(m[0])[1:-1], text)


class Pages:
    """A PDF of pages of one size, each written when the next begins. Lengths are mm, type sizes points."""

    def __init__(self, stream: IO[bytes], fonts: FontSet, size: tuple[float, float]) -> None:
        self.width, self.height = size
        self._writer = PdfWriter(stream)
        self._tree = PageTree(self._writer)
        self._faces = self._writer.reserve()
        regular, bold = (fonts.font("body", weight) for weight in (REGULAR, BOLD))
        self.regular = PartFont(regular, REGULAR)
        self.bold = self.regular if bold is regular else PartFont(bold, BOLD)
        self._content: list[str] | None = None
        self._total = 0

    def begin(self, total: int = 0) -> None:
        """Begin the next page; total: the form that `total_form` gave, 0 for none."""
        self._flush()
        self._content = []
        self._total = total

    def total_form(self) -> int:
        """A form for what is known only later, such as how many pages; `/T` on its pages."""
        return self._writer.reserve()

    def write_total(self, form: int, content: str) -> None:
        """Write a form, by the operators that draw it in points from the page's bottom left corner."""
        entries = b"/Type/XObject/Subtype/Form/BBox[0 0 %b %b]/Resources<</Font %d 0 R>>" % (
            number(self.width * MM), number(self.height * MM), self._faces,
        )  # fmt: skip
        self._writer.write_stream(form, content.encode("ascii"), entries)

    def raw(self, content: str) -> None:
        """Draw by operators, in points from the page's bottom left corner."""
        if self._content is not None:
            self._content.append(content)

    def text(
        self, at: tuple[float, float], text: str, size: float, font: PartFont, align: str = "left"
    ) -> None:
        """Set one line with its baseline at (x, y); align says what x is: left, center or right."""
        x, y = at[0] * MM, (self.height - at[1]) * MM
        self.raw(f"BT {set_line(font, text, size, (x, y), align)} ET\n")

    def rule(
        self, start: tuple[float, float], end: tuple[float, float], width: float = 0.2, dash: str = ""
    ) -> None:
        """Draw a straight line, `width` mm; dash: lengths in points, such as `3 2`."""
        (x, y), (x2, y2) = start, end
        ends = f"{points(x)} {points(self.height - y)} m {points(x2)} {points(self.height - y2)} l S"
        self.raw(f"q {points(width)} w [{dash}] 0 d {ends} Q\n")

    def box(self, at: tuple[float, float], size: tuple[float, float], gray: float | None = None) -> None:
        """Draw a rectangle by its top left corner: filled with a gray, or its outline."""
        (x, y), (w, h) = at, size
        shape = f"{points(x)} {points(self.height - y - h)} {points(w)} {points(h)} re"
        self.raw(f"q 0.2 w {shape} S Q\n" if gray is None else f"q {gray:.2f} g {shape} f Q\n")

    def code(self, at: tuple[float, float], code: Code) -> tuple[float, float]:
        """Draw a mark for machines by its top left corner; returns its width and height in mm.

        A Code 128 needs ten modules of white paper at both sides; ValueError when it cannot say the text.
        """
        (wide, high), bits = (_square if code.kind == "datamatrix" else bar_image)(code.text)
        w, h = wide * code.module, high * code.module if code.kind == "datamatrix" else code.height
        x, y = at[0], self.height - at[1] - h
        self.raw(
            f"q {points(w)} 0 0 {points(h)} {points(x)} {points(y)} cm "
            f"BI /W {wide} /H {high} /IM true /BPC 1 /F /AHx ID {bits}> EI Q\n"
        )
        return w, h

    @property
    def count(self) -> int:
        """Pages begun so far."""
        return self._tree.count + (self._content is not None)

    def finish(self, title: str) -> PaperFile:
        """Write the fonts and the end of the file."""
        if self._content is None and not self._tree.count:
            self.begin()
        self._flush()
        writer = self._writer
        fonts = (self.regular, self.bold)
        writer.write_object(self._faces, b"<<%b>>" % font_entries(fonts, writer.add, writer.add_stream))
        box = b"/MediaBox[0 0 %b %b]" % (number(self.width * MM), number(self.height * MM))
        root = self._tree.finish(box)
        catalogue = writer.add(b"<</Type/Catalog/Pages %d 0 R/Lang(zh-CN)>>" % root)
        about = ("\ufeff" + shown(title)).encode("utf-16-be", "replace").hex()
        writer.finish(catalogue, writer.add(b"<</Producer(yibao)/Title<%b>>>" % about.encode()))
        missing = dict.fromkeys(c for f in fonts for c in f.font.missing("".join(sorted(f.characters))))
        return PaperFile(self._tree.count, writer.size, writer.sha256, tuple(missing))

    def _flush(self) -> None:
        if self._content is None:
            return
        writer = self._writer
        stream = writer.reserve(2)
        writer.write_stream(stream, "".join(self._content).encode("ascii"))
        total = b"/XObject<</T %d 0 R>>" % self._total if self._total else b""
        writer.write_object(
            stream + 1,
            b"<</Type/Page/Parent %d 0 R/Contents %d 0 R/Resources<</Font %d 0 R%b>>>>"
            % (self._tree.add(stream + 1), stream, self._faces, total),
        )
        self._content = None


@contextlib.contextmanager
def private_pdf(path: Path) -> Iterator[IO[bytes]]:
    """Open a file (0600) that becomes `path` when the block ends well, and vanishes when it does not."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with open_private(temporary) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OverflowError as error:
        raise InputRefused(
            _("one file holds more than 2,048 different characters beyond the common ones"),
            where=path.name,
            remedy=_("write it for fewer pieces at a time"),
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def set_line(font: PartFont, text: str, size: float, at: tuple[float, float], align: str = "left") -> str:
    """The operators, within BT and ET, that set one line with its baseline at a place in points."""
    name, (string,) = font.strings([text])
    x, y = at
    if align != "left":
        x -= font.font.width(text, size) / (2 if align == "center" else 1)
    return f"/{name} {size:g} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm {string}Tj"


def _square(text: str) -> tuple[tuple[int, int], str]:
    side, bits = code_image(text)
    return (side, side), bits
