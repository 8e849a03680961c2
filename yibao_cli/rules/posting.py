"""Posting: sorting, labels, tracking numbers, handover."""

from __future__ import annotations
