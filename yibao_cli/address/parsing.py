"""Parse an address: normalise, read the divisions, read the rest."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from yibao_cli.address.cleaning import HAN, normalise
from yibao_cli.address.divisions import (
    CITY,
    COUNTY,
    LEVEL_NAMES,
    PROVINCE,
    TOWN,
    VILLAGE,
    Division,
    gazetteer,
)
from yibao_cli.address.doubting import is_gone, names_place, names_road, second_county
from yibao_cli.address.heads import is_county
from yibao_cli.address.names import zone_name
from yibao_cli.address.records import Address
from yibao_cli.address.settling import UNKNOWN_COUNTY, Place, hinted, settle
from yibao_cli.address.tail import Tail, read_tail
from yibao_cli.address.villages import village_at
from yibao_cli.codes import is_postcode

_HAN = re.compile(f"[{HAN}]")
_NO_COUNTY = re.compile(
    r".*(?:小区|社区|校区|院区|厂区|片区|生活区|住宅区|居住区|别墅区|[一二三四五六七八九十]区|超市|城市|门市|夜市|县城)$|^[东南西北中]区$"
)
_ZONE = re.compile(
    r"(?:开发|高新|工业园?|园|保税|示范|管理|景|度假|新|试验|合作|产业园|经开|自贸|综保|空港|航空港|临港)区$"
)
# Words for the middle of a city, which is a division only where the list has it.
_NO_DISTRICT = frozenset({"城区", "市区", "老城区", "主城区", "中心城区"})


class Names(NamedTuple):
    """Official names of the divisions above a township."""

    province: str
    city: str
    county: str


def parse(text: str, *, county_hint: str = "", postcode: str = "") -> Address:
    """Parse one address as written into the fields of `Address`.

    county_hint: what another column says about the county, a name or a six-digit code. It fills in
      what the text leaves out, decides between counties of one name, and is flagged; the text wins.
    postcode: the postcode column; one inside the text is taken where the column has none. It decides
      between counties of one name in different provinces and fills nothing in.

    Nothing is invented: upper levels come in only where one division alone fits. Never raises for any
    text. Flags beside those of `cleaning` and `head`: county-from-hint, hint-differs, hint-unknown,
    ambiguous-county, county-unknown, zone, town-unlisted, postcode-malformed, gone, second-address, and
    `written:莱芜市莱城区`: the divisions as the text has them, where they bear names of the past.
    """
    folded = normalise(text)
    hint = county_hint.strip()
    under = hinted(hint) if hint else ()
    code = postcode.strip() or folded.postcode
    place = settle(folded.text, under, code)
    flags = {*folded.flags, *place.flags}
    if hint and not under:
        flags.add("hint-unknown")
    if code and not is_postcode(code):
        flags.add("postcode-malformed")
        code = ""
    if is_gone(folded.text):
        flags.add("gone")
    return _assemble(text, place, code, flags)


def _assemble(raw: str, place: Place, postcode: str, flags: set[str]) -> Address:
    text, end, tail_at, town = place.text, place.end, place.tail, place.town
    division = place.live[0] if len(place.live) == 1 else None
    names = names_of(division) if division else _shared_names(place, flags)
    rest = text[end:]
    village = None
    if division is not None and tail_at == end:
        if is_county(division):
            village = village_at(town.code if town else division.code, text, end)
            tail_at += len(village.written) if village else 0
        else:
            county, zone = _written_county(rest, flags)
            names = Names(names.province, names.city, county) if county else names
            tail_at += len(county) + len(zone)
    if division is not None and second_county(rest, division):
        flags.add("second-address")
    listed = town.written if town else ""
    if "old-name" in flags and "leading-text" not in flags:
        flags.add("written:" + text[: end - len(listed)])
    tail = Tail()
    if place.live or ("damaged" not in flags and _HAN.search(text, tail_at)):
        tail = read_tail(text[tail_at:], town=listed, village=village.written if village else "")
    if tail.town and not listed:
        flags.add("town-unlisted")
    code = village.code if village else town.code if town else division.code if division else ""
    return Address(
        raw, names.province, names.city, names.county, listed or tail.town, *tail[1:], postcode,
        _official(code), standard_line(names, listed, rest.removeprefix(names.county)),
        LEVEL_NAMES[_level(code, division)], _score(code, tail, flags), tuple(sorted(flags)),
    )  # fmt: skip


def _shared_names(place: Place, flags: set[str]) -> Names:
    """What counties of one name share: each level on which they agree, and the name as written."""
    if not place.live:
        return Names("", "", "")
    flags.add("ambiguous-county")
    all_names = [names_of(d) for d in place.live]
    province, city = (n[0] if len(set(n)) == 1 else "" for n in list(zip(*all_names, strict=True))[:2])
    if "old-name" in flags:
        flags.add("candidates:" + "、".join(d.name for d in place.live))
    return Names(province, city, place.name or place.live[0].name)


def _written_county(rest: str, flags: set[str]) -> tuple[str, str]:
    """The county as written that no list confirms, or else the zone; empty where the rest names none."""
    match = UNKNOWN_COUNTY.match(rest)
    if match is None or _NO_COUNTY.match(match[0]):
        return "", ""
    if match[0] in _NO_DISTRICT:
        return "", match[0]
    if _ZONE.search(match[0]):
        flags.add(f"zone:{match[0]}")
        return "", match[0]
    flags.add("county-unknown")
    return match[0], ""


@cache
def names_of(division: Division) -> Names:
    """Official names above and at a division; a municipality is its own city."""
    by_code = gazetteer().by_code
    province = by_code[division.code[:PROVINCE]].name
    city = by_code.get(division.code[:CITY]) if len(division.code) >= CITY else None
    city_name = city.name if city else (province if province.endswith("市") else "")
    return Names(province, city_name, division.name if division.level == COUNTY else "")


def standard_line(names: Names, town: str, rest: str) -> str:
    """One line: each division once, then the rest as normalised."""
    return f"{_upper_line(names)}{town}{rest}"


@lru_cache(maxsize=8192)
def _upper_line(names: Names) -> str:
    city = "" if names.city == names.province else names.city
    return f"{names.province}{city}{zone_name(names.county, names.province, names.city)}"


def _official(code: str) -> str:
    # Codes with a letter are our own (Hong Kong, Macao, Taiwan); the province's is everyone's.
    return code if code.isdigit() else code[:PROVINCE]


def _level(code: str, division: Division | None) -> int:
    if len(code) >= TOWN:
        return len(code)
    if division is None:
        return 0
    return COUNTY if is_county(division) else division.level


def _score(code: str, tail: Tail, flags: set[str]) -> float:
    """How much of a full address is there: 0.2 a province, 0.4 a city, 0.7 a county, 0.8 a town; 0.2 a door.

    Each flag of doubt takes 0.2 off.
    """
    tenths = _TENTHS.get(len(code), 0)
    if len(code) == CITY and code in gazetteer().direct:
        tenths = _TENTHS[COUNTY]
    if has_door(tail):
        tenths += 2
    if flags:
        tenths -= 2 * sum(flag.partition(":")[0] in DOUBTS for flag in flags)
    return max(0, tenths) / 10


_TENTHS = {PROVINCE: 2, CITY: 4, COUNTY: 7, TOWN: 8, VILLAGE: 8}


def has_door(tail: Tail | Address) -> bool:
    """Tell whether a postman finds something: road or town and number, village, building or a named place."""
    if tail.village or tail.building or tail.group:
        return True
    if tail.road_no and (tail.road or tail.town) and names_road(tail.road, tail.road_no):
        return True
    return bool(tail.poi) and names_place(tail.poi)


DOUBTS = frozenset(
    {
        "ambiguous-county",
        "candidates",
        "contradiction",
        "corrected",
        "county-from-town",
        "county-from-village",
        "county-unknown",
        "damaged",
        "gone",
        "hint-differs",
        "leading-text",
        "second-address",
        "short-name",
        "zone",
    }
)
