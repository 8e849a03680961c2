"""The language that a browser asks for, among those there are."""

from __future__ import annotations

import re

from yibao_cli.i18n import LANGUAGES

_MOST = 500  # characters that are read
_RANGE = re.compile(
    r"\s*([a-z*]{1,8})(?:-[a-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", re.IGNORECASE
)


def wanted_language(accepted: str) -> str:
    """`zh` or `en`, whichever a browser likes better; "" where it asks for neither.

    accepted: the header Accept-Language, RFC 9110 section 12.5.4.

    >>> wanted_language("de, en-GB;q=0.7, zh-CN;q=0.9")
    'zh'
    """
    found = [match for part in accepted[:_MOST].split(",") if (match := _RANGE.fullmatch(part))]
    # Of two that are liked as much, the one named first.
    liked = sorted(((-float(m[2] or 1), at, m[1].lower()) for at, m in enumerate(found)))
    return next((name for weight, _at, name in liked if weight and name in LANGUAGES), "")
