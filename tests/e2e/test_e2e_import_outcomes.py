"""What an import says and leaves: totals that tie, corrections with their differences, sheets to send back."""

from __future__ import annotations

import json
import os
import pty
import re
import stat
import subprocess
import sys
import unicodedata

import openpyxl
import pytest
from e2e_chain import environment, hashes, rows_of, sheet_rows
from e2e_chain import yibao as words

BALANCES_HEADER = 2
SHEET = "账户余额"
RED, YELLOW = "F4B6AE", "FFF2A8"


def edited(source, target, change):
    """A copy of a workbook, changed by `change(sheet)`."""
    book = openpyxl.load_workbook(source)
    change(book.active)
    book.save(target)
    return target


def column_of(sheet, header, row=BALANCES_HEADER):
    return next(c.column for c in sheet[row] if c.value == header)


def active(workspace, table="balances"):
    return rows_of(
        workspace,
        f"SELECT file_name FROM imports WHERE table_name = '{table}' AND NOT superseded ORDER BY id",
    )


def in_cents(amount):
    plain = unicodedata.normalize("NFKC", str(amount))
    return round(float(plain.replace(",", "").lstrip("¥")) * 100)


def closing_of(workspace):
    rows = sheet_rows(workspace / "inbox" / "balances.xlsx", BALANCES_HEADER)
    rows = [r for r in rows if str(r["个人编号"]).isdigit()]
    return len(rows), sum(in_cents(r["期末余额（元）"]) for r in rows)


def yuan(cents):
    return f"{cents / 100:.2f}"


# ------------------------------------------------------------------ control totals


def test_rows_and_sums_are_printed_and_stored_by_sheet(call, at):
    folder = at("new")
    rows, closing = closing_of(folder)

    result = call("-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx")

    assert f"balances.xlsx: {rows} rows in = {rows} kept + 0 rejected" in result.err
    assert f"期末余额 {closing / 100:,.2f}" in result.err
    [(stored,)] = rows_of(folder, "SELECT sheets FROM imports")
    [sheet] = json.loads(stored)
    assert (sheet["sheet"], sheet["rows_in"], sheet["rows_kept"], sheet["rows_rejected"]) == (
        SHEET,
        rows,
        rows,
        0,
    )
    assert sheet["sums"]["closing"] == closing


def test_the_rows_of_several_sheets_are_counted_one_by_one(call, at, tmp_path):
    folder = at("new")

    def split(sheet):
        second = sheet.parent.create_sheet("续表")
        second.append([c.value for c in sheet[BALANCES_HEADER]])
        second.append([c.value for c in sheet[BALANCES_HEADER + 1]])
        second["A2"] = "0099999999"

    path = edited(folder / "inbox" / "balances.xlsx", tmp_path / "two.xlsx", split)
    result = call("-w", folder, "import", "balances", path)

    assert "two.xlsx:续表: 1 rows in = 1 kept + 0 rejected" in result.err


def test_figures_that_tie_let_the_file_in(call, at):
    folder = at("new")
    rows, closing = closing_of(folder)
    stated = ["--expect", f"rows={rows}", "--expect", f"期末余额={yuan(closing)}"]

    result = call("-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx", *stated)

    assert result.code == 0
    assert active(folder) == [("balances.xlsx",)]


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_a_figure_that_is_a_fen_off_keeps_the_file_out(call, at, dry):
    folder = at("new")
    rows, closing = closing_of(folder)
    stated = ["--expect", f"rows={rows} closing={yuan(closing + 1)}"]

    result = call("-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx", *stated, *dry)

    assert result.code == 4
    assert f"{closing / 100:,.2f} read, off by -0.01" in result.err
    assert active(folder) == []
    assert not list((folder / "imports").rglob("*.parquet"))


def test_files_under_one_figure_come_in_together_or_not_at_all(call, at, tmp_path):
    folder = at("new")
    inbox = folder / "inbox" / "balances.xlsx"
    half = edited(inbox, tmp_path / "a.xlsx", lambda s: s.delete_rows(BALANCES_HEADER + 11, s.max_row))
    rest = edited(inbox, tmp_path / "b.xlsx", lambda s: s.delete_rows(BALANCES_HEADER + 1, 10))
    rows, _closing = closing_of(folder)

    short = call("-w", folder, "import", "balances", half, rest, "--expect", f"rows={rows + 1}")
    kept_of_short = active(folder)
    whole = call("-w", folder, "import", "balances", half, rest, "--expect", f"rows={rows}")

    assert (short.code, kept_of_short) == (4, [])
    assert whole.code == 0
    assert active(folder) == [("a.xlsx",), ("b.xlsx",)]


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("balance=1", "has no sum of balance"),
        ("sum=1", "has no sum of sum"),
        ("closing=12.345", "wants NAME=VALUE"),
        ("closing", "wants NAME=VALUE"),
        ("rows=abc", "rows=abc: rows are a whole number; for example --expect rows=2719"),
    ],
)
def test_an_expectation_that_cannot_be_is_a_wrong_command_line(call, at, stated, words):
    folder = at("new")

    result = call("-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx", "--expect", stated)

    assert result.code == 2
    assert words in result.err


