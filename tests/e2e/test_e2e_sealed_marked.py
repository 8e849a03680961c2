"""A workspace with a key, looked through after every step and every kill -9: nobody is named but where it leaves.

Names, numbers and addresses of the roster are looked for in every encoding that the program meets, inside every
container, below the workspace, the folder of temporary files, the home and /dev/shm.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import re
import shutil
import signal
import time
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path
from subprocess import DEVNULL

import openpyxl
import pyarrow.parquet as pq
import pytest
from e2e_chain import (
    LATER,
    MAILING,
    MARKS,
    TABLES,
    TO_THE_MONTH_END,
    TO_THE_POST,
    environment,
    finish,
    leftovers,
    mark_names,
    roster_rows,
    start,
)
from msoffcrypto.format.ooxml import OOXMLFile
from test_e2e_privacy import configure, key_file

# What leaves, and came: the client's files, print files and lists for the post and the employers.
LEAVING = (
    "inbox/*",
    *(f"mailings/{MAILING}/{room}/*" for room in ("print", "proof", "manifest", "labels", "handover", "ads")),
)
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
SHARED = Path("/dev/shm")
KILLS = 4  # of each command


class Marks:
    """Who must not be named."""

    def __init__(self, roster):
        rows = roster_rows(roster)
        numbers = (str(r[c]).strip() for r in rows for c in ("人员编号", "身份证 号码", "手机号码") if r[c])
        self.numbers = {n for n in numbers if re.fullmatch(r"[0-9]{8,}[0-9Xx]", n)}
        self.places = {str(r["家庭住址"]).strip() for r in rows if r["家庭住址"]}
        self.places = {p for p in self.places if re.search(r"\d", p)}
        self._names = re.compile(f"[{MARKS}]{{3}}")
        self._places = re.compile("|".join(sorted(map(re.escape, self.places), key=len, reverse=True)))
        assert min(len(self.numbers), len(self.places)) > 150

    def found_in(self, data):
        """Marks in bytes, whatever they are packed in."""
        found = set()
        for part in unpacked(data):
            for encoding in ENCODINGS:
                for shift in (0, 1) if encoding.startswith("utf-16") else (0,):
                    text = part[shift:].decode(encoding, "replace")
                    found |= set(re.findall(r"[0-9]{8,}[0-9Xx]", text)) & self.numbers
                    found |= set(self._names.findall(text)) | set(self._places.findall(text))
        return found


def unpacked(data):
    """The bytes, and those of everything in them."""
    yield data
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as pack:
                for member in pack.namelist():
                    yield member.encode()
                    yield from unpacked(pack.read(member))
        except zipfile.BadZipFile:
            pass  # cut short; its bytes were given
    elif data.startswith(b"\x1f\x8b"):
        yield gzip.decompress(data)
    elif data.startswith(b"PAR1") and data.endswith(b"PAR1"):
        yield repr(pq.read_table(io.BytesIO(data)).to_pylist()).encode()


class Looker:
    """A workspace with a key in a world of its own, and the look through that world."""

    def __init__(self, folder, root):
        self.folder, roster = folder, folder / "inbox" / "roster.xlsx"
        mark_names(roster)
        self.marks = Marks(roster)
        self.home, self.temporary = root / "home", root / "tmp"
        for place in (self.home, self.temporary):
            place.mkdir()
        self.env = environment(HOME=str(self.home), TMPDIR=str(self.temporary))
        configure(folder, f'key_file = "{key_file(root)}"')
        self._shared = set(SHARED.rglob("*")) if SHARED.is_dir() else set()
        self._clean = {}  # files that were looked through, by what tells that they are as they were

    def kill_as_it_reads(self, words, stdin=None):
        """Kill a command's whole group as soon as what passes through the workspace has lost its name."""
        process = start(
            "-w", self.folder, "--now", BEFORE, *words.split(), env=self.env, stdin=stdin or DEVNULL
        )
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            passing = list((self.folder / "imports").glob("unpacked-*/*"))
            if any(p.is_symlink() and p.exists() and p.stat().st_size for p in passing):
                break
            time.sleep(0.002)
        assert process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def run(self, words, day, stdin=DEVNULL):
        given = ("--log-json", "-w", self.folder, "--now", day, *words.split())
        result = finish(start(*given, env=self.env, stdin=stdin))
        assert result.code in {0, 3, 4}, (words, result.err)
        asked = words.split()[0] in {"track", "preview"}
        assert asked or not self.marks.found_in((result.out + result.err).encode()), words

    def kill(self, words, day, after):
        """Kill a command's whole group after some seconds; tells whether it still ran."""
        process = start("-w", self.folder, "--now", day, *words.split(), env=self.env)
        time.sleep(after)
        is_running = process.poll() is None
        os.killpg(process.pid, signal.SIGKILL) if is_running else None
        process.communicate()
        return is_running

    def betrayed(self):
        """Files that name somebody and do not leave."""
        shared = set(SHARED.rglob("*")) - self._shared if SHARED.is_dir() else set()
        roots = (self.folder, self.home, self.temporary)
        found = {}
        for path in [p for root in roots for p in sorted(root.rglob("*"))] + sorted(shared):
            name = path.relative_to(self.folder).as_posix() if path.is_relative_to(self.folder) else str(path)
            seen = self.marks.found_in(name.encode())
            if path.is_file() and not any(fnmatchcase(name, pattern) for pattern in LEAVING):
                facts = path.stat()
                stamp = facts.st_ino, facts.st_size, facts.st_mtime_ns
                if self._clean.get(path) != stamp:
                    seen |= self.marks.found_in(path.read_bytes())
                if not seen:
                    self._clean[path] = stamp
            if seen:
                found[name] = sorted(seen)[:3]
        return found


