"""Decisions of people about addresses: accept, correct or hold one, and the way back.

A decision outlives imports: it stands for every later writing of the same point, and a correction that names
another door stands for the one member whose door it is. Every decision is a transaction of its own with
its history, and making it twice changes nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from yibao_cli.address import parse
from yibao_cli.address.points import names_another_door
from yibao_cli.codes import is_postcode
from yibao_cli.jobs.address.addresses import differences, stored
from yibao_cli.jobs.address.booking import (
    ACCEPTED,
    CORRECTED,
    EFFECT,
    HELD,
    Reading,
    ensure_points,
    new_entry,
    read_effect,
    read_writing,
    settled_effect,
)
from yibao_cli.jobs.address.decisions import Decided, Decider, Decision, Undo, in_words, remember, token_of
from yibao_cli.model import Finding
from yibao_cli.store import book
from yibao_cli.store.book import Settlement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from yibao_cli.jobs.address.booking import Writing

# Without a place in it, or damaged: nobody can accept that.
_NEVER_ACCEPTED = frozenset({"A101", "A102", "A105", "A106"})
_COUNTY = 6


def decide(
    connection: Connection,
    decision: Decision,
    decider: Decider,
    members: Callable[[Writing], Sequence[str]],
) -> Decided:
    """Apply one decision in the caller's transaction; what cannot be is told and changes nothing.

    members: gives the members of the roster who write an address, as `person_no=17`.
    """
    return _Case(connection, decision, decider).run(members)


def undo(connection: Connection, done: Undo, decider: Decider) -> None:
    """Take a decision back: everything it changed is as it was, and the history says so."""
    for (read_key, member), before in done.settlements.items():
        book.unsettle(connection, read_key, member)
        if before is not None:
            book.settle(connection, before)
    for address_id, earlier in done.entries.items():
        now = stored(connection, address_id)
        if earlier is None:
            book.remove_entry(connection, address_id)
            was, is_now = differences(now, {})
        else:
            book.change_entry(connection, address_id, {k: earlier[k] for k in EFFECT})
            was, is_now = differences(now, earlier)
        remember(connection, decider, "undone", (address_id, int(str(now["point_id"]))), (was, is_now))
    for point_id, values in done.points.items():
        book.change_point(connection, point_id, values)


class _Case:
    """One decision about one entry."""

    def __init__(self, connection: Connection, decision: Decision, decider: Decider) -> None:
        self._connection = connection
        self._decision = decision
        self._decider = decider
        self._result = Decided()
        self._entry: Any = book.entry(connection, decision.address_id)

    def run(self, members: Callable[[Writing], Sequence[str]]) -> Decided:
        if self._entry is None:
            return self._refused("A145")
        if self._decision.action == CORRECTED:
            self._correct(members)
        elif self._decision.text:
            self._refused("A150")
        elif self._stands():
            self._stand_by_it()
        elif self._is_current():
            self._accept() if self._decision.action == ACCEPTED else self._hold()
        return self._result

    # ------------------------------------------------------------ what may be decided

    def _stands(self) -> bool:
        """Whether the entry says already what is decided; to accept a correction is to stand by it."""
        action, settled = self._decision.action, self._entry.settled
        return bool(settled == action or (action == ACCEPTED and settled == CORRECTED))

    def _stand_by_it(self) -> None:
        if not self._entry.returned:
            self._result.known = True
        elif self._is_current():
            self._clear_return()
            self._result.applied = True

    def _is_current(self) -> bool:
        """Whether the entry is still what the person saw."""
        if self._decision.token and self._decision.token != token_of(self._entry):
            self._refused("A141", id=self._entry.id)
            return False
        return True

    def _refused(self, rule_id: str, **details: object) -> Decided:
        self._result.findings.append(Finding(rule_id, details=details))
        return self._result

    # ------------------------------------------------------------ accept and hold

    def _accept(self) -> None:
        own = json.loads(str(stored(self._connection, self._entry.id)["reasons"]))
        never = [(r, d) for r, d in own if r in _NEVER_ACCEPTED]
        if never or self._entry.suppressed:
            self._refused("A146", reasons=in_words(never or json.loads(self._entry.reasons)))
            return
        rules = {rule_id for rule_id, _details in own}
        old = book.settlement(self._connection, *self._key())
        if old is not None and old.decision == ACCEPTED:
            rules |= set(old.rules)
        self._settle(Settlement(*self._key(), ACCEPTED, tuple(sorted(rules)), "", "", *self._who()))
        self._clear_return()

    def _hold(self) -> None:
        self._settle(Settlement(*self._key(), HELD, (), "", "", *self._who()))
        self._clear_return()

    def _key(self) -> tuple[str, str]:
        return self._entry.read_key, self._entry.member

    def _who(self) -> tuple[str, str]:
        return self._decider.operator, self._decider.at

    def _settle(self, new: Settlement) -> None:
        """Keep a settlement and change every writing of the point that it speaks of."""
        self._keep(new)
        for row in book.entries_read_as(self._connection, new.read_key, new.member):
            reading = read_writing((row.raw, row.postcode_given, row.county_given), self._decider.judging)
            unsettled = read_effect(reading, ensure_points(self._connection, [reading]))
            effect = settled_effect(self._connection, new, unsettled)
            if effect is not None:
                self._change(row.id, effect)
        self._result.applied = True

    def _keep(self, new: Settlement) -> None:
        key = new.read_key, new.member
        self._result.undo.settlements[key] = book.settlement(self._connection, *key)
        book.settle(self._connection, new)

    def _change(self, address_id: int, effect: dict[str, object]) -> None:
        before = stored(self._connection, address_id)
        was, now = differences(before, effect)
        if not was and not now:
            return
        self._result.also += address_id not in {self._entry.id, *self._result.undo.entries}
        self._result.undo.entries.setdefault(address_id, before)
        book.change_entry(self._connection, address_id, effect)
        place = address_id, int(str(effect["point_id"]))
        why = self._decision.why
        remember(self._connection, self._decider, self._decision.action, place, (was, now), why)

    def _clear_return(self) -> None:
        """A person has looked: mail that came back before no longer speaks against the point."""
        if not self._entry.returned:
            return
        point = book.point(self._connection, self._entry.point_id)
        assert point is not None
        before: dict[str, object] = {"returned": point.returned, "returned_on": point.returned_on}
        self._result.undo.points[point.id] = before
        after: dict[str, object] = {"returned": "", "returned_on": ""}
        book.change_point(self._connection, point.id, after)
        remember(self._connection, self._decider, "return settled", (0, point.id), (before, after))

    # ------------------------------------------------------------ correct

    def _correct(self, members: Callable[[Writing], Sequence[str]]) -> None:
        text = self._decision.text.strip()
        if not text:
            self._refused("A142")
            return
        reading = read_writing((text, self._decision.postcode.strip(), ""), self._decider.judging)
        if self._unusable(reading):
            return
        member, refusal = self._scope(reading, members)
        if refusal is not None:
            self._result.findings.append(refusal)
            return
        new = Settlement(
            self._entry.read_key, member, CORRECTED, (), text, self._decision.postcode.strip(), *self._who()
        )
        if self._is_known(new):
            self._result.known = True
        elif self._is_current():
            if reading.doubts:
                self._result.findings.append(Finding("A148", details={"reasons": in_words(reading.doubts)}))
            self._apply_correction(new)

    def _unusable(self, reading: Reading) -> bool:
        if reading.verdict == "bad":
            self._refused("A143", reasons=in_words(reading.doubts))
            return True
        known = book.points_of(self._connection, [reading.key]).get(reading.key)
        point = book.point(self._connection, known[0]) if known else None
        if point is not None and point.suppressed:
            reason = Finding("A131", details={"suppressed": point.suppressed, "day": point.suppressed_on})
            self._refused("A143", reasons=reason.message())
            return True
        here, there = self._entry.division_code[:_COUNTY], reading.address.division_code[:_COUNTY]
        moved = len(here) == _COUNTY and here != there
        if moved and self._entry.postcode and not is_postcode(reading.postcode):
            self._refused("A149")
            return True
        return False

    def _scope(
        self, reading: Reading, members: Callable[[Writing], Sequence[str]]
    ) -> tuple[str, Finding | None]:
        """For whom the correction is: "" for whoever writes this address, or one member."""
        if self._decision.member or self._entry.member:
            return self._decision.member or self._entry.member, None
        writing = self._writing()
        before = parse(writing[0], postcode=writing[1], county_hint=writing[2])
        if not names_another_door(before, reading.address):
            return "", None
        who = members(writing)
        if len(who) == 1:
            return who[0], None
        return "", Finding("A144", details={"count": len(who)})

    def _is_known(self, new: Settlement) -> bool:
        old = book.settlement(self._connection, new.read_key, new.member)
        given = (CORRECTED, new.text, new.postcode)
        if old is None or (old.decision, old.text, old.postcode) != given:
            return False
        now = book.find_entry(self._connection, self._writing(), new.member)
        return now is not None and not now.returned

    def _apply_correction(self, new: Settlement) -> None:
        if new.member:
            self._add_own_entry(new)
        point = self._entry.point_id
        self._settle(new)
        now = book.find_entry(self._connection, self._writing(), new.member)
        assert now is not None
        # What came back from the old door says nothing of the new one; and others may still live at the old.
        if now.point_id == point:
            self._clear_return()

    def _add_own_entry(self, new: Settlement) -> None:
        """An entry of the member's own for this writing, which the settlement then changes."""
        if book.find_entry(self._connection, self._writing(), new.member) is not None:
            return
        before = stored(self._connection, self._entry.id)
        birth = self._decider.source, self._decider.at
        row = new_entry(self._writing(), {k: before[k] for k in EFFECT}, new.read_key, birth)
        book.add_entries(self._connection, [{**row, "member": new.member}])
        added = book.find_entry(self._connection, self._writing(), new.member)
        assert added is not None
        self._result.undo.entries[added.id] = None

    def _writing(self) -> Writing:
        return self._entry.raw, self._entry.postcode_given, self._entry.county_given
