"""Letters that came back, cured: proposals, the client's list, copies mailed again."""

from __future__ import annotations

import io
import json
import shutil
import sys

import openpyxl
import pypdfium2 as pdfium
import pytest
import zxingcpp
from e2e_chain import LATER, MAILING, changed, pieces, rows_of

DAY = "2026-10-20"


@pytest.fixture
def back(mailed, call, monkeypatch):
    """Return pieces of the workspace: (piece, reason key) each."""

    def came(*returns, day=DAY):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{p} {r}\n" for p, r in returns)))
        assert call("--now", day, "-w", mailed, "returns", "scan").code == 0

    return came


def cures(call, workspace):
    result = call("--now", DAY, "-w", workspace, "returns", "cures", "-f", "jsonl")
    return {row["piece"]: row["what"] for row in map(json.loads, result.out.splitlines())}


def test_each_letter_has_its_proposal(mailed, call, back):
    with_employer = [p for p in pieces(mailed) if p["employer_no"]]
    ready, asked, dead = with_employer[0]["piece"], with_employer[1]["piece"], with_employer[2]["piece"]
    back((ready, 7), (asked, 3), (dead, 8))

    assert cures(call, mailed) == {ready: "mail again", asked: "ask the employer", dead: "mail nothing more"}


def test_the_clients_list_has_the_columns_it_needs_and_no_more(mailed, call, back, canaries):
    some = [p for p in pieces(mailed) if p["employer_no"]][:3]
    back(*((p["piece"], 3) for p in some))

    result = call("--now", DAY, "-w", mailed, "returns", "corrections")

    assert result.code == 0
    path = mailed / "mailings" / MAILING / "corrections" / f"corrections-{MAILING}.xlsx"
    assert path.stat().st_mode & 0o777 == 0o600
    rows = list(openpyxl.load_workbook(path)["名址核实"].iter_rows(min_row=2, values_only=True))
    assert "姓名" not in rows[0]
    assert "身份证号" not in rows[0]
    assert sorted(row[0] for row in rows[1:]) == sorted(p["person_no"] for p in some)
    assert {row[5] for row in rows[1:]} == {"原址查无此人"}


def test_a_letter_is_mailed_again_as_a_copy_that_counts_by_itself(mailed, call, back):
    piece = pieces(mailed)[0]["piece"]
    back((piece, 7))

    first = call("--now", DAY, "-w", mailed, "returns", "remail", "--by", "maker")
    again = call("--now", DAY, "-w", mailed, "returns", "remail", "--by", "maker")

    assert "1 queued to be mailed again, 0 of them to another address" in first.err
    assert f"yibao -w {mailed} reprint {MAILING} --approve 1" in first.err
    assert "0 queued" in again.err
    assert rows_of(mailed, "SELECT piece, copy, reason, posted_on FROM remails") == [(piece, 1, "R07", "")]
    waits = call("--now", DAY, "-w", mailed, "reconcile")
    assert (waits.code, "1 copies were asked for and wait" in waits.err) == (0, True)
    # The second person's approval prints; here it is said to be done.
    changed(
        mailed,
        "UPDATE reprints SET state = 'approved', checker = 'checker', checked_at = '2026-10-20T04:00:00'",
    )
    changed(mailed, f"UPDATE pieces SET copy = 1 WHERE piece = '{piece}'")
    early = call("--now", "2026-10-22", "-w", mailed, "returns", "remail", "--posted", "2026-10-19")
    assert (early.code, "from 2026-10-20 to 2026-10-22" in early.err) == (2, True)
    posted = call("--now", "2026-10-22", "-w", mailed, "returns", "remail", "--posted", "2026-10-22")
    assert "1 copies were mailed again on 2026-10-22" in posted.err

    result = call("--now", "2026-10-25", "-w", mailed, "reconcile")
    assert "returned 0 + re-mailed 1 + pending 168" in result.err
    late = call("--now", LATER, "-w", mailed, "reconcile")
    assert "returned 0 + re-mailed 1 + pending 0" in late.err
    back((f"{piece}-1", 7), day="2026-11-21")
    assert "returned 1 + pending 0" in call("--now", LATER, "-w", mailed, "reconcile").err
    assert cures(call, mailed)[piece] != "mail again"


@pytest.mark.parametrize("day", ["2026-09-01", "2027-01-01", "x"])
def test_copies_cannot_be_posted_on_any_day(mailed, call, day):
    assert call("--now", DAY, "-w", mailed, "returns", "remail", "--posted", day).code == 2


NEW = "河北省石家庄市长安区建设北大街12号4栋1单元302"


def test_a_corrected_letter_is_printed_to_its_new_address_by_a_second_person(
    states, tmp_path, call, monkeypatch
):
    workspace = shutil.copytree(states.at("verified"), tmp_path / "ws")
    changed(workspace, "UPDATE mailings SET state = 'posted', posted_on = '2026-10-08'")
    piece = next(p for p in pieces(workspace) if p["verdict"] == "good")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{piece['piece']} 3\n"))
    call("--now", DAY, "-w", workspace, "returns", "scan")
    changed(workspace, f"UPDATE addresses SET standard = '{NEW}' WHERE id = {piece['address_id']}")
    remail = ("--now", DAY, "-w", workspace, "returns", "remail")

    queued = call(*remail, "--by", "maker")
    assert "1 queued to be mailed again, 1 of them to another address" in queued.err
    for maker in ("Maker", "ｍａｋｅｒ", "ma ker"):  # however the name is written, it is one person's
        assert call(*remail, "--print", "--by", maker).code == 5
    made = call(*remail, "--print", "--by", "checker")

    assert made.code == 0, made.err
    pdf = workspace / "mailings" / MAILING / "remail" / "remail-0001.pdf"
    page = pdfium.PdfDocument(pdf)[0]
    text = "".join(page.get_textpage().get_text_bounded().split())
    assert NEW in text
    assert piece["address"] not in text
    codes = zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil().convert("L"))
    assert f"YB1/{MAILING}/{piece['piece']}/1/1-2/" in codes[0].text
    assert rows_of(workspace, f"SELECT copy FROM pieces WHERE piece = '{piece['piece']}'") == [(1,)]
    assert call(*remail, "--print", "--by", "checker").code == 5
    assert "1 copies were mailed again" in call(*remail, "--posted", DAY).err
    told = call("--now", DAY, "-w", workspace, "reconcile")
    assert "re-mailed 1" in told.err


