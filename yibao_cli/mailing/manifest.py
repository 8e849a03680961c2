"""The posting list 寄递清单: what is handed to the post, piece by piece and in totals.

It goes to the post and stays Chinese whatever the language of the screen. The post needs the addressee's
name in full; no id number, phone or amount of an account is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from yibao_cli.errors import InternalError
from yibao_cli.exports import Book, Column, frame_rows, write_csv
from yibao_cli.i18n import _
from yibao_cli.mailing.tariff import postage
from yibao_cli.money import plain_yuan

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.exports import Sheet
    from yibao_cli.mailing.tariff import Tariff, Terms

LOCAL, DISTANT = "本埠", "外埠"
COLUMNS = (
    Column("序号", "count"),
    Column("批次号"),
    Column("账单编号"),
    Column("收件人", "wrap", widest=14),
    Column("单位编号"),
    Column("单位名称", "wrap", widest=26),
    Column("地址", "wrap", widest=56),
    Column("邮编"),
    Column("县区"),
    Column("打印分册"),
    Column("本埠外埠"),
    Column("资费(元)", "money"),
)
# Our column for each of the Chinese headers that is copied as it stands.
_COPIED = {
    "账单编号": "piece",
    "收件人": "name",
    "单位编号": "employer_no",
    "单位名称": "employer_name",
    "地址": "address",
    "邮编": "postcode",
    "县区": "county",
    "打印分册": "part",
}
_COUNTS = (
    Column("件数", "count"),
    Column(LOCAL, "count"),
    Column(DISTANT, "count"),
    Column("资费(元)", "money"),
)
_UNNAMED = "(未注明)"
_PAGE = "第 &P 页  共 &N 页"
_SIGNATURES = ("交寄人", "接收人", "日期")


@dataclass(frozen=True, slots=True)
class ManifestInfo:
    """What stands above the list: mailing id, client, product, name of the postage line, ISO day."""

    mailing: str
    client: str
    product: str
    line: str
    posted_on: str


def manifest_frame(pieces: pd.DataFrame, mailing: str, tariff: Tariff, terms: Terms) -> pd.DataFrame:
    """Make the posting list of a mailing, one row a piece, in print order.

    pieces: columns position, piece, name, employer_no, employer_name, address, postcode, county, part
      (all text but position) and pages.

    Returns the columns of `COLUMNS`: 序号 counts from 1, 资费(元) is a Decimal, all else text.
    Raises SettingsError as `tariff.postage` does.
    """
    ordered = pieces.sort_values("position", kind="stable").reset_index(drop=True)
    local = terms.locality.covers(ordered)
    frame = pd.DataFrame(
        {header: ordered[name].astype("string").fillna("") for header, name in _COPIED.items()}
    )
    frame["序号"] = range(1, len(ordered) + 1)
    frame["批次号"] = mailing
    frame["本埠外埠"] = local.map({True: LOCAL, False: DISTANT})
    frame["资费(元)"] = _in_yuan(postage(ordered, tariff, terms))
    return frame[[column.header for column in COLUMNS]]


def write_manifest(frame: pd.DataFrame, folder: Path, info: ManifestInfo) -> tuple[Path, Path]:
    """Write the posting list as `manifest-MAILING.xlsx` (sheets 汇总, 清单) and `.csv` into a folder.

    More pieces than a sheet holds go on to 清单 2. The files are private (0600) and the same bytes for the
    same list. Returns both paths. Raises OSError when the disk refuses.
    """
    workbook, text = (folder / f"manifest-{info.mailing}.{ending}" for ending in ("xlsx", "csv"))
    with Book.to(workbook, _PAGE, f"{info.client}  {info.mailing}") as book:
        with book.sheet("汇总", portrait=True) as sheet:
            _summary(sheet, frame, info)
        book.long_table("清单", f"{info.client} {info.mailing} 寄递清单", COLUMNS, frame_rows(frame))
    write_csv(text, frame)
    return workbook, text


def totals_by(frame: pd.DataFrame, header: str) -> pd.DataFrame:
    """Count pieces and add postage of a posting list by one of its columns, in order of first appearance.

    Returns columns (header), 件数, 本埠, 外埠, 资费(元); the last is a Decimal. Blank names become (未注明).
    """
    names = frame[header].replace("", _UNNAMED)
    local = frame["本埠外埠"] == LOCAL
    counted = pd.DataFrame(
        {header: names, "件数": 1, LOCAL: local.astype("int64"), DISTANT: (~local).astype("int64")}
    ).assign(fen=frame["资费(元)"].map(_in_fen).astype("int64"))
    sums = counted.groupby(header, sort=False).sum().reset_index()
    sums["资费(元)"] = _in_yuan(sums.pop("fen"))
    return sums


def _summary(sheet: Sheet, frame: pd.DataFrame, info: ManifestInfo) -> None:
    sheet.line("title", f"{info.client} {info.mailing} 寄递清单汇总")
    sheet.line("note", f"产品: {info.product}    资费种类: {info.line}    交寄日期: {info.posted_on}")
    by_county, by_part = totals_by(frame, "县区"), totals_by(frame, "打印分册")
    total = _sums(by_county)
    if total != _sums(by_part) or total[0] != len(frame):
        raise InternalError(_("the totals of the posting list do not tie"))
    for header, table in (("县区", by_county), ("打印分册", by_part)):
        sheet.gap()
        columns = (Column(header), *_COUNTS)
        sheet.table(f"按{header}", columns, frame_rows(table))
        sheet.row(columns, ("合计", *total), total=True)
    sheet.gap(2)
    for role in _SIGNATURES:
        sheet.line("heading", f"{role}: ____________________________")
        sheet.gap()


def _sums(table: pd.DataFrame) -> tuple[int, int, int, Decimal]:
    pieces, local, distant = (int(table[name].sum()) for name in ("件数", LOCAL, DISTANT))
    return pieces, local, distant, sum(table["资费(元)"], Decimal("0.00"))


def _in_yuan(amounts: pd.Series[int]) -> pd.Series[Any]:
    # A mailing has a handful of different prices, so one Decimal serves many rows.
    prices = {amount: plain_yuan(int(amount)) for amount in amounts.unique()}
    return pd.Series([prices[a] for a in amounts], index=amounts.index, dtype="object")


def _in_fen(price: Decimal) -> int:
    return int(price.scaleb(2))
