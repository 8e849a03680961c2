"""A client's files, invented: for the demo, the tests and every benchmark.

Same kind, size and seed, same bytes. Nothing in them belongs to a living person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from yibao_cli.errors import UsageError
from yibao_cli.i18n import _
from yibao_cli.sample import annual, dues, electricity, fund, medical, overdue
from yibao_cli.sample.people import FEWEST, MOST
from yibao_cli.sample.tally import SampleSummary, write_expected

if TYPE_CHECKING:
    from pathlib import Path

_WRITERS = {
    "medical": medical.write,
    "electricity": electricity.write,
    "arrears": overdue.write_arrears,
    "power-cut": overdue.write_notices,
    "contribution": dues.write,
    "housing-fund": fund.write,
    "medical-annual": annual.write,
}
KINDS = tuple(_WRITERS)
LINED = ("medical",)
MOST_LINES = 20  # on average; nobody has more than 40 but those who were planted

__all__ = ["KINDS", "LINED", "SampleSummary", "write_sample"]


def write_sample(
    folder: Path, kind: str, members: int, seed: int, lines_per_member: int | None = None
) -> SampleSummary:
    """Write a client's files into `folder/inbox/` and what was planted into `folder/expected.json`.

    kind: one of KINDS. members: data rows of the roster, 200 to 1,500,000, dirt included.
    lines_per_member: transactions of a member on average, 1 to 20; None for what the kind has. Only a kind
    of LINED can be asked for it. Files that are there already are written over. Memory does not grow with
    `members`, but for a few bytes for each bad address and each return.

    Raises UsageError for an unknown kind, a size out of bounds, and lines of a kind that has none.
    """
    if kind not in _WRITERS:
        raise UsageError(
            _("there is no sample of the kind {kind}").format(kind=kind),
            remedy=_("choose one of: {kinds}").format(kinds=", ".join(KINDS)),
        )
    if not FEWEST <= members <= MOST:
        raise UsageError(
            _("a sample of {members} members cannot be made").format(members=members),
            remedy=_("ask for {fewest} to {most} members").format(fewest=FEWEST, most=MOST),
        )
    if lines_per_member is not None and kind not in LINED:
        raise UsageError(
            _("the sample of the kind {kind} has no number of lines to choose").format(kind=kind),
            remedy=_("leave --lines-per-member out"),
        )
    if lines_per_member is not None and not 1 <= lines_per_member <= MOST_LINES:
        raise UsageError(
            _("a sample with {lines} lines for a member cannot be made").format(lines=lines_per_member),
            remedy=_("ask for 1 to {most} lines").format(most=MOST_LINES),
        )
    inbox = folder / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    if lines_per_member is None:
        facts, tally = _WRITERS[kind](inbox, members, seed)
    else:
        facts, tally = medical.write(inbox, members, seed, lines_per_member)
    expected = folder / "expected.json"
    write_expected(expected, facts, tally)
    return SampleSummary(folder, kind, members, seed, cast("dict[str, int]", facts["files"]), expected)
