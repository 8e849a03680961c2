"""The program as the end-to-end tests run it: workspaces at every state, commands in and out of process.

A small client of 200 members is taken through the chain once; tests copy the state they need.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import itertools
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pyarrow.parquet as pq
from sqlalchemy import create_engine, text
from sqlcipher3 import dbapi2

from yibao_cli.__main__ import run
from yibao_cli.cli.exits import ALWAYS, commands, exits_of
from yibao_cli.sample import write_sample
from yibao_cli.sealed.files import content, sealed_by
from yibao_cli.store.unlocking import key_in_file

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKOUT = Path(__file__).parents[2]
MAILING = "2026Q3"
LATER = "2026-11-21"  # a day after the window of the mailing
TABLES = ("roster", "employers", "balances", "transactions", "adjustments", "contracts")
# What follows the imports until the mailing is posted, and what comes after the returns: for tests that look
# at all that the chain leaves.
TO_THE_POST = (
    "address clean",
    "merge",
    "proof -n 1",
    "render --workers {workers}",
    "verify --workers {workers}",
    "manifest",
    "labels",
)
TO_THE_MONTH_END = (
    "returns cures",
    "returns corrections",
    "reconcile",
    "survey draw --precision 0.2",
    "complaints add --kind late",
    "report",
    "ads settle",
    "month-end 2026-11",
)
STATES = ("new", "imported", "merged", "rendered", "verified", "posted")
SMALL, SEED = 200, 7

_TRACES = ("Traceback", "Exception ignored", "Error:", "\x1b")


@dataclass(frozen=True)
class Result:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


# What stands on rosters in an address's place, and in messages of ours as well.
_NO_PLACES = {"不详"}


class Canaries:
    """Names, numbers and addresses of a roster, none of which may come out in a message."""

    def __init__(self, *rosters: Path) -> None:
        rows = [row for path in rosters for row in roster_rows(path)]
        self.numbers = {
            str(row[c]) for row in rows for c in ("人员编号", "身份证 号码", "手机号码") if row[c]
        }
        texts = {str(row[c]).strip() for row in rows for c in ("参保人姓名", "家庭住址") if row[c]}
        self.texts = texts - _NO_PLACES

    def found_in(self, message: str) -> set[str]:
        """What of the roster stands in a message."""
        numbers = set(re.findall(r"[0-9A-Z]{9,}", message)) & self.numbers
        return numbers | {t for t in self.texts if len(t) > 1 and t in message}


def said_cleanly(result: Result, canaries: Canaries) -> Result:
    """The result, after a look for tracebacks, terminal escapes and personal data in what was said."""
    for trace in _TRACES:
        assert trace not in result.err
    assert "\x1b" not in result.out
    assert not canaries.found_in(result.err)
    return result


# ------------------------------------------------------------------ commands


def yibao(*arguments: object) -> list[str]:
    """The words of a command in English."""
    return ["--lang", "en", *map(str, arguments)]


def environment(**changes: str) -> dict[str, str]:
    """This environment without our own variables, with changes."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("YIBAO_", "LANGUAGE"))}
    return {**kept, **changes}


def start(*arguments: object, env: dict[str, str] | None = None, **options) -> subprocess.Popen:
    """Start a command in a process group of its own, which a test may kill."""
    command = [sys.executable, "-m", "yibao_cli", *yibao(*arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
    return subprocess.Popen(
        command, env=environment() if env is None else env, start_new_session=True, **pipes
    )


def finish(process: subprocess.Popen) -> Result:
    """Wait for a started command."""
    out, err = process.communicate(timeout=300)
    return Result(process.returncode, (out or b"").decode(), (err or b"").decode())


def outside(*arguments: object, env: dict[str, str] | None = None, **options) -> Result:
    """Run a command in a process of its own."""
    return finish(start(*arguments, env=env, **options))


def quietly(*arguments: object, allowed: tuple[int, ...] = (0, 3)) -> None:
    """Run a command in this process for its effect alone."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        code = run(yibao(*arguments))
    assert code in allowed, said.getvalue()


def is_declared(arguments: Sequence[object], code: int) -> bool:
    """Whether the help of a command names the code that it ended with."""
    given, named = iter(map(str, arguments)), []
    for word in given:
        if word in {"-w", "--workspace", "--lang", "--now"}:
            next(given, None)
        elif not word.startswith("-"):
            named.append(word)
    command = next((c for n in (2, 1) if (c := " ".join(named[:n])) in commands()), None)
    return command is None or code in {*exits_of(command), *ALWAYS}


# ------------------------------------------------------------------ workspaces


class States:
    """A workspace at each state of a mailing, made once and never changed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def at(self, state: str) -> Path:
        """The workspace at a state, to be copied."""
        folder = self._root / state
        if not folder.exists():
            before = STATES.index(state) - 1
            if before >= 0:
                shutil.copytree(self.at(STATES[before]), folder)
            _STEPS[state](folder)
            _settle(folder)
        return folder


def _settle(folder: Path) -> None:
    """Take into the database what lies beside it while this process still has it open."""
    if not (folder / "yibao.db").exists():  # to connect would make an empty one
        return
    with contextlib.closing(sqlite3.connect(folder / "yibao.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _new(folder: Path) -> None:
    quietly("init", folder, "--sample")
    write_sample(folder, "medical", SMALL, SEED)
    for path in (folder / "inbox").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    (folder / "expected.json").unlink()
    settings = folder / "yibao.toml"
    words = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"pieces_per_part = \d+", "pieces_per_part = 40", words), encoding="utf-8")
    settings.chmod(0o600)


def _imported(folder: Path) -> None:
    for table in TABLES:
        quietly("-w", folder, "import", table, folder / "inbox" / f"{table}.xlsx")
    quietly("-w", folder, "address", "clean")


_STEPS = {
    "new": _new,
    "imported": _imported,
    "merged": lambda folder: quietly("-w", folder, "merge"),
    "rendered": lambda folder: quietly("-w", folder, "render", "--workers", "1"),
    "verified": lambda folder: quietly("-w", folder, "verify", "--workers", "1"),
    "posted": lambda folder: quietly("-w", folder, "manifest"),
}


def setting(workspace: Path, line: str) -> None:
    """Add a setting to the first mailing of a workspace."""
    path = workspace / "yibao.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?m)^posting = ", f"{line}\nposting = ", text, count=1), encoding="utf-8")


