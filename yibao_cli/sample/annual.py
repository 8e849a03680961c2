"""The files of an insurance centre after a year: members, accounts, contributions, a year's costs and lines.

Laws, all amounts in fen: those of the medical kind; unit_price * quantity == total; the year's costs are the
sums of the lines, split by who pays; limit_used + limit_left == limit_year.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from yibao_cli.sample import accounts
from yibao_cli.sample.dirt import scattered
from yibao_cli.sample.people import Cast, Person
from yibao_cli.sample.tally import Tally
from yibao_cli.sample.workbook import Book, Cell, Layout

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from yibao_cli.sample.accounts import Line

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
MEAN_LINES = 12
LIMIT = 35_000_000  # fen; invented
ROSTER = Layout(
    sheet="参保人员",
    title="医疗保险年度权益记录名册（2025年度）",
    headers=(
        *("个人编号", "姓名", "身份证号", "险种", "人员类别", "单位编号", "单位名称", "县(区)", "通讯地址"),
        *("邮政编码", "联系电话", "参保状态"),
    ),
)
BALANCES = Layout(
    sheet="账户",
    headers=(
        *("个人编号", "上年结转", "单位划入", "个人划入", "利息", "本期支出", "调整", "期末余额"),
        "数据截止日期",
    ),
)
CONTRIBUTIONS = Layout(
    sheet="缴费", headers=("个人编号", "缴费基数", "单位缴费", "个人缴费", "缴费月数", "欠缴月数")
)
SETTLEMENT = Layout(
    sheet="费用汇总",
    headers=(
        *("个人编号", "医疗费总额", "全自费", "超限价自费", "先行自付", "符合政策范围", "起付线", "统筹支付"),
        *("公务员补助", "企业补充", "居民大病", "职工大额", "医疗救助", "其他支付", "医院负担"),
        *(
            "基金支付总额",
            "个人负担总额",
            "个人账户支出",
            "现金支出",
            "共济支出",
            "年度限额",
            "限额已用",
            "限额剩余",
        ),
    ),
)
LINES = Layout(
    sheet="明细",
    headers=(
        *("个人编号", "结算流水号", "结算日期", "定点机构", "医疗类别", "项目名称", "单价", "数量"),
        *("医疗费总额", "统筹支付金额", "账户支付", "现金支付", "自费原因"),
    ),
)
_PLANTS = {"closing_does_not_tie": 2, "costs_do_not_tie": 2, "limit_does_not_tie": 2, "price_does_not_tie": 2}
_ITEMS = ("检查费", "化验费", "西药费", "中成药费", "诊疗费", "床位费")
_REASONS = ("目录外", "超限价", "先行自付", "起付线", "不予支付")


def write(inbox: Path, members: int, seed: int) -> tuple[dict[str, object], Tally]:
    """Write roster, balances, contributions, settlement and transactions; gives facts and counts."""
    cast, tally = Cast(members, seed), Tally()
    plants = scattered(cast.rng("annual-plan", 0), _PLANTS, members)
    with (
        Book(inbox, "roster", ROSTER) as roster,
        Book(inbox, "balances", BALANCES) as balances,
        Book(inbox, "contributions", CONTRIBUTIONS) as contributions,
        Book(inbox, "settlement", SETTLEMENT) as settlement,
        Book(inbox, "transactions", LINES) as transactions,
    ):
        for ordinal in range(1, members + 1):
            person, kind, rng = cast.person(ordinal), plants.get(ordinal, ""), cast.rng("annual", ordinal)
            roster.row(_member(person))
            tally.add("roster", "kept", "rows")
            opening, credited = rng.randrange(300_000), _credited(person, rng)
            lines = _lines(person, opening + sum(credited), rng)
            balances.row(_balance(person, opening, credited, lines, kind))
            contributions.row(_contribution(person, rng))
            if lines:
                settlement.row(_settlement(person, lines, kind, rng))
            for number, line in enumerate(lines):
                transactions.row(_line(line, rng, wrong=not number and kind == "price_does_not_tie"))
            # What is planted among lines or costs needs some.
            if kind and (lines or kind == "closing_does_not_tie"):
                tally.add("balances", "planted", kind)
        files = roster.files | balances.files | contributions.files | settlement.files | transactions.files
    facts: dict[str, object] = {"kind": "medical-annual", "seed": seed, "members": members}
    return {**facts, "year": FIRST.year, "files": files}, tally


def _member(person: Person) -> list[Cell]:
    home, unit = person.home, person.unit
    name = f"石家庄冀岳第{unit.index + 1}实业有限公司" if unit else None
    cells: list[Cell] = [person.person_no, person.name, person.id_number, person.scheme, person.category]
    cells += [unit.number if unit else None, name, home.county.name, home.full, home.county.postcode]
    return [*cells, person.phone, person.status]


def _credited(person: Person, rng: Random) -> tuple[int, int]:
    if person.scheme != "职工":
        return 0, 0
    return rng.randrange(60_000, 120_000), 0 if person.category == "退休" else rng.randrange(60_000, 120_000)


def _lines(person: Person, available: int, rng: Random) -> list[Line]:
    count = accounts.line_count(MEAN_LINES, rng)
    days = sorted(rng.randint(0, (LAST - FIRST).days) for _ in range(count))
    found = []
    for number, day in enumerate(days, 1):
        serial = f"NS25{person.ordinal:07d}{number:03d}"
        line = accounts.line_of(person.person_no, serial, FIRST + timedelta(days=day), available, rng)
        available -= line.account_paid
        found.append(line)
    return found


def _balance(
    person: Person, opening: int, credited: tuple[int, int], lines: list[Line], kind: str
) -> list[Cell]:
    interest, spent = opening * 35 // 10_000, sum(line.account_paid for line in lines)
    closing = opening + sum(credited) + interest - spent + (kind == "closing_does_not_tie")
    amounts = (opening, *credited, interest, spent, 0, closing)
    return [person.person_no, *(fen / 100 for fen in amounts), LAST]


def _contribution(person: Person, rng: Random) -> list[Cell]:
    if person.category != "在职":
        return [person.person_no, None, None, None, 0, None]
    base, months = rng.randrange(4_000, 15_000, 10), 12 if rng.random() < 0.95 else rng.randint(6, 11)
    own = base * months * 2 // 100
    return [person.person_no, base, base * months * 8 // 100, own, months, 12 - months or None]


def _settlement(person: Person, lines: list[Line], kind: str, rng: Random) -> list[Cell]:
    total, fund = (sum(getattr(line, name) for line in lines) for name in ("total", "fund_paid"))
    account, cash = (sum(getattr(line, name) for line in lines) for name in ("account_paid", "cash_paid"))
    large = fund // 10 if fund > 500_000 else 0
    hospital = cash // 20 if rng.random() < 0.1 else 0
    family = (cash - hospital) // 4 if rng.random() < 0.2 else 0
    full, over, first, below = (cash * share // 100 for share in (30, 10, 20, 25))
    serious = 0 if person.scheme == "职工" else large
    by_fund = (fund - large, 0, 0, serious, large - serious, 0, 0)
    amounts = [total + (kind == "costs_do_not_tie"), full, over, first, total - full - over - first, below]
    borne = account + cash - hospital
    amounts += [*by_fund, hospital, fund, borne, account, borne - account - family, family]
    used = min(fund, LIMIT)
    amounts += [LIMIT, used, LIMIT - used + (kind == "limit_does_not_tie") * 100]
    return [person.person_no, *(fen / 100 for fen in amounts)]


def _line(line: Line, rng: Random, *, wrong: bool) -> list[Cell]:
    quantity = next((n for n in rng.sample((2, 3, 4, 5, 6), 5) if line.total % n == 0), 1)
    cells: list[Cell] = [line.person_no, line.serial_no, line.traded_on, line.institution, line.service]
    cells += [rng.choice(_ITEMS), (line.total // quantity + wrong) / 100, quantity]
    cells += [fen / 100 for fen in (line.total, line.fund_paid, line.account_paid, line.cash_paid)]
    return [*cells, rng.choice(_REASONS) if line.cash_paid else None]
