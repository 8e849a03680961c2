"""What people see: messages and progress on stderr, rows on stdout. Data is text, never markup."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from yibao_cli.cli.options import Format
from yibao_cli.cli.terminal import show_table, visible, width_of
from yibao_cli.i18n import N_, Word, _, people_read
from yibao_cli.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from yibao_cli.errors import YibaoError
    from yibao_cli.jobs.workspace import Progress
    from yibao_cli.model import Finding

# Columns and fixed words of tables, which keep their English in csv and jsonl.
_WORDS = (
    *(N_("part"), N_("page"), N_("piece"), N_("what"), N_("detail"), N_("step"), N_("count"), N_("remark")),
    *(N_("file"), N_("pages"), N_("text"), N_("amount"), N_("code"), N_("press")),
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
_MOST_RULED = 1000  # rows; drawing more takes seconds, and nobody reads them on a terminal
_MOST_COLUMNS = 12  # of 80 characters: with more, nothing could be read in any of them
# A command that a person is told to type, where it is for a workspace that there is.
_COMMAND = re.compile(r"(?:(?<=`)|(?<=: )|(?<=：))yibao (?!init |demo |sample |[^`]*--help)(?=[a-z])")
_ORDER = (Severity.REJECT, Severity.HOLD, Severity.WARN, Severity.NOTE)


@dataclass(frozen=True)
class View:
    """Where messages go: to people, or as JSON lines to programs.

    folder: what -w named, so that a command that is told works where the person is; "" for nothing.
    """

    quiet: bool = False
    log_json: bool = False
    folder: str = ""

    def say(self, text: str) -> None:
        """Say how things went; nothing when quiet."""
        if not self.quiet:
            self._write("info", self.typed(text))

    def warn(self, text: str) -> None:
        """Say what is wrong, also when quiet."""
        self._write("warning", f"yibao: {text}")

    def failure(self, error: YibaoError) -> None:
        """Say why a command failed and what to do."""
        if self.log_json:
            self._log(
                {
                    "type": "error",
                    "where": error.where,
                    "message": error.message,
                    "remedy": error.remedy,
                    "exit": int(error.exit_code),
                }
            )
        else:
            # The remedy stands last; what comes before it may quote a command line.
            head = str(error).removesuffix(error.remedy)
            sys.stderr.write(_line(f"yibao: {head}{self.typed(error.remedy)}"))

    def typed(self, text: str) -> str:
        """A text whose commands name the workspace that -w named."""
        if not self.folder:
            return text
        from yibao_cli.jobs.typed import for_shell

        begin = f"yibao -w {for_shell(self.folder)} "
        return _COMMAND.sub(lambda _match: begin, text)

    def report(self, findings: Sequence[Finding]) -> None:
        """One line a rule: the first place, what is wrong, what to do, and how many more there are."""
        ordered = sorted(findings, key=lambda f: (_ORDER.index(f.severity), f.rule_id))
        for rule_id, group in groupby(ordered, key=lambda f: f.rule_id):
            found = list(group)
            if found[0].severity is Severity.NOTE and not self.log_json:
                continue
            self._finding(rule_id, found)

    def _finding(self, rule_id: str, found: Sequence[Finding]) -> None:
        first = found[0]
        if self.log_json:
            self._log(
                {
                    "type": "finding",
                    "rule": rule_id,
                    "severity": str(first.severity),
                    "count": len(found),
                    "place": first.place,
                    "message": first.message(),
                    "remedy": first.remedy(),
                }
            )
            return
        more = _(" (and {count} more)").format(count=len(found) - 1) if len(found) > 1 else ""
        place = f"{first.place}: " if first.place else ""
        sys.stderr.write(_line(f"yibao: {place}{rule_id} {first.message()}{_('; ')}{first.remedy()}{more}"))

    @contextlib.contextmanager
    def progress(self) -> Iterator[Progress]:
        """A bar on a terminal; elsewhere a line now and then, after two seconds; nothing when quiet."""
        from yibao_cli.cli.progress import Lines, bar

        if self.quiet:
            yield lambda _what, _done, _of: None
        elif self.log_json or not sys.stderr.isatty():
            with Lines(lambda line: self._write("progress", line)).running() as show:
                yield show
        else:
            with bar() as show:
                yield show

    @contextlib.contextmanager
    def busy(self, what: str) -> Iterator[None]:
        """The same for a job that does not tell how far it is."""
        with self.progress() as show:
            show(what, 0, 0)
            yield

    def _write(self, kind: str, text: str) -> None:
        if self.log_json:
            self._log({"type": kind, "message": text})
        else:
            sys.stderr.write(visible(text) + "\n")

    @staticmethod
    def _log(record: Mapping[str, object]) -> None:
        sys.stderr.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_rows(
    rows: Sequence[Mapping[str, object]], output: str, form: Format, columns: Sequence[str] = ()
) -> None:
    """Write rows to a file or to stdout (`-`).

    columns: the header of a csv without rows; with rows, their keys are the header.
    """
    if form is Format.TABLE and output == "-" and _may_be_ruled(rows) and sys.stdout.isatty():
        _ruled(rows)
        return
    text = _as_text(rows, form, list(rows[0]) if rows else list(columns))
    if output == "-":
        sys.stdout.write(text)
    else:
        Path(output).write_text(text, encoding="utf-8")
        Path(output).chmod(0o600)


def write_list(
    rows: Sequence[Mapping[str, object]],
    out: tuple[str, Format],
    columns: Sequence[str],
    view: View,
    nothing: str,
) -> None:
    """Write rows as `write_rows` does, and tell a person who would see an empty screen that there are none.

    out: the file or `-`, and the form.
    """
    write_rows(rows, *out, columns)
    if not rows and out[1] is Format.TABLE:
        view.say(nothing)


def _as_text(rows: Sequence[Mapping[str, object]], form: Format, header: list[str]) -> str:
    if form is Format.JSONL:
        return "".join(json.dumps(dict(r), ensure_ascii=False) + "\n" for r in rows)
    if form is Format.CSV:
        from yibao_cli.exports import safe_text

        buffer = io.StringIO()
        writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([safe_text(str(v)) if isinstance(v, str) else v for v in r.values()] for r in rows)
        return buffer.getvalue()
    return _table(rows)


def _may_be_ruled(rows: Sequence[Mapping[str, object]]) -> bool:
    return 0 < len(rows) <= _MOST_RULED and len(rows[0]) <= _MOST_COLUMNS


def _ruled(rows: Sequence[Mapping[str, object]]) -> None:
    """A table that fits the terminal, for a person who reads it there: without columns that say nothing."""
    names = [name for name in rows[0] if any(r[name] not in ("", None) for r in rows)]
    numbers = [at for at, name in enumerate(names) if all(isinstance(r[name], int | float) for r in rows)]
    cells = [[_shown(r[name]) for name in names] for r in rows]
    show_table([_heading(name) for name in names], cells, sys.stdout, numbers=numbers)


def _table(rows: Sequence[Mapping[str, object]]) -> str:
    """A plain table whose columns line up, Chinese characters counting twice."""
    if not rows:
        return ""
    cells = [[_heading(name) for name in rows[0]], *([visible(_shown(v)) for v in r.values()] for r in rows)]
    widths = [max(map(width_of, column)) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(c + " " * (w - width_of(c)) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )
    return "\n".join(lines) + "\n"


def _heading(name: str) -> str:
    return people_read(name) if isinstance(name, Word) else _(name)


def _shown(value: object) -> str:
    return moment(people_read(value))


def moment(text: str) -> str:
    """A moment of the database as people read it, `2026-10-08 09:10`; any other text as it is.

    In the time of China, as every business day is: the day of a moment is the day that stands beside it.
    """
    if _MOMENT.fullmatch(text) is None:
        return text
    from yibao_cli.codes import CHINA

    try:
        return datetime.fromisoformat(text).astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return text


def _line(text: str) -> str:
    """One line of a message: a name with a line feed in it does not break it."""
    return visible(text).replace("\n", "\\n") + "\n"
