"""The small language of laws and conditions: sums, comparisons and sets over a member's fields.

    opening + credited - spent == closing
    spent == sum(transactions.account_paid)
    status in ['死亡', '转出'] or (large_type and category == '退休')
    days(mailing.posting, cut_on) < settings.notice_days

Parsed with Python's own grammar and admitted node by node: no calls but `sum`, `count` and `days`, no
attributes but `table.field` inside the first two and the mailing's days and the kind's settings elsewhere,
no names but fields. Nothing is ever evaluated as Python.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

_NODES = (
    ast.Expression,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Compare,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
    ast.Is,
    ast.IsNot,
    ast.List,
    ast.Tuple,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.Call,
    ast.Attribute,
)

_DEEPEST = 100  # levels of a tree: a sum of some ninety fields
_LARGEST = 10**15 - 1  # fen: what an amount of a statement may be, so that no product of two overflows
_SHOWN = 80  # characters of an expression in a message


@dataclass(frozen=True)
class Expression:
    """A parsed expression: its text and its checked syntax tree."""

    text: str
    tree: ast.expr

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields of the member it names, sorted."""
        inside = {id(n) for c in self._sums() for n in ast.walk(c)}
        inside |= {id(n.value) for n in ast.walk(self.tree) if isinstance(n, ast.Attribute)}
        inside |= {id(n.func) for n in ast.walk(self.tree) if isinstance(n, ast.Call)}
        names = (n.id for n in ast.walk(self.tree) if isinstance(n, ast.Name) and id(n) not in inside)
        return tuple(sorted(set(names)))

    @property
    def sums(self) -> tuple[tuple[str, str], ...]:
        """(table, field) pairs it sums; field is "" for `count(table)`."""
        return tuple(sorted({call_target(c) for c in self._sums()}))

    def bound(self, values: Mapping[tuple[str, str], int | str]) -> str:
        """Its text with each (group, name), such as `mailing.posting`, replaced by its value."""

        class _Values(ast.NodeTransformer):
            def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
                value = values.get(attribute_target(node))
                return node if value is None else ast.Constant(value)

        return ast.unparse(_Values().visit(copy.deepcopy(self.tree)))

    def _sums(self) -> list[ast.Call]:
        return [n for n in ast.walk(self.tree) if isinstance(n, ast.Call) and not is_days(n)]


@lru_cache(maxsize=256)
def parse_expression(text: str) -> Expression:
    """Parse a law or condition.

    Raises SettingsError, with the text, for anything outside the language.
    """
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise _refused(text, _("it is not an expression")) from error
    except (RecursionError, MemoryError) as error:
        raise _refused(text, _("it is nested too deeply")) from error
    if _depth(tree) > _DEEPEST:
        raise _refused(text, _("it is nested too deeply"))
    for node in ast.walk(tree):
        _admit(node, text)
    return Expression(text, tree)


def call_target(call: ast.Call) -> tuple[str, str]:
    """What a `sum(table.field)` or `count(table)` names: (table, field), (table, "")."""
    argument = call.args[0]
    if isinstance(argument, ast.Attribute) and isinstance(argument.value, ast.Name):
        return argument.value.id, argument.attr
    return (argument.id if isinstance(argument, ast.Name) else ""), ""


def attribute_target(node: ast.Attribute) -> tuple[str, str]:
    """What a `group.name` names."""
    return (node.value.id if isinstance(node.value, ast.Name) else "", node.attr)


def is_days(call: ast.Call) -> bool:
    """Tell `days(from, to)` from the calls that sum."""
    return isinstance(call.func, ast.Name) and call.func.id == "days"


def _admit(node: ast.AST, text: str) -> None:
    if not isinstance(node, _NODES):
        raise _refused(text, _("{part} is not allowed").format(part=type(node).__name__))
    if isinstance(node, ast.Call):
        _admit_call(node, text)
    if isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Name):
        raise _refused(text, _("only group.name may stand in it, such as table.field inside sum()"))
    if isinstance(node, ast.Constant) and not isinstance(node.value, int | str | None):
        raise _refused(text, _("only whole numbers (fen) and texts may stand in it"))
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and abs(node.value) > _LARGEST:
        raise _refused(text, _("a number of more than {digits} digits may not stand in it").format(digits=15))


def _depth(tree: ast.AST) -> int:
    """How deep a tree is; counted without recursion, for what is too deep must not be recursed into."""
    level, depth = [tree], 0
    while level:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return depth


def _admit_call(call: ast.Call, text: str) -> None:
    if is_days(call):
        if call.keywords or len(call.args) != 2:  # noqa: PLR2004 - from one day to another
            raise _refused(text, _("days() counts from one day to another: days(first, last)"))
        return
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    wanted = {"sum": ast.Attribute, "count": ast.Name}.get(name)
    if wanted is None or call.keywords or len(call.args) != 1 or not isinstance(call.args[0], wanted):
        raise _refused(text, _("the only calls are sum(table.field), count(table) and days(first, last)"))


def shortened(text: str) -> str:
    """An expression as a message shows it."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _refused(text: str, reason: str) -> SettingsError:
    return SettingsError(
        _("the expression «{text}» cannot be used: {reason}").format(text=shortened(text), reason=reason),
        remedy=_("see docs/kinds.md, laws and conditions"),
    )
