"""Look at a mailing's ads: check, plan, verify what was frozen, and say what can still be sold."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yibao_cli.ads.avails import Answer, answer
from yibao_cli.ads.people import people_of
from yibao_cli.ads.telling import aims_at_nobody
from yibao_cli.ads.terms import Aim, Contract, words
from yibao_cli.ads.verifying import Audit, Breach
from yibao_cli.config import shipped
from yibao_cli.errors import InputNotFound, StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.ads.adsbook import Book, contracts_in_force
from yibao_cli.jobs.ads.adsplan import AUDIENCE, FILE_NAME, AdsPlan, earlier_ads, plan_table
from yibao_cli.jobs.workspace import mailing_state
from yibao_cli.kinds import load_product
from yibao_cli.sealed.files import source
from yibao_cli.store.files import sha256_of
from yibao_cli.store.imports import active_imports

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.model import Finding
    from yibao_cli.store.imports import ImportRecord


@dataclass
class Planned:
    """A plan made to be looked at. is_frozen: over the pieces of the package, else over the roster."""

    mailing: str
    found: AdsPlan
    findings: list[Finding]
    is_frozen: bool


@dataclass(frozen=True)
class Verified:
    """The audit of the frozen ads."""

    mailing: str
    pieces: int
    ads: int
    placed: int
    breaches: list[Breach] = field(default_factory=list)


@dataclass(frozen=True)
class Desk:
    """A mailing's contracts and people, gathered once."""

    workspace: Workspace
    mailing: str
    kind: Kind
    book: Book
    table: pa.Table
    is_frozen: bool


def open_desk(workspace: Workspace, mailing: str) -> Desk:
    """Gather a mailing's contracts, and the people of its package; before there is one, of its roster.

    Raises StateError for a kind that never bears ads, InputNotFound when there are neither.
    """
    mailing = workspace.mailing_id(mailing)
    kind = workspace.kind(mailing)
    if kind.ads == "never":
        raise StateError(
            _("the kind {kind} bears no ads").format(kind=kind.id),
            remedy=_("choose a mailing of another kind"),
        )
    product = load_product(shipped("templates"), kind.product)
    with workspace.reading() as connection:
        records = active_imports(connection, mailing)
        is_frozen = mailing_state(connection, mailing) is not None
    book = contracts_in_force(workspace, mailing, kind, product, records)
    table = _frozen_people(workspace, mailing, kind) if is_frozen else _roster(workspace, kind, records)
    return Desk(workspace, mailing, kind, book, table, is_frozen)


def check_contracts(workspace: Workspace, mailing: str) -> Book:
    """A mailing's contracts held against terms, artwork, law and debts, and their aims against people."""
    desk = open_desk(workspace, mailing)
    posting = workspace.mailing(desk.mailing).posting
    people = people_of(desk.table, "member_key", posting, with_keys=False)
    desk.book.findings += aims_at_nobody(people, desk.book.contracts)
    return desk.book


def plan_now(workspace: Workspace, mailing: str) -> Planned:
    """Make a plan to be looked at; nothing is kept. `merge` makes the one that prints."""
    desk = open_desk(workspace, mailing)
    plan, findings = plan_table(workspace, desk.mailing, desk.kind, desk.table, desk.book.contracts)
    return Planned(desk.mailing, plan, [*desk.book.findings, *findings], desk.is_frozen)


def frozen_facts(workspace: Workspace, mailing: str) -> dict[str, Any]:
    """What the package says of its ads; InputNotFound where it has none."""
    path = workspace.package(mailing).folder / FILE_NAME
    if not path.is_file():
        raise InputNotFound(
            _("the package of mailing {mailing} says nothing of ads").format(mailing=mailing),
            remedy=_("merge it again with `yibao merge MAILING`"),
        )
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts


def verify_ads(workspace: Workspace, mailing: str) -> Verified:
    """Hold the frozen pieces against the frozen contracts, by another way than the planner's."""
    mailing = workspace.mailing_id(mailing)
    kind = workspace.kind(mailing)
    facts = frozen_facts(workspace, mailing)
    capped = [_capped(c) for c in facts["contracts"] if c["cap"]]
    given, _gone = earlier_ads(workspace, mailing, kind, capped)
    package = workspace.package(mailing)
    there = package.piece_fields()
    slots = [f"slot_{p.lower()}" for p in facts["panels"]]
    columns = ["piece", kind.merge.key, *slots, *(n for n in AUDIENCE if n in there)]
    audit = Audit(facts, workspace.mailing(mailing).posting, kind.merge.key, _seen(facts, given))
    for entry in package.manifest.parts:
        frame = package.pieces(entry.part, list(dict.fromkeys(columns))).to_pandas()
        for name in AUDIENCE:
            if name not in frame:
                frame[name] = None
        audit.feed(frame)
    breaches = audit.finish()
    # Terms that were changed since can make anything right.
    if sha256_of(package.folder / FILE_NAME) != package.manifest.files.get(FILE_NAME):
        breaches.append(Breach("altered", "", audit.pieces, FILE_NAME))
    return Verified(mailing, audit.pieces, len(facts["contracts"]), audit.printed.total(), breaches)


