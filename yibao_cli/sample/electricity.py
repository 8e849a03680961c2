"""The files of a power company: customers and their bills of one reading period.

Laws of a bill, all amounts in fen and rounded half up line by line:
  electricity   == (this reading - last reading) x multiplier == peak + valley == tier 1 + 2 + 3 kWh
  charge        == peak fee + valley fee + tier fees + capacity fee + power factor adjustment
  late fee      == arrears x permille a day x days, at least 1 yuan
  total due     == charge + arrears + late fee
With peak and valley prices the tier prices are surcharges (0, 0.05, 0.30 yuan); without, the peak
and valley fees are 0 and the tier prices are full prices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import TYPE_CHECKING

from yibao_cli.sample import dirt
from yibao_cli.sample.people import phone, surname
from yibao_cli.sample.places import Home, home
from yibao_cli.sample.tally import Tally
from yibao_cli.sample.workbook import Book, Cell, Layout

if TYPE_CHECKING:
    from pathlib import Path

PERIOD = "2026-09"
DUE = date(2026, 10, 25)
LATE_FROM = date(2026, 8, 26)
TIER_ENDS = (180, 280)  # kWh a month

ROSTER = Layout(
    sheet="用电客户",
    title="居民及小微企业用电客户清单（2026年9月）",
    headers=("户号", "户名", "用电地址", "通讯地址", "邮政编码", "客户类别", "联系电话", "状态"),
    widths=(13, 24, 44, 44, 9, 10, 13, 8),
)
BILLS = Layout(
    sheet="电费账单",
    headers=(
        "户号",
        "抄表期间",
        "上月读数",
        "本月读数",
        "倍率",
        "电量",
        "峰电量",
        "谷电量",
        "峰电费",
        "谷电费",
        "一档电量",
        "一档电价",
        "一档电费",
        "二档电量",
        "二档电价",
        "二档电费",
        "三档电量",
        "三档电价",
        "三档电费",
        "电费金额",
        "欠费金额",
        "违约金",
        "应缴合计",
        "缴费截止日",
        "基本电费",
        "功率因数",
        "力调电费",
        "违约金起算日",
        "违约金比例",
        "违约金天数",
    ),
    widths=(13, *(10,) * 22, 12, 10, 10, 10, 12, 10, 10),
)

# Prices in hundredths of a fen per kWh, so that price x kWh stays whole.
_PEAK, _VALLEY = 5_500, 3_000
_SURCHARGES, _FULL, _BUSINESS = (0, 500, 3_000), (5_200, 5_700, 8_200), (6_500, 0, 0)
_PLANTS = {
    "duplicate": 2,
    "address_missing": 2,
    "address_unknown": 2,
    "name_missing": 1,
    "no_bill": 3,
    "energy_does_not_tie": 3,
    "charge_does_not_tie": 2,
    "total_does_not_tie": 3,
}
REJECTED = frozenset({"duplicate", "address_missing", "name_missing"})
UNKNOWN_BILLS = 2


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill: readings and kWh as whole numbers, prices in 1/100 fen, amounts in fen."""

    last: int
    reading: int
    multiplier: int
    peak: int
    peak_fee: int
    valley_fee: int
    tiers: tuple[int, int, int]
    prices: tuple[int, int, int]
    charge: int
    arrears: int
    late_fee: int
    due: int
    capacity_fee: int = 0
    factor: int | None = None  # in hundredths
    adjustment: int = 0
    late_rate: int = 1  # permille a day
    late_days: int = 0

    @property
    def energy(self) -> int:
        """The kWh billed."""
        return sum(self.tiers)

    @property
    def tier_fees(self) -> tuple[int, ...]:
        """The fee of each tier in fen."""
        return tuple(_fee(kwh, price) for kwh, price in zip(self.tiers, self.prices, strict=True))


def write(inbox: Path, members: int, seed: int) -> tuple[dict[str, object], Tally]:
    """Write roster.xlsx and bills.xlsx; gives the facts and counts for expected.json."""
    tally = Tally()
    plants = dirt.scattered(Random(f"{seed}/power/plan"), _PLANTS, members)
    with Book(inbox, "roster", ROSTER) as roster, Book(inbox, "bills", BILLS) as bills:
        for ordinal in range(1, members + 1):
            kind = plants.get(ordinal, "")
            _count(kind, tally)
            source = ordinal - 1 if kind == "duplicate" else ordinal
            roster.row(customer(source, seed, "" if kind == "duplicate" else kind))
            if kind not in {"duplicate", "no_bill"}:
                bills.row(_bill_cells(customer_no(ordinal), _broken(_bill(ordinal, seed), kind)))
        for extra in range(1, UNKNOWN_BILLS + 1):
            bills.row(_bill_cells(customer_no(members + extra), _bill(members + extra, seed)))
            tally.add("bills", "planted", "unknown_customer")
    facts: dict[str, object] = {
        "kind": "electricity",
        "seed": seed,
        "members": members,
        "period": PERIOD,
        "files": roster.files | bills.files,
    }
    return facts, tally


def customer_no(ordinal: int) -> str:
    """The customer number of a row: ten digits, the first a zero."""
    return f"01300{ordinal * 7 % 100_000:05d}" if ordinal < 10_000 else f"0{130_000_000 + ordinal * 7:09d}"


