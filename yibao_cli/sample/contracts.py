"""Advertisers' contracts and their artwork."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from yibao_cli.sample import art
from yibao_cli.sample.adverts import ADVERTS
from yibao_cli.sample.workbook import Book, Cell, Layout

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.sample.people import Cast
    from yibao_cli.sample.tally import Tally

ART = "art"

LAYOUT = Layout(
    sheet="广告合同",
    title="2026年第三季度对账单版位合同",
    headers=(
        "合同编号",
        "广告主",
        "行业",
        "版位",
        "标题",
        "素材文件",
        "印数",
        "投放县区",
        "投放人群",
        "合同金额（元）",
        "开始日期",
        "结束日期",
        "审查证明文号",
        "审核状态",
        "广告文案",
    ),
    widths=(14, 28, 9, 6, 18, 22, 8, 26, 12, 13, 12, 12, 30, 9, 60),
)

_YEAR_END = date(2026, 12, 31)


@dataclass(frozen=True, slots=True)
class _Contract:
    advertiser: str
    trade: str
    panel: str
    file: str
    percent: int  # of the roster's rows
    counties: str
    categories: str
    price: Cell
    starts: Cell
    ends: Cell
    approval: str
    review: str


_CONTRACTS = (
    _Contract(
        "石家庄柳荫医院",
        "医院",
        "A",
        "a-hospital.pdf",
        25,
        "长安区、桥西区、新华区、裕华区",
        "",
        3600.0,
        date(2026, 7, 1),
        _YEAR_END,
        "冀医广[2026]第0301-001号",
        "通过",
    ),
    _Contract(
        "石家庄春晖大药房有限公司",
        "药店",
        "A",
        "a-pharmacy.png",
        40,
        "",
        "",
        "¥4,200.00",
        date(2026, 7, 1),
        _YEAR_END,
        "",
        "已通过",
    ),
    _Contract(
        "石家庄望岳房地产开发有限公司",
        "房地产",
        "B版",
        "b-homes.pdf",
        30,
        "",
        "在职、退休",
        4500.0,
        "2026年9月1日",
        _YEAR_END,
        "",
        "通过",
    ),
    _Contract(
        "石家庄金谷商贸有限公司",
        "超市",
        "B",
        "b-market.png",
        35,
        "",
        "",
        "3,150.00",
        date(2026, 9, 1),
        "2026-12-31",
        "",
        "通过",
    ),
    _Contract(
        "石家庄安和家政服务有限公司",
        "家政",
        "C",
        "c-home-service.png",
        13,
        "",
        "",
        980.0,
        date(2026, 9, 1),
        _YEAR_END,
        "",
        "通过",
    ),
    _Contract(
        "石家庄文澜口腔医院",
        "医院",
        "A",
        "a-pending.png",
        20,
        "裕华区",
        "",
        1800.0,
        date(2026, 10, 1),
        _YEAR_END,
        "",
        "待审",
    ),
    _Contract(
        "石家庄槐香置业有限公司",
        "房地产",
        "B",
        "b-expired.pdf",
        20,
        "",
        "",
        2600.0,
        date(2026, 1, 1),
        date(2026, 6, 30),
        "",
        "通过",
    ),
)


def write(inbox: Path, cast: Cast, tally: Tally) -> dict[str, int]:
    """Write contracts.xlsx and the art beside it; gives the data rows of each file."""
    folder = inbox / ART
    folder.mkdir(exist_ok=True)
    with Book(inbox, "contracts", LAYOUT) as book:
        for number, contract in enumerate(_CONTRACTS, 1):
            book.row(_row(number, contract, cast.members))
            art.draw(folder / contract.file, ADVERTS[contract.file].shapes())
            tally.add("contracts", "review", contract.review.removeprefix("已"))
    tally.add("contracts", "planted", "pending")
    tally.add("contracts", "planted", "ended_before_the_mailing")
    return book.files


def _row(number: int, contract: _Contract, members: int) -> list[Cell]:
    return [
        f"YB2026-{number:03d}",
        contract.advertiser,
        contract.trade,
        contract.panel,
        ADVERTS[contract.file].headline,
        f"{ART}/{contract.file}",
        members * contract.percent // 100,
        contract.counties or None,
        contract.categories or None,
        contract.price,
        contract.starts,
        contract.ends,
        contract.approval or None,
        contract.review,
        ADVERTS[contract.file].words,
    ]
