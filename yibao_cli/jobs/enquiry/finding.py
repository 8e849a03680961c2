"""Which pieces a person at the enquiry desk may mean: by number, by code, or by the member's name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from yibao_cli.codes import mask_address, mask_id, mask_name
from yibao_cli.errors import UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.enquiry.previewing import row_of
from yibao_cli.jobs.enquiry.tracing import named_piece
from yibao_cli.jobs.workspace import require_state

if TYPE_CHECKING:
    import pyarrow as pa

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.store.packages import Package

_STATES = ("merged", "rendered", "verified", "posted")
_SHORTEST = 2  # characters of a name: one alone is a third of a city


@dataclass
class Found:
    """Pieces that may be meant.

    by: "code" or "name". rows: piece, name, number (the member's), address, employer, as far as a list may
    show them. more: whether there are others that are not shown.
    """

    by: str
    rows: list[dict[str, str]] = field(default_factory=list)
    more: bool = False


def find_pieces(workspace: Workspace, mailing: str, asked: str, most: int) -> Found:
    """Look for a piece by its number, the code on its sheet, its tracking number, or a part of a name.

    most: rows that are wanted at most. Raises UsageError for a text that is too short to look for,
    InputNotFound for a number of this mailing that no piece has.
    """
    text = unicodedata.normalize("NFKC", asked).strip()
    if len(text) < _SHORTEST:
        raise UsageError(
            _("that is too short to look for"), remedy=_("type a number, or two characters of a name")
        )
    with workspace.reading() as connection:
        require_state(connection, mailing, _STATES)
        package = workspace.package(mailing)
        if any(c.isdigit() for c in text):
            where, piece = named_piece(workspace, connection, text.upper(), mailing)
            if where != mailing:
                raise UsageError(
                    _("this code is of mailing {mailing}").format(mailing=where),
                    remedy=_("search there"),
                )
            row = row_of(connection, mailing, piece)
            table = _columns(package, row.part)
            return Found("code", _rows(package, table.filter(pc.equal(table.column("piece"), piece))))
    return _by_name(package, text, most)


def _by_name(package: Package, text: str, most: int) -> Found:
    found = Found("name")
    name = package.kind.verify.name
    for entry in package.manifest.parts:
        names = package.pieces(entry.part, [name]).column(name)
        hits = pc.match_substring(names, text)
        if not pc.any(hits).as_py():
            continue
        rows = _rows(package, _columns(package, entry.part).filter(hits))
        found.more = len(found.rows) + len(rows) > most
        found.rows += rows[: most - len(found.rows)]
        if found.more:
            break
    return found


def _columns(package: Package, part: int) -> pa.Table:
    kind = package.kind
    wanted = {"piece", kind.verify.name, kind.merge.key, "address", "employer_name"}
    return package.pieces(part, sorted(wanted & set(package.piece_fields())))


def _rows(package: Package, table: pa.Table) -> list[dict[str, str]]:
    """What a list may say of each piece: which one is opened is then kept in the audit trail."""
    kind = package.kind

    def shown(row: dict[str, Any]) -> dict[str, str]:
        return {
            "piece": row["piece"],
            "name": mask_name(str(row[kind.verify.name] or "")),
            "number": mask_id(str(row[kind.merge.key] or "")),
            "address": mask_address(str(row.get("address") or "")),
            "employer": str(row.get("employer_name") or ""),
        }

    return [shown(row) for row in table.to_pylist()]
