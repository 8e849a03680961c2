"""Signed sheets 签收单 at a hand scanner: each scan is one durable transaction, as with returned letters.

A receipt counts as soon as its code is read, with the name that was given for the session or none; a name
that is typed after it is put down for it. Names are kept and shown masked alone.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from yibao_cli.codes import mask_id, mask_name, parse_handover_code, parse_sheet_code
from yibao_cli.errors import UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.handover.appointing import time_of
from yibao_cli.jobs.handover.receiving import known_of
from yibao_cli.jobs.returns.days import require_day
from yibao_cli.jobs.returns.returning import blank_intake
from yibao_cli.jobs.returns.stations import ACCEPTED, SAID, SIGNER, UNDONE, held_name, total_of
from yibao_cli.jobs.workspace import require_state
from yibao_cli.mailing.receipts import PIECE, ReceiptRow, match_receipts
from yibao_cli.model import Finding
from yibao_cli.returns.lines import folded, operator_word
from yibao_cli.store import audit, handovers
from yibao_cli.store import returns as store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.mailing.receipts import Known, Receipt

WAY = "receipt"
_OUTCOMES = {"M155": "unknown", "M156": "early", "M158": "duplicate", "M160": "early", "M161": "void"}
_LONGEST, _LONGEST_NAME = 200, 20
_NAME_MARKS = frozenset(" ·・.")


@dataclass(frozen=True, slots=True)
class ReceiptScan:
    """What one line came to.

    outcome: accepted, signer, undone, said, or the word of what is wrong. scope, subject: what was signed
    for: a handover or a piece, and its number. signer: masked. rule: the rule that refused it, or "".
    """

    outcome: str
    scope: str = ""
    subject: str = ""
    signer: str = ""
    rule: str = ""
    text: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether the sheet is to be put aside."""
        return bool(self.rule)

    @property
    def what(self) -> str:
        """The handover or the piece."""
        return self.subject

    def plain(self) -> dict[str, object]:
        """The same for a program."""
        return asdict(self)


