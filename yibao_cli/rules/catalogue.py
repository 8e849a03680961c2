"""What a rule is, and the catalogue that the other modules of this folder fill.

In their texts, braces are filled from `Finding.details`; the Chinese stands in the catalogue of messages.
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


def declare(rule_id: str, severity: Severity, message: str, remedy: str, example: str) -> None:
    """Add a rule to the catalogue; ValueError for an id that is there."""
    if rule_id in RULES:
        raise ValueError(f"rule {rule_id} is declared twice")
    RULES[rule_id] = Rule(rule_id, severity, message, remedy, example)
