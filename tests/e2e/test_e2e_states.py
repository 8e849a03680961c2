"""What the state of a mailing, a lock or the system forbids."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys
import time

import openpyxl
import pytest
from e2e_chain import (
    LATER,
    MAILING,
    change_cell,
    environment,
    finish,
    made,
    outside,
    pdfs,
    pieces,
    rows_of,
    said_cleanly,
    start,
    yibao,
)


@pytest.mark.parametrize(
    ("state", "arguments", "code", "words"),
    [
        ("new", ["address", "clean"], 5, "has no roster; import it with `yibao import roster FILE`"),
        ("new", ["merge"], 5, "has no 参保人员名册; import it with `yibao import roster FILE`"),
        ("imported", ["proof"], 66, "has no package; make it with `yibao merge 2026Q3`"),
        ("imported", ["render"], 66, "has no package; make it with `yibao merge 2026Q3`"),
        ("imported", ["returns", "import", "{inbox}/returns.xlsx"], 66, "has no package"),
        ("merged", ["verify"], 5, "the next step is: yibao render 2026Q3"),
        ("merged", ["manifest"], 5, "the next step is: yibao render 2026Q3"),
        ("merged", ["render", "--part", "99"], 66, "has no part 99; it has parts 1 to 6"),
        ("rendered", ["manifest"], 5, "the next step is: yibao verify 2026Q3"),
        (
            "verified",
            ["returns", "import", "{inbox}/returns.xlsx"],
            5,
            "the next step is: yibao manifest 2026Q3",
        ),
        ("verified", ["reconcile"], 5, "the next step is: yibao manifest 2026Q3"),
        ("verified", ["manifest", "--posted", "2026-13-45"], 2, "2026-13-45 is no day"),
        (
            "posted",
            ["import", "roster", "{inbox}/roster.xlsx"],
            5,
            "is posted; nothing can be imported into it",
        ),
        ("posted", ["merge"], 5, "is posted and stays as it is"),
        ("posted", ["manifest", "--posted", "2026-10-09"], 2, "was posted on 2026-10-08 already"),
    ],
)
def test_a_step_out_of_turn_is_refused_and_says_which_comes_next(call, at, *, state, arguments, code, words):
    workspace = at(state)
    before = rows_of(workspace, "SELECT * FROM mailings")

    result = call("-w", workspace, *(a.format(inbox=workspace / "inbox") for a in arguments))

    assert result.code == code
    assert words in result.err.replace(f" -w {workspace} ", " ")
    assert rows_of(workspace, "SELECT * FROM mailings") == before


OF_A_MAILING = (
    *(
        "merge",
        "proof",
        "approve",
        "render",
        "verify",
        "reprint",
        "manifest",
        "labels",
        "handover",
        "reconcile",
    ),
    *("report", "status", "nightly", "purge --dry-run", "track bag-1 -m", "audit list -m", "receipts list"),
    *("receipts scan", "returns waiting", "returns cures", "returns corrections", "returns remail"),
    *("returns scan", "survey draw", "survey result", "ads check", "ads plan", "ads proof", "ads settle"),
    *("ads codes", "address clean -m", "import roster {inbox}/roster.xlsx -m"),
)


@pytest.mark.parametrize("command", OF_A_MAILING)
def test_a_mailing_that_nobody_knows_is_said_to_be_none_before_anything_else(call, at, *, command):
    workspace = at("imported")

    result = call("-w", workspace, *command.format(inbox=workspace / "inbox").split(), "2026Q4")

    assert result.code == 66
    assert "no mailing 2026Q4; use one of: 2026Q3" in result.err


@pytest.mark.parametrize("typed", ["2026q3", "２０２６Ｑ３"])
def test_a_mailing_is_known_by_small_and_by_wide_letters(call, at, *, typed):
    assert "yibao -w" in call("-w", at("imported"), "status", typed).err


def test_a_mailing_that_yibao_toml_names_no_more_can_still_be_looked_at_and_purged(call, at):
    workspace = at("verified")
    settings = workspace / "yibao.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("2026Q3]", "2026Q4]"), encoding="utf-8")

    rows = call("-w", workspace, "reprint", MAILING)
    gone = call("-w", workspace, "purge", MAILING, "--early", "--dry-run")

    assert (rows.code, gone.code) == (0, 0), rows.err + gone.err


def test_an_address_that_was_not_cleaned_is_asked_for_before_the_merge(call, at, tmp_path):
    workspace = at("imported")
    roster = tmp_path / "roster.xlsx"
    roster.write_bytes((workspace / "inbox" / "roster.xlsx").read_bytes())
    change_cell(roster, "L10", "河北省石家庄市长安区建设北大街999号")
    call("-w", workspace, "import", "roster", roster)

    result = call("-w", workspace, "merge")

    assert result.code == 5
    assert "1 addresses of the roster are not in the address book; run `yibao " in result.err
    assert "address clean` first" in result.err


def test_a_roster_of_nobody_to_print_is_refused_and_says_why(call, at, tmp_path):
    workspace = at("imported")
    roster = tmp_path / "roster.xlsx"
    roster.write_bytes((workspace / "inbox" / "roster.xlsx").read_bytes())
    everybody_died(roster)
    call("-w", workspace, "import", "roster", roster)
    call("-w", workspace, "address", "clean")

    result = call("-w", workspace, "merge")

    assert result.code == 4
    assert "nothing is left to print: every row of the roster is held, not selected or rejected" in result.err
    assert call("-w", workspace, "render").code == 66
    with (made(workspace) / "findings" / f"findings-{MAILING}.csv").open(encoding="utf-8-sig") as stream:
        assert sum(row["Rule"] == "H101" for row in csv.DictReader(stream)) > 150


def everybody_died(roster):
    book = openpyxl.load_workbook(roster)
    for row in book.active.iter_rows(min_row=4):
        row[14].value = "死亡"
    book.save(roster)


# ------------------------------------------------------------------ locks


HOLDER = """
import fcntl, sys
with open(sys.argv[1], "a+") as stream:
    fcntl.flock(stream, fcntl.LOCK_EX)
    stream.truncate(0)
    stream.write("4711")
    stream.flush()
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize(
    "arguments",
    [["import", "employers", "{inbox}/employers.xlsx"], ["merge"], ["render"], ["verify"], ["manifest"]],
    ids=lambda a: a[0],
)
def test_a_mailing_that_another_run_works_on_is_left_alone(call, at, arguments):
    workspace = at("rendered")
    lock = workspace / ".locks" / f"mailing-{MAILING}.lock"
    command = [sys.executable, "-c", HOLDER, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()

        result = call("-w", workspace, *(a.format(inbox=workspace / "inbox") for a in arguments))

        assert result.code == 75
        assert (
            "in use by another run (user and process: 4711); wait for it to end, then try again" in result.err
        )
        assert call("-w", workspace, "status").code == 0


# ------------------------------------------------------------------ permissions


# Root may write everywhere; without its first three capabilities (override and read past permissions, act
# as owner) it is a person like others. 24 is PR_CAPBSET_DROP.
AS_ANYBODY = """
import ctypes, os, sys
for capability in (1, 2, 3):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "yibao_cli", *sys.argv[1:]])
"""


def as_anybody(*arguments):
    """Run a command without the superuser's right to go past permissions."""
    done = subprocess.run(
        [sys.executable, "-c", AS_ANYBODY, *yibao(*arguments)],
        env=environment(),
        capture_output=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stderr.decode()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="capabilities are Linux's")
@pytest.mark.parametrize("state", ["new", "imported"])
def test_a_workspace_that_cannot_be_written_is_told(at, state):
    workspace = at(state)
    workspace.chmod(0o500)

    for command in (["import", "roster", workspace / "inbox" / "roster.xlsx"], ["status"]):
        code, err = as_anybody("-w", workspace, *command)
        assert code == 77
        assert "no permission to write; make the folder yours, or choose another" in err
    workspace.chmod(0o700)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="capabilities are Linux's")
