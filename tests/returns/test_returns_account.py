"""The account as a workbook and as plain numbers."""

from __future__ import annotations

import json

import openpyxl
import pypdfium2 as pdfium
import pytest
from returns_builders import account_of, came_back, posted

from yibao_cli.codes import piece_number
from yibao_cli.kinds.page import FontPlan
from yibao_cli.render.faces import font_set
from yibao_cli.render.paper import write_paper
from yibao_cli.returns.account import Restated, account_json, account_paper, write_account

RETURNS = came_back((2, "2026-10-20", "R06"), (5, "2026-10-21", "R05"))
PIECES = posted(*[("长安区", "D1")] * 3, *[("辛集市", "=D2")] * 7)


def book_of(tmp_path, today="2026-12-01", promise=0.9):
    path = tmp_path / "account.xlsx"
    write_account(account_of(PIECES, RETURNS, today, promise), path)
    return openpyxl.load_workbook(path)


def facts(book):
    return {row[0].value: row[1].value for row in book["总表"].iter_rows(min_row=4, max_col=2)}


def test_the_workbook_has_its_sheets_ready_to_print(tmp_path):
    book = book_of(tmp_path)

    assert book.sheetnames == ["总表", "县区", "单位", "原因", "逐日", "退信清单"]
    assert {sheet.page_setup.paperSize for sheet in book} == {9}
    assert {sheet.print_title_rows for sheet in book.worksheets[1:]} == {"$1:$2"}
    assert {sheet.oddFooter.left.text for sheet in book} == {"截至 2026-12-01"}


def test_no_cell_is_a_formula(tmp_path):
    book = book_of(tmp_path)

    kinds = {cell.data_type for sheet in book for row in sheet for cell in row if cell.value is not None}
    assert kinds == {"s", "n"}


def test_the_overview_states_counts_rate_and_verdict(tmp_path):
    said = facts(book_of(tmp_path))

    assert [said[k] for k in ("交寄件数", "推定妥投", "退信", "待定", "结论")] == [10, 8, 2, 0, "未达到承诺"]
    assert (said["投达率"], said["承诺投达率"], said["退信期截止"]) == (0.8, 0.9, "2026-11-07")


@pytest.mark.parametrize(
    ("today", "promise", "verdict"),
    [("2026-10-31", 0.8, "尚未到期"), ("2026-12-01", 0.8, "达到承诺"), ("2026-10-31", 0.9, "未达到承诺")],
)
def test_the_verdict_waits_only_while_the_promise_can_be_kept(tmp_path, today, promise, verdict):
    assert facts(book_of(tmp_path, today, promise))["结论"] == verdict


def test_the_list_of_returns_names_pieces_and_no_persons(tmp_path):
    sheet = book_of(tmp_path)["退信清单"]

    header, first, second = ([cell.value for cell in row] for row in sheet.iter_rows(min_row=2))
    assert header == ["账单编号", "副本号", "退回日期", "代码", "退信原因", "下一步"]
    assert first[:5] == [piece_number(2), 0, "2026-10-20", "R06", "收件人拒收"]
    assert second[:5] == [piece_number(5), 0, "2026-10-21", "R05", "迁移新址不明"]


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


LATE = (Restated("2026-11-08", 1, 2, 0.9, 0.8),)


def test_what_late_returns_change_of_days_before_is_a_sheet_of_its_own(tmp_path):
    path = tmp_path / "account.xlsx"

    write_account(account_of(PIECES, RETURNS), path, LATE)

    rows = list(openpyxl.load_workbook(path)["重述"].iter_rows(min_row=3, values_only=True))
    assert rows == [("2026-11-08", 1, 2, 1, 0.9, 0.8)]
    assert account_json(account_of(PIECES, RETURNS), LATE)["restated"][0]["returned_now"] == 2


def test_the_paper_ties_its_sums_and_has_two_places_to_sign(tmp_path):
    path = tmp_path / "account.pdf"

    made = write_paper(
        path, account_paper(account_of(PIECES, RETURNS), "某医保中心", "2026Q3"), font_set(FontPlan())
    )

    text = "".join(
        "".join(page.get_textpage().get_text_bounded().split()) for page in pdfium.PdfDocument(path)
    )
    assert not made.missing
    assert "印制10=交寄10+废损0；交寄件数10=签收0+推定妥投8+退信2+重寄0+待定0" in text
    assert all(role in text for role in ("编制人", "复核人", "收件人拒收", "未达到承诺"))
