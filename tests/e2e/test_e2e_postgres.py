"""The whole chain on a PostgreSQL server: what is made is what SQLite's workspace makes, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e_chain import LATER, TABLES, environment, goods, goods_said, outside
from sqlalchemy import create_engine, inspect, select
from test_e2e_privacy import configure, key_file

from servers import postgres_programs
from yibao_cli.store.database import open_database, reading
from yibao_cli.store.schema import addresses
from yibao_cli.store.unlocking import key_in_file

pytestmark = pytest.mark.skipif(postgres_programs() is None, reason="PostgreSQL is not installed here")


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


def texts(url):
    """All text that the server holds, table by table, as its administrator reads it."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table: "\n".join(
                repr(tuple(row)) for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')
            )
            for table in inspect(connection).get_table_names()
        }
    engine.dispose()
    return found


def named(url, canaries):
    """Tables that name somebody of the roster, and what they say; four digits may be a count."""
    numbers = {n for n in canaries.numbers if len(n) > 6}
    words = numbers | {t for t in canaries.texts if len(t) > 2}
    return {t: seen for t, said in texts(url).items() if (seen := {w for w in words if w in said})}


@pytest.mark.slow
def test_with_a_key_the_server_is_told_nothing_of_a_person(at, server, tmp_path, canaries):
    expected = goods(at("posted").rename(tmp_path / "sqlite"))
    folder, url = at("new"), server.database("sealed")
    (folder / "yibao.db").unlink(missing_ok=True)
    env = environment(YIBAO_STORE_URL=url)
    one, other = (key_file(tmp_path, name) for name in ("one.key", "other.key"))

    def does(*words, allowed=(0, 3)):
        result = outside("-w", folder, *words, env=env)
        assert result.code in allowed, (words, result.err)
        return result

    # First without a key, so that the look is seen to find what there is.
    does("import", "roster", folder / "inbox" / "roster.xlsx")
    does("address", "clean")
    assert "addresses" in named(url, canaries)
    configure(folder, f'key_file = "{one}"')
    does("status", allowed=(5,))
    assert "rows changed over" in does("keys", "encrypt").err
    assert named(url, canaries) == {}
    for table in TABLES:
        does("import", table, folder / "inbox" / f"{table}.xlsx")
    does("address", "clean")
    for step in ("merge", "render", "verify", "manifest"):
        does(step)
    assert goods_said(folder, one) == expected
    does("returns", "import", folder / "inbox" / "returns.xlsx")
    for words in ("reconcile", "survey draw --precision 0.2", "returns cures", "returns corrections"):
        does("--now", LATER, *words.split(), allowed=(0, 3, 4))
    first = canaries_address(url, one)
    assert does("address", "show", first).out
    does("address", "enquiry", "1", "--asker", "family", "--question", first, "--answer", first)
    does("complaints", "add", "--kind", "late")
    does("complaints", "close", "1", "--answer", first)
    assert named(url, canaries) == {}

    configure(folder, f'key_file = "{other}"')
    does("status", allowed=(78,))
    does("keys", "rotate", "--old", one)
    assert named(url, canaries) == {}
    assert "rows of the tables on the server" in does("keys", "check", allowed=(0,)).err
    does("audit", "verify", allowed=(0,))
    configure(folder, "")
    does("status", allowed=(78,))
    does("keys", "decrypt", "--old", other)
    assert "addresses" in named(url, canaries)
    does("audit", "verify", allowed=(0,))


def canaries_address(url, key):
    """An address that the book has."""
    engine = open_database(Path(), url, key_in_file(key))
    with reading(engine) as connection:
        found = connection.execute(select(addresses.c.standard).where(addresses.c.id == 1)).scalar()
    engine.dispose()
    return found
