"""The words in which the address book tells what it has, and what happened to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from yibao_cli.i18n import N_, Word, _, people_read
from yibao_cli.model import Finding
from yibao_cli.returns.reasons import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS = {
    "accepted": N_("accepted"),
    "corrected": N_("corrected"),
    "held": N_("held"),
    "undone": N_("undone"),
    "carried": N_("carried over"),
    "read again": N_("read again"),
    "returned": N_("mail came back"),
    "return settled": N_("return settled"),
    "suppressed": N_("suppressed"),
    "released": N_("released"),
    "added": N_("added"),
    "good": N_("good"),
    "doubtful": N_("doubtful"),
    "bad": N_("not deliverable"),
    "member": N_("the member"),
    "family": N_("family"),
    "employer": N_("the employer"),
    "community": N_("the community"),
    "post": N_("the post"),
    "other": N_("others"),
    "demolished": N_("demolished"),
    "vacant": N_("vacant"),
    "no-delivery": N_("no delivery there"),
    "refused": N_("refused"),
}
# What is typed -> what people read.
SUPPRESSIONS = {name: _WORDS[name] for name in ("demolished", "vacant", "no-delivery", "refused", "other")}
ASKERS = {name: _WORDS[name] for name in ("member", "family", "employer", "community", "post", "other")}
_CHANGED = {
    "standard": N_("address"),
    "postcode": N_("postcode"),
    "county": N_("county"),
    "verdict": N_("verdict"),
    "reasons": N_("reasons"),
    "suppressed": N_("no mail"),
    "returned": N_("came back"),
    "point_id": N_("point"),
}
ENTRY_COLUMNS = (
    N_("entry"),
    N_("point"),
    N_("address"),
    N_("postcode"),
    N_("as written"),
    N_("verdict"),
    N_("settled"),
)
HISTORY_COLUMNS = (
    N_("when"),
    N_("who"),
    N_("event"),
    N_("entry"),
    N_("point"),
    N_("source"),
    N_("why"),
    N_("change"),
)
ENQUIRY_COLUMNS = (N_("when"), N_("who"), N_("entry"), N_("asked by"), N_("question"), N_("answer"))


def word(text: str) -> str:
    """A word of the book, for people in their language; what is none of its words as it is."""
    return Word(text, _WORDS[text]) if text in _WORDS else text


def changes_in_words(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """`address: A → B; verdict: doubtful → good`."""
    told = []
    for name, label in _CHANGED.items():
        if name in before or name in after:
            old, new = (_told(name, str(side.get(name) or "")) or "-" for side in (before, after))
            told.append(f"{_(label)}: {old} → {new}")
    return _("; ").join(told)


def _told(name: str, value: str) -> str:
    if name == "reasons" and value:
        return _(", ").join(
            Finding(rule_id, details=details).message() for rule_id, details in json.loads(value)
        )
    if name == "returned" and value in REASONS:
        return REASONS[value].label
    return people_read(word(value))
