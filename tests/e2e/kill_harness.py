"""Kill -9 of the whole process group at seeded moments of every command, run it again, compare with an undisturbed run.

Two kinds of moments: at the k-th step on disk (a file opened to write, renamed, removed or synced, a commit,
counted in the command itself), and after a share of the command's own time, wherever it then is. Commands run
in forks of this process, which has loaded the program and done nothing with it: each is a process group of its
own and starts at once.

    python tests/e2e/kill_harness.py --rounds 300 --seed 1   each round: one command, killed one to three times
    python tests/e2e/kill_harness.py --chain 3 --seed 1      the chain once, each command killed three times
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import gc
import hashlib
import importlib
import json
import os
import pkgutil
import random
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2]))

import pyarrow.parquet as pq
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine.default import DefaultDialect
from sqlcipher3 import dbapi2

import yibao_cli
from yibao_cli.__main__ import run
from yibao_cli.codes import HandoverCode
from yibao_cli.sample import write_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAILING = "2026Q3"
BEFORE, DAY, AFTER = "2026-09-20", "2026-10-09", "2026-11-21"
SAVED = "saved.backup"
_PATIENCE = 300  # seconds of one command, on a machine that does a lot besides


@dataclass(frozen=True)
class Step:
    """A command of the chain: its words, the day, what the client or the post sent before it, codes it may end with.

    again: codes of a run after one that was killed when all was done already. heavy: takes long; in a whole chain
    it is killed once.
    """

    words: str
    day: str = BEFORE
    given: Callable[[Path], None] | None = None
    codes: tuple[int, ...] = (0, 3)
    again: tuple[int, ...] = ()
    heavy: bool = False

    @property
    def name(self) -> str:
        """How it is called in the account."""
        return re.sub(r" (--|inbox/|\d).*", "", self.words)


def _receipts(workspace: Path) -> None:
    codes = [str(HandoverCode(MAILING, number)) for number in (1, 2, 3)]
    _csv(
        workspace / "inbox" / "receipts.csv",
        ("签收码", "签收日期", "签收时间", "签收人"),
        [(code, DAY, "09:10", "王小明") for code in codes],
    )


def _returns(workspace: Path) -> None:
    files = sorted((workspace / "mailings" / MAILING / "package").glob("pieces-*.parquet"))
    found = sorted(row["piece"] for file in files for row in pq.read_table(file).to_pylist())
    _csv(
        workspace / "inbox" / "back.csv",
        ("账单编号", "退信日期", "退回原因"),
        [(piece, "2026-10-20", "查无此人") for piece in found[:9]] + [("9999999X", "2026-10-20", "查无此人")],
    )


def _csv(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    path.chmod(0o600)


CHAIN = (
    *(
        Step(f"import {table} inbox/{table}.xlsx")
        for table in ("roster", "employers", "balances", "transactions", "adjustments", "contracts")
    ),
    Step("address clean"),
    Step("ads plan", codes=(0, 3, 4)),
    Step("merge", heavy=True),
    Step("proof 2026Q3 -n 3", heavy=True),
    Step("render --workers 1"),
    Step("verify --workers 1", heavy=True),
    Step("manifest", heavy=True),
    Step("labels"),
    Step(f"handover --day {DAY}"),
    Step("receipts import inbox/receipts.csv", "2026-11-10", _receipts),
    Step("returns import inbox/back.csv", "2026-11-10", _returns),
    Step("reconcile", AFTER, codes=(0, 3, 4)),
    Step("survey draw --precision 0.2", AFTER, again=(5,)),
    Step("report", AFTER, codes=(0, 3, 4)),
    Step("ads settle", AFTER, codes=(0, 3, 4)),
    Step("month-end 2026-11", AFTER, codes=(0, 3, 4), heavy=True),
    Step(f"backup {SAVED}", AFTER, again=(2,)),
    Step("purge --early --yes", AFTER),
)


# ------------------------------------------------------------------ running and killing


class Steps:
    """Counts what a process does to the disk; with a number given, it dies at that step, and its group with it."""

    def __init__(self, last: int = 0) -> None:
        self.count = 0
        self._last = last

    def watch(self) -> None:
        """Begin, for the rest of this process."""
        sync, commit = os.fsync, DefaultDialect.do_commit

        def counted_sync(descriptor: int) -> None:
            sync(descriptor)
            self._one()

        def counted_commit(dialect: object, connection: object) -> None:
            self._one()
            commit(dialect, connection)
            self._one()

        os.fsync = counted_sync
        DefaultDialect.do_commit = counted_commit
        sys.addaudithook(self._seen)

    def _seen(self, event: str, arguments: tuple) -> None:
        changes = event in {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "shutil.rmtree"}
        if changes or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
            self._one()

    def _one(self) -> None:
        self.count += 1
        if self.count == self._last:
            os.killpg(0, signal.SIGKILL)


@dataclass(frozen=True)
class Ran:
    """How a command ended: its code, -9 when it was killed; seconds; steps on disk; what it said."""

    code: int
    seconds: float
    steps: int
    said: str


def ran(workspace: Path, step: Step, *, at_step: int = 0, after: float | None = None) -> Ran:
    """Run a command in a process group of its own; kill the group at a step or after seconds, if so wanted."""
    room = Path(os.environ["TMPDIR"]).parent
    counted, said = room / "steps.txt", room / "said.txt"
    counted.unlink(missing_ok=True)
    began = time.monotonic()
    child = os.fork()
    if not child:
        _be(workspace, step, at_step, counted, said)
    ends = began + (_PATIENCE if after is None else after)
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            break
        if time.monotonic() >= ends:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
            break
        time.sleep(0.002)
    seconds = time.monotonic() - began
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)  # nothing of it outlives it
    steps = int(counted.read_text()) if counted.exists() else 0
    return Ran(os.waitstatus_to_exitcode(status), seconds, steps, said.read_text(encoding="utf-8"))


def _be(workspace: Path, step: Step, at_step: int, counted: Path, said: Path) -> None:
    """Be the command, in a fork."""
    code = 99
    try:
        os.setsid()
        for number, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY)):
            os.dup2(os.open(os.devnull, flags), number)
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
        os.chdir(workspace)
        steps = Steps(at_step)
        steps.watch()
        code = run(["--lang", "en", "-w", str(workspace), "--now", step.day, *step.words.split()])
        sys.stderr.flush()
        counted.write_text(str(steps.count))
    except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


# ------------------------------------------------------------------ what is compared


def digest(workspace: Path) -> dict[str, str]:
    """Every file and folder by its hash, and every table by that of its rows; locks and the database's file apart."""
    found = {}
    for path in sorted(workspace.rglob("*")):
        name = path.relative_to(workspace).as_posix()
        if name.startswith("yibao.db") or (name.startswith(".locks") and not name.endswith(".tmp")):
            continue
        if name == SAVED:
            found |= {f"{name}:{member}": value for member, value in _saved(path)}
        else:
            found[name] = _sha(path.read_bytes()) if path.is_file() else "folder"
    return found | dict(_tables(workspace))


