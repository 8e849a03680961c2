"""An open print file as the press checks see it: its head, its metadata, its pages, all its objects.

Reads with pikepdf and knows nothing of the writer.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from xml.etree import ElementTree as ET

import pikepdf

from yibao_cli.render.press.partwalk import walked
from yibao_cli.render.press.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from yibao_cli.render.press.partwalk import Tree

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_HEAD = 16
_DEEPEST = 100  # a page tree deeper than this goes round in circles

# Keys and types that only some objects have; objects without them need not be opened.
_RARE = re.compile(
    rb"/(?:AA|AF|AcroForm|Alternates|EF|EmbeddedFiles?|FileAttachment|GTS_\w+|HT|HTP|HalftoneType|JavaScript|JS"
    rb"|Movie|OPI|OpenAction|PS|Ref|Screen|Sound|TR2?|XFA)(?![\w.#-])"
)


class PressFile:
    """A context manager; pages count from 1 where they are named.

    Raises pikepdf.PdfError or OSError when the file cannot be opened; a damaged one is not mended.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.head = file.read(_HEAD)
        # As it stands: pikepdf would otherwise hand down to pages what they inherit.
        self.pdf = pikepdf.open(
            path, attempt_recovery=False, suppress_warnings=True, inherit_page_attributes=False
        )
        self.root: Any = self.pdf.Root

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pdf.close()

    @cached_property
    def pages(self) -> list[Any]:
        """The page objects, in order. pikepdf's own list would mend what it walks over."""
        return list(_leaves(self.root.Pages, set(), 0))

    @cached_property
    def page_numbers(self) -> dict[tuple[int, int], int]:
        """The number of each page, by that of its object."""
        return {page.objgen: number for number, page in enumerate(self.pages, 1)}

    @cached_property
    def parts(self) -> Tree:
        """The tree of document parts."""
        return walked(self.root)

    @cached_property
    def info(self) -> Any:
        """The document information dictionary; empty when there is none."""
        return self.pdf.trailer.get("/Info", pikepdf.Dictionary())

    @cached_property
    def intents(self) -> list[Any]:
        """The output intents for PDF/X."""
        return [i for i in self.root.get("/OutputIntents", ()) if i.get("/S") == "/GTS_PDFX"]

    @cached_property
    def profile(self) -> bytes:
        """The ICC profile of the first output intent; empty when there is none."""
        stream = self.intents[0].get("/DestOutputProfile") if self.intents else None
        return stream.read_bytes() if isinstance(stream, pikepdf.Stream) else b""

    @cached_property
    def survey(self) -> Survey:
        """What the pages paint with."""
        survey = Survey()
        for number, page in enumerate(self.pages, 1):
            survey.page(number, page, inherited(page, "/Resources"))
        return survey

    @cached_property
    def xmp(self) -> ET.Element | None:
        """The XMP packet; None when there is none, or it is no XML."""
        stream = self.root.get("/Metadata")
        packet = stream.read_bytes() if isinstance(stream, pikepdf.Stream) else b""
        if b"<!DOCTYPE" in packet:
            return None
        try:
            return ET.fromstring(packet)  # noqa: S314 - entities need a DOCTYPE, which is refused
        except (ET.ParseError, LookupError):  # LookupError: an encoding that nobody knows
            return None

    @cached_property
    def properties(self) -> dict[str, str]:
        """The plain properties of the packet: {namespace}name to text."""
        found: dict[str, str] = {}
        for about in self.xmp.iter(f"{_RDF}Description") if self.xmp is not None else ():
            found |= about.attrib
            found |= {child.tag: (child.text or "").strip() for child in about}
        return found

    def languages(self, name: str) -> list[str]:
        """The language of each of a property's texts; name: {namespace}name."""
        return [item.get(_LANGUAGE, "") for item in self._items(name)]

    def texts(self, name: str) -> list[str]:
        """A property's texts, in the order of `languages`."""
        return [(item.text or "").strip() for item in self._items(name)]

    def _items(self, name: str) -> list[ET.Element]:
        if self.xmp is None:
            return []
        items = (item for owner in self.xmp.iter(name) for item in owner.iter(f"{_RDF}li"))
        return [item for item in items if (item.text or "").strip()]

    @cached_property
    def rare(self) -> list[Any]:
        """All dictionaries of the objects in which a key or type stands that is seldom right."""
        found: list[Any] = []
        for obj in self.pdf.objects:
            head = obj.stream_dict if isinstance(obj, pikepdf.Stream) else obj
            if not isinstance(head, pikepdf.Dictionary | pikepdf.Array):
                continue
            if _RARE.search(head.unparse(resolved=True)):
                found += _dictionaries(head)
        return found


def _leaves(node: Any, above: set[tuple[int, int]], depth: int) -> Iterator[Any]:
    if depth > _DEEPEST or node.objgen in above:
        raise ValueError("the page tree goes round in circles")
    for kid in node.Kids:
        if "/Kids" in kid:
            yield from _leaves(kid, above | {node.objgen}, depth + 1)
        else:
            yield kid


def _dictionaries(obj: Any) -> Iterator[Any]:
    """All dictionaries of an object, without those of other objects."""
    if isinstance(obj, pikepdf.Dictionary):
        yield obj
    inner = obj.values() if isinstance(obj, pikepdf.Dictionary) else obj
    for value in inner:
        if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
            yield from _dictionaries(value)


def inherited(page: Any, key: str) -> Any:
    """An entry of a page or of the nearest node above it; None when none has it."""
    for _level in range(_DEEPEST):
        if (value := page.get(key)) is not None or (above := page.get("/Parent")) is None:
            return value
        page = above
    return None
