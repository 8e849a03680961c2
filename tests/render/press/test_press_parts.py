"""The document-part tree while it is written, the metadata, the crop marks."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from builders_press import FACTS, MADE
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.errors import InternalError, SettingsError
from yibao_cli.render.press.icc import CMYK, GRAY
from yibao_cli.render.press.marks import Boxes, crop_marks
from yibao_cli.render.press.metadata import PartFacts, info_body, metadata_body, xmp_packet
from yibao_cli.render.press.parts import PartTree

# ------------------------------------------------------------------ document parts


class Sheets:
    """Takes objects as a writer does, and keeps the order in which they came."""

    def __init__(self):
        self.reserved = 0
        self.objects = {}

    def reserve(self):
        self.reserved += 1
        return self.reserved

    def write(self, number, body):
        assert number not in self.objects
        self.objects[number] = body.decode()

    def tree(self, mailing="2026Q3", part="1"):
        return PartTree(self.reserve, self.write, mailing, part)


def grow(tree, sheets, pieces):
    for bag, bundle, pages in pieces:
        leaf = tree.leaf_number()
        assert tree.leaf_number() == leaf
        tree.add(bag, bundle, "p", [sheets.reserve() for _ in range(pages)])


def test_the_tree_has_a_node_for_each_bag_bundle_and_piece():
    sheets = Sheets()
    tree = sheets.tree()
    grow(tree, sheets, [("A", "1", 2), ("A", "1", 1), ("A", "2", 1), ("B", "2", 1)])

    root = sheets.objects.get(tree.finish())

    assert re.fullmatch(
        r"<</Type/DPartRoot/DPartRootNode (\d+) 0 R/NodeNameList\[/mailing/bag/bundle/piece\]/RecordLevel 3>>",
        root,
    )
    kinds = Counter(re.findall(r"/YB_(\w+)\(", " ".join(sheets.objects.values())))
    assert kinds == {"Mailing": 1, "Part": 1, "Bag": 2, "Bundle": 3, "Piece": 4, "Pages": 4}
    pages = re.findall(r"/YB_Pages\((\d)\)", " ".join(sheets.objects.values()))
    assert pages == ["2", "1", "1", "1"]


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("12"), st.integers(1, 3)), min_size=1))
def test_every_child_names_the_node_that_names_it(pieces):
    sheets = Sheets()
    tree = sheets.tree()
    grow(tree, sheets, pieces)

    root = tree.finish()

    kids = {
        int(kid): number
        for number, body in sheets.objects.items()
        for group in re.findall(r"/DParts\[\[(.*?)\]\]", body)
        for kid in re.findall(r"(\d+) 0 R", group)
    }
    parents = {n: int(p[1]) for n, b in sheets.objects.items() if (p := re.search(r"/Parent (\d+)", b))}
    first = int(re.search(r"/DPartRootNode (\d+)", sheets.objects[root])[1])
    assert parents == {**kids, first: root}
    # What is reserved for the tree is written; the other numbers are the pages'.
    assert sheets.reserved == len(sheets.objects) + sum(pages for _bag, _bundle, pages in pieces)


def test_a_bundle_goes_out_when_the_next_begins():
    sheets = Sheets()
    tree = sheets.tree()
    grow(tree, sheets, [("A", "1", 1), ("A", "1", 1)])
    before = len(sheets.objects)

    grow(tree, sheets, [("A", "2", 1)])

    assert before == 2
    assert len(sheets.objects) == 4


def test_the_same_bundle_in_another_bag_is_another_bundle():
    sheets = Sheets()
    tree = sheets.tree()
    grow(tree, sheets, [("A", "1", 1), ("B", "1", 1)])
    tree.finish()

    assert sum("YB_Bundle(1)" in body for body in sheets.objects.values()) == 2


@pytest.mark.parametrize("text", ["石家庄", "张三", "a\nb", "(", "x" * 65])
def test_a_text_that_is_no_id_is_not_written(text):
    sheets = Sheets()
    tree = sheets.tree()
    tree.leaf_number()

    with pytest.raises(InternalError) as error:
        tree.add("A", "1", text, [1])

    assert text not in str(error.value)


@pytest.mark.parametrize("mailing", ["三季度", "x" * 65])
def test_a_mailing_whose_id_cannot_stand_in_the_tree_is_refused_before_a_page_is_written(mailing):
    sheets = Sheets()

    with pytest.raises(SettingsError):
        sheets.tree(mailing)

    assert sheets.reserved == 0


def test_a_piece_without_pages_or_out_of_turn_is_our_mistake():
    sheets = Sheets()
    tree = sheets.tree()
    with pytest.raises(InternalError):
        tree.finish()
    with pytest.raises(InternalError):
        tree.add("A", "1", "p", [1])
    tree.leaf_number()
    with pytest.raises(InternalError):
        tree.add("A", "1", "p", [])
    with pytest.raises(InternalError):
        tree.finish()


# ------------------------------------------------------------------ metadata


def test_the_packet_is_xml_and_says_what_it_was_told():
    packet = xmp_packet(PartFacts("Q3 <1> & more", "d", "ff", MADE))

    texts = {e.tag.split("}")[1]: e.text for e in ET.fromstring(packet).iter()}
    assert texts["li"] == "Q3 <1> & more"
    assert texts["CreateDate"] == texts["GTS_PDFVTModDate"] == "2026-09-30T08:00:00+08:00"
    assert texts["VersionID"] == "1"


def test_a_new_digest_is_a_new_instance_of_the_same_document():
    def ids(facts):
        return re.findall(rb"uuid:[0-9a-f-]{36}", xmp_packet(facts))

    document, instance = ids(FACTS)
    other = PartFacts(FACTS.title, FACTS.document, "cd" * 32, MADE)
    assert ids(other)[0] == document
    assert ids(other)[1] != instance
    assert ids(PartFacts(FACTS.title, "2026Q3/2", FACTS.digest, MADE))[0] != document
    assert xmp_packet(FACTS) == xmp_packet(FACTS)


@pytest.mark.parametrize(
    ("zone", "pdf", "xmp"),
    [
        (dt.timedelta(hours=-3, minutes=-30), "-03'30'", "-03:30"),
        (dt.timedelta(0), "+00'00'", "+00:00"),
        (None, "+00'00'", "+00:00"),
    ],
)
def test_dates_bear_their_zone(zone, pdf, xmp):
    made = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=zone if zone is None else dt.timezone(zone))
    facts = PartFacts("t", "d", "ff", made)

    assert f"(D:20260102030405{pdf})".encode() in info_body(facts)
    assert f"2026-01-02T03:04:05{xmp}".encode() in xmp_packet(facts)


def test_the_packet_is_written_as_it_is():
    body = metadata_body(b"<x/>")

    assert body == b"<</Type/Metadata/Subtype/XML/Length 4>>stream\n<x/>\nendstream"


# ------------------------------------------------------------------ boxes and crop marks


def lines_of(content):
    """The lines of crop marks, mm from the trim's bottom left corner."""
    found = re.findall(rb"(\S+) (\S+) m (\S+) (\S+) l", content)
    return [tuple(float(v) / 72 * 25.4 for v in line) for line in found]


