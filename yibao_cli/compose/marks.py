"""What a sheet's OMR marks say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yibao_cli.kinds.geometry import OmrItem, OmrProfile

_SEQUENCE = 8  # three bits: the inserter sees a break, and not one of eight sheets


def omr_bits(profile: OmrProfile, item: OmrItem, page: tuple[int, int], sheet: int) -> str:
    """Whether each line of the profile bears a mark (`1`), from the sensor's end; "" on the back of a sheet.

    page: number in the piece from 1, and how many there are; sheet: number in the part, from 0.
    Source: manuals of Pitney Bowes DI425 (p. 40, 46) and Quadient DS-95i (p. 116).
    """
    number, count = page
    if number % 2 == 0:
        return ""
    marked = {
        "always": True,
        "insert": number + 1 >= count,
        "not-last": number + 1 < count,
        "not-first": number > 1,
        **{f"feed{n}": n in item.feeds for n in range(1, 7)},
        **{f"sequence{bit}": bool(sheet % _SEQUENCE & bit) for bit in (1, 2, 4)},
    }
    marks = [marked.get(line, False) for line in profile.lines]
    if "parity" in profile.lines:
        marks[profile.lines.index("parity")] = sum(marks) % 2 == 1
    return "".join("1" if m else "0" for m in marks)
