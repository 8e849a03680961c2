"""`yibao doctor`: each thing that can be wrong is found, called by its name, and ends with its exit code."""

from __future__ import annotations

import fcntl
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from yibao_cli.__main__ import run
from yibao_cli.config import shipped
from yibao_cli.errors import DependencyError, ExitCode
from yibao_cli.jobs.program import machine, premises, typefaces
from yibao_cli.jobs.program.checkup import State
from yibao_cli.jobs.program.premises import configured_fonts, workspace_checks
from yibao_cli.kinds.page import FontPlan
from yibao_cli.render.characters import character_sets
from yibao_cli.render.coverage import coverage
from yibao_cli.render.fonts import REGULAR, pinned_font
from yibao_cli.store.database import open_database
from yibao_cli.store.imports import ImportRecord, add_import

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path):
    """A private workspace with a database, in which all is well."""
    folder = tmp_path / "city"
    folder.mkdir(mode=0o700)
    shutil.copy(shipped("sample_data") / "medical" / "yibao.toml", folder)
    (folder / "yibao.toml").chmod(0o600)
    engine = open_database(folder)
    with engine.begin() as connection:
        record = ImportRecord("2026Q3", "roster", "roster.xlsx", "", '[""]', "imports/1", 1, 1, 0, {})
        add_import(connection, record, "2026-11-20T08:00:00+00:00")
    engine.dispose()
    for path in folder.iterdir():
        path.chmod(0o600)
    return folder


def looked(folder, now=NOW):
    """The checks of a workspace by name."""
    return {c.name: c for c in workspace_checks(folder, now)}


def snapshot(folder):
    return {p: (p.stat().st_mode, p.read_bytes() if p.is_file() else b"") for p in folder.rglob("*")}


# ---------------------------------------------------------------- the command


def test_a_healthy_workspace_is_well_and_stays_as_it_is(workspace, capsys):
    before = snapshot(workspace)

    code = run(["-w", str(workspace), "--lang", "en", "doctor", "-f", "jsonl"])

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    names = {r["check"] for r in rows}
    assert names >= {"python", "packages", "fonts", "cache", "temporary", "language", "power"}
    assert names >= {
        "workspace",
        "settings",
        "database",
        "space",
        "permissions",
        "leftovers",
        "retention",
        "clock",
    }
    assert {r["state"] for r in rows if r["check"] not in {"space", "power"}} == {"ok"}
    assert snapshot(workspace) == before


def test_without_a_workspace_the_machine_alone_is_looked_at(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("YIBAO_WORKSPACE", raising=False)

    code = run(["--lang", "en", "doctor"])

    said = capsys.readouterr()
    assert code == 0
    assert "none here" in said.out
    assert "\x1b" not in said.out
    assert "settings" not in said.out
    assert "0 faults" in said.err


def test_a_workspace_that_is_named_and_not_there_is_a_fault(tmp_path):
    assert run(["-w", str(tmp_path), "doctor", "-o", str(tmp_path / "found.txt")]) == 66
    assert "workspace" in (tmp_path / "found.txt").read_text(encoding="utf-8")


def test_the_coverage_of_the_fonts_is_a_table_of_its_own(capsys):
    code = run(["doctor", "--fonts", "-f", "jsonl"])

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    sets = [s.id for s in character_sets()]
    assert code == 0
    assert [r["characters"] for r in rows] == sets * (len(rows) // len(sets))
    assert {r["total"] for r in rows} == {8105, 21003, 27584, 27780, 87901}
    assert rows[0]["covered"] == 8105


def test_a_missing_package_is_told_before_it_can_break_anything(tmp_path):
    program = (
        "import sys; sys.modules['uharfbuzz'] = None; sys.modules['sqlalchemy'] = None\n"
        "from yibao_cli.__main__ import run; sys.exit(run(['--lang', 'en', 'doctor']))"
    )

    command = [sys.executable, "-c", program]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert found.returncode == 69
    assert "uharfbuzz cannot be imported" in found.stdout
    assert "sqlalchemy cannot be imported" in found.stdout
    assert "Traceback" not in found.stderr


# ---------------------------------------------------------------- the machine


def test_a_package_that_is_too_old_or_gone_is_named(monkeypatch):
    real = importlib.metadata.version

    def version(name):
        if name == "rich":
            raise importlib.metadata.PackageNotFoundError(name)
        return "4.3.99" if name == "reportlab" else real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)

    found = machine.packages_check()

    assert found.exit_code == ExitCode.UNAVAILABLE
    assert "rich is not installed" in found.detail
    assert "reportlab is 4.3.99, and 4.4 is needed" in found.detail


def test_all_packages_of_the_project_are_asked_for():
    needed = [r for r in importlib.metadata.requires("yibao-cli") if "extra" not in r]

    found = machine.packages_check()

    assert found.state is State.OK
    assert found.detail.startswith(f"{len(needed)} ")


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 14, 0)])
def test_another_python_is_a_fault(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)

    assert machine.python_check().exit_code == ExitCode.UNAVAILABLE


