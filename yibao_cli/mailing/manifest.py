"""The posting list 寄递清单: what is handed to the post, piece by piece and in totals.

It goes to the post and stays Chinese whatever the language of the screen. The post needs the addressee's
name in full; no id number, phone or amount of an account is in it.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from yibao_cli.exports import Book, Column, frame_rows, write_csv_rows
from yibao_cli.exports.book import PAGE_OF_PAGES
from yibao_cli.exports.paper import SIGNATURES, Facts, Paper, Signatures, Table
from yibao_cli.exports.sheet import EXCEL_ROWS
from yibao_cli.mailing.containers import kilograms
from yibao_cli.mailing.posting import DISTANT, LOCAL, MIXED, UNNAMED
from yibao_cli.mailing.tariff import postage
from yibao_cli.money import plain_yuan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal
    from pathlib import Path

    import pandas as pd

    from yibao_cli.exports import Cell, Sheet
    from yibao_cli.exports.paper import Block
    from yibao_cli.mailing.posting import PostingInfo
    from yibao_cli.mailing.tariff import Tariff, Terms

# Each column of the list, and ours that it copies; the others are made.
_LISTED = (
    (Column("序号", "count"), "position"),
    (Column("批次号"), ""),
    (Column("邮件号"), "tracking"),
    (Column("账单编号"), "piece"),
    (Column("收件人", "wrap", widest=14), "name"),
    (Column("单位编号"), "employer_no"),
    (Column("单位名称", "wrap", widest=26), "employer_name"),
    (Column("地址", "wrap", widest=56), "address"),
    (Column("邮编"), "postcode"),
    (Column("县区"), "county"),
    (Column("投递局"), "office"),
    (Column("投递段"), "walk"),
    (Column("袋", "count"), "bag"),
    (Column("把", "count"), "bundle"),
    (Column("打印分册"), "part"),
    (Column("重量(克)", "money"), ""),
    (Column("本埠外埠"), ""),
    (Column("资费(元)", "money"), ""),
)
COLUMNS = tuple(column for column, _ours in _LISTED)
# What is read of each piece; `tracking` is there only where the mailing is registered.
FIELDS = (*filter(None, (ours for _column, ours in _LISTED)), "pages", "weight_mg")
_NUMBERS = {"position", "bag", "bundle", "pages", "weight_mg"}
# A sheet of paper is narrower than a screen: what the title says, and numbers that only programs need.
_NOT_ON_PAPER = {"批次号", "单位编号", "打印分册", "投递局"}
_COUNTS = (
    Column("件数", "count"),
    Column(LOCAL, "count"),
    Column(DISTANT, "count"),
    Column("资费(元)", "money"),
)
_INDEX = (
    Column("文件"),
    Column("县区", "wrap", widest=30),
    Column("件数", "count"),
    Column("资费(元)", "money"),
)
_DIGIT = 1.8  # of a column's narrowest, for a digit
_SUMMARY, _LIST = "汇总", "清单"
_MOST_BOOKS = 200  # open at once, when a list is divided by county
_OTHERS = "其他县区"
DATA_ROWS = EXCEL_ROWS - 2  # of a sheet, below title and header


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a posting list: by county (county, pieces, local, distant, amount), then by bag and by part.

    bags: bag, level, destination, bundles, pieces, weight_mg. parts: part, pieces, amount. Amounts are fen.
    """

    counties: pd.DataFrame
    bags: pd.DataFrame
    parts: pd.DataFrame

    @property
    def pieces(self) -> int:
        """Pieces in all."""
        return int(self.counties["pieces"].sum())


def manifest_rows(
    pieces: pd.DataFrame, mailing: str, tariff: Tariff, terms: Terms
) -> Iterator[tuple[Cell, ...]]:
    """Make the rows of the posting list of some pieces, in their order.

    pieces: columns of `FIELDS`, where a text may be missing.

    Yields a cell for each of `COLUMNS`: 资费(元) and 重量(克) are Decimals.
    Raises SettingsError as `tariff.postage` does.
    """
    local = [LOCAL if here else DISTANT for here in terms.locality.covers(pieces)]
    made: dict[str, list[Any]] = {
        "批次号": [mailing] * len(pieces),
        "本埠外埠": local,
        "资费(元)": list(map(_yuan, postage(pieces, tariff, terms).tolist())),
        "重量(克)": list(map(_grams, pieces["weight_mg"].tolist())),
    }
    columns = [
        made[column.header] if column.header in made else _copied(pieces, ours) for column, ours in _LISTED
    ]
    return zip(*columns, strict=True)


