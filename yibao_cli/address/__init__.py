"""Addresses: fold the text, read its fields, judge whether a letter arrives, order the doors of a road."""

from __future__ import annotations

from yibao_cli.address.cleaning import Normalised, normalise
from yibao_cli.address.ordering import sort_key
from yibao_cli.address.parsing import parse
from yibao_cli.address.records import Address, Verdict
from yibao_cli.address.verdict import examine, verify

__all__ = ["Address", "Normalised", "Verdict", "examine", "normalise", "parse", "sort_key", "verify"]
