"""Sorting schemes 分拣方案 as data: levels from fine to coarse, limits of bundles 把 and bags 袋.

What a post or a delivery to employers asks is data: `common/sorting.toml` and the tables
`[sorting.schemes.NAME]` of yibao.toml are read into these records, and `mailing.sorting` obeys them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.loading import read_toml
from yibao_cli.kinds.reasons import settings_fault

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "sorting.toml"
LOOSE = "loose"  # the level of what no level of the scheme took: 散件

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")]
# `postcode:3`: its first three digits.
By = Annotated[str, Field(pattern=r"^(walk|office|postcode:[1-6]|county|city|province|employer|all)$")]
# What a bundle's pieces are ordered by; any other word is a field of the piece.
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Amount = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
Remainder = Literal["up", "stay"]


class BundleLevel(Spec):
    """One level: the pieces of one destination together.

    name: as papers call it. by: what makes the destination.
    minimum: pieces that a destination must have to be made up at this level; minimum_mm: their thickness.
    remainder: what does not fill a last bundle, or a multiple, goes up a level or stays as a short bundle.
    """

    id: Id
    name: str
    by: By
    minimum: Count = 1
    minimum_mm: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = 0
    remainder: Remainder = "up"

    @model_validator(mode="after")
    def _employers_stay_apart(self) -> BundleLevel:
        if self.id == LOOSE:
            raise ValueError(_("{id} is the level of what no level takes").format(id=LOOSE))
        if self.by == "employer" and (self.minimum > 1 or self.minimum_mm or self.remainder == "up"):
            raise ValueError(
                _("a level by employer has no minimum, and its remainder stays: no employer shares a bundle")
            )
        return self


class BagLevel(Spec):
    """One level of bags: the bundles of one destination together, as far as each bundle has but one.

    minimum: pieces that a destination must have. remainder: what becomes of a last bag with fewer.
    """

    id: Id
    name: str
    by: By
    minimum: Count = 1
    remainder: Remainder = "up"


class BundleLimits(Spec):
    """What a bundle may be at most; multiple: 10 makes bundles of 10, 20, 30 pieces.

    fill: `full` bundles first and a smaller last one, or all of one destination `balanced`.
    """

    pieces: Count = 100
    thickness_mm: Amount | None = None
    weight_g: Amount | None = None
    multiple: Count = 1
    fill: Literal["full", "balanced"] = "full"

    @model_validator(mode="after")
    def _a_multiple_fits(self) -> BundleLimits:
        if self.multiple > self.pieces:
            raise ValueError(_("a bundle must have room for one multiple"))
        return self


class BagLimits(Spec):
    """What a bag may be at most."""

    pieces: Count | None = None
    weight_g: Amount | None = None
    bundles: Count | None = None


class Scheme(Spec):
    """How a mailing is sorted.

    inside: what the pieces of a bundle are ordered by; sides: whether the odd numbers of a road go before
    the even ones (`odd-even`), these then backwards as a carrier returns (`loop`), or all run upward.
    loose: the greatest share of pieces that may be left without a level.
    """

    id: str = ""  # the name of its table
    name: str
    source: str = ""
    inside: tuple[Word, ...] = ("walk", "road", "number", "door")
    sides: Literal["mixed", "odd-even", "loop"] = "mixed"
    loose: Annotated[float, Field(ge=0, le=1)] = 1.0
    bundle: BundleLimits = BundleLimits()
    bag: BagLimits = BagLimits()
    levels: Annotated[tuple[BundleLevel, ...], Field(min_length=1)]
    bags: tuple[BagLevel, ...] = ()

    @model_validator(mode="after")
    def _bundles_fit_bags(self) -> Scheme:
        for what, levels in (("levels", self.levels), ("bags", self.bags)):
            if len({level.id for level in levels}) < len(levels):
                raise ValueError(_("two of the {what} have one id").format(what=what))
        if self.bag.pieces is not None and self.bag.pieces < self.bundle.pieces:
            raise ValueError(_("a bag must have room for a bundle"))
        if self.bag.weight_g and self.bundle.weight_g and self.bag.weight_g < self.bundle.weight_g:
            raise ValueError(_("a bag must have room for a bundle"))
        return self


def load_schemes(path: Path) -> dict[str, Scheme]:
    """The schemes of a file, a table each; SettingsError says which key is wrong."""
    try:
        return {name: Scheme.model_validate({**table, "id": name}) for name, table in read_toml(path).items()}
    except ValidationError as error:
        key, reason = settings_fault(error)
        raise SettingsError(
            _("{key}: {reason}").format(key=key, reason=reason),
            where=f"{path.parent.name}/{path.name}",
            remedy=_("correct it; docs/sorting.md describes each"),
        ) from error
