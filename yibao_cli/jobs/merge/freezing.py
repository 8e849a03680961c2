"""Write the package of a mailing from its judged ledger: holds, print order, panels, parts."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yibao_cli.compose import compose_layout, pages_of
from yibao_cli.config import shipped
from yibao_cli.i18n import _
from yibao_cli.jobs.ads.adsbook import contracts_in_force
from yibao_cli.jobs.ads.adscodes import coder_of
from yibao_cli.jobs.ads.adsplan import plan_mailing
from yibao_cli.jobs.mailing.sorting import COLUMNS, REFUSED, sort_mailing
from yibao_cli.jobs.mailing.tracking import assign_numbers
from yibao_cli.jobs.merge.employers import employer_findings
from yibao_cli.jobs.merge.ledgering import EVERYBODY, Choice
from yibao_cli.jobs.merge.preflight import preflight
from yibao_cli.jobs.setup.constants import constants_of
from yibao_cli.kinds import Shelf, load_product
from yibao_cli.kinds.page import PressPlan, response_field
from yibao_cli.kinds.pictures import PICTURES, pictures_of
from yibao_cli.ledger import outcome
from yibao_cli.ledger.doubts import doubts
from yibao_cli.mailing.tracking import WIDEST
from yibao_cli.render.faces import font_digests
from yibao_cli.render.press.icc import load_intent
from yibao_cli.render.static import draw_static
from yibao_cli.store.contracts import use_makegoods
from yibao_cli.store.files import atomic_folder, private_folder, sha256_of
from yibao_cli.store.packages import ART, FOLDER, PackageWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from yibao_cli.ads.terms import Contract
    from yibao_cli.jobs.ads.adsbook import Book
    from yibao_cli.jobs.ads.adscodes import Coder
    from yibao_cli.jobs.ads.adsplan import AdsPlan
    from yibao_cli.jobs.mailing.sorting import SortedMailing
    from yibao_cli.jobs.workspace import Progress, Workspace
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.kinds.page import Layout
    from yibao_cli.kinds.product import Product
    from yibao_cli.ledger.assemble import Ledger
    from yibao_cli.model import Finding
    from yibao_cli.store.imports import ImportRecord

# What the package adds to the fields of a piece, and texts may name too.
_ADDED = ("piece", "row_id", "position", "variant", "part", "slot_a", "slot_b", "slot_c", "tracking")


@dataclass
class Frozen:
    """What came of freezing: counts tie (roster_rows == pieces + held + unselected + rejected).

    refused: why the post would not take the mailing as it is sorted; then no package was written.
    """

    counts: dict[str, int]
    totals: dict[str, int]
    holds: Counter[str]
    findings: list[Finding]
    parts: int = 0
    refused: Finding | None = None
    printed_ads: dict[str, int] = field(default_factory=dict)
    package_sha256: str = ""


@dataclass(frozen=True)
class _Plan:
    """Everything that a package is made of, before anything of it is written.

    art: contract to the name of its artwork in the package. about_ads: findings of contracts and panels.
    held: the findings of each row that is held, the first of them its state.
    """

    product: Product
    constants: dict[str, dict[str, str]]
    book: Book
    art: dict[str, str]
    layout: Layout
    mail: SortedMailing
    ads: AdsPlan
    coder: Coder
    about_ads: list[Finding]
    held: list[tuple[Finding, ...]]


@dataclass(frozen=True)
class Freezer:
    """One mailing being frozen."""

    workspace: Workspace
    mailing: str
    kind: Kind
    records: list[ImportRecord]
    progress: Progress
    choice: Choice = EVERYBODY

    def freeze(self, ledger: Ledger) -> Frozen:
        """Hold what cannot print, order the rest, write the package in the place of the one before."""
        plan = self._planned(ledger)
        frozen = Frozen(
            counts=self._counts(plan.mail.pieces, len(plan.held), ledger.count("unselected")),
            totals=outcome.control_totals(ledger),
            holds=Counter(found[0].rule_id for found in plan.held),
            findings=[
                *plan.about_ads,
                *chain.from_iterable(plan.held),
                *doubts(ledger),
                *self._employers(),
                *plan.mail.findings,
            ],
            refused=next((f for f in plan.mail.findings if f.rule_id in REFUSED), None),
            printed_ads=plan.ads.printed,
        )
        if plan.mail.pieces and not frozen.refused:
            self._write(ledger, plan, frozen)
            with self.workspace.engine.begin() as connection:
                use_makegoods(connection, self.mailing, plan.book.used)
        return frozen

    def _planned(self, ledger: Ledger) -> _Plan:
        """Look at all that would be printed, hold what cannot be, sort the rest, and give out the panels."""
        product = self.workspace.settings.paper.on(load_product(shipped("templates"), self.kind.product))
        constants = constants_of(self.workspace, self.mailing, self.kind)
        book = contracts_in_force(self.workspace, self.mailing, self.kind, product, self.records)
        contracts = book.contracts
        art = {c.id: f"{sha256_of(c.art)[:16]}{c.art.suffix.lower()}" for c in contracts}
        told = [response_field(slot) for slot in self.kind.slots if any(c.response for c in contracts)]
        fields = (*outcome.piece_columns(ledger), *_ADDED, *told)
        fonts = self.workspace.settings.fonts.plan(self.workspace.folder)
        layout = compose_layout(self.kind, product, fields, constants, art, fonts)
        layout = replace(layout, press=self._press())
        self.progress(_("checking what will be printed"), 0, 0)
        known = preflight(ledger, layout, WIDEST if self._registered else "")
        self.progress(_("sorting"), 0, 0)
        mail = sort_mailing(self.workspace, self.mailing, ledger, (layout, product))
        self.progress(_("planning the ads"), 0, 0)
        coder = coder_of(self.workspace, self.mailing, (c.id for c in contracts if c.response))
        ads, planned = plan_mailing(self.workspace, self.mailing, self.kind, ledger, contracts)
        held = [found for _row, found in outcome.held_rows(ledger, known)]
        return _Plan(
            product=product,
            constants=constants,
            book=book,
            art=art,
            layout=layout,
            mail=mail,
            ads=ads,
            coder=coder,
            about_ads=[*book.findings, *planned],
            held=held,
        )

    def _write(self, ledger: Ledger, plan: _Plan, frozen: Frozen) -> None:
        """Write the package; what came of it is noted in `frozen`."""
        # Before anything is written: a pool that runs dry stops the mailing here.
        numbers = self._numbers(ledger) if self._registered else {}
        with atomic_folder(self.workspace.mailing_folder(self.mailing) / FOLDER) as folder:
            writer = PackageWriter(folder)
            _copy_art(plan.book.contracts, plan.art, folder / ART)
            _copy_pictures(self._kind_folder, self.kind, folder / ART / PICTURES)
            # Drawn once here, so that artwork no press can print is refused before anything is frozen.
            draw_static(plan.layout, folder / ART)
            writer.add_kind(self.kind, plan.product, plan.constants)
            writer.add_fonts(plan.layout.fonts, font_digests(plan.layout.fonts))
            if plan.layout.press is not None:
                writer.add_press(plan.layout.press)
            self._write_parts(_parts(ledger, plan, numbers), writer, frozen)
            plan.ads.write(folder)
            facts = {"ads": plan.art, "inputs": tuple(self._inputs()), "quotas": frozen.printed_ads}
            facts |= {"sorting": plan.mail.facts, "where": self.choice.mailed}
            facts |= {"counts": frozen.counts, "totals": frozen.totals}
            frozen.package_sha256 = writer.finish(self.mailing, self.kind.id, facts)

    def _write_parts(
        self, parts: Iterable[tuple[pa.Table, pa.Table]], writer: PackageWriter, frozen: Frozen
    ) -> None:
        done = 0
        for pieces, lines in parts:
            writer.add_part(pieces, lines)
            frozen.parts += 1
            done += pieces.num_rows
            self.progress(_("freezing"), done, frozen.counts["pieces"])

    @property
    def _registered(self) -> bool:
        """Whether each piece gets a tracking number."""
        return self.workspace.mailing(self.mailing).registered

    def _employers(self) -> list[Finding]:
        """What is missing of the employers that pieces go to."""
        if self.workspace.mailing(self.mailing).deliver != "employer":
            return []
        with self.workspace.reading() as connection:
            return list(employer_findings(self.workspace, connection, self.mailing))

    def _numbers(self, ledger: Ledger) -> Mapping[str, str]:
        return assign_numbers(self.workspace, self.mailing, list(outcome.members_in_order(ledger)))

    @property
    def _kind_folder(self) -> Path:
        return Shelf(shipped("templates"), self.workspace.own_templates).folder(self.kind.id)

    def _press(self) -> PressPlan | None:
        settings, mailing = self.workspace.settings, self.workspace.mailing(self.mailing)
        if settings.render.profile == "office":
            return None
        icc = str(self.workspace.folder / settings.press.icc) if settings.press.icc else ""
        load_intent(icc)  # better refused now than in the middle of a part
        return PressPlan(icc, settings.press.bleed, settings.press.slug, self.mailing, mailing.ends)

    def _counts(self, pieces: int, held: int, unselected: int) -> dict[str, int]:
        rosters = [r for r in self.records if r.table == self.kind.merge.base]
        return {
            "roster_rows": sum(r.rows_in for r in rosters),
            "pieces": pieces,
            "held": held,
            "unselected": unselected,
            "rejected": sum(r.rows_rejected for r in rosters),
        }

    def _inputs(self) -> Iterator[dict[str, Any]]:
        for r in self.records:
            yield {"table": r.table, "file": r.file_name, "sha256": r.sha256, "rows": r.rows_in}


def _copy_art(contracts: list[Contract], names: dict[str, str], folder: Path) -> None:
    """Artwork is named by its content in the package: two clients may both call theirs a.png."""
    for contract in contracts:
        target = folder / names[contract.id]
        shutil.copyfile(contract.art, target)
        target.chmod(0o600)


def _copy_pictures(source: Path, kind: Kind, folder: Path) -> None:
    """Pictures of the kind keep their names in a folder of their own, which no artwork can be named into."""
    for name in sorted({item.file for _place, item in pictures_of(kind)}):
        target = private_folder(folder) / name
        shutil.copyfile(source / "art" / name, target)
        target.chmod(0o600)


def _parts(ledger: Ledger, plan: _Plan, numbers: Mapping[str, str]) -> Iterator[tuple[pa.Table, pa.Table]]:
    """The parts in print order, each with its lines and its panels."""
    feed = _LineFeed(ledger)
    for number, table in enumerate(outcome.piece_batches(ledger, plan.mail.part_sizes, COLUMNS), start=1):
        counts = table.column("line_count").to_pylist()
        stops = list(accumulate(counts))
        pages = pages_of(plan.layout, table.column("variant").to_pylist(), counts)
        added = {
            "part": pa.array([number] * len(stops), pa.int32()),
            "pages": pa.array(pages, pa.int32()),
            "line_start": pa.array([0, *stops[:-1]], pa.int64()),
            "line_stop": pa.array(stops, pa.int64()),
            "tracking": pa.array(
                [numbers.get(p, "") for p in table.column("piece").to_pylist()], pa.string()
            ),
        }
        slots = plan.ads.columns(table.column("row_id").to_pylist())
        for slot, keys in slots.items():
            added[f"slot_{slot.lower()}"] = pa.array(keys, pa.string())
        for name, told in plan.coder.columns(slots, table.column("piece").to_pylist()).items():
            added[name] = pa.array(told, pa.string())
        part = table.drop_columns(["line_count"])
        for name, column in added.items():
            part = part.append_column(name, column)
        yield part, feed.take(stops[-1])


class _LineFeed:
    """The lines of all pieces, taken off in the order of the pieces."""

    def __init__(self, ledger: Ledger) -> None:
        self._reader = iter(outcome.line_reader(ledger)) if ledger.kind.merge.lines else iter(())
        self._schema: pa.Schema | None = None
        self._rest: list[pa.RecordBatch] = []

    def take(self, count: int) -> pa.Table:
        """The next `count` lines."""
        have = sum(b.num_rows for b in self._rest)
        while have < count or self._schema is None:
            batch = next(self._reader, None)
            if batch is None:
                break
            self._schema = batch.schema
            self._rest.append(batch)
            have += batch.num_rows
        if self._schema is None:
            return pa.table({})
        table = pa.Table.from_batches(self._rest, self._schema)
        self._rest = table.slice(count).to_batches()
        return table.slice(0, count)