def made(workspace: Path) -> Path:
    """Folder of what was made for the mailing."""
    return workspace / "mailings" / MAILING


def pdfs(workspace: Path) -> list[Path]:
    """The print files, in order."""
    return sorted((made(workspace) / "print").glob("*.pdf"))


def pieces(workspace: Path) -> list[dict]:
    """The rows of the package's pieces, in print order."""
    files = sorted((made(workspace) / "package").glob("pieces-*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in a folder, by its name inside, but what SQLite keeps beside an open database."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(("-shm", "-wal")))
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def goods(workspace: Path) -> dict[str, str]:
    """Hashes of what must be the same, wherever and whenever it is made: package and print files."""
    return {
        f"{name}/{file}": digest
        for name in ("package", "print")
        for file, digest in hashes(made(workspace) / name).items()
    }


def goods_said(workspace: Path, key: Path) -> dict[str, str]:
    """`goods` of a workspace under a key, which lies in a file: hashes of what the files say."""
    found = {}
    for name in ("package", "print"):
        for path in sorted(p for p in (made(workspace) / name).rglob("*") if p.is_file()):
            with content(path, key_in_file(key) if sealed_by(path) else None) as stream:
                digest = hashlib.sha256(stream.read()).hexdigest()
            found[f"{name}/{path.relative_to(made(workspace) / name).as_posix()}"] = digest
    return found


def leftovers(workspace: Path) -> list[Path]:
    """Temporary files and folders."""
    return [p for p in workspace.rglob("*") if p.name.endswith(".tmp") or p.name == "scratch"]


def rows_of(workspace: Path, query: str) -> list[tuple]:
    """Rows of the workspace's database; none before it is made."""
    if not (workspace / "yibao.db").exists():
        return []
    engine = create_engine(f"sqlite+pysqlite:///{workspace / 'yibao.db'}", module=dbapi2)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        engine.dispose()


def changed(workspace: Path, statement: str) -> None:
    """Change the workspace's database past the program."""
    engine = create_engine(f"sqlite+pysqlite:///{workspace / 'yibao.db'}", module=dbapi2)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


# ------------------------------------------------------------------ the client's files


def roster_rows(path: Path) -> list[dict]:
    """The rows of a roster as the client wrote them, by header; `row` is Excel's number."""
    return sheet_rows(path, header=3)


def sheet_rows(path: Path, header: int) -> list[dict]:
    """The rows below a header row as openpyxl reads them, blank ones left out."""
    sheet = openpyxl.load_workbook(path).active
    rows = list(sheet.iter_rows(values_only=True))
    names = rows[header - 1]
    return [
        {"row": number, **dict(zip(names, row, strict=True))}
        for number, row in enumerate(rows[header:], header + 1)
        if any(v is not None for v in row)
    ]


# No text of ours has them, so whoever is called by three of them is known wherever the name turns up.
MARKS = "鑫淼焱垚犇骉羴猋"


def mark_names(roster: Path) -> set[str]:
    """Give everybody on a roster a name that stands nowhere else; these names."""
    book = openpyxl.load_workbook(roster)
    names, given = map("".join, itertools.product(MARKS, repeat=3)), set()
    heads = [cell.value for cell in book.active[3]]
    for row in book.active.iter_rows(min_row=4):
        cell = row[heads.index("参保人姓名")]
        if cell.value and len(str(cell.value)) > 1:
            cell.value = next(names)
            given.add(cell.value)
    book.save(roster)
    return given


def change_cell(path: Path, cell: str, value: object) -> None:
    """Change one cell of a workbook's first sheet, in place."""
    book = openpyxl.load_workbook(path)
    book.active[cell] = value
    book.save(path)
