"""A review on the terminal: one address after the other, each decision kept at once, with the way back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from yibao_cli.i18n import _
from yibao_cli.jobs.address.booking import judging_of
from yibao_cli.jobs.address.deciding import decide, undo
from yibao_cli.jobs.address.decisions import Decider, Decision
from yibao_cli.jobs.address.review import members_by_writing, review_items, who_writes
from yibao_cli.store import audit, book

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from yibao_cli.jobs.address.booking import Writing
    from yibao_cli.jobs.address.decisions import Action, Undo
    from yibao_cli.jobs.address.review import ReviewItem
    from yibao_cli.jobs.workspace import Workspace

_SOURCE = "terminal"


@dataclass
class Review:
    """What waits, where the person is, and what was decided so far.

    at: index of the item that is shown; == len(items) after the last. done: index, action and undo of each
    decision, oldest first.
    """

    workspace: Workspace
    items: list[ReviewItem]
    members: dict[Writing, list[str]]
    decider: Decider
    at: int = 0
    done: list[tuple[int, Action, Undo]] = field(default_factory=list)

    @property
    def current(self) -> ReviewItem | None:
        """The item that is shown; None after the last."""
        return self.items[self.at] if self.at < len(self.items) else None

    @property
    def count(self) -> int:
        """How many are settled."""
        return len(self.done)

    def decide(self, action: Action, text: str = "", postcode: str = "", member: str = "") -> str:
        """Decide about the item that is shown and go on; gives what is in the way, or a doubt, or ""."""
        item = self.current
        if item is None:
            return ""
        decision = Decision(item.entry.id, action, item.token, text, postcode, member)
        with self.workspace.locked("addresses"), self.workspace.engine.begin() as connection:
            result = decide(connection, decision, self.decider, who_writes(self.members))
            if result.applied:
                self._record(connection, item.entry.id, action)
        told = _("; ").join(f"{f.rule_id} {f.message()}" for f in result.findings)
        if result.applied:
            self.done.append((self.at, action, result.undo))
        if result.applied or result.known:
            self.at += 1
        elif any(f.rule_id == "A141" for f in result.findings):
            self._look_again(item)
        return told

    def _look_again(self, item: ReviewItem) -> None:
        """Show what the entry has become; the person decides about that."""
        with self.workspace.reading() as connection:
            self.items[self.at] = replace(item, entry=book.entry(connection, item.entry.id))

    def skip(self) -> None:
        """Leave the item as it is and show the next."""
        self.at = min(self.at + 1, len(self.items))

    def back(self) -> None:
        """Show the item before."""
        self.at = max(self.at - 1, 0)

    def take_back(self) -> bool:
        """Undo the last decision and show its item again; False when there is none."""
        if not self.done:
            return False
        self.at, _action, change = self.done.pop()
        with self.workspace.locked("addresses"), self.workspace.engine.begin() as connection:
            undo(connection, change, self.decider)
            self._record(connection, self.items[self.at].entry.id, "undone")
        return True

    def _record(self, connection: Connection, entry: int, action: str) -> None:
        facts = {"entry": entry, "action": action}
        stamp = self.workspace.stamp
        audit.record(connection, at=stamp, command="address review", mailing="", facts=facts)


def open_review(workspace: Workspace, mailing: str, by: str = "", *, held: bool = False) -> Review:
    """A review of what waits for a person in a mailing. by: who decides; "" for whoever runs the program."""
    mailing = workspace.mailing_id(mailing)
    items = review_items(workspace, mailing, held=held)
    decider = Decider(by or audit.operator(), workspace.stamp, _SOURCE, judging_of(workspace))
    return Review(workspace, items, members_by_writing(workspace, mailing), decider)
