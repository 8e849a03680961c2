"""Nothing that only POSIX has is needed to load the program, to lock, or to hand cells from process to process."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import yibao_cli

PACKAGE = Path(yibao_cli.__file__).parent
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)
POSIX = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty")

# As on Windows: no module of POSIX is there. (What is not ours has a way of its own there, and is loaded before.)
STRIPPED = f"""
import fcntl, os, subprocess, sys, types
try:
    import textual.app
except ImportError:
    pass
for name in {POSIX!r}:
    sys.modules[name] = None
for name in ("getuid", "geteuid", "sysconf"):
    delattr(os, name)
"""
# And a lock is msvcrt's, for which the kernel's record locks stand in: they lock one byte for one process, too, so
# that what is tried are real locks of real processes.
MSVCRT = """
def locking(number, mode, count):
    fcntl.lockf(number, mode, count, os.lseek(number, 0, os.SEEK_CUR))

stand_in = types.ModuleType("msvcrt")
stand_in.locking, stand_in.LK_NBLCK = locking, fcntl.LOCK_EX | fcntl.LOCK_NB
sys.modules["msvcrt"] = stand_in
"""


def stripped(code, *arguments, **options):
    command = [sys.executable, "-c", STRIPPED + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **options)


def test_every_module_loads_where_nothing_of_posix_is():
    names = [
        ".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for p in MODULES
        if p.name != "__main__.py"
    ]
    code = "import importlib\nfor name in sys.argv[1:]:\n    importlib.import_module(name)\n"

    done = stripped(code, *names)

    assert done.returncode == 0, done.stderr[-2000:]
    assert len(names) > 100


def test_a_lock_of_windows_keeps_a_second_run_out_and_is_free_after_a_kill(tmp_path):
    code = MSVCRT + (
        "from pathlib import Path\nfrom yibao_cli.store.files import lock\n"
        "with lock(Path(sys.argv[1]), 'm'):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    env = {**os.environ, "USERNAME": "zhang", "LOGNAME": "zhang"}
    command = [sys.executable, "-c", STRIPPED + code, str(tmp_path)]
    with subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout.readline() == "held\n", first.stderr.read()
        second = stripped(code, tmp_path, env=env, stdin=subprocess.DEVNULL)
        first.kill()
    third = stripped(code, tmp_path, env=env, stdin=subprocess.DEVNULL)

    assert "LockHeld" in second.stderr
    assert f"zhang {first.pid}" in second.stderr
    assert third.stdout == "held\n", third.stderr


def test_a_workbook_is_read_where_nothing_of_posix_is():
    shipped = PACKAGE.parent / "sample_data" / "medical" / "inbox" / "employers.xlsx"
    code = (
        "from pathlib import Path\nfrom yibao_cli.ingest.workbook import workbook_sheets\n"
        "print(sum(len(c.rows) for s in workbook_sheets(Path(sys.argv[1])) for c in s.chunks))\n"
    )

    done = stripped(code, shipped)

    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 40


@pytest.mark.slow
def test_a_mailing_goes_from_excel_to_print_files_where_nothing_of_posix_is(tmp_path):
    # Every process of the run, workers and readers of workbooks too, begins with this module.
    (tmp_path / "sitecustomize.py").write_text(STRIPPED + MSVCRT, encoding="utf-8")
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(tmp_path), str(PACKAGE.parent))),
        "USERNAME": "zhang",
        "LOGNAME": "zhang",
    }
    work = tmp_path / "work"
    tables = ("roster", "employers", "balances", "transactions", "adjustments", "contracts")
    steps = [
        ["--help"],
        ["sample", work, "--members", "200", "--seed", "7"],
        *(["-w", work, "import", table, work / "inbox" / f"{table}.xlsx"] for table in tables),
        ["-w", work, "address", "clean"],
        ["-w", work, "merge"],
        ["-w", work, "render"],
        ["-w", work, "verify"],
        ["-w", work, "status"],
    ]

    for step in steps:
        command = [sys.executable, "-m", "yibao_cli", "--lang", "en", *map(str, step)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode in {0, 3}, (step, done.stderr[-2000:])

    assert "manifest 2026Q3" in done.stderr
    assert list((work / "mailings" / "2026Q3" / "print").glob("part-*.pdf"))


def calls(path, *names):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_text_is_never_in_the_machine_s_own_encoding_and_no_shell_is_asked(path):
    words = {k.arg for node in calls(path, "read_text", "write_text") for k in node.keywords} | {"encoding"}
    for node in calls(path, "read_text", "write_text"):
        assert "encoding" in {k.arg for k in node.keywords}, f"{path.name}:{node.lineno}"
    assert "encoding" in words
    for node in calls(path, "Popen", "run", "call", "check_call", "check_output", "system", "popen"):
        owner = getattr(node.func.value, "id", "")
        if owner in {"subprocess", "os"}:
            assert owner == "subprocess", f"{path.name}:{node.lineno}"
            assert "shell" not in {k.arg for k in node.keywords}, f"{path.name}:{node.lineno}"


def test_no_path_of_a_system_stands_in_the_code():
    found = [
        f"{p.name}:{node.lineno} {node.value}"
        for p in MODULES
        for node in ast.walk(ast.parse(p.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(("/usr/", "/tmp/", "/home/", "/var/", "C:\\"))
    ]

    assert [f for f in found if "fonts" not in f.lower()] == []
