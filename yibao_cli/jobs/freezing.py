"""Write the package of a mailing from its judged ledger: holds, print order, panels, parts."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from yibao_cli.ads import Assigner, Audience, Contract, twice_contracted, usable_contracts
from yibao_cli.compose import compose_layout, pages_of
from yibao_cli.config import shipped
from yibao_cli.i18n import _
from yibao_cli.jobs.constants import constants_of
from yibao_cli.jobs.preflight import preflight
from yibao_cli.kinds import Shelf, load_product
from yibao_cli.kinds.page import PressPlan
from yibao_cli.kinds.pictures import PICTURES, pictures_of
from yibao_cli.ledger import outcome
from yibao_cli.ledger.doubts import doubts
from yibao_cli.render.faces import font_digests
from yibao_cli.render.press.icc import load_intent
from yibao_cli.render.static import draw_static
from yibao_cli.store.files import atomic_folder, private_folder, sha256_of
from yibao_cli.store.packages import ART, FOLDER, PackageWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yibao_cli.jobs.workspace import Progress, Workspace
    from yibao_cli.kinds.geometry import Product
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.kinds.page import Layout
    from yibao_cli.ledger.assemble import Ledger
    from yibao_cli.model import Finding
    from yibao_cli.store.imports import ImportRecord

# What the package adds to the fields of a piece, and texts may name too.
_ADDED = ("piece", "row_id", "position", "variant", "part", "slot_a", "slot_b", "slot_c")


@dataclass
class Frozen:
    """What came of freezing: counts tie (roster_rows == pieces + held + rejected)."""

    counts: dict[str, int]
    totals: dict[str, int]
    holds: Counter[str]
    findings: list[Finding]
    parts: int = 0
    printed_ads: dict[str, int] = field(default_factory=dict)
    package_sha256: str = ""


@dataclass(frozen=True)
class Freezer:
    """One mailing being frozen."""

    workspace: Workspace
    mailing: str
    kind: Kind
    records: list[ImportRecord]
    progress: Progress

    def freeze(self, ledger: Ledger) -> Frozen:
        """Hold what cannot print, order the rest, write the package in the place of the one before."""
        product = load_product(shipped("templates"), self.kind.product)
        constants = constants_of(self.workspace, self.mailing, self.kind)
        contracts, ad_findings = self._contracts(product)
        art = {c.id: f"{sha256_of(c.art)[:16]}{c.art.suffix.lower()}" for c in contracts}
        fields = (*outcome.piece_columns(ledger), *_ADDED)
        fonts = self.workspace.settings.fonts.plan(self.workspace.folder)
        press = self._press()
        layout = compose_layout(self.kind, product, fields, constants, art, fonts, press)
        self.progress(_("checking what will be printed"), 0, 0)
        known = preflight(ledger, layout)
        pieces = outcome.order_pieces(ledger)
        held = [found for _row, found in outcome.held_rows(ledger, known)]
        frozen = Frozen(
            counts=self._counts(pieces, len(held)),
            totals=outcome.control_totals(ledger),
            holds=Counter(found[0].rule_id for found in held),
            findings=[*ad_findings, *chain.from_iterable(held), *doubts(ledger)],
        )
        if pieces:
            with atomic_folder(self.workspace.mailing_folder(self.mailing) / FOLDER) as folder:
                writer = PackageWriter(folder)
                _copy_art(contracts, art, folder / ART)
                _copy_pictures(self._kind_folder, self.kind, folder / ART / PICTURES)
                # Drawn once here, so that artwork no press can print is refused before anything is frozen.
                draw_static(layout, folder / ART)
                writer.add_kind(self.kind, product, constants)
                writer.add_fonts(fonts, font_digests(fonts))
                if press is not None:
                    writer.add_press(press)
                self._write_parts((ledger, layout), writer, contracts, frozen)
                facts = {"ads": art, "inputs": tuple(self._inputs()), "quotas": frozen.printed_ads}
                facts |= {"counts": frozen.counts, "totals": frozen.totals}
                frozen.package_sha256 = writer.finish(self.mailing, self.kind.id, facts)
        return frozen

    def _write_parts(
        self,
        printing: tuple[Ledger, Layout],
        writer: PackageWriter,
        contracts: list[Contract],
        frozen: Frozen,
    ) -> None:
        assigner = Assigner(contracts, [f"house:{h.id}" for h in self.kind.house], self.kind.slots)
        size = self.workspace.settings.render.pieces_per_part
        for pieces, lines in _parts(*printing, assigner, size):
            writer.add_part(pieces, lines)
            frozen.parts += 1
            self.progress(_("freezing"), frozen.parts * size, frozen.counts["pieces"])
        frozen.printed_ads = {c.id: assigner.printed[c.id] for c in contracts}

    def _contracts(self, product: Product) -> tuple[list[Contract], list[Finding]]:
        """The contracts that may print, and findings about the others."""
        kept: list[Contract] = []
        findings: list[Finding] = []
        size = next(((p.w, p.h) for p in product.panels.values() if p.ads), (0.0, 0.0))
        posting = self.workspace.mailing(self.mailing).posting
        for record in (r for r in self.records if r.table == "contracts" and self.kind.ads != "never"):
            path = record.rows(self.workspace.folder)
            rows = [{**row, "src_file": record.file_name} for row in pq.read_table(path).to_pylist()]
            good, found = usable_contracts(rows, path.parent, posting, size)
            findings += found
            for contract in good:
                if contract.id in {c.id for c in kept}:
                    findings.append(twice_contracted(contract.id, record.file_name))
                else:
                    kept.append(contract)
        return kept, findings

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

    def _counts(self, pieces: int, held: int) -> dict[str, int]:
        rosters = [r for r in self.records if r.table == self.kind.merge.base]
        return {
            "roster_rows": sum(r.rows_in for r in rosters),
            "pieces": pieces,
            "held": held,
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


def _parts(
    ledger: Ledger, layout: Layout, assigner: Assigner, size: int
) -> Iterator[tuple[pa.Table, pa.Table]]:
    """The parts in print order, each with its lines and its panels."""
    feed = _LineFeed(ledger)
    for number, table in enumerate(outcome.piece_batches(ledger, size), start=1):
        counts = table.column("line_count").to_pylist()
        stops = list(accumulate(counts))
        pages = pages_of(layout, table.column("variant").to_pylist(), counts)
        audience = Audience(*(table.column(c).to_pylist() for c in ("ads_consent", "county", "category")))
        added = {
            "part": pa.array([number] * len(stops), pa.int32()),
            "pages": pa.array(pages, pa.int32()),
            "line_start": pa.array([0, *stops[:-1]], pa.int64()),
            "line_stop": pa.array(stops, pa.int64()),
        }
        for slot, keys in assigner.assign(audience).items():
            added[f"slot_{slot.lower()}"] = pa.array(keys, pa.string())
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
