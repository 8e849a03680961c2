"""The table of the client's own ledger totals, from what a kind says of its groups and sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.i18n import N_
from yibao_cli.kinds.fields import FieldSpec, TableSpec, normal_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from yibao_cli.kinds.kind import Kind

PEOPLE = "people"
LABEL = N_("the client's ledger totals")
# How clients head a column of sums: `期末余额合计`, `合计期末余额`.
_AROUND = ("{}", "{}合计", "合计{}", "{}总额", "{}小计")


def sum_name(written: str) -> str:
    """The column of a sum in the table of totals: `transactions.total` has no dot there."""
    return written.replace(".", "__")


def totals_table(kind: Kind) -> TableSpec | None:
    """What a file of the client's totals may have; None for a kind that names no groups.

    Groups and sums have the headers of the fields they are of, sums also with a word for their being sums.
    """
    if kind.against is None:
        return None
    roster = kind.inputs[kind.merge.base]
    groups = [roster.field(n).model_copy(update=_PLAIN) for n in kind.against.groups]
    people = FieldSpec(name=PEOPLE, label=kind.against.people, type="integer", aliases=kind.against.aliases)
    taken = {h for f in (*groups, people) for h in f.headers}
    sums = []
    for written in kind.against.sums:
        field = field_of(kind, written)
        spec = FieldSpec(
            name=sum_name(written),
            label=field.label,
            type="money",
            aliases=tuple(_free(field, taken)),
        )
        taken |= set(spec.headers)
        sums.append(spec)
    return TableSpec(label=LABEL, fields=(*groups, people, *sums))


def group_words(
    kind: Kind, name: str, spellings: Mapping[str, Mapping[str, str]]
) -> Callable[[str | None], str]:
    """How a client's word for a group becomes the roster's; spellings: the client's own, by field."""
    field = kind.inputs[kind.merge.base].field(name)
    ours = {normal_header(w): word for word, others in field.choices.items() for w in (word, *others)}
    ours |= {normal_header(theirs): word for theirs, word in spellings.get(name, {}).items()}
    return lambda word: ours.get(normal_header(word or ""), (word or "").strip())


def field_of(kind: Kind, written: str) -> FieldSpec:
    """The money field that a sum is of; KeyError where there is none."""
    table, _dot, name = written.rpartition(".")
    tables = [table] if table else [kind.merge.base, *kind.merge.accounts]
    known = {f.name: f for t in reversed(tables) if t in kind.inputs for f in kind.inputs[t].fields}
    if table not in {"", kind.merge.lines} or known[name].type != "money":
        raise KeyError(written)
    return known[name]


# A word that the kind's vocabulary does not know names a group that the roster does not have.
_PLAIN = {
    "type": "text",
    "choices": {},
    "required": False,
    "sensitive": False,
    "past": False,
    "in_id": "",
}


def _free(field: FieldSpec, taken: Iterable[str]) -> list[str]:
    """Headers of a sum that mean no other column."""
    owned = set(taken)
    words = (form.format(word) for word in (field.label, *field.aliases) for form in _AROUND)
    return [w for w in dict.fromkeys(words) if normal_header(w) not in owned and w != field.label]
