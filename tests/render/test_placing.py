"""A text that stands in another's place is found, though every string is still there."""

from __future__ import annotations

import re

import pytest

from builders import make_part
from yibao_cli.money import yuan
from yibao_cli.render.forms import form_digests
from yibao_cli.render.readback import Sample, expected_pages, read_back


def found_after(edited, part, page, change):
    """Differences after the content of a page, as text, was changed."""

    def write(pdf):
        stream = pdf.pages[page].Contents
        content = stream.read_bytes().decode("latin-1")
        changed = change(content)
        assert changed != content
        stream.write(changed.encode("latin-1"))

    expected = expected_pages(part.layout, part.values, form_digests(part.static))
    return list(read_back(edited(part, write), 1, expected, sample=Sample(0, 1)))


def place_of(content, string):
    """The Tm operands that a string is shown with."""
    return re.search(rf"1 0 0 1 ([\d.]+ [\d.]+) Tm\[[\d.-]*\({re.escape(string)}\)\]TJ", content)[1]


def swapped(content, one, other):
    return content.replace(one, "\0").replace(other, one).replace("\0", other)


def test_opening_and_closing_that_traded_places_are_found(edited):
    part = make_part(1, 3)
    row = part.pieces.to_pylist()[0]

    def change(content):
        return swapped(
            content, place_of(content, yuan(row["opening"])), place_of(content, yuan(row["spent"]))
        )

    found = found_after(edited, part, 1, change)

    assert [(d.what, d.page) for d in found] == [("text", 2)]
    assert "place" in found[0].detail


@pytest.mark.parametrize(("across", "down"), [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_a_text_that_moved_by_a_point_is_found(edited, across, down):
    part = make_part(1, 3)

    def change(content):
        first = re.search(r"1 0 0 1 ([\d.]+) ([\d.]+) Tm", content)
        x, y = float(first[1]) + across, float(first[2]) + down
        return content.replace(first[0], f"1 0 0 1 {x:.2f} {y:.2f} Tm", 1)

    assert [d.what for d in found_after(edited, part, 0, change)] == ["text"]


def test_cells_of_a_table_that_stand_in_the_next_column_are_found(edited):
    part = make_part(1, 3)

    def change(content):
        # The way to the second cell of each row, and back from the last one, with a column between them traded.
        moves = re.findall(r"([\d.]+) 0 Td", content)
        return content.replace(f"{moves[2]} 0 Td", f"{float(moves[2]) + 40:.2f} 0 Td")

    assert "text" in {d.what for d in found_after(edited, part, 1, change)}


@pytest.mark.parametrize("lines", [0, 1, 17, 18, 34, 60])
@pytest.mark.parametrize("kind", ["medical", "medical-dl"])
def test_everything_stands_in_its_place_on_right_pages(tmp_path, kind, lines):
    part = make_part(
        8,
        lines,
        kind=kind,
        change={1: {"name": "买买提·阿不都热合曼·吐尔逊江·艾力"}, 2: {"employer_name": None}},
    )
    pdf = part.write(tmp_path / "part.pdf")

    assert not list(read_back(pdf, 1, expected_pages(part.layout, part.values, form_digests(part.static))))
