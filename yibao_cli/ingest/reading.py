"""The stages of reading in order; `yibao_cli.ingest` is the way in."""

from __future__ import annotations

import gc
from contextlib import closing
from typing import TYPE_CHECKING

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.ingest.about import about_sheet
from yibao_cli.ingest.batch import Batch
from yibao_cli.ingest.body import Body, Place
from yibao_cli.ingest.compiling import compile_columns
from yibao_cli.ingest.duplicates import Memory
from yibao_cli.ingest.forms import open_sheets
from yibao_cli.ingest.headers import HEAD_ROWS, Layout, find_layout
from yibao_cli.ingest.rows import table_schema, type_rows
from yibao_cli.ingest.vocabulary import Vocabulary
from yibao_cli.model import Finding

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from yibao_cli.ingest.batch import ReadOptions
    from yibao_cli.ingest.compiling import Column
    from yibao_cli.ingest.raw import Chunk, Note, RawSheet
    from yibao_cli.kinds.fields import TableSpec


def raw_sheets(
    path: Path, options: ReadOptions, head_rows: int | None = None
) -> Generator[RawSheet, None, None]:
    """The sheets of a file as they are; whoever stops before the last one closes them."""
    return open_sheets(path, options, head_rows)


def batches(path: Path, spec: TableSpec, options: ReadOptions) -> Iterator[Batch]:
    """See `yibao_cli.ingest.read_batches`."""
    vocabulary = Vocabulary(spec, options.header_map, options.remembered)
    run = _Run(path, spec, options)
    with closing(raw_sheets(path, options)) as sheets:
        for sheet in sheets:
            yield from _uncollected(run.read(sheet, vocabulary))
    if not run.found_header:
        raise _empty(path) if run.is_empty else _no_header(path, spec, run.seen_sheets, options)
    if run.waiting:
        yield run.closing()


def _uncollected(found: Iterator[Batch]) -> Iterator[Batch]:
    """The same, with Python's cycle collector off while each is made.

    A chunk is a hundred thousand cells without a cycle among them, and the collector would walk them all
    again and again: a seventh of the time.
    """
    while True:
        was_on = gc.isenabled()
        gc.disable()
        try:
            batch = next(found, None)
        finally:
            if was_on:
                gc.enable()
        if batch is None:
            return
        yield batch


def mapping(path: Path, spec: TableSpec, options: ReadOptions) -> dict[str, dict[str, str]]:
    """See `yibao_cli.ingest.mapping_of`."""
    vocabulary = Vocabulary(spec, options.header_map, options.remembered)
    found = {}
    seen = []
    with closing(raw_sheets(path, options, HEAD_ROWS + 1)) as sheets:
        for sheet in sheets:
            seen.append(sheet.name)
            layout = _layout(sheet, next(iter(sheet.chunks), None), vocabulary, path)
            if layout is not None:
                found[sheet.name] = dict(layout.headers)
    if not found:
        raise _no_header(path, spec, seen, options)
    return found


class _Run:
    """One file being read: what is known of it so far."""

    def __init__(self, path: Path, spec: TableSpec, options: ReadOptions) -> None:
        self._path = path
        self._spec = spec
        self._schema = table_schema(spec)
        self._memory = Memory(spec, options.today)
        self._options = options
        self.seen_sheets: list[str] = []
        self.found_header = False
        self.is_empty = True
        self.last_sheet = ""
        self.waiting: list[Finding] = []
        self._rows_in = 0

    def read(self, sheet: RawSheet, vocabulary: Vocabulary) -> Iterator[Batch]:
        """The batches of one sheet; findings about sheets wait for the next batch."""
        self.seen_sheets.append(sheet.name)
        place = Place(self._path.name, sheet.name)
        self.waiting.extend(_noted(place, note) for note in sheet.notes)
        chunks = iter(sheet.chunks)
        first = next(chunks, None)
        self.is_empty = self.is_empty and first is None and not sheet.hidden
        layout = _layout(sheet, first, vocabulary, self._path)
        if layout is None or first is None:
            self.waiting.append(place.finding("I102" if sheet.hidden else "I101", table=self._spec.label))
            return
        self.found_header = True
        self.last_sheet = sheet.name
        self.waiting.extend(_about(layout, place))
        body = Body(layout, sheet.merges, place, sheet.left)
        self.waiting.extend(about_sheet(layout, sheet.facts, sheet.left, place))
        columns = compile_columns(self._spec, layout, self._options.spellings, date1904=sheet.facts.date1904)
        count = 0
        for chunk in _all(first, chunks):
            batch = self._typed(body, columns, chunk, place)
            count += batch.rows_in
            if batch.rows_in or batch.findings:
                yield batch
        if not count:
            self.waiting.append(place.finding("I103", layout.last_row))

    def _typed(self, body: Body, columns: Sequence[Column], chunk: Chunk, place: Place) -> Batch:
        data = body.take(chunk)
        typed = type_rows(columns, data, self._memory, place, self._schema, self._rows_in)
        findings = [*self.waiting, *sorted([*data.findings, *typed.findings], key=lambda f: f.row or 0)]
        self.waiting.clear()
        kept = typed.table.num_rows
        rejected = typed.rejected + data.refused
        self._rows_in += kept + rejected
        left = typed.left_out if typed.left_out.num_rows else None
        return Batch(typed.table, tuple(findings), place.sheet, kept + rejected, kept, rejected, left)

    def closing(self) -> Batch:
        """What is still to be said when the last row has been read."""
        return Batch(self._schema.empty_table(), tuple(self.waiting), self.last_sheet, 0, 0, 0)


def _layout(sheet: RawSheet, first: Chunk | None, vocabulary: Vocabulary, path: Path) -> Layout | None:
    if first is None:
        return None
    where = f"{path.name}:{sheet.name}" if sheet.name else path.name
    return find_layout(first, sheet.merges, vocabulary, where)


def _noted(place: Place, note: Note) -> Finding:
    return Finding(note.rule_id, place.file, place.sheet, details=dict(note.details))


def _all(first: Chunk, others: Iterator[Chunk]) -> Iterator[Chunk]:
    yield first
    yield from others


def _about(layout: Layout, place: Place) -> Iterator[Finding]:
    """Findings about a sheet's header."""
    if layout.unused:
        yield place.finding("I104", layout.last_row, columns=", ".join(layout.unused))
    if layout.joined:
        yield place.finding("I109", layout.last_row)


def _empty(path: Path) -> InputRefused:
    return InputRefused(
        _("there is nothing in it"), where=path.name, remedy=_("check that this is the right file and sheet")
    )


def _no_header(path: Path, spec: TableSpec, sheets: Sequence[str], options: ReadOptions) -> InputRefused:
    named = ", ".join(s for s in sheets if s)
    required = [*(f.label for f in spec.fields if f.required), *filter(None, [spec.alternatives])]
    message = _("no header row of {table} in the first {rows} rows; it must have: {required}")
    mapped = _("check that this is the right file and sheet, or name headers with --map 'its header=field'")
    where = f"{path.name}:{named}" if len(sheets) == 1 and named else path.name
    return InputRefused(
        message.format(
            table=_(spec.label),
            rows=HEAD_ROWS,
            required=", ".join(required or [f.label for f in spec.fields]),
        ),
        where=where,
        remedy=_("check that this is the right file and sheet") if options.unmapped else mapped,
    )
