"""Laws and conditions as SQL, so that they are evaluated column-wise and in whole fen.

Only checked syntax trees come in (`kinds.expressions`); names become quoted identifiers, texts become quoted
literals, and nothing else of the client's reaches the query.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.expressions import Expression, call_target, is_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yibao_cli.kinds.kind import LawSpec

_BINARY = {ast.Add: " +", ast.Sub: " -", ast.Mult: "::HUGEINT *"}
_COMPARE = {
    ast.Eq: "IS NOT DISTINCT FROM",
    ast.NotEq: "IS DISTINCT FROM",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}

BEYOND = 2**63 - 1  # the difference of a law whose figures go beyond what can be counted


def condition_sql(expression: Expression, types: Mapping[str, str]) -> str:
    """A condition as SQL that is never NULL; types: field name to field type.

    A blank is a value of its own, as in Python: it differs from every other, and is neither before nor after.
    """
    truth = _Writer(expression, types).truth(expression.tree)
    if any(isinstance(node, ast.Mult) for node in ast.walk(expression.tree)):
        return f"coalesce(try({truth}), false)"
    return truth


def difference_sql(expression: Expression, types: Mapping[str, str]) -> str:
    """Left side minus right side of a law, in fen, BEYOND where it cannot be counted; it must be one `==`."""
    tree = expression.tree
    if not (isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.ops[0], ast.Eq)):
        raise _refused(expression, _("a law is one equation with =="))
    writer = _Writer(expression, types)
    difference = f"({writer.write(tree.left)}) - ({writer.write(tree.comparators[0])})"
    # One absurd figure breaks its own member's law; it must not end the merge of all others.
    return f"coalesce(try(({difference})::BIGINT), {BEYOND})"


def law_sql(law: LawSpec, types: Mapping[str, str]) -> str:
    """Difference of a law, in fen; 0 where its condition says that it does not count."""
    difference = difference_sql(law.expression, types)
    if law.condition is None:
        return difference
    return f"(CASE WHEN {condition_sql(law.condition, types)} THEN {difference} ELSE 0 END)"


def identifier(name: str) -> str:
    """A quoted column or table name."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A quoted text."""
    return "'" + value.replace("'", "''") + "'"


def sum_column(table: str, field: str) -> str:
    """Name of the column that holds `sum(table.field)`, or `count(table)` where field is empty."""
    return f"sum_{table}_{field}" if field else f"count_{table}"


class _Writer:
    def __init__(self, expression: Expression, types: Mapping[str, str]) -> None:
        self._expression = expression
        self._types = types

    def truth(self, node: ast.expr) -> str:
        """A part that is true or false, where a blank flag means no."""
        return f"coalesce({self.write(node)}, false)"

    def write(self, node: ast.expr) -> str:
        """A part as SQL."""
        match node:
            case ast.Name():
                text = self._field(node.id)
            case ast.Constant():
                text = self._constant(node.value)
            case ast.Call() if is_days(node):
                first, last = (f"try_cast({self.write(day)} AS DATE)" for day in node.args)
                text = f"date_diff('day', {first}, {last})"
            case ast.Call():
                text = f"coalesce({identifier(sum_column(*call_target(node)))}, 0)"
            case ast.BinOp():
                text = f"({self.write(node.left)}{_BINARY[type(node.op)]} {self.write(node.right)})"
            case ast.UnaryOp(op=ast.Not()):
                text = f"(NOT {self.truth(node.operand)})"
            case ast.UnaryOp():
                text = f"(-{self.write(node.operand)})"
            case ast.BoolOp():
                joint = " AND " if isinstance(node.op, ast.And) else " OR "
                text = "(" + joint.join(map(self.truth, node.values)) + ")"
            case ast.Compare():
                text = self._compare(node)
            case _:
                raise _refused(self._expression, type(node).__name__)
        return text

    def _field(self, name: str) -> str:
        if name not in self._types:
            raise _refused(self._expression, _("unknown field {name}").format(name=name))
        column = identifier(name)
        # What the client left blank in a money column is nothing, so it adds nothing.
        return f"coalesce({column}, 0)" if self._types[name] in {"money", "integer"} else column

    def _constant(self, value: object) -> str:
        return literal(value) if isinstance(value, str) else "NULL" if value is None else str(value)

    def _compare(self, node: ast.Compare) -> str:
        if len(node.ops) != 1:
            raise _refused(self._expression, _("compare two things at a time"))
        left, right, operator = self.write(node.left), node.comparators[0], node.ops[0]
        if isinstance(operator, ast.In | ast.NotIn):
            if not isinstance(right, ast.List | ast.Tuple):
                raise _refused(self._expression, _("`in` wants a list"))
            members = ", ".join(self.write(e) for e in right.elts)
            found = f"coalesce({left} IN ({members}), false)"
            return f"(NOT {found})" if isinstance(operator, ast.NotIn) else found
        if isinstance(operator, ast.Is | ast.IsNot):
            return f"({left} IS {'NOT ' if isinstance(operator, ast.IsNot) else ''}{self.write(right)})"
        return f"({left} {_COMPARE[type(operator)]} {self.write(right)})"


def _refused(expression: Expression, reason: str) -> SettingsError:
    return SettingsError(
        _("the expression «{text}» cannot be used: {reason}").format(text=expression.text, reason=reason),
        remedy=_("see docs/kinds.md, laws and conditions"),
    )
