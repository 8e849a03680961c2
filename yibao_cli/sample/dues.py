"""The files of an insurance centre before a year's payments: residents, and what each has to pay.

Laws, all amounts in fen: standard == personal + government; due == personal - reduced + arrears.
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

YEAR = "2027"
CUT_OFF, STARTS, ENDS = date(2026, 10, 8), date(2026, 10, 1), date(2026, 12, 20)
PERSONAL, GOVERNMENT = 40_000, 67_000  # fen; invented

ROSTER = Layout(
    sheet="参保居民",
    title="城乡居民医保参保名册（2027年度）",
    headers=(
        *("个人编号", "姓名", "身份证号", "人员类别", "县(区)", "通讯地址", "邮政编码", "联系电话"),
        "参保状态",
    ),
)
DUES = Layout(
    sheet="应缴名单",
    headers=(
        *("个人编号", "缴费年度", "筹资标准", "个人缴费标准", "财政补助", "资助减免", "往年欠缴", "本次应缴"),
        *("缴费开始日期", "缴费截止日期", "代扣银行", "代扣账号", "代扣日期", "数据截止日期"),
    ),
)
_PLANTS = {"share_does_not_tie": 2, "due_does_not_tie": 2, "no_dues": 2, "window_over": 3}
# Share of the personal payment that is paid for the category, in percent.
_HELPED = {"成年居民": 0, "学生儿童": 0, "低保": 60, "重残": 90, "特困": 100}


def write(inbox: Path, members: int, seed: int) -> tuple[dict[str, object], Tally]:
    """Write roster.xlsx and dues.xlsx; gives the facts and counts for expected.json."""
    cast, tally = Cast(members, seed), Tally()
    plants = scattered(cast.rng("dues-plan", 0), _PLANTS, members)
    with Book(inbox, "roster", ROSTER) as roster, Book(inbox, "dues", DUES) as dues:
        for ordinal in range(1, members + 1):
            person, kind = cast.person(ordinal), plants.get(ordinal, "")
            category = _category(person, cast.rng("dues-category", ordinal))
            roster.row(_resident(person, category))
            tally.add("roster", "kept", "rows")
            if kind:
                tally.add("dues", "planted", kind)
            if kind != "no_dues":
                dues.row(_due_cells(person, category, kind, cast.rng("dues", ordinal)))
        files = roster.files | dues.files
    facts: dict[str, object] = {"kind": "contribution", "seed": seed, "members": members, "year": YEAR}
    return {**facts, "files": files}, tally


def _category(person: Person, rng: Random) -> str:
    if person.birth.year > 2008:
        return "学生儿童"
    return rng.choices(("成年居民", "低保", "重残", "特困"), (88, 7, 3, 2))[0]


def _resident(person: Person, category: str) -> list[Cell]:
    home = person.home
    cells: list[Cell] = [person.person_no, person.name, person.id_number, category, home.county.name]
    return [*cells, home.full, home.county.postcode, person.phone, person.status]


def _due_cells(person: Person, category: str, kind: str, rng: Random) -> list[Cell]:
    reduced = PERSONAL * _HELPED[category] // 100
    arrears = 38_000 if rng.random() < 0.05 else 0
    government = GOVERNMENT + (kind == "share_does_not_tie") * 100
    due = PERSONAL - reduced + arrears + (kind == "due_does_not_tie")
    ends = date(2026, 10, 14) if kind == "window_over" else ENDS
    cells: list[Cell] = [person.person_no, YEAR, (PERSONAL + GOVERNMENT) / 100, PERSONAL / 100]
    cells += [government / 100, reduced / 100, arrears / 100, due / 100, STARTS, ends]
    if rng.random() < 0.3:
        account = f"6200990000{rng.randrange(10**8):08d}"
        return [*cells, "冀岳农村商业银行", account, date(2026, 12, 10), CUT_OFF]
    return [*cells, None, None, None, CUT_OFF]
