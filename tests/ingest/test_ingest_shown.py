"""What an operator sees on the screen and the cells of .xls, .xlsb and .ods do not say."""

from __future__ import annotations

import zipfile

import pytest
from form_builders import ERROR, Styled, ods, ods_row, xls, xlsb
from ingest_builders import read, rows_of, table_of

from yibao_cli.errors import InputRefused
from yibao_cli.kinds.fields import FieldSpec

MEMBERS = table_of(
    FieldSpec(name="no", label="编号", type="id", required=True),
    ("postcode", "邮编", "postcode"),
    ("day", "日期", "date"),
)
TITLES = ["编号", "邮编", "日期"]


def as_ods(path, sheets, *, mode=0, code="000000", hidden_row=None, hidden_column=None):
    """The sheets as LibreOffice writes them, numbers with the text that the format gives."""
    show = {"000000": "{:06.0f}", '"E"0000': "E{:04.0f}", "0": "{:.0f}"}[code].format
    columns = "".join(
        f'<table:table-column table:visibility="{"collapse" if c == hidden_column else "visible"}"/>'
        for c in range(3)
    )
    epoch = f'<table:null-date table:date-value="{1904 if mode else 1899}-01-01"/>'
    made = []
    for name, rows, hidden in sheets:
        cells = [[(c.number, show(c.number)) if isinstance(c, Styled) else c for c in row] for row in rows]
        text = "".join(
            ods_row(*row, visibility="filter" if r == hidden_row else "visible")
            for r, row in enumerate(cells)
        )
        made.append((name, columns + text, hidden))
    path = ods(path, made)
    return with_epoch(path, epoch)


def with_epoch(path, epoch):

    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    sign = b"<office:spreadsheet>"
    settings = f"<table:calculation-settings>{epoch}</table:calculation-settings>".encode()
    parts["content.xml"] = parts["content.xml"].replace(sign, sign + settings)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


FORMS = pytest.mark.parametrize("write", [xls, xlsb, as_ods], ids=["xls", "xlsb", "ods"])


@FORMS
@pytest.mark.parametrize(
    ("code", "number", "shown"), [("000000", 50000, "050000"), ('"E"0000', 12, "E0012"), ("0", 12, "12")]
)
def test_a_number_comes_out_as_its_format_shows_it(tmp_path, write, code, number, shown):
    path = write(tmp_path / "a.dat", [("名册", [TITLES, [Styled(number, 2), None, None]], False)], code=code)

    assert rows_of(read(path, MEMBERS))[0]["no"] == shown


@FORMS
def test_a_postcode_that_shows_its_zero_needs_no_note(tmp_path, write):
    path = write(tmp_path / "a.dat", [("名册", [TITLES, ["1", Styled(50000, 2), None]], False)])

    batches = read(path, MEMBERS)

    assert rows_of(batches)[0]["postcode"] == "050000"
    assert [f for b in batches for f in b.findings] == []


@FORMS
def test_hidden_rows_and_columns_are_told(tmp_path, write):
    rows = [TITLES, ["1", "050000", None], ["2", "050001", None], ["3", "050002", None]]
    path = write(tmp_path / "a.dat", [("名册", rows, False)], hidden_row=2, hidden_column=1)

    batches = read(path, MEMBERS)

    found = [(f.rule_id, f.row, f.column) for b in batches for f in b.findings]
    assert found == [("I170", 3, ""), ("I171", 1, "邮编")]
    assert [r["no"] for r in rows_of(batches)] == ["1", "2", "3"]


@FORMS
@pytest.mark.parametrize("mode", [0, 1])
def test_bare_days_count_from_where_the_workbook_says(tmp_path, write, mode):
    rows = [TITLES, *([str(n), None, 46295 - 1462 * mode] for n in range(3))]
    path = write(tmp_path / "a.dat", [("名册", rows, False)], mode=mode)

    assert {r["day"] for r in rows_of(read(path, MEMBERS))} == {"2026-09-30"}


@FORMS
def test_an_error_in_a_hidden_row_is_told_beside_a_format(tmp_path, write):
    rows = [TITLES, [Styled(7, 2), None, None], ["8", ERROR, None]]
    path = write(tmp_path / "a.dat", [("名册", rows, False)], hidden_row=2)

    batches = read(path, MEMBERS)

    assert [r["no"] for r in rows_of(batches)] == ["000007"]
    assert [f.rule_id for b in batches for f in b.findings] == ["I170", "I111"]


def test_a_number_that_is_repeated_without_end_is_refused(tmp_path):
    row = ods_row((7, "007"), repeat=1_048_576 * 4)
    path = ods(tmp_path / "a.ods", [("名册", ods_row(*TITLES) + row, False)])

    with pytest.raises(InputRefused):
        read(path, MEMBERS)
