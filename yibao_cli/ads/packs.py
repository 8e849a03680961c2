"""What an advertiser gets 投放证明, and the list of settlements: in Chinese, whatever the screen's language.

Cells of fewer than twenty people are not told (社会保险法 81, 社会保险经办条例 49), so that nobody
can be made out in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yibao_cli.ads.settling import Count, Settlement
from yibao_cli.exports import Column
from yibao_cli.exports.paper import Facts, Gap, Heading, Paper, Signatures, Table, Words
from yibao_cli.money import plain_yuan, yuan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from yibao_cli.exports import Cell

SMALLEST_CELL = 20
_HIDDEN = "—"
_CELLS = (
    Column("县（区）"),
    Column("人员类别"),
    Column("印制", "count"),
    Column("交寄", "count"),
    Column("退回", "count"),
    Column("妥投", "count"),
)
_BILLS = (
    Column("合同号"),
    Column("广告主", "wrap"),
    Column("依据"),
    Column("保底", "count"),
    Column("计入", "count"),
    Column("合同价值", "money"),
    Column("应收", "money"),
    Column("退款", "money"),
    Column("补投价值", "money"),
    Column("未计费", "money"),
    Column("补投份数", "count"),
)


@dataclass(frozen=True, slots=True)
class Mailed:
    """The mailing that a pack speaks of. sha256: of the frozen package."""

    mailing: str
    client: str
    period: str
    posted_on: str
    pieces: int
    sha256: str


def certificate(
    mailed: Mailed,
    terms: Mapping[str, Any],
    cells: Mapping[tuple[str, str], Count],
    files: Mapping[str, str],
    settled: Settlement | None,
) -> Paper:
    """The proof that an ad was printed and posted, by county and class, with the hashes of what was printed.

    files: name to SHA-256.
    """
    total = sum(cells.values(), Count())
    blocks = [
        Facts(
            (
                ("合同号", str(terms["id"])),
                ("广告主", str(terms["advertiser"])),
                ("广告标题", str(terms["title"])),
                ("审查证明文号", str(terms["approval_no"]) or "—"),
                ("批次", f"{mailed.mailing}（{mailed.period}）"),
                ("交寄日期", mailed.posted_on or "尚未交寄"),
                ("版位", "、".join(terms["panels"])),
                ("合同印数", f"{terms['quota']:,}（保底 {terms['floor']:,}）"),
            )
        ),
        Heading("投放数量"),
        Table(
            _CELLS,
            cell_rows(cells),
            [["合计", "", total.printed, total.posted, total.returned, total.delivered]],
        ),
        Words(
            f"标“—”的单元不列数字（不足 {SMALLEST_CELL} 份，或可由此推算），已并入合计。"
            "妥投 = 交寄 - 退回 + 重寄后未再退回。",
            small=True,
        ),
        *(_money(settled) if settled else ()),
        Heading("文件指纹（SHA-256）"),
        Table(
            (Column("文件", "wrap"), Column("SHA-256")),
            [*map(list, files.items()), ["冻结数据包", mailed.sha256]],
        ),
        Gap(),
        Signatures(("出具", "复核", "日期")),
    ]
    return Paper(
        title="广告投放证明",
        subtitles=(mailed.client,),
        blocks=blocks,
        header=(mailed.client, f"{mailed.mailing}  {terms['id']}"),
        footer="本证明不含任何个人信息",
    )


def cell_rows(cells: Mapping[tuple[str, str], Count]) -> list[list[Cell]]:
    """One row for each county and class; small ones without figures, and others so that no sum tells them."""
    hidden = _hidden({c: n.printed for c, n in cells.items()}, set())
    # The sum of what came back is told too, so a few who did must not be what is left of it.
    few = _hidden({c: n.returned for c, n in cells.items() if n.returned}, hidden)
    rows: list[list[Cell]] = []
    for (county, category), count in sorted(cells.items()):
        names = [county or "不详", category or "不详"]
        if (county, category) in hidden:
            rows.append([*names, _HIDDEN, _HIDDEN, _HIDDEN, _HIDDEN])
            continue
        if (county, category) in few:
            rows.append([*names, count.printed, count.posted, _HIDDEN, _HIDDEN])
            continue
        rows.append([*names, count.printed, count.posted, count.returned, count.delivered])
    return rows


def _hidden(
    sizes: Mapping[tuple[str, str], int], known: AbstractSet[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Cells that are not told: the small ones, and the smallest others until their sum tells nobody.

    known: cells that are not told anyhow.
    """
    by_size = sorted(sizes, key=lambda c: (sizes[c], c))
    hidden = [c for c in by_size if sizes[c] < SMALLEST_CELL or c in known]
    others = [c for c in by_size if c not in hidden]
    while hidden and others and (len(hidden) == 1 or sum(sizes[c] for c in hidden) < SMALLEST_CELL):
        hidden.append(others.pop(0))
    return set(hidden)


def _money(settled: Settlement) -> tuple[Heading, Facts]:
    facts = (
        ("合同价值", yuan(settled.worth)),
        ("本期应收", yuan(settled.payable)),
        ("其中补投价值", yuan(settled.makegood)),
        ("退款", yuan(settled.refund)),
        ("计入份数", f"{settled.counted:,}"),
        ("下期补投", f"{settled.owed:,} 份" if settled.owed else "无"),
    )
    return Heading("结算（元）"), Facts(facts)


def settlement_paper(mailed: Mailed, rows: Sequence[tuple[Settlement, str]]) -> Paper:
    """The list of all settlements of a mailing; each with what it is settled by."""
    bills: list[list[Cell]] = [
        [
            s.contract,
            s.advertiser,
            basis,
            s.floor,
            s.counted,
            plain_yuan(s.worth),
            plain_yuan(s.payable),
            plain_yuan(s.refund),
            plain_yuan(s.makegood),
            plain_yuan(s.unbilled),
            s.owed,
        ]
        for s, basis in rows
    ]
    sums = [
        sum(getattr(s, n) for s, _b in rows) for n in ("worth", "payable", "refund", "makegood", "unbilled")
    ]
    total: list[Cell] = ["合计", "", "", "", "", *map(plain_yuan, sums), sum(s.owed for s, _b in rows)]
    return Paper(
        title="广告结算表",
        subtitles=(f"{mailed.client}  批次 {mailed.mailing}  交寄 {mailed.posted_on}",),
        blocks=[
            Table(_BILLS, bills, [total]),
            Words("合同价值 = 应收 + 退款 + 未计费；应收含补投价值，补投份数在下期优先印制。", small=True),
            Signatures(("制表", "复核", "日期")),
        ],
        header=(mailed.client, mailed.mailing),
        landscape=True,
    )
