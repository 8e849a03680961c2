"""What people have to settle, and the workbook for it: the proposal beside the original, drop-downs."""

from __future__ import annotations

import json
import os
import tomllib
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from glob import escape
from typing import TYPE_CHECKING, Any

from yibao_cli.config import shipped
from yibao_cli.errors import UsageError
from yibao_cli.exports import Book, Column
from yibao_cli.i18n import _
from yibao_cli.jobs.address.decisions import token_of
from yibao_cli.jobs.address.rosters import roster_batches, sources_of
from yibao_cli.jobs.answers import require_no_answers
from yibao_cli.kinds.fields import TableSpec
from yibao_cli.model import Finding
from yibao_cli.store import audit, book
from yibao_cli.store.files import TEMPORARY, sha256_of, told_as_errors
from yibao_cli.store.schema import addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from yibao_cli.jobs.address.booking import Writing
    from yibao_cli.jobs.workspace import Workspace

ALL, OWN = "全部", "本人"
_COMMAND = "address review"
_COLUMNS = (
    *("address_id", "token", "scope", "member_no", "count", "raw", "postcode_given", "county_given"),
    *("verdict", "problem", "proposal", "proposed_postcode", "decision", "text", "postcode", "why"),
)
_INPUTS = {"decision": 8.0, "text": 40.0, "postcode": 12.0, "why": 20.0}
_WRAPPED = {"raw", "problem", "proposal"}
_MOST_MEMBERS = 1_000_000  # of the second sheet, which Excel ends at 1,048,576 rows


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """An entry that waits for a person; members: who writes it in the roster, as `person_no=17`."""

    entry: Any
    members: tuple[str, ...]

    @property
    def token(self) -> str:
        """What tells whether the entry changed since."""
        return token_of(self.entry)

    @property
    def problem(self) -> str:
        """The doubts, in the language in use."""
        found = json.loads(self.entry.reasons)
        return _("; ").join(Finding(rule_id, details=details).message() for rule_id, details in found)


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """Rows of the workbook: addresses, and members of addresses that several wrote."""

    path: Path
    addresses: int
    members: int


def review_spec() -> TableSpec:
    """The columns of the workbook."""
    path = shipped("templates") / "common" / "review.toml"
    return TableSpec.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def review_items(workspace: Workspace, mailing: str, *, held: bool = False) -> list[ReviewItem]:
    """The entries of a mailing's roster that wait for a person: bad and doubtful ones, by their doubt.

    held: also those that a person holds already.
    """
    mailing = workspace.mailing_id(mailing)
    members = members_by_writing(workspace, mailing)
    found = []
    with workspace.reading() as connection:
        for entry in connection.execute(book.entries().order_by(addresses.c.id)):
            if entry.verdict == "good" or (entry.settled == "held" and not held):
                continue
            writing = entry.raw, entry.postcode_given, entry.county_given
            who = [m for m in members.get(writing, ()) if entry.member in {"", m}]
            if who:
                found.append(ReviewItem(entry, tuple(who)))
    return sorted(found, key=_order)


def members_by_writing(workspace: Workspace, mailing: str) -> dict[Writing, list[str]]:
    """Who writes each address of the roster, in the roster's order; members as `person_no=17`."""
    found: dict[Writing, dict[str, None]] = defaultdict(dict)
    for record in sources_of(workspace, mailing):
        for batch in roster_batches(workspace, mailing, record):
            for row in batch:
                found[row.writing][row.member] = None
    return {writing: list(who) for writing, who in found.items()}


def who_writes(members: dict[Writing, list[str]]) -> Callable[[Writing], Sequence[str]]:
    """The look-up that decisions ask for."""
    return lambda writing: members.get(writing, ())


def write_review(workspace: Workspace, mailing: str, path: Path, *, held: bool = False) -> ReviewOutcome:
    """Write the workbook of what waits for a person; 0600.

    Raises UsageError when the file is no .xlsx, StateError when there is one that yibao has not made or that
    somebody has filled in and not handed in, and the system's refusals as ours.
    """
    mailing = workspace.mailing_id(mailing)
    if path.suffix.lower() != ".xlsx":
        raise UsageError(
            _("{file} is no workbook").format(file=path.name), remedy=_("name a file that ends in .xlsx")
        )
    items = review_items(workspace, mailing, held=held)
    shared = [item for item in items if len(item.members) > 1]
    spec = review_spec()
    with _in_place_of(workspace, path) as made, Book.to(made, _("Page &P of &N"), mailing) as out:
        out.long_table(
            spec.label,
            _("Addresses to settle: {mailing}").format(mailing=mailing),
            _columns(spec),
            map(_row, items),
        )
        out.long_table(
            "逐人更正",
            _("One row a member, for addresses that several wrote"),
            _columns(spec, own=True),
            _member_rows(shared),
        )
    people = sum(len(item.members) for item in shared)
    with workspace.engine.begin() as connection:
        facts = {"addresses": len(items), "members": people, "sha256": sha256_of(path)}
        audit.record(connection, at=workspace.stamp, command=_COMMAND, mailing=mailing, facts=facts)
    return ReviewOutcome(path, len(items), people)


@contextmanager
def _in_place_of(workspace: Workspace, path: Path) -> Iterator[Path]:
    """A file that takes the place of another when the block ends well, unless answers stand in that."""
    made = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY}")
    for left in path.parent.glob(f"{escape(path.name)}.*{TEMPORARY}"):  # of a run that was killed
        left.unlink(missing_ok=True)
    with told_as_errors(path):
        try:
            yield made
            require_no_answers(workspace, path, made, _COMMAND)
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)


def _order(item: ReviewItem) -> tuple[str, str, str, int]:
    entry = item.entry
    return entry.verdict, entry.reasons[:8], entry.street_key, entry.id


def _columns(spec: TableSpec, *, own: bool = False) -> list[Column]:
    return [_column(spec, name, own=own) for name in _COLUMNS]


def _column(spec: TableSpec, name: str, *, own: bool) -> Column:
    field = spec.field(name)
    if name == "decision":
        # For one member alone there is nothing to accept: the address is the others', too.
        words = ["更正"] if own else list(field.choices)
        return Column(field.label, "input", choices=words, narrowest=_INPUTS[name])
    if name in _INPUTS:
        return Column(field.label, "input", narrowest=_INPUTS[name])
    if name == "count":
        return Column(field.label, "count")
    return Column(field.label, "wrap" if name in _WRAPPED else "text", widest=36)


def _row(item: ReviewItem) -> list[str | int | None]:
    return _cells(item, ALL, item.members[0] if len(item.members) == 1 else "", len(item.members))


def _member_rows(items: list[ReviewItem]) -> Iterator[list[str | int | None]]:
    count = 0
    for item in items:
        for member in item.members:
            count += 1
            if count > _MOST_MEMBERS:
                return
            yield _cells(item, OWN, member, None)


def _cells(item: ReviewItem, scope: str, member: str, count: int | None) -> list[str | int | None]:
    entry = item.entry
    verdict = {"doubtful": _("doubtful"), "bad": _("not deliverable")}[entry.verdict]
    place = [str(entry.id), item.token, scope, member.partition("=")[2], count]
    written = [entry.raw, entry.postcode_given, entry.county_given]
    return [*place, *written, verdict, item.problem, entry.standard, entry.postcode, "", "", "", ""]