def _seen(facts: Mapping[str, Any], given: Sequence[Sequence[tuple[str, str]]]) -> dict[str, Counter[str]]:
    """Per contract how often each person had its ad, made good or not, within the reach of its cap."""
    reach = {c["id"]: c["cap"][1] for c in facts["contracts"] if c["cap"]}
    seen: dict[str, Counter[str]] = {number: Counter() for number in reach}
    for back, mailing in enumerate(given, start=1):
        had = [(key, contract.split("+")[0]) for key, contract in mailing]
        for number in (n for n in reach if back < reach[n]):
            seen[number].update(key for key, contract in had if contract == number.split("+")[0])
    return seen


def _capped(terms: Mapping[str, Any]) -> Contract:
    """As much of a frozen contract as asking for earlier mailings needs."""
    from pathlib import Path  # noqa: PLC0415 - a value here, not a type

    nobody: frozenset[str] = frozenset()
    return Contract(
        terms["id"],
        "",
        terms["panels"][0],
        terms["quota"],
        nobody,
        nobody,
        0,
        Path(),
        cap=tuple(terms["cap"]),
    )


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What somebody asks to buy: pieces, panels, and whom; trade or advertiser for exclusivity."""

    pieces: int
    panels: tuple[str, ...]
    counties: str = ""
    categories: str = ""
    group: str = ""
    age_from: int | None = None
    age_to: int | None = None
    retired: bool | None = None


def ask_avails(workspace: Workspace, mailing: str, enquiry: Enquiry) -> Answer:
    """Whether so many pieces can still be sold beside what is guaranteed, and how many at most."""
    desk = open_desk(workspace, mailing)
    missing = set(enquiry.panels) - set(desk.kind.slots)
    if missing or not enquiry.panels:
        raise UsageError(
            _("the mailing has no panel {panel}").format(panel=", ".join(sorted(missing)) or "-"),
            remedy=_("choose of {panels}").format(panels=", ".join(desk.kind.slots)),
        )
    options, posting = workspace.settings.ads, workspace.mailing(desk.mailing).posting
    earlier, _gone = earlier_ads(workspace, desk.mailing, desk.kind, desk.book.contracts)
    return answer(
        desk.table,
        posting,
        [*desk.book.contracts, _wanted(enquiry, desk.table.num_rows)],
        desk.kind.slots,
        (options.seed or desk.mailing, options.holdout, options.return_rate),
        earlier,
    )


def _wanted(enquiry: Enquiry, people: int) -> Contract:
    from pathlib import Path  # noqa: PLC0415 - a value here, not a type

    counties, categories = words(enquiry.counties), words(enquiry.categories)
    aim = Aim(counties, categories, frozenset(), enquiry.age_from, enquiry.age_to, enquiry.retired)
    return Contract(
        id="?",
        advertiser="?",
        panel=enquiry.panels[0],
        quota=max(enquiry.pieces, people, 1),
        counties=counties,
        categories=categories,
        price=0,
        art=Path(),
        others=enquiry.panels[1:],
        floor=enquiry.pieces,
        aim=aim,
        group=enquiry.group or "?",
    )


def _frozen_people(workspace: Workspace, mailing: str, kind: Kind) -> pa.Table:
    package = workspace.package(mailing)
    there = package.piece_fields()
    names = list(dict.fromkeys(["row_id", kind.merge.key, *(n for n in AUDIENCE if n in there)]))
    parts = [package.pieces(entry.part, names) for entry in package.manifest.parts]
    table = pa.concat_tables(parts)
    table = table.append_column("member_key", table.column(kind.merge.key))
    return table.sort_by("row_id")


def _roster(workspace: Workspace, kind: Kind, records: Sequence[ImportRecord]) -> pa.Table:
    """The roster as imported: who will be held is not known yet."""
    tables = []
    for record in records:
        if record.table == kind.merge.base:
            path: Path = record.rows(workspace.folder)
            there = set(pq.read_schema(source(path)).names)
            names = [n for n in dict.fromkeys([kind.merge.key, *AUDIENCE]) if n in there]
            tables.append(pq.read_table(source(path), columns=names))
    if not tables:
        raise InputNotFound(
            _("there is neither a package nor a roster to plan for"),
            remedy=_("import the roster with `yibao import {table} FILE`").format(table=kind.merge.base),
        )
    table = pa.concat_tables(tables, promote_options="permissive")
    table = table.append_column("member_key", table.column(kind.merge.key))
    return table.append_column("row_id", pa.array(np.arange(table.num_rows)))
