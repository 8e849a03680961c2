"""Read the frozen pieces again and hold them against the contracts, knowing nothing of the planner.

It looks at rows and words, not at masks, classes or plans; it shares with the planner only the file that was
frozen. Source: docs/ads.md, G4.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_AD = "ad:"
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that must not be.

    what: consent, county, category, employer, age, retired, spending, panel,
    group, cap, quota, count, held-out, unknown, expired, house, legal-basis or altered. pieces: how many.
    """

    what: str
    contract: str
    pieces: int
    example: str = ""


@dataclass
class Audit:
    """The audit of a mailing, fed part by part."""

    facts: Mapping[str, Any]
    posting: str
    key: str = "member_key"
    earlier: Mapping[str, Counter[str]] = field(default_factory=dict)
    pieces: int = 0
    printed: Counter[str] = field(default_factory=Counter)
    breaches: list[Breach] = field(default_factory=list)

    def feed(self, pieces: pd.DataFrame) -> None:
        """Look at the next pieces: columns `piece`, the slots, and what of the members ads are aimed by."""
        self.pieces += len(pieces)
        slots = [f"slot_{p.lower()}" for p in self.facts["panels"]]
        terms = {c["id"]: c for c in self.facts["contracts"]}
        long = pieces.reset_index(drop=True).melt(
            ignore_index=False, value_vars=slots, var_name="slot", value_name="ad"
        )
        long["ad"] = long["ad"].astype("string").fillna("")  # a part may have a slot that is empty throughout
        paid = long[long["ad"].str.startswith(_AD)]
        empty = ~long["ad"].str.contains("^(?:ad|house):")
        self._note("unknown", "", pieces.loc[long.index[empty].unique(), "piece"])
        for ad, rows in paid.groupby("ad", sort=True):
            number = str(ad).removeprefix(_AD)
            bearing = pieces.reset_index(drop=True).loc[rows.index]
            self.printed[number] += len(bearing)
            if number not in terms:
                self._note("unknown", number, bearing["piece"])
                continue
            self._judge(terms[number], bearing, rows["slot"])
        self._groups(pieces.reset_index(drop=True), paid, terms)
        self._held_out(pieces.reset_index(drop=True).loc[paid.index.unique()])

    def finish(self) -> list[Breach]:
        """What was found, with the counts of the whole mailing."""
        for terms in self.facts["contracts"]:
            printed = self.printed[terms["id"]]
            if printed != terms["printed"]:
                self._count("count", terms["id"], abs(printed - terms["printed"]))
            most = terms["quota"]
            if terms["settled_by"] == "妥投":
                most = -int(-most / (1 - float(self.facts["options"]["return_rate"])) // 1)
            if printed > most:
                self._count("quota", terms["id"], printed - most)
            if not terms["starts"] <= self.posting <= terms["ends"]:
                self._count("expired", terms["id"], printed)
            if terms["aim"]["spent_from"] is not None and not terms["legal_basis"]:
                self._count("legal-basis", terms["id"], printed)
        return self.breaches

    def _judge(self, terms: Mapping[str, Any], bearing: pd.DataFrame, slots: pd.Series[str]) -> None:
        aim, number = terms["aim"], terms["id"]
        wrong = {
            "consent": ~(bearing["ads_consent"].astype(object).map(lambda c: c is True or c == 1)),
            "panel": ~slots.str.removeprefix("slot_").str.upper().isin(terms["panels"]),
        }
        for what, column in (
            ("counties", "county"),
            ("categories", "category"),
            ("employers", "employer_no"),
        ):
            if aim[what]:
                wrong[column] = ~bearing[column].isin(aim[what])
        if aim["retired"] is not None:
            wrong["retired"] = (bearing["category"] == "退休") != aim["retired"]
        if aim["age_from"] is not None or aim["age_to"] is not None:
            wrong["age"] = ~bearing["birth_date"].map(lambda born: self._has_age(born, aim)).astype(bool)
        if aim["spent_from"] is not None:
            wrong["spending"] = bearing["spent"].fillna(0) < aim["spent_from"]
        if terms["cap"] and self.earlier:
            seen = self.earlier.get(number, Counter())
            had = bearing[self.key].map(lambda k: seen[str(k)])
            wrong["cap"] = had + 1 > terms["cap"][0]
        for what, rows in wrong.items():
            self._note(what, number, bearing.loc[rows.to_numpy(), "piece"])

    def _has_age(self, born: object, aim: Mapping[str, Any]) -> bool:
        """Whether a date of birth is within the aim on the day of posting, by the calendar alone."""
        if not isinstance(born, str) or not born:
            return False
        day, month_day = self.posting, self.posting[4:]
        low, high = aim["age_from"], aim["age_to"]
        old_enough = low is None or born <= f"{int(day[:4]) - low:04d}{month_day}"
        young_enough = high is None or born > f"{int(day[:4]) - high - 1:04d}{month_day}"
        return born <= day and old_enough and young_enough

    def _held_out(self, bearing: pd.DataFrame) -> None:
        """Nobody who was held out bears an ad: told again from the frozen seed and the member's key."""
        options = self.facts["options"]
        limit = round(options["holdout"] * _MILLION)
        if limit:
            seed = options["seed"].encode()[:64]
            digests = (hashlib.blake2b(str(k).encode(), digest_size=8, key=seed) for k in bearing[self.key])
            out = [int.from_bytes(d.digest(), "big") % _MILLION < limit for d in digests]
            self._note("held-out", "", bearing.loc[out, "piece"])

    def _groups(self, pieces: pd.DataFrame, paid: pd.DataFrame, terms: Mapping[str, Any]) -> None:
        """No piece bears two ads of one group, nor one ad twice."""
        groups = paid["ad"].str.removeprefix(_AD).map(lambda n: terms[n]["group"] if n in terms else n)
        per_piece = pd.DataFrame({"row": paid.index, "group": groups.to_numpy()})
        twice = per_piece[per_piece.duplicated()]
        for group, rows in twice.groupby("group", sort=True):
            self._note("group", str(group), pieces.loc[rows["row"].unique(), "piece"])

    def _note(self, what: str, contract: str, pieces: Iterable[str]) -> None:
        found = list(pieces)
        if found:
            self.breaches.append(Breach(what, contract, len(found), str(found[0])))

    def _count(self, what: str, contract: str, pieces: int) -> None:
        if pieces:
            self.breaches.append(Breach(what, contract, pieces))
