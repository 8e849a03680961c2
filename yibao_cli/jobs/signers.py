"""Who acts, and whether two names are one person's: the maker is never the checker."""

from __future__ import annotations

import unicodedata

from yibao_cli.store import audit


def who(by: str = "") -> str:
    """Who acts: the name given, YIBAO_USER, or the system's name."""
    return by.strip() or audit.operator()


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are written."""

    def fold(name: str) -> str:
        shown = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
        # Blanks, and what nobody sees, make no other person.
        return "".join(c for c in shown if unicodedata.category(c)[0] not in "ZC")

    return fold(one) == fold(other)
