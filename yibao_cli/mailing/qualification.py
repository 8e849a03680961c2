"""The qualification report 分拣合格报告: how far a mailing is sorted, against what its scheme asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from yibao_cli.exports import Column, frame_rows
from yibao_cli.exports.paper import Facts, Heading, Paper, Signatures, Table, Words
from yibao_cli.kinds.sorting import LOOSE
from yibao_cli.mailing.containers import kilograms
from yibao_cli.mailing.posting import DISTANT, LOCAL, LOOSE_NAME
from yibao_cli.money import plain_yuan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yibao_cli.exports.paper import Block
    from yibao_cli.kinds.sorting import Scheme
    from yibao_cli.mailing.containers import Sorted
    from yibao_cli.mailing.posting import PostingInfo

_LEVELS = (
    Column("级别"),
    Column("件数", "count"),
    Column("占比", "rate"),
    Column("把数", "count"),
    Column("每把最少", "count"),
    Column("每把最多", "count"),
    Column("不足的把", "count"),
    Column("重量(千克)", "weight"),
)
_RATES = (Column("级别"), Column("本埠外埠"), Column("单价(元)", "money"), Column("件数", "count"))
_BAGS = (
    Column("袋的级别"),
    Column("袋数", "count"),
    Column("把数", "count"),
    Column("件数", "count"),
    Column("重量(千克)", "weight"),
)


class Loose(NamedTuple):
    """Pieces that no level took, their share, and the greatest share that the scheme allows."""

    pieces: int
    share: float
    limit: float

    @property
    def kept(self) -> bool:
        """Whether the share stays within the limit."""
        return self.share <= self.limit


def level_names(scheme: Scheme) -> dict[str, str]:
    """What papers call the levels of bundles and bags."""
    bags = {level.id: level.name for level in scheme.bags}
    return {LOOSE: LOOSE_NAME} | bags | {level.id: level.name for level in scheme.levels}


def short_bundles(found: Sorted, scheme: Scheme) -> pd.DataFrame:
    """The bundles with fewer pieces than their level asks of a destination; rows of `Sorted.bundles`.

    Those of no level are loose, not short.
    """
    minimum = {level.id: level.minimum for level in scheme.levels}
    asked = found.bundles["level"].map(minimum).fillna(0).astype("int64")
    return found.bundles[found.bundles["pieces"] < asked]


def loose_share(found: Sorted, scheme: Scheme) -> Loose:
    """How much of the mailing is loose."""
    loose = int(found.bundles.loc[found.bundles["level"] == LOOSE, "pieces"].sum())
    return Loose(loose, loose / found.pieces if found.pieces else 0.0, scheme.loose)


def levels_frame(found: Sorted, scheme: Scheme) -> pd.DataFrame:
    """Count by level, finest first: level, pieces, share, bundles, least, most, short, weight_mg."""
    bundles = found.bundles.assign(short=found.bundles.index.isin(short_bundles(found, scheme).index))
    grouped = bundles.groupby("level", sort=False)
    frame = pd.DataFrame(
        {
            "pieces": grouped["pieces"].sum(),
            "share": grouped["pieces"].sum() / max(found.pieces, 1),
            "bundles": grouped.size(),
            "least": grouped["pieces"].min(),
            "most": grouped["pieces"].max(),
            "short": grouped["short"].sum(),
            "weight_mg": grouped["weight_mg"].sum(),
        }
    )
    return frame.reindex(_in_order(frame.index, scheme)).reset_index()


def level_rates(pieces: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Count pieces by level and rate: level, local, price (fen), pieces; finest level first.

    pieces: level, local (bool), price (fen).
    """
    sums = pieces.groupby(["level", "local", "price"], observed=True).size().rename("pieces").reset_index()
    sums["level"] = sums["level"].astype(str)
    place = {level: i for i, level in enumerate(_in_order(sums["level"], scheme))}
    order = np.lexsort((sums["price"], ~sums["local"], sums["level"].map(place)))
    return sums.iloc[order].reset_index(drop=True)


def qualification_paper(found: Sorted, rates: pd.DataFrame, scheme: Scheme, info: PostingInfo) -> Paper:
    """The report to be signed."""
    return Paper(
        f"{info.client} {info.mailing} 分拣合格报告",
        list(_blocks(found, rates, scheme, info)),
        header=(info.client, f"批次 {info.mailing}"),
        footer=f"分拣合格报告 {info.mailing}",
    )