def _saved(path: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(path) as tar:
        for member in tar:
            if member.name not in {
                "yibao.db",
                "backup.json",
            }:  # a copy of the database has the file's free pages
                yield member.name, _sha(tar.extractfile(member).read())


def _tables(workspace: Path) -> Iterator[tuple[str, str]]:
    if not (workspace / "yibao.db").exists():
        return
    engine = create_engine(f"sqlite+pysqlite:///{workspace / 'yibao.db'}", module=dbapi2)
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            rows = sorted(repr(tuple(r)) for r in connection.exec_driver_sql(f'SELECT * FROM "{table}"'))
            yield f"table {table} ({len(rows)} rows)", _sha("\n".join(rows).encode())
    engine.dispose()


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def difference(found: dict[str, str], wanted: dict[str, str]) -> list[str]:
    """What differs, by name."""
    return sorted(n for n in found.keys() | wanted.keys() if found.get(n) != wanted.get(n))


# ------------------------------------------------------------------ the undisturbed run


@dataclass
class Known:
    """An undisturbed step: the workspace before it, the digest after it, its time, its steps on disk."""

    step: Step
    before: Path | None
    after: dict[str, str]
    seconds: float
    steps: int
    code: int
    grows: int  # bytes


@dataclass
class Tally:
    """What came of it all."""

    rounds: int = 0
    kills: int = 0
    by: Counter = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    left_in_tmp: Counter = field(default_factory=Counter)
    ratios: list[float] = field(default_factory=list)


def new_workspace(folder: Path, members: int = 200) -> Path:
    """A workspace with a client's files, delivered through employers, in several parts."""
    assert run(["--lang", "en", "-q", "init", str(folder), "--sample"]) == 0
    write_sample(folder, "medical", members, 7)
    (folder / "expected.json").unlink()
    settings = folder / "yibao.toml"
    words = settings.read_text(encoding="utf-8")
    words = re.sub(r"pieces_per_part = \d+", "pieces_per_part = 60", words)
    settings.write_text(
        re.sub(r"(?m)^posting = ", 'deliver = "employer"\nposting = ', words, count=1), "utf-8"
    )
    settings.chmod(0o600)
    return folder


def undisturbed(new: Path, root: Path, *, keep: bool) -> list[Known]:
    """Run the chain once; keep: also a copy of the workspace before each command."""
    workspace = shutil.copytree(new, root / "undisturbed" / "workspace")
    known = []
    for number, step in enumerate(CHAIN):
        if step.given:
            step.given(workspace)
        before = shutil.copytree(workspace, root / "before" / f"{number:02}") if keep else None
        done = ran(workspace, step)
        assert done.code in step.codes, (step.words, done.code, done.said)
        grows = _size(workspace) - _size(before) if before else 0
        known.append(Known(step, before, digest(workspace), done.seconds, done.steps, done.code, grows))
    return known


def _size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


# ------------------------------------------------------------------ disturbing it


class Killer:
    """Kills commands at seeded moments and lets them end at last."""

    def __init__(self, seed: int, *, goes_on: bool = False) -> None:
        self._draw = random.Random(seed)
        self._goes_on = goes_on  # the workspace of one command is that of the next: a difference is told once
        self._known: set[str] = set()
        self.told: list[str] = []
        self.tally = Tally()

    def choose(self, known: list[Known]) -> Known:
        """A command to disturb."""
        return self._draw.choice(known)

    def disturb(self, workspace: Path, known: Known, kills: int) -> None:
        """Kill a command so many times, each time run again, and compare how it ends at last."""
        step, tally, moments = known.step, self.tally, []
        tally.rounds += 1
        for _time in range(kills):
            done, moment = self._kill(workspace, known)
            moments.append(moment)
            if done.code == -signal.SIGKILL:
                tally.kills += 1
                tally.by[step.name] += 1
            elif done.code not in {*step.codes, *step.again}:
                self.bad(step, moments, f"ended with {done.code}: {done.said[-600:]}")
        done = ran(workspace, step)
        if done.code not in {*step.codes, *step.again}:
            self.bad(step, moments, f"ended with {done.code}: {done.said[-600:]}")
        if known.seconds > 0.5:
            tally.ratios.append(done.seconds / known.seconds)
        differs = difference(digest(workspace), known.after)
        if new := [name for name in differs if name not in self._known]:
            self.bad(step, moments, f"differs: {new[:8]}")
        self._known = set(differs) if self._goes_on else set()
        self._sweep(step)

    def _kill(self, workspace: Path, known: Known) -> tuple[Ran, str]:
        if self._draw.random() < 0.6:
            at = self._draw.randint(1, max(1, known.steps))
            return ran(workspace, known.step, at_step=at), f"step {at}/{known.steps}"
        after = self._draw.random() * known.seconds
        return ran(workspace, known.step, after=after), f"{after:.2f}/{known.seconds:.2f} s"

    def bad(self, step: Step, moments: list[str], what: str) -> None:
        """Keep what is not as it was promised."""
        self.tally.bad.append(f"{step.words} killed at {', '.join(moments)}: {what}")

    def _sweep(self, step: Step) -> None:
        for path in Path(os.environ["TMPDIR"]).iterdir():
            self.tally.left_in_tmp[f"{step.name}: {re.sub('[0-9a-z_]{8,}', '*', path.name)}"] += 1
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def rounds(root: Path, known: list[Known], count: int, seed: int) -> Tally:
    """Disturb one command after another, each from the state it stands before, killed one to three times."""
    killer = Killer(seed)
    draw = random.Random(seed)
    for number in range(count):
        one = killer.choose(known)
        workspace = root / "undisturbed" / "workspace"  # the same path: it stands in nothing, and shall not
        shutil.rmtree(workspace)
        shutil.copytree(one.before, workspace)
        bad = len(killer.tally.bad)
        killer.disturb(workspace, one, draw.choice((1, 1, 2, 3)))
        for line in killer.tally.bad[bad:]:
            _say(f"round {number}: {line}")
        if number % 25 == 24:
            _say(f"{number + 1} rounds, {killer.tally.kills} kills")
    return killer.tally


def full(root: Path, known: list[Known], count: int, seed: int) -> Tally:
    """Run one command after another with too little room on the disk, make room, and run it again."""
    draw, killer, small = random.Random(seed), Killer(seed), root / "small"
    for number in range(count):
        one = draw.choice([k for k in known if k.steps])
        grown = _size(one.before)
        with _filesystem(small, 2 * grown + (64 << 20)):
            workspace = shutil.copytree(one.before, small / "workspace")
            left = int(draw.random() ** 2 * max(one.grows * 2, 256 << 10)) & ~4095
            _resize(small, _used(small) + left)
            first = ran(workspace, one.step)
            killer.tally.kills += first.code == _IO
            killer.tally.by[f"{one.step.name}: {first.code}"] += 1
            moments = [f"{left >> 10} KiB left"]
            allowed = {_IO, *one.step.codes}
            if first.code not in allowed or (
                first.code == _IO and not re.search("disk is full|its space", first.said)
            ):
                killer.bad(one.step, moments, f"ended with {first.code}: {first.said[-600:]}")
            _resize(small, 2 * grown + (64 << 20))
            killer.disturb(workspace, one, 0)
        for line in killer.tally.bad[len(killer.told) :]:
            killer.told.append(line)
            _say(f"round {number}: {line}")
    return killer.tally


_IO = 74


@contextlib.contextmanager
def _filesystem(folder: Path, size: int) -> Iterator[None]:
    """A file system of its own in memory, which can be made small; needs `unshare --mount` around it."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _resize(folder: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", folder], check=True)


def _used(folder: Path) -> int:
    found = os.statvfs(folder)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def chain(new: Path, root: Path, known: list[Known], kills: int, seed: int) -> Tally:
    """The whole chain once, each command killed so many times before it is let through."""
    killer = Killer(seed, goes_on=True)
    workspace = shutil.copytree(new, root / "disturbed" / "workspace")
    for one in known:
        if one.step.given:
            one.step.given(workspace)
        killer.disturb(workspace, one, 1 if one.step.heavy else kills)
    return killer.tally


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _load_everything() -> None:
    """Load the program, so that forks of this process need not."""
    for module in pkgutil.walk_packages(yibao_cli.__path__, "yibao_cli."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            with contextlib.suppress(ImportError):
                importlib.import_module(module.name)
    gc.freeze()


def main() -> int:
    """Run what is asked for; the account goes to stdout as JSON."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=0)
    asked.add_argument("--chain", type=int, default=0, metavar="KILLS")
    asked.add_argument("--full", type=int, default=0, metavar="ROUNDS", help="the disk is full")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="", help="a part of the command's words")
    asked.add_argument("--keep", action="store_true")
    given = asked.parse_args()
    root = Path(tempfile.mkdtemp(prefix="kills-"))
    (root / "tmp").mkdir()
    os.environ.update(TMPDIR=str(root / "tmp"), TZ="UTC")
    tempfile.tempdir = None
    _load_everything()
    began = time.monotonic()
    try:
        new = new_workspace(root / "new")
        known = undisturbed(new, root, keep=bool(given.rounds or given.full))
        chosen = [k for k in known if given.only in k.step.words]
        if given.chain:
            tally = chain(new, root, known, given.chain, given.seed)
        elif given.full:
            tally = full(root, chosen, given.full, given.seed)
        else:
            tally = rounds(root, chosen, given.rounds, given.seed)
    finally:
        if not given.keep:
            shutil.rmtree(root, ignore_errors=True)
    json.dump(
        {
            "rounds": tally.rounds,
            "kills": tally.kills,
            "killed": dict(tally.by.most_common()),
            "bad": tally.bad,
            "left in the temporary folder": dict(tally.left_in_tmp),
            "time of the last run to the undisturbed, median": _median(tally.ratios),
            "undisturbed": {k.step.words: [round(k.seconds, 2), k.steps, k.code] for k in known},
            "seconds": round(time.monotonic() - began),
        },
        sys.stdout,
        ensure_ascii=False,
        indent=1,
    )
    sys.stdout.write("\n")
    sys.stdout.flush()
    return 1 if tally.bad else 0


def _median(values: list[float]) -> float:
    return round(sorted(values)[len(values) // 2], 2) if values else 0.0


if __name__ == "__main__":
    # Modules that were loaded and never used need not be taken down.
    os._exit(main())
