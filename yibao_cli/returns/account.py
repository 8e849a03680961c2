"""The account of a mailing as a workbook, as paper to sign, and as plain numbers.

The workbook and the paper stay Chinese whatever the language of the screen; no names of persons are in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yibao_cli.exports import Book, Column, frame_rows
from yibao_cli.exports.book import PAGE_OF_PAGES
from yibao_cli.exports.paper import Facts, Heading, Paper, Signatures, Table, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from yibao_cli.exports import Kind, Sheet
    from yibao_cli.exports.paper import Block
    from yibao_cli.returns.rates import Rate
    from yibao_cli.returns.standing import Account

_ITEM = Column("项目")
_STATES = {
    "posted": "交寄",
    "delivered": "妥投",
    "signed": "签收",
    "presumed": "推定妥投",
    "returned": "退信",
    "remailed": "重寄",
    "pending": "待定",
}
_COUNTED = tuple(Column(h, "count") for h in _STATES.values())
_RATED = (Column("投达率", "rate"), Column("95%下限", "rate"), Column("95%上限", "rate"))
_PLACES = {"county": "县区", "office": "投递局", "walk": "投递段", "source": "地址来源"}
_EMPLOYER = (Column("单位编号"), Column("单位名称", "wrap"), *_COUNTED, *_RATED)
_REASON = (
    Column("代码"),
    Column("退信原因"),
    Column("件数", "count"),
    Column("占退信", "rate"),
    Column("下一步", "wrap"),
)
_DAY = (Column("退回日期"), Column("件数", "count"), Column("累计", "count"))
_RETURNED = (
    Column("账单编号"),
    Column("副本号", "count"),
    Column("退回日期"),
    Column("代码"),
    Column("退信原因"),
    Column("下一步", "wrap"),
)
_RESTATED = (
    Column("原对账日期"),
    Column("原曾退回", "count"),
    Column("现曾退回", "count"),
    Column("差", "count"),
    Column("原首次投达率", "rate"),
    Column("现首次投达率", "rate"),
)
SIGNERS = ("编制人", "复核人")
_ROLES = (*SIGNERS, "日期")
_NOTE = "平信无妥投证明；期满未退回的按推定妥投计，分母为实际交寄件数。"


@dataclass(frozen=True, slots=True)
class Restated:
    """An account of before, and what it looks like by now: late returns change it.

    returned: pieces that ever came back, mailed again or not; rates: first pass, of which they are the rest.
    """

    as_of: str
    returned_then: int
    returned_now: int
    rate_then: float
    rate_now: float


def write_account(account: Account, path: Path, restated: Sequence[Restated] = ()) -> None:
    """Write the account as a private workbook: 总表, places, 单位, 原因, 逐日, 退信清单, 重述.

    Raises OSError when the disk refuses.
    """
    # Before the window closes the rates of the tables are what can still be reached.
    day = account.terms.today if account.is_final else f"{account.terms.today}，待定按妥投计"
    with Book.to(path, PAGE_OF_PAGES, f"截至 {account.terms.today}") as book:
        with book.sheet("总表", portrait=True) as sheet:
            _overview(sheet, account)
        for name, table in _places(account):
            columns = (Column(name), *_COUNTED, *_RATED)
            book.long_table(name, f"各{name}妥投情况 (截至 {day})", columns, frame_rows(table))
        book.long_table("单位", f"有退信的单位 (截至 {day})", _EMPLOYER, frame_rows(account.by_employer))
        book.long_table("原因", f"退信原因 (截至 {day})", _REASON, frame_rows(account.by_reason))
        book.long_table("逐日", f"逐日退信 (截至 {day})", _DAY, frame_rows(account.by_day))
        book.long_table("退信清单", f"退信清单 (截至 {day})", _RETURNED, frame_rows(account.returned_pieces))
        if restated:
            book.long_table("重述", "迟到退信对以往对账的更正", _RESTATED, map(_restated_cells, restated))


def account_paper(account: Account, client: str, mailing: str, restated: Sequence[Restated] = ()) -> Paper:
    """The account as paper, ready for the centre, with two lines to sign on."""
    return Paper(
        title="批次对账单",
        subtitles=(f"{client}    批次 {mailing}    截至 {account.terms.today}",),
        blocks=list(_blocks(account, restated)),
        header=(client, f"批次 {mailing}"),
        footer=f"截至 {account.terms.today}",
    )


def account_json(account: Account, restated: Sequence[Restated] = ()) -> dict[str, Any]:
    """The account as plain numbers and text, ready for json.

    `rate` is null until nothing is pending; `best_rate` is what can be reached.
    """
    terms = account.terms
    return {
        "posted_on": terms.posted_on,
        "today": terms.today,
        "window_closes_on": terms.closes_on,
        "promise": terms.promise,
        **account.counts,
        "copies": account.copies,
        "tied": account.tied,
        "came_back": account.came_back,
        "cured": account.cured,
        "later": account.later,
        "signed_and_returned": len(account.both),
        "rate": account.best.value if account.is_final else None,
        "best_rate": account.best.value,
        "interval_95": [account.best.low, account.best.high],
        "first_pass": _rate(account.first_pass),
        "first_pass_yield": _rate(account.first_yield),
        "cure": _rate(account.cure),
        "cycle_days": {"median": account.cycle.median, "p90": account.cycle.p90},
        "final": account.is_final,
        "kept": account.kept,
        **{f"by_{place}": _records(table, place) for place, table in account.by_place.items()},
        "by_employer": _records(account.by_employer, "employer_no", "employer_name"),
        "by_reason": [
            {"reason": str(code), "label": str(label), "pieces": int(count)}
            for code, label, count, *_rest in frame_rows(account.by_reason)
        ],
        "by_day": [
            {"day": str(day), "pieces": int(n), "together": int(all_)}
            for day, n, all_ in frame_rows(account.by_day)
        ],
        "restated": [
            {
                "as_of": r.as_of,
                "returned_then": r.returned_then,
                "returned_now": r.returned_now,
                "rate_then": r.rate_then,
                "rate_now": r.rate_now,
            }
            for r in restated
        ],
        "signatures": [{"role": role, "name": "", "signed_on": ""} for role in SIGNERS],
    }


def facts_of(account: Account) -> list[tuple[str, str | int | float, Kind]]:
    """The overview: what, how much, and the kind of the cell."""
    terms, copies = account.terms, account.copies
    rate = "投达率" if account.is_final else "投达率 (待定按妥投计)"
    return [
        ("交寄日期", terms.posted_on, "text"),
        ("统计截至", terms.today, "text"),
        ("退信期截止", terms.closes_on, "text"),
        ("印制份数", copies["printed"], "count"),
        ("其中废损", copies["spoiled"], "count"),
        ("交寄件数", account.posted, "count"),
        *((_STATES[s], account.counts[s], "count") for s in list(_STATES)[2:]),
        ("曾退回", account.came_back, "count"),
        ("重寄后妥投", account.cured, "count"),
        (rate, account.best.value, "rate"),
        ("95%置信区间下限", account.best.low, "rate"),
        ("95%置信区间上限", account.best.high, "rate"),
        ("首次投达率", account.first_pass.value, "rate"),
        ("首次合格率 (分母为名册)", account.first_yield.value, "rate"),
        ("退信挽回率", account.cure.value, "rate"),
        ("退回周期中位数 (天)", account.cycle.median, "count"),
        ("承诺投达率", terms.promise, "rate"),
        ("结论", verdict(account), "text"),
    ]


def verdict(account: Account) -> str:
    """Whether the promise was kept, in the words of the centre."""
    if not account.kept:
        return "未达到承诺"
    return "达到承诺" if account.is_final else "尚未到期"


def _overview(sheet: Sheet, account: Account) -> None:
    sheet.line("title", "批次对账：妥投与退信")
    sheet.line("note", _NOTE)
    sheet.gap()
    sheet.header((_ITEM, Column("数值")))
    for item, value, kind in facts_of(account):
        sheet.row((_ITEM, Column("数值", kind)), (item, value))
    sheet.gap()
    sheet.line("note", _equations(account))
    if account.later:
        sheet.line("note", f"另有 {account.later:,} 件退信晚于统计日，未计入。")
    if account.both:
        sheet.line("note", f"其中 {len(account.both):,} 件先有签收后又退回，按退信计。")
    sheet.gap()
    for role in SIGNERS:
        sheet.line("note", f"{role}：____________________    日期：____________")


def _equations(account: Account) -> str:
    n, c = account.counts, account.copies
    parts = " + ".join(f"{_STATES[s]} {n[s]:,}" for s in list(_STATES)[2:])
    printed = f"印制 {c['printed']:,} = 交寄 {c['posted']:,} + 废损 {c['spoiled']:,}"
    return f"{printed}；交寄件数 {n['posted']:,} = {parts}"


def _blocks(account: Account, restated: Sequence[Restated]) -> Iterator[Block]:
    yield Facts([(item, _shown(value, kind)) for item, value, kind in facts_of(account)])
    yield Words(_equations(account))
    yield Words(_NOTE, small=True)
    yield Heading("退信原因")
    yield Table(_REASON[:-1], [row[:-1] for row in frame_rows(account.by_reason)])
    for name, table in _places(account):
        if name in {"县区", "投递局"}:
            yield Heading(f"各{name}妥投情况")
            yield Table((Column(name), *_COUNTED, *_RATED), frame_rows(table))
    if restated:
        yield Heading("迟到退信对以往对账的更正")
        yield Table(_RESTATED, map(_restated_cells, restated))
    yield Heading("签字")
    yield Signatures(_ROLES)


def _shown(value: str | float, kind: Kind) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.2%}" if kind == "rate" else f"{value:,}"


def _places(account: Account) -> Iterator[tuple[str, pd.DataFrame]]:
    """The places that anything is known of, under the names of the workbook."""
    for place, name in _PLACES.items():
        table = account.by_place[place]
        if place == "county" or table[place].astype(bool).any():
            yield name, table


def _restated_cells(r: Restated) -> tuple[str, int, int, int, float, float]:
    change = r.returned_now - r.returned_then
    return (r.as_of, r.returned_then, r.returned_now, change, r.rate_then, r.rate_now)


def _rate(rate: Rate) -> dict[str, Any]:
    return {"count": rate.count, "of": rate.of, "rate": rate.value, "interval_95": [rate.low, rate.high]}


def _records(table: pd.DataFrame, *names: str) -> list[dict[str, Any]]:
    return [
        {name: str(row[name]) for name in names}
        | {name: int(row[name]) for name in _STATES}
        | {"rate": float(row["rate"]), "interval_95": [float(row["low"]), float(row["high"])]}
        for row in table.to_dict("records")
    ]