def write_list_csv(path: Path, rows: Iterable[Sequence[Cell]]) -> None:
    """Write the list as csv (0600), text made safe."""
    write_csv_rows(path, [column.header for column in COLUMNS], rows)


def write_list_book(
    path: Path, rows: Iterable[Sequence[Cell]], totals: Totals, info: PostingInfo, limit: int = DATA_ROWS
) -> list[Path]:
    """Write the list as a workbook with the sheets 汇总 and 清单; returns the files.

    One that is longer than `limit` rows has an index in place of the list, and a workbook beside it for
    each county: `manifest-2026Q3-01.xlsx`. Files are private and the same bytes for the same list.
    """
    if totals.pieces > limit:
        return _write_divided(path, rows, totals, info, limit)
    with Book.to(path, PAGE_OF_PAGES, f"{info.client}  {info.mailing}") as book:
        with book.sheet(_SUMMARY, portrait=True) as sheet:
            _summary(sheet, totals, info)
        book.long_table(_LIST, _title(info), COLUMNS, rows)
    return [path]


def list_paper(rows: Iterable[Sequence[Cell]], totals: Totals, info: PostingInfo, blank: set[str]) -> Paper:
    """The list for printing. blank: headers of columns that stand empty on all of it."""
    shown = [i for i, c in enumerate(COLUMNS) if c.header not in _NOT_ON_PAPER | blank]
    return Paper(
        _title(info),
        _paper_blocks(rows, shown, totals, info),
        header=(info.client, f"批次 {info.mailing}"),
        footer=f"寄递清单 {info.mailing}",
        landscape=True,
        type_size=8.0,
    )


def blank_columns(fields: Sequence[str]) -> set[str]:
    """Headers of the columns that have nothing to show when the pieces have only these fields."""
    return {column.header for column, ours in _LISTED if ours and ours not in fields}


def _paper_blocks(
    rows: Iterable[Sequence[Cell]], shown: list[int], totals: Totals, info: PostingInfo
) -> Iterator[Block]:
    amount = int(totals.counties["amount"].sum())
    yield Facts(
        (
            ("产品", info.product),
            ("资费种类", info.line),
            ("交寄日期", info.posted_on),
            ("件数", f"{totals.pieces:,}"),
            ("袋数", f"{len(totals.bags):,}"),
            ("资费合计", f"{plain_yuan(amount):,.2f} 元"),
        ),
        columns=3,
    )
    sums: list[Cell] = [None] * len(shown)
    sums[1], sums[-1] = f"合计 {totals.pieces:,} 件", plain_yuan(amount)
    # Rows are set as they come, so what the last of them will need is kept free from the first.
    room = {"序号": totals.pieces, "把": int(totals.bags["bundles"].sum()), "袋": len(totals.bags)}
    columns = [
        replace(COLUMNS[i], narrowest=_DIGIT * len(f"{room.get(COLUMNS[i].header, 0):,}")) for i in shown
    ]
    yield Table(columns, ([row[i] for i in shown] for row in rows), [sums])
    yield Signatures()


def _write_divided(
    path: Path, rows: Iterable[Sequence[Cell]], totals: Totals, info: PostingInfo, limit: int
) -> list[Path]:
    names = _book_names(totals)
    files = {
        name: path.with_name(f"{path.stem}-{i:02d}.xlsx")
        for i, name in enumerate(dict.fromkeys(names.values()), 1)
    }
    county = next(i for i, c in enumerate(COLUMNS) if c.header == "县区")
    with ExitStack() as stack:
        lists = {}
        for name, file in files.items():
            book = stack.enter_context(Book.to(file, PAGE_OF_PAGES, f"{info.client}  {info.mailing}  {name}"))
            lists[name] = stack.enter_context(
                book.growing_table(_LIST, f"{_title(info)} {name}", COLUMNS, limit)
            )
        for row in rows:
            lists[names[str(row[county] or UNNAMED)]].add(row)
    with Book.to(path, PAGE_OF_PAGES, f"{info.client}  {info.mailing}") as book:
        with book.sheet(_SUMMARY, portrait=True) as sheet:
            _summary(sheet, totals, info)
        with book.sheet("索引", portrait=True) as sheet:
            _index(sheet, totals, info, {county: files[name].name for county, name in names.items()})
    return [path, *files.values()]


