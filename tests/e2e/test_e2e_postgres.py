"""The whole chain on a PostgreSQL server: what is made is what SQLite's workspace makes, byte for byte."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from e2e_chain import LATER, TABLES, environment, goods, outside

from servers import postgres, postgres_programs

pytestmark = pytest.mark.skipif(postgres_programs() is None, reason="PostgreSQL is not installed here")


@pytest.fixture(scope="module")
def server():
    root = Path(tempfile.mkdtemp(prefix="yibao-pg-"))  # a socket's path must be short
    root.chmod(0o711)
    try:
        with postgres(root / "pg") as found:
            yield found
    finally:
        shutil.rmtree(root, ignore_errors=True)


def test_the_chain_makes_the_same_files_on_a_server(at, server, tmp_path):
    expected = goods(at("posted").rename(tmp_path / "sqlite"))
    folder = at("new")
    (folder / "yibao.db").unlink(missing_ok=True)  # left by whoever looked at the new workspace
    env = environment(YIBAO_STORE_URL=server.database("chain"))

    def does(*words, allowed=(0, 3)):
        result = outside("-w", folder, *words, env=env)
        assert result.code in allowed, result.err

    for table in TABLES:
        does("import", table, folder / "inbox" / f"{table}.xlsx")
    does("address", "clean")
    for step in ("merge", "render", "verify", "manifest"):
        does(step)
    does("returns", "import", folder / "inbox" / "returns.xlsx")
    outside("--now", LATER, "-w", folder, "reconcile", env=env)

    assert not (folder / "yibao.db").exists()
    assert goods(folder) == expected
    does("audit", "verify", allowed=(0,))
