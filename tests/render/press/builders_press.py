"""A conforming small print file: pieces of two pages, written with the press modules and the real writer."""

from __future__ import annotations

import datetime as dt
import io
import struct

from yibao_cli.render.encode import PartFont
from yibao_cli.render.fonts import REGULAR, font
from yibao_cli.render.press.icc import load_intent
from yibao_cli.render.press.marks import Boxes, crop_marks
from yibao_cli.render.press.metadata import PartFacts, info_body, metadata_body, xmp_packet
from yibao_cli.render.press.parts import PartTree
from yibao_cli.render.writer import PdfWriter

BOXES = Boxes(100, 150, bleed=3, slug=10)
PIECES = (
    ("B1", "050000", "000001"),
    ("B1", "050000", "000002"),
    ("B1", "050011", "000003"),
    ("B2", "060000", "000004"),
)
MADE = dt.datetime(2026, 9, 30, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
FACTS = PartFacts("2026Q3 part 1", "2026Q3/1", "ab" * 32, MADE)


def press_bytes(pieces=PIECES, pages_each=2, intent=None):
    """A print file as bytes."""
    out = io.BytesIO()
    writer, intent = PdfWriter(out), intent or load_intent()
    catalogue, info, metadata, tree, resources = (writer.reserve() for _ in range(5))
    face = PartFont(font(REGULAR), REGULAR)
    parts = PartTree(writer.reserve, writer.write_object, "2026Q3", "1")
    kids = []
    marks = crop_marks(BOXES, intent.components)
    for bag, bundle, piece in pieces:
        leaf = parts.leaf_number()
        numbers = [writer.reserve() for _ in range(pages_each)]
        for page, number in enumerate(numbers, 1):
            shown = f"BT 0 g /{face.wide} 12 Tf 1 0 0 1 20 160 Tm <{face.encode(f'第{page}页')}> Tj ET\n"
            content = writer.add_stream(b"", marks + shown.encode() + mask())
            writer.write_object(
                number,
                b"<</Type/Page/Parent %d 0 R/Contents %d 0 R/DPart %d 0 R%b>>"
                % (tree, content, leaf, BOXES.entries()),
            )
        parts.add(bag, bundle, piece, numbers)
        kids += numbers
    root = parts.finish()
    embedded = face.write(writer.add, writer.add_stream)
    writer.write_object(resources, b"<</Font<</%b %d 0 R>>>>" % (face.wide.encode(), embedded))
    references = b" ".join(b"%d 0 R" % kid for kid in kids)
    writer.write_object(
        tree, b"<</Type/Pages/Count %d/Resources %d 0 R/Kids[%b]>>" % (len(kids), resources, references)
    )
    profile = writer.add_stream(intent.profile_entries(), intent.icc)
    writer.write_object(metadata, metadata_body(xmp_packet(FACTS)))
    writer.write_object(
        catalogue,
        b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/DPartRoot %d 0 R/OutputIntents[%b]>>"
        % (tree, metadata, root, intent.body(profile)),
    )
    writer.write_object(info, info_body(FACTS))
    writer.finish(catalogue, info)
    return out.getvalue()


def mask():
    """A code as our pages bear it."""
    return b"q 20 0 0 20 20 20 cm BI /W 8 /H 2 /IM true /BPC 1 /F /AHx ID AA55> EI Q\n"


def cmyk_profile():
    """A small CMYK output profile, with full tables in both directions, made from plain arithmetic."""
    nodes = [(c, m, y, k) for c in (0, 1) for m in (0, 1) for y in (0, 1) for k in (0, 1)]
    to_lab = b"".join(_lab(node) for node in nodes)
    steps = range(9)
    from_lab = b"".join(_inks(lum / 8, a / 8, b / 8) for lum in steps for a in steps for b in steps)
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 10) + b"test inks\0" + bytes(78),
        b"cprt": b"text\0\0\0\0No copyright\0",
        b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in (0.9642, 1, 0.8249))),
        **{tag: _lut(4, 3, 2, to_lab) for tag in (b"A2B0", b"A2B1", b"A2B2")},
        **{tag: _lut(3, 4, 9, from_lab) for tag in (b"B2A0", b"B2A1", b"B2A2")},
        b"gamt": _lut(3, 1, 2, bytes(8)),
    }
    table, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for tag, content in tags.items():
        table += tag + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4xI", start + len(body), 0x02400000) + b"prtrCMYKLab " + bytes(12) + b"acsp"
    head = head.ljust(68, b"\0") + struct.pack(">3i", *(round(v * 65536) for v in (0.9642, 1, 0.8249)))
    return head.ljust(128, b"\0") + table + body


def _lut(inputs, outputs, grid, table):
    identity = struct.pack(">9i", *(65536 if i % 4 == 0 else 0 for i in range(9)))
    ramp = bytes(range(256))
    return (
        b"mft1\0\0\0\0"
        + bytes([inputs, outputs, grid, 0])
        + identity
        + ramp * inputs
        + table
        + ramp * outputs
    )


def _lab(node):
    c, m, y, k = node
    light = max(0.0, 1 - 0.35 * c - 0.45 * m - 0.1 * y) * (1 - k)
    a = (-35 * c + 70 * m - 5 * y) * (1 - k)
    b = (-50 * c - 5 * m + 90 * y) * (1 - k)
    return bytes([round(light * 255), round(max(0, min(255, a + 128))), round(max(0, min(255, b + 128)))])


def _inks(light, a, b):
    """Lab, each from 0 to 1, to CMYK bytes: hue from a and b, the rest black."""
    red_green, yellow_blue = (a - 0.502) * 2, (b - 0.502) * 2
    c = max(0.0, -red_green * 1.5, -yellow_blue)
    m = max(0.0, red_green * 1.5)
    y = max(0.0, yellow_blue * 1.2)
    k = max(0.0, 1 - light - 0.35 * c - 0.45 * m - 0.1 * y)
    return bytes(round(min(1.0, ink) * 255) for ink in (c, m, y, k))
