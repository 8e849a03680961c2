"""Done twice is done once; what changed is done again and nothing else; the promise is kept or broken."""

from __future__ import annotations

import csv
import json

import openpyxl
import pytest
from e2e_chain import (
    LATER,
    MAILING,
    TABLES,
    goods,
    hashes,
    leftovers,
    made,
    pdfs,
    pieces,
    rows_of,
    sheet_rows,
)

IMPORTS = "SELECT table_name, file_name, sha256, rows_in FROM imports WHERE NOT superseded ORDER BY id"


@pytest.mark.parametrize("table", TABLES)
def test_importing_a_file_twice_changes_nothing_and_says_the_same(call, at, table):
    workspace = at("imported")
    files, imports = hashes(workspace / "imports"), rows_of(workspace, "SELECT * FROM imports")
    audit = rows_of(workspace, "SELECT count(*) FROM audit")

    result = call("-w", workspace, "import", table, workspace / "inbox" / f"{table}.xlsx")

    assert "; imported before, nothing to do" in result.err
    # Exit code 3 again where rows need a person: cron must hear of them until they are mended.
    assert result.code == (3 if table in {"roster", "transactions"} else 0)
    assert hashes(workspace / "imports") == files
    assert rows_of(workspace, "SELECT * FROM imports") == imports
    assert rows_of(workspace, "SELECT count(*) FROM audit") == audit


def test_a_corrected_file_takes_the_place_of_the_first_and_frees_who_was_held(call, at, tmp_path):
    workspace = at("merged")
    before = pieces(workspace)
    member, difference = untied(workspace)
    corrected = tmp_path / "balances.xlsx"
    corrected.write_bytes((workspace / "inbox" / "balances.xlsx").read_bytes())
    mend(corrected, member, difference)

    imported = call("-w", workspace, "import", "balances", corrected)
    merged = call("-w", workspace, "merge")

    assert "; takes the place of the earlier file" in imported.err
    assert [name for _table, name, _sha, _rows in rows_of(workspace, IMPORTS)].count("balances.xlsx") == 1
    assert f"{len(before) + 1} pieces" in merged.err
    added = {p["person_no"] for p in pieces(workspace)} - {p["person_no"] for p in before}
    assert added == {member}
    assert rows_of(workspace, "SELECT count(*) FROM pieces") == [(len(before) + 1,)]


def untied(workspace):
    """A member whose opening and closing balance do not tie, and by how many fen."""
    rows = sheet_rows(workspace / "inbox" / "balances.xlsx", header=2)
    with (made(workspace) / "findings" / f"findings-{MAILING}.csv").open(encoding="utf-8-sig") as stream:
        held = [f for f in csv.DictReader(stream) if f["Rule"] == "H302" and "期末余额" in f["What is wrong"]]
    roster = {r["row"]: r for r in sheet_rows(workspace / "inbox" / "roster.xlsx", header=3)}
    member = str(roster[int(held[0]["Row"])]["人员编号"]).zfill(10)
    assert member in {str(r["个人编号"]).zfill(10) for r in rows}
    return member, held[0]["What is wrong"]


def mend(path, member, wrong):
    """Put the closing balance right by the difference that the finding names."""
    off = float(wrong.split("off by ")[1].split(" yuan")[0].replace(",", ""))
    book = openpyxl.load_workbook(path)
    row = next(r for r in book.active.iter_rows(min_row=3) if str(r[0].value).zfill(10) == member)
    closing = float(str(row[8].value).replace(",", "").lstrip("¥"))
    row[8].value = round(closing + off, 2)
    book.save(path)


def test_merging_twice_gives_the_same_bytes_and_says_so(call, at):
    workspace = at("rendered")
    whole, state = goods(workspace), rows_of(workspace, "SELECT * FROM mailings")

    result = call("-w", workspace, "merge")

    assert result.code == 3
    assert "the package is the same as before" in result.err
    assert goods(workspace) == whole
    assert rows_of(workspace, "SELECT * FROM mailings") == state


def test_a_merge_of_other_data_takes_the_old_print_files_away(call, at, tmp_path):
    workspace = at("verified")
    roster = tmp_path / "roster.xlsx"
    roster.write_bytes((workspace / "inbox" / "roster.xlsx").read_bytes())
    book = openpyxl.load_workbook(roster)
    book.active.delete_rows(20)
    book.save(roster)
    call("-w", workspace, "import", "roster", roster)

    result = call("-w", workspace, "merge")

    assert "same as before" not in result.err
    assert pdfs(workspace) == []
    assert rows_of(workspace, "SELECT state FROM mailings") == [("merged",)]
    assert call("-w", workspace, "verify").code == 5


