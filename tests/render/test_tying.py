"""A fault of compose, which the writer and what it is compared with share, does not tie to the package."""

from __future__ import annotations

import dataclasses

import pytest

from builders import MAILING, make_part
from yibao_cli.money import yuan
from yibao_cli.render.forms import form_digests
from yibao_cli.render.readback import expected_pages, read_back
from yibao_cli.render.tying import PieceFacts, Tie

LINES = ("total", "fund_paid", "account_paid", "cash_paid")


def facts_of(part):
    tables = any(page.tables for _variant, page in part.layout.plans())
    lines = part.lines.to_pylist()
    for row, plans in zip(part.pieces.to_pylist(), part.values.plans, strict=True):
        own = lines[row["line_start"] : row["line_stop"]] if tables else []
        amounts = tuple(yuan(line[f]) for line in own for f in LINES)
        yield PieceFacts(row["piece"], row["name"], yuan(row["closing"]), len(plans), amounts)


def differences(part, tmp_path, facts=None):
    """What verify says of a part whose pages and expectations come from the same composed values."""
    pdf = part.write(tmp_path / "part.pdf")
    expected = expected_pages(part.layout, part.values, form_digests(part.static))
    return list(read_back(pdf, 1, expected, tie=Tie(MAILING, facts or facts_of(part))))


def with_values(part, variant, plan, change):
    values = part.values.values | {(variant, plan): change(part.values.values[variant, plan])}
    return dataclasses.replace(part, values=dataclasses.replace(part.values, values=values))


def swapped(column):
    return [column[1], column[0], *column[2:]]


@pytest.mark.parametrize("kind", ["medical", "medical-dl", "medical-card"])
def test_a_right_part_ties(tmp_path, kind):
    assert differences(make_part(5, 6, kind=kind), tmp_path) == []


@pytest.mark.parametrize("field", ["name", "closing", "piece"])
def test_a_text_of_another_piece_that_both_sides_show_is_found(tmp_path, field):
    part = make_part(3, 4, kind="medical-dl")

    def change(values):
        texts = {s: swapped(c) if field in s.fields else c for s, c in values.texts.items()}
        return dataclasses.replace(values, texts=texts)

    found = differences(with_values(part, "standard", 1, change), tmp_path)

    assert {d.page for d in found} == {2, 4}  # the last page of each of the two
    assert {d.what for d in found} == {"piece"}


def test_lines_of_another_piece_that_both_sides_show_are_found(tmp_path):
    part = make_part(3, 4, kind="medical-dl")

    def change(values):
        (table,) = values.tables
        moved = dataclasses.replace(table, start=swapped(table.start), stop=swapped(table.stop))
        return dataclasses.replace(values, tables=(moved,))

    found = differences(with_values(part, "standard", 1, change), tmp_path)

    assert {d.page for d in found} == {2, 4}
    assert all("lines" in d.detail for d in found)


def test_sheet_codes_of_another_piece_that_both_sides_show_are_found(tmp_path):
    part = make_part(3, 4, kind="medical-dl")

    def change(values):
        return dataclasses.replace(values, marks=tuple(swapped(m) for m in values.marks))

    found = differences(with_values(part, "standard", 1, change), tmp_path)

    assert [d.page for d in found] == [1, 3]


def test_pages_that_come_in_another_order_than_the_package_has_are_found(tmp_path):
    part = make_part(3, 4)
    facts = list(facts_of(part))

    found = differences(part, tmp_path, [facts[1], facts[0], facts[2]])

    assert {d.page for d in found} == {1, 2, 3, 4}


def test_a_package_with_fewer_pieces_than_pages_is_found(tmp_path):
    part = make_part(3, 4)

    found = differences(part, tmp_path, list(facts_of(part))[:2])

    assert [d.page for d in found] == [5, 6]


def test_nothing_that_is_said_names_a_person(tmp_path):
    part = make_part(2, 3)
    facts = [f._replace(name="王小明", amount="77.77") for f in facts_of(part)]

    said = " ".join(d.detail for d in differences(part, tmp_path, facts))

    assert said
    assert "王" not in said
    assert "77.77" not in said
