"""Workbooks too long for calamine: the same cells, whoever reads them."""

from __future__ import annotations

import datetime as dt
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_builders import HEADER, workbook

from yibao_cli.ingest import bigsheet, longbook, plainrows, sharedstrings
from yibao_cli.ingest.audit import audit_sheet
from yibao_cli.ingest.facts import ERROR_MARK
from yibao_cli.ingest.longbook import is_long, long_messages
from yibao_cli.ingest.newbook import new_messages
from yibao_cli.ingest.raw import Form
from yibao_cli.ingest.workbook import workbook_sheets

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
CELLS = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(10**9), 10**14),
    st.floats(-1e9, 1e9).map(lambda x: round(x, 4)),
    st.booleans(),
    st.dates(dt.date(1900, 3, 1), dt.date(2100, 1, 1)),
)


def cells_of(messages):
    """Row number -> its cells, without the blanks at their end and around them."""
    found = {}
    for kind, first, rows in (m for m in messages if m[0] == "rows"):
        assert kind == "rows"
        for number, row in enumerate(rows, first):
            cells = list(row)
            while cells and cells[-1] == "":
                cells.pop()
            if cells:
                found[number] = cells
    return found


@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=12), st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_readers_see_the_same_cells(tmp_path, rows, inline):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(
        path, {"constant_memory": inline, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_string(0, 0, "标题")
    for r, row in enumerate(rows, start=1):
        for c, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet.write_datetime(r, c, cell, day)
            elif isinstance(cell, str):
                sheet.write_string(r, c, cell)
            elif cell is not None:
                sheet.write(r, c, cell)
    book.close()

    assert cells_of(long_messages(path, "", None)) == cells_of(new_messages(path, Form.XLSX, "", None))


def test_what_openpyxl_writes_is_read_the_same(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", HEADER, ["1", "王\n芳", 12.5, dt.datetime.fromisoformat("2026-09-30T08:15")], [], ["2", "a&b<c", True, None],
        merges=["B2:B3"], more=[("旧", [["x"]], "hidden")],
    )  # fmt: skip

    long, short = list(long_messages(path, "", None)), list(new_messages(path, Form.XLSX, "", None))

    assert cells_of(long) == cells_of(short)
    assert [m[:2] for m in long if m[0] != "rows"] == [m[:2] for m in short if m[0] != "rows"]


def sheet_of(path, rows, strings="", styles=""):
    """A workbook whose sheet holds these rows of XML."""
    book = openpyxl.Workbook()
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = f"<worksheet>{rows}</worksheet>".encode()
    parts["xl/sharedStrings.xml"] = f"<sst>{strings}</sst>".encode()
    if styles:
        parts["xl/styles.xml"] = styles.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def first_row(path):
    with zipfile.ZipFile(path) as archive:
        runs = bigsheet.runs_of(archive, "xl/worksheets/sheet1.xml", bigsheet.open_book(archive))
        return [pair for run in runs for pair in zip(*run, strict=True)]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1" t="e"><v>#REF!</v></c>', ERROR_MARK),
        ('<c r="A1"><f>1+1</f></c>', ERROR_MARK),
        ('<c r="A1"><f>1+1</f><v></v></c>', ERROR_MARK),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', 2.0),
        ('<c r="A1" t="str"><f>"x"</f><v>x&amp;y</v></c>', "x&y"),
        ('<c t="s" r="A1"><v>0</v></c>', "甲"),
        ('<c r="A1" t="s"><v>1</v></c>', "王芳"),
        ('<c r="A1" t="s"><v>2</v></c>', ""),
        (
            '<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r></is></c>',
            "甲 乙",
        ),
        ('<c r="A1" t="inlineStr"><is><t>a_x000A_b</t></is></c>', "a\nb"),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="d"><v>2026-09-30</v></c>', dt.datetime(2026, 9, 30)),  # noqa: DTZ001 - as it stands there
        ('<c  r = "A1"\n><v>3</v></c>', 3.0),
        ("<c><v>3</v></c>", 3.0),
        ('<c r="A1"/>', ""),
    ],
)
def test_cells_of_every_legal_shape_are_read(tmp_path, cell, value):
    strings = (
        "<si><t>甲</t></si><si><r><t>王</t></r><r><t>芳</t></r><rPh sb='0' eb='1'><t>ワン</t></rPh></si><si/>"
    )
    path = sheet_of(tmp_path / "a.xlsx", f'<sheetData><row r="1">{cell}</row></sheetData>', strings)

    assert first_row(path) == [(1, [value])]