def _book_names(totals: Totals) -> dict[str, str]:
    """County to the name of its workbook: its own, but the smallest together where there are too many."""
    by_size = totals.counties.sort_values("pieces", ascending=False, kind="stable")["county"].tolist()
    own = set(by_size if len(by_size) <= _MOST_BOOKS else by_size[: _MOST_BOOKS - 1])
    return {county: county if county in own else _OTHERS for county in totals.counties["county"]}


def _index(sheet: Sheet, totals: Totals, info: PostingInfo, files: dict[str, str]) -> None:
    sheet.line("title", f"{_title(info)}索引")
    sheet.line("note", "清单按县区分为下列文件；序号为打印顺序，全批连续。")
    rows = [
        (files[county], county, pieces, plain_yuan(amount))
        for county, pieces, _local, _distant, amount in frame_rows(totals.counties)
    ]
    sheet.table("按县区", _INDEX, rows)
    amount = int(totals.counties["amount"].sum())
    sheet.row(_INDEX, ("合计", "", totals.pieces, plain_yuan(amount)), total=True)


def _summary(sheet: Sheet, totals: Totals, info: PostingInfo) -> None:
    sheet.line("title", f"{_title(info)}汇总")
    sheet.line("note", f"产品：{info.product}    资费种类：{info.line}    交寄日期：{info.posted_on}")
    for table in (_county_sums, _part_sums, _bag_sums):
        sheet.gap()
        table(sheet, totals)
    sheet.signatures(SIGNATURES)


def _county_sums(sheet: Sheet, totals: Totals) -> None:
    columns = (Column("县区"), *_COUNTS)
    sheet.table("按县区", columns, [(*row[:-1], _yuan(row[-1])) for row in frame_rows(totals.counties)])
    *sums, amount = (int(totals.counties[name].sum()) for name in ("pieces", "local", "distant", "amount"))
    sheet.row(columns, ("合计", *sums, _yuan(amount)), total=True)


def _part_sums(sheet: Sheet, totals: Totals) -> None:
    columns = (Column("打印分册"), Column("件数", "count"), Column("资费(元)", "money"))
    rows = [(f"{part:03d}", count, _yuan(amount)) for part, count, amount in frame_rows(totals.parts)]
    sheet.table("按打印分册", columns, rows)
    count, amount = (int(totals.parts[name].sum()) for name in ("pieces", "amount"))
    sheet.row(columns, ("合计", count, _yuan(amount)), total=True)


def _bag_sums(sheet: Sheet, totals: Totals) -> None:
    columns = (
        Column("袋"),
        Column("寄达"),
        Column("把数", "count"),
        Column("件数", "count"),
        Column("重量(千克)", "weight"),
    )
    shown = totals.bags[["bag", "destination", "bundles", "pieces", "weight_mg"]]
    rows = [(str(bag), place or MIXED, *row, kilograms(mg)) for bag, place, *row, mg in frame_rows(shown)]
    sheet.table("按袋", columns, rows)
    *sums, weight = (int(totals.bags[name].sum()) for name in ("bundles", "pieces", "weight_mg"))
    sheet.row(columns, ("合计", "", *sums, kilograms(weight)), total=True)


def _title(info: PostingInfo) -> str:
    """What the list is called."""
    return f"{info.client} {info.mailing} 寄递清单"


def _copied(pieces: pd.DataFrame, name: str) -> list[Any]:
    if name not in pieces:
        return [""] * len(pieces)
    if name in _NUMBERS:
        return pieces[name].tolist()
    if name == "part":
        return [f"{part:03d}" for part in pieces[name].tolist()]
    return pieces[name].astype(object).where(pieces[name].notna(), "").tolist()


@lru_cache(maxsize=4096)
def _yuan(amount: int) -> Decimal:
    return plain_yuan(amount)


@lru_cache(maxsize=4096)
def _grams(weight_mg: int) -> Decimal:
    return plain_yuan(weight_mg // 10)
