"""The client's own ledger totals beside a mailing's: `yibao merge --against FILE`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli import money
from yibao_cli.errors import InputRefused, UsageError
from yibao_cli.i18n import N_, _
from yibao_cli.ingest import ReadOptions, mapping_of, read_batches
from yibao_cli.jobs.inbox import check_input
from yibao_cli.kinds.against import PEOPLE, group_words, sum_name, totals_table
from yibao_cli.ledger.tying import FATES, Figure, own_totals, tied
from yibao_cli.rules import Severity
from yibao_cli.store.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.fields import TableSpec
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.ledger.assemble import Ledger
    from yibao_cli.store.imports import ImportRecord

_FATE_WORDS = dict(zip(FATES, (N_("printed"), N_("held"), N_("not selected"), N_("rejected")), strict=True))


@dataclass(frozen=True, slots=True)
class Totals:
    """What a file of the client states: by group the number of people and the sums in fen.

    groups, figures: names of the columns that it has.
    """

    file_name: str
    sha256: str
    groups: tuple[str, ...]
    figures: tuple[str, ...]
    stated: dict[tuple[str, ...], dict[str, int]]


@dataclass(frozen=True, slots=True)
class Tie:
    """How a mailing stands against the client's totals."""

    file_name: str
    sha256: str
    groups: tuple[str, ...]
    figures: tuple[Figure, ...]

    @property
    def holds(self) -> bool:
        """Whether every figure ties."""
        return all(f.ties for f in self.figures)

    def rows(self, kind: Kind, *, for_people: bool = True) -> list[dict[str, object]]:
        """The figures that differ; all of them where none does.

        for_people: amounts as texts, and no more columns than a terminal of 80 characters has room for;
        without it amounts are numbers, and ours is also told by what becomes of the members.
        """
        spec = totals_table(kind)
        shown = [f for f in self.figures if not f.ties] or list(self.figures)
        return [self._row(f, spec, for_people=for_people) for f in shown] if spec else []

    def _row(self, figure: Figure, spec: TableSpec, *, for_people: bool) -> dict[str, object]:
        is_count = figure.name == PEOPLE
        field = spec.field(figure.name)

        def amount(value: int | None) -> object:
            if value is None:
                return ""
            if is_count:
                return value
            # A double keeps fen exact beyond any sum of a client's.
            return money.yuan(value) if for_people else value / 100

        names = [spec.field(g).label for g in self.groups]
        return {
            **dict(zip(names, figure.group, strict=True)),
            N_("figure"): field.label,
            N_("theirs"): amount(figure.theirs),
            N_("ours"): amount(figure.ours),
            N_("difference"): amount(figure.difference),
            **({} if for_people else {_FATE_WORDS[f]: amount(figure.by_fate.get(f)) for f in FATES}),
        }

    def people(self) -> dict[str, int]:
        """Members of all groups by what becomes of them."""
        counted = [f for f in self.figures if f.name == self.figures[0].name]
        return {fate: sum(f.by_fate.get(fate, 0) for f in counted) for fate in FATES}


def stated_totals(workspace: Workspace, kind: Kind, path: Path) -> Totals:
    """Read the client's totals.

    Raises UsageError for a kind that says nothing of totals, InputNotFound and InputRefused for a file that
    cannot be used: every doubt about one of its figures refuses it.
    """
    spec = totals_table(kind)
    if spec is None or kind.against is None:
        raise UsageError(
            _("the kind {kind} says nothing of the client's totals").format(kind=kind.id),
            remedy=_("declare [against] in its kind.toml; docs/kinds.md describes it"),
        )
    check_input(path)
    spellings = workspace.settings.spellings(kind.id)
    options = ReadOptions(spellings=spellings, today=workspace.today, unmapped=True)
    there = {f for fields in mapping_of(path, spec, options).values() for f in fields}
    groups = tuple(g for g in kind.against.groups if g in there)
    figures = tuple(n for n in (PEOPLE, *map(sum_name, kind.against.sums)) if n in there)
    if not groups or not figures:
        raise InputRefused(
            _("totals want a column of {groups} and one of {figures}").format(
                groups=_labels(spec, kind.against.groups),
                figures=_labels(spec, (PEOPLE, *map(sum_name, kind.against.sums))),
            ),
            where=path.name,
            remedy=_("ask the client for totals by group, or rename the headers"),
        )
    words = {g: group_words(kind, g, options.spellings) for g in groups}
    found: dict[tuple[str, ...], dict[str, int]] = {}
    for batch in read_batches(path, spec, options):
        for finding in batch.findings:
            if finding.severity is not Severity.NOTE and finding.rule_id not in _HARMLESS:
                raise InputRefused(finding.message(), where=finding.place, remedy=finding.remedy())
        for row in batch.table.to_pylist():
            group = tuple(word(row[g]) for g, word in words.items())
            sums = found.setdefault(group, dict.fromkeys(figures, 0))
            for name in figures:
                sums[name] += row[name] or 0
    return Totals(path.name, sha256_of(path), groups, figures, found)


def tie_to(ledger: Ledger, totals: Totals, workspace: Workspace, records: Sequence[ImportRecord]) -> Tie:
    """Compare the client's totals with those of a judged ledger."""
    kind = ledger.kind
    rosters = (r.rejected(workspace.folder) for r in records if r.table == kind.merge.base)
    sums = [s for s in (kind.against.sums if kind.against else ()) if sum_name(s) in totals.figures]
    ours = own_totals(ledger, totals.groups, sums, [p for p in rosters if p.is_file()])
    return Tie(totals.file_name, totals.sha256, totals.groups, tuple(tied(totals.stated, ours)))


# Sheets without the table, columns that nobody asked for, rows of totals: nothing of them is taken.
_HARMLESS = frozenset({"I101", "I102", "I103", "I104"})


def _labels(spec: TableSpec, names: Sequence[str]) -> str:
    return " / ".join(spec.field(n).label for n in names)
