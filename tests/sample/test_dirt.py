from __future__ import annotations

from collections import Counter

from yibao_cli.sample import dirt
from yibao_cli.sample.people import Cast

LARGE = Cast(60_000, 1)


def test_bad_addresses_keep_their_share_and_the_rest_stays_rare():
    counted = Counter(plant.kind for plant in dirt.plan(LARGE).values())

    expected = {k: n * (20 if k.startswith("address_") else 1) for k, n in dirt.PLANTS.items()}
    assert counted == expected


def test_plants_of_a_large_sample_lie_all_over_it():
    rows = [row for row, plant in dirt.plan(LARGE).items() if plant.kind.startswith("address_")]

    thirds = Counter(row * 3 // (LARGE.members + 1) for row in rows)
    assert len(rows) == len(set(rows))
    assert all(count > len(rows) / 5 for count in thirds.values())
    assert len(thirds) == 3


def test_a_copy_repeats_a_row_that_bears_no_plant():
    plants = dirt.plan(LARGE)

    sources = {plant.source for plant in plants.values() if plant.kind in dirt.COPIES}

    assert sources
    assert not sources & set(plants)
