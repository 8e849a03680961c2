"""One clear sentence and the documented exit code for whatever is wrong, and nothing half imported."""

from __future__ import annotations

import re
import shutil

import openpyxl
import pytest
from e2e_chain import leftovers, rows_of
from msoffcrypto.format.ooxml import OOXMLFile

# ------------------------------------------------------------------ files that cannot be imported


def missing(path, _good):
    pass


def empty_folder(path, _good):
    path.mkdir()


def without_column(path, good):
    book = openpyxl.load_workbook(good)
    book.active.delete_cols(1)
    book.save(path)


def text_file(path, _good):
    path.write_text("人员编号,参保人姓名\n1,某人\n", encoding="utf-8")


def empty_sheet(path, _good):
    openpyxl.Workbook().save(path)


def nothing_at_all(path, _good):
    path.write_bytes(b"")


def with_password(path, good):
    with good.open("rb") as stream, path.open("wb") as out:
        OOXMLFile(stream).encrypt("secret", out)


def cut_short(path, good):
    path.write_bytes(good.read_bytes()[: good.stat().st_size // 2])


def other_document(path, _good):
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))


def another_table(path, good):
    shutil.copyfile(good.with_name("contracts.xlsx"), path)


BAD_FILES = [
    (missing, 66, "there is no such file"),
    (empty_folder, 66, "there is no file in this folder that may hold a table"),
    (without_column, 65, "lacks the required column 个人编号"),
    (text_file, 65, "no header row of 参保人员名册"),
    (empty_sheet, 65, "there is nothing in it"),
    (nothing_at_all, 65, "the file is empty"),
    (with_password, 65, "protected by a password"),
    (cut_short, 65, "damaged or was cut short"),
    (other_document, 65, "a document of another program"),
    (another_table, 65, "no header row of 参保人员名册"),
]


@pytest.mark.parametrize(("spoil", "code", "words"), BAD_FILES, ids=lambda v: getattr(v, "__name__", ""))
def test_a_file_that_cannot_be_imported_is_refused_whole(call, at, tmp_path, *, spoil, code, words):
    workspace = at("new")
    path = tmp_path / "roster.xlsx"
    spoil(path, workspace / "inbox" / "roster.xlsx")

    result = call("-w", workspace, "import", "roster", path)

    assert result.code == code
    assert words in result.err
    assert result.err.startswith("yibao: ")
    assert result.err.count("\n") == 1
    assert "; " in result.err  # what to do about it
    assert nothing_kept(workspace)


@pytest.mark.parametrize(("spoil", "code", "words"), BAD_FILES, ids=lambda v: getattr(v, "__name__", ""))
def test_a_dry_run_refuses_the_same_files(call, at, tmp_path, *, spoil, code, words):
    workspace = at("new")
    path = tmp_path / "roster.xlsx"
    spoil(path, workspace / "inbox" / "roster.xlsx")

    result = call("-w", workspace, "import", "roster", "--dry-run", path)

    assert result.code == code
    assert words in result.err


def test_a_refused_file_leaves_what_was_imported_before(call, at, tmp_path):
    workspace = at("imported")
    before = rows_of(workspace, "SELECT * FROM imports")
    cut_short(tmp_path / "roster.xlsx", workspace / "inbox" / "roster.xlsx")

    result = call("-w", workspace, "import", "roster", tmp_path / "roster.xlsx")

    assert result.code == 65
    assert rows_of(workspace, "SELECT * FROM imports") == before
    assert call("-w", workspace, "merge").code == 3


def test_a_dry_run_keeps_nothing(call, at):
    workspace = at("new")

    result = call("-w", workspace, "import", "roster", "--dry-run", workspace / "inbox" / "roster.xlsx")

    assert result.code == 3
    assert "200 rows in = 192 kept + 8 rejected; dry run, nothing kept" in result.err
    assert nothing_kept(workspace)


def nothing_kept(workspace):
    """Whether no file and no row of an import is there."""
    files = [p for p in (workspace / "imports").rglob("*") if p.is_file()]
    return not files and not leftovers(workspace) and rows_of(workspace, "SELECT * FROM imports") == []


# ------------------------------------------------------------------ command lines and settings


