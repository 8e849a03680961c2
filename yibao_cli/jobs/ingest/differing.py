"""What a corrected file changed, against the one that it takes the place of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli import money
from yibao_cli.exports import Column
from yibao_cli.i18n import _
from yibao_cli.ledger.comparing import compared
from yibao_cli.sealed.keys import key_of
from yibao_cli.store.lists import kept_book

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from yibao_cli.exports import Cell
    from yibao_cli.kinds.fields import TableSpec
    from yibao_cli.ledger.comparing import Change, Comparison

CHANGES_FILE = "changes.xlsx"
_MOST_LISTED = 100_000  # of each sort; the counts are of all
_MOST_SEALED = 20_000


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of a corrected file: new, changed, gone since the earlier one, and the same as before."""

    new: int
    changed: int
    gone: int
    same: int


def write_changes(old: Sequence[Path], new: Path, spec: TableSpec, folder: Path) -> Difference:
    """Compare the rows of an import with the earlier ones; list what changed in `changes.xlsx` in `folder`.

    The list has whole keys and values, for the operator: private (0600), encrypted where the workspace is.
    """
    with compared(old, new, spec, folder) as comparison:
        difference = Difference(**comparison.counts())
        if difference.new or difference.changed or difference.gone:
            _write(comparison, spec, folder / CHANGES_FILE)
    return difference


def _write(comparison: Comparison, spec: TableSpec, path: Path) -> None:
    keys = tuple(Column(spec.field(name).label) for name in spec.key)
    place = (Column(_("Sheet"), "wrap"), Column(_("Row"), "count"))
    # An encrypted workbook is put together in memory.
    most = _MOST_LISTED if key_of(path) is None else _MOST_SEALED
    with kept_book(path, _("Page &P of &N"), _("Changes")) as book:
        book.long_table(
            _("changed"),
            _("Changed: {table}").format(table=spec.label),
            (*keys, Column(_("Field")), Column(_("Before"), "wrap"), Column(_("Now"), "wrap"), *place),
            _changed(comparison.changes("changed", most), spec),
        )
        for what, name, title in (
            ("new", _("new"), _("New: {table}")),
            ("gone", _("gone"), _("Gone: {table}")),
        ):
            book.long_table(
                name,
                title.format(table=spec.label),
                (*keys, *place),
                ((*c.key, c.sheet, c.row) for c in comparison.changes(what, most)),
            )


def _changed(changes: Iterator[Change], spec: TableSpec) -> Iterator[Sequence[Cell]]:
    """One line a field that changed."""
    for change in changes:
        for name, (before, now) in change.values.items():
            field = spec.field(name)
            shown = (_shown(before, field.type), _shown(now, field.type))
            yield (*change.key, field.label, *shown, change.sheet, change.row)


def _shown(value: object, kind: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return money.yuan(value) if kind == "money" and isinstance(value, int) else str(value)
