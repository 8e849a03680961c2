"""Pack the villages and communities of china-division into `data/villages.bin`.

The file: four bytes with the length of the index (big-endian), the index, the blocks. The index is a
zlib stream of lines `prefecture,length`; the blocks follow in that order, one zlib stream a prefecture:

    #130102|001,001棉一东社区,光华路社区,010谈西社区|002,...

`#` opens a county, `|` a township with the three digits that follow the county's six, `,` a village. A
village's own three digits stand before its name where they are not the previous ones plus one.
"""

from __future__ import annotations

import re
import zlib
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# The committee is not the place: 棉一东社区居民委员会 governs 棉一东社区, 民主村村民委员会 民主村.
_COMMITTEE = re.compile(
    r"(?<=社区)(?:居民|居|家)?委员?会$|(?<=.)(?:村?村民委员会|村?村委会)$|(?<=.)(?:社区)?(?:居民委员会|居委会|家委会)$"
)
_PREFECTURE = slice(4)


def village_name(committee: str) -> str:
    """The place a committee is named after: 民主村委会 gives 民主村, 花园社区居民委员会 花园社区.

    >>> village_name("中山路居委会")
    '中山路社区'
    """
    match = _COMMITTEE.search(committee)
    if match is None:
        return committee
    stem = committee[: match.start()]
    if "村" in match[0]:
        return stem + "村"
    return stem if stem.endswith("社区") else stem + "社区"


def pack(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The bytes of `villages.bin` from rows with a 12-digit `code` and a `name`, in any order."""
    ordered = sorted((row["code"], village_name(_plain(row["name"]))) for row in rows)
    index, blocks = [], []
    for prefecture, group in groupby(ordered, lambda row: row[0][_PREFECTURE]):
        block = zlib.compress(_block(list(group)).encode(), 9)
        index.append(f"{prefecture},{len(block)}")
        blocks.append(block)
    head = zlib.compress("\n".join(index).encode(), 9)
    return len(head).to_bytes(4, "big") + head + b"".join(blocks)


def write(rows: Iterable[Mapping[str, str]], target: Path) -> None:
    """Write the villages of a package to `villages.bin`."""
    target.write_bytes(pack(rows))


def _block(rows: list[tuple[str, str]]) -> str:
    parts: list[str] = []
    county = town = ""
    due = 0
    for code, name in rows:
        if code[:6] != county:
            county, town = code[:6], ""
            parts.append("#" + county)
        if code[:9] != town:
            town, due = code[:9], 0
            parts.append("|" + code[6:9])
        number = int(code[9:])
        parts.append("," + (name if number == due else code[9:] + name))
        due = number + 1
    return "".join(parts)


def _plain(name: str) -> str:
    return re.sub(r"[\s,|#0-9]", "", name)
