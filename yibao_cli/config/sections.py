"""The sections of yibao.toml, each a frozen record with its defaults; docs/settings.md describes each key."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.page import FontPlan
from yibao_cli.kinds.sorting import Id, Scheme

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.kinds.product import Product


class ClientSettings(Spec):
    """The client 委托方, as the statements name it."""

    name: str
    address: str
    postcode: Annotated[str, Field(pattern=r"^\d{6}$")]
    phone: str
    printer: str = ""


class MailingSettings(Spec):
    """One mailing 批次: kind, period as printed, first and last day of its data, planned day of posting.

    deliver: to each member's own address, or to the employer's where there is one; one piece is one member's
    in any case. order: as the sorting scheme says, or the members of one delivery point side by side.
    sorting: the sorting scheme; "" for the workspace's. where: a condition over a member's fields that says
    who gets a piece; "" for all. first: a condition that says whose pieces come before all others; "" for
    nobody's. previous: the mailing of the period before, with whose closing amounts this one opens.
    registered: each piece is sent as a registered item 给据邮件 and gets a tracking number when it is merged.
    receipt: it is sent with advice of delivery 回执, which costs extra.
    """

    kind: str
    period: str
    starts: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    ends: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    posting: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    deliver: Literal["member", "employer"] = "member"
    order: Literal["kind", "household"] = "kind"
    where: str = ""
    first: str = ""
    previous: Annotated[str, Field(pattern=r"^[A-Z0-9-]{0,20}$")] = ""
    sorting: str = ""
    registered: bool = False
    receipt: bool = False


class RenderSettings(Spec):
    """Print files: pieces in a part; plain or for a press; worker processes, 0 for one a processor."""

    pieces_per_part: Annotated[int, Field(ge=1, le=20000)] = 1000
    profile: Literal["office", "press"] = "office"
    workers: Annotated[int, Field(ge=0, le=256)] = 0


class ClusterSettings(Spec):
    """Work on many machines: the scheduler, "" for this machine alone; storage that all of them see.

    shared: fsspec URL or path; "" where the workers see the workspace itself under its own path.
    """

    address: str = ""
    shared: str = ""


class PressSettings(Spec):
    """Print files for a press: ICC output profile by path, "" for our own gray; bleed and slug in mm."""

    icc: str = ""
    bleed: Annotated[float, Field(ge=0, le=20)] = 3
    slug: Annotated[float, Field(ge=0, le=40)] = 10


class PromiseSettings(Spec):
    """The promise: share delivered, and the days after which silence counts as delivered (推定妥投)."""

    delivered: Annotated[float, Field(ge=0, le=1)] = 0.90
    window_days: Annotated[int, Field(ge=1, le=365)] = 30


class SortingSettings(Spec):
    """Bundles and bags: the scheme, "" for the one of the way of delivery; schemes of the workspace's own."""

    scheme: str = ""
    schemes: dict[Id, Scheme] = Field(default={})

    def own(self) -> dict[str, Scheme]:
        """The workspace's own schemes."""
        return {name: scheme.model_copy(update={"id": name}) for name, scheme in self.schemes.items()}


class PaperSettings(Spec):
    """The paper in use: g/m², µm, grams of the envelope; 0 for what the product says."""

    gsm: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 0
    sheet_um: Annotated[float, Field(ge=0, le=5000, allow_inf_nan=False)] = 0
    cover_grams: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 0
    cover_um: Annotated[float, Field(ge=0, le=5000, allow_inf_nan=False)] = 0

    def on(self, product: Product) -> Product:
        """The product, of this paper."""
        given = {name: value for name, value in self.model_dump().items() if value}
        if "gsm" in given:
            given["sheet_grams"] = 0.0  # it was weighed with other paper
        return product.model_copy(update=given)


class TariffSettings(Spec):
    """Postage: a tariff of the workspace's own, by path; which addresses are 本埠.

    file: its rates go before the shipped ones of the same line. An environment variable gives several
    prefixes or counties with commas between.
    """

    file: FontPath = ""
    local_prefixes: Annotated[
        tuple[Annotated[str, Field(pattern=r"^\d{1,6}$")], ...], BeforeValidator(_comma_list)
    ] = ()
    local_counties: Annotated[tuple[str, ...], BeforeValidator(_comma_list)] = ()


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


class PostingSettings(Spec):
    """Papers for the post: rows of a list's workbook before it is divided by county; the sheet of labels."""

    rows_per_book: Annotated[int, Field(ge=1, le=1_048_574)] = 1_048_574
    labels: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")] = "a4-2x4"


class TrackingSettings(Spec):
    """Tracking numbers 邮件号 of registered mailings.

    form: as `mailing.tracking` names them; check: whether `cn13` bears the check digit of S10; reuse_months:
    how long no number is used again. A mailing is registered by its own key.
    """

    form: Literal["s10", "cn13", "num13"] = "cn13"
    check: bool = True
    reuse_months: Annotated[int, Field(ge=12, le=120)] = 12


HourMinute = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class HandoverSettings(Spec):
    """Delivery to employers 单位交接: vehicles, what each takes, when it is to be done; calls a day.

    stops, pieces: most that one vehicle has in a day. minutes: from one stop to the next, the stop itself
    among them. days: mornings over which all is delivered. calls: employers that are told a day.
    """

    vehicles: Annotated[int, Field(ge=1, le=1000)] = 40
    stops: Annotated[int, Field(ge=1, le=1000)] = 100
    pieces: Annotated[int, Field(ge=1)] = 20_000
    minutes: Annotated[float, Field(gt=0, le=240)] = 2.4
    starts: HourMinute = "08:00"
    deadline: HourMinute = "12:00"
    days: Annotated[int, Field(ge=1, le=30)] = 1
    calls: Annotated[int, Field(ge=1, le=1_000_000)] = 800


class AdsSettings(Spec):
    """Ads 广告: how panels are given out, and what has to be in order before one prints.

    seed: of who gets what, "" for the mailing's own name. holdout: share of the people who get no paid ad, so
    that what ads do can be measured. return_rate: share of the pieces that comes back, as last time.
    versions: different sheets at most, 0 for no limit; run: pieces of each at least. spread: tolerance in
    percent of contracts that name none, or absent. second_person: no ad prints without a second person's
    approval. keep: who has a sheet in the package keeps it when the list changes; absent for where contracts
    and settings are still those of the package. seasons: house panels by the calendar. pay_days: days after
    the invoice's day from which on a customer is overdue. response_url: what a response code begins with.
    """

    seed: Annotated[str, Field(max_length=40)] = ""
    holdout: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    return_rate: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    versions: Annotated[int, Field(ge=0, le=10_000)] = 0
    run: Annotated[int, Field(ge=1)] = 1
    spread: Annotated[int, Field(ge=0, le=100)] | None = None
    second_person: bool = False
    keep: bool | None = None
    seasons: bool = True
    pay_days: Annotated[int, Field(ge=0, le=365)] = 30
    response_url: Annotated[str, Field(max_length=80, pattern=r"^(https?://[\w.-]+(/[\w./-]*)?)?$")] = ""
