"""What an account of a mailing says: the terms it is held against, its counts, rates and tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from yibao_cli.returns.judging import Copy
    from yibao_cli.returns.rates import Rate

STATES = ("signed", "presumed", "returned", "remailed", "pending")
# What pieces are counted by, beside reasons and days; of employers only those with returns are shown.
PLACES = ("county", "office", "walk", "source")


@dataclass(frozen=True, slots=True)
class Terms:
    """What was promised: ISO day of posting, ISO day of the account, days of the window, share delivered."""

    posted_on: str
    today: str
    window_days: int
    promise: float

    @property
    def closes_on(self) -> str:
        """Last day of the window; from the day after, silence counts as delivered."""
        return self.closes_after(self.posted_on)

    @property
    def is_closed(self) -> bool:
        """Whether the window is over."""
        return self.today > self.closes_on

    def closes_after(self, posted_on: str) -> str:
        """Last day of the window of a copy that was posted on a day."""
        return (date.fromisoformat(posted_on) + timedelta(days=self.window_days)).isoformat()


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is known beside the pieces and their returns.

    signed: piece -> ISO day of its receipt. copies: those of each piece that has more than its first copy.
    planned: rows of the roster. printed, spoiled: number of copies; printed is None where every piece was
    mailed as it was first printed. unposted: copies printed to be mailed again and not handed over yet.
    waiting: copies in requests that nobody has answered yet.
    """

    signed: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[str, tuple[Copy, ...]] = field(default_factory=dict)
    planned: int = 0
    printed: int | None = None
    spoiled: int = 0
    unposted: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Cycle:
    """Days from posting to return: median and nine tenths; 0 where nothing came back."""

    median: float
    p90: float


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a mailing on one day.

    posted == signed + presumed + returned + remailed + pending; delivered == signed + presumed.
    printed == posted copies + spoiled, `tied` says so. came_back: pieces that ever did; cured: those of them
    that were mailed again and stayed away for the window.
    best: what can still be delivered, of the posted; it is the delivery rate once the account is final. kept:
      False when even that is under the promise.
    first_pass: never came back, of the posted; first_yield: mailed as first printed, of the roster; cure:
      cured, of those that came back.
    later: returns dated after `terms.today`, which do not count in this account. both: pieces that were
      signed for and came back all the same.
    states: piece, county, office, walk, source, employer_no, employer_name, state.
    by_place: of PLACES the name, then COUNTS, rate, low, high; by_employer (those with returns) likewise;
      by_reason: reason, label, pieces, share, next_action; by_day: day, pieces, together.
    returned_pieces: piece, copy, returned_on, reason, label, next_action; by day, then piece.
    """

    terms: Terms
    counts: Mapping[str, int]
    beyond: Beyond
    came_back: int
    cured: int
    later: int
    both: tuple[str, ...]
    best: Rate
    first_pass: Rate
    first_yield: Rate
    cure: Rate
    cycle: Cycle
    kept: bool
    states: pd.DataFrame
    by_place: Mapping[str, pd.DataFrame]
    by_employer: pd.DataFrame
    by_reason: pd.DataFrame
    by_day: pd.DataFrame
    returned_pieces: pd.DataFrame

    @property
    def posted(self) -> int:
        """Pieces that were handed to the post."""
        return self.counts["posted"]

    @property
    def delivered(self) -> int:
        """Signed for, or presumed to be delivered."""
        return self.counts["delivered"]

    @property
    def returned(self) -> int:
        """Came back and were not mailed again."""
        return self.counts["returned"]

    @property
    def remailed(self) -> int:
        """Came back and are on their way again, or stayed away."""
        return self.counts["remailed"]

    @property
    def pending(self) -> int:
        """Nothing is known yet, and the window is open."""
        return self.counts["pending"]

    @property
    def by_county(self) -> pd.DataFrame:
        """By county."""
        return self.by_place["county"]

    @property
    def is_final(self) -> bool:
        """Whether nothing is pending any more, and no copy that was mailed again is in its window still."""
        return self.pending == 0 and self.remailed == self.cured

    @property
    def copies(self) -> dict[str, int]:
        """Copies printed, posted, spoiled and waiting for the post; copies asked for; and what is missing."""
        again = sum(c.number > 0 and bool(c.posted_on) for all_ in self.beyond.copies.values() for c in all_)
        void = sum(c.is_void for all_ in self.beyond.copies.values() for c in all_)
        posted = self.posted + again - void
        printed = self.posted if self.beyond.printed is None else self.beyond.printed
        return {
            "printed": printed,
            "posted": posted,
            "spoiled": self.beyond.spoiled,
            "unposted": self.beyond.unposted,
            "missing": printed - posted - self.beyond.spoiled - self.beyond.unposted,
            "waiting": self.beyond.waiting,
        }

    @property
    def tied(self) -> bool:
        """Whether printed = posted + spoiled; copies asked for and not printed are none of the three."""
        return not self.copies["missing"]
