"""Workbooks: the child process, sheets, errors, merged cells."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import zipfile

import pytest
from ingest_builders import BALANCES, HEADER, NAMED, read, rows_of, rules_of, table_of, workbook

from yibao_cli.errors import InputRefused
from yibao_cli.ingest import ReadOptions, audit, child, mapping_of, newbook, read_batches
from yibao_cli.ingest.raw import Form
from yibao_cli.ingest.workbook import workbook_sheets

ROW = ["0012", "王芳", 12.5, "2026-09-30"]


def test_a_workbook_becomes_a_typed_table(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, ["0012", "王芳", 12.5, dt.date(2026, 9, 30)])

    (batch,) = read(path)

    assert [str(t) for t in batch.table.schema.types] == [
        "string",
        "string",
        "int64",
        "string",
        "string",
        "int32",
        "int64",
    ]
    assert batch.table.to_pylist() == [
        {
            "person_no": "0012",
            "name": "王芳",
            "closing": 1250,
            "cut_off": "2026-09-30",
            "src_sheet": "名册",
            "src_row": 2,
            "src_ordinal": 1,
        }
    ]
    assert (batch.findings, batch.sheet, batch.rows_in, batch.rows_rejected) == ((), "名册", 1, 0)


def test_batches_hold_at_most_twenty_thousand_rows(tmp_path):
    lines = (f"{i},,1,\n" for i in range(20_001))
    path = tmp_path / "many.csv"
    path.write_text(",".join(HEADER) + "\n" + "".join(lines), encoding="utf-8")

    sizes = [b.table.num_rows for b in read(path)]

    assert sum(sizes) == 20_001
    assert max(sizes) <= 20_000


def test_a_long_sheet_is_sent_in_pieces_that_keep_their_row_numbers(tmp_path, monkeypatch):
    monkeypatch.setattr(newbook, "CHUNK_ROWS", 2)
    path = workbook(tmp_path / "a.xlsx", HEADER, *([str(i), "", i, ""] for i in range(4)))

    sent = [m for m in child._messages(child.Task(str(path), Form.XLSX)) if m[0] == "rows"]

    assert [(first, len(rows)) for _, first, rows in sent] == [(1, 2), (3, 2), (5, 1)]


def test_a_table_that_begins_away_from_a1_keeps_its_row_numbers(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [], [], [None, None, *HEADER], [None, None, *ROW])

    rows = rows_of(read(path))

    assert [(r["person_no"], r["src_row"]) for r in rows] == [("0012", 4)]


def test_an_error_cell_rejects_its_row_though_the_column_is_optional(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", [None, *HEADER], [None, "1", "王", 1, "#N/A"], [None, "2", "李", 2, None]
    )

    batches = read(path)

    assert rules_of(batches) == [("I111", 2)]
    assert [r["person_no"] for r in rows_of(batches)] == ["2"]


def test_a_formula_that_was_never_calculated_rejects_its_row(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, ["1", "王", 1, "=DATE(2026,9,30)"], ["2", "李", 2, None])

    batches = read(path)

    assert [r["person_no"] for r in rows_of(batches)] == ["2"]
    assert rules_of(batches) == [("I111", 2)]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('<c r="B2"><f>1+1</f></c>', {2: [1]}),
        ('<c r="B2" s="1"><f>1+1</f><v></v></c>', {2: [1]}),
        ('<c r="B2"><f>1+1</f><v/></c>', {2: [1]}),
        ('<x:c r="B2"><x:f t="shared" si="0"/></x:c>', {2: [1]}),
        ('<c r="B2"><f>1+1</f><v>2</v></c>', {}),
        ('<c r="B2"><f t="shared" si="0"/><v>2</v></c>', {}),
        ('<c r="B2"><v>2</v></c><c r="C2"/>', {}),
    ],
)
@pytest.mark.parametrize("block", [7, 1 << 20])
def test_only_formulas_without_a_value_are_found(tmp_path, monkeypatch, cell, found, block):
    monkeypatch.setattr(audit, "_BLOCK_BYTES", block if "<x:" not in cell else 1 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("s.xml", f'<row r="2"><c r="A2"><v>1</v></c>{cell}</row>')

    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert audit.audit_sheet(archive, "s.xml", {}).errors == found


def test_error_cells_are_found_across_blocks_and_in_any_spelling(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "_BLOCK_BYTES", 7)
    path = tmp_path / "parts.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "s.xml", """<c r="A1" t="e"><v>#N/A</v></c><x:c t='e' s="1" r='AB12'/><c r="B1" t="s"/>"""
        )

    with zipfile.ZipFile(path) as archive:
        found = audit.audit_sheet(archive, "s.xml", {}).errors

    assert found == {1: [0], 12: [27]}


