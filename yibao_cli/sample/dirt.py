"""What is wrong in the sample on purpose: single plants with a name, and loose forms by rate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from yibao_cli.sample.people import surname
from yibao_cli.sample.places import COMPOUNDS, ROADS
from yibao_cli.sample.workbook import Broken, Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from random import Random

    from yibao_cli.sample.people import Cast, Person


class Col(IntEnum):
    """Columns of the roster, from 0."""

    PERSON_NO = 0
    NAME = 1
    ID_NUMBER = 2
    CARD_NO = 3
    GENDER = 4
    BIRTH = 5
    SCHEME = 6
    CATEGORY = 7
    UNIT_NO = 8
    UNIT_NAME = 9
    COUNTY = 10
    ADDRESS = 11
    POSTCODE = 12
    PHONE = 13
    STATUS = 14
    CARD_STATUS = 15
    CONSENT = 16
    LARGE = 17
    REMARK = 18


# How often each plant stands in a sample of 3,000 members; smaller samples have fewer, at least one of each.
# Larger samples keep these counts, needles in a haystack, but for bad addresses, which keep their share.
PLANTS = {
    # rows that cannot be used
    "duplicate": 6,
    "conflicting": 3,
    "id_as_number": 3,
    "name_missing": 2,
    "person_no_missing": 1,
    "status_unknown": 1,
    "error_cell": 1,
    "address_missing": 4,
    # names
    "name_rare_䶮": 3,
    "name_rare_㛃": 3,
    "name_rare_𬭎": 3,
    "name_rare_𫍽": 2,
    "name_rare_𠅤": 2,
    "name_without_font": 1,
    "name_of_30": 1,
    "name_formula": 1,
    "name_markup": 1,
    "name_zero_width": 1,
    "name_inner_blank": 5,
    # addresses
    "address_unknown": 4,
    "address_same_as_above": 3,
    "address_county_only": 5,
    "address_contradictory": 4,
    "address_with_phone": 4,
    "address_full_width": 6,
    "address_prefix_twice": 4,
    "address_of_company": 8,
    "address_with_postcode": 3,
    "postcode_of_other_province": 5,
    # values that are doubtful only
    "id_check_wrong": 3,
    "phone_cut": 3,
    "birth_impossible": 1,
    # the money files
    "no_balance": 8,
    "account_does_not_tie": 5,
    "lines_do_not_tie": 4,
    "lines_41": 1,
    "lines_45": 1,
    "lines_60": 1,
    "lines_120": 1,
}
REJECTED = frozenset(tuple(PLANTS)[:8])
COPIES = frozenset({"duplicate", "conflicting"})
LONG_NAME = "阿依努尔·买买提江·吐尔逊·阿卜杜热合曼·努尔买提·艾合买提"
WITHOUT_FONT = "𫝑"
_WHOLE_DRAW = 20_000  # members


@dataclass(frozen=True, slots=True)
class Plant:
    """One thing planted. source: for a copy, the row it repeats."""

    kind: str
    source: int = 0


def plan(cast: Cast) -> dict[int, Plant]:
    """Say which rows bear which plant: row ordinal -> plant.

    Plants stand in even rows, so that every copy finds an untouched odd row to repeat; the merged
    block and the employer with a single member stay clean.
    """
    rng = cast.rng("plan", 0)
    barred = set(range(cast.merged.first, cast.merged.first + cast.merged.size)) | {cast.single.first}
    kinds = [kind for kind in PLANTS for _ in range(_count(kind, cast.members))]
    copies = [kind for kind in kinds if kind in COPIES]
    others = [kind for kind in kinds if kind not in COPIES]
    free_even = range(cast.first_free + cast.first_free % 2 + 2, cast.members + 1, 2)
    copy_rows = rng.sample(free_even, len(copies))
    window: Sequence[int] = range(2, cast.members + 1, 2)
    if cast.members > _WHOLE_DRAW:  # to draw from some of the rows bounds the memory of the draw
        window = rng.sample(window, 2 * len(others))
    taken = barred.union(copy_rows)
    rows = [n for n in window if n not in taken]
    plants = {row: Plant(kind) for row, kind in zip(rng.sample(rows, len(others)), others, strict=True)}
    sources = (range(cast.first_free | 1, row, 2) for row in copy_rows)
    for row, kind, source in zip(copy_rows, copies, sources, strict=True):
        plants[row] = Plant(kind, rng.choice(source))
    return plants


def scattered(rng: Random, counts: Mapping[str, int], members: int) -> dict[int, str]:
    """Say which even rows bear which plant, of each as many as counted: row ordinal -> its kind."""
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    window = range(2, min(members, _WHOLE_DRAW) + 1, 2)
    return dict(zip(rng.sample(window, len(kinds)), kinds, strict=True))


def loose_address(person: Person, rng: Random) -> tuple[str, str]:
    """The address as people write it, and the name of the form; `clean` is the full one."""
    home = person.home
    form = rng.choices(("clean", "from_city", "from_county", "blanks", "wide_digits"), (62, 18, 14, 3, 3))[0]
    texts = {
        "clean": home.full,
        "from_city": home.from_city,
        "from_county": home.from_county,
        "blanks": f"{home.county.city} {home.county.name}  {home.rest} ",
        "wide_digits": full_width(home.full),
    }
    return texts[form], form


def loose_date(day: date, rng: Random) -> tuple[Cell, str]:
    """A date as an Excel date or as text in one of three forms, and the name of the form."""
    form = rng.choices(("excel", "dashes", "slashes", "characters"), (55, 20, 12, 13))[0]
    texts: dict[str, Cell] = {
        "excel": day,
        "dashes": day.isoformat(),
        "slashes": f"{day.year}/{day.month}/{day.day}",
        "characters": f"{day.year}年{day.month}月{day.day}日",
    }
    return texts[form], form


def loose_postcode(postcode: str, rng: Random) -> tuple[Cell, str]:
    """A postcode as people leave it, and the name of the form.

    `text` as it should be, `number` and `number_without_zero` from Excel, `cut` (text without its
    zero), `full_width`, `blank`.
    """
    form = rng.choices(("text", "number_without_zero", "cut", "full_width", "blank"), (70, 20, 3, 4, 3))[0]
    if not postcode.startswith("0") and form in {"number_without_zero", "cut"}:
        return int(postcode), "number"  # of another province: nothing was lost
    cells: dict[str, Cell] = {
        "text": postcode,
        "number_without_zero": int(postcode),
        "cut": postcode.removeprefix("0"),
        "full_width": full_width(postcode),
        "blank": None,
    }
    return cells[form], form


def loose_amount(fen: int, rng: Random) -> Cell:
    """An amount of fen as a number of yuan, or as text with separators, a currency sign or full-width."""
    text = f"{fen // 100:,}.{fen % 100:02d}" if fen >= 0 else f"-{-fen // 100:,}.{-fen % 100:02d}"
    form = rng.random()
    if form < 0.80:
        return fen / 100
    if form < 0.92:
        return text
    return f"¥{text}" if form < 0.97 and fen >= 0 else full_width(text.replace(",", ""))


def full_width(text: str) -> str:
    """Digits, point, comma and sign as an input method in full-width mode gives them."""
    return text.translate(_WIDE)


def spoil(cells: list[Cell], plant: Plant, person: Person, rng: Random) -> None:
    """Put a plant into the cells of its roster row; plants of other files change nothing here."""
    if plant.kind.startswith("name_rare_"):
        cells[Col.NAME] = surname(rng) + plant.kind[-1]
    elif plant.kind in _EDITS:
        column, edit = _EDITS[plant.kind]
        cells[column] = edit(person, rng)


_WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


def _count(kind: str, members: int) -> int:
    rows = members if kind.startswith("address_") else min(members, 3000)
    return max(1, PLANTS[kind] * rows // 3000)


def _cut_by_excel(person: Person, _rng: Random) -> Cell:
    # Excel keeps fifteen digits of a number.
    return float(person.id_number[:15] + "000")


def _wrong_check(person: Person, _rng: Random) -> Cell:
    right = person.id_number[-1]
    return person.id_number[:17] + ("0" if right != "0" else "1")


def _contradictory(person: Person, rng: Random) -> Cell:
    return f"河北省石家庄市{rng.choice(('昆山市', '萧山区', '浦东新区'))}{person.home.rest}"


def _company(person: Person, rng: Random) -> Cell:
    return replace(
        person.home, rest=f"{rng.choice(ROADS)}{rng.randint(1, 390)}号冀岳机械有限公司人事科转"
    ).full


def _conflicting_address(person: Person, rng: Random) -> Cell:
    return person.home.county.name + rng.choice(COMPOUNDS) + f"{rng.randint(1, 9)}号楼1单元101室"


_EDITS: dict[str, tuple[Col, Callable[[Person, Random], Cell]]] = {
    "conflicting": (Col.ADDRESS, _conflicting_address),
    "id_as_number": (Col.ID_NUMBER, _cut_by_excel),
    "id_check_wrong": (Col.ID_NUMBER, _wrong_check),
    "name_missing": (Col.NAME, lambda _p, _r: None),
    "person_no_missing": (Col.PERSON_NO, lambda _p, _r: None),
    "status_unknown": (Col.STATUS, lambda _p, _r: "见备注"),
    # A required column, since readers that hide error cells see a blank one here.
    "error_cell": (Col.CATEGORY, lambda _p, _r: Broken.NOT_AVAILABLE),
    "name_without_font": (Col.NAME, lambda _p, rng: surname(rng) + WITHOUT_FONT),
    "name_of_30": (Col.NAME, lambda _p, _r: LONG_NAME),
    "name_formula": (Col.NAME, lambda p, _r: f'=HYPERLINK("{p.name}")'),
    "name_markup": (Col.NAME, lambda p, _r: f"[/bold]{p.name}"),
    "name_zero_width": (Col.NAME, lambda p, _r: f"{p.name[0]}\u200b{p.name[1:]}"),
    "name_inner_blank": (Col.NAME, lambda p, _r: f"{p.name[0]} {p.name[-1]}"),
    "address_missing": (Col.ADDRESS, lambda _p, _r: None),
    "address_unknown": (Col.ADDRESS, lambda _p, _r: "不详"),
    "address_same_as_above": (Col.ADDRESS, lambda _p, _r: "同上"),
    "address_county_only": (Col.ADDRESS, lambda p, _r: p.home.county.city + p.home.county.name),
    "address_contradictory": (Col.ADDRESS, _contradictory),
    "address_with_phone": (Col.ADDRESS, lambda p, _r: f"{p.home.full} 电话{p.phone}"),
    "address_full_width": (Col.ADDRESS, lambda p, _r: full_width(p.home.full)),
    "address_prefix_twice": (Col.ADDRESS, lambda p, _r: p.home.county.province + p.home.full),
    "address_of_company": (Col.ADDRESS, _company),
    "address_with_postcode": (Col.ADDRESS, lambda p, _r: p.home.county.postcode + p.home.full),
    "postcode_of_other_province": (Col.POSTCODE, lambda _p, _r: "215300"),
    "phone_cut": (Col.PHONE, lambda p, _r: p.phone[:8]),
    "birth_impossible": (Col.BIRTH, lambda p, _r: f"{p.birth.year}-02-30"),
}
