"""What stands around the pages of a print file: boxes, catalogue, information; for a press much more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.render.press.metadata import PartFacts, info_body, metadata_body, xmp_packet
from yibao_cli.render.press.parts import PartTree
from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.kinds.page import PagePlan
    from yibao_cli.render.output import Press
    from yibao_cli.render.writer import PdfWriter


class PlainFrame:
    """An office file: one size of page, a title."""

    def __init__(self, writer: PdfWriter, paper: PagePlan) -> None:
        self._writer = writer
        self._box = b"/MediaBox[0 0 %.2f %.2f]" % (paper.width * MM, paper.height * MM)

    def page_entries(self) -> bytes:
        """What each page of the next piece says of itself."""
        return b""

    def add(self, group: tuple[str, str], piece: str, pages: Sequence[int]) -> None:
        """Take a piece whose pages, by their numbers, are written."""

    def tree_entries(self) -> bytes:
        """What all pages have in common."""
        return self._box

    def finish(self, pages: int, title: str) -> None:
        """Write the end of the file; pages: number of the page tree."""
        catalogue = self._writer.add(b"<</Type/Catalog/Pages %d 0 R>>" % pages)
        info = self._writer.add(b"<</Producer(yibao)/Title(%b)>>" % title.encode())
        self._writer.finish(catalogue, info)


class PressFrame:
    """A file for the press: PDF/X-4 with its output intent, PDF/VT-1 with its document parts."""

    def __init__(self, writer: PdfWriter, press: Press) -> None:
        self._writer = writer
        self._press = press
        self._parts = PartTree(writer.reserve, writer.write_object, press.document, "")

    def page_entries(self) -> bytes:
        """Boxes, which pages do not inherit, and the piece's document part."""
        return b"/DPart %d 0 R%b" % (self._parts.leaf_number(), self._press.boxes.entries())

    def add(self, group: tuple[str, str], piece: str, pages: Sequence[int]) -> None:
        """Take a piece whose pages, by their numbers, are written."""
        self._parts.add(*group, piece, pages)

    def tree_entries(self) -> bytes:
        """Nothing that pages say themselves."""
        return b""

    def finish(self, pages: int, title: str) -> None:
        """Write the end of the file; pages: number of the page tree."""
        writer, intent = self._writer, self._press.intent
        root = self._parts.finish()
        facts = PartFacts(
            title=f"{self._press.document} {title}",
            document=f"{self._press.document}/{title}",
            digest=writer.sha256,
            made=self._press.made,
        )
        profile = writer.add_stream(intent.profile_entries(), intent.icc)
        metadata = writer.add(metadata_body(xmp_packet(facts)))
        catalogue = writer.add(
            b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/DPartRoot %d 0 R/OutputIntents[%b]>>"
            % (pages, metadata, root, intent.body(profile))
        )
        writer.finish(catalogue, writer.add(info_body(facts)))