@pytest.fixture
def looker(at, tmp_path):
    folder = at("new")
    for name in ("yibao.db", "yibao.db-wal", "yibao.db-shm", "audit.head"):
        (folder / name).unlink(missing_ok=True)
    return Looker(folder, tmp_path)


def answers(looker):
    """What comes back: returns, and a corrected list of balances while the mailing is open."""
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - for this alone

    from yibao_cli.store.database import unlock  # noqa: PLC0415
    from yibao_cli.store.unlocking import key_in_file  # noqa: PLC0415

    connection = dbapi2.connect(str(looker.folder / "yibao.db"))
    unlock(connection, key_in_file(looker.folder.parent / "yibao.key"))
    pieces = [row[0] for row in connection.execute("SELECT piece FROM pieces ORDER BY piece LIMIT 6")]
    connection.close()
    lines = [f"{p},2026-10-20,{why}\n" for p, why in zip(pieces, ("查无此人", "已去世") * 3, strict=True)]
    path = looker.folder / "inbox" / "back.csv"
    path.write_text("账单编号,退信日期,退回原因\n" + "".join(lines), encoding="utf-8")


BEFORE = "2026-09-20"
OPEN = (
    *(f"import {table} inbox/{table}.xlsx" for table in TABLES),
    *(words.format(workers=2) for words in TO_THE_POST),
)
AFTER = (
    "returns import inbox/back.csv",
    *TO_THE_MONTH_END,
    "keys check",
    "doctor",
    "backup {folder}/../saved.backup",  # what leaves lies in it as it lies in the workspace
    "audit verify",
)


@pytest.mark.slow
def test_at_no_step_is_anybody_named_but_where_it_leaves(looker):
    folder = looker.folder

    def step(words, day):
        looker.run(words.replace("inbox/", f"{folder}/inbox/").replace("{folder}", str(folder)), day)
        assert looker.betrayed() == {}, words

    for words in OPEN:
        step(words, BEFORE)
        if words.startswith("import balances"):
            corrected(folder / "inbox" / "balances.xlsx", folder / "inbox" / "balances2.xlsx")
            step("import balances inbox/balances2.xlsx --replaces balances.xlsx", BEFORE)
            assert list(folder.rglob("changes.xlsx"))
            step("import balances inbox/balances.xlsx --replaces balances2.xlsx", BEFORE)
    answers(looker)
    for words in AFTER:
        step(words, LATER)
    shutil.rmtree(folder / "inbox")
    step("purge --early --yes --addresses", LATER)
    assert {p.name for p in folder.rglob("*.pdf")} == set()
    everywhere = {p: looker.marks.found_in(p.read_bytes()) for p in folder.rglob("*") if p.is_file()}
    assert {str(p): seen for p, seen in everywhere.items() if seen} == {}


