"""Plan the ads of a mailing when it is frozen: who gets what, written into the package and told."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from sqlalchemy import select

from yibao_cli.ads.colouring import NOBODY
from yibao_cli.ads.contracts import about
from yibao_cli.ads.keeping import UNKNOWN
from yibao_cli.ads.people import people_of
from yibao_cli.ads.planning import Options, Plan, make_plan
from yibao_cli.ads.telling import facts_of, findings_of, terms_of
from yibao_cli.ads.terms import sold_as
from yibao_cli.errors import YibaoError
from yibao_cli.store.schema import mailings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from yibao_cli.ads.people import People
    from yibao_cli.ads.terms import Contract
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.ledger.assemble import Ledger
    from yibao_cli.model import Finding

FILE_NAME = "ads.json"  # in a package
AUDIENCE = ("ads_consent", "county", "category", "birth_date", "employer_no", "spent")


@dataclasses.dataclass(frozen=True)
class AdsPlan:
    """The plan of a mailing, and which slot of which roster row bears what.

    rows: roster rows, sorted, as the plan's people stand.
    """

    plan: Plan
    rows: np.ndarray[Any, np.dtype[np.int64]]
    house: tuple[str, ...]
    slots: tuple[str, ...]
    options: Options
    people: People

    def columns(self, row_ids: Sequence[int]) -> dict[str, list[str]]:
        """Per slot one key (`ad:<contract>` or `house:<id>`) for each of these roster rows."""
        places = np.searchsorted(self.rows, np.asarray(row_ids, np.int64))
        keys = [f"ad:{c.id}" for c in self.plan.problem.contracts]
        found: dict[str, list[str]] = {}
        for number, slot in enumerate(self.slots):
            # Slots start at different house panels, so that no sheet bears the same one twice.
            words = [*keys, self.house[number % len(self.house)]]
            found[slot] = [words[ad] for ad in self.plan.slots[places, number].tolist()]
        return found

    @property
    def printed(self) -> dict[str, int]:
        """Pieces that bear each contract's ad."""
        return dict(zip([c.id for c in self.plan.problem.contracts], self._printed, strict=True))

    @property
    def findings(self) -> list[Finding]:
        """What a person should know about the plan."""
        return findings_of(self.plan, self._printed, self.people)

    def write(self, folder: Path) -> None:
        """Write the plan into a package folder, before its hashes are taken."""
        facts = facts_of(self.plan, self.people, self.options)
        path = folder / FILE_NAME
        path.write_text(json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
        path.chmod(0o600)

    @cached_property
    def _printed(self) -> list[int]:
        return [int(n) for n in self.plan.printed]


def plan_mailing(
    workspace: Workspace, mailing: str, kind: Kind, ledger: Ledger, contracts: Sequence[Contract]
) -> tuple[AdsPlan, list[Finding]]:
    """Plan the ads of all pieces that are not held. Returns the plan, and findings about it."""
    from yibao_cli.ledger import outcome  # noqa: PLC0415 - DuckDB, and plans are looked at without it
    from yibao_cli.ledger.sql import identifier  # noqa: PLC0415

    names = [n for n in AUDIENCE if n in outcome.piece_columns(ledger)]
    key = kind.merge.key
    columns = ", ".join(["row_id", f"{identifier(key)} AS member_key", *map(identifier, names)])
    table = ledger.query(f"SELECT {columns} FROM ordered ORDER BY row_id").to_arrow_table()  # noqa: S608
    return plan_table(workspace, mailing, kind, table, contracts)


def plan_table(
    workspace: Workspace, mailing: str, kind: Kind, table: pa.Table, contracts: Sequence[Contract]
) -> tuple[AdsPlan, list[Finding]]:
    """Plan for a table of `row_id`, `member_key` and what of AUDIENCE there is, in the order of the rows."""
    people = people_of(table, "member_key", workspace.mailing(mailing).posting)
    options = options_of(workspace, mailing)
    spread = workspace.settings.ads.spread
    if spread is not None:
        even = Fraction(spread, 100)
        contracts = [dataclasses.replace(c, spread=even) if c.spread is None else c for c in contracts]
    earlier, gone = earlier_ads(workspace, mailing, kind, contracts)
    keeps = _keeps_sheets(workspace, mailing, kind, contracts, options)
    before = _sheets_before(workspace, mailing, kind, people, contracts) if keeps else None
    plan = make_plan(people, contracts, kind.slots, options, earlier, before)
    house = tuple(f"house:{h.id}" for h in kind.house)
    rows = table.column("row_id").to_numpy().astype(np.int64)
    found = AdsPlan(plan, rows, house, kind.slots, options, people)
    return found, [*gone, *found.findings]


def options_of(workspace: Workspace, mailing: str) -> Options:
    """How the settings want a mailing's ads planned."""
    ads = workspace.settings.ads
    return Options(
        seed=ads.seed or mailing,
        holdout=ads.holdout,
        return_rate=ads.return_rate,
        versions=ads.versions,
        run=ads.run,
    )


def earlier_ads(
    workspace: Workspace, mailing: str, kind: Kind, contracts: Sequence[Contract]
) -> tuple[list[list[tuple[str, str]]], list[Finding]]:
    """What earlier mailings of the kind gave to whom, the latest first, as far back as the caps ask.

    A package that is gone counts for nothing, and a finding says so.
    """
    capped = [c for c in contracts if c.cap is not None]
    back = max((c.cap[1] for c in capped if c.cap), default=1) - 1
    if not back:
        return [], []
    day = workspace.mailing(mailing).posting
    query = (
        select(mailings.c.id)
        .where(mailings.c.kind == kind.id, mailings.c.posted_on != "", mailings.c.posted_on < day)
        .where(mailings.c.id != mailing)
        .order_by(mailings.c.posted_on.desc(), mailings.c.id.desc())
        .limit(back)
    )
    with workspace.reading() as connection:
        names = [row.id for row in connection.execute(query)]
    wanted = {sold_as(c.id) for c in capped}
    given: list[list[tuple[str, str]]] = []
    gone: list[Finding] = []
    for name in names:
        try:
            given.append(list(_given(workspace, name, kind.merge.key, wanted)))
        except (YibaoError, OSError, KeyError, pa.ArrowException):
            given.append([])
            gone += [about("C155", c, mailing=name) for c in capped]
    return given, gone


def _keeps_sheets(
    workspace: Workspace, mailing: str, kind: Kind, contracts: Sequence[Contract], options: Options
) -> bool:
    """Whether people keep the sheets of the package there is: as the settings have it.

    Where they say nothing, it is so as long as the package's contracts and options are those of today: a
    changed list changes few sheets, and a changed book gets the best plan there is.
    """
    keep = workspace.settings.ads.keep
    if not kind.slots:
        return False
    if keep is not None:
        return keep
    try:
        facts = json.loads((workspace.package(mailing).folder / FILE_NAME).read_text(encoding="utf-8"))
        pairs = zip(facts["contracts"], contracts, strict=True)
        then = [{k: was.get(k) for k in terms_of(one)} for was, one in pairs]
    except (YibaoError, OSError, ValueError, KeyError):
        return False
    now = [terms_of(c) for c in contracts], dataclasses.asdict(options), list(kind.slots)
    return now == (then, facts["options"], facts["panels"])


def _sheets_before(
    workspace: Workspace, mailing: str, kind: Kind, people: People, contracts: Sequence[Contract]
) -> np.ndarray[Any, np.dtype[np.int16]] | None:
    """What the package there is gave to each of the people; None where there is none that can be read."""
    try:
        package = workspace.package(mailing)
        key, slots = kind.merge.key, [f"slot_{s.lower()}" for s in kind.slots]
        table = pa.concat_tables([package.pieces(e.part, [key, *slots]) for e in package.manifest.parts])
    except (YibaoError, OSError, KeyError, pa.ArrowException):
        return None
    numbers = {f"ad:{c.id}": n for n, c in enumerate(contracts)}
    rows = {str(k): n for n, k in enumerate(table.column(key).to_pylist())}
    columns = [
        [
            NOBODY if ad.startswith("house:") else numbers.get(ad, UNKNOWN)
            for ad in table.column(s).to_pylist()
        ]
        for s in slots
    ]
    known = np.array([*zip(*columns, strict=True), (UNKNOWN,) * len(slots)], np.int16)
    return known.reshape(-1, len(slots))[[rows.get(k, -1) for k in people.keys]]


def _given(workspace: Workspace, mailing: str, key: str, wanted: set[str]) -> Iterator[tuple[str, str]]:
    package = workspace.package(mailing)
    slots = [n for n in package.piece_fields() if n.startswith("slot_")]
    for entry in package.manifest.parts:
        table = package.pieces(entry.part, [key, *slots])
        members = table.column(key).to_pylist()
        for slot in slots:
            ads = table.column(slot).to_pylist()
            theirs = {ad for ad in set(ads) if ad.startswith("ad:") and sold_as(ad[3:]) in wanted}
            for member, ad in zip(members, ads, strict=True):
                if ad in theirs:
                    yield str(member), ad.removeprefix("ad:")
