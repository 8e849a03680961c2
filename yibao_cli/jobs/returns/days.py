"""Days that a person gives, held against those on which a thing can have happened."""

from __future__ import annotations

from yibao_cli.codes import is_day
from yibao_cli.errors import UsageError
from yibao_cli.i18n import _


def require_day(day: str, first: str, last: str, refusal: str) -> str:
    """Give back an ISO day that is in the calendar and neither before `first` nor after `last`.

    Raises UsageError for another one; refusal: what is said of it then, with `{day}`, in the language in use.
    """
    if is_day(day) and first <= day <= last:
        return day
    raise UsageError(
        refusal.format(day=day),
        remedy=_("give a day from {first} to {last}").format(first=first, last=last),
    )
