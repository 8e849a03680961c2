"""Sorting: a fixed roster against what was expected by hand and rule, and the promises for any other."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sorting_builders import PRESORT, SCHEMES, pieces_of, presort_roster, scheme_of

from yibao_cli.errors import SettingsError
from yibao_cli.kinds.sorting import LOOSE
from yibao_cli.mailing.parting import part_sizes
from yibao_cli.mailing.sorting import sort_pieces
from yibao_cli.mailing.summary import check_parts, check_sorting, summary

EXAMPLES = settings(deadline=None, max_examples=40)
BYS = ("walk", "office", "postcode:3", "county", "city", "province", "employer", "all")


def sizes_by(sorted_pieces, *columns):
    """Pieces of each run of equal values, in print order."""
    groups = sorted_pieces.groupby(list(columns), sort=False, observed=True).size()
    return [(*(key if isinstance(key, tuple) else (key,)), n) for key, n in groups.items()]


# ------------------------------------------------------------------ the fixed roster


@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_the_roster_of_presort_gives_the_expected_bundles_and_bags(name, update_goldens):
    found = sort_pieces(presort_roster(), SCHEMES[name])

    columns = ["bag", "bag_level", "bag_destination", "bundle", "level", "destination"]
    bundles = found.groupby(columns, sort=False, observed=True)["row_id"].agg(
        pieces="size", rows=lambda ids: " ".join(map(str, ids))
    )
    path = PRESORT / f"expected-{name}.csv"
    if update_goldens:
        bundles.reset_index().to_csv(path, index=False, lineterminator="\n")
    assert bundles.reset_index().to_csv(index=False, lineterminator="\n") == path.read_text(encoding="utf-8")


# ------------------------------------------------------------------ levels, minimum, remainders


def test_a_walk_with_too_few_pieces_goes_up_to_its_office_and_that_to_the_rest():
    frame = pieces_of(
        *[{"walk": "1段", "office": "东局"}] * 5,
        *[{"walk": "2段", "office": "东局"}] * 2,
        {"postcode": "050099"},
    )

    found = sort_pieces(frame, scheme_of(("walk", 3, "up"), ("office", 2, "up"), ("all", 1, "stay")))

    assert sizes_by(found, "destination") == [("东局 1段", 5), ("050011", 2), ("", 1)]


def test_walks_of_one_number_in_two_offices_are_two_walks():
    frame = pieces_of({"walk": "1段", "office": "东局"}, {"walk": "1段", "office": "西局"})

    found = sort_pieces(frame, scheme_of(("walk", 1, "stay")))

    assert sizes_by(found, "bundle", "destination") == [(1, "东局 1段", 1), (2, "西局 1段", 1)]


def test_without_a_table_of_walks_their_level_is_passed_over():
    found = sort_pieces(pieces_of({}, {}), scheme_of(("walk", 1, "stay"), ("office", 1, "stay")))

    assert sizes_by(found, "level") == [("1-office", 2)]


@pytest.mark.parametrize(
    ("bundle", "rest", "sizes"),
    [
        ({"pieces": 10}, "stay", [10, 10, 4]),
        ({"pieces": 10}, "up", [10, 10]),
        ({"pieces": 10, "fill": "balanced"}, "up", [8, 8, 8]),
        ({"pieces": 30, "multiple": 10}, "up", [20]),
        ({"pieces": 10, "multiple": 10}, "stay", [10, 10, 4]),
        ({"pieces": 100, "thickness_mm": 7.4}, "stay", [7, 7, 7, 3]),
        ({"pieces": 100, "weight_g": 100}, "stay", [10, 10, 4]),
    ],
)
def test_bundles_keep_their_limits_and_remainders_stay_or_go(bundle, rest, sizes):
    frame = pieces_of(*[{"thickness_um": 1_000, "weight_mg": 10_000}] * 24)

    found = sort_pieces(frame, scheme_of(("office", 5, rest), bundle=bundle))

    assert [n for _b, level, n in sizes_by(found, "bundle", "level") if level != LOOSE] == sizes


def test_a_bundle_of_a_post_that_asks_for_two_centimetres_has_them():
    levels = [{"id": "office", "name": "x", "by": "office", "minimum_mm": 20, "remainder": "stay"}]
    frame = pieces_of(*[{"thickness_um": 400}] * 50, *[{"thickness_um": 400, "postcode": "050051"}] * 49)

    found = sort_pieces(frame, scheme_of(("all", 1, "stay")).model_validate({"name": "x", "levels": levels}))

    assert sizes_by(found, "level", "destination") == [("office", "050011", 50), (LOOSE, "散件", 49)]


def test_no_employer_shares_a_bundle_and_whoever_has_none_goes_by_office():
    frame = pieces_of(
        *[{"employer": "E2", "door": "a"}] * 2, {"employer": "E1", "door": "b"}, *[{"employer": ""}] * 12
    )

    found = sort_pieces(frame, SCHEMES["employer"])

    assert sizes_by(found, "bundle", "destination") == [(1, "E2", 2), (2, "E1", 1), (3, "050011", 12)]


def test_a_scheme_that_lets_employers_share_bundles_is_refused():
    with pytest.raises(ValueError, match="no employer shares a bundle"):
        scheme_of(("employer", 2, "stay"))


def test_pieces_that_do_not_go_into_a_bundle_are_refused():
    scheme = scheme_of(("all", 1, "stay"), bundle={"pieces": 50, "multiple": 10, "weight_g": 50})

    with pytest.raises(SettingsError, match="10 pieces are too many"):
        sort_pieces(pieces_of({"weight_mg": 8_000}), scheme)


# ------------------------------------------------------------------ order inside a bundle


@pytest.mark.parametrize(
    ("sides", "numbers"),
    [("mixed", [1, 2, 9, 10, 11]), ("odd-even", [1, 9, 11, 2, 10]), ("loop", [1, 9, 11, 10, 2])],
)
def test_a_road_is_walked_by_the_order_of_its_numbers(sides, numbers):
    frame = pieces_of(*({"road_no": n} for n in (10, 2, 11, 9, 1)))

    found = sort_pieces(frame, scheme_of(("office", 1, "stay"), sides=sides))

    assert frame.set_index("row_id")["road_no"].loc[found["row_id"]].tolist() == numbers


def test_households_lie_side_by_side_in_the_order_of_the_roster():
    frame = pieces_of({"door": "b"}, {"door": "a"}, {"door": "b"}, {"door": "a"})

    found = sort_pieces(frame, scheme_of(("office", 1, "stay")))

    assert found["row_id"].tolist() == [2, 4, 1, 3]


def test_a_mixed_bundle_keeps_the_finer_destinations_together():
    frame = pieces_of({"postcode": "050051", "road": "a"}, {"road": "z"}, {"postcode": "050051", "road": "b"})

    found = sort_pieces(frame, scheme_of(("office", 5, "up"), ("all", 1, "stay")))

    assert found["row_id"].tolist() == [2, 1, 3]


# ------------------------------------------------------------------ bags


def test_a_bag_holds_bundles_of_one_destination_and_what_is_left_goes_up():
    bags = [
        {"id": "office", "name": "x", "by": "office", "minimum": 10},
        {"id": "rest", "name": "x", "by": "all", "remainder": "stay"},
    ]
    scheme = scheme_of(("office", 1, "stay"), bundle={"pieces": 5}, bag={"pieces": 10}, bags=bags)
    frame = pieces_of(*[{}] * 13, *[{"postcode": "050051"}] * 4, *[{"postcode": "050099"}] * 6)

    found = sort_pieces(frame, scheme)

    assert sizes_by(found, "bag", "bag_level", "bag_destination", "bundle", "destination") == [
        (1, "office", "050011", 1, "050011", 5),
        (1, "office", "050011", 2, "050011", 5),
        (2, "rest", "", 3, "050011", 3),
        (2, "rest", "", 4, "050051", 4),
        (3, "rest", "", 5, "050099", 5),
        (3, "rest", "", 6, "050099", 1),
    ]


# ------------------------------------------------------------------ parts that are smaller than a bundle


@pytest.mark.parametrize(("pieces", "told"), [(150, [2]), (100, [])])
def test_bundles_that_a_part_cuts_short_are_told(pieces, told):
    scheme = SCHEMES["usps-automation"]
    found = sort_pieces(pieces_of(*[{"postcode": "10001"}] * pieces), scheme, 100)

    assert [f.details["count"] for f in check_parts(found, scheme, 100)] == told
    assert not check_parts(found, scheme, 500)


# ------------------------------------------------------------------ posts elsewhere


def test_chunghwa_bundles_are_of_ten_and_its_share_of_loose_pieces_is_checked():
    frame = pieces_of(*[{"postcode": "100001"}] * 37, *[{"postcode": "200001"}] * 4)

    found = sort_pieces(frame, SCHEMES["chunghwa-bulk"])
    facts = summary(found.assign(walk="", weight_mg=1), SCHEMES["chunghwa-bulk"])

    assert sizes_by(found, "level", "destination") == [("code", "100", 30), (LOOSE, "散件", 11)]
    assert [f.rule_id for f in check_sorting(facts, SCHEMES["chunghwa-bulk"], with_walks=False)] == ["M101"]


def test_usps_trays_of_five_digits_need_150_pieces_and_the_last_balanced_one_may_be_short():
    frame = pieces_of(
        *[{"postcode": "10001"}] * 1_130, *[{"postcode": "10002"}] * 100, *[{"postcode": "10003"}] * 60
    )

    found = sort_pieces(frame, SCHEMES["usps-automation"])

    assert sizes_by(found, "bundle", "level", "destination") == [
        (1, "five-digit", "10001", 377),
        (2, "five-digit", "10001", 377),
        (3, "five-digit", "10001", 376),
        (4, "three-digit", "100", 160),
    ]


# ------------------------------------------------------------------ promises

PIECES = st.lists(
    st.fixed_dictionaries(
        {
            "postcode": st.sampled_from(["050011", "050012", "052300", "100032", ""]),
            "county": st.sampled_from(["长安区", "辛集市", ""]),
            "city": st.sampled_from(["石家庄市", ""]),
            "province": st.sampled_from(["河北省", "北京市"]),
            "walk": st.sampled_from(["1段", "2段", ""]),
            "office": st.sampled_from(["东局", "西局", ""]),
            "employer": st.sampled_from(["E1", "E2", ""]),
            "road_no": st.integers(0, 5),
            "thickness_um": st.sampled_from([375, 750, 1_500]),
            "weight_mg": st.sampled_from([8_280, 24_000]),
        }
    ),
    max_size=60,
)


@st.composite
def schemes(draw):
    multiple = draw(st.sampled_from([1, 1, 2, 5]))
    pieces = draw(st.integers(multiple, 12))
    levels = [
        (by, 1, "stay")
        if by == "employer"
        else (by, draw(st.integers(1, 8)), draw(st.sampled_from(["up", "stay"])))
        for by in draw(st.lists(st.sampled_from(BYS), min_size=1, max_size=4, unique=True))
    ]
    bags = [
        {"id": f"b{i}", "name": "x", "by": by, "minimum": draw(st.integers(1, 20))}
        for i, by in enumerate(draw(st.lists(st.sampled_from(BYS), max_size=3, unique=True)))
    ]
    bundle = {
        "pieces": pieces,
        "multiple": multiple,
        "thickness_mm": draw(st.sampled_from([None, 7.5, 20])),
        "weight_g": draw(st.sampled_from([None, 120, 300])),
        "fill": draw(st.sampled_from(["full", "balanced"])),
    }
    bag = {
        "pieces": draw(st.sampled_from([None, 12, 30])),
        "bundles": draw(st.sampled_from([None, 1, 3])),
    }
    sides = draw(st.sampled_from(["mixed", "odd-even", "loop"]))
    return scheme_of(*levels, bags=bags, bundle=bundle, bag=bag, sides=sides)


@EXAMPLES
@given(PIECES, schemes())
def test_every_piece_is_in_one_bundle_and_every_bundle_in_one_bag_in_print_order(rows, scheme):
    frame = pieces_of(*rows)

    found = sort_pieces(frame, scheme)

    assert sorted(found["row_id"]) == frame["row_id"].tolist()
    assert found["position"].tolist() == list(range(1, len(frame) + 1))
    for column in ("bundle", "bag"):
        assert found[column].drop_duplicates().tolist() == list(range(1, found[column].nunique() + 1))
        assert found[column].is_monotonic_increasing
    assert found.groupby("bundle")["bag"].nunique().le(1).all()


@EXAMPLES
@given(PIECES, schemes())
def test_no_limit_is_broken_and_no_bundle_mixes_destinations(rows, scheme):
    frame = pieces_of(*rows)

    found = sort_pieces(frame, scheme).merge(frame, on="row_id", suffixes=("", "_in"))

    limits, bags = scheme.bundle, scheme.bag
    for _number, bundle in found.groupby("bundle"):
        assert len(bundle) <= limits.pieces
        assert bundle["thickness_um"].sum() <= (limits.thickness_mm or 10**9) * 1_000
        assert bundle["weight_mg"].sum() <= (limits.weight_g or 10**9) * 1_000
        level = next((v for v in scheme.levels if v.id == bundle["level"].iloc[0]), None)
        if level is not None:
            assert one_destination(bundle, level.by)
    for _number, bag in found.groupby("bag"):
        assert len(bag) <= (bags.pieces or 10**9)
        assert bag["bundle"].nunique() <= (bags.bundles or 10**9)
        level = next((v for v in scheme.bags if v.id == bag["bag_level"].iloc[0]), None)
        if level is not None:
            assert one_destination(bag, level.by)


def one_destination(pieces, by):
    columns = {
        "walk": ["walk"],
        "office": ["postcode"],
        "county": ["province", "city", "county"],
        "city": ["province", "city"],
        "province": ["province"],
        "employer": ["employer"],
        "all": [],
    }
    if by.startswith("postcode:"):
        return len(set(pieces["postcode"].str[: int(by[-1])])) == 1
    names = columns[by]
    return not names or (len(pieces[names].drop_duplicates()) == 1 and (pieces[names[-1]] != "").all())


@EXAMPLES
@given(PIECES, schemes())
def test_a_destination_below_the_minimum_has_no_bundle_of_its_level(rows, scheme):
    found = sort_pieces(pieces_of(*rows), scheme)

    for level in scheme.levels:
        own = found[found["level"] == level.id]
        # Names of walks, counties and cities come twice, and each destination has the minimum.
        assert own.groupby("destination", observed=True).size().ge(level.minimum).all()
        if level.remainder == "up" and scheme.bundle.multiple > 1:
            assert (own.groupby("bundle").size() % scheme.bundle.multiple == 0).all()


@EXAMPLES
@given(PIECES, schemes(), st.randoms(use_true_random=False))
def test_the_same_pieces_in_another_order_give_the_same(rows, scheme, random):
    frame = pieces_of(*rows)
    order = list(range(len(frame)))
    random.shuffle(order)

    one, other = sort_pieces(frame, scheme), sort_pieces(frame.iloc[order].reset_index(drop=True), scheme)

    pd.testing.assert_frame_equal(one, other)


@EXAMPLES
@given(PIECES, schemes(), st.integers(0, 40))
def test_parts_close_at_the_end_of_a_bundle_and_keep_bags_whole_that_fit(rows, scheme, more):
    most = scheme.bundle.multiple + more
    found = sort_pieces(pieces_of(*rows), scheme, most)

    sizes = part_sizes(found["bundle"].to_numpy(), found["bag"].to_numpy(), most)

    part = pd.Series(range(len(sizes))).repeat(sizes).reset_index(drop=True)
    assert len(part) == len(found)
    assert all(0 < size <= most for size in sizes)
    assert part.groupby(found["bundle"]).nunique().le(1).all()
    whole = part.groupby(found["bag"]).agg(["nunique", "size"])
    assert (whole.loc[whole["size"] <= most, "nunique"] <= 1).all()


@EXAMPLES
@given(PIECES, schemes())
def test_the_summary_adds_up_to_the_mailing(rows, scheme):
    frame = pieces_of(*rows)
    found = sort_pieces(frame, scheme).merge(frame[["row_id", "walk", "weight_mg"]], on="row_id")

    facts = summary(found, scheme)

    for levels in (facts["levels"], facts["bag_levels"]):
        assert sum(level["pieces"] for level in levels) == facts["pieces"] == len(frame)
        assert sum(level["weight_mg"] for level in levels) == facts["weight_mg"]
    assert sum(level["bundles"] for level in facts["levels"]) == facts["bundles"]
    assert sum(level["bags"] for level in facts["bag_levels"]) == facts["bags"]