def test_a_missing_font_is_a_fault(monkeypatch):
    def gone(_plan):
        raise DependencyError("the Chinese font is not installed", remedy="install it")

    monkeypatch.setattr(typefaces, "font_set", gone)

    (found,) = typefaces.font_checks(FontPlan())

    assert found.exit_code == ExitCode.UNAVAILABLE
    assert found.remedy == "install it"


def test_a_font_that_yibao_toml_names_is_looked_at(workspace):
    with (workspace / "yibao.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[fonts]\nsecond = "kai.ttf"\n')
    plan = configured_fonts(workspace)

    (missing,) = typefaces.font_checks(plan)
    shutil.copy(pinned_font(REGULAR), workspace / "kai.ttf")
    found = list(typefaces.font_checks(plan))

    assert missing.exit_code == ExitCode.SETTINGS
    assert "kai.ttf" in missing.detail
    assert any("kai" in c.label for c in found)


@pytest.mark.parametrize(("chain", "state"), [(True, State.WARNING), (False, State.OK)])
def test_texts_must_be_set_in_every_standard_character_a_single_file_need_not(chain, state):
    sets = coverage(lambda characters: [c for c in characters if c == "䶮"])

    found = typefaces.font_check(typefaces.FontCoverage("Kai", chain, sets))

    assert found.state is state
    assert ("U+4DAE" in found.detail) is chain
    assert "8,104/8,105" in found.detail


def test_a_folder_that_cannot_be_written_is_a_fault(tmp_path, monkeypatch):
    about = machine.About("temporary", "temporary files")

    gone = machine.writable(about, tmp_path / "gone")
    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse(PermissionError(13, "no")))
    forbidden = machine.writable(about, tmp_path)

    assert (gone.exit_code, forbidden.exit_code) == (ExitCode.IO, ExitCode.PERMISSIONS)


def refuse(error):
    def refused(*_arguments, **_options):
        raise error

    return refused


def test_names_that_would_be_garbled_are_warned_of(monkeypatch):
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "ascii")

    found = machine.language_check()

    assert found.state is State.WARNING
    assert "ascii" in found.detail


def test_little_memory_is_warned_of(monkeypatch):
    monkeypatch.setattr(machine, "_memory", lambda: 2**31 - 1)
    assert machine.power_check().state is State.WARNING

    monkeypatch.setattr(machine, "_memory", lambda: 2**31)
    assert machine.power_check().state is State.OK


# ---------------------------------------------------------------- the workspace


def test_settings_that_cannot_be_read_are_a_fault(workspace):
    (workspace / "yibao.toml").write_text("client = [", encoding="utf-8")

    found = looked(workspace)

    assert found["settings"].exit_code == ExitCode.SETTINGS
    assert found["database"].state is State.OK


@pytest.mark.parametrize(
    ("before", "after", "state", "code"),
    [
        ('mailing = "2026Q3"', 'mailing = "2027Q1"', State.WARNING, ExitCode.OK),
        ('kind = "medical"', 'kind = "flying"', State.FAULT, ExitCode.NOT_FOUND),
        ("delivered = 0.", "delivered = 9.", State.FAULT, ExitCode.SETTINGS),
    ],
)
def test_settings_that_lead_nowhere_are_told(workspace, before, after, state, code):
    path = workspace / "yibao.toml"
    words = path.read_text(encoding="utf-8")
    assert before in words
    path.write_text(words.replace(before, after), encoding="utf-8")

    found = looked(workspace)["settings"]

    assert (found.state, found.exit_code) == (state, code)


