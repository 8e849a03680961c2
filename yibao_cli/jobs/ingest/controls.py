"""Figures that the client states, and whether what was read ties to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yibao_cli import money
from yibao_cli.errors import CheckFailed, InputRefused, UsageError
from yibao_cli.i18n import _
from yibao_cli.ingest import ReadOptions, read_batches
from yibao_cli.jobs.inbox import check_input
from yibao_cli.kinds.fields import FieldSpec, TableSpec, normal_header
from yibao_cli.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from yibao_cli.store.imports import SheetTotals

    # Its name, the totals of its sheets, and whether its content came in another file before it.
    ReadFile = tuple[str, Sequence[SheetTotals], bool]

ROWS, SUM = "rows", "sum"
_MOST_SHOWN = 10

CONTROL_TABLE = TableSpec(
    label="控制总数",
    fields=(
        FieldSpec(name="file", label="文件", aliases=("文件名",), required=True),
        FieldSpec(name="sheet", label="工作表", aliases=("表名", "sheet名")),
        FieldSpec(name="rows", label="行数", aliases=("记录数", "人数", "笔数"), type="integer"),
        FieldSpec(name="field", label="字段", aliases=("项目", "栏目")),
        FieldSpec(name="sum", label="合计", aliases=("总额", "金额合计", "合计金额"), type="money"),
    ),
)


@dataclass(frozen=True, slots=True)
class Stated:
    """One figure: of a file and sheet ("" for all), how many rows (`rows`) or the sum of a field in fen."""

    file: str
    sheet: str
    what: str
    value: int


@dataclass(frozen=True, slots=True)
class Statement:
    """All that was stated: figures of the command line, and the lines of a control file, None without one."""

    figures: tuple[Stated, ...] = ()
    lines: tuple[Mapping[str, Any], ...] | None = None
    control: str = ""

    def __bool__(self) -> bool:
        """Whether anything has to be checked."""
        return bool(self.figures) or self.lines is not None

    def check(self, read: Sequence[ReadFile], spec: TableSpec) -> int:
        """Tell how many figures tie; of files of one content, figures about all files count the first.

        Raises CheckFailed unless all do, and unless the control file names each file; InputRefused when one
        of its lines cannot be.
        """
        names = {name for name, _sheets, _is_twin in read}
        figures = [*self.figures]
        for line in self.lines or ():
            if line["file"] in names:
                figures += _line_figures(line, spec, self.control)
        faults = [fault for f in figures if (fault := _fault(f, read, spec))]
        if self.lines is not None:
            unnamed = sorted(names - {line["file"] for line in self.lines})
            faults += [
                _("{file}: the file of control totals does not name it").format(file=n) for n in unnamed
            ]
        if faults:
            raise _failure(faults, sum(s.rows_rejected for _name, sheets, _is_twin in read for s in sheets))
        return len(figures)


def _failure(faults: Sequence[str], rejected: int) -> CheckFailed:
    shown = list(faults[:_MOST_SHOWN])
    if len(faults) > _MOST_SHOWN:
        shown.append(_("and {count} more").format(count=len(faults) - _MOST_SHOWN))
    remedy = _(
        "nothing was imported; {rejected} rows were rejected: see them with --dry-run, or ask the client "
        "which figure is right"
    )
    return CheckFailed(_("; ").join(shown), remedy=remedy.format(rejected=rejected))


def stated_figures(expect: Iterable[str], control: Path | None, spec: TableSpec) -> Statement:
    """The figures of `--expect NAME=VALUE` and of a control file.

    Raises UsageError for an expectation that cannot be, InputRefused for a control file that cannot.
    """
    figures = tuple(_expectation(text, spec) for given in expect for text in given.split())
    if control is None:
        return Statement(figures)
    return Statement(figures, tuple(_control_lines(control)), control.name)


def _expectation(text: str, spec: TableSpec) -> Stated:
    name, _equals, value = text.partition("=")
    if normal_header(name) == ROWS:
        if not value.replace(",", "").isdecimal():
            raise UsageError(
                _("{text}: rows are a whole number").format(text=text),
                remedy=_("for example --expect rows=2719"),
            )
        return Stated("", "", ROWS, int(value.replace(",", "")))
    field = _money_field(name, spec)
    try:
        return Stated("", "", field, money.fen(value))
    except ValueError as error:
        raise UsageError(
            _("--expect wants NAME=VALUE, not {text}").format(text=text),
            remedy=_("for example --expect rows=2719 --expect {field}=12345.67").format(field=field),
        ) from error


def _money_field(name: str, spec: TableSpec) -> str:
    """The money field of that name, label or header; `sum` where the table has only one."""
    fields = [f for f in spec.fields if f.type == "money"]
    key = normal_header(name)
    found = next((f.name for f in fields if key in f.headers), None)
    if found is None and key == SUM and len(fields) == 1:
        found = fields[0].name
    if found is None:
        raise UsageError(
            _("{table} has no sum of {field}").format(table=spec.label, field=name),
            remedy=_("state one of: {fields}").format(fields=", ".join([ROWS, *(f.name for f in fields)])),
        )
    return found


def _control_lines(path: Path) -> list[Mapping[str, Any]]:
    check_input(path)
    lines: list[Mapping[str, Any]] = []
    for batch in read_batches(path, CONTROL_TABLE, ReadOptions(unmapped=True)):
        for finding in batch.findings:
            if finding.severity is not Severity.NOTE:
                raise InputRefused(finding.message(), where=finding.place, remedy=finding.remedy())
        lines += batch.table.to_pylist()
    return lines


def _line_figures(line: Mapping[str, Any], spec: TableSpec, control: str) -> list[Stated]:
    file, sheet = str(line["file"]), str(line["sheet"] or "")
    found = []
    if isinstance(line["rows"], int):
        found.append(Stated(file, sheet, ROWS, line["rows"]))
    if isinstance(line["sum"], int):
        try:
            found.append(Stated(file, sheet, _money_field(str(line["field"] or SUM), spec), line["sum"]))
        except UsageError as error:
            where = f"{control}!{line['src_row']}"
            raise InputRefused(error.message, where=where, remedy=error.remedy) from error
    return found


def _fault(stated: Stated, read: Sequence[ReadFile], spec: TableSpec) -> str:
    """What does not tie, in words; "" when it does."""
    sheets = [
        sheet
        for name, of_file, is_twin in read
        for sheet in of_file
        if (stated.file == name or not (stated.file or is_twin)) and stated.sheet in {"", sheet.sheet}
    ]
    place = f"{stated.file}:{stated.sheet}".strip(":")
    place = f"{place}: " if place else ""
    if stated.sheet and not sheets:
        return place + _("no such sheet was read")
    is_rows = stated.what == ROWS
    found = sum(s.rows_in if is_rows else s.sums.get(stated.what, 0) for s in sheets)
    if found == stated.value:
        return ""
    shown = str if is_rows else money.yuan
    return place + _("{what}: {stated} stated, {found} read, off by {difference}").format(
        what=_("rows") if is_rows else spec.field(stated.what).label,
        stated=shown(stated.value),
        found=shown(found),
        difference=shown(found - stated.value),
    )
