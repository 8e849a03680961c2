"""A statement kind: everything `templates/<kind>/kind.toml` says, checked when it is loaded."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from yibao_cli.errors import InputNotFound, SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.checks import check_references
from yibao_cli.kinds.expressions import Expression, parse_expression
from yibao_cli.kinds.fields import FieldName, Spec, TableSpec
from yibao_cli.kinds.geometry import HouseSpec, OmrProfile, PanelSpec, Product
from yibao_cli.kinds.pictures import check_pictures
from yibao_cli.kinds.placement import check_placement
from yibao_cli.kinds.reasons import settings_fault, toml_fault
from yibao_cli.kinds.sources import check_pages, check_texts

if TYPE_CHECKING:
    from pathlib import Path

_S = TypeVar("_S", bound=Spec)
# What a kind that extends another says for itself or not at all.
_OWN = {"id", "name", "product", "panels", "variants", "ads", "house", "extends"}


class LawSpec(Spec):
    """A law of the ledger: an equation in fen that holds exactly, or the piece is held.

    table: empty for the joined record of a member; a line table's name for each of its lines.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    text: str
    law: str
    table: str = ""

    @property
    def expression(self) -> Expression:
        """The parsed equation."""
        return parse_expression(self.law)


class HoldSpec(Spec):
    """When a piece is not printed: `when` over the joined record, `rule` from the catalogue."""

    rule: str
    when: str

    @property
    def expression(self) -> Expression:
        """The parsed condition."""
        return parse_expression(self.when)


class MergeSpec(Spec):
    """How the tables of a kind become pieces.

    base: the roster; key: the field that names a member in every table.
    accounts: tables with one row a member that must be there; lines: the table with many.
    line_order: fields that order a member's lines.
    print_order: fields of the piece that order the print run.
    as_of: the account's field with the day its data ends, which must lie in the mailing's period;
      line_date: the line's field with its day.
    """

    base: str = "roster"
    key: FieldName
    accounts: tuple[str, ...] = ()
    lines: str = ""
    line_order: tuple[FieldName, ...] = ()
    print_order: tuple[FieldName, ...] = ("postcode", "employer_no", "street_key", "address", "row_id")
    control_totals: tuple[FieldName, ...] = ()
    as_of: FieldName | None = None
    line_date: FieldName | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table a merge needs: the roster, the accounts, the lines."""
        return (self.base, *self.accounts, *filter(None, [self.lines]))


class VariantSpec(Spec):
    """A variant of the layout (large type): pieces for which `when` is true take its panels."""

    label: str
    when: str
    panels: dict[str, PanelSpec]

    @property
    def expression(self) -> Expression:
        """The parsed condition."""
        return parse_expression(self.when)


class VerifySpec(Spec):
    """What `verify` must find on the pages of each piece, besides every amount: fields and their masks."""

    name: FieldName = "name"
    amount: FieldName = "closing"


class Kind(Spec):
    """A statement kind, whole."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    name: str
    product: str
    ads: Literal["allowed", "never"] = "never"
    inputs: dict[str, TableSpec]
    merge: MergeSpec
    verify: VerifySpec = VerifySpec()
    laws: tuple[LawSpec, ...] = ()
    holds: tuple[HoldSpec, ...] = ()
    panels: dict[str, PanelSpec]
    variants: dict[str, VariantSpec] = Field(default_factory=dict)
    house: tuple[HouseSpec, ...] = ()
    texts: dict[str, str] = Field(default_factory=dict)
    omr: dict[str, OmrProfile] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _parts_fit(self) -> Kind:
        tables = set(self.merge.tables)
        if missing := tables - set(self.inputs):
            raise ValueError(
                _("merge names tables that are not declared: {tables}").format(
                    tables=", ".join(sorted(missing))
                )
            )
        for table in sorted(tables):
            if self.merge.key not in self.inputs[table].names:
                raise ValueError(
                    _("inputs.{table} lacks the key field {key}").format(table=table, key=self.merge.key)
                )
        if self.ads == "never" and any(
            p.slot for v in self.variant_names for p in self.panels_of(v).values()
        ):
            raise ValueError(_("ads = 'never', yet a panel has a slot"))
        return self

    def panels_of(self, variant: str) -> dict[str, PanelSpec]:
        """The panels of a variant: its own, and the standard ones it does not replace."""
        if variant == "standard":
            return self.panels
        return {**self.panels, **self.variants[variant].panels}

    @property
    def variant_names(self) -> tuple[str, ...]:
        """`standard` first, then the declared variants."""
        return ("standard", *self.variants)

    def label(self, name: str) -> str:
        """The word for a field of the member or the accounts, as people know it; else its name."""
        tables = (self.merge.base, *self.merge.accounts)
        fields = (f for table in tables for f in self.inputs[table].fields)
        return next((f.label for f in fields if f.name == name), name)

    @property
    def texts_of_laws(self) -> dict[str, str]:
        """Law id to its sentence for people."""
        return {law.id: law.text for law in self.laws}

    @property
    def slots(self) -> tuple[str, ...]:
        """The ad slots of the kind, sorted."""
        return tuple(sorted(p.slot for p in self.panels.values() if p.slot))


