"""A class of advertisers as the law sees it, an ad as it is checked, and what is found about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from yibao_cli.kinds.fields import Spec


class Trade(Spec):
    """A class of advertisers: its words, and what the law asks of it.

    topics: expressions that tell in the words of an ad whose trade is of no class what it is about.
    shown: the article that has the approval number stand in the ad; the trade's own where none is named.
    """

    id: str
    words: tuple[str, ...]
    topics: tuple[str, ...] = ()
    approval: Literal["medical", "drug", "device", "health-food", "fsmp"] | None = None
    banned: str = ""
    article: str = ""
    shown: str = ""
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing about an ad. rule: id of our catalogue; what: the words; law: id in compliance.toml."""

    rule: str
    what: str
    article: str
    law: str


@dataclass(frozen=True, slots=True)
class AdText:
    """What is checked: trade and words as given, approval number and the day on its certificate."""

    trade: str
    words: str
    approval_no: str = ""
    approval_day: str = ""
