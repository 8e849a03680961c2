"""A print file, seen through PDFium: the texts a page shows, one by one, and its picture.

PDFium shares no code with the writer. A page's own content is one level of text objects, one for each
string shown; the static layer, ads and house panels are Form XObjects and stand one level below, so the
two never mix, and neighbouring table cells never run together however close they stand.
"""

from __future__ import annotations

import ctypes
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as api

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from PIL.Image import Image

Box = tuple[float, float, float, float]  # x, y, w, h in mm from the page's top left corner

_INCH = 25.4  # mm

# What PDFium makes of a hyphen at the end of a line before letters.
_LINE_END_HYPHEN = "\x02"

# The only other characters that PDFium reads differently: ligatures (U+FB00 to U+FB06) become their letters.
_LETTERS = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
_LIGATURE = re.compile(f"[{''.join(_LETTERS)}]")


class PrintFile:
    """An open print file, or one that is nowhere but in memory; a context manager. Pages count from 0.

    Raises InputRefused when the file, or later a page of it, cannot be read.
    """

    def __init__(self, pdf: Path | bytes) -> None:
        self._name = "" if isinstance(pdf, bytes) else pdf.name
        self._texts = _TextBuffer()
        try:
            self._document = pdfium.PdfDocument(pdf)
        except (pdfium.PdfiumError, OSError) as error:
            raise self._unreadable() from error
        self.pages = len(self._document)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._document.close()

    def page(self, index: int) -> PrintPage:
        """Open a page; a context manager too."""
        try:
            return PrintPage(self._document[index], self._texts)
        except pdfium.PdfiumError as error:
            raise self._unreadable() from error

    def _unreadable(self) -> InputRefused:
        return InputRefused(
            _("the PDF cannot be read"),
            where=self._name,
            remedy=_("render the part again with `yibao render`"),
        )


class PrintPage:
    """One open page of a print file."""

    def __init__(self, page: Any, texts: _TextBuffer) -> None:
        self._page = page
        self._texts = texts

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._page.close()

    def texts(self) -> list[str]:
        """The strings the page's own content shows, in its order, without white space and empty ones."""
        page = self._page.raw
        text_page = api.FPDFText_LoadPage(page)
        if not text_page:
            return []
        try:
            objects = (api.FPDFPage_GetObject(page, i) for i in range(api.FPDFPage_CountObjects(page)))
            shown = [
                self._texts.of(o, text_page)
                for o in objects
                if api.FPDFPageObj_GetType(o) == api.FPDF_PAGEOBJ_TEXT
            ]
        finally:
            api.FPDFText_ClosePage(text_page)
        # Half a surrogate pair, from a damaged file, is no reason to stop.
        texts = b"".join(shown).decode("utf-16-le", "replace").replace(_LINE_END_HYPHEN, "-")
        return [t for t in bare(texts).split("\0") if t]

    def everything(self) -> str:
        """All text of the page, that of forms too, without white space."""
        text_page = self._page.get_textpage()
        try:
            return bare(text_page.get_text_range().replace(_LINE_END_HYPHEN, "-"))
        finally:
            text_page.close()

    def gray(self, box: Box, dpi: float) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """A part of the page as gray pixels, rows from the top; nothing else of it is painted."""
        scale = dpi / _INCH
        left, top, width, height = (round(v * scale) for v in box)
        page_width, page_height = (round(v / MM * scale) for v in self._page.get_size())
        bitmap = pdfium.PdfBitmap.new_native(width, height, api.FPDFBitmap_Gray)
        try:
            bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
            api.FPDF_RenderPageBitmap(
                bitmap.raw, self._page.raw, -left, -top, page_width, page_height, 0, api.FPDF_GRAYSCALE
            )
            return np.array(bitmap.to_numpy(), copy=True).reshape(height, width)
        finally:
            bitmap.close()

    def picture(self, dpi: float) -> Image:
        """The whole page in colour."""
        bitmap = self._page.render(scale=dpi / 72, may_draw_forms=False, draw_annots=False)
        try:
            return bitmap.to_pil().convert("RGB")  # type: ignore[no-any-return]
        finally:
            bitmap.close()

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, mm."""
        width, height = self._page.get_size()
        return width / MM, height / MM


# The same page's texts are asked for several times, when they are expected, compared and tied.
@lru_cache(maxsize=8)
def bare(text: str) -> str:
    """A text as PDFium reads it, without white space: it adds blanks where it sees gaps."""
    packed = "".join(text.split())
    return packed if packed.isascii() else _LIGATURE.sub(lambda match: _LETTERS[match[0]], packed)


class _TextBuffer:
    """Memory that PDFium writes texts to; one for a whole file."""

    def __init__(self) -> None:
        self._resize(4096)

    def of(self, text_object: Any, text_page: Any) -> bytes:
        """The text of one text object in UTF-16LE, with a terminating zero."""
        needed = api.FPDFTextObj_GetText(text_object, text_page, self._units, self._size)
        if needed > self._size:
            self._resize(2 * needed)
            needed = api.FPDFTextObj_GetText(text_object, text_page, self._units, self._size)
        return ctypes.string_at(self._memory, needed)

    def _resize(self, size: int) -> None:
        self._size = size
        self._memory = ctypes.create_string_buffer(size)
        self._units = ctypes.cast(self._memory, ctypes.POINTER(ctypes.c_ushort))
