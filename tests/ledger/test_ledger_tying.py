"""The mailing against the client's totals: whoever is on the roster counts once, whatever becomes of him."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from ledger_builders import KIND, World, balance, line, member, opened
from yibao_cli.ingest.rows import table_schema
from yibao_cli.ledger.tying import own_totals, tied

GROUPS = ("scheme", "county")


def given():
    """A piece, a hold, a row that stands twice, one that is not selected, and the balance of a rejected row."""
    rosters = [
        [member(1, county="长安区"), member(2, county="长安区", status="死亡"), member(3, county="桥西区")],
        [member(1, county="长安区"), member(4, county=None, category="退休")],
    ]
    balances = [[balance(n, opening=n * 100, spent=0) for n in (1, 2, 3, 4, 5)]]
    return World(rosters, balances, [[line(5, 1, paid=0), line(1, 2, paid=0)]])


def rejected(folder, *rows):
    path = folder / "rejected.parquet"
    place = {"src_sheet": "", "src_row": 9, "src_ordinal": 9}
    full = [place | row for row in rows]
    pq.write_table(pa.Table.from_pylist(full, schema=table_schema(KIND.inputs["roster"])), path)
    return path


def test_every_member_is_in_one_group_and_one_fate(tmp_path):
    path = rejected(
        tmp_path,
        {"person_no": "P0005", "scheme": "居民", "county": "长安区"},
        {"person_no": "P0001", "scheme": "居民"},  # stands in a row that was kept
        {"person_no": None, "scheme": "居民"},
    )

    with opened(given(), where="category == '在职'") as ledger:
        ours = own_totals(ledger, GROUPS, ["opening", "transactions.total"], [path])

    assert ours == {
        ("职工", "长安区"): {
            "printed": {"people": 1, "opening": 100, "transactions__total": 7},
            "held": {"people": 1, "opening": 200, "transactions__total": 0},
        },
        ("职工", "桥西区"): {"printed": {"people": 1, "opening": 300, "transactions__total": 0}},
        ("职工", ""): {"unselected": {"people": 1, "opening": 400, "transactions__total": 0}},
        ("居民", "长安区"): {"rejected": {"people": 1, "opening": 500, "transactions__total": 7}},
        ("居民", ""): {"rejected": {"people": 1, "opening": 0, "transactions__total": 0}},
    }


def test_a_fen_a_group_too_many_and_a_group_too_few_are_differences():
    ours = {("a",): {"printed": {"opening": 5}, "held": {"opening": 2}}, ("b",): {"printed": {"opening": 1}}}
    theirs = {("a",): {"opening": 8}, ("c",): {"opening": 0}}

    found = {f.group: (f.theirs, f.ours, f.difference, f.ties) for f in tied(theirs, ours)}

    assert found == {("a",): (8, 7, -1, False), ("b",): (None, 1, 1, False), ("c",): (0, None, 0, False)}


def test_equal_sums_tie():
    assert all(f.ties for f in tied({("a",): {"opening": 7}}, {("a",): {"held": {"opening": 7}}}))


def test_sums_beyond_64_bits_do_not_wrap(tmp_path):
    rows = [balance(n, opening=9 * 10**18, closing=0) for n in (1, 2, 3)]
    world = World([[member(n) for n in (1, 2, 3)]], [rows])

    with opened(world) as ledger:
        ours = own_totals(ledger, ("scheme",), ["opening"])

    assert ours["职工",]["held"]["opening"] == 27 * 10**18
