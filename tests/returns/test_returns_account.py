"""The account as a workbook and as plain numbers."""

from __future__ import annotations

import json

import openpyxl
import pytest
from returns_builders import account_of, came_back, posted

from yibao_cli.codes import piece_number
from yibao_cli.returns.account import account_json, write_account

RETURNS = came_back((2, "2026-10-20", "R06"), (5, "2026-10-21", "R05"))
PIECES = posted(*[("长安区", "D1")] * 3, *[("辛集市", "=D2")] * 7)


def book_of(tmp_path, today="2026-12-01", promise=0.9):
    path = tmp_path / "account.xlsx"
    write_account(account_of(PIECES, RETURNS, today, promise), path)
    return openpyxl.load_workbook(path)


def facts(book):
    return {row[0].value: row[1].value for row in book["总表"].iter_rows(min_row=4, max_col=2)}


def test_the_workbook_has_its_five_sheets_ready_to_print(tmp_path):
    book = book_of(tmp_path)

    assert book.sheetnames == ["总表", "县区", "单位", "原因", "退信清单"]
    assert {sheet.page_setup.paperSize for sheet in book} == {9}
    assert {sheet.print_title_rows for sheet in book.worksheets[1:]} == {"$1:$2"}
    assert {sheet.oddFooter.left.text for sheet in book} == {"截至 2026-12-01"}


def test_no_cell_is_a_formula(tmp_path):
    book = book_of(tmp_path)

    kinds = {cell.data_type for sheet in book for row in sheet for cell in row if cell.value is not None}
    assert kinds == {"s", "n"}


def test_the_overview_states_counts_rate_and_verdict(tmp_path):
    said = facts(book_of(tmp_path))

    assert [said[k] for k in ("寄发件数", "推定妥投", "退信", "待定", "结论")] == [10, 8, 2, 0, "未达到承诺"]
    assert (said["妥投率"], said["承诺妥投率"], said["退信期截止"]) == (0.8, 0.9, "2026-11-07")


@pytest.mark.parametrize(
    ("today", "promise", "verdict"),
    [("2026-10-31", 0.8, "尚未到期"), ("2026-12-01", 0.8, "达到承诺"), ("2026-10-31", 0.9, "未达到承诺")],
)
def test_the_verdict_waits_only_while_the_promise_can_be_kept(tmp_path, today, promise, verdict):
    assert facts(book_of(tmp_path, today, promise))["结论"] == verdict


def test_the_list_of_returns_names_pieces_and_no_persons(tmp_path):
    sheet = book_of(tmp_path)["退信清单"]

    header, first, second = ([cell.value for cell in row] for row in sheet.iter_rows(min_row=2))
    assert header == ["账单编号", "退回日期", "代码", "退信原因", "下一步"]
    assert first[:4] == [piece_number(2), "2026-10-20", "R06", "收件人拒收"]
    assert second[:4] == [piece_number(5), "2026-10-21", "R05", "迁移新址不明"]


def test_the_same_account_gives_the_same_bytes_in_a_private_file(tmp_path):
    one, other = tmp_path / "a.xlsx", tmp_path / "b.xlsx"

    for path in (one, other):
        write_account(account_of(PIECES, RETURNS), path)

    assert one.read_bytes() == other.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600


def test_json_has_no_rate_while_anything_is_pending():
    open_, closed = (account_json(account_of(PIECES, RETURNS, day)) for day in ("2026-10-31", "2026-12-01"))

    assert (open_["rate"], open_["best_rate"], open_["final"]) == (None, 0.8, False)
    assert (closed["rate"], closed["kept"], closed["by_county"][0]["returned"]) == (0.8, False, 1)
    assert closed["by_reason"] == [
        {"reason": "R05", "label": "迁移新址不明", "pieces": 1},
        {"reason": "R06", "label": "收件人拒收", "pieces": 1},
    ]


def test_json_is_plain():
    told = account_json(account_of(PIECES, RETURNS))

    assert json.loads(json.dumps(told, allow_nan=False)) == told
