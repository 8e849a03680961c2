"""What is known about an address, and what is thought of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from yibao_cli.model import Finding

Judgement = Literal["good", "doubtful", "bad"]


class Address(NamedTuple):
    """A parsed address: every field is text, empty where the text and the divisions say nothing.

    raw: as it stood in the file. province, city, county: official names; city is empty where a county
      lies directly under its province, county where a city has none or the text names none we know.
    town .. room: as written, without blanks; numbers keep their unit word (969号, 3单元).
    postcode: six digits from the column or the text. division_code: 2, 4, 6 or 9 digits, the finest
      confirmed division, or 12; level names it: none, province, prefecture, county, township, village. A
      village of one township alone confirms that township, which `town` does not repeat.
    standard: the one-line form for the envelope and for sorting. score: 0 to 1.
    flags: sorted words for what was read by rule; see `cleaning`, `head` and `parsing`.
    Source: docs/addresses.md, fields.
    """

    raw: str
    province: str = ""
    city: str = ""
    county: str = ""
    town: str = ""
    village: str = ""
    group: str = ""
    road: str = ""
    road_no: str = ""
    poi: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    postcode: str = ""
    division_code: str = ""
    standard: str = ""
    level: str = "none"
    score: float = 0.0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judging:
    """How strictly addresses are judged.

    good: lowest score of a good address. bad: what scores less is held. accepted: rules (A111 and up)
    that are reported for an address but do not make it doubtful.
    """

    good: float = 0.85
    bad: float = 0.0
    accepted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Can a letter be delivered there? `good`; `doubtful`: a person looks; `bad`: held.

    reasons: findings of rules A101 and up, without place; for `good` none but accepted ones.
    """

    verdict: Judgement
    reasons: tuple[Finding, ...] = ()

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The ids of the rules behind the verdict."""
        return tuple(r.rule_id for r in self.reasons)