def test_a_file_that_cannot_be_read_is_not_found(at):
    workspace = at("new")
    roster = workspace / "inbox" / "roster.xlsx"
    roster.chmod(0o000)

    code, err = as_anybody("-w", workspace, "import", "roster", roster)

    assert code == 66
    assert "the file cannot be opened" in err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="capabilities are Linux's")
def test_settings_that_cannot_be_read_are_a_matter_of_permissions(at):
    workspace = at("new")
    (workspace / "yibao.toml").chmod(0o000)

    code, err = as_anybody("-w", workspace, "status")

    assert code == 77
    assert "yibao.toml" in err


# ------------------------------------------------------------------ what is missing, and what is our fault


def shadowed(folder, module, body):
    """An environment in which a module of a third party is another one."""
    (folder / f"{module}.py").write_text(body, encoding="utf-8")
    return environment(PYTHONPATH=str(folder), XDG_CACHE_HOME=str(folder / "cache"))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_missing_font_is_told_with_the_command_that_installs_it(at, tmp_path, canaries, workers):
    workspace = at("merged")
    env = shadowed(tmp_path, "justmytype_intl_cjk", "raise ImportError")

    result = outside("-w", workspace, "render", "--workers", workers, env=env)

    assert said_cleanly(result, canaries).code == 69
    assert "the Chinese font is not installed" in result.err
    assert "pip install justmytype-intl-cjk" in result.err
    assert pdfs(workspace) == []


