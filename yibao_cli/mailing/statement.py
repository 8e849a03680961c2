"""The postage statement 资费结算单: what the post is paid, by line of mail, place, weight step and price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from yibao_cli.exports import Column, frame_rows
from yibao_cli.exports.paper import Facts, Heading, Paper, Signatures, Table, Words
from yibao_cli.mailing.containers import kilograms
from yibao_cli.mailing.posting import DISTANT, LOCAL, UNNAMED
from yibao_cli.money import capitals, plain_yuan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.exports.paper import Block
    from yibao_cli.mailing.posting import PostingInfo
    from yibao_cli.mailing.tariff import Rate

_COLUMNS = (
    Column("资费种类"),
    Column("本埠外埠"),
    Column("每件重量", narrowest=16),
    Column("件数", "count"),
    Column("重量(千克)", "weight"),
    Column("单价(元)", "money"),
    Column("金额(元)", "money"),
)
_COUNTY = (
    Column("县区", "wrap", widest=24),
    Column("件数", "count"),
    Column(LOCAL, "count"),
    Column(DISTANT, "count"),
    Column("金额(元)", "money"),
)
_MG = 1000  # in a gram


def weight_steps(weights_mg: pd.Series[int], rate: Rate) -> list[str]:
    """The step of a rate that each piece falls into, as papers name it: `20 克以内`, `每件` for one price."""
    names = {int(mg): _step(int(mg), rate) for mg in weights_mg.unique()}
    return [names[mg] for mg in weights_mg.tolist()]


def _step(weight_mg: int, rate: Rate) -> str:
    start = 0
    for band in rate.bands:
        if band.up_to is None or band.every is None:
            return "每件"
        if weight_mg <= band.up_to * _MG:
            steps = max(1, -((start * _MG - weight_mg) // (band.every * _MG)))
            return f"{start + steps * band.every} 克以内"
        start = band.up_to
    return f"{start} 克以上"


def statement_lines(pieces: pd.DataFrame) -> pd.DataFrame:
    """Group pieces by what they cost.

    pieces: local (bool), step (text), price (fen), weight_mg.

    Returns local, step, price, pieces, weight_mg, amount (fen); local mail first, dearer lines last.
    """
    counted = pieces.assign(pieces=1, amount=pieces["price"])
    keys = ["local", "price", "step"]
    sums = counted.groupby(keys, observed=True)[["pieces", "weight_mg", "amount"]].sum().reset_index()
    ordered = sums.sort_values(["local", "price", "step"], ascending=[False, True, True], ignore_index=True)
    return ordered[["local", "step", "price", "pieces", "weight_mg", "amount"]]


def county_totals(pieces: pd.DataFrame) -> pd.DataFrame:
    """Count pieces and postage by county, in order of first appearance.

    pieces: county, local (bool), price (fen).

    Returns county, pieces, local, distant, amount (fen); blank names become (未注明).
    """
    names = pieces["county"].astype(str).replace("", UNNAMED)
    local = pieces["local"].astype("int64")
    counted = pd.DataFrame({"county": names, "pieces": 1, "local": local, "distant": 1 - local})
    counted["amount"] = pieces["price"]
    return counted.groupby("county", sort=False).sum().reset_index()


def statement_paper(lines: pd.DataFrame, counties: pd.DataFrame, info: PostingInfo) -> Paper:
    """The statement to be signed."""
    return Paper(
        f"{info.client} {info.mailing} 资费结算单",
        list(_blocks(lines, counties, info)),
        header=(info.client, f"批次 {info.mailing}"),
        footer=f"资费结算单 {info.mailing}",
    )


def statement_json(lines: pd.DataFrame, counties: pd.DataFrame, info: PostingInfo) -> dict[str, Any]:
    """The statement for programs; amounts are fen, weights mg."""
    return {
        "mailing": info.mailing,
        "product": info.product,
        "line": info.line,
        "posted_on": info.posted_on,
        "pieces": int(lines["pieces"].sum()),
        "weight_mg": int(lines["weight_mg"].sum()),
        "amount_fen": int(lines["amount"].sum()),
        "lines": [
            {"locality": "local" if row.pop("local") else "distant", **row}
            for row in lines.rename(columns={"price": "price_fen", "amount": "amount_fen"}).to_dict("records")
        ],
        "counties": counties.rename(columns={"amount": "amount_fen"}).to_dict("records"),
    }


def _blocks(lines: pd.DataFrame, counties: pd.DataFrame, info: PostingInfo) -> Iterator[Block]:
    pieces, weight, amount = (int(lines[name].sum()) for name in ("pieces", "weight_mg", "amount"))
    yield Facts(
        (
            ("交寄单位", info.client),
            ("批次号", info.mailing),
            ("产品", info.product),
            ("资费种类", info.line),
            ("交寄日期", info.posted_on),
            ("总件数", f"{pieces:,} 件"),
            ("总重量", f"{kilograms(weight):,} 千克"),
            ("资费合计", f"{plain_yuan(amount):,.2f} 元"),
        )
    )
    yield Words(f"金额大写：人民币{capitals(amount)}")
    yield Heading("按资费")
    rows = [
        (
            info.line,
            LOCAL if local else DISTANT,
            step,
            count,
            kilograms(mg),
            plain_yuan(price),
            plain_yuan(total),
        )
        for local, step, price, count, mg, total in frame_rows(lines)
    ]
    yield Table(_COLUMNS, rows, [("合计", "", "", pieces, kilograms(weight), None, plain_yuan(amount))])
    yield Heading("按县区")
    by_county = [(*row[:-1], plain_yuan(row[-1])) for row in frame_rows(counties)]
    sums = [int(counties[name].sum()) for name in ("pieces", "local", "distant", "amount")]
    yield Table(_COUNTY, by_county, [("合计", *sums[:-1], plain_yuan(sums[-1]))])
    yield Signatures(("交寄单位经办人", "邮政接收人", "日期"))
