"""Which pieces are to be printed again: numbers and codes as a person gives them, each of them judged."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from yibao_cli.codes import mask_id, parse_copy, parse_sheet_code
from yibao_cli.errors import InputRefused, UsageError
from yibao_cli.i18n import _
from yibao_cli.ingest.encoding import plain_lines
from yibao_cli.jobs.inbox import check_input
from yibao_cli.model import Finding
from yibao_cli.store.schema import pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

_MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Named:
    """What was given: each number or code with the line it stands in; the file's name, "" for no file."""

    tokens: list[tuple[str, int]]
    file_name: str = ""


def named_pieces(given: str) -> Named:
    """Take apart what was given: numbers with commas between, or the name of a file of numbers or codes.

    Raises UsageError where nothing is named, InputNotFound and InputRefused for a file that cannot be used.
    """
    path = Path(given)
    # A list of numbers may be longer than a file's name can be; an input method makes its commas wide.
    plain = _folded(given).replace("、", ",")
    if "," in plain or parse_copy(plain) is not None:
        return Named([(t.strip(), 1) for t in plain.split(",") if t.strip()])
    if given.strip().isalnum() and not path.is_file():
        raise UsageError(
            _("this is no piece number: its form or its check character is wrong"),
            remedy=_("read the number beside the code again, or scan the code"),
        )
    check_input(path)
    if path.stat().st_size > _MOST_BYTES:
        raise InputRefused(_("the file is too large"), where=path.name, remedy=_("give one number a line"))
    lines = _lines(path)
    found = [
        (t.strip(' "'), n) for n, line in enumerate(lines, 1) for t in line.replace("\t", ",").split(",")
    ]
    if not found:
        raise UsageError(_("no piece is named"), remedy=_("name pieces, or a file of them, with --pieces"))
    # The first line may be a header.
    return Named([(t, n) for t, n in found if t and (n > 1 or any(c.isdigit() for c in t))], path.name)


def _lines(path: Path) -> list[str]:
    try:
        return plain_lines(path)
    except InputRefused as error:
        raise InputRefused(
            _("this is no plain text"), where=path.name, remedy=_("give one number a line, as plain text")
        ) from error


def current_copies(connection: Connection, mailing: str, named: Named) -> dict[str, int]:
    """The copy that counts of each piece that is named."""
    known: dict[str, int] = {}
    query = select(pieces.c.copy).where(pieces.c.mailing == mailing)
    for token, _line in named.tokens:
        parsed = parse_copy(_folded(token))
        if parsed is not None:
            copy = connection.execute(query.where(pieces.c.piece == parsed[0])).scalar()
            if copy is not None:
                known[parsed[0]] = copy
    return known


def judge_names(
    named: Named, mailing: str, known: Mapping[str, int], waiting: Mapping[str, int]
) -> tuple[dict[str, int], list[Finding]]:
    """The number of the next copy of each piece, and a finding for each name that cannot be printed again.

    known: the copy that counts of each piece of the mailing; waiting: pieces in an open request, by its
    number. Rules M165 to M168.
    """
    copies: dict[str, int] = {}
    findings: list[Finding] = []
    for token, line in named.tokens:
        parsed = parse_copy(_folded(token))
        fault = _fault(token, parsed, mailing, known, waiting)
        if fault is not None:
            place = {"file": named.file_name, "row": line} if named.file_name else {"file": "--pieces"}
            findings.append(replace(fault, **place))
        elif parsed is not None:
            copies[parsed[0]] = known[parsed[0]] + 1
    return copies, findings


def _fault(
    token: str,
    parsed: tuple[str, int | None] | None,
    mailing: str,
    known: Mapping[str, int],
    waiting: Mapping[str, int],
) -> Finding | None:
    if parsed is None:
        return Finding("M165", value=mask_id(token[:40]))
    piece, copy = parsed
    if piece not in known or not _of_mailing(token, mailing):
        return Finding("M166", value=piece, details={"mailing": mailing})
    if piece in waiting:
        return Finding("M167", value=piece, details={"number": waiting[piece]})
    if copy is not None and copy < known[piece]:
        return Finding("M168", value=piece, details={"copy": known[piece]})
    return None


def _of_mailing(token: str, mailing: str) -> bool:
    """A sheet code names its mailing; the same piece number is in others too."""
    code = parse_sheet_code(_folded(token))
    return code is None or code.mailing == mailing


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().upper()
