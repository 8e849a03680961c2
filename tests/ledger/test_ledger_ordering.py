"""What sorting asks of the ledger, and pieces in the order that it found."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ledger_builders import World, balance, member, opened
from yibao_cli.ledger import ordering, outcome
from yibao_cli.ledger.judging import hold

THREE = World([[member(1), member(2), member(3)]], [[balance(1), balance(2), balance(3)]])


def street_key(ledger, row, key):
    ledger.execute(f"UPDATE judged SET street_key = '{key}' WHERE row_id = {row}")


TOWN = "130102 建北街道   中山路 000018号 阳光小区 000003号楼   000501室"


@pytest.mark.parametrize(
    ("key", "same_road", "number"),
    [
        ("130102    中山路 000020号     ", True, 20),
        ("130102 桥东街道办事处 某社区  中山路 000007号     ", True, 7),
        ("130104    中山路 000018号     ", False, 18),
        ("130102 南营镇   中山路 000018号     ", False, 18),
        ("130102  槐底村  中山路 000018号     ", False, 18),
        ("130102 建北街道   中山路  阳光小区    ", False, 0),
        ("130130 南营镇 岸下村 000002组  000007号     ", False, 7),
        ("something else", False, 0),
    ],
)
def test_road_and_number_are_read_out_of_the_street_key(key, same_road, number):
    with opened(THREE) as ledger:
        street_key(ledger, 1, TOWN)
        street_key(ledger, 2, key)

        first, second, _third = ordering.candidates(ledger).to_pylist()

    assert first["road_no"] == 18
    assert (second["road"] == first["road"], second["road_no"]) == (same_road, number)
    assert second["door"] != first["door"]


def test_what_is_held_is_no_candidate_and_walks_come_by_the_entry_of_the_address():
    with opened(THREE) as ledger:
        hold(ledger, [2], "H401")
        entry = ordering.candidates(ledger).column("address_id")[0].as_py()
        walks = pa.table({"id": [entry], "walk": ["7段"], "office": ["长安投递局"]})

        found = ordering.candidates(ledger, ["name"], walks).to_pylist()

    assert [r["row_id"] for r in found] == [1, 3]
    assert [(r["walk"], r["office"], r["name"]) for r in found] == [
        ("7段", "长安投递局", "张三"),
        ("", "", "张三"),
    ]


def test_pieces_come_in_the_order_and_with_the_columns_they_were_given():
    with opened(THREE) as ledger:
        places = pa.table({"row_id": [3, 1, 2], "position": [1, 2, 3], "bundle": [1, 1, 2]})

        total = ordering.order_pieces(ledger, places)
        tables = [t.to_pylist() for t in outcome.piece_batches(ledger, [2, 1], ["bundle"])]

    assert total == 3
    assert [[(r["row_id"], r["bundle"]) for r in t] for t in tables] == [[(3, 1), (1, 1)], [(2, 2)]]
