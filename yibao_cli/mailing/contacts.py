"""Telling employers before the delivery: on which day each is called, and what the short message says."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME = re.compile(r"\{([a-z_]+)\}")


def call_days(deliveries: Sequence[str], quota: int, today: str) -> list[str]:
    """The day on which each employer is told, ISO: before its delivery, no more than `quota` a day.

    deliveries: ISO day of each delivery. The latest free day before it; "" where every day from today on is
    full or past. Those whose delivery comes first choose first.
    """
    free: dict[str, int] = {}
    found = [""] * len(deliveries)
    for i in sorted(range(len(deliveries)), key=lambda i: (deliveries[i], i)):
        day = date.fromisoformat(deliveries[i]) - timedelta(days=1)
        while day.isoformat() >= today:
            left = free.setdefault(day.isoformat(), quota)
            if left:
                free[day.isoformat()] = left - 1
                found[i] = day.isoformat()
                break
            day -= timedelta(days=1)
    return found


def filled(text: str, words: Mapping[str, str]) -> str:
    """A text with `{name}` replaced by words; a name that is not known stays as it is written.

    Nothing else in the text means anything, and nothing of the words does.
    """
    return _NAME.sub(lambda m: words.get(m[1], m[0]), text)


def unknown_names(text: str, known: Sequence[str]) -> list[str]:
    """The names in braces that nothing will replace."""
    return sorted(set(_NAME.findall(text)) - set(known))