@dataclass
class ReceiptStation:
    """One scanner: its name, the day and time of the signatures, who signed where no name is typed.

    counts: word of the outcome -> scans of this session. aside: the last sheet was refused.
    """

    workspace: Workspace
    mailing: str
    name: str
    day: str
    time: str
    signer: str
    posted_on: str
    counts: Counter[str] = field(default_factory=Counter)
    aside: bool = False

    def held(self) -> AbstractContextManager[None]:
        """Keep the name for this session. Raises LockHeld when another session goes by it."""
        return held_name(self.workspace, self.mailing, self.name)

    def greeting(self) -> Iterator[str]:
        """What the operator reads first, a line each."""
        yield _("station {name}, mailing {mailing}, signed on {day}").format(
            name=self.name, mailing=self.mailing, day=self.day
        )
        yield _("scan a sheet, then type who signed or scan the next; u takes back, c counts, q ends")

    def take(self, text: str) -> ReceiptScan:
        """Take one line in; what it says is durable when this returns."""
        scan = self._taken(unicodedata.normalize("NFKC", text[:_LONGEST]).strip())
        if scan.outcome not in {SIGNER, SAID}:
            self.counts[scan.outcome] += 1
            self.aside = scan.is_refused
        return scan

    def close(self) -> None:
        """End the session."""
        with self.workspace.engine.begin() as connection:
            facts = {"station": self.name, **self.counts}
            stamp, command = self.workspace.stamp, "receipts scan"
            audit.record(connection, at=stamp, command=command, mailing=self.mailing, facts=facts)

    def _taken(self, text: str) -> ReceiptScan:
        word = operator_word(text)
        if word == "undo":
            return self._undo()
        if word == "counts":
            return ReceiptScan(SAID, text=total_of(self.counts))
        if word == "help":
            return ReceiptScan(SAID, text="\n".join(self.greeting()))
        if word in {"nothing", "quit"}:
            return ReceiptScan(SAID)
        try:
            with self.workspace.engine.begin() as connection:
                return self._read(connection, text)
        except IntegrityError:
            # Another station was faster, where the database lets two write at once.
            with self.workspace.engine.begin() as connection:
                return self._read(connection, text)

    # ------------------------------------------------------------ a sheet

    def _read(self, connection: Connection, text: str) -> ReceiptScan:
        known = known_of(self.workspace, connection, (self.mailing, self.posted_on), is_scanned=True)
        code, name = text, ""
        if text not in known.employers:
            if _is_name(text):
                return self._named(connection, text)
            first, _gap, rest = text.partition(" ")
            if _is_name(rest.strip()):
                code, name = first, rest.strip()
        return self._sheet(connection, known, code, name or self.signer)

    def _sheet(self, connection: Connection, known: Known, code: str, signer: str) -> ReceiptScan:
        typed = code if code in known.employers else folded(code)
        row = ReceiptRow(typed, "", self.day, self.time, signer, self.name, "", 0)
        found = match_receipts([row], known)
        if not found.receipts:
            return self._refused(connection, typed, found.findings[0])
        receipt = found.receipts[0]
        before = handovers.receipt(connection, self.mailing, receipt.scope, receipt.subject)
        if before is not None:
            return self._refused(connection, typed, Finding("M158", details={"day": before.day}), receipt)
        line = {**self._blank(receipt), "outcome": store.ACCEPTED, "shown": receipt.subject}
        number = store.log(connection, line)
        values = {n: getattr(receipt, n) for n in ("scope", "subject", "day", "time", "signer")}
        handovers.sign(connection, self.mailing, [{**values, "file_name": self.name, "src_row": number}])
        said = (receipt.scope, receipt.subject, receipt.signer)
        late = _("; ").join(f.message() for f in found.findings)
        return ReceiptScan(ACCEPTED, *said, text=_("; ").join(t for t in (receipt.signer, late) if t))

    def _refused(
        self, connection: Connection, typed: str, finding: Finding, receipt: Receipt | None = None
    ) -> ReceiptScan:
        codes = (parse_handover_code(typed), parse_sheet_code(typed))
        is_other = any(c is not None and c.mailing != self.mailing for c in codes)
        outcome = "wrong-mailing" if is_other else _OUTCOMES.get(finding.rule_id, "damaged")
        shown = receipt.subject if receipt else typed if any(codes) else mask_id(typed[:40])
        store.log(connection, {**self._blank(receipt), "outcome": finding.rule_id, "shown": shown})
        text = _("; ").join((finding.message(), finding.remedy()))
        scope, subject = (receipt.scope, receipt.subject) if receipt else ("", "")
        return ReceiptScan(outcome, scope, subject, rule=finding.rule_id, text=text)

    # ------------------------------------------------------------ what follows a sheet

    def _named(self, connection: Connection, name: str) -> ReceiptScan:
        if self.aside:
            text = _("the last sheet was put aside and does not count; it needs no name")
            return ReceiptScan(SAID, text=text)
        last = store.last_accepted(connection, self.mailing, self.name, WAY)
        if last is None:
            return ReceiptScan(SAID, text=_("scan a sheet first; then comes the name of who signed"))
        scope, subject = last.source.split("/")
        signer = mask_name(name)
        handovers.sign_by(connection, self.mailing, (scope, subject), signer)
        return ReceiptScan(SIGNER, scope, subject, signer, text=signer)

    def _undo(self) -> ReceiptScan:
        if self.aside:
            self.aside = False
            text = _("the last sheet does not count anyway; again takes back the one before")
            return ReceiptScan(SAID, text=text)
        with self.workspace.engine.begin() as connection:
            last = store.last_accepted(connection, self.mailing, self.name, WAY)
            if last is None:
                return ReceiptScan(SAID, text=_("there is nothing to take back"))
            scope, subject = last.source.split("/")
            handovers.unsign(connection, self.mailing, (scope, subject))
            store.change_intake(connection, last.id, {"outcome": store.UNDONE})
        self.counts[ACCEPTED] -= 1
        return ReceiptScan(UNDONE, scope, subject, text=_("taken back"))

    def _blank(self, receipt: Receipt | None) -> dict[str, object]:
        blank = blank_intake(self.workspace, self.mailing, WAY) | {
            "station": self.name,
            "returned_on": self.day,
        }
        if receipt is None:
            return blank
        piece = receipt.subject if receipt.scope == PIECE else ""
        return blank | {"source": f"{receipt.scope}/{receipt.subject}", "piece": piece}


def open_receipt_station(
    workspace: Workspace, mailing: str, name: str = "", signed: tuple[str, str, str] = ("", "", "")
) -> ReceiptStation:
    """Open a station.

    name: "" for whoever runs the program; signed: by whom, day ("" for today) and time, each "" for none.

    Raises StateError when the mailing is not posted, UsageError for a day or time that cannot be.
    """
    mailing = workspace.mailing_id(mailing)
    with workspace.reading() as connection:
        state = require_state(connection, mailing, ("posted",))
    signer, on, at = signed
    refusal = _("nobody can have signed on {day}")
    day = require_day(on or workspace.today, state.posted_on, workspace.today, refusal)
    time = time_of(at)
    if time is None:
        raise UsageError(_("{text} is no time").format(text=at), remedy=_("give it as 09:30"))
    name = name or audit.operator()
    return ReceiptStation(workspace, mailing, name, day, time, signer.strip(), state.posted_on)


def _is_name(text: str) -> bool:
    """Whether a line is a person's name: letters alone, which no code of ours is."""
    letters = [c for c in text if c not in _NAME_MARKS]
    return 0 < len(letters) <= _LONGEST_NAME and all(unicodedata.category(c)[0] == "L" for c in letters)
