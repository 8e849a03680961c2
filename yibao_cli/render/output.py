"""How print files come out: plain for an office printer, or as a press wants them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from yibao_cli.render.encode import operand
from yibao_cli.render.press.colour import Colours
from yibao_cli.render.press.icc import OutputIntent, load_intent
from yibao_cli.render.press.marks import Boxes

if TYPE_CHECKING:
    from yibao_cli.kinds.page import Layout, PressPlan

_ZONE = dt.timezone(dt.timedelta(hours=8))  # China has one


class Inks(Protocol):
    """Writes a kind's colour as the operator that sets it for fills."""

    def fill(self, colour: float | str) -> str:
        """A gray, or #rrggbb."""
        ...


class Plain:
    """Grays and RGB as they are declared."""

    def fill(self, colour: float | str) -> str:
        """`0.3 g`, or `1 0 0 rg`."""
        if isinstance(colour, str):
            return " ".join([*(operand(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5)), "rg"])
        return f"{operand(colour)} g"


@dataclass(frozen=True)
class Press:
    """The press profile of a job: output intent, colours, boxes of a page in mm, when it was made."""

    intent: OutputIntent
    colours: Colours
    boxes: Boxes
    document: str
    made: dt.datetime


def inks_of(layout: Layout) -> Inks:
    """How colours of a layout are written."""
    press = press_of(layout)
    return press.colours if press else Plain()


def press_of(layout: Layout) -> Press | None:
    """The press profile of a layout; None for plain files. SettingsError when its ICC profile is unusable."""
    if layout.press is None:
        return None
    return _press(layout.press, (layout.paper.width, layout.paper.height))


@lru_cache(maxsize=8)
def _press(plan: PressPlan, size: tuple[float, float]) -> Press:
    intent = load_intent(plan.icc)
    boxes = Boxes(*size, bleed=plan.bleed, slug=plan.slug)
    made = dt.datetime.fromisoformat(plan.day).replace(tzinfo=_ZONE)
    return Press(intent, Colours(intent), boxes, plan.document, made)