def test_a_bug_is_told_as_one_without_the_data_it_quotes(at, tmp_path, canaries):
    workspace = at("rendered")
    person = pieces(workspace)[0]
    body = f"raise RuntimeError({person['name'] + person['id_number']!r})"

    result = outside("-w", workspace, "verify", env=shadowed(tmp_path, "zxingcpp", body))

    assert said_cleanly(result, canaries).code == 70
    assert "this is a bug in yibao: RuntimeError at " in result.err


# ------------------------------------------------------------------ interrupts


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_says_so_by_its_code_and_can_be_done_again(at, canaries, number, code):
    workspace = at("imported")
    process = start("-w", workspace, "merge")
    scratch = made(workspace) / "scratch"
    waited = time.monotonic() + 60
    while not scratch.exists() and process.poll() is None and time.monotonic() < waited:
        time.sleep(0.005)
    process.send_signal(number)

    result = said_cleanly(finish(process), canaries)

    assert result.code == code
    assert "interrupted; run the same command again" in result.err
    assert outside("-w", workspace, "merge").code == 3
    assert not scratch.exists()


# ------------------------------------------------------------------ the promise


def test_every_state_has_its_files_and_the_status_says_what_comes_next(call, at, states, tmp_path):
    following = {
        "new": "yibao import roster {folder}/inbox/roster.xlsx",
        "imported": "yibao merge 2026Q3",
        "merged": "yibao proof 2026Q3",
        "rendered": "yibao verify 2026Q3",
        "verified": "yibao manifest 2026Q3",
        "posted": "yibao reconcile 2026Q3",
    }
    for state, step in following.items():
        folder = shutil.copytree(states.at(state), tmp_path / state)
        result = call("-w", folder, "status", "-f", "jsonl")
        assert result.code == 0
        typed = step.format(folder=folder).replace("yibao ", f"yibao -w {folder} ", 1)
        assert f"next: {typed}" in result.err
        assert {r["step"] for r in map(json.loads, result.out.splitlines())} >= {"roster", "mailing"}
    assert len(pdfs(states.at("posted"))) == 6
    assert (made(states.at("posted")) / "manifest" / f"manifest-{MAILING}.xlsx").exists()
    assert call("--now", LATER, "-w", at("posted"), "reconcile").code == 0
