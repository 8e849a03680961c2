"""Rows that go past the workbook's writer are the writer's own, byte for byte."""

from __future__ import annotations

import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from yibao_cli.sample import workbook
from yibao_cli.sample.rowxml import Broken, row_xml
from yibao_cli.sample.workbook import Book, Layout

ODD = (
    "a\u200bb",
    " a",
    "a ",
    "\u3000王",
    "_x0041_",
    "<r>a</r>",
    "a\nb",
    "=1+1",
    "<b>&\"'",
    "",
    "𬭎",
    "\ufffe",
)
CELLS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
    st.sampled_from(ODD),
    st.integers(-(10**15), 10**15),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda n: round(n, 2)),
    st.dates(date(1930, 1, 1), date(2099, 12, 31)),
    st.just(Broken.NOT_AVAILABLE),
)


def sheet_xml(folder, rows):
    with Book(folder, "t", Layout("表", ("甲", "乙", "丙"), title="题"), sheet_rows=4) as book:
        for cells in rows:
            book.row(cells)
    return [
        book_file.read(name)
        for path in sorted(folder.glob("*.xlsx"))
        for book_file in [zipfile.ZipFile(path)]
        for name in sorted(book_file.namelist())
        if "worksheets" in name
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12))
def test_rows_are_the_bytes_that_the_writer_would_write(tmp_path_factory, rows):
    ours = sheet_xml(tmp_path_factory.mktemp("ours"), rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "row_xml", lambda *_given: None)
        theirs = sheet_xml(tmp_path_factory.mktemp("theirs"), rows)

    assert ours == theirs


def test_a_text_that_wants_an_escape_is_left_to_the_writer():
    made = [row_xml([text], 5, 1) for text in ("a\u200bb", " a", "_x0041_", "<r>a</r>")]

    assert made == [None] * 4


def test_markup_and_formulas_stay_texts(tmp_path):
    with Book(tmp_path, "t", Layout("表", ("甲", "乙"))) as book:
        book.row(["=1+1", "</t><b>&"])

    sheet = CalamineWorkbook.from_path(str(tmp_path / "t.xlsx")).get_sheet_by_index(0)
    assert sheet.to_python()[1] == ["=1+1", "</t><b>&"]
