"""Invented people, each a pure function of the seed and the number of the row.

Nothing here belongs to anybody: the ID numbers carry the area code 130199, which was never
given out; the phones are of the form 1990000xxxx; names are drawn from common characters.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random

from yibao_cli import codes
from yibao_cli.sample.places import Home, home

PERIOD_START, PERIOD_END = date(2026, 7, 1), date(2026, 9, 30)
FEWEST, MOST = 200, 1_500_000
_MOST_UNITS = 4_000  # employers of a city, however many members it has

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN = {
    "男": "伟强磊军洋勇杰涛明超刚平辉建国华志文斌波鹏飞宇浩然子轩俊峰凯健林海东宏亮振庆立新成",
    "女": "芳娜敏静丽艳娟霞秀英兰桂玲红梅燕萍琴雪慧欣怡雨婷佳颖淑珍玉洁晓云倩莹琳月春菊凤",
}

# Birth dates run through a span of days in a scattered order; the three digits behind them start
# elsewhere for each group whose spans overlap, so that no ID number comes twice below MOST people.
_SPANS = {
    "在职": (date(1967, 1, 1), 13_500, 0),
    "退休": (date(1938, 1, 1), 10_000, 300),
    "居民": (date(1940, 1, 1), 24_000, 600),
    "学生": (date(2006, 1, 1), 6_500, 0),
}
# Words as the client writes them, with their chances in percent; `codes` of the kind fold them.
_STATUSES = {
    "正常": 70.0,
    "正常参保": 21.5,
    "中断缴费": 3.5,
    "死亡": 2.0,
    "转出": 2.0,
    "户口外迁": 1.0,
}
_CONSENTS = {"是": 80.0, "Y": 2.0, "否": 7.0, "N": 1.0, "": 10.0}


@dataclass(frozen=True, slots=True)
class Unit:
    """An employer's block of rows: its number from 0, first row ordinal and size."""

    index: int
    first: int
    size: int

    @property
    def number(self) -> str:
        """The employer number; the leading zeros count."""
        return f"00{1301000 + self.index}"


@dataclass(frozen=True, slots=True)
class Person:
    """One insured person before any dirt. `ordinal` counts the roster's data rows from 1."""

    ordinal: int
    name: str
    gender: str
    birth: date
    id_number: str
    category: str
    unit: Unit | None
    home: Home
    status: str
    consent: str
    large_type: str
    phone: str

    @property
    def person_no(self) -> str:
        """The ten-digit person number."""
        return person_no(self.ordinal)

    @property
    def card_no(self) -> str:
        """The card number."""
        return f"A13{_scattered(self.ordinal):07d}"

    @property
    def scheme(self) -> str:
        """职工 for those who work or worked, 居民 for the rest."""
        return "职工" if self.category in {"在职", "退休"} else "居民"


class Cast:
    """All people of a sample: employers' blocks first, then those without an employer.

    The block `single` has exactly one member, `large` exactly 600 (a third of all blocks in small
    samples), `merged` is where the employer's name is merged downwards.
    """

    def __init__(self, members: int, seed: int) -> None:
        self.members, self.seed = members, seed
        self.units = _units(members, self.rng("units", 0))
        self.merged, self.large, self.single = self.units[2], self.units[4], self.units[11]
        self.first_free = self.units[-1].first + self.units[-1].size

    def rng(self, stream: str, ordinal: int) -> Random:
        """The random source of one row and purpose; the same for the same seed, always."""
        return Random(f"{self.seed}/{stream}/{ordinal}")

    def unit_of(self, ordinal: int) -> Unit | None:
        """The employer of a row, None behind the last block."""
        if ordinal >= self.first_free:
            return None
        return self.units[bisect_right(self._firsts, ordinal) - 1]

    def person(self, ordinal: int) -> Person:
        """The person of a row."""
        rng = self.rng("person", ordinal)
        unit = self.unit_of(ordinal)
        category = "在职" if unit else rng.choices(("退休", "居民", "学生", "在职"), (38, 34, 14, 14))[0]
        gender = rng.choice("男女")
        birth, id_number = _birth_and_id(ordinal, category, gender)
        return Person(
            ordinal=ordinal,
            name=_name(gender, rng),
            gender=gender,
            birth=birth,
            id_number=id_number,
            category=category,
            unit=unit,
            home=home(rng),
            status="正常" if unit is self.single else _drawn(_STATUSES, rng),
            consent=_drawn(_CONSENTS, rng),
            large_type=_large_type(birth, rng),
            phone=phone(rng),
        )

    @cached_property
    def _firsts(self) -> list[int]:
        return [unit.first for unit in self.units]


def person_no(ordinal: int) -> str:
    """Person number of a row; three in five begin with zeros."""
    return f"{'001' if ordinal % 5 < 3 else '131'}{_scattered(ordinal):07d}"


def phone(rng: Random) -> str:
    """A number of the form 1990000xxxx."""
    return f"1990000{rng.randrange(10_000):04d}"


def surname(rng: Random) -> str:
    """A family name of one character."""
    return rng.choice(_SURNAMES)


def _scattered(ordinal: int) -> int:
    # An odd factor that 5 does not divide permutes the numbers below ten million.
    return (ordinal * 7_654_321 + 1301) % 10_000_000


def _birth_and_id(ordinal: int, category: str, gender: str) -> tuple[date, str]:
    start, span, base = _SPANS[category]
    birth = start + timedelta(days=ordinal * 7919 % span)
    # The seventeenth digit is odd for men.
    sequence = base + 2 * (ordinal // span) + (gender == "男")
    first_17 = f"130199{birth:%Y%m%d}{sequence:03d}"
    return birth, first_17 + codes.id_check_char(first_17)


def _name(gender: str, rng: Random) -> str:
    return surname(rng) + "".join(rng.choices(_GIVEN[gender], k=rng.choices((1, 2), (3, 7))[0]))


def _large_type(birth: date, rng: Random) -> str:
    if birth.year > PERIOD_END.year - 65:
        return rng.choices(("", "否"), (4, 1))[0]
    return rng.choices(("是", ""), (7, 3))[0]


def _drawn(chances: dict[str, float], rng: Random) -> str:
    return rng.choices(tuple(chances), tuple(chances.values()))[0]


def _units(members: int, rng: Random) -> list[Unit]:
    count = min(max(40, members // 75), _MOST_UNITS)
    employed = members * 3 // 5
    large = min(600, employed // 3)
    shares = [rng.lognormvariate(0, 0.7) for _ in range(count)]
    rest = employed - large - 1 - 2 * (count - 2)
    sizes = [2 + min(int(share / sum(shares) * rest), 590) for share in shares]
    sizes[4], sizes[11] = large, 1
    units, first = [], 1
    for index, size in enumerate(sizes):
        units.append(Unit(index, first, size))
        first += size
    return units
