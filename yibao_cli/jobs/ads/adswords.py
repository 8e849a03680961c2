"""The words of an ad: what its contract says they are, and what can be read in its artwork."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.ads.showing import Wording

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

    from yibao_cli.ads.terms import Contract

_DEEPEST = 15  # forms in forms that are looked into
_NOT_DRAWN = {3, 7}  # modes of text in PDF: invisible, and as a clip alone


def wording_of(contract: Contract) -> Wording:
    """Read the words of an ad; a PDF's text is extracted, a picture's is not."""
    if contract.art.suffix.lower() != ".pdf":
        return Wording(contract.copy)
    import pypdfium2  # noqa: PLC0415 - only for ads that come as PDF

    try:
        with pypdfium2.PdfDocument(contract.art) as document:
            page = document[0]
            text = str(page.get_textpage().get_text_range()).strip()
            return Wording(contract.copy, text, whole=not _has_picture(page), hidden=_has_hidden(page))
    except pypdfium2.PdfiumError:
        return Wording(contract.copy)


def _has_picture(page: PdfPage) -> bool:
    from pypdfium2 import raw  # noqa: PLC0415 - as above

    return any(page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=_DEEPEST))


def _has_hidden(page: PdfPage) -> bool:
    """Whether a page has letters that are not drawn: a layer of OCR, or something to hide."""
    from pypdfium2 import raw  # noqa: PLC0415 - as above

    texts = page.get_objects(filter=(raw.FPDF_PAGEOBJ_TEXT,), max_depth=_DEEPEST)
    return any(raw.FPDFTextObj_GetTextRenderMode(one) in _NOT_DRAWN for one in texts)
