"""Who acts, and whether two names are one person's: the maker is never the checker."""

from __future__ import annotations

import os
import unicodedata

from yibao_cli.store import audit

USER = "YIBAO_USER"


def who(by: str = "") -> str:
    """Who acts: the name given, YIBAO_USER, or the system's name."""
    return (by or os.environ.get(USER, "") or audit.operator()).strip()


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are written."""

    def fold(name: str) -> str:
        return unicodedata.normalize("NFKC", name).casefold().strip()

    return fold(one) == fold(other)
