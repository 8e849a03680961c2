"""What is told about an artwork, and how it is refused; rules by their id (docs/rules.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

PICTURE_SUFFIXES = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".svg"})
MM_PER_POINT = 25.4 / 72
LARGEST_PIXELS = 60_000_000

_NOT_PLAIN = re.compile(r"[^\w<>/=.:@!?#() -]", re.ASCII)
_LONGEST_WORD = 40


class Verdict(NamedTuple):
    """The rule that forbids an artwork, the rule that warns of it, and what in the file sets it off.

    what: a name from the file itself, such as `<script>` or `/OpenAction`; empty where the rule says all.
    """

    refusal: str | None = None
    warning: str | None = None
    what: str = ""


class NotPrintableError(Exception):
    """An artwork cannot be printed: the rule, and the name of what in the file sets it off."""

    def __init__(self, rule: str, what: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        # It stands in the file of a stranger and comes to a terminal.
        self.what = _NOT_PLAIN.sub("", what)[:_LONGEST_WORD]


@dataclass(frozen=True)
class Facts:
    """What an artwork is.

    size: width and height in mm; fixed: the file says so in a unit of length, else the proportion counts.
    dpi: lowest resolution of a picture in it when it is drawn at `size`; None where all is drawn by lines.
    colours: of {"gray", "rgb", "cmyk", "lab", "spot", "other"}.
    """

    size: tuple[float, float]
    fixed: bool
    dpi: float | None = None
    colours: frozenset[str] = field(default_factory=frozenset)
