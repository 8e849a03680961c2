"""`--cluster`: the same bytes as the local pool, whoever dies on the way; nothing left on shared storage."""

from __future__ import annotations

import os
import signal
import time

import pytest
from e2e_chain import finish, goods, goods_said, leftovers, made, outside, rows_of, start
from test_e2e_privacy import configure, key_file

from cluster_works import dask_cluster, worker_pids

BOOK = "SELECT raw, standard, verdict, reasons, point_id FROM addresses ORDER BY id"


pytestmark = pytest.mark.slow  # a scheduler and its workers are started anew


@pytest.fixture(scope="module")
def dask(tmp_path_factory):
    with dask_cluster(tmp_path_factory.mktemp("dask")) as found:
        yield found


def shared(workspace, folder):
    """Let the workspace's cluster go over a storage."""
    settings = workspace / "yibao.toml"
    settings.write_text(f'{settings.read_text()}\n[cluster]\nshared = "{folder}"\n')


def test_a_local_cluster_of_two_of_which_one_is_killed_makes_the_same_bytes_as_the_pool(at, states):
    workspace = at("merged")
    process = start("-w", workspace, "render", "--cluster", "local:2")
    # Once a worker has begun to write a part, one of the two is killed.
    await_file(process, made(workspace), "scratch/cluster-*/*/print/*")
    os.kill(worker_pids(process.pid)[0], signal.SIGKILL)

    result = finish(process)

    assert (result.code, result.out) == (0, "")
    told = [line for line in result.err.splitlines() if not line.startswith("rendering: ")]
    assert [line for line in told if "parts" not in line] == []
    assert goods(workspace) == goods(states.at("rendered"))
    assert leftovers(workspace) == []


def test_a_scheduler_with_two_workers_verifies_and_cleans_alike(call, at, states, dask):
    workspace = at("rendered")
    assert call("-w", workspace, "verify", "--cluster", dask.address).code == 0

    (workspace / "yibao.db").unlink()
    for table in ("roster", "employers"):
        call("-w", workspace, "import", table, workspace / "inbox" / f"{table}.xlsx")

    assert call("-w", workspace, "address", "clean", "--cluster", dask.address).code == 3
    assert rows_of(workspace, BOOK) == rows_of(states.at("imported"), BOOK)
    assert leftovers(workspace) == []


def test_over_shared_storage_the_bytes_are_the_same_and_nothing_stays_there(call, at, states, dask, tmp_path):
    workspace, storage = at("merged"), tmp_path / "storage"
    shared(workspace, storage.as_uri())
    for words in (["render"], ["verify"]):
        assert call("-w", workspace, *words, "--cluster", dask.address).code == 0

    assert goods(workspace) == goods(states.at("rendered"))
    assert [p.name for p in storage.rglob("*") if p.is_file()] == []
    assert leftovers(workspace) == []


def test_workers_of_an_encrypted_workspace_find_its_key_and_make_the_same_bytes(
    call, at, states, dask, tmp_path
):
    workspace, key = at("merged"), key_file(tmp_path)
    configure(workspace, f'key_file = "{key}"')
    assert call("-w", workspace, "keys", "encrypt").code == 0

    for words in ("render", "verify", "address clean"):
        assert call("-w", workspace, *words.split(), "--cluster", dask.address).code in {0, 3}, words

    assert goods_said(workspace, key) == goods(states.at("rendered"))
    assert outside("-w", workspace, "keys", "check").code == 0
    assert leftovers(workspace) == []
    secret = key.read_bytes().strip()
    # Neither in what a worker is sent nor in what it keeps: it reads the key where the settings say.
    scratch = [p for p in dask.folder.rglob("*") if p.is_file()]
    assert not any(secret in p.read_bytes() for p in scratch)


def test_a_worker_that_cannot_have_the_key_says_so_and_nothing_is_made(
    call, at, states, dask, tmp_path, monkeypatch
):
    workspace, key = at("merged"), key_file(tmp_path)
    secret = key.read_text(encoding="ascii").strip()
    configure(workspace, 'key_env = "KEY_OF_THE_CLIENT"')
    monkeypatch.setenv("KEY_OF_THE_CLIENT", secret)
    assert call("-w", workspace, "keys", "encrypt").code == 0

    refused = call("-w", workspace, "render", "--cluster", dask.address)

    assert refused.code == 78
    assert "KEY_OF_THE_CLIENT" in refused.err
    assert secret not in refused.err
    assert goods_said(workspace, key) == goods(states.at("merged"))
    assert leftovers(workspace) == []
    assert call("-w", workspace, "render", "--workers", "2").code == 0
    assert goods_said(workspace, key) == goods(states.at("rendered"))
    # Over a storage of their own workers would want the key as well, and get it from nobody.
    shared(workspace, tmp_path / "storage")
    assert call("-w", workspace, "verify", "--cluster", dask.address).code == 78
    assert not (tmp_path / "storage").exists() or list((tmp_path / "storage").rglob("*.parquet")) == []


def test_verify_on_a_cluster_finds_what_was_altered(call, at, dask, tmp_path):
    workspace = at("rendered")
    shared(workspace, tmp_path / "storage")
    pdf = made(workspace) / "print" / "part-0002.pdf"
    pdf.write_bytes(pdf.read_bytes().replace(b"0 0 1 rg", b"1 0 0 rg") + b"%")

    over_storage = call("-w", workspace, "verify", "--cluster", dask.address)

    assert over_storage.code == 4
    assert over_storage.out == call("-w", workspace, "verify", "--cluster", "off", "--workers", "1").out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_is_ended_by_the_next_one(call, at, states, dask, number):
    workspace = at("merged")
    process = start("-w", workspace, "render", "--cluster", dask.address)
    await_file(process, made(workspace), "scratch/cluster-*/*/print/*")
    os.killpg(process.pid, number)
    stopped = finish(process)

    again = call("-w", workspace, "render", "--workers", "1")

    assert stopped.code in {128 + number, -number}
    assert (again.code, stopped.err.count("Traceback")) == (0, 0)
    assert goods(workspace) == goods(states.at("rendered"))
    await_nothing(workspace)


def test_what_cannot_be_a_cluster_is_refused_with_its_code(call, at):
    workspace = at("merged")

    assert call("-w", workspace, "render", "--cluster", "there").code == 2
    assert call("-w", workspace, "render", "--cluster", "tcp://127.0.0.1:9").code == 69
    shared(workspace, "sftp://me:secret@host/folder")
    result = call("-w", workspace, "render", "--cluster", "local:1")
    assert (result.code, "secret" in result.err) == (78, False)


def await_nothing(workspace):
    """Until the worker that was left behind has ended its part, and taken it away."""
    deadline = time.monotonic() + 60
    while leftovers(workspace) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert leftovers(workspace) == []


def await_file(process, folder, pattern):
    """Until a file is there, or the process has ended."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if next(folder.glob(pattern), None):
            return
        time.sleep(0.002)