def test_rows_keep_their_numbers_over_gaps_blanks_and_disorder(tmp_path):
    rows = (
        '<row r="2"/><row r="3"><c r="B3"><v>1</v></c></row><row r="9"><c r="A9"><v>2</v></c></row>'
        '<row r="5"><c r="A5"><v>3</v></c></row><row><c><v>4</v></c></row>'
    )
    path = sheet_of(tmp_path / "a.xlsx", f"<sheetData>{rows}</sheetData>")

    assert cells_of(long_messages(path, "", None)) == {3: ["", 1.0], 9: [2.0], 5: [3.0], 6: [4.0]}


@pytest.mark.parametrize("block", [7, 64, 1 << 20])
def test_blocks_may_end_anywhere(tmp_path, monkeypatch, block):
    path = workbook(
        tmp_path / "a.xlsx", HEADER, *([str(i), "王&芳", i, None] for i in range(30)), merges=["B2:B3"]
    )
    whole = cells_of(long_messages(path, "", None))

    monkeypatch.setattr(bigsheet, "_BLOCK_BYTES", block)

    assert cells_of(long_messages(path, "", None)) == whole
    assert len(whole) == 31


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("block", [64, 300, 1 << 20])
def test_messages_do_not_depend_on_how_the_xml_is_cut(tmp_path, monkeypatch, block, together):
    numbers = [1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 14, 30, 31, 33, 32, 34, 35, 36, 37, 38]
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in numbers)
    path = sheet_of(tmp_path / "a.xlsx", f"<sheetData>{rows}</sheetData>")
    monkeypatch.setattr(longbook, "CHUNK_ROWS", 4)
    monkeypatch.setattr(bigsheet, "_BLOCK_BYTES", block)
    if not together:
        monkeypatch.setattr(plainrows.PlainRows, "read", lambda _self, _block: None)

    messages = [m for m in long_messages(path, "", None) if m[0] == "rows"]

    assert [(first, len(rows)) for _rows, first, rows in messages] == [
        *((1, 4), (5, 5), (10, 4), (14, 1), (30, 4), (32, 4), (36, 3))
    ]
    assert cells_of(messages) == {n: [float(n)] for n in numbers}


def test_an_empty_sheet_has_no_rows(tmp_path):
    assert first_row(sheet_of(tmp_path / "a.xlsx", "<sheetData/>")) == []


@pytest.mark.parametrize(
    "rows",
    [
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row>',
        '<sheetData><row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row></sheetData>',
        '<sheetData><row r="1048577"><c r="A1"><v>1</v></c></row></sheetData>',
        '<!DOCTYPE x><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1"><v>1</c></row></sheetData>',
    ],
)
def test_a_sheet_that_breaks_off_or_is_in_disorder_is_refused(tmp_path, rows):
    with pytest.raises(sharedstrings.OddSheetError):
        first_row(sheet_of(tmp_path / "a.xlsx", rows))


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy-mm-dd", True),
        ('yyyy"年"m"月"', True),
        ("[$-804]aaaa;@", False),
        ("h:mm", True),
        ("0.00_d", False),
        ('"day"0', False),
    ],
)
def test_a_date_is_told_by_its_format(code, is_date):
    code = code.replace('"', "&quot;")
    styles = f'<numFmts><numFmt numFmtId="164" formatCode="{code}"/></numFmts><cellXfs><xf numFmtId="164"/><xf numFmtId="31"/></cellXfs>'

    assert bigsheet.date_styles(styles.encode()) == ({0, 1} if is_date else {1})


def test_strings_beyond_the_first_many_are_kept_in_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(sharedstrings, "_PLAIN_STRINGS", 2)
    path = sheet_of(tmp_path / "a.xlsx", "<sheetData/>", "".join(f"<si><t>第{i}</t></si>" for i in range(5)))

    with zipfile.ZipFile(path) as archive:
        strings = bigsheet.open_book(archive).strings

    assert [strings[i] for i in range(5)] == [f"第{i}" for i in range(5)]


def test_long_is_what_the_parts_unpack_to(tmp_path, monkeypatch):
    path = workbook(tmp_path / "a.xlsx", HEADER)
    assert not is_long(path)

    monkeypatch.setattr(longbook, "_LONG_SHEET_BYTES", 10)

    assert is_long(path)


