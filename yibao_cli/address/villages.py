"""Villages and communities of a township, unpacked prefecture by prefecture as they are asked for.

The file is described in `build_villages`.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "data" / "villages.bin"

_HAS_VILLAGE = re.compile(r"村|社区|嘎查|屯|队|居委会")
_WITHIN = 18  # characters in which the name of a village ends
_COMMITTEE = re.compile(r"村?民?委员?会|村?委(?!大楼|[员会民办楼院室])|居民委员会|居委会")
_TWICE = re.compile(
    r"村(?![口里内外头东南西北中前后旁边上下民委部驻小学卫公集办级干])"
)  # 甘村 is also written 甘村村
_NO_VILLAGE = re.compile(
    r"[东南西北中]?(?:大?(?:路|街(?!上))|大道)|[巷弄道]|社区|小区|花园|新村|医院|卫生|小学|中学|学校|银行"
)
_SHORTEST_ALONE = 3  # characters; 新村 and 城关 are in every county


class Village(NamedTuple):
    """A village as the text writes it, and its twelve-digit code."""

    written: str
    code: str


def village_at(code: str, text: str, at: int) -> Village | None:
    """The village the text names at a place: in a township, or the only one in a county or prefecture.

    code: nine, six or four digits. The longest name wins. None where no name fits, or a road or a
    school bears it (新村路).
    """
    if not _HAS_VILLAGE.search(text, at, at + _WITHIN) or not code.isdigit():
        return None
    block, start, end = _scope(code)
    found = _hits(block, text, at, (start, end))
    if not found:
        return None
    longest = max([len(name) for _place, name in found])
    places = [place for place, name in found if len(name) == longest]
    if len(places) > 1 or (len(code) <= len("130102") and longest < _SHORTEST_ALONE):
        return None
    stop = at + longest
    if _NO_VILLAGE.match(text, stop):
        return None
    committee = _COMMITTEE.match(text, stop) or (text[stop - 1] == "村" and _TWICE.match(text, stop))
    return Village(text[at : committee.end() if committee else stop], _code(block, places[0]))


def _hits(block: str, text: str, at: int, within: tuple[int, int]) -> list[tuple[int, str]]:
    start = text[at : at + 2]
    found = []
    place = block.find(start, *within)
    while place >= 0:
        if block[place - 1] == "," or block[place - 1].isdigit():
            name = _NAME_END.split(block[place : place + _LONGEST], maxsplit=1)[0]
            if text.startswith(name, at):
                found.append((place, name))
        place = block.find(start, place + 1, within[1])
    return found


_NAME_END = re.compile(r"[,|#]")
_COUNTY = re.compile("#")
_NUMBER = re.compile(r",([0-9]{3})")
_LONGEST = 40


def _code(block: str, place: int) -> str:
    """The code of the village whose name begins at a place of a block."""
    county = block.rindex("#", 0, place)
    town = block.rindex("|", 0, place)
    number, since = -1, town + len("|001")
    for given in _NUMBER.finditer(block, since, place):
        number, since = int(given[1]), given.end()
    number += block.count(",", since, place)
    return f"{block[county + 1 : county + 7]}{block[town + 1 : town + 4]}{number:03d}"


@lru_cache(maxsize=4096)
def _scope(code: str) -> tuple[str, int, int]:
    """The block a county or township lies in, and where its part begins and ends."""
    block, counties = _block(code[:4])
    if len(code) == len("1301"):
        return block, 0, len(block)
    if code[:6] not in counties:
        return block, 0, 0
    start, end = counties[code[:6]]
    if len(code) > len("130102"):
        start = block.find("|" + code[6:9], start, end)
        if start < 0:
            return block, 0, 0
        stop = block.find("|", start + 1, end)
        end = end if stop < 0 else stop
    return block, start, end


@lru_cache(maxsize=512)
def _block(prefecture: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """The block of a prefecture, and where each county's part begins and ends in it."""
    place = _index().get(prefecture)
    if place is None:
        return "", {}
    with FILE.open("rb") as stream:
        stream.seek(place[0])
        block = zlib.decompress(stream.read(place[1])).decode()
    starts = [m.start() for m in _COUNTY.finditer(block)]
    ends = [*starts[1:], len(block)]
    return block, {block[s + 1 : s + 7]: (s, e) for s, e in zip(starts, ends, strict=True)}


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[int, int]]:
    with FILE.open("rb") as stream:
        size = int.from_bytes(stream.read(4), "big")
        lines = zlib.decompress(stream.read(size)).decode().split("\n")
    index: dict[str, tuple[int, int]] = {}
    offset = 4 + size
    for line in lines:
        prefecture, length = line.split(",")
        index[prefecture] = (offset, int(length))
        offset += int(length)
    return index
