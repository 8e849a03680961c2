"""Postage: a dated table of rates, and what each piece costs by it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Annotated

import pandas as pd
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.reasons import settings_fault, toml_fault
from yibao_cli.money import fen

if TYPE_CHECKING:
    from pathlib import Path

# Digits 1-2 name the province, 3 the postal area, 4 the county or city: four digits are one town's post.
_TOWN_DIGITS = 4
_REGISTRATION, _RECEIPT = "registration", "receipt"

Yuan = Annotated[int, BeforeValidator(lambda text: fen(str(text))), Field(ge=0)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]


class Band(Spec):
    """Prices in fen for each `every` grams begun, up to `up_to` grams; per piece where they are not given."""

    up_to: Annotated[int, Field(gt=0)] | None = None
    every: Annotated[int, Field(gt=0)] | None = None
    local: Yuan
    distant: Yuan

    @model_validator(mode="after")
    def _both_or_neither(self) -> Band:
        if (self.up_to is None) != (self.every is None):
            raise ValueError(_("up_to and every belong together"))
        return self


class Rate(Spec):
    """What one line of mail costs from one day on; to the day valid_to, where a contract ends.

    source: where the price is from, for whoever asks.
    """

    line: str
    name: str
    valid_from: Day
    valid_to: Day | None = None
    source: str = ""
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]

    def price(self, grams: Decimal, *, local: bool) -> int:
        """Fen for a piece of that weight. Raises SettingsError when it is heavier than the rate admits.

        Each band prices what lies above the band before, every step begun in full: a local letter of
        101 g is 5 x 0.80 + 1 x 1.20.
        """
        total, start = 0, Decimal(0)
        for band in self.bands:
            each = band.local if local else band.distant
            if band.up_to is None or band.every is None:
                return total + each
            if grams > start:
                steps = (min(grams, Decimal(band.up_to)) - start) / band.every
                total += int(steps.to_integral_value(ROUND_CEILING)) * each
            start = Decimal(band.up_to)
        if grams > start:
            raise SettingsError(
                _("a piece of {grams} g is heavier than {name} may be ({limit} g)").format(
                    grams=grams, name=self.name, limit=start
                ),
                remedy=_("post it as another line of mail, or print fewer sheets"),
            )
        return total


class Tariff(Spec):
    """All rates, of all times; contract: those agreed with the post, which go before the public ones."""

    rates: tuple[Rate, ...]
    contract: tuple[Rate, ...] = ()

    def rate(self, line: str, on_date: str) -> Rate:
        """The rate of a line on an ISO day; SettingsError when the table has none."""
        valid = _valid(self.contract, line, on_date) or _valid(self.rates, line, on_date)
        if not valid:
            known = ", ".join(sorted({r.line for r in (*self.rates, *self.contract)}))
            raise SettingsError(
                _("no rate of line {line} is valid on {day}").format(line=line, day=on_date),
                where="tariff.toml",
                remedy=_("add the rate, or use one of: {known}").format(known=known),
            )
        return max(valid, key=lambda r: r.valid_from)

    def agreed(self, contract: Tariff) -> Tariff:
        """This tariff with the rates of a contract before its own."""
        return self.model_copy(update={"contract": contract.rates})


def _valid(rates: tuple[Rate, ...], line: str, on_date: str) -> list[Rate]:
    return [
        r
        for r in rates
        if r.line == line and r.valid_from <= on_date and (r.valid_to is None or on_date <= r.valid_to)
    ]


@dataclass(frozen=True, slots=True)
class Locality:
    """Which addresses are 本埠: a postcode with one of the prefixes, or one of the counties."""

    prefixes: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()

    @classmethod
    def of_client(
        cls, postcode: str, prefixes: tuple[str, ...] = (), counties: tuple[str, ...] = ()
    ) -> Locality:
        """What the settings name; where they name nothing, the first four digits of the client's postcode."""
        if prefixes or counties:
            return cls(prefixes, counties)
        return cls((postcode[:_TOWN_DIGITS],))

    def covers(self, pieces: pd.DataFrame) -> pd.Series[bool]:
        """Tell per piece whether it is local; one without postcode and county is not: it costs the more."""
        near = pieces["postcode"].astype("string").fillna("").str.startswith(self.prefixes).astype(bool)
        return near | pieces["county"].isin(self.counties)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a mailing is posted.

    line: line of the tariff, as the product names it; on_date: ISO day of posting.
    sheet_grams: one sheet of two pages; cover_grams: the envelope. Only lines priced by weight ask.
    registered: a registered item 给据邮件; receipt: with advice of delivery 回执, which no other item has.
    """

    line: str
    on_date: str
    locality: Locality
    sheet_grams: Decimal = Decimal(0)
    cover_grams: Decimal = Decimal(0)
    registered: bool = False
    receipt: bool = False


def load_tariff(path: Path) -> Tariff:
    """Read a tariff table; SettingsError says which key is wrong."""
    try:
        return Tariff.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _faulty(path, toml_fault(error)) from error
    except ValidationError as error:
        key, reason = settings_fault(error)
        raise _faulty(path, _("{key}: {reason}").format(key=key, reason=reason)) from error


def postage(pieces: pd.DataFrame, tariff: Tariff, terms: Terms) -> pd.Series[int]:
    """Fen per piece, in the order of `pieces` (columns postcode, county, pages).

    Raises SettingsError when the tariff has no such rate, or a piece is too heavy for it.
    Source: templates/common/tariff.toml names the copies that were read.
    """
    local = terms.locality.covers(pieces)
    prices = {
        (count, here): _price(tariff, terms, int(count), local=here)
        for count, here in set(zip(pieces["pages"], local, strict=True))
    }
    keys = zip(pieces["pages"], local, strict=True)
    return pd.Series([prices[key] for key in keys], index=pieces.index, dtype="int64", name="postage")


def _price(tariff: Tariff, terms: Terms, pages: int, *, local: bool) -> int:
    sheets = (pages + 1) // 2
    grams = sheets * terms.sheet_grams + terms.cover_grams
    price = tariff.rate(terms.line, terms.on_date).price(grams, local=local)
    if terms.registered:
        for extra in (_REGISTRATION, *([_RECEIPT] if terms.receipt else [])):
            price += tariff.rate(extra, terms.on_date).price(Decimal(0), local=local)
    return price


def _faulty(path: Path, reason: str) -> SettingsError:
    return SettingsError(
        _("the tariff cannot be used: {reason}").format(reason=reason),
        where=path.name,
        remedy=_("correct that line; templates/common/tariff.toml is an example"),
    )
