"""Read an ad as a whole: does it sound like those that were refused, or like those that were lawful?

Patterns know the wordings that somebody wrote down. This knows pieces of one to three characters, each with a
weight learned from labelled ads (tests/benchmarks/adverts_words.py), so that a new wording of an old promise
stands out too. It blocks nothing: it asks a person to read, and spares a person clauses that sound like plain
facts.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from pydantic import Field

from yibao_cli.kinds.fields import Spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST = 3  # characters of a piece
_STRETCH = 40  # characters that are heard together
_SHORTEST = 8  # characters that an ad must have to sound like anything
BIAS = 0.3  # what the constant term counts; its weight stands under the empty piece
_UNIT = 1000  # a weight of 1 in the file
_NUMBERS = re.compile(r"[0-9]+")
_CLAUSES = re.compile(r"[，。；]+")


class Reader(Spec):
    """What the sound of an ad says.

    words: file of pieces and weights, a tab between them, in thousandths. tell: from which probability on a
    person is asked; quiet: below which clauses outside a closed list are let through. articles: by class of
    trade, what is cited; `other` for all else.
    """

    words: str
    tell: float = Field(gt=0, lt=1)
    quiet: float = Field(ge=0, lt=1)
    articles: dict[str, str]
    weights: dict[str, int] = Field(default={}, repr=False)

    def probability(self, trade: str, text: str) -> float:
        """How much folded words sound like an ad that was refused, from 0 to 1.

        Of a long ad its loudest part counts. Short clauses alone say little, so an ad is heard in stretches
        of the length that the reader learned from.
        """
        return max((self.sound(trade, part) for part in _stretches(text)), default=0.0)

    def loudest(self, trade: str, text: str) -> str:
        """The clause that sounds most like it."""
        clauses = [c for c in _CLAUSES.split(text) if c.strip()]
        return max(clauses, key=lambda c: self.sound(trade, c), default="")

    def article(self, trade: str) -> str:
        """What is cited where a person is asked to read an ad of this class."""
        return self.articles.get(trade, self.articles.get("other", ""))

    def sound(self, trade: str, text: str) -> float:
        """How much one stretch of folded words sounds like it, from 0 to 1."""
        known = [self.weights[p] for p in pieces(trade, text) if p in self.weights]
        score = self.weights.get("", 0) * BIAS
        if known:
            score += sum(known) / math.sqrt(len(known))
        return 1 / (1 + math.exp(-score / _UNIT))


def _stretches(text: str) -> Iterator[str]:
    """A text in clauses put together until they are long enough; what is left joins the last stretch."""
    clauses = [c for c in _CLAUSES.split(text) if c.strip()]
    if len("，".join(clauses)) < _SHORTEST:
        return
    begun: list[str] = []
    for n, clause in enumerate(clauses):
        begun.append(clause)
        rest = sum(map(len, clauses[n + 1 :]))
        if sum(map(len, begun)) >= _STRETCH and rest >= _STRETCH:
            yield "，".join(begun)
            begun = []
    yield "，".join(begun)


def pieces(trade: str, text: str) -> set[str]:
    """The pieces of folded words: one to three characters, and two with the class of the trade."""
    text = _NUMBERS.sub("0", text)
    found = {text[i : i + n] for n in range(1, LONGEST + 1) for i in range(len(text) - n + 1)}
    return found | {f"@{trade}"} | {f"{trade}:{text[i : i + 2]}" for i in range(len(text) - 1)}


def read_weights(path: Path) -> dict[str, int]:
    """The weights of a file; raises ValueError for a line that is none."""
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if line.startswith("#") or not line:
            continue
        piece, tab, weight = line.partition("\t")
        if not tab or not weight.lstrip("-").isdecimal():
            raise ValueError(f"{path.name}:{number}")
        found[piece] = int(weight)
    return found