def control_file(path, *lines):
    path.write_text("文件,工作表,行数,字段,合计\n" + "\n".join(lines) + "\n", encoding="gb18030")
    return path


def test_a_control_file_ties_sheets_and_fields(call, at, tmp_path):
    folder = at("new")
    rows, closing = closing_of(folder)
    control = control_file(
        tmp_path / "control.csv",
        f"balances.xlsx,{SHEET},{rows},期末余额,{yuan(closing)}",
        "roster.xlsx,,1,,",
    )

    result = call(
        "-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx", "--control", control
    )

    assert result.code == 0
    assert active(folder) == [("balances.xlsx",)]


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("balances.xlsx,,7,,", 4, "rows: 7 stated"),
        ("balances.xlsx,无此表,7,,", 4, "no such sheet was read"),
        ("roster.xlsx,,7,,", 4, "the file of control totals does not name it"),
        ("balances.xlsx,,,无此列,1", 65, "control.csv!2"),
        ("balances.xlsx,,many,,", 65, "control.csv!2"),
    ],
)
def test_a_control_file_that_does_not_tie_keeps_the_file_out(call, at, tmp_path, line, code, words):
    folder = at("new")
    control = control_file(tmp_path / "control.csv", line)

    result = call(
        "-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx", "--control", control
    )

    assert result.code == code
    assert words in result.err
    assert active(folder) == []


# ------------------------------------------------------------------ headers that were explained once


@pytest.fixture
def strange(at, tmp_path):
    """A workspace, and a file of balances with a header that nobody knows."""
    folder = at("new")

    def rename(sheet):
        sheet.cell(BALANCES_HEADER, column_of(sheet, "期末余额（元）")).value = "最终结存"

    return folder, edited(folder / "inbox" / "balances.xlsx", tmp_path / "strange.xlsx", rename)


def test_a_header_explained_once_is_known_the_next_time(call, strange, tmp_path):
    folder, path = strange
    other = edited(path, tmp_path / "other.xlsx", lambda s: s.delete_rows(BALANCES_HEADER + 1))

    refused = call("-w", folder, "import", "balances", path)
    first = call("-w", folder, "import", "balances", path, "--map", "最终结存=closing")
    again = call("-w", folder, "import", "balances", path)
    second = call("-w", folder, "import", "balances", other)

    assert (refused.code, first.code) == (65, 0)
    assert stat.S_IMODE((folder / "mappings.toml").stat().st_mode) == 0o600
    assert '"最终结存" = "closing"' in (folder / "mappings.toml").read_text(encoding="utf-8")
    assert "imported before" in again.err
    assert "remembered from an earlier --map: 最终结存 = closing" in second.err


def test_a_file_without_the_remembered_header_is_read_as_ever(call, strange):
    folder, path = strange
    call("-w", folder, "import", "balances", path, "--map", "最终结存=closing")

    result = call("-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx")

    assert result.code == 3  # the two files overlap
    assert "remembered" not in result.err


def test_what_was_explained_can_be_forgotten(call, strange):
    folder, path = strange
    call("-w", folder, "import", "balances", path, "--map", "最终结存=closing")
    plain = folder / "inbox" / "balances.xlsx"

    forgotten = call("-w", folder, "import", "balances", plain, "--forget-map")

    assert "1 remembered headers were forgotten" in forgotten.err
    assert call("-w", folder, "import", "balances", path).code == 65


@pytest.mark.parametrize(
    "text",
    ["[medical.balances]\nX = 'nowhere'\n", "[medical]\nbalances = 3\n", "medical = 1\n", "[[", "\udcff"],
)
def test_a_memory_that_somebody_spoiled_is_named(call, strange, text):
    folder, path = strange
    (folder / "mappings.toml").write_bytes(text.encode("utf-8", "surrogateescape"))

    result = call("-w", folder, "import", "balances", path)

    assert result.code == 78
    assert "mappings.toml: " in result.err


def test_a_dry_run_shows_columns_rows_and_rules_and_remembers_nothing(call, strange):
    folder, path = strange

    result = call("-w", folder, "import", "balances", path, "--map", "最终结存=closing", "--dry-run")

    assert "最终结存 = closing" in result.err
    assert result.err.count("| opening=") == 10
    assert "I106 note × 1: a row of totals" in result.err
    assert not (folder / "mappings.toml").exists()