def qualification_json(
    found: Sorted, rates: pd.DataFrame, scheme: Scheme, info: PostingInfo
) -> dict[str, Any]:
    """The report for programs; weights are mg, prices fen."""
    loose = loose_share(found, scheme)
    return {
        "mailing": info.mailing,
        "posted_on": info.posted_on,
        "scheme": scheme.id,
        "pieces": found.pieces,
        "bundles": len(found.bundles),
        "bags": len(found.bags),
        "short_bundles": len(short_bundles(found, scheme)),
        "loose": {"pieces": loose.pieces, "share": loose.share, "limit": loose.limit, "kept": loose.kept},
        "levels": levels_frame(found, scheme).to_dict("records"),
        "rates": rates.rename(columns={"price": "price_fen"}).to_dict("records"),
        "bag_levels": _bag_levels(found, scheme).to_dict("records"),
    }


def _blocks(found: Sorted, rates: pd.DataFrame, scheme: Scheme, info: PostingInfo) -> Iterator[Block]:
    names, loose = level_names(scheme), loose_share(found, scheme)
    weight = int(found.bags["weight_mg"].sum())
    yield Facts(
        (
            ("交寄单位", info.client),
            ("批次号", info.mailing),
            ("产品", info.product),
            ("交寄日期", info.posted_on),
            ("分拣方案", f"{scheme.name} ({scheme.id})"),
            ("总件数", f"{found.pieces:,} 件"),
            ("把数", f"{len(found.bundles):,} 把"),
            ("袋数", f"{len(found.bags):,} 袋"),
            ("总重量", f"{kilograms(weight):,} 千克"),
            ("散件", f"{loose.pieces:,} 件，占 {loose.share:.2%}，上限 {loose.limit:.2%}"),
        )
    )
    yield Words("散件比例符合方案要求" if loose.kept else "散件比例超过方案上限，须改正后交寄")
    yield Heading("按级别")
    yield _level_table(levels_frame(found, scheme), names, weight)
    yield Heading("按级别和资费")
    yield _rate_table(rates, names)
    yield Heading("袋")
    yield _bag_table(_bag_levels(found, scheme), names, weight)
    yield Signatures(("分拣负责人", "复核人", "日期"))


def _level_table(levels: pd.DataFrame, names: Mapping[str, str], weight: int) -> Table:
    rows = [(names.get(level, level), *row, kilograms(mg)) for level, *row, mg in frame_rows(levels)]
    pieces, bundles, short = (int(levels[name].sum()) for name in ("pieces", "bundles", "short"))
    total = ("合计", pieces, None, bundles, None, None, short, kilograms(weight))
    return Table(_LEVELS, rows, [total])


def _rate_table(rates: pd.DataFrame, names: Mapping[str, str]) -> Table:
    rows = [
        (names.get(level, level), LOCAL if local else DISTANT, plain_yuan(price), count)
        for level, local, price, count in frame_rows(rates)
    ]
    return Table(_RATES, rows, [("合计", "", None, int(rates["pieces"].sum()))])


def _bag_table(bags: pd.DataFrame, names: Mapping[str, str], weight: int) -> Table:
    rows = [(names.get(level, level), *row, kilograms(mg)) for level, *row, mg in frame_rows(bags)]
    sums = [int(bags[name].sum()) for name in ("bags", "bundles", "pieces")]
    return Table(_BAGS, rows, [("合计", *sums, kilograms(weight))])


def _bag_levels(found: Sorted, scheme: Scheme) -> pd.DataFrame:
    grouped = found.bags.groupby("level", sort=False)
    frame = grouped[["bundles", "pieces", "weight_mg"]].sum()
    frame.insert(0, "bags", grouped.size())
    return frame.reindex(_in_order(frame.index, scheme)).reset_index()


def _in_order(levels: Any, scheme: Scheme) -> list[str]:
    """Level ids that there are, finest first, what has none last."""
    known = dict.fromkeys([*(level.id for level in scheme.levels), *(level.id for level in scheme.bags)])
    there = set(map(str, levels))
    return [level for level in known if level in there] + sorted(there - known.keys())