def test_rendering_twice_keeps_every_part_as_it_is(call, at):
    workspace = at("rendered")
    seen = stamps(workspace)

    result = call("-w", workspace, "render")

    assert result.code == 0
    assert "6 parts, 169 pieces, 338 pages; 6 parts were there already" in result.err
    assert stamps(workspace) == seen


def test_only_a_part_that_is_missing_or_damaged_is_rendered_again(call, at):
    workspace = at("verified")
    whole, seen = goods(workspace), stamps(workspace)
    _first, second, _third, fourth, *_more = pdfs(workspace)
    second.unlink()
    fourth.with_suffix(".json").write_text("{", encoding="utf-8")

    result = call("-w", workspace, "render", "--workers", "1")

    assert "; 4 parts were there already" in result.err
    assert goods(workspace) == whole
    changed = {name for name, stamp in stamps(workspace).items() if stamp != seen[name]}
    assert changed == {f"part-000{n}.{ending}" for n in (2, 4) for ending in ("pdf", "json")}


def test_one_part_alone_can_be_rendered(call, at):
    workspace = at("merged")

    result = call("-w", workspace, "render", "--part", "2")

    assert result.code == 0
    assert [p.name for p in pdfs(workspace)] == ["part-0002.pdf"]
    assert rows_of(workspace, "SELECT state FROM mailings") == [("merged",)]


def stamps(workspace):
    """Inode and time of change of each print file."""
    files = sorted((made(workspace) / "print").iterdir())
    return {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in files}


def test_the_number_of_workers_does_not_show_in_the_print_files(call, at, states):
    workspace = at("merged")

    result = call("-w", workspace, "render", "--workers", "2")

    assert result.code == 0
    assert goods(workspace) == goods(states.at("rendered"))


def test_the_posting_list_can_be_written_again_with_the_same_bytes(call, at):
    workspace = at("posted")
    before = hashes(made(workspace) / "manifest")

    result = call("-w", workspace, "manifest")

    assert result.code == 0
    assert hashes(made(workspace) / "manifest") == before
    assert leftovers(workspace) == []


# ------------------------------------------------------------------ returns and the promise


def returns_of(path, numbers, day="2026-10-12"):
    """A list of returned mail."""
    book = openpyxl.Workbook()
    book.active.append(["账单编号", "批次号", "退信日期", "退回原因", "备注"])
    for number in numbers:
        book.active.append([number, MAILING, day, "查无此人", None])
    book.save(path)
    return path


def account_of(workspace):
    return json.loads((made(workspace) / "account" / f"account-{MAILING}.json").read_text(encoding="utf-8"))


def test_more_returns_than_promised_end_with_the_code_of_a_failed_check(call, at, tmp_path):
    workspace = at("posted")
    numbers = [p["piece"] for p in pieces(workspace)]
    back = numbers[:: len(numbers) // 21][:21]  # 21 of 169: an eighth
    call("--now", LATER, "-w", workspace, "returns", "import", returns_of(tmp_path / "back.xlsx", back))

    result = call("--now", LATER, "-w", workspace, "reconcile")

    assert result.code == 4
    assert "posted 169 = delivered 148 + returned 21 + pending 0" in result.err
    assert "the delivery promise is broken" in result.err
    account = account_of(workspace)
    assert (account["posted"], account["returned"], account["kept"]) == (169, 21, False)


def test_before_the_window_is_over_the_account_says_what_is_reached_at_best(call, at, tmp_path):
    workspace = at("posted")
    back = [p["piece"] for p in pieces(workspace)][:5]
    today = "2026-10-15"
    call("--now", today, "-w", workspace, "returns", "import", returns_of(tmp_path / "back.xlsx", back))

    result = call("--now", today, "-w", workspace, "reconcile")

    assert result.code == 0
    assert "returned 5 + pending 164" in result.err
    assert "at best 97.04% of 169" in result.err
    assert account_of(workspace)["final"] is False


def test_a_list_of_returns_imported_twice_counts_once(call, at):
    workspace = at("posted")
    command = ("--now", LATER, "-w", workspace, "returns", "import", workspace / "inbox" / "returns.xlsx")

    first, second = call(*command), call(*command)

    assert "12 rows = 7 recorded + 0 known already + 5 refused" in first.err
    assert "12 rows = 0 recorded + 7 known already + 5 refused" in second.err
    assert (first.code, second.code) == (3, 3)
    assert rows_of(workspace, "SELECT count(*) FROM returns") == [(7,)]