def _count(kind: str, tally: Tally) -> None:
    if kind:
        table = "bills" if kind.endswith("not_tie") or kind == "no_bill" else "roster"
        tally.add(table, "planted", kind)
        if kind in REJECTED:
            tally.add("roster", "rejected", kind)
    if kind not in REJECTED:
        tally.add("roster", "kept", "rows")


def customer(ordinal: int, seed: int, kind: str = "") -> list[Cell]:
    """The roster's cells of one customer; kind: what is wrong with them, of _PLANTS."""
    rng = Random(f"{seed}/power/customer/{ordinal}")
    dwelling = home(rng)
    name = (
        _shop(dwelling, rng)
        if _is_business(ordinal)
        else surname(rng) + rng.choice(("建军", "丽", "志远", "秀兰"))
    )
    address: Cell = {"address_missing": None, "address_unknown": "不详"}.get(kind, dwelling.full)
    postcode, _form = dirt.loose_postcode(dwelling.county.postcode, rng)
    return [
        customer_no(ordinal),
        None if kind == "name_missing" else name,
        dwelling.full,
        address,
        postcode,
        "企业" if _is_business(ordinal) else "居民",
        phone(rng) if rng.random() > 0.05 else None,
        "正常" if rng.random() > 0.02 else "销户",
    ]


def _is_business(ordinal: int) -> bool:
    return ordinal % 12 == 5


def _shop(dwelling: Home, rng: Random) -> str:
    trade = rng.choice(("餐馆", "商店", "修理部"))
    return f"{dwelling.county.name}{rng.choice(('金谷', '同德', '春晖', '安澜'))}{trade}"


def _bill(ordinal: int, seed: int) -> Bill:
    rng = Random(f"{seed}/power/bill/{ordinal}")
    business = _is_business(ordinal)
    multiplier = rng.choice((10, 20, 30)) if business else 1
    last, used = rng.randrange(200, 90_000), rng.randrange(40, 420)
    energy = used * multiplier
    peak = energy * rng.randint(45, 80) // 100
    by_time = not business and rng.random() < 0.6
    tiers = (energy, 0, 0) if business else _tiers(energy)
    prices = _BUSINESS if business else _SURCHARGES if by_time else _FULL
    fees = (_fee(peak, _PEAK), _fee(energy - peak, _VALLEY)) if by_time else (0, 0)
    capacity, factor, adjustment = (
        _industrial(energy, rng) if business and rng.random() < 0.4 else (0, None, 0)
    )
    charge = sum(fees) + sum(_fee(kwh, price) for kwh, price in zip(tiers, prices, strict=True))
    charge += capacity + adjustment
    arrears = rng.randrange(2_000, 30_000) if rng.random() < 0.08 else 0
    late = max(100, arrears * 30 // 1000) if arrears else 0
    due = charge + arrears + late
    rate = 2 if business else 1
    bill = Bill(last, last + used, multiplier, peak, *fees, tiers, prices, charge, arrears, late, due)
    late_days = 30 // rate if arrears else 0
    return replace(
        bill,
        capacity_fee=capacity,
        factor=factor,
        adjustment=adjustment,
        late_rate=rate,
        late_days=late_days,
    )


def _industrial(energy: int, rng: Random) -> tuple[int, int, int]:
    """Capacity fee in fen, power factor in hundredths, and the adjustment of it in fen."""
    factor = rng.randint(80, 96)
    # Below 0.90 the customer pays half a percent for each hundredth, above it gets so much back.
    return rng.choice((0, 96_000)), factor, _fee(energy, _BUSINESS[0]) * (90 - factor) // 200


def _tiers(energy: int) -> tuple[int, int, int]:
    first, second = TIER_ENDS
    return min(energy, first), max(0, min(energy, second) - first), max(0, energy - second)


def _fee(kwh: int, price: int) -> int:
    return (kwh * price + 50) // 100


def _broken(bill: Bill, kind: str) -> Bill:
    if kind == "energy_does_not_tie":
        return replace(bill, reading=bill.reading + 10)
    if kind == "charge_does_not_tie":
        return replace(bill, charge=bill.charge + 100, due=bill.due + 100)
    return replace(bill, due=bill.due + 1) if kind == "total_does_not_tie" else bill


def _bill_cells(number: str, bill: Bill) -> list[Cell]:
    cells: list[Cell] = [number, PERIOD, bill.last, bill.reading, bill.multiplier, bill.energy]
    cells += [bill.peak, bill.energy - bill.peak, bill.peak_fee / 100, bill.valley_fee / 100]
    for kwh, price, fee in zip(bill.tiers, bill.prices, bill.tier_fees, strict=True):
        cells += [kwh, price / 10_000, fee / 100]
    cells += [fen / 100 for fen in (bill.charge, bill.arrears, bill.late_fee, bill.due)]
    factor = None if bill.factor is None else bill.factor / 100
    cells += [DUE, bill.capacity_fee / 100, factor, bill.adjustment / 100]
    return [*cells, *((LATE_FROM, bill.late_rate, bill.late_days) if bill.arrears else (None, None, None))]