CELL_XML = st.sampled_from(
    [
        "",
        '<c r="{c}{n}"/>',
        '<c r="{c}{n}" s="1"/>',
        '<c r="{c}{n}" s="1"><v>46{n}</v></c>',
        '<c r="{c}{n}" s="{n}"><v>46027</v></c>',
        '<c r="{c}{n}" s="2"><v>-1{n}.5E-3</v></c>',
        '<c r="{c}{n}" t="n"><v/></c>',
        '<c r="{c}{n}"><v></v></c>',
        '<c r="{c}{n}" t="s"><v>{n}</v></c>',
        '<c r="{c}{n}" s="1" t="s"><v>0</v></c>',
        '<c r="{c}{n}" t="inlineStr"><is><t>甲{n}</t></is></c>',
        '<c r="{c}{n}" t="inlineStr"><is><t xml:space="preserve"> 乙&amp;_x000A_{n}</t></is></c>',
        '<c r="{c}{n}" t="inlineStr"><is><t>丙</t><phoneticPr fontId="1"/></is></c>',
        '<c r="{c}{n}" t="inlineStr"><is><r><t>丁{n}</t></r></is></c>',
        '<c r="{c}{n}"><f>A1+{n}</f></c>',
        '<c r="{c}{n}"><f>A1+{n}</f><v>{n}</v></c>',
        '<c r="{c}{n}" t="str"><f>A{n}&amp;"x"</f><v>x{n}</v></c>',
        '<c r="{c}{n}" t="e"><v>#N/A</v></c>',
        '<c r="{c}{n}" t="b"><v>1</v></c>',
        '<c r="{c}{n}" t="d"><v>2026-09-{n:02d}</v></c>',
        '<c r="{c}{n}"><v><![CDATA[7]]></v></c>',
        "<c><v>3</v></c>",
    ]
)


@given(
    st.lists(st.lists(CELL_XML, max_size=4), min_size=1, max_size=4),
    st.lists(st.integers(0, 3), min_size=1, max_size=28),
    st.sampled_from(['<row r="{n}">', '<row r="{n}" spans="1:{n}" ht="1{n}.25">', "<row>", '<row r="{n}"/><row r="{n}">']),
)  # fmt: skip
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_taken_together_are_what_each_is_by_itself(tmp_path, shapes, order, tag):
    rows = [
        tag.format(n=n)
        + "".join(xml.format(c=c, n=n) for c, xml in zip("ABCD", shapes[i % len(shapes)], strict=False))
        + "</row>"
        for n, i in enumerate(order, start=1)
    ]
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="2"/>' + '<xf numFmtId="0"/><xf numFmtId="14"/>' * 14 + "</cellXfs>"  # fmt: skip
    path = sheet_of(
        tmp_path / "a.xlsx", f"<sheetData>{''.join(rows)}</sheetData>", "<si><t>共</t></si>" * 40, styles
    )

    assert outcome_of(path) == outcome_of(path, together=False)


def outcome_of(path, *, together=True):
    with pytest.MonkeyPatch.context() as patch:
        if not together:
            patch.setattr(plainrows.PlainRows, "read", lambda _self, _block: None)
        try:
            return first_row(path)
        except (sharedstrings.OddSheetError, ValueError) as error:
            return type(error)


@pytest.mark.parametrize("place", [2, 3, 15, 30])
def test_where_a_stream_meets_an_odd_row_calamine_goes_on(tmp_path, monkeypatch, place):
    # calamine takes cells in any order; the stream does not.
    rows = [f'<row r="{n}"><c r="B{n}"><v>{n}</v></c><c r="C{n}"><v>1</v></c></row>' for n in range(1, 31)]
    rows[place - 1] = f'<row r="{place}"><c r="C{place}"><v>1</v></c><c r="B{place}"><v>{place}</v></c></row>'
    path = sheet_of(tmp_path / "a.xlsx", f"<sheetData>{''.join(rows)}</sheetData>")
    monkeypatch.setattr(longbook, "CHUNK_ROWS", 4)
    monkeypatch.setattr(bigsheet, "_BLOCK_BYTES", 64)

    messages = list(longbook.streamed_messages(path, "", None))

    assert cells_of(messages) == {n: ["", float(n), 1.0] for n in range(1, 31)}
    assert [m[0] for m in messages if m[0] != "rows"] == ["sheets", "opening", "sheet", "end"]


def test_merged_cells_are_known_from_the_xml_too(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, *([str(i), "王芳", i] for i in range(30)), merges=["B2:B3"])
    whole = next(iter(workbook_sheets(path)))
    with zipfile.ZipFile(path) as archive:
        facts = audit_sheet(archive, "xl/worksheets/sheet1.xml", {})

    assert facts.merges == [(2, 3, 1, 1)]
    assert [tuple(m) for m in whole.merges] == facts.merges


def test_cells_right_of_the_first_rows_of_a_stream_share_one_column(tmp_path, monkeypatch):
    monkeypatch.setattr(longbook, "CHUNK_ROWS", 2)
    path = workbook(tmp_path / "a.xlsx", ["甲", "乙"], ["1", "2"], ["1", "2", None, None, "右"], ["1"])

    found = cells_of(long_messages(path, "", None))

    assert found == {1: ["甲", "乙"], 2: ["1", "2"], 3: ["1", "2", "右"], 4: ["1"]}
