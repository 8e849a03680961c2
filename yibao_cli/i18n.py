"""The language of messages: English in the code, Chinese by the catalogue in `locale/`."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"
DOMAIN = "yibao"
LANGUAGES = ("zh", "en")

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def preferred_language() -> str:
    """Language of the environment, `zh` or `en`: the first set of YIBAO_LANG, LC_ALL, LC_MESSAGES, LANG.

    English where none says Chinese, as everywhere under `LANG=C`; a crontab sets `YIBAO_LANG=zh`.
    """
    names = ("YIBAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    wanted = next((value for name in names if (value := os.environ.get(name))), "")
    return "zh" if wanted.lower().startswith("zh") else "en"


def use_language(language: str) -> None:
    """Speak `zh` or `en` from here on.

    Typer asks `gettext.gettext` for its own words, some of them when it is imported: it finds ours, when
    this runs first.
    """
    global _catalogue, _language  # noqa: PLW0603 - one process speaks one language
    _language = language
    _catalogue = gettext.translation(DOMAIN, LOCALE_DIR, languages=[language], fallback=True)
    # gettext.gettext has no argument for the language; it reads this variable.
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    gettext.textdomain(DOMAIN)


def language() -> str:
    """The language in use, `zh` or `en`."""
    return _language


def _(message: str) -> str:
    """Look a message up in the catalogue of the language in use."""
    return _catalogue.gettext(message)


def N_(message: str) -> str:  # noqa: N802 - the name by which catalogues know it
    """Mark a message for the catalogue; it is looked up with `_` where it is shown."""
    return message
