"""The account of a mailing as a workbook for the client, and as plain numbers.

The workbook stays Chinese whatever the language of the screen; there are no names of persons in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yibao_cli.exports import Book, Column, frame_rows

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from yibao_cli.exports import Kind, Sheet
    from yibao_cli.returns.reconcile import Account

_PAGE = "第 &P 页  共 &N 页"
_ITEM = Column("项目")
_COUNTED = tuple(Column(h, "count") for h in ("寄发", "推定妥投", "退信", "待定"))
_RATED = (Column("妥投率", "rate"), Column("95%下限", "rate"), Column("95%上限", "rate"))
_COUNTY = (Column("县区"), *_COUNTED, *_RATED)
_EMPLOYER = (Column("单位编号"), Column("单位名称", "wrap"), *_COUNTED, *_RATED)
_REASON = (
    Column("代码"),
    Column("退信原因"),
    Column("件数", "count"),
    Column("占退信", "rate"),
    Column("下一步", "wrap"),
)
_RETURNED = (
    Column("账单编号"),
    Column("退回日期"),
    Column("代码"),
    Column("退信原因"),
    Column("下一步", "wrap"),
)


def write_account(account: Account, path: Path) -> None:
    """Write the account as a workbook: 总表, 县区, 单位, 原因, 退信清单; private, the same bytes each time.

    Raises OSError when the disk refuses.
    """
    # Before the window closes the rates of the tables are what can still be reached.
    day = account.terms.today if account.is_final else f"{account.terms.today}, 待定按妥投计"
    with Book.to(path, _PAGE, f"截至 {account.terms.today}") as book:
        with book.sheet("总表", portrait=True) as sheet:
            _overview(sheet, account)
        book.long_table("县区", f"各县区妥投情况 (截至 {day})", _COUNTY, frame_rows(account.by_county))
        book.long_table("单位", f"有退信的单位 (截至 {day})", _EMPLOYER, frame_rows(account.by_employer))
        book.long_table("原因", f"退信原因 (截至 {day})", _REASON, frame_rows(account.by_reason))
        book.long_table("退信清单", f"退信清单 (截至 {day})", _RETURNED, frame_rows(account.returned_pieces))


def account_json(account: Account) -> dict[str, Any]:
    """The account as plain numbers and text, ready for json.

    `rate` is null until nothing is pending; `best_rate` is what can be reached.
    """
    terms = account.terms
    return {
        "posted_on": terms.posted_on,
        "today": terms.today,
        "window_closes_on": terms.closes_on,
        "promise": terms.promise,
        "posted": account.posted,
        "delivered": account.delivered,
        "returned": account.returned,
        "pending": account.pending,
        "later": account.later,
        "rate": account.best.value if account.is_final else None,
        "best_rate": account.best.value,
        "interval_95": [account.best.low, account.best.high],
        "final": account.is_final,
        "kept": account.kept,
        "by_county": _records(account.by_county, "county"),
        "by_employer": _records(account.by_employer, "employer_no", "employer_name"),
        "by_reason": [
            {"reason": str(code), "label": str(label), "pieces": int(count)}
            for code, label, count, *_rest in frame_rows(account.by_reason)
        ],
    }


def _overview(sheet: Sheet, account: Account) -> None:
    terms = account.terms
    sheet.line("title", "批次对账: 妥投与退信")
    sheet.line("note", "平信无妥投证明; 期满未退回的按推定妥投计, 分母为实际寄发件数。")
    sheet.gap()
    facts: tuple[tuple[str, str | int | float, Kind], ...] = (
        ("交寄日期", terms.posted_on, "text"),
        ("统计截至", terms.today, "text"),
        ("退信期截止", terms.closes_on, "text"),
        ("寄发件数", account.posted, "count"),
        ("推定妥投", account.delivered, "count"),
        ("退信", account.returned, "count"),
        ("待定", account.pending, "count"),
        ("妥投率" if account.is_final else "妥投率 (待定按妥投计)", account.best.value, "rate"),
        ("95%置信区间下限", account.best.low, "rate"),
        ("95%置信区间上限", account.best.high, "rate"),
        ("承诺妥投率", terms.promise, "rate"),
        ("结论", _verdict(account), "text"),
    )
    sheet.header((_ITEM, Column("数值")))
    for item, value, kind in facts:
        sheet.row((_ITEM, Column("数值", kind)), (item, value))
    if account.later:
        sheet.line("note", f"另有 {account.later:,} 件退信晚于统计日, 未计入。")


def _verdict(account: Account) -> str:
    if not account.kept:
        return "未达到承诺"
    return "达到承诺" if account.is_final else "尚未到期"


def _records(table: pd.DataFrame, *names: str) -> list[dict[str, Any]]:
    counts = ("posted", "delivered", "returned", "pending")
    return [
        {name: str(row[name]) for name in names}
        | {name: int(row[name]) for name in counts}
        | {"rate": float(row["rate"]), "interval_95": [float(row["low"]), float(row["high"])]}
        for row in table.to_dict("records")
    ]
