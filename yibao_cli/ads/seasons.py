"""The calendar of house panels 公益版面: which topics are in season, drawn as panels that no one bought.

templates/common/seasons.toml has the topics; twelve a year at least, none longer than two months, no day
without one.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError, model_validator

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.geometry import BoxItem, HouseSpec, RuleItem, TextItem
from yibao_cli.kinds.reasons import settings_fault, toml_fault

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.kinds.kind import Kind
    from yibao_cli.kinds.product import Product

_FEWEST, _LONGEST = 12, 62  # topics a year; days of one
_LEAP = 2028  # a year that has every day
_SIZE = (230.0, 120.0)  # mm that the panels are drawn for
_MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class Topic(Spec):
    """A topic and its season; the last day may lie in the next year."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    topic: str
    first: Annotated[_MonthDay, Field(alias="from")]
    last: Annotated[_MonthDay, Field(alias="to")]
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    title: Annotated[str, Field(min_length=1, max_length=16)]
    text: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^{}%@]*$")]

    @model_validator(mode="after")
    def _has_its_days(self) -> Topic:
        for day in (self.first, self.last):
            date.fromisoformat(f"{_LEAP}-{day}")  # there is no 30th of February
        return self

    def is_on(self, month_day: str) -> bool:
        """Whether a day, as `10-08`, lies in its season."""
        if self.first <= self.last:
            return self.first <= month_day <= self.last
        return month_day >= self.first or month_day <= self.last

    def since(self, day: date) -> int:
        """Days that its season has run on a day within it."""
        begin = date.fromisoformat(f"{day.year}-{self.first}".replace("02-29", "02-28"))
        return (day - begin).days if begin <= day else (day - begin.replace(year=day.year - 1)).days


def _days_of_a_year() -> list[str]:
    """Every month and day, as `02-29`."""
    return [(date(_LEAP, 1, 1) + timedelta(days=number)).strftime("%m-%d") for number in range(366)]


def _longest_run(topics: list[Topic]) -> int:
    """Days without a break on which one of the topics is on; a season may go on in the next year."""
    run = longest = 0
    for day in [*_days_of_a_year()] * 2:
        run = run + 1 if any(t.is_on(day) for t in topics) else 0
        longest = max(longest, run)
    return longest


class Calendar(Spec):
    """The topics of a year."""

    topics: tuple[Topic, ...] = ()

    @model_validator(mode="after")
    def _fills_the_year(self) -> Calendar:
        names = [t.topic for t in self.topics]
        if len(set(names)) < _FEWEST:
            raise ValueError(_("a calendar has at least {count} topics").format(count=_FEWEST))
        if twice := sorted({t.id for t in self.topics if sum(o.id == t.id for o in self.topics) > 1}):
            raise ValueError(_("topic {topic} is there twice").format(topic=twice[0]))
        for name in dict.fromkeys(names):
            if _longest_run([t for t in self.topics if t.topic == name]) > _LONGEST:
                raise ValueError(_("topic {topic} runs longer than two months").format(topic=name))
        for day in _days_of_a_year():
            if not any(t.is_on(day) for t in self.topics):
                raise ValueError(_("no topic is in season on {day}").format(day=day))
        return self

    def on(self, day: str) -> list[Topic]:
        """The topics in season on an ISO day, those that began last first."""
        found = [t for t in self.topics if t.is_on(day[5:])]
        return sorted(found, key=lambda t: (t.since(date.fromisoformat(day)), t.id))


def load_calendar(path: Path) -> Calendar:
    """Read a calendar; SettingsError says what is wrong with it."""
    try:
        return Calendar.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _faulty(path, toml_fault(error)) from error
    except ValidationError as error:
        key, reason = settings_fault(error)
        raise _faulty(path, f"{key}: {reason}" if key else reason) from error
    except ValueError as error:  # a 30th of February
        raise _faulty(path, str(error)) from error


def in_season(kind: Kind, product: Product, calendar: Calendar, day: str) -> Kind:
    """The kind with the topics of the day before its own house panels, where its slots have room for them."""
    sizes = {(p.w, p.h) for p in product.panels.values() if p.ads}
    if not kind.slots or sizes != {_SIZE}:
        return kind
    own = {h.id for h in kind.house}
    season = tuple(_panel(t) for t in calendar.on(day) if t.id not in own and not _is_foreign(t, kind))
    return kind.model_copy(update={"house": (*season, *kind.house)})


def _is_foreign(topic: Topic, kind: Kind) -> bool:
    """Whether a topic has a word of a trade that is not the kind's, which `merge` would refuse."""
    said = f"{topic.topic}\n{topic.title}\n{topic.text}"
    return any(word in said for word in kind.lint.forbidden)


def _panel(topic: Topic) -> HouseSpec:
    foot = "公益版面   咨询电话 {{ client.phone }}"
    return HouseSpec(
        id=topic.id,
        topic=topic.topic,
        items=(
            BoxItem(x=6, y=6, w=218, h=108, radius=3, stroke=topic.colour, width=0.5),
            TextItem(text=topic.title, x=115, y=30, size=24, weight=700, align="center", color=topic.colour),
            RuleItem(x=70, y=37, x2=160, y2=37, width=0.4, color=topic.colour),
            TextItem(text=topic.text, x=30, y=50, size=13, width=170, lines=6, leading=9),
            TextItem(text=foot, x=115, y=107, size=10, align="center", color=0.3),
        ),
    )


def _faulty(path: Path, reason: str) -> SettingsError:
    return SettingsError(
        _("the calendar of house panels cannot be used: {reason}").format(reason=reason),
        where=path.name,
        remedy=_("correct it; templates/common/seasons.toml is an example"),
    )
