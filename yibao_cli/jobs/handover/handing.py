"""Hand a mailing over to employers: routes, papers, calls and messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from yibao_cli.config import shipped
from yibao_cli.errors import SettingsError, StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.answers import require_no_answers
from yibao_cli.jobs.handover.appointing import import_appointments
from yibao_cli.jobs.handover.handfiles import HandFiles, write_handover
from yibao_cli.jobs.handover.planning import limits_of, plan_employers
from yibao_cli.jobs.merge.employers import deliveries_of
from yibao_cli.jobs.render.reprinting import require_copies_tied
from yibao_cli.jobs.render.unaltered import whole_package
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.kinds.loading import read_toml
from yibao_cli.mailing.contacts import call_days, unknown_names
from yibao_cli.mailing.handover import HandoverTexts
from yibao_cli.mailing.routes import clock
from yibao_cli.model import Finding
from yibao_cli.store import audit, events, handovers
from yibao_cli.store.events import Event, Scope
from yibao_cli.store.files import atomic_folder, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from yibao_cli.jobs.handover.planning import PlannedEmployers
    from yibao_cli.jobs.workspace import MailingState
    from yibao_cli.mailing.handover import Employer
    from yibao_cli.store.packages import Package

FOLDER = "handover"
_TEXTS = "handover.toml"
_WORDS = ("client", "phone", "kind", "mailing", "period", "today", "list", "count")
_OWN_WORDS = ("unit", "pieces", "bundles", "day", "time", "mode", "place")


@dataclass
class HandoverOutcome:
    """Employers and their pieces, the vehicles of a day, and the files; left: employers on no route."""

    folder: Path
    employers: int = 0
    pieces: int = 0
    bundles: int = 0
    vehicles: int = 0
    left: int = 0
    calls: str = ""  # hash of the list of calls
    files: list[Path] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def count(self, planned: PlannedEmployers) -> None:
        """Take over what the plan came to."""
        self.employers, self.left = len(planned.employers), planned.left
        self.pieces = sum(e.pieces for e in planned.employers)
        self.bundles = sum(e.bundles for e in planned.employers)
        self.vehicles = planned.vehicles
        self.findings += planned.findings


def hand_over(
    workspace: Workspace,
    mailing: str,
    day: str = "",
    appointments: Path | None = None,
    progress: Progress = no_progress,
) -> HandoverOutcome:
    """Plan the delivery to employers and write its papers.

    day: ISO, the first of the delivery; "" for the day of posting. appointments: a file of them, or None.

    Raises StateError when the mailing is not verified or goes to members, CheckFailed when copies do not tie.
    """
    mailing = workspace.mailing_id(mailing)
    settings = workspace.mailing(mailing)
    if settings.deliver != "employer":
        raise StateError(
            _("mailing {mailing} is delivered to its members").format(mailing=mailing),
            remedy=_(
                'to deliver to employers, set deliver = "employer" for it in yibao.toml, and merge it again'
            ),
        )
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("verified", "posted"))
            if state.state != "posted":
                require_copies_tied(connection, mailing)
        package = whole_package(workspace, mailing, state.package_sha256)
        limits = limits_of(workspace, _first_day(day, state.posted_on or settings.posting))
        texts = handover_texts(workspace, mailing, package)
        progress(_("grouping by employer"), 0, 0)
        deliveries = deliveries_of(package)
        outcome = HandoverOutcome(workspace.mailing_folder(mailing) / FOLDER)
        if appointments is not None:
            known = set(deliveries.ranges)
            outcome.findings += import_appointments(workspace, mailing, appointments, known, limits)
        with workspace.reading() as connection:
            planned = plan_employers(workspace, connection, mailing, deliveries, limits)
            copies = handovers.copies(connection, mailing)
        employers = planned.employers
        outcome.count(planned)
        told = call_days(
            [e.day or limits.days[0] for e in employers], workspace.settings.handover.calls, workspace.today
        )
        outcome.findings += _untold(employers, told)
        with atomic_folder(outcome.folder) as target:
            made = HandFiles(mailing, target, package.fonts[0], texts, clock(limits.deadline))
            members = ((e, deliveries.members(e.employer_no, copies)) for e in employers)
            written = write_handover(made, employers, members, told, planned.places, progress)
            calls = made.path("calls", "xlsx")
            require_no_answers(workspace, outcome.folder / calls.name, calls, "handover")
            outcome.calls = sha256_of(calls)
        outcome.files = [outcome.folder / name for name in written]
        _record(workspace, mailing, state, employers, outcome)
    return outcome


def handover_texts(workspace: Workspace, mailing: str, package: Package) -> HandoverTexts:
    """The texts of papers and messages: the workspace's own go before the shipped ones, key by key."""
    texts: dict[str, Any] = read_toml(shipped("templates") / "handover" / "texts.toml")
    own = workspace.own_templates / "common" / _TEXTS
    if own.is_file():
        texts |= _own_texts(own, known=texts)
    client = workspace.settings.client
    words = {
        "client": client.name,
        "phone": client.phone,
        "kind": package.kind.name,
        "mailing": mailing,
        "period": workspace.mailing(mailing).period,
        "today": workspace.today,
    }
    return HandoverTexts(texts, words)


def _own_texts(path: Path, known: Mapping[str, str]) -> dict[str, str]:
    """The workspace's own texts; SettingsError where one has an unknown key, or names an unknown word."""
    texts = read_toml(path)
    strange = sorted(k for k, v in texts.items() if k not in known or not isinstance(v, str))
    in_braces = (unknown_names(v, (*_WORDS, *_OWN_WORDS)) for v in texts.values() if isinstance(v, str))
    names = sorted(set(chain.from_iterable(in_braces)))
    if strange or names:
        raise SettingsError(
            _("there is no text or word named {names}").format(names=", ".join([*strange, *names])),
            where=f"common/{_TEXTS}",
            remedy=_("it has: {known}").format(known=", ".join([*known, *_WORDS, *_OWN_WORDS])),
        )
    return texts


def _untold(employers: list[Employer], told: list[str]) -> Iterator[Finding]:
    for e, day in zip(employers, told, strict=True):
        if e.phone and not day:
            yield Finding("M164", column="单位编号", value=e.employer_no)


def _first_day(given: str, posting: str) -> str:
    try:
        return date.fromisoformat(given or posting).isoformat()
    except ValueError as error:
        raise UsageError(
            _("{day} is no day").format(day=given or posting), remedy=_("write it as 2026-10-08")
        ) from error


def _record(
    workspace: Workspace,
    mailing: str,
    state: MailingState,
    employers: list[Employer],
    outcome: HandoverOutcome,
) -> None:
    with workspace.engine.begin() as connection:
        names = ("number", "employer_no", "pieces", "bundles", "mode", "day", "vehicle")
        rows = [{n: getattr(e, n) for n in names} | {"stop": e.place} for e in employers]
        handovers.replace(connection, mailing, rows)
        if state.state == "posted":
            done = {r.subject for r in events.of_scope(connection, mailing, Scope.HANDOVER, Event.HANDED)}
            for e in (e for e in employers if str(e.number) not in done and e.day):
                stamp = workspace.stamp, e.day, audit.operator()
                about = [(Scope.HANDOVER, str(e.number), 0)]
                events.record(connection, stamp, mailing, Event.HANDED, about, {"vehicle": e.vehicle})
        counts = {"employers": outcome.employers, "pieces": outcome.pieces, "left": outcome.left}
        facts = {**counts, "sha256": outcome.calls}
        audit.record_done(connection, at=workspace.stamp, command="handover", mailing=mailing, facts=facts)