def test_boxes_lie_in_each_other():
    entries = Boxes(100, 150, bleed=3, slug=10).entries()

    boxes = {
        name: [round(float(v) / 72 * 25.4, 1) for v in box.split()]
        for name, box in re.findall(rb"/(\w+)Box\[(.*?)\]", entries)
    }
    assert boxes == {b"Media": [-13, -13, 113, 163], b"Bleed": [-3, -3, 103, 153], b"Trim": [0, 0, 100, 150]}
    assert b"-0 " not in entries


def test_marks_are_eight_lines_of_5_mm_outside_the_bleed_that_point_to_the_corners():
    boxes = Boxes(100, 150, bleed=3, slug=10)

    lines = lines_of(crop_marks(boxes, GRAY))

    assert len(lines) == 8
    for x, y, x2, y2 in lines:
        assert abs(x2 - x) + abs(y2 - y) == pytest.approx(5, abs=0.02)
        upright = abs(x - x2) < 0.01
        corner = (x, y) if upright else (y, x)
        sizes = (100, 150) if upright else (150, 100)
        assert any(corner[0] == pytest.approx(edge, abs=0.01) for edge in (0, sizes[0]))
        assert any(corner[1] == pytest.approx(at, abs=0.01) for at in (-3, sizes[1] + 3))


def test_marks_keep_off_a_wide_bleed_and_on_the_sheet():
    lines = lines_of(crop_marks(Boxes(100, 150, bleed=5, slug=2), GRAY))

    assert all(-7.01 <= v <= 157.01 for line in lines for v in line)
    assert {round(min(x, x2), 1) for x, y, x2, y2 in lines if abs(y - y2) < 0.01} == {-7, 105}


def test_without_room_there_are_no_marks():
    assert crop_marks(Boxes(100, 150), GRAY) == b""
    assert crop_marks(Boxes(100, 150, bleed=3), GRAY) == b""


def test_marks_are_in_all_inks():
    boxes = Boxes(100, 150, bleed=3, slug=10)

    assert crop_marks(boxes, GRAY).startswith(b"q 0 G 0.25 w\n")
    assert crop_marks(boxes, CMYK).startswith(b"q 1 1 1 1 K 0.25 w\n")
    assert crop_marks(boxes, CMYK).endswith(b"S Q\n")
