"""Client files and tables for the tests of the ingest room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl

from yibao_cli.ingest import ReadOptions, read_batches
from yibao_cli.kinds.fields import FieldSpec, TableSpec

if TYPE_CHECKING:
    from pathlib import Path

NAMED = ReadOptions()


def table_of(*fields, key=()):
    """A table of fields given as (name, label, type) or FieldSpec."""
    specs = [f if isinstance(f, FieldSpec) else FieldSpec(name=f[0], label=f[1], type=f[2]) for f in fields]
    return TableSpec(label="测试表", key=key, fields=tuple(specs))


BALANCES = TableSpec(
    label="账户余额",
    key=("person_no",),
    fields=(
        FieldSpec(
            name="person_no",
            label="个人编号",
            type="id",
            required=True,
            sensitive=True,
            aliases=("人员编号",),
        ),
        FieldSpec(name="name", label="姓名", type="name", sensitive=True),
        FieldSpec(name="closing", label="期末余额", type="money", required=True, aliases=("账户余额",)),
        FieldSpec(name="cut_off", label="截止日期", type="date"),
    ),
)
HEADER = ["个人编号", "姓名", "期末余额", "截止日期"]


def workbook(path: Path, *rows, sheet="名册", merges=(), more=()):
    """Write an .xlsx with these rows; `more` are further sheets as (name, rows, state)."""
    book = openpyxl.Workbook()
    first = book.active
    first.title = sheet
    _fill(first, rows)
    for merge in merges:
        first.merge_cells(merge)
    for name, lines, state in more:
        extra = book.create_sheet(name)
        extra.sheet_state = state
        _fill(extra, lines)
    book.save(path)
    return path


def _fill(sheet, rows):
    for row in rows:
        sheet.append(list(row))


def text_file(path: Path, *lines, encoding="utf-8"):
    """Write lines of text as they are."""
    path.write_bytes("\n".join([*lines, ""]).encode(encoding))
    return path


def read(path, spec=BALANCES, options=NAMED):
    """All batches of a file."""
    return list(read_batches(path, spec, options))


def rows_of(batches):
    """The kept rows of all batches as dictionaries."""
    return [row for batch in batches for row in batch.table.to_pylist()]


def rules_of(batches):
    """(rule id, row) of every finding."""
    return [(f.rule_id, f.row) for batch in batches for f in batch.findings]
