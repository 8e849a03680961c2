"""Look at every text that would be printed, and hold the pieces whose texts cannot be."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from yibao_cli.compose.values import Columnar, source_column
from yibao_cli.ledger import outcome as ledger_outcome
from yibao_cli.render.preflight import largest_fitting_amount, missing_characters, unfitting

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from yibao_cli.kinds.page import Layout, PlacedText
    from yibao_cli.ledger.assemble import Ledger

_BATCH = 20_000
Known = dict[tuple[int, str], dict[str, object]]


def preflight(ledger: Ledger, layout: Layout) -> Known:
    """Hold what no font can draw (H401) and what does not fit its place (H402).

    Returns the details of each hold by (row id, rule).
    """
    known: Known = {}
    for batch in ledger_outcome.candidate_batches(ledger, _BATCH):
        _check_texts(batch, layout, known)
    if ledger.kind.merge.lines:
        _check_lines(ledger, layout, known)
        _check_amounts(ledger, layout, known)
    for rule_id in ("H401", "H402"):
        ledger.hold(sorted(row for row, rule in known if rule == rule_id), rule_id)
    return known


def _check_texts(batch: pa.Table, layout: Layout, known: Known) -> None:
    columns = Columnar(batch)
    rows, variants = columns["row_id"], columns["variant"]
    for variant, placed in _texts(layout):
        texts = source_column(placed.source, columns, len(columns))
        for i, characters in missing_characters(texts, placed.item.weight).items():
            if variants[i] == variant:
                known[rows[i], "H401"] = {"characters": _named(characters)}
        for i in unfitting(placed, texts):
            if variants[i] == variant:
                known[rows[i], "H402"] = {"place": placed.item.text}


def _texts(layout: Layout) -> Iterator[tuple[str, PlacedText]]:
    for variant, pages in layout.variants.items():
        for page in pages:
            for placed in page.texts:
                yield variant, placed


def _check_lines(ledger: Ledger, layout: Layout, known: Known) -> None:
    shown = {
        f
        for pages in layout.variants.values()
        for p in pages
        for t in p.tables
        for c in t.cells
        for f in c.fields
    }
    spec = ledger.kind.inputs[ledger.kind.merge.lines]
    bad: defaultdict[str, list[str]] = defaultdict(list)
    characters: dict[str, str] = {}
    for name in sorted(
        f.name for f in spec.fields if f.name in shown and f.type in {"text", "name", "choice"}
    ):
        values: list[Any] = ledger_outcome.distinct_line_values(ledger, name)
        for i, missing in missing_characters(values, 400).items():
            bad[name].append(values[i])
            characters[values[i]] = missing
    for name, values in bad.items():
        for row_id, value in ledger_outcome.rows_with_line_value(ledger, name, values):
            known[row_id, "H401"] = {"characters": _named(characters[value])}


def _check_amounts(ledger: Ledger, layout: Layout, known: Known) -> None:
    """An amount that is cut would be another amount: hold whoever has one too wide for its column."""
    for variant, pages in layout.variants.items():
        for table in (t for page in pages for t in page.tables):
            for column, cell in enumerate(table.cells):
                if cell.amount is None:
                    continue
                limit = largest_fitting_amount(table, column)
                place = table.item.columns[column].header
                for row_id in ledger_outcome.rows_with_amount(
                    ledger, variant, cell.amount, (limit, table.item.capacity)
                ):
                    known[row_id, "H402"] = {"place": place}


def _named(characters: str) -> str:
    """Characters with their code points: 𫝑 (U+2B751)."""
    return ", ".join(
        f"{c if unicodedata.category(c)[0] != 'C' else '?'} (U+{ord(c):04X})" for c in characters
    )
