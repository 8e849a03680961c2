"""`ads.toml` in a workspace: contracts booked there, written as the columns of a contract list are."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.reasons import settings_fault, toml_fault
from yibao_cli.money import fen

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "ads.toml"


def _fen(value: object) -> int:
    # TOML knows floats, and a price is none: as a text it says its fen.
    if isinstance(value, float):
        raise ValueError(_('write the amount as a text, such as "4200.00"'))  # noqa: TRY004 - pydantic reads it
    return fen(str(value))


def _day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return date.fromisoformat(str(value)).isoformat()


def _listed(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


Yuan = Annotated[int, BeforeValidator(_fen)]
Day = Annotated[str, BeforeValidator(_day)]
Words = Annotated[str, BeforeValidator(_listed)]


class Booking(Spec):
    """One contract of `ads.toml`; the words mean what the columns of the contract list mean (docs/ads.md)."""

    contract_no: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_-]{0,39}$")]
    advertiser: Annotated[str, Field(pattern=r"\S")]
    trade: str
    panel: str
    title: str = ""
    artwork: str
    quota: int
    price: Yuan
    starts: Day
    ends: Day
    review: Literal["通过", "待审", "驳回"]
    counties: Words = ""
    categories: Words = ""
    approval_no: str = ""
    approval_day: Day = "0001-01-01"
    quota_min: int | None = None
    basis: Literal["整单", "千份"] = "整单"
    panels_also: Words = ""
    age_from: int | None = None
    age_to: int | None = None
    retired: bool | None = None
    employers: Words = ""
    sensitive_aim: str = ""
    legal_basis: str = ""
    exclusive_group: Words = ""
    cap_times: int | None = None
    cap_mailings: int | None = None
    spread: int | None = None
    tier: int = 2
    settled_by: Literal["投递", "妥投"] = "投递"
    remedy: Literal["退款", "补投"] = "退款"
    response: bool = False
    copy_text: Annotated[str, Field(alias="copy")] = ""


class _Book(Spec):
    contracts: tuple[Booking, ...] = ()


def booked_rows(path: Path) -> list[dict[str, Any]]:
    """The contracts of an `ads.toml`, as rows; none where there is no such file.

    Raises InputRefused that names the key that is wrong.
    """
    if not path.is_file():
        return []
    try:
        book = _Book.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refused(path, toml_fault(error)) from error
    except ValidationError as error:
        key, reason = settings_fault(error)
        raise _refused(path, _("{key}: {reason}").format(key=key, reason=reason)) from error
    return [_row(booking, number) for number, booking in enumerate(book.contracts, start=1)]


def _row(booking: Booking, number: int) -> dict[str, Any]:
    row = booking.model_dump()
    row["copy"] = row.pop("copy_text")
    if row["approval_day"] == "0001-01-01":
        row["approval_day"] = ""
    return {**row, "src_file": FILE_NAME, "src_sheet": "", "src_row": number}


def _refused(path: Path, reason: str) -> InputRefused:
    return InputRefused(
        _("the contracts cannot be used: {reason}").format(reason=reason),
        where=path.name,
        remedy=_("correct that line; docs/ads.md has an example"),
    )
