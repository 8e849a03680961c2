"""The greeting of a day: a festival that is near, else the season; from `common/greetings.toml`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.loading import read_toml
from yibao_cli.kinds.reasons import settings_fault

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "greetings.toml"

_Month = Annotated[int, Field(ge=1, le=12)]


class FestivalSpec(Spec):
    """A festival: `days` that it falls on, as `MM-DD` for every year or as whole ISO days.

    before: how many days ahead it is wished for, the day itself included.
    """

    name: str
    text: str
    days: tuple[Annotated[str, Field(pattern=r"^(\d{4}-)?\d\d-\d\d$")], ...]
    before: Annotated[int, Field(ge=0, le=60)] = 15


class SeasonSpec(Spec):
    """A season by its months."""

    name: str
    text: str
    months: tuple[_Month, ...]


class Greetings(Spec):
    """All greetings: of the festivals the nearest wins; the season speaks when none is near."""

    festivals: tuple[FestivalSpec, ...] = ()
    seasons: tuple[SeasonSpec, ...] = ()

    def on(self, day: str) -> str:
        """What a letter that is posted on that ISO day wishes; "" where nothing fits."""
        posted = date.fromisoformat(day)
        near = [
            (wait, f.text)
            for f in self.festivals
            for wait in (_wait(posted, d) for d in f.days)
            if 0 <= wait <= f.before
        ]
        if near:
            return min(near, key=lambda found: found[0])[1]
        return next((s.text for s in self.seasons if posted.month in s.months), "")


def load_greetings(templates: Path, own: Path | None = None) -> Greetings:
    """The workspace's greetings, or the shipped ones; SettingsError where they are wrong."""
    paths = [root / "common" / FILE_NAME for root in filter(None, (own, templates))]
    path = next((p for p in paths if p.is_file()), None)
    if path is None:
        return Greetings()
    try:
        greetings = Greetings.model_validate(read_toml(path))
        greetings.on("2000-01-01")
    except ValidationError as error:
        key, reason = settings_fault(error)
        raise _refused(path, _("{key}: {reason}").format(key=key, reason=reason)) from error
    except ValueError as error:
        raise _refused(path, _("a day that is in no calendar")) from error
    return greetings


def _wait(posted: date, day: str) -> int:
    """Days from the posting to the festival, this year's or, of one that is every year, the next one's."""
    if len(day) > len("MM-DD"):
        return (date.fromisoformat(day) - posted).days
    wait = (date.fromisoformat(f"{posted.year}-{day}") - posted).days
    return wait if wait >= 0 else (date.fromisoformat(f"{posted.year + 1}-{day}") - posted).days


def _refused(path: Path, reason: str) -> SettingsError:
    return SettingsError(
        reason, where=f"{path.parent.name}/{path.name}", remedy=_("correct it; docs/kinds.md describes each")
    )
