"""Returned letters at a hand scanner: each scan is one durable transaction, and a crash loses nothing.

A code counts as soon as it is read, with the reason R99 or the preset one; the key that follows changes the
reason. Several stations work on one database at once: the database itself refuses the second scan of a copy.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from yibao_cli.errors import UsageError
from yibao_cli.i18n import _, choices
from yibao_cli.jobs.returns.days import require_day
from yibao_cli.jobs.returns.returning import blank_intake, mailing_facts, wording_of
from yibao_cli.jobs.returns.settling import settle_returns
from yibao_cli.jobs.returns.stations import ACCEPTED, REASON, SAID, SHORTEST, UNDONE, held_name, total_of
from yibao_cli.jobs.workspace import require_state
from yibao_cli.model import Finding
from yibao_cli.returns.judging import judge
from yibao_cli.returns.lines import Line, read_code, read_line
from yibao_cli.returns.reasons import OTHER, REASONS
from yibao_cli.store import audit
from yibao_cli.store import returns as store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.returns.judging import Verdict
    from yibao_cli.returns.reasons import Wording

# What a scan came to, for the ear and the eye; every refusal has one of these words.
OUTCOMES: Mapping[str, str] = {
    "T102": "wrong-mailing",
    "T103": "unknown",
    "T104": "unknown",
    "T105": "early",
    "T106": "early",
    "T108": "duplicate",
    "T110": "damaged",
    "T111": "foreign",
    "T112": "void",
    "T113": "unknown",
}


@dataclass(frozen=True, slots=True)
class Scan:
    """What one line came to.

    outcome: accepted, reason, undone, said, or a word of OUTCOMES. rule: the rule that refused it, or "".
    text: what the operator is told, in the language in use.
    """

    outcome: str
    piece: str = ""
    copy: int = 0
    reason: str = ""
    rule: str = ""
    text: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_refused(self) -> bool:
        """Whether the letter is to be put aside."""
        return bool(self.rule)

    @property
    def what(self) -> str:
        """The number of the piece."""
        return self.piece

    def plain(self) -> dict[str, object]:
        """The same for a program."""
        return {k: v for k, v in asdict(self).items() if k != "details"}


@dataclass
class Station:
    """One scanner: its name, the day of return, the reason when none is keyed, and what it has done.

    counts: word of the outcome -> scans of this session. way, source: where codes come from, a scanner or a
    picture; refused pictures are written down by whoever has the picture. aside: the last letter was refused.
    """

    workspace: Workspace
    mailing: str
    name: str
    day: str
    posted_on: str
    preset: str
    wording: Wording
    counts: Counter[str] = field(default_factory=Counter)
    way: str = "scan"
    source: str = ""
    aside: bool = False

    def held(self) -> AbstractContextManager[None]:
        """Keep the name for this session. Raises LockHeld when another session goes by it."""
        return held_name(self.workspace, self.mailing, self.name)

    def greeting(self) -> Iterator[str]:
        """What the operator reads first, a line each."""
        yield _("station {name}, mailing {mailing}, returned on {day}").format(
            name=self.name, mailing=self.mailing, day=self.day
        )
        yield reason_keys()
        yield _("scan a code, then key its reason; u takes back, c counts, q ends")

    def take_code(self, text: str, reason: str = "") -> Scan:
        """Take in a code that was decoded, with its reason, R code or ""."""
        scan = self._code(replace(read_code(text), reason=reason))
        self.counts[scan.outcome] += 1
        return scan

    def take(self, text: str) -> Scan:
        """Take one line in; what it says is durable when this returns."""
        line = read_line(text, self.wording)
        scan = self._taken(line)
        if scan.outcome not in {REASON, SAID}:
            self.counts[scan.outcome] += 1
            self.aside = scan.is_refused and (self.aside or len(text.strip()) >= SHORTEST)
        return scan

    def close(self) -> int:
        """End the session: tell the address book, and give how many members are suppressed by returns."""
        with self.workspace.engine.begin() as connection:
            facts = {"station": self.name, **self.counts}
            stamp = self.workspace.stamp
            audit.record(connection, at=stamp, command="returns scan", mailing=self.mailing, facts=facts)
        return self.settle()

    def settle(self) -> int:
        """Tell the address book what came back, and who gets nothing more; gives how many these are."""
        return settle_returns(self.workspace, self.mailing)

    def _taken(self, line: Line) -> Scan:
        if line.word == "reason":
            return self._reason(line.reason)
        if line.word == "undo":
            return self._undo()
        if line.word == "counts":
            return Scan(SAID, text=total_of(self.counts))
        if line.word == "help":
            return Scan(SAID, text=reason_keys())
        if line.word in {"nothing", "quit"}:
            return Scan(SAID)
        return self._code(line)

    # ------------------------------------------------------------ a letter

    def _code(self, line: Line) -> Scan:
        try:
            with self.workspace.engine.begin() as connection:
                return self._judged(connection, line)
        except IntegrityError:
            # Another station was faster, where the database lets two write at once.
            with self.workspace.engine.begin() as connection:
                return self._refused(connection, line, "T108", {})

    def _judged(self, connection: Connection, line: Line) -> Scan:
        if line.word != "code":
            return self._refused(connection, line, "T110" if line.word == "damaged" else "T111", {})
        if line.mailing not in {"", self.mailing}:
            is_ours = store.is_mailing(connection, line.mailing)
            details = {"named": line.mailing, "mailing": self.mailing}
            return self._refused(connection, line, "T102" if is_ours else "T111", details)
        today = self.workspace.today
        facts = mailing_facts(connection, self.mailing, self.posted_on, today, line.piece)
        verdict = judge(facts, line.piece, line.copy, self.day)
        if verdict.rule:
            return self._refused(connection, line, verdict.rule, verdict.details)
        return self._accepted(connection, line, verdict)

    def _accepted(self, connection: Connection, line: Line, verdict: Verdict) -> Scan:
        reason = line.reason or self.preset or OTHER
        number = store.log(
            connection,
            {
                **self._blank(),
                "piece": line.piece,
                "copy": verdict.copy,
                "reason": reason,
                "outcome": store.ACCEPTED,
                "shown": line.shown,
            },
        )
        row = {
            "mailing": self.mailing,
            "piece": line.piece,
            "copy": verdict.copy,
            "returned_on": self.day,
            "reason": reason,
            "file_name": self.source,
            "src_row": number,
            "station": self.name,
            "at": self.workspace.stamp,
            "address_id": self._sent_to(connection, line.piece, verdict.copy),
        }
        store.add_returns(connection, [row])
        return Scan(ACCEPTED, line.piece, verdict.copy, reason, text=_reason_text(reason))

    def _sent_to(self, connection: Connection, piece: str, copy: int) -> int:
        for row in store.remailed(connection, self.mailing, piece):
            if row.copy == copy:
                return int(row.address_id)
        found = store.piece(connection, self.mailing, piece)
        return int(found.address_id) if found is not None else 0

    def _refused(
        self, connection: Connection, line: Line, rule_id: str, details: Mapping[str, object]
    ) -> Scan:
        known = {"piece": line.piece, "copy": line.copy or 0, "outcome": rule_id, "shown": line.shown}
        if self.way == "scan":
            store.log(connection, {**self._blank(), **known, "reason": line.reason})
        finding = Finding(rule_id, details=details)
        text = _("; ").join((finding.message(), finding.remedy()))
        return Scan(OUTCOMES[rule_id], line.piece, line.copy or 0, rule=rule_id, text=text, details=details)

    # ------------------------------------------------------------ what follows a letter

    def _reason(self, reason: str) -> Scan:
        if self.aside:
            return Scan(SAID, text=_("the last letter was put aside and does not count; it needs no reason"))
        with self.workspace.engine.begin() as connection:
            last = store.last_accepted(connection, self.mailing, self.name)
            if last is None:
                return Scan(SAID, text=_("scan a letter first; then comes the key of its reason"))
            store.change_reason(connection, (self.mailing, last.piece, last.copy), reason)
            store.change_intake(connection, last.id, {"reason": reason})
        return Scan(REASON, last.piece, last.copy, reason, text=_reason_text(reason))

    def _undo(self) -> Scan:
        if self.aside:
            self.aside = False
            return Scan(
                SAID, text=_("the last letter does not count anyway; again takes back the one before")
            )
        with self.workspace.engine.begin() as connection:
            last = store.last_accepted(connection, self.mailing, self.name)
            if last is None:
                return Scan(SAID, text=_("there is nothing to take back"))
            if not store.take_back(connection, (self.mailing, last.piece, last.copy)):
                text = _("this return is in the address book already; see `yibao address release`")
                return Scan(SAID, last.piece, last.copy, text=text)
            store.change_intake(connection, last.id, {"outcome": store.UNDONE})
        self.counts[ACCEPTED] -= 1
        return Scan(UNDONE, last.piece, last.copy, last.reason, text=_("taken back"))

    def _blank(self) -> dict[str, object]:
        blank = blank_intake(self.workspace, self.mailing, self.way)
        return {**blank, "station": self.name, "source": self.source, "returned_on": self.day}


def open_station(
    workspace: Workspace, mailing: str, name: str = "", day: str = "", preset: str = ""
) -> Station:
    """Open a station. name: "" for whoever runs the program; day: of return, "" for today; preset: R code.

    Raises StateError when the mailing is not posted, UsageError for a day or reason that cannot be.
    """
    mailing = workspace.mailing_id(mailing)
    with workspace.reading() as connection:
        state = require_state(connection, mailing, ("posted",))
    refusal = _("letters cannot have come back on {day}")
    day = require_day(day or workspace.today, state.posted_on, workspace.today, refusal)
    wording = wording_of(workspace)
    reason = ""
    if preset:
        line = read_line(preset, wording)
        if line.word != "reason":
            known = choices({code: r.label for code, r in REASONS.items()})
            raise UsageError(
                _("{word} is no reason").format(word=preset),
                remedy=_("choose one of: {known}").format(known=known),
            )
        reason = line.reason
    return Station(workspace, mailing, name or audit.operator(), day, state.posted_on, reason, wording)


def reason_keys() -> str:
    """The keys of the reasons, a line each; the labels are those of the post's slips."""
    return "\n".join(f"{int(code[1:]):>3}  {r.label}: {r.next_action()}" for code, r in REASONS.items())


def _reason_text(reason: str) -> str:
    return f"{reason} {REASONS[reason].label}"
