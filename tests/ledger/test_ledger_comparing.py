"""A corrected file beside the earlier one: every row is new, changed, gone or the same, and only once."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao_cli.kinds.fields import FieldSpec, TableSpec
from yibao_cli.ledger.comparing import Change, Hits, compared, outside, overlap

FIELDS = (
    FieldSpec(name="no", label="编号", type="id"),
    FieldSpec(name="closing", label="余额", type="money"),
)
KEYED = TableSpec(label="余额", key=("no",), fields=FIELDS)
KEYLESS = TableSpec(label="余额", fields=FIELDS)
SCHEMA = pa.schema([("no", pa.string()), ("closing", pa.int64())])
SCHEMA = SCHEMA.append(pa.field("src_sheet", pa.string())).append(pa.field("src_row", pa.int32()))
SCHEMA = SCHEMA.append(pa.field("src_ordinal", pa.int64()))

NUMBERS, AMOUNTS = st.sampled_from(["1", "2", "3", "4", "5"]), st.sampled_from([0, 7, -1, None])


def parquet(path, rows):
    table = [[no, closing, "表", n + 2, n] for n, (no, closing) in enumerate(rows, 1)]
    columns = list(zip(*table, strict=True)) or [[]] * len(SCHEMA)
    arrays = [pa.array(c, t) for c, t in zip(columns, SCHEMA.types, strict=True)]
    pq.write_table(pa.table(arrays, schema=SCHEMA), path)
    return path


def counts(folder, old, new, spec):
    with compared([parquet(folder / "o", old)], parquet(folder / "n", new), spec, folder) as comparison:
        return comparison.counts()


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(NUMBERS, AMOUNTS), st.dictionaries(NUMBERS, AMOUNTS))
def test_by_key_each_row_has_one_fate(old, new):
    with tempfile.TemporaryDirectory() as folder:
        found = counts(Path(folder), old.items(), new.items(), KEYED)

    both = old.keys() & new.keys()
    changed = sum(old[k] != new[k] for k in both)
    expected = {"new": len(new.keys() - both), "gone": len(old.keys() - both), "changed": changed}
    assert found == {**expected, "same": len(both) - changed}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NUMBERS, AMOUNTS)), st.lists(st.tuples(NUMBERS, AMOUNTS)))
def test_without_a_key_rows_come_and_go_as_often_as_they_stand_there(old, new):
    with tempfile.TemporaryDirectory() as folder:
        found = counts(Path(folder), old, new, KEYLESS)

    was, now = Counter(old), Counter(new)
    assert found == {
        "new": (now - was).total(), "gone": (was - now).total(), "same": (was & now).total(), "changed": 0
    }  # fmt: skip


def test_a_blank_key_is_like_no_other_and_never_multiplies(tmp_path):
    found = counts(tmp_path, [(None, 1), (None, 2)], [(None, 1), (None, 3), (None, 4)], KEYED)

    assert found == {"new": 1, "changed": 1, "gone": 0, "same": 1}


def test_changes_name_key_place_and_both_values(tmp_path):
    old, new = parquet(tmp_path / "o", [("1", 5), ("2", 5)]), parquet(tmp_path / "n", [("2", None), ("3", 1)])

    with compared([old], new, KEYED, tmp_path) as comparison:
        found = [c for what in ("changed", "new", "gone") for c in comparison.changes(what, 10)]

    assert found == [
        Change("changed", ("2",), "表", 3, {"closing": (5, None)}),
        Change("new", ("3",), "表", 4, {}),
        Change("gone", ("1",), "表", 3, {}),
    ]


def test_a_field_that_the_older_import_lacked_was_blank_there(tmp_path):
    old, new = parquet(tmp_path / "o", [("1", 5)]), parquet(tmp_path / "n", [("1", 5)])
    pq.write_table(pq.read_table(old).drop_columns(["closing"]), old)

    with compared([old], new, KEYED, tmp_path) as comparison:
        [change] = comparison.changes("changed", 10)

    assert change.values == {"closing": (None, 5)}


def test_keys_of_another_file_are_counted_and_the_first_is_placed(tmp_path):
    one, other = (
        parquet(tmp_path / "o", [("9", 1), ("2", 5), ("3", 1)]),
        parquet(tmp_path / "n", [("3", 0), ("2", 0)]),
    )

    assert overlap(one, other, KEYED, tmp_path) == Hits(2, "表", 4)
    assert overlap(one, parquet(tmp_path / "x", [("7", 0)]), KEYED, tmp_path) is None
    assert overlap(one, other, KEYLESS, tmp_path) is None


def test_days_outside_a_period_are_counted_and_its_own_days_are_not(tmp_path):
    days = parquet(tmp_path / "o", [("2026-07-01", 1), ("2026-06-30", 1), ("2026-10-01", 1), (None, 1)])

    assert outside(days, "no", ("2026-07-01", "2026-09-30"), tmp_path) == Hits(2, "表", 4)
    assert outside(days, "no", ("2026-01-01", "2026-12-31"), tmp_path) is None
