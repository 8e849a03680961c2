"""The catalogue of rules: each thing that can be wrong with a record, once, with its words.

A finding names a rule by its id; the texts here are what people read, and docs/rules.md is made
from them. Ids are a stable interface: never reused, never renumbered.

Letters: I import, A address, L ledger, H hold, C contract and ad, M posting, T returns.
"""

from yibao_cli.rules import (
    addressbook,
    addresses,
    ads,
    advertising,
    cells,
    files,
    handover,
    holds,
    ledger,
    posting,
    returns,
)
from yibao_cli.rules.catalogue import RULES, Rule, Severity, rule

__all__ = [
    "RULES",
    "Rule",
    "Severity",
    "addressbook",
    "addresses",
    "ads",
    "advertising",
    "cells",
    "files",
    "handover",
    "holds",
    "ledger",
    "posting",
    "returns",
    "rule",
]
