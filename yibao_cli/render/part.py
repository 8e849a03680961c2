"""One print file: the static layer once, then piece after piece, then fonts and page tree."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, chain
from typing import IO, TYPE_CHECKING

from yibao_cli.kinds.page import PartValues, TableValues
from yibao_cli.render.encode import PartFont
from yibao_cli.render.fonts import BOLD, REGULAR, font
from yibao_cli.render.program import page_contents
from yibao_cli.render.setting import MM
from yibao_cli.render.static import WATERMARK, StaticLayer
from yibao_cli.render.writer import PdfWriter, compressed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.kinds.page import Layout


@dataclass(frozen=True, slots=True)
class PartFile:
    """What was written: pieces, pages, bytes, and the file's SHA-256 in hexadecimal."""

    pieces: int
    pages: int
    size: int
    sha256: str


def render_part(
    layout: Layout, static: StaticLayer, values: PartValues, out: IO[bytes], *, proof: bool = False
) -> PartFile:
    """Write the pieces of a part as one PDF; proof: every page bears 样张.

    The same arguments give the same bytes.
    """
    writer = PdfWriter(out)
    first = writer.reserve(len(static.objects))
    for i, body in enumerate(static.objects):
        writer.write_object(first + i, body)
    catalogue, info, tree, resources = (writer.reserve() for _ in range(4))
    names = {key: f"X{number}" for key, number in static.forms.items()}
    fonts = {weight: PartFont(font(weight), weight) for weight in (REGULAR, BOLD)}
    kids: list[int] = []
    for contents in _pieces(layout, values, fonts, names):
        kids += _write_pages(writer, contents, tree, f"/{names[WATERMARK]} Do\n" if proof else "")
    _write_resources(writer, resources, fonts, static)
    _write_tree(writer, tree, kids, resources, layout)
    writer.write_object(catalogue, b"<</Type/Catalog/Pages %d 0 R>>" % tree)
    writer.write_object(info, b"<</Producer(yibao)/Title(%b)>>" % _title(values))
    writer.finish(catalogue, info)
    return PartFile(len(values.pieces), len(kids), writer.size, writer.sha256)


def _pieces(
    layout: Layout, values: PartValues, fonts: dict[int, PartFont], names: dict[str, str]
) -> Iterator[tuple[str, ...]]:
    """The page contents of each piece, in print order; variants are set apart and come together here."""
    of_variant = {}
    for variant, pages in layout.variants.items():
        own = _subset(values, variant)
        if own.pieces:
            of_variant[variant] = zip(
                *(page_contents(p, variant, own, fonts, names) for p in pages), strict=True
            )
    return (next(of_variant[v]) for v in values.variants)


def _subset(values: PartValues, variant: str) -> PartValues:
    if all(v == variant for v in values.variants):
        return values
    rows = [i for i, v in enumerate(values.variants) if v == variant]

    def of_table(table: TableValues) -> TableValues:
        """The lines that these pieces show, and no others: each is set once."""
        ranges = [(table.start[i], table.stop[i]) for i in rows]
        stops = list(accumulate(stop - start for start, stop in ranges))
        return TableValues(
            columns=tuple(list(chain.from_iterable(c[a:b] for a, b in ranges)) for c in table.columns),
            start=[0, *stops[:-1]],
            stop=stops,
            head=[table.head[i] for i in rows],
        )

    return PartValues(
        pieces=[values.pieces[i] for i in rows],
        variants=[variant] * len(rows),
        texts={s: [column[i] for i in rows] for s, column in values.texts.items()},
        tables={key: of_table(t) for key, t in values.tables.items() if key[0] == variant},
        codes=[values.codes[i] for i in rows],
        art={slot: [column[i] for i in rows] for slot, column in values.art.items()},
    )


def _write_pages(writer: PdfWriter, contents: tuple[str, ...], tree: int, mark: str) -> range:
    """Write the streams of one piece, then its page objects; returns the pages' numbers."""
    count = len(contents)
    first = writer.reserve(2 * count)
    for i, content in enumerate(contents):
        packed = compressed((content + mark).encode("ascii"))
        writer.write_object(
            first + i, b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed)
        )
    pages = range(first + count, first + 2 * count)
    for i, number in enumerate(pages):
        writer.write_object(number, b"<</Type/Page/Parent %d 0 R/Contents %d 0 R>>" % (tree, first + i))
    return pages


def _write_resources(writer: PdfWriter, number: int, fonts: dict[int, PartFont], static: StaticLayer) -> None:
    written = {f.wide: f.write(writer.add, writer.add_stream) for f in fonts.values() if f.used}
    written |= {
        f.narrow: f.write_latin(writer.add, writer.add_stream) for f in fonts.values() if f.used_latin
    }
    faces = b"".join(b"/%b %d 0 R" % (name.encode(), obj) for name, obj in written.items())
    forms = b"".join(b"/X%d %d 0 R" % (n, n) for n in static.forms.values())
    writer.write_object(number, b"<</Font<<%b>>/XObject<<%b>>>>" % (faces, forms))


def _write_tree(writer: PdfWriter, tree: int, kids: list[int], resources: int, layout: Layout) -> None:
    page = next(iter(layout.variants.values()))[0]
    box = b"[0 0 %.2f %.2f]" % (page.width * MM, page.height * MM)
    references = b" ".join(b"%d 0 R" % kid for kid in kids)
    writer.write_object(
        tree,
        b"<</Type/Pages/Count %d/MediaBox%b/Resources %d 0 R/Kids[%b]>>"
        % (len(kids), box, resources, references),
    )


def _title(values: PartValues) -> bytes:
    return f"{values.codes[0].split('/')[1]} {values.pieces[0]}-{values.pieces[-1]}".encode()
