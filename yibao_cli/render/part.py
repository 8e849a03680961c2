"""One print file: the static layer once, then piece after piece, then fonts and page tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from yibao_cli.render.encode import PartFont, font_entries
from yibao_cli.render.faces import FACES, font_set
from yibao_cli.render.fonts import BOLD, REGULAR
from yibao_cli.render.frame import PlainFrame, PressFrame
from yibao_cli.render.output import inks_of, press_of
from yibao_cli.render.program import Fonts, Tools, page_contents
from yibao_cli.render.static import WATERMARK, StaticLayer
from yibao_cli.render.writer import PageTree, PdfWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yibao_cli.kinds.page import Layout
    from yibao_cli.kinds.values import PartValues
    from yibao_cli.render.fonts import Font


@dataclass(frozen=True, slots=True)
class PartFile:
    """What was written: pieces, pages, bytes, and the file's SHA-256 in hexadecimal."""

    pieces: int
    pages: int
    size: int
    sha256: str


def render_part(
    layout: Layout, static: StaticLayer, values: Iterable[PartValues], out: IO[bytes], *, proof: bool = False
) -> PartFile:
    """Write the pieces of a part as one PDF; proof: every page bears 样张.

    values: of the part's pieces, in one or more stretches, so that memory does not grow with the part. Equal
    arguments give equal bytes.
    """
    writer = PdfWriter(out)
    first = writer.reserve(len(static.objects))
    for i, body in enumerate(static.objects):
        writer.write_object(first + i, body)
    resources = writer.reserve()
    names = {key: f"X{number}" for key, number in static.forms.items()}
    tools = Tools(_part_fonts(layout), names, inks_of(layout))
    mark = f"/{names[WATERMARK]} Do\n" if proof else ""
    press = press_of(layout)
    frame = PressFrame(writer, press) if press else PlainFrame(writer, layout.paper)
    tree = PageTree(writer)
    title = _Title()
    for stretch in values:
        title.saw(stretch)
        for piece, group, contents in zip(
            stretch.pieces, stretch.groups, piece_contents(layout, stretch, tools), strict=True
        ):
            entries = frame.page_entries()
            frame.add(group, piece, [_write_page(writer, c + mark, tree, entries) for c in contents])
    _write_resources(writer, resources, tools.fonts, static)
    pages = tree.finish(b"%b/Resources %d 0 R" % (frame.tree_entries(), resources))
    frame.finish(pages, title.text)
    return PartFile(title.pieces, tree.count, writer.size, writer.sha256)


def piece_contents(layout: Layout, values: PartValues, tools: Tools) -> Iterator[list[str]]:
    """The page contents of each piece, in print order.

    Each page plan is set for all its pages at once; the pages of a piece come together here.
    """
    set_pages = {
        (variant, plan.number): page_contents(plan, variant, values.values[variant, plan.number], tools)
        for variant, plan in layout.plans()
        if (variant, plan.number) in values.values
    }
    for variant, numbers in zip(values.variants, values.plans, strict=True):
        yield [next(set_pages[variant, n]) for n in numbers]


def _part_fonts(layout: Layout) -> Fonts:
    """The fonts of a part by face and weight; faces that are one font share it."""
    faces = font_set(layout.fonts)
    known: dict[Font, PartFont] = {}
    found: Fonts = {}
    for face in FACES:
        for weight in (REGULAR, BOLD):
            font = faces.font(face, weight)
            found[face, weight] = known.setdefault(font, PartFont(font, weight, face))
    return found


class _Title:
    """The title of the file: mailing, first piece, last piece."""

    def __init__(self) -> None:
        self.pieces = 0
        self._first = self._last = ""

    def saw(self, values: PartValues) -> None:
        self.pieces += len(values.pieces)
        self._first = self._first or values.pieces[0]
        self._last = values.pieces[-1]

    @property
    def text(self) -> str:
        return f"{self._first}-{self._last}"


def _write_page(writer: PdfWriter, content: str, tree: PageTree, entries: bytes) -> int:
    """Write the stream of a page, and its page object behind it; returns the page's number."""
    stream = writer.reserve(2)
    writer.write_stream(stream, content.encode("ascii"))
    page = stream + 1
    writer.write_object(
        page, b"<</Type/Page/Parent %d 0 R/Contents %d 0 R%b>>" % (tree.add(page), stream, entries)
    )
    return page


def _write_resources(writer: PdfWriter, number: int, fonts: Fonts, static: StaticLayer) -> None:
    faces = font_entries(fonts.values(), writer.add, writer.add_stream)
    forms = b"".join(b"/X%d %d 0 R" % (n, n) for n in static.forms.values())
    writer.write_object(number, b"<</Font<<%b>>/XObject<<%b>>>>" % (faces, forms))