def test_a_dry_run_names_the_headers_that_are_not_used(call, at):
    folder = at("new")

    result = call("-w", folder, "import", "roster", folder / "inbox" / "roster.xlsx", "--dry-run")

    assert "not used: 备注" in result.err


def test_a_dry_run_through_a_pipe_asks_nothing(at):
    folder = at("new")
    command = [
        sys.executable,
        "-m",
        "yibao_cli",
        *words("-w", folder, "import", "balances", "-", "--dry-run"),
    ]

    with (folder / "inbox" / "balances.xlsx").open("rb") as stream:
        result = subprocess.run(command, stdin=stream, capture_output=True, env=environment(), check=False)

    assert result.returncode == 0
    assert b"dry run, nothing kept" in result.stderr
    assert rows_of(folder, "SELECT * FROM imports") == []


# ------------------------------------------------------------------ corrections


def correct(sheet):
    """One row changed, one gone, one new."""
    closing = column_of(sheet, "期末余额（元）")
    sheet.cell(BALANCES_HEADER + 1, closing).value = 0.01
    sheet.cell(BALANCES_HEADER + 2, 1).value = "0088888888"


def test_a_corrected_file_tells_what_it_changed(call, at):
    folder = at("imported")
    path = folder / "inbox" / "balances.xlsx"
    key = sheet_rows(path, BALANCES_HEADER)[0]["个人编号"]
    edited(path, path, correct)

    result = call("-w", folder, "import", "balances", path)

    assert "takes the place of the earlier file" in result.err
    assert "1 new, 1 changed, 1 gone" in result.err
    assert active(folder) == [("balances.xlsx",)]
    [changes] = (folder / "imports").rglob("changes.xlsx")
    assert str(changes) in result.err
    assert stat.S_IMODE(changes.stat().st_mode) == 0o600
    book = openpyxl.load_workbook(changes)
    assert [[c.value for c in row][:4:3] for row in book["changed"].iter_rows(min_row=3)] == [[key, "0.01"]]
    assert [row[0].value for row in book["new"].iter_rows(min_row=3)] == ["0088888888"]


def test_a_correction_under_another_name_says_whose_place_it_takes(call, at, tmp_path):
    folder = at("imported")
    path = edited(folder / "inbox" / "balances.xlsx", tmp_path / "corrected.xlsx", correct)

    beside = call("-w", folder, "import", "balances", path)
    both = active(folder)
    instead = call("-w", folder, "import", "balances", path, "--replaces", "balances.xlsx")
    again = call("-w", folder, "import", "balances", path, "--replaces", "balances.xlsx")

    assert "I186" in beside.err
    assert both == [("balances.xlsx",), ("corrected.xlsx",)]
    assert "1 new, 1 changed, 1 gone" in instead.err
    assert "I186" not in instead.err
    assert active(folder) == [("corrected.xlsx",)]
    assert "imported before" in again.err


def test_the_same_file_on_another_day_is_the_same_import(call, at):
    folder = at("imported")

    result = call(
        "--now", "2027-03-01", "-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx"
    )

    assert "imported before, nothing to do" in result.err


def test_nothing_takes_the_place_of_what_was_never_imported(call, at):
    folder = at("imported")

    result = call(
        "-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx", "--replaces", "none.xlsx"
    )

    assert result.code == 2
    assert "imported are: balances.xlsx" in result.err


def test_balances_of_another_quarter_are_told_at_once(call, at, tmp_path):
    folder = at("new")

    def age(sheet):
        column = column_of(sheet, "截止日期")
        for row in range(BALANCES_HEADER + 1, sheet.max_row):
            sheet.cell(row, column).value = "2026-06-30"

    path = edited(folder / "inbox" / "balances.xlsx", tmp_path / "old.xlsx", age)
    result = call("-w", folder, "import", "balances", path)

    assert result.code == 3
    assert "I185 the data of" in result.err


# ------------------------------------------------------------------ sheets to send back


