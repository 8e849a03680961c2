"""Imports that would do harm quietly: empty files, old packages, changed artwork, and a pipe."""

from __future__ import annotations

import os
import subprocess
import sys

import openpyxl
import pytest
from e2e_chain import MAILING, environment
from e2e_chain import yibao as words


def emptied(path):
    """The workbook with nothing below its header."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.delete_rows(4, sheet.max_row)
    book.save(path)


def test_a_file_without_a_data_row_never_takes_the_place_of_a_full_one(at, call):
    folder = at("imported")
    emptied(folder / "inbox" / "roster.xlsx")

    result = call("-w", folder, "import", "roster", folder / "inbox" / "roster.xlsx")

    assert result.code == 65
    assert "no data row" in result.err
    assert call("-w", folder, "merge").code in {0, 3}


def test_what_was_imported_after_the_merge_is_merged_before_it_is_printed(at, call):
    folder = at("merged")
    path = folder / "inbox" / "roster.xlsx"
    book = openpyxl.load_workbook(path)
    book.active.cell(row=book.active.max_row, column=2).value = "新名字"
    book.save(path)

    imported = call("-w", folder, "import", "roster", path)
    rendered = call("-w", folder, "render")

    assert "run `yibao" in imported.err
    assert "merge` again" in imported.err
    assert rendered.code == 5
    assert " merge 2026Q3" in rendered.err


def test_new_artwork_under_an_old_name_is_taken(at, call):
    folder = at("imported")
    contracts, art = folder / "inbox" / "contracts.xlsx", folder / "inbox" / "art"
    again = call("-w", folder, "import", "contracts", contracts)
    pictures = sorted(art.glob("*.png"))
    pictures[0].write_bytes(pictures[1].read_bytes())

    changed = call("-w", folder, "import", "contracts", contracts)

    assert "imported before" in again.err
    assert "takes the place of the earlier file" in changed.err


def test_a_table_comes_in_through_a_pipe(at):
    folder = at("new")
    command = [sys.executable, "-m", "yibao_cli", *words("-w", folder, "import", "balances", "-")]

    with (folder / "inbox" / "balances.xlsx").open("rb") as stream:
        result = subprocess.run(command, stdin=stream, capture_output=True, env=environment(), check=False)

    assert result.returncode in {0, 3}
    assert b" kept + 0 rejected" in result.stderr
    assert not (folder / "imports" / "stdin").exists()


def test_a_database_cut_to_a_few_bytes_is_not_taken_for_a_new_one(at, call):
    folder = at("merged")
    os.truncate(folder / "yibao.db", 100)

    result = call("-w", folder, "status")

    assert result.code == 74
    assert "restore it from a backup" in result.err


def test_the_files_before_a_refused_one_are_told(at, call):
    folder = at("new")

    result = call(
        "-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx", folder / "none.xlsx"
    )

    assert result.code == 66
    assert "balances.xlsx: " in result.err
    assert "kept" in result.err


def saved_again(path, name):
    """The same rows in a workbook of other bytes."""
    copy = path.with_name(name)
    book = openpyxl.load_workbook(path)
    book.properties.title = "again"
    book.save(copy)
    return copy


def test_lines_that_come_in_two_files_print_once(at, call):
    folder = at("imported")
    before = call("-w", folder, "merge")
    copy = saved_again(folder / "inbox" / "transactions.xlsx", "again.xlsx")

    call("-w", folder, "import", "transactions", copy)
    after = call("-w", folder, "merge")

    assert "L204" in after.err
    assert totals(after) == totals(before)


def totals(result):
    return [line for line in result.err.splitlines() if "roster rows =" in line or "totals" in line]


def test_a_contract_number_of_two_files_counts_once(at, call):
    folder = at("imported")
    copy = saved_again(folder / "inbox" / "contracts.xlsx", "more.xlsx")

    call("-w", folder, "import", "contracts", copy)
    merged = call("-w", folder, "merge")

    assert "C103" in merged.err


def test_two_sheets_of_one_workbook_stand_side_by_side(at, call):
    folder = at("new")
    path = folder / "inbox" / "roster.xlsx"
    book = openpyxl.load_workbook(path)
    first = book.active.title
    book.copy_worksheet(book.active).title = "第二页"
    book.save(path)

    call("-w", folder, "import", "roster", path, "--sheet", first)
    second = call("-w", folder, "import", "roster", path, "--sheet", "第二页")
    again = call("-w", folder, "import", "roster", path, "--sheet", first)

    assert "takes the place" not in second.err
    assert "imported before" in again.err


def test_two_files_of_one_name_are_refused_together(at, call):
    folder = at("new")
    (folder / "other").mkdir()
    twin = folder / "other" / "balances.xlsx"
    twin.write_bytes((folder / "inbox" / "balances.xlsx").read_bytes())

    result = call("-w", folder, "import", "balances", folder / "inbox" / "balances.xlsx", twin)

    assert result.code == 2
    assert "two files are called balances.xlsx" in result.err


def test_balances_of_another_period_are_held(at, call):
    folder = at("imported")
    settings = folder / "yibao.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('starts = "2026-07-01"', 'starts = "2026-10-01"'),
        encoding="utf-8",
    )

    result = call("-w", folder, "merge")

    assert result.code == 4
    assert "nothing is left to print" in result.err


def test_a_mailing_is_not_posted_before_its_data_end(at, call):
    folder = at("verified")

    result = call("-w", folder, "manifest", "--posted", "2020-01-01")

    assert result.code == 2
    assert "its data end on" in result.err
    assert call("-w", folder, "manifest").code == 0


def test_a_font_cache_that_cannot_be_made_is_made_elsewhere(at):
    folder = at("merged")
    command = [sys.executable, "-m", "yibao_cli", *words("-w", folder, "render")]

    result = subprocess.run(
        command, capture_output=True, env=environment(XDG_CACHE_HOME="/proc/none"), check=False
    )

    assert result.returncode == 0


@pytest.mark.parametrize(
    "harm", [lambda pdf: pdf.unlink(), lambda pdf: pdf.write_bytes(pdf.read_bytes() + b" ")]
)
def test_nothing_is_handed_over_whose_print_file_is_gone_or_another(at, call, harm):
    folder = at("verified")
    harm(min((folder / "mailings" / MAILING / "print").glob("*.pdf")))

    result = call("-w", folder, "manifest")

    assert result.code == 4
    assert "render MAILING` and" in result.err


def test_a_part_whose_control_file_was_altered_is_rendered_again(at, call):
    folder = at("rendered")
    control = min((folder / "mailings" / MAILING / "print").glob("*.json"))
    before = control.read_bytes()
    control.write_bytes(before.replace(b'"pages": ', b'"pages": 9'))

    call("-w", folder, "render")

    assert control.read_bytes() == before
