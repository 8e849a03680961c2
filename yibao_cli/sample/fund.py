"""The files of a housing fund after the interest of 30 June: savers, accounts and a year's entries.

Laws, all amounts in fen: closing == opening + credited - withdrawn + interest; credited and withdrawn are
the sums of the entries; monthly == the employer's share + the saver's own.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from yibao_cli.sample.dirt import scattered
from yibao_cli.sample.people import Cast, Person
from yibao_cli.sample.tally import Tally
from yibao_cli.sample.workbook import Book, Cell, Layout

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

CUT_OFF = date(2026, 6, 30)
ROSTER = Layout(
    sheet="缴存职工",
    title="住房公积金缴存职工名册",
    headers=(
        *("个人账号", "姓名", "身份证号", "单位编号", "单位名称", "通讯地址", "邮政编码", "联系电话"),
        "账户状态",
    ),
)
BALANCES = Layout(
    sheet="账户余额",
    headers=(
        *("个人账号", "年初余额", "年度增加额", "年度减少额", "年度结息", "年末余额", "缴存基数"),
        *("单位缴存比例", "个人缴存比例", "单位月缴存", "个人月缴存", "月缴存额", "数据截止日期"),
    ),
)
ENTRIES = Layout(sheet="收支明细", headers=("个人账号", "流水号", "记账日期", "摘要", "增加", "减少"))
_PLANTS = {"closing_does_not_tie": 3, "credited_does_not_tie": 2, "no_balance": 2, "many_entries": 2}

_Entry = tuple[date, str, int, int]


def write(inbox: Path, members: int, seed: int) -> tuple[dict[str, object], Tally]:
    """Write roster, balances and entries; gives the facts and counts for expected.json."""
    cast, tally = Cast(members, seed), Tally()
    plants = scattered(cast.rng("fund-plan", 0), _PLANTS, members)
    with (
        Book(inbox, "roster", ROSTER) as roster,
        Book(inbox, "balances", BALANCES) as balances,
        Book(inbox, "entries", ENTRIES) as entries,
    ):
        for ordinal in range(1, members + 1):
            person, kind, rng = cast.person(ordinal), plants.get(ordinal, ""), cast.rng("fund", ordinal)
            status = rng.choices(("正常", "封存", "销户"), (92, 6, 2))[0]
            roster.row(_saver(person, status))
            tally.add("roster", "kept", "rows")
            if kind:
                tally.add("balances", "planted", kind)
            base = rng.randrange(300_000, 1_200_000) if status == "正常" else 0
            year = _year(base * 12 // 100, rng, many=kind == "many_entries")
            for number, (day, what, added, taken) in enumerate(year, 1):
                serial = f"GJ{ordinal:07d}{number:03d}"
                amounts = (added / 100 if added else None, taken / 100 if taken else None)
                entries.row([account_no(ordinal), serial, day, what, *amounts])
            if kind != "no_balance":
                balances.row(_balance_cells(ordinal, base, year, kind, rng))
        files = roster.files | balances.files | entries.files
    facts: dict[str, object] = {"kind": "housing-fund", "seed": seed, "members": members}
    return {**facts, "cut_off": CUT_OFF.isoformat(), "files": files}, tally


def account_no(ordinal: int) -> str:
    """The account number of a row: twelve digits, the first a zero."""
    return f"0130{ordinal * 13 % 100_000_000:08d}"


def _saver(person: Person, status: str) -> list[Cell]:
    home, unit = person.home, person.unit
    number = unit.number if unit else None
    name = f"石家庄冀岳第{unit.index + 1}实业有限公司" if unit else None
    cells: list[Cell] = [account_no(person.ordinal), person.name, person.id_number, number, name]
    return [*cells, home.full, home.county.postcode, person.phone, status]


def _year(share: int, rng: Random, *, many: bool) -> list[_Entry]:
    """The entries of a year: a payment a month, now and then a withdrawal. share: of one side, in fen."""
    months = [date(2025 + (m > 12), (m - 1) % 12 + 1, 15) for m in range(7, 19)]
    found: list[_Entry] = [(day, f"汇缴{day:%Y年%m月}", 2 * share, 0) for day in months if share]
    if rng.random() < 0.2:
        found.append((date(2025, 11, 20), "租房提取", 0, rng.randrange(100_000, 800_000)))
    if many:
        found += [(date(2026, 1 + n % 6, 20), "偿还贷款本息提取", 0, 120_000 + n) for n in range(40)]
    return sorted(found)


def _balance_cells(ordinal: int, base: int, year: list[_Entry], kind: str, rng: Random) -> list[Cell]:
    opening = rng.randrange(6_000_000, 12_000_000)
    credited = sum(e[2] for e in year) + (kind == "credited_does_not_tie") * 100
    withdrawn = sum(e[3] for e in year)
    interest = opening * 15 // 1000
    closing = opening + credited - withdrawn + interest + (kind == "closing_does_not_tie")
    share = base * 12 // 100
    cells: list[Cell] = [account_no(ordinal)]
    cells += [fen / 100 for fen in (opening, credited, withdrawn, interest, closing)]
    if not base:
        return [*cells, *(None,) * 6, CUT_OFF]
    return [*cells, base / 100, 12, 12, share / 100, share / 100, 2 * share / 100, CUT_OFF]
