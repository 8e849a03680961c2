"""Sealed files say what was written into them, to the right key, and nothing to anybody else."""

from __future__ import annotations

import threading

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao_cli.errors import CheckFailed, SettingsError
from yibao_cli.sealed import engine, files, keys
from yibao_cli.sealed.stream import CHUNK, HEADER

NAME = "欧阳震华".encode()


@pytest.fixture
def key(monkeypatch):
    found = keys.new_key()
    monkeypatch.setattr(keys, "_find", lambda _path: found)
    return found


def sealed(path, content, key):
    with files.sealing(path, key) as stream:
        stream.write(content)
    return path


@settings(max_examples=40, deadline=None)
@given(
    size=st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7]),
    at=st.integers(0, 2 * CHUNK + 9),
    length=st.integers(0, CHUNK + 9),
)
def test_what_was_written_is_read_at_every_place(tmp_path_factory, size, at, length):
    key, content = keys.Key(bytes(32)), (NAME * (size // len(NAME) + 1))[:size]
    path = sealed(tmp_path_factory.mktemp("sealed") / "file", content, key)

    with files.content(path, key) as stream:
        assert stream.read() == content
        stream.seek(at)
        assert stream.read(length) == content[at : at + length]
    assert NAME not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


def test_equal_contents_are_sealed_differently(tmp_path, key):
    one, other = (sealed(tmp_path / name, NAME, key).read_bytes() for name in ("one", "other"))

    assert one != other
    assert len(one) == len(other)


HURTS = {
    "bit": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "header": lambda data: data[: HEADER - 1] + bytes([data[HEADER - 1] ^ 1]) + data[HEADER:],
    "cut in a chunk": lambda data: data[:-3],
    "cut at a chunk": lambda data: data[: HEADER + CHUNK + 16],
    "longer": lambda data: data + b"x",
    "exchanged": lambda data: (
        data[:HEADER]
        + data[HEADER + CHUNK + 16 : HEADER + 2 * (CHUNK + 16)]
        + data[HEADER : HEADER + CHUNK + 16]
        + data[HEADER + 2 * (CHUNK + 16) :]
    ),
}


@pytest.mark.parametrize("hurt", HURTS)
def test_a_file_that_was_changed_is_not_read(tmp_path, key, hurt):
    path = sealed(tmp_path / "file", NAME * (CHUNK // 4), key)
    path.write_bytes(HURTS[hurt](path.read_bytes()))

    with pytest.raises(CheckFailed):
        files.require_whole(path)


def test_another_key_and_no_key_open_nothing(tmp_path, key, monkeypatch):
    path = sealed(tmp_path / "file", NAME, keys.new_key())

    for found, told in ((key, CheckFailed), (None, SettingsError)):
        monkeypatch.setattr(keys, "_find", lambda _path, found=found: found)
        with pytest.raises(told, match=files.sealed_by(path).hex()):
            files.read_bytes(path)


def test_a_plain_file_in_a_workspace_with_a_key_is_not_ours(tmp_path, key):
    (tmp_path / "file").write_bytes(NAME)

    with pytest.raises(CheckFailed):
        files.opened(tmp_path / "file")


def test_a_key_is_in_no_text_about_it():
    key = keys.new_key()

    assert key.secret.hex() not in repr(key)
    assert str(key.secret) not in str(key)


@pytest.mark.parametrize("text", ["", "abc", "0" * 63, "!" * 44, "é" * 32])
def test_what_is_no_key_is_refused_without_being_shown(text):
    with pytest.raises(SettingsError) as refused:
        keys.parsed(text, "my.key")

    assert not text or text not in str(refused.value)


# ------------------------------------------------------------------ DuckDB


def people(count=200_000):
    numbers = pa.array(range(count), pa.int64())
    return pa.table({"no": numbers, "name": pa.array([f"欧阳震华{n % 997}" for n in range(count)])})


def test_duckdb_reads_sealed_files_in_several_threads(tmp_path, key):
    table = people()
    path = tmp_path / "rows.parquet"
    with files.writing(path) as stream:
        pq.write_table(table, stream, row_group_size=10_000)

    db = duckdb.connect()
    db.execute("SET threads = 4")
    engine.prepare(db, tmp_path)
    listed = engine.parquet_literal([path])
    found = db.execute(
        f"SELECT count(*), sum(no), max(filename), max(file_row_number) "
        f"FROM read_parquet({listed}, filename = true, file_row_number = true)"
    ).fetchone()

    assert found[:2] == (table.num_rows, sum(range(table.num_rows)))
    assert found[2].endswith("/rows.parquet")
    assert found[3] == table.num_rows - 1
    assert NAME not in path.read_bytes()


def test_duckdb_is_not_asked_to_read_a_file_that_was_changed(tmp_path, key):
    path = sealed(tmp_path / "rows.parquet", NAME * 9, key)
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(CheckFailed):
        engine.parquet_literal([path])


def test_what_duckdb_spills_is_encrypted_too(tmp_path, key):
    db = duckdb.connect()
    db.execute("SET memory_limit = '40MB'")
    db.execute(f"SET temp_directory = '{tmp_path / 'spilled'}'")
    engine.prepare(db, tmp_path)
    db.register("people", people(600_000))

    db.execute("CREATE TABLE sorted AS SELECT *, row_number() OVER (ORDER BY name, no) AS at FROM people")

    spilled = [p.read_bytes() for p in (tmp_path / "spilled").rglob("*") if p.is_file()]
    assert sum(map(len, spilled)) > 1_000_000
    assert not any(NAME in data for data in spilled)


def test_threads_that_share_a_file_keep_their_places(tmp_path, key):
    content = b"".join(n.to_bytes(4, "big") for n in range(300_000))
    shared = engine._Shared(files.opener(sealed(tmp_path / "file", content, key)))
    wrong = []

    def read(start):
        for n in range(start, 300_000, 4001):
            shared.seek(4 * n)
            if shared.read(4) != n.to_bytes(4, "big"):
                wrong.append(n)

    threads = [threading.Thread(target=read, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shared.close()

    assert not wrong
