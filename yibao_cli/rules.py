"""The catalogue of rules: each thing that can be wrong with a record, once, with its words.

A finding names a rule by its id; the texts here are what people read, and docs/rules.md is made
from them. Ids are a stable interface: never reused, never renumbered.

Letters: I import, A address, L ledger, H hold, C contract and ad, P print, T returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

class Severity(StrEnum):
    """What a finding does to its row."""

    REJECT = "reject"  # the row is not used
    HOLD = "hold"  # the piece is not printed
    WARN = "warn"  # used, and a person should look
    NOTE = "note"  # used; something was read or restored by rule, and this is the record of it


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what is wrong, what to do, and an example of what sets it off.

    message and remedy are English message ids; `_()` gives the Chinese. The fields in braces are
    filled from the finding's `details`.
    """

    id: str
    severity: Severity
    message: str
    remedy: str
    example: str


RULES: dict[str, Rule] = {}


def rule(rule_id: str) -> Rule:
    """Look a rule up; an id that is not in the catalogue is a bug."""
    return RULES[rule_id]


def _rule(rule_id: str, severity: Severity, message: str, remedy: str, example: str) -> None:
    if rule_id in RULES:
        raise ValueError(f"rule {rule_id} is declared twice")
    RULES[rule_id] = Rule(rule_id, severity, message, remedy, example)



# In the texts below, braces are filled from `Finding.details`; the Chinese stands in the catalogue.

# ------------------------------------------------------------------------------ I: import

# ------------------------------------------------------------------------------ A: address

# ------------------------------------------------------------------------------ L: ledger

# ------------------------------------------------------------------------------ H: hold

# ------------------------------------------------------------------------------ C: contract and ad

# ------------------------------------------------------------------------------ P: print

# ------------------------------------------------------------------------------ T: returns
