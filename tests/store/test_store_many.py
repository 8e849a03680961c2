"""Four writers at once: no error, no lost row, an unbroken trail; the five minutes are `make bench-writers`."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from pathlib import Path

import pytest

from many_writers import Written, write_at_once
from servers import postgres, postgres_programs

SECONDS = 6


pytestmark = pytest.mark.slow  # four writers for some seconds, twice


def test_four_writers_at_once_on_sqlite(tmp_path):
    found = write_at_once(tmp_path, "", 4, SECONDS)

    assert found.well, found
    assert min(found.said) > 0  # nobody was shut out


@pytest.mark.skipif(postgres_programs() is None, reason="PostgreSQL is not installed here")
def test_four_writers_at_once_on_postgresql(tmp_path):
    # A socket's path has room for about 100 characters, fewer than pytest's own folders take.
    root = Path(tempfile.mkdtemp(prefix="yibao-pg-"))
    root.chmod(0o711)
    try:
        with postgres(root / "pg") as server:
            found = write_at_once(tmp_path, server.database("many"), 4, SECONDS)
    finally:
        shutil.rmtree(root, ignore_errors=True)

    assert found.well, found
    assert min(found.said) > 0


def test_a_lost_row_a_lost_event_and_a_writer_that_failed_are_noticed():
    good = Written(said=(3, 2), failed=0, events=5, whole=True, entries=25, changed=20, lost=0)

    assert good.well
    for wrong in (
        {"failed": 1},
        {"events": 4},
        {"whole": False},
        {"entries": 24},
        {"changed": 19},
        {"lost": 1},
    ):
        assert not dataclasses.replace(good, **wrong).well
