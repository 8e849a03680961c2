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
    headers   which column is which field, as vocabulary says what clients call them
    body      which rows are data: blank, total and repeated header rows, merged cells
    cells, dates, words  a value of one cell as a value of its field's type
    columns   the same for many cells at once
    compiling where a field's cells stand on a sheet, and how they are read and shown
    rows      rows as typed columns, with findings
    plausible what is well formed and still unlikely
    duplicates  the same row, or the same key, twice
    naming    rows that name nobody
    reading   the stages above in order
    batch     what is asked of a reading, and what comes out of it

A reader yields `raw.RawSheet`; a new file format is one more module that does, and a line in `forms`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.ingest.batch import Batch, ReadOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yibao_cli.kinds.fields import TableSpec

__all__ = ["Batch", "ReadOptions", "mapping_of", "read_batches"]

# The child process that parses a workbook imports this package and nothing else of ours. The
# functions below therefore import `reading`, and with it pyarrow and pydantic, only when called:
# half a second of every workbook.


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
