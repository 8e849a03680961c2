"""Addresses: fold the text, read its fields, judge whether a letter arrives, order the doors of a road."""

from __future__ import annotations

from yibao_cli.address.cleaning import Normalised, normalise
from yibao_cli.address.ordering import sort_key
from yibao_cli.address.parsing import parse
from yibao_cli.address.postcode_table import PostcodeTable, postcode_table
from yibao_cli.address.records import Address, Judging, Verdict
from yibao_cli.address.verdict import examine, verify

__all__ = [
    "Address",
    "Judging",
    "Normalised",
    "PostcodeTable",
    "Verdict",
    "examine",
    "normalise",
    "parse",
    "postcode_table",
    "sort_key",
    "verify",
]
