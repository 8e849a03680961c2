"""The language of messages: English in the code, Chinese by the catalogue in `locale/`."""

from __future__ import annotations

import gettext
import locale
import os
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = ("zh", "en")

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def preferred_language() -> str:
    """Language of the environment, `zh` or `en`: YIBAO_LANG, then LC_ALL, LC_MESSAGES, LANG.

    An environment that says nothing (cron's `LANG=C`) means Chinese, which is what our users read.
    """
    for name in ("YIBAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value and value.split(".")[0] not in {"C", "POSIX"}:
            return "zh" if value.lower().startswith("zh") else "en"
    code = locale.getlocale()[0] or "zh"
    return "en" if code.lower().startswith("en") else "zh"


def use_language(language: str) -> None:
    """Speak `zh` or `en` from here on."""
    global _catalogue, _language  # noqa: PLW0603 - one process speaks one language
    _language = language
    _catalogue = gettext.translation("yibao", LOCALE_DIR, languages=[language], fallback=True)


def language() -> str:
    """The language in use, `zh` or `en`."""
    return _language


def _(message: str) -> str:
    """Look a message up in the catalogue of the language in use."""
    return _catalogue.gettext(message)
