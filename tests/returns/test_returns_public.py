"""Counts for the public: none so small that it tells of a person."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.returns.public import publishable

COUNTS = st.integers(0, 60)


def told(rows, smallest=10):
    return {row.place: row.counts for row in publishable(rows, smallest)}


def test_a_small_count_is_withheld_with_one_more_so_that_it_cannot_be_computed_back():
    rows = [("甲", (100, 90, 10)), ("乙", (50, 45, 5)), ("丙", (80, 60, 20))]

    assert told(rows) == {"甲": (100, 90, 10), "乙": None, "丙": None}


def test_no_count_at_all_tells_of_nobody():
    assert told([("甲", (100, 100, 0)), ("乙", (50, 40, 10))]) == {"甲": (100, 100, 0), "乙": (50, 40, 10)}


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=10), st.integers(2, 20))
def test_nothing_small_is_told_nor_follows_from_the_total(pairs, smallest):
    rows = [(str(i), (delivered + back, delivered, back)) for i, (delivered, back) in enumerate(pairs)]

    found = publishable(rows, smallest)

    assert [row.place for row in found] == [place for place, _counts in rows]
    shown = [row.counts for row in found if row.counts is not None]
    assert all(not 0 < c < smallest for counts in shown for c in counts)
    hidden = [counts for row, (_p, counts) in zip(found, rows, strict=True) if row.counts is None]
    if hidden and shown:
        assert len(hidden) > 1
        assert all(not 0 < sum(column) < smallest for column in zip(*hidden, strict=True))
