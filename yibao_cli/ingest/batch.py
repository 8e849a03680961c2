"""What is asked of a reading, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from yibao_cli.model import Finding


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person who imports knows better than the file.

    sheet: name of the only sheet to read; "" reads every visible sheet that has the table's header.
    encoding: of text files and old tables, as `--encoding` names it; "" to find out.
    header_map: client's header -> our field name; wins over the kind's aliases. A header that is not in the
      sheet refuses the file.
    remembered: the same from earlier imports; it wins over the aliases too, but need not be in the sheet.
    spellings: field -> the client's words for its choices -> ours; of fields that are choices.
    unmapped: whether the command has no `--map`, so that nobody is told to use it.
    today: ISO date, after which no date of the past may lie; "" to let that be.
    """

    sheet: str = ""
    header_map: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, str] = field(default_factory=dict)
    spellings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    today: str = ""
    encoding: str = ""
    unmapped: bool = False


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
