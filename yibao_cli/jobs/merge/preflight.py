"""Look at every text that would be printed, and hold the pieces whose texts cannot be."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

from yibao_cli.compose.charts import without_sums
from yibao_cli.compose.columns import Columnar, source_column
from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.sources import PAGE_FIELDS
from yibao_cli.ledger import outcome as ledger_outcome
from yibao_cli.ledger.judging import hold
from yibao_cli.render.faces import font_set
from yibao_cli.render.fonts import REGULAR
from yibao_cli.render.preflight import (
    largest_fitting_amount,
    largest_fitting_bar,
    missing_characters,
    overrunning,
    unfitting,
    unfitting_marks,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from yibao_cli.kinds.page import Layout, PagePlan
    from yibao_cli.ledger.assemble import Ledger
    from yibao_cli.render.faces import FontSet

_BATCH = 20_000
_WIDE_PAGE = "88"  # stands for any number of a page, none of which is wider
Known = dict[tuple[int, str], dict[str, object]]


def preflight(ledger: Ledger, layout: Layout, tracking: str = "") -> Known:
    """Hold what no font can draw (H401) and what does not fit its place (H402).

    tracking: stands for the tracking number that pieces will have; "" for none.

    Returns the details of each hold by (row id, rule). Raises SettingsError when a text that stands on every
    piece cannot be printed.
    """
    _check_static(layout)
    known: Known = {}
    for batch in ledger_outcome.candidate_batches(ledger, _BATCH):
        _check_texts(batch, layout, known, tracking)
    if ledger.kind.merge.lines:
        _check_lines(ledger, layout, known)
        _check_amounts(ledger, layout, known)
        _check_bars(ledger, layout, known)
    for rule_id in ("H401", "H402"):
        hold(ledger, sorted(row for row, rule in known if rule == rule_id), rule_id)
    return known


def _check_static(layout: Layout) -> None:
    """The kind's own words and the client's: they stand on every piece, so nothing prints without them."""
    faces = font_set(layout.fonts)
    on_pages = (text for _variant, page in layout.plans() for text in page.static_texts)
    for placed in chain(on_pages, *(art.texts for art in layout.art)):
        text, font = placed.source.literal, faces.font(placed.item.face, placed.item.weight)
        reason = ""
        if missing := font.missing(text.replace("\n", "")):
            reason = _("no font draws {characters}").format(characters=_named("".join(missing)))
        elif unfitting(placed, [text], font):
            reason = _("it does not fit its place, even at its smallest size")
        if reason:
            raise SettingsError(
                _("the text «{text}» cannot be printed: {reason}").format(text=text[:40], reason=reason),
                remedy=_("shorten it in yibao.toml or the kind, or name a fallback font under [fonts]"),
            )


def _check_texts(batch: pa.Table, layout: Layout, known: Known, tracking: str) -> None:
    variants = batch.column("variant").to_pylist()
    for name, variant in layout.variants.items():
        rows = [i for i, v in enumerate(variants) if v == name]
        if not rows:  # Arrow takes no rows from no list of numbers
            continue
        unknown = dict.fromkeys(PAGE_FIELDS, [_WIDE_PAGE] * len(rows)) | {"tracking": [tracking] * len(rows)}
        charts = [chart for plan in variant.plans for chart in plan.charts]
        columns = Columnar(batch.take(rows)).with_columns(unknown | without_sums(charts, len(rows)))
        for plan in variant.plans:
            _check_page(plan, columns, font_set(layout.fonts), known)


def _check_page(plan: PagePlan, columns: Columnar, faces: FontSet, known: Known) -> None:
    """Every text and mark of a page, as the pieces in `columns` would show them."""
    ids = columns["row_id"]
    for placed in plan.texts:
        texts = source_column(placed.source, columns, len(columns))
        font = faces.font(placed.item.face, placed.item.weight)
        for i, characters in missing_characters(texts, font).items():
            known[ids[i], "H401"] = {"characters": _named(characters)}
        for i in (*unfitting(placed, texts, font), *overrunning(placed, plan, texts, font)):
            known[ids[i], "H402"] = {"place": placed.item.text}
    for mark in plan.marks:
        if mark.item.type == "qr":
            continue  # what it says is made when the pieces are frozen, and fits
        for i in unfitting_marks(mark, source_column(mark.source, columns, len(columns))):
            known[ids[i], "H402"] = {"place": getattr(mark.item, "text", mark.item.type)}


def _check_lines(ledger: Ledger, layout: Layout, known: Known) -> None:
    tables = (t for _variant, page in layout.plans() for t in page.tables)
    shown = {f for table in tables for cell in table.cells for f in cell.fields}
    spec = ledger.kind.inputs[ledger.kind.merge.lines]
    bad: defaultdict[str, list[str]] = defaultdict(list)
    characters: dict[str, str] = {}
    font = font_set(layout.fonts).font("body", REGULAR)
    for name in sorted(
        f.name for f in spec.fields if f.name in shown and f.type in {"text", "name", "choice"}
    ):
        values: list[Any] = ledger_outcome.distinct_line_values(ledger, name)
        for i, missing in missing_characters(values, font).items():
            bad[name].append(values[i])
            characters[values[i]] = missing
    for name, values in bad.items():
        for row_id, value in ledger_outcome.rows_with_line_value(ledger, name, values):
            known[row_id, "H401"] = {"characters": _named(characters[value])}


def _check_amounts(ledger: Ledger, layout: Layout, known: Known) -> None:
    """An amount that is cut would be another amount: hold whoever has one too wide for its column."""
    font = font_set(layout.fonts).font("body", REGULAR)
    for variant, table in ((v, t) for v, page in layout.plans() for t in page.tables):
        flowing = layout.variants[variant].flowing
        # A table that lines go on to brings sums as soon as the one before it is full.
        full = flowing[0] if flowing and table is flowing[1] else table
        amounts = ((i, cell.amount) for i, cell in enumerate(table.cells) if cell.amount is not None)
        for column, amount in amounts:
            limits = largest_fitting_amount(table, column, font), full.item.capacity
            place = table.item.columns[column].header
            for row_id in ledger_outcome.rows_with_amount(ledger, variant, amount, limits):
                known[row_id, "H402"] = {"place": place}


def _check_bars(ledger: Ledger, layout: Layout, known: Known) -> None:
    """The same for the amounts of charts, which are sums that stand in no column."""
    spec = ledger.kind.inputs[ledger.kind.merge.lines]
    for variant, page in layout.plans():
        for chart in page.charts:
            placed = chart.amounts[0].item
            limit = largest_fitting_bar(chart, font_set(layout.fonts).font(placed.face, placed.weight))
            by = ledger_outcome.bar_sql(chart.item.by, monthly=chart.monthly)
            bars = by, chart.item.sum, chart.keys
            for row_id in ledger_outcome.rows_with_bar(ledger, variant, bars, limit):
                known[row_id, "H402"] = {"place": spec.field(chart.item.sum).label}


def _named(characters: str) -> str:
    """Characters with their code points: 𫝑 (U+2B751)."""
    return ", ".join(
        f"{c if unicodedata.category(c)[0] not in 'CM' else '?'} (U+{ord(c):04X})" for c in characters
    )