def test_the_clients_list_comes_back_filled_in(mailed, call, back):
    letters = [p for p in pieces(mailed) if p["employer_no"] and p["verdict"] == "good"][:2]
    back(*((p["piece"], 3) for p in letters))
    call("--now", DAY, "-w", mailed, "returns", "corrections")
    path = mailed / "mailings" / MAILING / "corrections" / f"corrections-{MAILING}.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["名址核实"]
    heads = [cell.value for cell in sheet[2]]
    row = next(r for r in sheet.iter_rows(min_row=3) if r[0].value == letters[0]["person_no"])
    row[heads.index("核实后地址")].value = NEW
    row[heads.index("核实后邮编")].value = "050011"
    book.save(path)

    first, again = (call("--now", DAY, "-w", mailed, "address", "apply", path) for _ in range(2))

    assert "2 rows = 1 applied + 0 known already + 1 undecided + 0 refused" in first.err
    assert "2 rows = 0 applied + 1 known already + 1 undecided + 0 refused" in again.err
    expected = {letters[0]["piece"]: "mail again", letters[1]["piece"]: "ask the employer"}
    assert cures(call, mailed) == expected


def test_a_list_that_somebody_fills_in_is_not_written_over(mailed, call, back):
    letters = [p for p in pieces(mailed) if p["employer_no"] and p["verdict"] == "good"][:2]
    back((letters[0]["piece"], 3))
    corrections = ("--now", DAY, "-w", mailed, "returns", "corrections")
    path = mailed / "mailings" / MAILING / "corrections" / f"corrections-{MAILING}.xlsx"
    assert [call(*corrections).code for _ in range(2)] == [0, 0]
    back((letters[1]["piece"], 3))
    assert call(*corrections).code == 0  # nobody has touched it
    book = openpyxl.load_workbook(path)
    book["名址核实"].cell(3, 9).value = NEW
    book.save(path)
    filled = path.read_bytes()

    refused = call(*corrections)
    packed = call("--now", LATER, "-w", mailed, "month-end")

    assert (refused.code, packed.code) == (5, 0)
    assert "answers may stand in it" in refused.err
    assert path.read_bytes() == filled
    call("--now", DAY, "-w", mailed, "address", "apply", path)
    assert call(*corrections).code == 0  # it was handed in


def test_an_address_that_the_client_confirms_is_mailed_to_once_more(mailed, call, back):
    letter = next(p for p in pieces(mailed) if p["employer_no"] and p["verdict"] == "good")
    back((letter["piece"], 3))
    call("--now", DAY, "-w", mailed, "returns", "corrections")
    path = mailed / "mailings" / MAILING / "corrections" / f"corrections-{MAILING}.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["名址核实"]
    heads = [cell.value for cell in sheet[2]]
    cells = {head: sheet.cell(3, at) for at, head in enumerate(heads, 1)}
    cells["核实后地址"].value, cells["核实后邮编"].value = cells["原地址"].value, cells["原邮编"].value
    book.save(path)
    assert cures(call, mailed) == {letter["piece"]: "ask the employer"}

    applied = call("--now", DAY, "-w", mailed, "address", "apply", path)

    assert "1 applied" in applied.err
    assert cures(call, mailed) == {letter["piece"]: "mail again"}
    queued = call("--now", DAY, "-w", mailed, "returns", "remail", "--by", "li")
    assert "1 queued to be mailed again, 0 of them to another address" in queued.err


def test_a_copy_that_nobody_printed_is_not_posted_and_is_asked_for_again(mailed, call, back):
    piece = pieces(mailed)[0]["piece"]
    back((piece, 7))
    remail = ("--now", DAY, "-w", mailed, "returns", "remail")
    call(*remail, "--by", "maker")

    assert "0 copies were mailed again" in call(*remail, "--posted", DAY).err
    changed(mailed, "UPDATE reprints SET state = 'refused'")
    again = call(*remail, "--by", "maker")

    assert "--approve 2" in again.err
    assert rows_of(mailed, "SELECT piece, copy, posted_on FROM remails") == [(piece, 1, "")]


def test_a_run_killed_between_the_request_and_the_queue_is_caught_up(mailed, call, back):
    piece = pieces(mailed)[0]["piece"]
    back((piece, 7))
    remail = ("--now", DAY, "-w", mailed, "returns", "remail", "--by", "maker")
    call(*remail)
    changed(mailed, "DELETE FROM remails")

    assert "1 queued" in call(*remail).err
    assert rows_of(mailed, "SELECT piece, copy FROM remails") == [(piece, 1)]
    assert rows_of(mailed, "SELECT count(*) FROM reprints") == [(1,)]
