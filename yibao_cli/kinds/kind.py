"""A statement kind: everything `templates/<kind>/kind.toml` says; `loading` reads and checks it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from yibao_cli.i18n import _
from yibao_cli.kinds.expressions import Expression, parse_expression
from yibao_cli.kinds.fields import FieldName, Spec, TableSpec
from yibao_cli.kinds.geometry import HouseSpec, OmrProfile, PanelSpec

# What a table of payments says of its day, and the setting with the days that it may be old when printed.
RECHECK_DAY, RECHECK_SETTING = "as_of", "recheck_days"

IsoDay = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]


class LawSpec(Spec):
    """A law of the ledger: an equation in fen that holds exactly, or the piece is held.

    table: empty for the joined record of a member; a line table's name for each of its lines.
    when: the condition under which the law counts; empty for always.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    text: str
    law: str
    table: str = ""
    when: str = ""

    @property
    def expression(self) -> Expression:
        """The parsed equation."""
        return parse_expression(self.law)

    @property
    def condition(self) -> Expression | None:
        """The parsed condition; None where the law always counts."""
        return parse_expression(self.when) if self.when else None


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
    accounts: tables with one row a member; lines: the table with many.
    optional: those of the accounts that may be missing, for a member or altogether.
    recheck: the table that tells who has paid; it must have been imported shortly before printing.
    line_order: fields that order a member's lines.
    print_order: fields of the piece that order the print run.
    as_of: the account's field with the day its data ends, which must lie in the mailing's period;
      line_date: the line's field with its day.
    """

    base: str = "roster"
    key: FieldName
    accounts: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    lines: str = ""
    recheck: str = ""
    line_order: tuple[FieldName, ...] = ()
    print_order: tuple[FieldName, ...] = ("postcode", "employer_no", "street_key", "address", "row_id")
    control_totals: tuple[FieldName, ...] = ()
    as_of: FieldName | None = None
    line_date: FieldName | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table a merge needs: the roster, the accounts, the lines."""
        return (self.base, *self.accounts, *filter(None, [self.lines]))

    @property
    def required_accounts(self) -> tuple[str, ...]:
        """The accounts that every member must have."""
        return tuple(table for table in self.accounts if table not in self.optional)

    @property
    def required_tables(self) -> tuple[str, ...]:
        """The tables that must be imported before a merge."""
        return tuple(table for table in self.tables if table not in self.optional or table == self.recheck)


class AgainstSpec(Spec):
    """The client's own ledger totals, which `yibao merge --against` ties a mailing to.

    groups: roster fields that the totals are grouped by, such as scheme and county; sums: money fields of
    accounts, or `table.field` of the lines. people, aliases: headers of the number of members.
    """

    groups: Annotated[tuple[FieldName, ...], Field(min_length=1)]
    sums: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")], ...] = ()
    people: str = "人数"
    aliases: tuple[str, ...] = ("参保人数", "户数", "总人数", "总户数", "合计人数")


class AdjustSpec(Spec):
    """Which amount of an account may change by nothing but adjustment rows, whose sum it must be."""

    field: FieldName = "adjusted"


class PreviousSpec(Spec):
    """Which amount must be the closing of the period before, where that is known."""

    opening: FieldName = "opening"
    closing: FieldName = "closing"


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


class SettingSpec(Spec):
    """A value that law or the client sets, not the program: a number or a text, and who says so.

    source: the law, rule or letter that it comes from; since: the first day of posting that it counts for.
    """

    value: int | str
    source: Annotated[str, Field(min_length=4)]
    since: IsoDay = "0001-01-01"


class LintSpec(Spec):
    """What the texts of a kind may not say: `forbidden` words, such as those of another trade."""

    forbidden: tuple[Annotated[str, Field(min_length=1)], ...] = ()


class Kind(Spec):
    """A statement kind, whole.

    sensitive: a legal paper or one that puts its reader under pressure; it carries no ads, whatever else
    is said. settings: by name, the values that counted and count, each with its source. against: how
    the client's own totals are grouped; adjust: the amount that vouchers account for. previous: the
    amounts that tie one period to the next.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    name: str
    product: str
    ads: Literal["allowed", "never"] = "never"
    sensitive: bool = False
    inputs: dict[str, TableSpec]
    merge: MergeSpec
    verify: VerifySpec = VerifySpec()
    against: AgainstSpec | None = None
    adjust: AdjustSpec | None = None
    previous: PreviousSpec | None = None
    laws: tuple[LawSpec, ...] = ()
    holds: tuple[HoldSpec, ...] = ()
    panels: dict[str, PanelSpec]
    variants: dict[str, VariantSpec] = Field(default_factory=dict)
    house: tuple[HouseSpec, ...] = ()
    settings: dict[FieldName, tuple[SettingSpec, ...]] = Field(default_factory=dict)
    lint: LintSpec = LintSpec()
    texts: dict[str, str] = Field(default_factory=dict)
    omr: dict[str, OmrProfile] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _merge_fits(self) -> Kind:
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
        if extra := {*self.merge.optional, *filter(None, [self.merge.recheck])} - set(self.merge.accounts):
            raise ValueError(
                _("merge.optional and merge.recheck name no account: {tables}").format(
                    tables=", ".join(sorted(extra))
                )
            )
        return self

    @model_validator(mode="after")
    def _recheck_fits(self) -> Kind:
        if self.merge.recheck:
            day = next((f for f in self.inputs[self.merge.recheck].fields if f.name == RECHECK_DAY), None)
            if day is None or day.type != "date" or RECHECK_SETTING not in self.settings:
                raise ValueError(
                    _("merge.recheck wants a date field {field} and a setting {setting}").format(
                        field=RECHECK_DAY, setting=RECHECK_SETTING
                    )
                )
        return self

    @model_validator(mode="after")
    def _ads_fit(self) -> Kind:
        if self.sensitive and self.ads != "never":
            raise ValueError(_("a sensitive kind carries no ads: write ads = 'never'"))
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
    def laws_of_money(self) -> frozenset[str]:
        """Ids of the laws between amounts; the others are between counts, such as kilowatt hours."""
        fields = {f.name: f.type for t in self.merge.tables for f in self.inputs[t].fields}
        return frozenset(
            law.id
            for law in self.laws
            if any(name for _table, name in law.expression.sums)
            or any(fields.get(name) == "money" for name in law.expression.fields)
        )

    def setting(self, name: str, day: str) -> int | str:
        """The value of a setting for a mailing posted on that ISO day; KeyError where there is none yet."""
        known = [s for s in self.settings[name] if s.since <= day]
        if not known:
            raise KeyError(name)
        return max(known, key=lambda s: s.since).value

    @property
    def slots(self) -> tuple[str, ...]:
        """The ad slots of the kind, sorted."""
        return tuple(sorted(p.slot for p in self.panels.values() if p.slot))