def test_merged_cells_fill_downwards_and_nothing_else_does(tmp_path):
    table = table_of(
        ("person_no", "个人编号", "id"), ("employer", "单位", "text"), ("county", "县区", "text")
    )
    path = workbook(
        tmp_path / "a.xlsx",
        ["个人编号", "单位", "县区"],
        ["1", "一中", "长安区"],
        ["2", None, None],
        ["3", "二中", None],
        merges=["B2:B3"],
    )

    batches = read(path, table)

    assert [r["employer"] for r in rows_of(batches)] == ["一中", "一中", "二中"]
    assert [r["county"] for r in rows_of(batches)] == ["长安区", None, None]
    assert rules_of(batches) == [("I108", 2)]


def test_every_visible_sheet_with_the_header_is_read_and_the_others_are_noted(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        ["填表说明"],
        sheet="说明",
        more=[
            ("一月", [HEADER, ROW], "visible"),
            ("旧", [HEADER, ["9", "", 1, ""]], "hidden"),
            ("二月", [HEADER, ["2", "", 2, ""]], "visible"),
        ],
    )

    batches = read(path)

    assert [(r["src_sheet"], r["person_no"]) for r in rows_of(batches)] == [("一月", "0012"), ("二月", "2")]
    assert [(f.rule_id, f.sheet) for b in batches for f in b.findings] == [("I101", "说明"), ("I102", "旧")]


def test_findings_about_the_last_sheet_come_in_a_batch_without_rows(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, ROW, more=[("说明", [["说明"]], "visible")])

    batches = read(path)

    assert [(b.rows_in, [f.rule_id for f in b.findings]) for b in batches] == [(1, []), (0, ["I101"])]
    assert batches[1].table.schema == batches[0].table.schema


def test_a_named_sheet_is_read_even_when_hidden(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, ROW, more=[("旧", [HEADER, ["9", "", 1, ""]], "hidden")])

    batches = read(path, options=ReadOptions(sheet="旧"))

    assert [r["person_no"] for r in rows_of(batches)] == ["9"]


def test_a_wrong_sheet_name_is_answered_with_the_sheets(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, ROW, more=[("二月", [], "visible")])

    with pytest.raises(InputRefused, match="the workbook has: 名册, 二月"):
        read(path, options=ReadOptions(sheet="三月"))


def test_an_empty_workbook_is_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx")

    with pytest.raises(InputRefused, match="there is nothing in it"):
        read(path)


def test_a_header_without_rows_is_an_empty_table_with_a_note(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER)

    (batch,) = read(path)

    assert (batch.rows_in, batch.table.num_rows) == (0, 0)
    assert rules_of([batch]) == [("I103", 1)]


def altered(good, path, old, new):
    """A copy of a workbook with some bytes of its parts exchanged."""
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old, new))
    return path


def test_a_workbook_that_kills_the_parser_is_one_refusal(tmp_path):
    good = workbook(tmp_path / "good.xlsx", HEADER, ROW)
    # calamine reserves memory for the whole rectangle up to the last cell, and aborts the process.
    path = altered(good, tmp_path / "bad.xlsx", b'<c r="A1"', b'<c r="XFD1048576"')

    with pytest.raises(InputRefused, match="stops the parser"):
        read(path)


def test_a_workbook_with_broken_xml_is_one_refusal(tmp_path):
    good = workbook(tmp_path / "good.xlsx", HEADER, ROW)
    path = altered(good, tmp_path / "bad.xlsx", b"</sheetData>", b"</sheet")

    with pytest.raises(InputRefused, match="cannot be parsed"):
        read(path)


def test_an_error_cell_that_does_not_say_where_it_stands_is_refused(tmp_path):
    good = workbook(tmp_path / "good.xlsx", HEADER, ["1", "王", 1, "#N/A"])
    path = altered(good, tmp_path / "bad.xlsx", b'<c r="D2"', b"<c")

    with pytest.raises(InputRefused, match="cannot be parsed"):
        read(path)


def test_whoever_stops_early_leaves_no_process_behind(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, *([str(i), "", 1, ""] for i in range(300)))
    sheets = workbook_sheets(path)
    next(sheets)

    sheets.close()

    assert multiprocessing.active_children() == []


def test_the_mapping_names_the_clients_headers(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", ["人员编号", "期末 余额（元）"], ["1", 2], more=[("x", [["y"]], "visible")]
    )

    assert mapping_of(path, BALANCES, NAMED) == {
        "名册": {"person_no": "人员编号", "closing": "期末 余额（元）"}
    }


def test_the_mapping_of_a_long_sheet_needs_its_head_only(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, *([str(i), "", i, ""] for i in range(40)))

    mapping = mapping_of(path, BALANCES, NAMED)

    assert list(mapping["名册"].values()) == HEADER


def test_the_same_file_gives_the_same_batches(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, ROW, ROW, ["13", "x", "?", ""])

    first, second = (list(read_batches(path, BALANCES, NAMED)) for _ in range(2))

    assert first == second
