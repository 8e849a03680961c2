"""One invented record of a kind, so that its page can be looked at before a client has sent anything.

The figures keep the kind's laws as far as each law can be kept by a field that no law before it has fixed.
"""

from __future__ import annotations

import ast
from datetime import date
from typing import TYPE_CHECKING, Any

from yibao_cli.codes import id_check_char, piece_number
from yibao_cli.kinds.expressions import call_target, is_days
from yibao_cli.kinds.texts import FILTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from yibao_cli.kinds.fields import FieldSpec
    from yibao_cli.kinds.kind import Kind, LawSpec

Row = dict[str, Any]

_DAYS_APART = 6  # days are told in so many stretches of the period

_ID_17 = "13019919800101001"  # the area code was never given out
_BY_NAME = {
    "address": "河北省石家庄市长安区中山东路1号阳光小区8号楼3单元1502室",
    "site_address": "河北省石家庄市长安区中山东路1号阳光小区8号楼3单元1502室",
    "county": "长安区",
    "employer_name": "石家庄冀岳纺织有限公司",
    "institution": "冀岳大药房长安店",
    "year": "2026",
}
# What a text says whose header has one of these words.
_BY_WORD = {
    "年月": "2026年9月",
    "月份": "2026年7月至9月",
    "月": "2026年7月",
    "期间": "2026年9月1日至30日",
    "时间": "9时30分",
    "文号": "冀岳〔2026〕18号",
    "编号": "2026-0018",
    "银行": "石家庄市商业银行",
}
_BY_TYPE = {
    "name": "张晓明",
    "id": "0130000728",
    "id-number": _ID_17 + id_check_char(_ID_17),
    "uscc": "91130199MA00000000",
    "mobile": "19900001234",
    "postcode": "050011",
    "decimal": "0.52",
    "flag": None,
}


def specimen(kind: Kind, days: Mapping[str, str], lines: int) -> tuple[Row, list[Row]]:
    """The record of one member and its lines.

    days: `starts`, `ends`, `posting` of a mailing, ISO; fields of dates take them in turn.
    """
    details = _lines(kind, days, lines)
    record: Row = {}
    for table in (*reversed(kind.merge.accounts), kind.merge.base):
        record |= {f.name: _value(f, n, days) for n, f in enumerate(kind.inputs[table].fields)}
        record |= _dates(kind.inputs[table].fields, days)
    fixed: set[str] = set()
    # What lines add up to is fixed by them, so these laws come first.
    for law in sorted((w for w in kind.laws if not w.table), key=lambda w: not w.expression.sums):
        _keep(law, record, fixed, details)
    record |= {"employer_no": record.get("employer_no") or "001301", "piece": piece_number(1), "tracking": ""}
    if kind.adjust is not None:
        told = FILTERS["yuan"](record[kind.adjust.field])
        record["adjustment_note"] = f"调整说明：补录缴费 +{told}元（凭证TZ2026-0001）"
    for name in ("employer_name", "county", "address", "category", "postcode"):
        record.setdefault(name, _BY_NAME.get(name, _BY_TYPE.get(name)))
    return record, details


def _lines(kind: Kind, days: Mapping[str, str], count: int) -> list[Row]:
    if not kind.merge.lines:
        return []
    rows = []
    for number in range(count):
        fields = kind.inputs[kind.merge.lines].fields
        row = {f.name: _value(f, n + 3 * number, days, number) for n, f in enumerate(fields)}
        row |= {f.name: _day(days, count - 1 - number) for f in fields if f.type == "date"}
        fixed: set[str] = set()
        for law in (w for w in kind.laws if w.table):
            _keep(law, row, fixed, [])
        rows.append(row)
    return rows


def _value(spec: FieldSpec, number: int, days: Mapping[str, str], line: int = 0) -> Any:
    """The value of a field; number: its place, so that amounts differ; line: that of its line."""
    if spec.name in _BY_NAME:
        return _BY_NAME[spec.name]
    if spec.type == "money":
        return 10_050 + 1_713 * (17 - number % 17)
    if spec.type == "integer":
        return 2 + number % 5
    if spec.type == "date":
        return days["ends"]
    if spec.type == "choice":
        words = list(spec.choices)
        return words[line % len(words)]
    said = next((text for word, text in _BY_WORD.items() if word in spec.label), spec.label)
    return _BY_TYPE.get(spec.type, said)


def _dates(fields: Iterable[FieldSpec], days: Mapping[str, str]) -> Row:
    """The days of a record, in the order of their columns; one that is alone is the last of the period."""
    names = [f.name for f in fields if f.type == "date"]
    return {name: _day(days, len(names) - 1 - place) for place, name in enumerate(names)}


def _day(days: Mapping[str, str], before: int) -> str:
    """The day that so many stretches of the period lie before its last."""
    first, last = date.fromisoformat(days["starts"]), date.fromisoformat(days["ends"])
    return (last - (last - first) / _DAYS_APART * before).isoformat()


def _keep(law: LawSpec, row: Row, fixed: set[str], lines: list[Row]) -> None:
    """Set the one field of a law that is still free so that the law holds; leave it where none is."""
    tree = law.expression.tree
    if not isinstance(tree, ast.Compare):
        return
    sides = tree.left, tree.comparators[0]
    bare = [s.id for s in sides if isinstance(s, ast.Name)]
    for name in (*bare, *reversed(law.expression.fields)):
        if name not in fixed and isinstance(row.get(name), int):
            off, step = (_difference(sides, {**row, name: v}, lines) for v in (0, 1))
            if abs(step - off) == 1:
                row[name] = off * (off - step)
                break
    fixed |= set(law.expression.fields)


def _difference(sides: tuple[ast.expr, ast.expr], row: Mapping[str, Any], lines: list[Row]) -> int:
    return _number(sides[0], row, lines) - _number(sides[1], row, lines)


def _number(node: ast.expr, row: Mapping[str, Any], lines: list[Row]) -> int:
    match node:
        case ast.Name():
            return int(row.get(node.id) or 0)
        case ast.Constant(value=int(value)):
            return value
        case ast.UnaryOp(operand=operand):
            return -_number(operand, row, lines)
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _number(left, row, lines), _number(right, row, lines)
            return (
                one + other
                if isinstance(op, ast.Add)
                else one - other
                if isinstance(op, ast.Sub)
                else one * other
            )
        case ast.Call() if not is_days(node):
            field = call_target(node)[1]
            return sum(_amounts(field, lines)) if field else len(lines)
    return 0


def _amounts(field: str, lines: list[Row]) -> Iterator[int]:
    return (int(line.get(field) or 0) for line in lines)
