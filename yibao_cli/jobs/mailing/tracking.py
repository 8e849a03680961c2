"""Tracking numbers: blocks from the post, and one number for each piece of a registered mailing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from yibao_cli.config import shipped
from yibao_cli.errors import StateError, UsageError
from yibao_cli.i18n import Word, _, choices
from yibao_cli.ingest import ReadOptions, read_batches
from yibao_cli.jobs.inbox import check_input
from yibao_cli.kinds.fields import TableSpec
from yibao_cli.kinds.loading import read_toml
from yibao_cli.mailing.tracking import FORM_WORDS, FORMS, Block, BlockRow, Series, allot, blocks_of, overlaps
from yibao_cli.model import Finding
from yibao_cli.store import audit, tracking
from yibao_cli.store.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.mailing.tracking import Form

_MONTHS = 12


@dataclass
class NumbersOutcome:
    """What came of a file of numbers: the new blocks, how many numbers they have, and what was left out."""

    file_name: str
    blocks: list[Block] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def numbers(self) -> int:
        """New numbers."""
        return sum(b.count for b in self.blocks)


def table_spec(name: str) -> TableSpec:
    """How a file of `templates/handover/tables.toml` is read."""
    return TableSpec.model_validate(read_toml(shipped("templates") / "handover" / "tables.toml")[name])


def import_numbers(workspace: Workspace, path: Path, form: str, options: ReadOptions) -> NumbersOutcome:
    """Add the numbers of a file to the pool: from-to rows, or one number a row. form: "" for the setting's.

    Raises UsageError for a form there is not, InputRefused or InputNotFound for the file.
    """
    wanted = _form(form or workspace.settings.tracking.form)
    check_input(path)
    outcome = NumbersOutcome(path.name)
    rows = list(_rows(path, options, outcome))
    found, findings = blocks_of(rows, wanted, check=workspace.settings.tracking.check)
    outcome.findings += findings
    with workspace.locked("numbers"), workspace.engine.begin() as connection:
        fresh = _fresh(workspace, connection, found, outcome)
        outcome.blocks = fresh
        tracking.add_blocks(connection, [_row(b, path.name, workspace.today) for b in fresh])
        facts = {"sha256": sha256_of(path), "blocks": len(fresh), "numbers": outcome.numbers}
        audit.record(connection, at=workspace.stamp, command="numbers add", mailing="", facts=facts)
    return outcome


def number_pool(workspace: Workspace) -> list[dict[str, object]]:
    """Each block: its ends, how many numbers it has, how many are free, when it was last used."""
    with workspace.reading() as connection:
        return [
            {
                "form": Word(b.series.form, FORM_WORDS[b.series.form], typed=True),
                "first": b.series.number(b.first),
                "last": b.series.number(b.last),
                "count": b.count,
                "free": b.free,
                "used_on": b.used_on,
            }
            for b in _blocks(connection)
        ]


def assign_numbers(
    workspace: Workspace, mailing: str, members: Sequence[tuple[str, str]]
) -> Mapping[str, str]:
    """Give each piece of a registered mailing its number: piece -> number, kept from an earlier merge.

    members: (member, piece) in print order, the member as `person_no=17`. Raises StateError with how many
    numbers are missing; then none is given out.
    """
    with workspace.locked("numbers"), workspace.engine.begin() as connection:
        known = tracking.assigned(connection, mailing)
        new = [(m, p) for m, p in members if m not in known]
        if new:
            numbers = _take(workspace, connection, len(new))
            rows = [(m, p, n) for (m, p), n in zip(new, numbers, strict=True)]
            tracking.assign(connection, mailing, rows, workspace.today)
            known |= {m: (n, p) for m, p, n in rows}
            facts = {"numbers": len(new)}
            audit.record(connection, at=workspace.stamp, command="numbers", mailing=mailing, facts=facts)
        moved = [(m, p) for m, p in members if known[m][1] != p]
        tracking.renumber_pieces(connection, mailing, moved)
    return {p: known[m][0] for m, p in members}


def _take(workspace: Workspace, connection: Connection, count: int) -> list[str]:
    form = workspace.settings.tracking.form
    free = [b for b in _blocks(connection) if b.series.form == form and b.free > 0]
    numbers, changed, missing = allot(free, count)
    if missing:
        raise StateError(
            _("{missing} tracking numbers are missing: {count} pieces want one, {free} are free").format(
                missing=missing, count=count, free=count - missing
            ),
            remedy=_("get a block of them from the post, and add it with `yibao numbers add FILE`"),
        )
    for block in changed:
        tracking.advance(connection, block.id, block.next, workspace.today)
    return numbers


def _fresh(
    workspace: Workspace, connection: Connection, found: list[Block], outcome: NumbersOutcome
) -> list[Block]:
    """The blocks that share no number with one that is too young; an older one ends where they begin."""
    months = workspace.settings.tracking.reuse_months
    limit = months_before(workspace.today, months)
    names = {row.id: row.file_name for row in tracking.blocks(connection)}
    refused: set[Block] = set()
    ended: dict[int, Block] = {}
    for block, other in overlaps(found, _blocks(connection)):
        if other.used_on > limit:
            refused.add(block)
            details = {"day": other.used_on, "file": names[other.id], "months": months}
            number = block.series.number(max(block.first, other.first))
            outcome.findings.append(Finding("M144", outcome.file_name, value=number, details=details))
        else:
            ended[other.id] = other
    for other in ended.values():
        tracking.advance(connection, other.id, other.last + 1)
    return [b for b in found if b not in refused]


def _blocks(connection: Connection) -> list[Block]:
    return [
        Block(Series(r.form, r.prefix, r.suffix, r.checked), r.first, r.last, r.next, r.id, r.used_on)
        for r in tracking.blocks(connection)
    ]


def _row(block: Block, file_name: str, day: str) -> dict[str, Any]:
    series = block.series
    return {
        "form": series.form,
        "prefix": series.prefix,
        "suffix": series.suffix,
        "checked": series.checked,
        "first": block.first,
        "last": block.last,
        "next": block.first,
        "file_name": file_name,
        "used_on": day,
    }


def _rows(path: Path, options: ReadOptions, outcome: NumbersOutcome) -> Iterator[BlockRow]:
    for batch in read_batches(path, table_spec("numbers"), options):
        outcome.findings += batch.findings
        for row in batch.table.select(["first", "last", "src_sheet", "src_row"]).to_pylist():
            yield BlockRow(row["first"], row["last"] or "", path.name, row["src_sheet"] or "", row["src_row"])


def _form(text: str) -> Form:
    for form in FORMS:
        if form == text:
            return form
    raise UsageError(
        _("there are no tracking numbers of the form {form}").format(form=text),
        remedy=_("use one of: {known}").format(known=choices(FORM_WORDS)),
    )


def months_before(day: str, months: int) -> str:
    """The ISO day some months before; the last of its month where there is no such day.

    >>> months_before("2026-08-31", 6)
    '2026-02-28'
    """
    given = date.fromisoformat(day)
    count = given.year * _MONTHS + given.month - 1 - months
    year, month = count // _MONTHS, count % _MONTHS + 1
    for last in (given.day, 30, 29, 28):
        try:
            return date(year, month, min(given.day, last)).isoformat()
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")  # pragma: no cover
