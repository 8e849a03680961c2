"""Judge whether a letter can be delivered to an address; every doubt is a rule of block A."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yibao_cli.address.cleaning import HAN
from yibao_cli.address.divisions import CITY, COUNTY, PROVINCE, gazetteer
from yibao_cli.address.parsing import has_door, parse
from yibao_cli.address.postcodes import provinces_of
from yibao_cli.address.records import Address, Judging, Verdict
from yibao_cli.codes import is_postcode
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.address.postcode_table import PostcodeTable

STANDARD = Judging()
_SHOWN = 3  # places named in a message
_HAN = re.compile(f"[{HAN}]")
_COUNTY_REACHED = frozenset({"county", "township", "village"})
_OUTSIDE = ("香港特别行政区", "澳门特别行政区", "台湾省")


def verify(
    address: Address, postcode: str = "", judging: Judging = STANDARD, table: PostcodeTable | None = None
) -> Verdict:
    """Judge a parsed address and its postcode.

    `bad` when a reason holds the piece, or the score is too low; `doubtful` when a reason only warns; else
    `good`: province, city and county stand in the divisions, and a road with number, a village, a named
    place or a building is left.
    postcode: as in the roster; empty means the one the address itself bears.
    table: postcodes by county; without one only the province of a postcode is checked.
    """
    if _beyond_doubt(address, postcode, judging):
        return _GOOD
    holding = tuple(_holding(address))
    if holding:
        return Verdict("bad", holding)
    warnings = (*_warning(address), *_about_postcode(address, postcode, table))
    if address.score < judging.bad:
        return Verdict("bad", (*warnings, _too_low(address, "A107", judging.bad)))
    if all(w.rule_id in judging.accepted for w in warnings):
        if warnings or address.score >= judging.good:
            return Verdict("good", warnings)
        return Verdict("doubtful", (_too_low(address, "A125", judging.good),))
    return Verdict("doubtful", warnings)


# Nothing a rule asks about.
_HARMLESS = frozenset(
    {
        "addressee", "folded", "id-number", "invisible", "label", "look-alike", "old-name", "phone",
        "placeholder", "repeated", "separators", "symbol", "town-unlisted", "traditional",
    }
)  # fmt: skip
_GOOD = Verdict("good")


def _beyond_doubt(address: Address, postcode: str, judging: Judging) -> bool:
    """Tell at once what most addresses are: good, and without a postcode to compare."""
    return (
        address.score >= max(judging.good, judging.bad)
        and address.level in _COUNTY_REACHED
        and not (address.postcode or postcode)
        and (not address.flags or _HARMLESS.issuperset(address.flags))
        and address.province not in _OUTSIDE
        and has_door(address)
    )


def _too_low(address: Address, rule_id: str, limit: float) -> Finding:
    return Finding(rule_id, details={"score": f"{address.score:.2f}", "limit": f"{limit:.2f}"})


def examine(
    text: str,
    postcode: str = "",
    county_hint: str = "",
    judging: Judging = STANDARD,
    table: PostcodeTable | None = None,
) -> tuple[Address, Verdict]:
    """Parse an address as written and judge it."""
    address = parse(text, county_hint=county_hint, postcode=postcode)
    return address, verify(address, postcode, judging, table)


def _holding(address: Address) -> Iterator[Finding]:
    """The reason not to print, one at most: the first that applies explains the others."""
    contradicting = _flag_value(address, "contradiction")
    if not address.standard:
        yield Finding("A101")
    elif "damaged" in address.flags:
        yield Finding("A105")
    elif "too-long" in address.flags:
        yield Finding("A106")
    elif address.level == "none" and not _HAN.search(address.standard):
        yield Finding("A102")
    elif contradicting:
        yield Finding("A104", details={"name": contradicting, "parent": address.county or _parent(address)})
    elif address.level == "none" and "ambiguous-county" not in address.flags:
        yield Finding("A103")


def _warning(address: Address) -> Iterator[Finding]:
    candidates, corrected = _flag_value(address, "candidates"), _flag_value(address, "corrected")
    if candidates:
        yield Finding("A120", details={"county": address.county, "candidates": candidates})
    elif "ambiguous-county" in address.flags:
        yield Finding("A113", details={"county": address.county})
    elif address.level not in _COUNTY_REACHED:
        yield _about_county(address)
    elif not has_door(address):
        yield Finding(
            "A115" if address.town or address.road else "A114", details={"county": _finest(address)}
        )
    yield from _remarkable(address)
    if corrected:
        yield Finding("A122", details={"name": corrected})
    if address.province in _OUTSIDE:
        yield Finding("A123", details={"province": address.province})


def _remarkable(address: Address) -> Iterator[Finding]:
    if "hint-differs" in address.flags:
        yield Finding("A118", details={"county": _finest(address)})
    if "gone" in address.flags:
        yield Finding("A159")
    if "second-address" in address.flags:
        yield Finding("A160", details={"county": _finest(address)})
    if "short-name" in address.flags:
        yield Finding("A156", details={"county": address.county})
    if "county-from-town" in address.flags:
        yield Finding("A157", details={"county": _finest(address), "town": address.town})
    if "county-from-village" in address.flags:
        yield Finding("A161", details={"county": _finest(address), "village": address.village})
    if "leading-text" in address.flags:
        yield Finding("A119")


def _about_county(address: Address) -> Finding:
    details = {"county": address.county, "city": _parent(address)}
    if zone := _flag_value(address, "zone"):
        return Finding("A121", details={**details, "county": zone})
    return Finding("A112" if "county-unknown" in address.flags else "A111", details=details)


def _about_postcode(address: Address, postcode: str, table: PostcodeTable | None) -> Iterator[Finding]:
    code = postcode.strip() or address.postcode
    if not code:
        return
    if not is_postcode(code):
        yield Finding("A117")
    elif address.division_code and address.division_code[:PROVINCE] not in provinces_of(code):
        yield Finding(
            "A116", details={"prefix": code[:2], "place": _places(code), "province": address.province}
        )
    elif table is not None and len(address.division_code) >= CITY:
        found = table.check(code, address.division_code[:COUNTY])
        if found.answer == "other":
            yield Finding("A124", details={"place": _names(found.places), "county": _finest(address)})


def _names(codes: frozenset[str]) -> str:
    by_code = gazetteer().by_code
    names = [by_code[code].name for code in sorted(codes) if code in by_code]
    return "、".join(names[:_SHOWN]) + ("…" if len(names) > _SHOWN else "")


def _places(postcode: str) -> str:
    by_code = gazetteer().by_code
    return "、".join(by_code[code].name for code in sorted(provinces_of(postcode))) or "-"


def _parent(address: Address) -> str:
    return address.city or address.province


def _finest(address: Address) -> str:
    return address.county or _parent(address)


def _flag_value(address: Address, flag: str) -> str:
    return next((f.partition(":")[2] for f in address.flags if f.startswith(f"{flag}:")), "")
