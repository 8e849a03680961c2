"""What a kind's laws, conditions and orders may name and compare, checked when the kind is loaded.

A kind that passes is evaluated by the ledger without a surprise: every name is known, and only things of one
sort are compared.
"""

from __future__ import annotations

import ast
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.against import field_of, totals_table
from yibao_cli.kinds.expressions import Expression, attribute_target, call_target, is_days
from yibao_cli.rules import RULES, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from yibao_cli.kinds.kind import AgainstSpec, Kind, LawSpec

Sort = Literal["number", "text", "truth", "blank"]

_SORTS: dict[str, Sort] = {"money": "number", "integer": "number", "flag": "truth"}
# The days of a mailing that a condition may name.
MAILING_DAYS = ("starts", "ends", "posting")
# What the ledger adds to a member's record and a print order may name.
_ADDED = {"street_key", "row_id", "address", "postcode", "county", "employer_no", "employer_name", "category"}


def check_references(kind: Kind, where: str) -> None:
    """Refuse a kind whose laws, conditions, orders or totals name or compare what they cannot.

    Raises SettingsError with `where` and the key.
    """
    _check_laws(kind, where)
    _check_conditions(kind, where)
    _check_names(kind, where)
    with _at("house", where):
        if kind.slots and not kind.house:
            raise SettingsError(_("a kind with ad slots needs a house panel for those that nobody buys"))


@contextmanager
def _at(key: str, where: str) -> Iterator[None]:
    """Say of a refusal at which key of which file it happened."""
    try:
        yield
    except SettingsError as error:
        raise SettingsError(
            _("{key}: {reason}").format(key=key, reason=error.message),
            where=where,
            remedy=error.remedy or _("correct the key; docs/kinds.md describes each"),
        ) from error


def _check_laws(kind: Kind, where: str) -> None:
    for law in kind.laws:
        with _at(f"laws.{law.id}", where):
            _check_law(kind, law)


def _check_law(kind: Kind, law: LawSpec) -> None:
    if law.table and law.table != kind.merge.lines:
        raise SettingsError(_("{table} is not the table of lines").format(table=law.table))
    tree = law.expression.tree
    if not (isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.ops[0], ast.Eq)):
        raise SettingsError(_("a law is one equation with =="))
    sorter = _line_sorter(kind, law.expression) if law.table else _member_sorter(kind, law.expression)
    if {sorter.sort(tree.left), sorter.sort(tree.comparators[0])} != {"number"}:
        raise SettingsError(_("a law is an equation between amounts"))
    if law.condition is not None:
        _require_truth(replace(sorter, expression=law.condition))


def _check_conditions(kind: Kind, where: str) -> None:
    for name, variant in kind.variants.items():
        with _at(f"variants.{name}", where):
            if name == "standard":
                raise SettingsError(_("that name is taken by the panels every piece has"))
            check_condition(kind, variant.expression)
    for hold in kind.holds:
        with _at(f"holds.{hold.rule}", where):
            if hold.rule not in RULES or RULES[hold.rule].severity is not Severity.HOLD:
                raise SettingsError(_("there is no rule {rule} that holds a piece").format(rule=hold.rule))
            check_condition(kind, hold.expression)


def check_condition(kind: Kind, expression: Expression) -> None:
    """Refuse a condition over a member's record that names or compares what it cannot, with SettingsError."""
    _require_truth(_member_sorter(kind, expression))


def _require_truth(sorter: _Sorter) -> None:
    if sorter.sort(sorter.expression.tree) != "truth":
        raise SettingsError(_("a condition is true or false"))


def _check_names(kind: Kind, where: str) -> None:
    merge, fields = kind.merge, _member_fields(kind)
    texts = {n for n, t in fields.items() if t not in _SORTS} | _ADDED
    lines = set(kind.inputs[merge.lines].names) if merge.lines else set()
    money = {n for n, t in fields.items() if t == "money"}
    _check_known("merge.print_order", merge.print_order, texts, where)
    _check_known("merge.line_order", merge.line_order, lines, where)
    _check_known("merge.control_totals", merge.control_totals, money, where)
    if kind.against:
        _check_totals(kind, kind.against, where)
    if kind.adjust:
        _check_known("adjust.field", (kind.adjust.field,), money, where)
    if kind.previous:
        _check_known("previous", (kind.previous.opening, kind.previous.closing), money, where)
    _check_known("verify", (kind.verify.name, kind.verify.amount), set(fields), where)


def _check_totals(kind: Kind, against: AgainstSpec, where: str) -> None:
    roster = {f.name for f in kind.inputs[kind.merge.base].fields if f.type not in _SORTS}
    _check_known("against.groups", against.groups, roster, where)
    for written in against.sums:
        with _at("against.sums", where):
            try:
                field_of(kind, written)
            except KeyError as error:
                raise SettingsError(_("{names} cannot stand here").format(names=written)) from error
    with _at("against", where):
        totals_table(kind)


def _check_known(key: str, names: Iterable[str], known: set[str], where: str) -> None:
    with _at(key, where):
        if unknown := [n for n in names if n not in known]:
            raise SettingsError(_("{names} cannot stand here").format(names=", ".join(unknown)))


