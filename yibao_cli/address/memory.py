"""Remember how heads of addresses were read.

The divisions a text begins with are read alike whatever stands behind them, but for what can change the
reading: a kind, a road, the name of a division. The names of today's counties below those of their
prefecture or province are known from the start; a test holds both ways against each other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from yibao_cli.address.divisions import CITY, COUNTY, PROVINCE, Division, Entry, gazetteer
from yibao_cli.address.heads import Head
from yibao_cli.address.names import province_forms

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = 4
_MANY = 100_000
_SHORT = 3  # 新城区, 永定县: a county of so few characters alone is read each time
_KINDS = "省市区县旗盟州"
_CHANGES = frozenset("省市区县旗盟州自特辖镇乡村屯路街巷弄道场")


@lru_cache(maxsize=1)
def _memory() -> tuple[dict[str, Head], dict[str, tuple[int, ...]]]:
    """Readings by the text that was read; lengths of these texts by their first characters, longest first."""
    seen: dict[str, Head] = {}
    lengths: dict[str, set[int]] = {}
    for division in gazetteer().by_code.values():
        if division.level == COUNTY and division.name[-1] in _KINDS:
            for text in _full_names(division):
                seen[text] = Head((division,), len(text), (), division.name)
                lengths.setdefault(text[:_KEY], set()).add(len(text))
    return seen, {key: tuple(sorted(found, reverse=True)) for key, found in lengths.items()}


def _full_names(county: Division) -> Iterator[str]:
    by_code = gazetteer().by_code
    province, city = by_code[county.code[:PROVINCE]].name, by_code.get(county.code[:CITY])
    if city is not None:
        yield city.name + county.name
    upper = city.name if city is not None else ""
    provinces = (province, *province_forms(province))
    for name in provinces:
        yield name + upper + county.name
    # Without the prefecture, or alone, where no other place of the province or the country is called so.
    bearing = {e.division.code for e in _bearing(county.name)}
    if city is not None and {c for c in bearing if c[:PROVINCE] == county.code[:PROVINCE]} == {county.code}:
        for name in provinces:
            yield name + county.name
    if len(bearing) == 1 and len(county.name) > _SHORT:
        yield county.name


def _bearing(name: str) -> Iterator[Entry]:
    for other, entries in gazetteer().by_start.get(name[:2], ()):
        if other == name:
            yield from entries


def remembered(text: str) -> Head | None:
    """What the text was read as before, where nothing behind that can change it."""
    seen, lengths = _memory()
    for length in lengths.get(text[:_KEY], ()):
        known = seen.get(text[:length])
        if known is not None and _nothing_follows(text, known):
            return known
    return None


def _nothing_follows(text: str, known: Head) -> bool:
    end = known.end
    start = text[end : end + 2]
    if start[:1] in _CHANGES or start == "大道":
        return False
    bucket = gazetteer().by_start.get(start)
    if bucket is None:
        return True
    # The short name of a place in another province changes nothing behind a county.
    province = known.live[0].code[:PROVINCE]
    return not any(
        name[-1] in _KINDS or any(e.division.code[:PROVINCE] == province for e in entries)
        for name, entries in bucket
        if text.startswith(name, end)
    )


def remember(text: str, head: Head) -> None:
    """Keep a reading that depends on the divisions alone."""
    if head.flags or len(head.live) != 1 or not head.county or head.name[-1:] not in _KINDS:
        return
    seen, lengths = _memory()
    prefix = text[: head.end]
    if len(prefix) < _KEY or len(seen) >= _MANY or prefix in seen:
        return
    seen[prefix] = head
    known = lengths.get(prefix[:_KEY], ())
    lengths[prefix[:_KEY]] = tuple(sorted({*known, len(prefix)}, reverse=True))