def corrected(source, target):
    """A client's workbook with one amount changed."""
    shutil.copyfile(source, target)
    book = openpyxl.load_workbook(target)
    cells = [c for row in book.active.iter_rows(min_row=4) for c in row if isinstance(c.value, float)]
    cells[0].value = round(cells[0].value + 1, 2)
    book.save(target)


@pytest.mark.slow
def test_killed_at_any_moment_a_command_leaves_nobody_named(looker):
    chance, killed = random.Random(20261122), 0
    for words in OPEN[: OPEN.index("verify --workers 2")]:
        step = words.replace("inbox/", f"{looker.folder}/inbox/")
        if words.split()[0] in {"merge", "render"} or words.startswith("import roster"):
            for _again in range(KILLS):
                killed += looker.kill(step, BEFORE, chance.uniform(0.5, 2.5))
                assert looker.betrayed() == {}, words
        looker.run(step, BEFORE)
        assert looker.betrayed() == {}, words
    assert killed >= KILLS
    assert leftovers(looker.folder) == []


@pytest.mark.slow
def test_a_night_and_what_the_journal_gets_of_it_name_nobody(looker, tmp_path):
    folder, name = looker.folder, "鑫淼焱"
    with (folder / "yibao.toml").open("a", encoding="utf-8") as stream:
        stream.write(
            '\n[nightly]\nsteps = ["import", "address clean", "merge", "proof", "render", "verify"]\n'
        )
        stream.write(f'fresh_hours = 0\nrecipients = ["{tmp_path / "centre"}"]\n')
    looker.run("nightly", BEFORE)
    assert looker.betrayed() == {}
    broken = folder / "inbox" / f"roster-{name}.xlsx"
    broken.write_bytes((folder / "inbox" / "roster.xlsx").read_bytes()[:5000] + name.encode())

    failed = finish(start("--log-json", "-w", folder, "--now", "2026-09-21", "nightly", env=looker.env))

    assert failed.code == 65
    told = [json.loads(line) for line in failed.err.splitlines()]
    assert told
    # The name of a file is the client's own, and is how a person finds it.
    assert looker.marks.found_in(failed.err.replace(broken.name, "").encode()) == set()
    accounts = [p for place in (folder / "nightly", tmp_path / "centre") for p in place.glob("*.json")]
    assert len(accounts) == 4
    said = "".join(p.read_text(encoding="utf-8") for p in accounts)
    assert looker.marks.found_in(said.replace(broken.name, "").encode()) == set()


@pytest.mark.slow
def test_what_came_through_a_pipe_or_from_behind_a_password_is_gone_with_the_import_that_was_killed(looker):
    folder, roster = looker.folder, looker.folder / "inbox" / "roster.xlsx"
    with (folder / "inbox" / "locked.xlsx").open("wb") as stream, roster.open("rb") as plain:
        OOXMLFile(plain).encrypt("open sesame", stream)
    (folder / "inbox" / "password").write_text("open sesame\n", encoding="utf-8")
    with zipfile.ZipFile(folder / "inbox" / "sent.zip", "w") as pack:
        pack.write(roster, "roster.xlsx")

    for words, piped in (
        ("import roster -", roster),
        ("import roster -", folder / "inbox" / "sent.zip"),
        (f"import roster {folder}/inbox/locked.xlsx --password-file {folder}/inbox/password", None),
    ):
        with (piped or roster).open("rb") as stdin:
            looker.kill_as_it_reads(words, stdin if piped else None)
        assert looker.betrayed() == {}, words
        looker.run("status", BEFORE)
        assert list((folder / "imports").glob("unpacked-*")) == [], words
    with roster.open("rb") as stdin:
        looker.run("import roster -", BEFORE, stdin)
    assert looker.betrayed() == {}


def test_the_look_finds_what_there_is_to_find(looker):
    name, number = "鑫淼焱", min(looker.marks.numbers)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        pack.writestr("deep.gz", gzip.compress(name.encode("utf-16-be")))
    planted = {
        looker.folder / "a.bin": b"\x01" + name.encode("utf-16-le"),
        looker.folder / "mailings" / "b.txt": name.encode("gb18030"),
        looker.temporary / "c.zip": packed.getvalue(),
        looker.home / "d.log": f"x{number}y".encode(),
        looker.home / f"{number}.txt": b"",
    }
    for path, data in planted.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

    assert len(looker.betrayed()) == len(planted)