def test_a_workspace_without_a_database_gets_none_from_being_looked_at(workspace):
    for path in workspace.glob("yibao.db*"):
        path.unlink()

    assert looked(workspace)["database"].state is State.OK
    assert not list(workspace.glob("yibao.db*"))


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0", b"x"])
def test_a_file_that_is_no_database_is_a_fault(workspace, content):
    for path in workspace.glob("yibao.db*"):
        path.unlink()
    (workspace / "yibao.db").write_bytes(content)

    assert looked(workspace)["database"].exit_code == ExitCode.IO


def test_a_damaged_database_is_a_fault(workspace):
    path = workspace / "yibao.db"
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    path.write_bytes(content)

    assert looked(workspace)["database"].exit_code == ExitCode.IO


@pytest.mark.parametrize(
    ("revision", "state", "code"),
    [("0000", State.WARNING, ExitCode.OK), ("9999", State.FAULT, ExitCode.UNAVAILABLE)],
)
def test_a_schema_of_another_version_is_told_and_left_alone(workspace, revision, state, code):
    write(workspace, f"UPDATE alembic_version SET version_num = '{revision}'")

    found = looked(workspace)["database"]

    assert (found.state, found.exit_code) == (state, code)
    assert revision in found.detail
    assert looked(workspace)["database"] == found


def test_a_database_of_somebody_else_is_a_fault(workspace):
    write(workspace, "DROP TABLE alembic_version")

    assert looked(workspace)["database"].exit_code == ExitCode.IO


def test_another_database_that_does_not_answer_is_a_fault(workspace):
    with (workspace / "yibao.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[store]\nurl = "no-such-database://nowhere/"\n')

    assert looked(workspace)["database"].exit_code == ExitCode.IO


def write(folder, sql):
    engine = open_database(folder)
    with engine.begin() as connection:
        connection.execute(text(sql))
    engine.dispose()


@pytest.mark.parametrize(
    ("free", "last", "state"),
    [
        (3 * 10**9, 900 * 10**6, State.OK),
        (3 * 10**9, 1100 * 10**6, State.WARNING),
        (19 * 10**8, 0, State.WARNING),
        (99 * 10**6, 0, State.FAULT),
    ],
)
def test_space_is_asked_for_by_what_the_last_mailing_took(workspace, monkeypatch, free, last, state):
    monkeypatch.setattr(premises.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    older, newer = (workspace / "mailings" / name for name in ("2026Q1", "2026Q2"))
    for folder, size in ((older, 10**10), (newer, last)):
        folder.mkdir(parents=True)
        with (folder / "part.pdf").open("wb") as stream:
            stream.truncate(size)  # a hole: it takes no room here
    os.utime(older, (1, 1))

    found = looked(workspace)["space"]

    assert found.state is state
    assert found.exit_code == (ExitCode.IO if state is State.FAULT else ExitCode.OK)


def roster(folder, rows, posted_on=""):
    """A roster of so many rows that was imported for the current mailing."""
    facts = "'r.xlsx', '', '', '', 0, 0, '{}', '', '[]'"
    columns = "file_name, sha256, options, path, rows_in, rows_rejected, totals, imported_at, sheets"
    for superseded, kept in ((0, rows), (1, 10**6)):
        write(
            folder,
            f"INSERT INTO imports (mailing, table_name, rows_kept, superseded, {columns}) "
            f"VALUES ('2026Q3', 'roster', {kept}, {superseded}, {facts})",
        )
    if posted_on:
        write(
            folder,
            "INSERT INTO mailings (id, kind, state, package_sha256, posted_on) "
            f"VALUES ('2026Q3', 'medical', 'posted', '', '{posted_on}')",
        )


@pytest.mark.parametrize(
    ("free", "rows", "posted_on", "state", "told"),
    [
        (8 * 10**9, 700_000, "", State.OK, "7.0 GB until"),
        (6 * 10**9, 700_000, "", State.WARNING, "7.0 GB until"),
        (3 * 10**9, 700_000, "", State.FAULT, "7.0 GB until"),
        (3 * 10**9, 700_000, "2026-10-08", State.OK, ""),
    ],
)
def test_space_is_asked_for_by_the_roster_until_the_mailing_is_posted(
    workspace, monkeypatch, free, rows, posted_on, state, told
):
    monkeypatch.setattr(premises.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    roster(workspace, rows, posted_on)

    found = looked(workspace)["space"]

    assert found.state is state
    assert told in found.detail
    assert bool(told) == ("until" in found.detail)


@pytest.mark.parametrize(
    ("term", "state", "now", "expected", "told"),
    [
        ("", "posted", "2027-10-08T12", State.OK, "365 days"),
        ("", "posted", "2027-10-09T12", State.WARNING, "2026Q3"),
        ("", "purged", "2028-10-09T12", State.OK, "nothing is due"),
        ("[retention]\ndays = 30\n", "posted", "2026-11-08T12", State.WARNING, "2026Q3"),
        ("[retention]\ndays = 0\n", "posted", "2046-10-09T12", State.OK, "until somebody purges"),
    ],
)
def test_a_mailing_that_is_kept_beyond_its_term_is_told(workspace, term, state, now, expected, told):
    with (workspace / "yibao.toml").open("a", encoding="utf-8") as stream:
        stream.write(term)
    roster(workspace, 10, "2026-10-08")
    write(workspace, f"UPDATE mailings SET state = '{state}'")

    found = looked(workspace, datetime.fromisoformat(f"{now}:00+00:00"))["retention"]

    assert found.state is expected
    assert told in f"{found.detail} {found.remedy}"


def test_before_the_import_space_is_asked_for_by_the_inbox(workspace, monkeypatch):
    monkeypatch.setattr(premises.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=5 * 10**9))
    write(workspace, "DELETE FROM imports")
    (workspace / "inbox").mkdir(mode=0o700)
    with (workspace / "inbox" / "roster.xlsx").open("wb") as stream:
        stream.truncate(500 * 10**6)  # a hole

    found = looked(workspace)["space"]

    assert found.state is State.WARNING
    assert "6.0 GB until" in found.detail


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610])
def test_files_that_others_can_open_are_counted_and_not_named(workspace, mode):
    secret = workspace / "张三.xlsx"
    secret.touch()
    secret.chmod(mode)

    found = looked(workspace)["permissions"]

    assert found.state is State.WARNING
    assert found.detail.startswith("1 ")
    assert "张三" not in found.detail + found.remedy
    secret.chmod(0o600)
    assert looked(workspace)["permissions"].state is State.OK