def load_kind(templates: Path, kind_id: str) -> Kind:
    """Read and check `templates/<kind>/kind.toml`, with the tables that all kinds share.

    Raises InputNotFound when there is no such kind, SettingsError with file and key when it is wrong.
    """
    path = templates / kind_id / "kind.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.parent.name for p in templates.glob("*/kind.toml")))
        raise InputNotFound(
            _("there is no statement kind {kind}").format(kind=kind_id),
            remedy=_("choose one of: {known}").format(known=known),
        )
    data = _toml(path)
    texts = _text_files(path.parent)
    if base := data.pop("extends", None):
        # The tables, laws and texts of another kind, on other paper.
        parent = _base_of(templates, str(base), path)
        data = {**{k: v for k, v in _toml(parent).items() if k not in _OWN}, **data}
        texts = {**_text_files(parent.parent), **texts}
    shared = _toml(templates / "common" / "tables.toml")
    data["inputs"] = {**shared, **data.get("inputs", {})}
    data["texts"] = texts
    data["omr"] = _toml(templates / "common" / "omr.toml")
    kind = _validated(Kind, data, path)
    where = f"{path.parent.name}/{path.name}"
    check_references(kind, where)
    product = load_product(templates, kind.product)
    try:
        check_pages(kind, product)
        check_placement(kind, product, check_texts(kind))
        check_pictures(kind, path.parent / "art")
    except SettingsError as error:
        raise SettingsError(error.message, where=where, remedy=error.remedy) from error
    return kind


def _base_of(templates: Path, base: str, path: Path) -> Path:
    """The kind.toml that another one extends, which must extend none itself."""
    parent = templates / base / "kind.toml"
    if parent == path or not parent.is_file() or "extends" in _toml(parent):
        raise SettingsError(
            _("extends: {kind} is no kind that stands on its own").format(kind=base),
            where=f"{path.parent.name}/{path.name}",
            remedy=_("name the folder of a kind that extends no other"),
        )
    return parent


def _text_files(folder: Path) -> dict[str, str]:
    return {p.stem: p.read_text(encoding="utf-8").strip() for p in sorted(folder.glob("*.j2"))}


def load_product(templates: Path, product_id: str) -> Product:
    """Read one product from `templates/common/products.toml`."""
    path = templates / "common" / "products.toml"
    products = _toml(path)
    if product_id not in products:
        raise SettingsError(
            _("unknown product {product}").format(product=product_id),
            where=str(path.name),
            remedy=_("choose one of: {known}").format(known=", ".join(sorted(products))),
        )
    return _validated(Product, {"id": product_id, **products[product_id]}, path)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            _("not valid TOML: {reason}").format(reason=toml_fault(error)),
            where=f"{path.parent.name}/{path.name}",
            remedy=_("correct that line"),
        ) from error


def _validated(model: type[_S], data: dict[str, Any], path: Path) -> _S:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        key, reason = settings_fault(error)
        raise SettingsError(
            _("{key}: {reason}").format(key=key or "kind", reason=reason),
            where=f"{path.parent.name}/{path.name}",
            remedy=_("correct the key; docs/kinds.md describes each"),
        ) from error