def marked(path):
    """Coordinate -> colour and comment of the cells with a comment, by sheet."""
    return {
        (sheet.title, cell.coordinate): (cell.fill.fgColor.rgb[2:], cell.comment.text)
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def test_the_clients_own_sheet_comes_back_with_its_faults_marked(call, at, tmp_path):
    folder = at("new")
    path = folder / "inbox" / "roster.xlsx"
    before = openpyxl.load_workbook(path, data_only=True).active  # formulas come back as what they showed
    findings = tmp_path / "findings.csv"

    result = call(
        "-w", folder, "import", "roster", path, "--annotated", tmp_path / "back", "--findings", findings
    )

    copy = tmp_path / "back" / "roster-findings.xlsx"
    assert str(copy) in result.err
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    after = openpyxl.load_workbook(copy).active
    assert [[c.value for c in row] for row in after] == [[c.value for c in row] for row in before]
    assert after.column_dimensions["A"].width == before.column_dimensions["A"].width
    marks = marked(copy)
    column = column_of(before, "身份证 号码", 3)
    cut = {c for (_s, c), (colour, text) in marks.items() if "I112" in text and colour == RED}
    assert cut
    assert {before[c].column for c in cut} == {column}
    assert {colour for colour, _text in marks.values()} == {RED, YELLOW}
    said = findings.read_text(encoding="utf-8-sig")
    assert all(text.split(":")[0].split()[-1] in said for _colour, text in marks.values())


def test_a_csv_comes_back_as_its_faulty_rows_alone(call, at, tmp_path):
    folder = at("new")
    path = tmp_path / "balances.csv"
    path.write_text(
        "个人编号,期末余额,期初余额,单位划入,个人划入,利息,本期支出,截止日期\n"
        "0011,12.00,12.00,0,0,0,0,2026-09-30\n"
        "0012,=1+1,2,0,0,0,0,2026-09-30\n"
        "0013,7.005,7,0,0,0,0,2026-09-30\n",
        encoding="utf-8",
    )

    call("-w", folder, "import", "balances", path, "--annotated", tmp_path / "back")

    copy = tmp_path / "back" / "balances-findings.xlsx"
    sheet = openpyxl.load_workbook(copy).active
    rows = [[row[i].value for i in (0, 2, 3)] for row in sheet.iter_rows()]
    assert rows == [["Row", "个人编号", "期末余额"], [3, "0012", "=1+1"], [4, "0013", "7.005"]]
    assert sheet["D2"].data_type == "s"
    assert [colour for colour, _text in marked(copy).values()] == [RED, RED]


def test_a_file_that_is_in_already_can_still_be_marked(call, at, tmp_path):
    folder = at("imported")

    result = call(
        "-w", folder, "import", "roster", folder / "inbox" / "roster.xlsx", "--annotated", tmp_path / "back"
    )

    assert "imported before" in result.err
    assert marked(tmp_path / "back" / "roster-findings.xlsx")


def test_marked_sheets_do_not_lie_where_the_next_import_finds_them(call, at):
    folder = at("new")
    before = hashes(folder / "inbox")

    result = call(
        "-w", folder, "import", "roster", folder / "inbox" / "roster.xlsx", "--annotated", folder / "inbox"
    )

    assert result.code == 2
    assert hashes(folder / "inbox") == before


# ------------------------------------------------------------------ on a terminal


def test_on_a_terminal_a_bar_shows_the_rows_and_elsewhere_there_is_none(at):
    folder = at("new")
    arguments = words("-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx")
    controller, terminal = pty.openpty()
    with os.fdopen(terminal, "wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "yibao_cli", *arguments],
            stdout=subprocess.DEVNULL, stderr=err, stdin=subprocess.DEVNULL, env=environment(TERM="xterm"),
        )  # fmt: skip
    shown = b""
    try:
        while block := os.read(controller, 65536):
            shown += block
    except OSError:
        pass  # the other end is closed
    os.close(controller)

    assert process.wait() == 0
    assert b"reading balances.xlsx" in shown
    assert b"/20" in shown  # rows so far, of about 200


def test_what_the_merge_found_is_marked_in_the_sheet_that_goes_back(call, at, tmp_path):
    folder = at("merged")
    path = folder / "inbox" / "roster.xlsx"

    call("-w", folder, "import", "roster", path, "--annotated", tmp_path / "back")

    texts = [text for _colour, text in marked(tmp_path / "back" / "roster-findings.xlsx").values()]
    assert any(re.search(r"\bH\d{3}:", text) for text in texts)


def test_a_merge_of_an_earlier_file_marks_nothing_in_a_later_one(call, at, tmp_path):
    folder = at("merged")
    inbox = folder / "inbox" / "roster.xlsx"
    path = edited(inbox, tmp_path / "roster.xlsx", lambda s: s.insert_rows(s.max_row))
    call("-w", folder, "import", "roster", path)

    call("-w", folder, "import", "roster", path, "--annotated", tmp_path / "back")

    back = tmp_path / "back" / "roster-findings.xlsx"
    texts = [text for _colour, text in marked(back).values()] if back.exists() else []
    assert not any(re.search(r"\bH\d{3}:", text) for text in texts)
