"""The exception list 异常清单: what is not in the post, and what is in it but not as the scheme wants it.

It names no person: a held row is named by its place in the client's own file, and its value is masked.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from yibao_cli.exports import Column, frame_rows
from yibao_cli.exports.paper import Facts, Heading, Paper, Signatures, Table, Words
from yibao_cli.kinds.sorting import LOOSE
from yibao_cli.mailing.posting import LOOSE_NAME
from yibao_cli.mailing.qualification import level_names, short_bundles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from yibao_cli.exports.paper import Block
    from yibao_cli.kinds.sorting import Scheme
    from yibao_cli.mailing.containers import Sorted
    from yibao_cli.mailing.posting import PostingInfo

_COUNTS = (Column("件数", "count"), Column("规则"), Column("原因", "wrap", widest=44))
_ROWS = (
    Column("序号", "count"),
    Column("规则"),
    Column("原因", "wrap", widest=44),
    Column("文件", "wrap", widest=24),
    Column("工作表", "wrap", widest=14),
    Column("行", "count"),
    Column("内容(已遮盖)", "wrap", widest=24),
)
_BUNDLES = (
    Column("把", "count"),
    Column("袋", "count"),
    Column("级别"),
    Column("寄达", "wrap", widest=30),
    Column("件数", "count"),
    Column("起止编号", narrowest=20),
)


class Held(NamedTuple):
    """A row of the roster that is not printed: rule, file, sheet, row, masked value."""

    rule: str
    file: str
    sheet: str
    row: int | None
    value: str


class Absent(NamedTuple):
    """What was not printed: held and rejected rows in all, and the held ones one by one.

    reasons: rule id to its text. unselected: rows that the mailing was not meant for. rows: one a held row;
    fewer than `held` when the findings are gone.
    """

    held: int
    rejected: int
    rows: Sequence[Held]
    reasons: Mapping[str, str]
    unselected: int = 0


def exceptions_paper(absent: Absent, found: Sorted, scheme: Scheme, info: PostingInfo) -> Paper:
    """The list to be signed."""
    return Paper(
        f"{info.client} {info.mailing} 异常清单",
        list(_blocks(absent, found, scheme, info)),
        header=(info.client, f"批次 {info.mailing}"),
        footer=f"异常清单 {info.mailing}",
        landscape=True,
    )


def exceptions_json(absent: Absent, found: Sorted, scheme: Scheme, info: PostingInfo) -> dict[str, Any]:
    """The list for programs."""
    counts = Counter(row.rule for row in absent.rows)
    short, loose = short_bundles(found, scheme), _loose_bundles(found)
    columns = ["bundle", "bag", "level", "destination", "pieces"]
    return {
        "mailing": info.mailing,
        "held": absent.held,
        "rejected": absent.rejected,
        "unselected": absent.unselected,
        "held_by_rule": dict(sorted(counts.items())),
        "rows": [row._asdict() for row in absent.rows],
        "short_bundles": short[columns].to_dict("records"),
        "loose_bundles": loose[columns].to_dict("records"),
    }


def _loose_bundles(found: Sorted) -> pd.DataFrame:
    return found.bundles[found.bundles["level"] == LOOSE]


def _blocks(absent: Absent, found: Sorted, scheme: Scheme, info: PostingInfo) -> Iterator[Block]:
    short, loose = short_bundles(found, scheme), _loose_bundles(found)
    yield Facts(
        (
            ("交寄单位", info.client),
            ("批次号", info.mailing),
            ("交寄日期", info.posted_on),
            ("已交寄", f"{found.pieces:,} 件"),
            ("暂扣", f"{absent.held:,} 件"),
            ("导入时剔除", f"{absent.rejected:,} 行"),
            ("未选中", f"{absent.unselected:,} 行"),
            ("不足的把", f"{len(short):,} 把"),
            (LOOSE_NAME, f"{int(loose['pieces'].sum()):,} 件"),
        ),
        columns=4,
    )
    if absent.held:
        yield from _held_blocks(absent)
    for heading, bundles in (("不足的把", short), (LOOSE_NAME, loose)):
        if len(bundles):
            yield Heading(heading)
            yield _bundle_table(bundles, level_names(scheme))
    if not absent.held and not len(short) and not len(loose):
        yield Words("无异常。")
    yield Signatures(("制表人", "复核人", "日期"))


def _held_blocks(absent: Absent) -> Iterator[Block]:
    """What was held: by reason, then row by row."""
    counts = Counter(row.rule for row in absent.rows)
    yield Heading("暂扣原因")
    rows = [(n, rule, absent.reasons.get(rule, "")) for rule, n in sorted(counts.items())]
    yield Table(_COUNTS, rows, [(len(absent.rows), "合计", "")])
    if len(absent.rows) != absent.held:
        yield Words(
            f"问题记录中有 {len(absent.rows):,} 行，冻结数据包记载 {absent.held:,} 件；请重新合并以补全明细"
        )
    yield Heading("暂扣明细")
    yield Table(
        _ROWS,
        [
            (i, r.rule, absent.reasons.get(r.rule, ""), r.file, r.sheet, r.row, r.value)
            for i, r in enumerate(absent.rows, 1)
        ],
    )


def _bundle_table(bundles: pd.DataFrame, names: Mapping[str, str]) -> Table:
    columns = ["bundle", "bag", "level", "destination", "pieces", "first", "last"]
    return Table(
        _BUNDLES,
        [
            (bundle, bag, names.get(level, level), place, count, f"{first} - {last}")
            for bundle, bag, level, place, count, first, last in frame_rows(bundles[columns])
        ],
    )
