"""Personal accounts and their transactions, in fen; the laws hold until a plant breaks one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from yibao_cli.sample import dirt
from yibao_cli.sample.people import PERIOD_END, PERIOD_START
from yibao_cli.sample.places import words
from yibao_cli.sample.workbook import Cell, Layout

if TYPE_CHECKING:
    from random import Random

    from yibao_cli.sample.people import Person

BALANCES = Layout(
    sheet="账户余额",
    title="基本医疗保险个人账户余额表（2026年第三季度）",
    headers=(
        "个人编号",
        "对账期间",
        "期初余额（元）",
        "单位划入",
        "个人划入",
        "利息",
        "本期支出",
        "调整金额",
        "期末余额（元）",
        "截止日期",
    ),
    widths=(12, 10, 13, 11, 11, 9, 12, 10, 13, 12),
)
TRANSACTIONS = Layout(
    sheet="交易明细",
    headers=(
        "个人编号",
        "结算流水号",
        "结算日期",
        "定点机构",
        "医疗类别",
        "医疗费总额",
        "统筹支付金额",
        "账户支付",
        "现金支付",
    ),
    widths=(12, 16, 12, 26, 9, 12, 13, 11, 11),
)
ADJUSTMENTS = Layout(
    sheet="调整凭单",
    headers=("凭证号", "个人编号", "调整金额", "调整原因", "经办人", "复核人", "调整日期"),
    widths=(16, 12, 12, 26, 9, 9, 12),
)
_CLERKS = ("赵秀云", "钱建国", "孙丽华", "周文静")
_RAISED = ("补录缴费", "错账更正（补记）", "退费入账")
_LOWERED = ("重复划入冲回", "错账更正（冲减）", "待遇追回")

_DAYS = (PERIOD_END - PERIOD_START).days
_HOSPITALS = words(
    "清槐区人民医院 云岫医院 和润街社区卫生服务中心 滹源中医医院 柳荫里社区卫生服务站 安澜口腔医院 "
    "丰禾镇卫生院 文澜康复医院 望岳医院 常宁街社区卫生服务中心"
)
_PHARMACIES = words("槐香大药房清槐店 同德堂药店 春晖大药房和润店 松涛药房 泰和堂大药房 晴川药店 金谷大药房")
# service: chance in percent, lowest and highest total in yuan, share the fund pays in percent
_SERVICES = {
    "购药": (52, 12, 260, 0, 0),
    "门诊": (36, 20, 620, 0, 55),
    "慢特病": (9, 80, 900, 65, 85),
    "住院": (3, 2_400, 26_000, 55, 85),
}
_CHANCES = tuple(row[0] for row in _SERVICES.values())


@dataclass(frozen=True, slots=True)
class Line:
    """One transaction; total == fund_paid + account_paid + cash_paid, in fen."""

    person_no: str
    serial_no: str
    traded_on: date
    institution: str
    service: str
    total: int
    fund_paid: int
    account_paid: int

    @property
    def cash_paid(self) -> int:
        """What the person paid in cash."""
        return self.total - self.fund_paid - self.account_paid


@dataclass(frozen=True, slots=True)
class Balance:
    """One account over the period, in fen."""

    person_no: str
    opening: int
    credited_employer: int
    credited_personal: int
    interest: int
    spent: int
    adjusted: int
    closing: int

    @property
    def amounts(self) -> tuple[int, ...]:
        """The seven amounts in the order of the columns."""
        return (
            self.opening,
            self.credited_employer,
            self.credited_personal,
            self.interest,
            self.spent,
            self.adjusted,
            self.closing,
        )


def account_of(person: Person, line_count: int, rng: Random) -> tuple[Balance, list[Line]]:
    """A person's account and its transactions by date; both laws hold and nothing is below zero."""
    opening = (
        int(min(rng.lognormvariate(11.2, 1.1), 3_000_000))
        if person.scheme == "职工"
        else rng.randrange(30_000)
    )
    employer, personal = _credits(person, rng)
    interest = opening * 35 // 40_000  # 0.35 % a year
    adjusted = rng.choice((-1, 1)) * rng.randrange(opening // 2 + 1) if rng.random() < 0.01 else 0
    available = opening + employer + personal + interest + adjusted
    lines = _lines(person, line_count, available, rng)
    spent = sum(line.account_paid for line in lines)
    balance = Balance(
        person.person_no, opening, employer, personal, interest, spent, adjusted, available - spent
    )
    return balance, lines


def line_count(mean: int, rng: Random) -> int:
    """How many transactions a person has: none for one in twenty, 40 at the most."""
    if rng.random() < 0.05:
        return 0
    return min(40, round(rng.gammavariate(2.2, mean / 2.05)))


def stray_line(person_no: str, serial: int, rng: Random) -> Line:
    """A transaction of a person that no roster knows."""
    return _line(person_no, f"JS2699{serial:08d}", PERIOD_START, 0, rng)


def line_of(person_no: str, serial_no: str, day: date, available: int, rng: Random) -> Line:
    """A transaction of that day, which takes no more from the account than there is."""
    return _line(person_no, serial_no, day, available, rng)


def broken(balance: Balance, kind: str) -> Balance:
    """The same account with one of the two laws broken, and only that one."""
    if kind == "account_does_not_tie":
        return replace(balance, closing=balance.closing + 1)
    if kind == "lines_do_not_tie":
        return replace(balance, opening=balance.opening + 1234, spent=balance.spent + 1234)
    return balance


def balance_cells(balance: Balance, rng: Random) -> list[Cell]:
    """The row of balances.xlsx, amounts in the client's mixed forms."""
    amounts = (dirt.loose_amount(fen, rng) for fen in balance.amounts)
    return [balance.person_no, "2026Q3", *amounts, PERIOD_END]


def adjustment_cells(balance: Balance, ordinal: int, rng: Random) -> list[Cell]:
    """The row of adjustments.xlsx that vouches for an account's adjustment, signed by two clerks."""
    reason = rng.choice(_RAISED if balance.adjusted > 0 else _LOWERED)
    operator, approver = rng.sample(_CLERKS, 2)
    day = PERIOD_START + timedelta(days=rng.randint(0, _DAYS))
    number = f"TZ2026{ordinal:07d}"
    return [number, balance.person_no, balance.adjusted / 100, reason, operator, approver, day]


def line_cells(line: Line, rng: Random) -> list[Cell]:
    """The row of transactions.xlsx."""
    day, _form = dirt.loose_date(line.traded_on, rng) if rng.random() < 0.4 else (line.traded_on, "")
    amounts = (line.total, line.fund_paid, line.account_paid, line.cash_paid)
    return [
        line.person_no,
        line.serial_no,
        day,
        line.institution,
        line.service,
        *(fen / 100 for fen in amounts),
    ]


def _credits(person: Person, rng: Random) -> tuple[int, int]:
    if person.category == "在职":
        monthly = round(rng.randrange(4_000, 15_000, 10) * 100 * 0.02)
        return 0 if rng.random() < 0.6 else monthly, monthly * 3
    return (rng.randrange(8_000, 13_000, 50) * 3, 0) if person.category == "退休" else (0, 0)


def _lines(person: Person, count: int, available: int, rng: Random) -> list[Line]:
    lines = []
    days = sorted(rng.randint(0, _DAYS) for _ in range(count))
    for number, day in enumerate(days, 1):
        serial = f"JS26{person.ordinal:07d}{number:03d}"
        line = _line(person.person_no, serial, PERIOD_START + timedelta(days=day), available, rng)
        available -= line.account_paid
        lines.append(line)
    return lines


def _line(person_no: str, serial_no: str, day: date, available: int, rng: Random) -> Line:
    service = rng.choices(tuple(_SERVICES), _CHANCES)[0]
    _chance, low, high, least, most = _SERVICES[service]
    total = int(low * 100 * (high / low) ** rng.random())
    fund = total * rng.randint(least, most) // 100
    account = min(total - fund, available)
    # A statement shows all three payers; now and then people keep the account and pay cash.
    if rng.random() < 0.12:
        account //= 2
    institution = rng.choice(_PHARMACIES if service == "购药" else _HOSPITALS)
    return Line(person_no, serial_no, day, institution, service, total, fund, account)
