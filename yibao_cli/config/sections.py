"""The sections of yibao.toml, each a frozen record with its defaults; docs/settings.md describes each key."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.page import FontPlan

if TYPE_CHECKING:
    from pathlib import Path


class ClientSettings(Spec):
    """The client 委托方, as the statements name it."""

    name: str
    address: str
    postcode: Annotated[str, Field(pattern=r"^\d{6}$")]
    phone: str
    printer: str = ""


class MailingSettings(Spec):
    """One mailing 批次: kind, period as printed, first and last day of its data, planned day of posting.

    deliver: to each member's own address, or to the employer's where there is one. order: the kind's print
    order, or the members of one delivery point side by side. One piece is one member's in any case.
    """

    kind: str
    period: str
    starts: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    ends: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    posting: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    deliver: Literal["member", "employer"] = "member"
    order: Literal["kind", "household"] = "kind"


class RenderSettings(Spec):
    """Print files: pieces in a part; plain or for a press; worker processes, 0 for one a processor."""

    pieces_per_part: Annotated[int, Field(ge=1, le=20000)] = 1000
    profile: Literal["office", "press"] = "office"
    workers: Annotated[int, Field(ge=0, le=256)] = 0


class PressSettings(Spec):
    """Print files for a press: ICC output profile by path, "" for our own gray; bleed and slug in mm."""

    icc: str = ""
    bleed: Annotated[float, Field(ge=0, le=20)] = 3
    slug: Annotated[float, Field(ge=0, le=40)] = 10


class PromiseSettings(Spec):
    """The promise: share delivered, and the days after which silence counts as delivered (推定妥投)."""

    delivered: Annotated[float, Field(ge=0, le=1)] = 0.90
    window_days: Annotated[int, Field(ge=1, le=365)] = 30


class StoreSettings(Spec):
    """Database: empty for `yibao.db` in the workspace, or an SQLAlchemy URL."""

    url: str = ""


FontPath = Annotated[str, Field(pattern=r"^[^\x00]*$")]  # the system takes no path with a zero byte


def _file_list(value: object) -> object:
    return tuple(value.split(os.pathsep)) if isinstance(value, str) else value


def _comma_list(value: object) -> object:
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


class FontSettings(Spec):
    """Fonts by path, relative to the workspace; "" for the shipped Noto Sans SC.

    A face of a collection is named `font.ttc#2`. An environment variable gives the fallbacks with the
    system's separator of paths between them.
    """

    body: FontPath = ""
    body_bold: FontPath = ""
    second: FontPath = ""
    second_bold: FontPath = ""
    fallback: Annotated[tuple[FontPath, ...], BeforeValidator(_file_list)] = ()

    def plan(self, workspace: Path) -> FontPlan:
        """The same fonts by whole paths."""

        def whole(path: str) -> str:
            return str(workspace / path) if path else ""

        return FontPlan(
            whole(self.body),
            whole(self.body_bold),
            whole(self.second),
            whole(self.second_bold),
            tuple(map(whole, filter(None, self.fallback))),
        )


class AddressSettings(Spec):
    """How strictly addresses are judged: lowest score of a good one, of one that is not held, rules accepted.

    An environment variable gives the rules with commas between.
    """

    good: Annotated[float, Field(ge=0, le=1)] = 0.85
    bad: Annotated[float, Field(ge=0, le=1)] = 0.0
    accept: Annotated[
        tuple[Annotated[str, Field(pattern=r"^A1[1-9]\d$")], ...], BeforeValidator(_comma_list)
    ] = ()
