"""The language of messages: English in the code, Chinese by the catalogue in `locale/`."""

from __future__ import annotations

import contextlib
import gettext
import os
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOCALE_DIR = Path(__file__).parent / "locale"
DOMAIN = "yibao"
LANGUAGES = ("zh", "en")

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"
# What one thread speaks instead; "" for the language of the process.
_spoken: ContextVar[str] = ContextVar("spoken", default="")


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
    _catalogue = _catalogue_of(language)
    # gettext.gettext has no argument for the language; it reads this variable.
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    gettext.textdomain(DOMAIN)


@cache
def _catalogue_of(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[language], fallback=True)


def speak_here(language: str) -> None:
    """Speak `zh` or `en` in this thread from here on; "" for the language of the process."""
    _spoken.set(language)


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `zh` or `en` in this thread for a while: what one office hands to another is in Chinese."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def language() -> str:
    """The language in use, `zh` or `en`."""
    return _spoken.get() or _language


def _(message: str) -> str:
    """Look a message up in the catalogue of the language in use."""
    spoken = _spoken.get()
    return (_catalogue_of(spoken) if spoken else _catalogue).gettext(message)


def N_(message: str) -> str:  # noqa: N802 - the name by which catalogues know it
    """Mark a message for the catalogue; it is looked up with `_` where it is shown."""
    return message


class Word(str):
    """A value that people read in other words than programs: a choice from a closed list, a heading.

    As a string it is the value, which csv, JSON, the database and the command line have. label: the message
    people read. typed: the value is shown behind it too, because somebody has to type it.
    """

    __slots__ = ("label", "typed")
    label: str
    typed: bool

    def __new__(cls, value: str, label: str, *, typed: bool = False) -> Self:
        """A value with the message that people read."""
        word = super().__new__(cls, value)
        word.label, word.typed = label, typed
        return word


def choices(known: Mapping[str, str]) -> str:
    """What may be typed, each word with what people read. known: word -> message."""
    return _(", ").join(people_read(Word(word, label, typed=True)) for word, label in known.items())


def people_read(value: object) -> str:
    """A value as people read it in the language in use; what is neither Word nor StrEnum as it is.

    A StrEnum is a message itself.
    """
    if isinstance(value, Word):
        said = _(value.label) if value.label else ""  # gettext answers "" with the catalogue's header
        return f"{said} ({value})" if value.typed and said != value else said
    return _(value.value) if isinstance(value, StrEnum) else str(value)