def test_a_table_is_known_by_the_label_that_status_shows(call, at):
    workspace = at("new")
    label, inbox = "参保单位", workspace / "inbox"

    taken = call("-w", workspace, "import", label, inbox / "employers.xlsx")
    returns = call("-w", workspace, "import", "退信登记", inbox / "returns.xlsx")

    assert (taken.code, returns.code) == (0, 2)
    assert rows_of(workspace, "SELECT table_name FROM imports") == [("employers",)]
    assert "import it with `yibao" in returns.err
    assert "returns import FILE`" in returns.err


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_findings_never_take_the_place_of_the_file_they_are_of(call, at, *, ending):
    workspace = at("new")
    roster = workspace / "inbox" / "roster.xlsx"
    before = roster.read_bytes()

    for given in (roster, roster.parent):
        result = call(
            "-w", workspace, "import", "roster", given, "--findings", roster.with_suffix(f".{ending}")
        )

        assert result.code == 2
        assert "roster.xlsx: findings would take the place of a file that is read" in result.err
    assert roster.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["import", "roster", "--sheet", "Nowhere", "{inbox}/roster.xlsx"], 65, "no sheet named Nowhere"),
        (["import", "pensions", "{inbox}/roster.xlsx"], 2, "has no table pensions; choose one of: "),
        (["import", "returns", "{inbox}/returns.xlsx"], 2, "has no table returns"),
        (["import", "roster", "--map", "社保号", "{inbox}/roster.xlsx"], 2, "--map wants"),
        (["import", "roster", "--findings", "notes.txt", "{inbox}/roster.xlsx"], 2, "notes.txt"),
        (["import", "roster", "-m", "2031Q1", "{inbox}/roster.xlsx"], 66, "no mailing 2031Q1"),
        (["returns", "import", "nowhere.xlsx"], 66, "there is no such file"),
        (["returns", "import", "{inbox}"], 66, "this is a folder, not a file"),
        (["address", "parse", "nowhere.txt"], 66, "there is no such file"),
        (["merge", "2031Q1"], 66, "no mailing 2031Q1"),
        (["merge", "2026 q3"], 2, "2026 q3 cannot name a mailing"),
        (["render", "../2026Q3"], 2, "cannot name a mailing"),
        (["render", "--part", "-1"], 2, "--part"),
        (["merge", "--fast"], 2, "--fast"),
        (["mrege"], 2, "mrege"),
        (["status", "-f", "pdf"], 2, "pdf"),
        (["--now", "2026-02-30", "status"], 2, "2026-02-30"),
        (["init", "{workspace}"], 5, "is a workspace already"),
        (["init", "{inbox}/new", "--kind", "pensions"], 66, "no statement kind pensions"),
        (["demo", "{inbox}"], 2, "is not empty and holds no earlier demo"),
        (["status", "-o", "{inbox}/nowhere/status.csv"], 74, "nowhere"),
    ],
)
def test_a_command_that_cannot_be_is_refused_in_one_line(call, at, *, arguments, code, words):
    workspace = at("new")
    places = {"inbox": workspace / "inbox", "workspace": workspace}

    result = call("-w", workspace, *(a.format(**places) for a in arguments))

    assert result.code == code
    assert words in result.err
    assert result.out == ""
    assert nothing_kept(workspace)


def test_a_folder_without_a_workspace_is_told(call, tmp_path):
    result = call("-w", tmp_path, "status")

    assert result.code == 66
    assert "has no yibao.toml; make one with `yibao init DIR`" in result.err


@pytest.mark.parametrize(
    ("pattern", "replacement", "code", "words"),
    [
        ("mailing = ", "mailing = [", 78, "not valid TOML"),
        ("workers = 0", "wrokers = 0", 78, "render.wrokers"),
        ('starts = "2026-07-01"', 'starts = "1 July"', 78, "starts"),
        ('kind = "medical"', 'kind = "pensions"', 66, "no statement kind pensions"),
        ('kind = "medical"', 'kind = "../medical"', 66, "no statement kind ../medical"),
        ('mailing = "2026Q3"', 'mailing = ""', 2, "which mailing?"),
        (r"delivered = 0\.90", "delivered = 90", 78, "promise.delivered"),
    ],
)
def test_settings_that_cannot_be_are_told_with_their_key(call, at, *, pattern, replacement, code, words):
    workspace = at("new")
    settings = workspace / "yibao.toml"
    text, count = re.subn(pattern, replacement, settings.read_text(encoding="utf-8"), count=1)
    settings.write_text(text, encoding="utf-8")

    result = call("-w", workspace, "import", "roster", workspace / "inbox" / "roster.xlsx")

    assert count == 1
    assert result.code == code
    assert words in result.err
    assert not (workspace / "imports").exists()


def test_a_database_that_is_none_is_told(call, at):
    workspace = at("imported")
    for file in workspace.glob("yibao.db*"):
        file.unlink()
    (workspace / "yibao.db").write_bytes(b"no database " * 1000)

    result = call("-w", workspace, "status")

    assert result.code == 74
    assert "yibao.db: the database cannot be opened" in result.err


def test_a_name_with_terminal_escapes_and_line_feeds_is_shown_as_text(call, at, tmp_path):
    workspace = at("new")
    name = "ros\x1b[31mter\n\u202e.xlsx"
    shutil.copyfile(workspace / "inbox" / "roster.xlsx", tmp_path / name)

    result = call("-w", workspace, "import", "roster", tmp_path / name)

    assert result.code == 3
    assert r"ros\u{1B}[31mter" in result.err
    assert "\u202e" not in result.err
    complaints = [line for line in result.err.splitlines() if line.startswith("yibao: ")]
    assert all(re.search(r": I\d\d\d ", line) for line in complaints)
