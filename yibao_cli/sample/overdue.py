"""The files of a power company about those who have not paid: reminders, and notices of a power cut.

Laws, all amounts in fen:
  arrears  due == principal + late fee; principal == sum of the months' owed; months == number of lines
  a month  owed == charge - paid
  notice   due == principal + late fee
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from yibao_cli.sample import electricity
from yibao_cli.sample.dirt import scattered
from yibao_cli.sample.tally import Tally
from yibao_cli.sample.workbook import Book, Cell, Layout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CUT_OFF, POSTING = date(2026, 11, 3), date(2026, 11, 5)
PAY_BY, CUT_ON = date(2026, 11, 18), date(2026, 11, 20)
REMINDED, APPROVED = date(2026, 10, 20), date(2026, 11, 2)

_KEY = "户号"
ARREARS = Layout(
    sheet="欠费名单",
    title="电费欠费名单（截至2026年11月3日）",
    headers=(
        *(_KEY, "欠费月数", "最早欠费月", "欠费本金", "违约金", "违约金起算日", "应缴合计", "缴清期限"),
        "数据截止日期",
    ),
)
BILLS = Layout(sheet="欠费明细", headers=(_KEY, "电费年月", "应收电费", "已收电费", "欠费金额", "违约金"))
NOTICES = Layout(
    sheet="停电名单",
    title="欠费停电名单（2026年11月第1批）",
    headers=(
        *(_KEY, "文号", "欠费月份", "欠费起始日", "欠费本金", "违约金", "违约金起算日", "应缴合计"),
        *("缴清期限", "催缴日期", "审批编号", "审批日期", "停电日期", "停电时间", "重要用户", "邮件号码"),
        "数据截止日期",
    ),
)
PAYMENTS = Layout(sheet="缴费名单", headers=(_KEY, "缴费金额", "统计日期"))

_ARREARS_PLANTS = {"months_do_not_tie": 2, "total_does_not_tie": 2, "paid_since": 6, "nothing_owed": 1}
_NOTICE_PLANTS = {
    "not_reminded": 3,
    "reminded_late": 2,
    "overdue_short": 2,
    "notice_short": 3,
    "not_approved": 2,
    "total_does_not_tie": 2,
    "paid_since": 5,
}


def write_arrears(inbox: Path, members: int, seed: int) -> tuple[dict[str, object], Tally]:
    """Write roster, arrears, bills and payments; gives the facts and counts for expected.json."""
    tally, plants = Tally(), scattered(Random(f"{seed}/arrears/plan"), _ARREARS_PLANTS, members)
    with (
        Book(inbox, "roster", electricity.ROSTER) as roster,
        Book(inbox, "arrears", ARREARS) as arrears,
        Book(inbox, "bills", BILLS) as bills,
        Book(inbox, "payments", PAYMENTS) as payments,
    ):
        for ordinal in range(1, members + 1):
            kind = _counted(plants, ordinal, tally, "arrears")
            number = electricity.customer_no(ordinal)
            roster.row(electricity.customer(ordinal, seed))
            months = _months(Random(f"{seed}/arrears/{ordinal}"))
            if kind == "nothing_owed":
                months = [(month, charge, charge, 0) for month, charge, _paid, _late in months[:1]]
            for month, charge, paid, late in months:
                bills.row([number, month, charge / 100, paid / 100, (charge - paid) / 100, late / 100])
            arrears.row(_arrears_cells(number, months, kind))
            if kind == "paid_since":
                payments.row([number, sum(m[1] - m[2] for m in months) / 100, POSTING])
        books = (roster, arrears, bills, payments)
        facts = _facts("arrears", seed, members, {k: v for b in books for k, v in b.files.items()})
    return facts, tally


def write_notices(inbox: Path, members: int, seed: int) -> tuple[dict[str, object], Tally]:
    """Write roster, notices and payments; gives the facts and counts for expected.json."""
    tally, plants = Tally(), scattered(Random(f"{seed}/cut/plan"), _NOTICE_PLANTS, members)
    with (
        Book(inbox, "roster", electricity.ROSTER) as roster,
        Book(inbox, "notices", NOTICES) as notices,
        Book(inbox, "payments", PAYMENTS) as payments,
    ):
        for ordinal in range(1, members + 1):
            kind = _counted(plants, ordinal, tally, "notices")
            roster.row(electricity.customer(ordinal, seed))
            cells, owed = _notice_cells(ordinal, seed, kind)
            notices.row(cells)
            if kind == "paid_since":
                payments.row([cells[0], owed / 100, POSTING])
        books = (roster, notices, payments)
        facts = _facts("power-cut", seed, members, {k: v for b in books for k, v in b.files.items()})
    return facts, tally


def _facts(kind: str, seed: int, members: int, files: dict[str, int]) -> dict[str, object]:
    return {"kind": kind, "seed": seed, "members": members, "cut_off": CUT_OFF.isoformat(), "files": files}


def _counted(plants: Mapping[int, str], ordinal: int, tally: Tally, table: str) -> str:
    kind = plants.get(ordinal, "")
    if kind:
        tally.add(table, "planted", kind)
    tally.add("roster", "kept", "rows")
    return kind


def _months(rng: Random) -> list[tuple[str, int, int, int]]:
    """The unpaid months, oldest first: month, charge, paid, late fee."""
    count = rng.choices((1, 2, 3, 4, 8), (50, 24, 14, 10, 2))[0]
    found = []
    for back in range(count, 0, -1):
        month = date(2026, 10, 1) - timedelta(days=30 * (back - 1))
        charge = rng.randrange(3_000, 26_000)
        paid = rng.choice((0, 0, 0, charge // 2))
        found.append((f"{month:%Y-%m}", charge, paid, max(100, (charge - paid) * 30 * back // 1000)))
    return found


def _arrears_cells(number: str, months: list[tuple[str, int, int, int]], kind: str) -> list[Cell]:
    owed, late = sum(m[1] - m[2] for m in months), sum(m[3] for m in months)
    due = owed + late + (1 if kind == "total_does_not_tie" else 0)
    count = len(months) + (1 if kind == "months_do_not_tie" else 0)
    cells: list[Cell] = [number, count, months[0][0], owed / 100, late / 100, date(2026, 10, 26)]
    return [*cells, due / 100, PAY_BY, CUT_OFF]


def _notice_cells(ordinal: int, seed: int, kind: str) -> tuple[list[Cell], int]:
    """The cells of a notice, and what is owed."""
    rng = Random(f"{seed}/cut/{ordinal}")
    owed = rng.randrange(8_000, 240_000)
    late = owed * 40 // 1000
    overdue = date(2026, 11, 1) if kind == "overdue_short" else date(2026, 9, 26)
    reminded = {"not_reminded": None, "reminded_late": date(2026, 11, 3)}.get(kind, REMINDED)
    cells: list[Cell] = [
        electricity.customer_no(ordinal),
        f"冀岳电停〔2026〕{ordinal:04d}号",
        "2026年8月、9月" if ordinal % 3 else "2026年7月至9月",
        overdue,
        owed / 100,
        late / 100,
        overdue,
        (owed + late + (kind == "total_does_not_tie")) / 100,
        PAY_BY,
        reminded,
        f"停审{ordinal:05d}",
        None if kind == "not_approved" else APPROVED,
        date(2026, 11, 9) if kind == "notice_short" else CUT_ON,
        rng.choice(("9时", "10时", "14时")),
        "是" if ordinal % 97 == 0 else None,
        f"XA{13_000_000 + ordinal * 11:08d}13" if ordinal % 2 else None,
        CUT_OFF,
    ]
    return cells, owed + late