def test_a_workspace_open_to_others_is_warned_of(workspace):
    workspace.chmod(0o755)

    assert looked(workspace)["permissions"].state is State.WARNING


def test_files_of_somebody_else_are_warned_of(workspace, monkeypatch):
    monkeypatch.setattr(premises.os, "geteuid", lambda: 12345)

    assert "somebody else" in looked(workspace)["permissions"].detail


def test_a_workspace_that_cannot_be_written_is_a_fault(workspace, monkeypatch):
    monkeypatch.setattr(premises.os, "access", lambda _path, _mode: False)

    assert looked(workspace)["workspace"].exit_code == ExitCode.PERMISSIONS


def test_what_killed_runs_left_is_told(workspace):
    scratch = workspace / "mailings" / "2026Q3" / "scratch"
    scratch.mkdir(parents=True)
    (workspace / "mailings" / "part-0001.pdf.77.tmp").touch()

    found = looked(workspace)["leftovers"]

    assert found.state is State.WARNING
    assert found.detail.startswith("2 ")


def test_a_run_under_way_is_no_leftover(workspace):
    (workspace / ".locks").mkdir()
    lock = workspace / ".locks" / "mailing-2026Q3.lock"
    (workspace / "roster.xlsx.77.tmp").touch()
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        during = looked(workspace)["leftovers"]
    after = looked(workspace)["leftovers"]

    assert during.state is State.OK
    assert "mailing-2026Q3" in during.detail
    assert after.state is State.WARNING


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (datetime(2026, 11, 20, 8, 0, tzinfo=UTC), State.OK),
        (datetime(2026, 11, 20, 7, 58, tzinfo=UTC), State.WARNING),
        (datetime(1970, 1, 1, tzinfo=UTC), State.WARNING),
        (datetime(2100, 1, 1, tzinfo=UTC), State.WARNING),
    ],
)
def test_a_clock_that_cannot_be_right_is_warned_of(workspace, now, state):
    assert looked(workspace, now)["clock"].state is state


def test_the_first_fault_is_what_the_command_ends_with(workspace):
    (workspace / "yibao.toml").write_text("client = [", encoding="utf-8")
    (workspace / "yibao.db").write_bytes(b"x")

    assert run(["-w", str(workspace), "-q", "doctor", "-o", str(workspace / "found.csv"), "-f", "csv"]) == 78
