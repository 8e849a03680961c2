"""Clients' files in, typed tables and findings out.

    sniff     what a file is, judged by its content
    archive   which workbook a zip is, and whether it may be opened at all
    bundle    the files in a zip
    pipe      messages between this process and that of
    child     a process of its own that opens one file and sends its cells up a pipe, read by
              newbook (calamine: xlsx, xlsb, ods), longbook, bigsheet, plainrows, sharedstrings (longer xlsx,
              as a stream), oldbook (xls), parquet; binaryfacts (xlsb), tablefacts (ods) find what calamine
              does not tell
    locked    workbooks with a password, where one is given
    workbook  the other end of that pipe
    encoding  of texts, and how sure it is
    text      csv and tab-separated text
    jsonlines, dbf  what their names say
    forms     which of these reads a file
    headers   which column is which field
    body      which rows are data: blank, total and repeated header rows, merged cells
    cells     a value of one cell as a value of its field's type
    rows      rows as typed columns, with findings
    duplicates  the same row, or the same key, twice
    naming    rows that name nobody
    reading   the stages above in order

A reader yields `raw.RawSheet`; a new file format is one more module that does, and a line in `reading`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from yibao_cli.kinds.fields import TableSpec
    from yibao_cli.model import Finding

# The child process that parses a workbook imports this package and nothing else of ours. The
# functions below therefore import `reading`, and with it pyarrow and pydantic, only when called:
# half a second of every workbook.


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person who imports knows better than the file.

    sheet: name of the only sheet to read; "" reads every visible sheet that has the table's header.
    encoding: of text files and old tables, as `--encoding` names it; "" to find out.
    header_map: client's header -> our field name; wins over the kind's aliases. A header that is not in the
      sheet refuses the file.
    remembered: the same from earlier imports; it wins over the aliases too, but need not be in the sheet.
    spellings: field -> the client's words for its choices -> ours; of fields that are choices.
    today: ISO date, after which no date of the past may lie; "" to let that be.
    """

    sheet: str = ""
    header_map: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, str] = field(default_factory=dict)
    spellings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    today: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """At most 20,000 rows of one sheet.

    table: the kept rows, one column a field in the order of `spec.names`, then
      src_sheet  string  "" for text files
      src_row    int32   row in the client's file, from 1 as Excel counts
      src_ordinal int64  ordinal of the row among all data rows of the file, from 1, rejected ones counted
      money (fen) and integer fields are int64, flags bool, everything else string (dates ISO,
      decimals as exact text); null where blank.
    findings: of these rows, and of the sheets and rows skipped since the batch before.
    rows_in: data rows read; always rows_kept + rows_rejected.
    left_out: what could be read of rows that a rule rejected, in the schema of `table`; None for none.
    """

    table: pa.Table
    findings: tuple[Finding, ...]
    sheet: str
    rows_in: int
    rows_kept: int
    rows_rejected: int
    left_out: pa.Table | None = None


def read_batches(path: Path, spec: TableSpec, options: ReadOptions) -> Iterator[Batch]:
    """Read one client file as the table `spec`, batch by batch, in the file's order.

    Every row with a finding of severity REJECT is left out and counted; a kept row may have WARN
    and NOTE findings. Duplicates are sought in the whole file. At least one batch comes, be it empty.

    Raises InputNotFound when there is no such file, InputRefused when the file, its sheet or its
    header cannot be used (which may be known only after some batches), UsageError when
    `header_map` names a field that the table does not have.
    Source: docs/files.md.
    """
    from yibao_cli.ingest import reading  # noqa: PLC0415 - see the comment above

    found = reading.batches(path, spec, options)
    if not spec.one_of:
        return found
    from yibao_cli.ingest.naming import only_named  # noqa: PLC0415 - see the comment above

    return (only_named(batch, spec, path.name) for batch in found)


def mapping_of(path: Path, spec: TableSpec, options: ReadOptions) -> dict[str, dict[str, str]]:
    """Tell which header of the client is taken for which field: sheet -> {field: header}.

    Sheets without the table's header are left out. Raises as `read_batches` does.
    """
    from yibao_cli.ingest import reading  # noqa: PLC0415 - see the comment above

    return reading.mapping(path, spec, options)
