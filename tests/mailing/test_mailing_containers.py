"""Bundles and bags, counted from the pieces; what is out of its place is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting_builders import containers, mail, sorted_pieces

from yibao_cli.errors import CheckFailed
from yibao_cli.mailing.containers import sorted_containers


def test_bundles_have_their_pieces_weight_and_ends():
    bundles = containers().bundles

    assert bundles[["bundle", "bag", "pieces", "weight_mg", "start", "end", "part"]].to_numpy().tolist() == [
        [1, 1, 4, 33120, 1, 4, 1],
        [2, 1, 2, 16560, 5, 6, 1],
        [3, 2, 2, 16560, 7, 8, 2],
    ]
    assert (bundles.loc[1, "first"], bundles.loc[1, "last"]) == tuple(mail()["piece"].iloc[[4, 5]])


def test_bags_have_their_bundles():
    bags = containers().bags

    columns = ["bag", "destination", "bundles", "pieces", "first_bundle", "last_bundle"]
    assert bags[columns].to_numpy().tolist() == [[1, "长安区", 2, 6, 1, 2], [2, "长安区", 1, 2, 3, 3]]


def test_a_mailing_without_pieces_has_no_containers():
    found = sorted_containers(sorted_pieces())

    assert (found.pieces, len(found.bundles), len(found.bags)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"bundle": 1}, {"bundle": 2}, {"bundle": 1}], "bundle 1 stands in two places"),
        ([{"bundle": 1}, {"bundle": 3}], "bundle 3 stands in two places, or a number before it is missing"),
        ([{"bundle": 0}], "bundle 0"),
        ([{"bag": 1}, {"bag": 2}], "bundle 1 lies in two bags"),
        ([{"bag": 2}], "bag 2 stands in two places, or a number before it is missing"),
        ([{"position": 1}, {"position": 3}], "piece 3 of the print order"),
    ],
)
def test_what_the_labels_would_not_describe_is_refused(rows, said):
    with pytest.raises(CheckFailed) as caught:
        sorted_containers(sorted_pieces(*rows))

    assert said in caught.value.message


@given(st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=4), max_size=5))
def test_no_piece_is_lost_on_the_way_to_the_bags(sizes):
    rows, bundle = [], 0
    for bag, bundles in enumerate(sizes, 1):
        for size in bundles:
            bundle += 1
            rows += [{"bundle": bundle, "bag": bag}] * size

    found = sorted_containers(sorted_pieces(*rows))

    assert found.bundles["pieces"].tolist() == [size for bundles in sizes for size in bundles]
    assert found.bags["pieces"].tolist() == [sum(bundles) for bundles in sizes]
    assert found.pieces == len(rows)
    assert found.bags["weight_mg"].sum() == 8280 * len(rows)
