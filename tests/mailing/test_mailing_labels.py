"""What labels say: destination, level, pieces, weight, and a number that no other label has."""

from __future__ import annotations

import pandas as pd
import pytest
from posting_builders import SCHEME, containers

from label_codes import container_code
from yibao_cli.errors import CheckFailed
from yibao_cli.mailing.containers import Sorted
from yibao_cli.mailing.labels import bag_tags, bundle_labels

ABOUT = ("2026Q3", "石家庄市医疗保险中心", "2026-10-01")


def test_a_bundle_says_where_it_goes_and_what_is_in_it():
    first, _second, loose = bundle_labels(containers(), SCHEME, ABOUT)

    assert first.texts["destination"] == "050011"
    assert (first.texts["level"], first.texts["pieces"], first.texts["weight"]) == (
        "投递局",
        "4",
        "0.033 千克",
    )
    assert first.texts["contents"].startswith("袋 1  分册 001  0000001")
    assert (first.texts["mailing"], first.texts["printed_on"]) == ("2026Q3", "2026-10-01")
    assert loose.texts["level"] == "散件"


def test_a_bag_says_its_bundles():
    first, second = bag_tags(containers(), SCHEME, ABOUT)

    assert (first.texts["number"], first.texts["destination"], first.texts["pieces"]) == (
        "袋 1",
        "长安区",
        "6",
    )
    assert first.texts["contents"] == "2 把  (把 1 - 2)"
    assert second.texts["contents"] == "1 把  (把 3 - 3)"


def test_every_label_has_a_code_of_its_own():
    labels = bundle_labels(containers(), SCHEME, ABOUT) + bag_tags(containers(), SCHEME, ABOUT)

    codes = [container_code(label.code) for label in labels]
    assert [(c.kind, c.number) for c in codes] == [("B", 1), ("B", 2), ("B", 3), ("D", 1), ("D", 2)]


def test_two_labels_with_one_number_are_refused():
    found = containers()
    twice = Sorted(pd.concat([found.bundles, found.bundles.iloc[[1]]]), found.bags)

    with pytest.raises(CheckFailed, match="two labels have the number YB1/2026Q3/B2/"):
        bundle_labels(twice, SCHEME, ABOUT)
