"""The roster as the insurance centre exports it and clerks have edited it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.sample import dirt
from yibao_cli.sample.dirt import Col, Plant
from yibao_cli.sample.employers import employer_name
from yibao_cli.sample.workbook import Cell, Layout

if TYPE_CHECKING:
    from random import Random

    from yibao_cli.sample.people import Cast, Person
    from yibao_cli.sample.tally import Tally

MERGED_ROWS = 8

LAYOUT = Layout(
    sheet="参保人员名册",
    title="石家庄市医疗保险参保人员名册（2026年第三季度）",
    note="说明：示例数据，人名、号码、门牌均属虚构；个人编号不得重复；制表日期 2026-09-30",
    headers=(
        "人员编号",
        "参保人姓名",
        "身份证 号码",
        "社保卡号",
        "性别",
        "出生日期",
        "险种",
        "人员类别",
        "单位编号",
        "工作单位",
        "所属县区",
        "家庭住址",
        "邮编",
        "手机号码",
        "参保状态（必填）",
        "卡状态",
        "是否接收广告",
        "是否大字版",
        "备注",
    ),
    widths=(12, 10, 20, 14, 6, 13, 8, 10, 12, 24, 10, 46, 9, 13, 12, 8, 12, 10, 10),
)

_CATEGORIES = {"在职": "在职职工", "退休": "退休人员", "居民": "成年居民", "学生": "学生儿童"}


class Roster:
    """Rows of the roster by ordinal; the same ordinal gives the same cells, always."""

    def __init__(self, cast: Cast, plants: dict[int, Plant]) -> None:
        self._cast, self._plants = cast, plants

    def cells(self, person: Person, tally: Tally) -> tuple[list[Cell], str]:
        """The cells of a person's row, dirt included, and the form of its address; all is counted."""
        plant = self._plants.get(person.ordinal)
        if plant is None:
            return self._untouched(person, tally)
        tally.add("roster", "planted", plant.kind)
        if plant.kind in dirt.REJECTED:
            tally.add("roster", "rejected", plant.kind)
        rng = self._cast.rng("plant", person.ordinal)
        if plant.kind in dirt.COPIES:
            person = self._cast.person(plant.source)
        cells, address_form = self._untouched(person, tally)
        dirt.spoil(cells, plant, person, rng)
        return cells, address_form

    def _untouched(self, person: Person, tally: Tally) -> tuple[list[Cell], str]:
        rng = self._cast.rng("cells", person.ordinal)
        birth, birth_form = dirt.loose_date(person.birth, rng)
        postcode, postcode_form = dirt.loose_postcode(person.home.county.postcode, rng)
        address, address_form = dirt.loose_address(person, rng)
        for group, form in (("birth", birth_form), ("postcode", postcode_form), ("address", address_form)):
            tally.add("roster", f"{group}_form", form)
        cells: list[Cell] = [
            _number(person.person_no, rng),
            _blanks(person.name, rng),
            person.id_number,
            person.card_no,
            person.gender,
            birth,
            person.scheme,
            rng.choice((person.category, _CATEGORIES[person.category])),
            person.unit.number if person.unit else None,
            self._employer(person),
            person.home.county.name,
            address,
            postcode,
            _phone(person.phone, rng),
            person.status,
            "已挂失" if rng.random() < 0.01 else "正常",
            person.consent or None,
            person.large_type or None,
            None,
        ]
        return cells, address_form

    def _employer(self, person: Person) -> Cell:
        if person.unit is None or self.in_merge(person.ordinal) > 1:
            return None
        return employer_name(self._cast, person.unit)

    def in_merge(self, ordinal: int) -> int:
        """Position from 1 in the merged employer cell, 0 outside of it."""
        first, size = self._cast.merged.first, min(MERGED_ROWS, self._cast.merged.size)
        return ordinal - first + 1 if first <= ordinal < first + size else 0

    @property
    def last_merged(self) -> int:
        """Ordinal of the last row of the merged cell."""
        return self._cast.merged.first + min(MERGED_ROWS, self._cast.merged.size) - 1


def _number(text: str, rng: Random) -> Cell:
    # Only numbers without a leading zero survive Excel as numbers.
    form = rng.random()
    if form < 0.3 and not text.startswith("0"):
        return int(text)
    return f" {text}" if form > 0.98 else text


def _blanks(name: str, rng: Random) -> str:
    form = rng.random()
    if form < 0.01:
        return f"{name} "
    return f"\u3000{name}" if form < 0.02 else name


def _phone(text: str, rng: Random) -> Cell:
    form = rng.random()
    if form < 0.05:
        return None
    if form < 0.35:
        return int(text)
    return f"{text[:3]} {text[3:7]} {text[7:]}" if form < 0.38 else text


assert len(LAYOUT.headers) == len(Col)