def _member_fields(kind: Kind) -> dict[str, str]:
    """Field name to type of everything the joined record of a member has; the roster's own win."""
    tables = [*reversed(kind.merge.accounts), kind.merge.base]
    return {f.name: f.type for t in tables for f in kind.inputs[t].fields}


def _member_sorter(kind: Kind, expression: Expression) -> _Sorter:
    lines = kind.merge.lines
    money = [f.name for f in kind.inputs[lines].fields if f.type == "money"] if lines else []
    sums = {(lines, n) for n in ["", *money]} if lines else set()
    return _Sorter(expression, _member_fields(kind), frozenset(sums), _setting_sorts(kind))


def _line_sorter(kind: Kind, expression: Expression) -> _Sorter:
    fields = {f.name: f.type for f in kind.inputs[kind.merge.lines].fields}
    return _Sorter(expression, fields, frozenset(), _setting_sorts(kind))


def _setting_sorts(kind: Kind) -> dict[str, Sort]:
    """Setting name to its sort; one with values of several sorts has none."""
    found: dict[str, Sort] = {}
    for name, specs in kind.settings.items():
        sorts = {_constant(s.value) for s in specs}
        if len(sorts) == 1:
            found[name] = sorts.pop()
    return found


@dataclass(frozen=True)
class _Sorter:
    """Finds what sort of thing each part of an expression is.

    types: field name to field type; sums: the (table, field) pairs that can be summed or counted;
    settings: name of each setting to its sort.
    """

    expression: Expression
    types: Mapping[str, str]
    sums: frozenset[tuple[str, str]]
    settings: Mapping[str, Sort] = field(default_factory=dict)

    def sort(self, node: ast.expr) -> Sort:
        """The sort of a part; SettingsError when it has none."""
        match node:
            case ast.Name():
                return self._field(node.id)
            case ast.Constant():
                return _constant(node.value)
            case ast.Call():
                return self._days(node) if is_days(node) else self._sum(node)
            case ast.Attribute():
                return self._named(node)
            case ast.Compare():
                return self._compare(node)
        return self._composed(node)

    def _composed(self, node: ast.expr) -> Sort:
        match node:
            case ast.BinOp():
                return self._all((node.left, node.right), "number")
            case ast.UnaryOp():
                return self._all((node.operand,), "truth" if isinstance(node.op, ast.Not) else "number")
            case ast.BoolOp():
                return self._all(node.values, "truth")
        raise self._refused(_("{part} is not allowed here").format(part=type(node).__name__))

    def _field(self, name: str) -> Sort:
        if name not in self.types:
            raise self._refused(_("unknown field {name}").format(name=name))
        return _SORTS.get(self.types[name], "text")

    def _named(self, node: ast.Attribute) -> Sort:
        group, name = attribute_target(node)
        if group == "mailing" and name in MAILING_DAYS:
            return "text"
        if group == "settings" and name in self.settings:
            return self.settings[name]
        raise self._refused(_("unknown field {name}").format(name=f"{group}.{name}"))

    def _days(self, node: ast.Call) -> Sort:
        for part in node.args:
            field_day = isinstance(part, ast.Name) and self.types.get(part.id) == "date"
            if not field_day and not (isinstance(part, ast.Attribute) and self._is_day(part)):
                raise self._refused(_("{part} is no day").format(part=ast.unparse(part)))
        return "number"

    def _is_day(self, node: ast.Attribute) -> bool:
        group, name = attribute_target(node)
        return group == "mailing" and name in MAILING_DAYS

    def _sum(self, node: ast.Call) -> Sort:
        if call_target(node) not in self.sums:
            raise self._refused(_("{part} cannot be summed here").format(part=ast.unparse(node)))
        return "number"

    def _all(self, parts: Iterable[ast.expr], wanted: Sort) -> Sort:
        for part in parts:
            if self.sort(part) != wanted:
                raise self._refused(_("{part} does not fit its place").format(part=ast.unparse(part)))
        return wanted

    def _compare(self, node: ast.Compare) -> Sort:
        if len(node.ops) != 1:
            raise self._refused(_("compare two things at a time"))
        left, right, operator = self.sort(node.left), node.comparators[0], node.ops[0]
        if isinstance(operator, ast.In | ast.NotIn):
            if not (isinstance(right, ast.List | ast.Tuple) and right.elts):
                raise self._refused(_("`in` wants a list"))
            self._all(right.elts, left)
        elif isinstance(operator, ast.Is | ast.IsNot):
            self._all((right,), "blank")
        else:
            ordered = not isinstance(operator, ast.Eq | ast.NotEq)
            self._check_pair({left, self.sort(right)}, ordered=ordered)
        return "truth"

    def _check_pair(self, sorts: set[Sort], *, ordered: bool) -> None:
        if len(sorts) > 1 and (ordered or "blank" not in sorts):
            raise self._refused(_("it compares things of different sorts"))
        if ordered and not sorts <= {"number", "text"}:
            raise self._refused(_("only amounts and texts have an order"))

    def _refused(self, reason: str) -> SettingsError:
        return SettingsError(
            _("the expression «{text}» cannot be used: {reason}").format(
                text=self.expression.text, reason=reason
            ),
            remedy=_("see docs/kinds.md, laws and conditions"),
        )


def _constant(value: object) -> Sort:
    if value is None:
        return "blank"
    if isinstance(value, bool):
        return "truth"
    return "number" if isinstance(value, int) else "text"
