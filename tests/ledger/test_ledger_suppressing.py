"""Suppression lists: whom an entry means, when it counts, and what becomes of the piece."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger_builders import GOOD, KIND, World, balance, member, opened, result_of
from yibao_cli.config import shipped
from yibao_cli.kinds import load_kind
from yibao_cli.kinds.binding import bound_kind
from yibao_cli.ledger import outcome

ID = "110105194912310021"  # born 1949-12-31
ELSEWHERE = "河北省石家庄市桥西区友谊大街2号"


def city(*entries, members=None, **world):
    """Three members, and one list of these entries."""
    people = members or [member(1), member(2, address=ELSEWHERE), member(3, address=ELSEWHERE)]
    balances = [[balance(int(p["person_no"][1:])) for p in people]]
    return World([people], balances, suppressions=[list(entries)], **world)


def held(*entries, **world):
    """Roster row -> rules that hold it."""
    return result_of(city(*entries, **world)).held


def rules_of(*entries, **world):
    """Rules of what is doubtful, with their counts."""
    return {f.rule_id: dict(f.details).get("count") for f in result_of(city(*entries, **world)).doubts}


@pytest.mark.parametrize(
    ("reason", "rule"),
    [("死亡", "H111"), ("转出", "H112"), ("拒收纸质", "H113"), ("其他停寄", "H114"), (None, "H114")],
)
def test_a_reason_that_ends_the_mail_holds_the_piece_by_its_own_rule(reason, rule):
    assert held({"member_no": "P0002", "reason": reason}) == {2: [rule]}


@pytest.mark.parametrize("reason", ["拒收广告", "挂失"])
def test_a_reason_that_does_not_end_the_mail_leaves_the_piece(reason):
    assert held({"member_no": "P0002", "reason": reason}) == {}


def test_who_opted_out_of_ads_has_no_consent_whatever_the_roster_says():
    people = [member(n, ads_consent=True) for n in (1, 2)]
    found = result_of(city({"member_no": "P0002", "reason": "拒收广告"}, members=people))

    assert [(p["person_no"], p["ads_consent"]) for p in found.pieces] == [("P0001", True), ("P0002", False)]
    assert [(f.rule_id, f.row, f.details) for f in found.doubts] == [("L214", 2, {"count": 1})]


def test_a_lost_card_stands_in_the_status_of_the_card():
    people = [member(n, card_status="正常") for n in (1, 2)]
    found = result_of(city({"member_no": "P0002", "reason": "挂失"}, members=people))

    assert [p["card_status"] for p in found.pieces] == ["正常", "挂失"]
    assert found.doubts == []


def test_a_lost_card_that_a_kind_cannot_show_is_told():
    roster = KIND.inputs["roster"]
    fields = tuple(f for f in roster.fields if f.name != "card_status")
    inputs = {**KIND.inputs, "roster": roster.model_copy(update={"fields": fields})}
    kind = KIND.model_copy(update={"inputs": inputs})

    found = result_of(city({"member_no": "P0002", "reason": "挂失"}), kind=kind)

    assert len(found.pieces) == 3
    assert [(f.rule_id, f.details) for f in found.doubts] == [("L213", {"count": 1})]


# ------------------------------------------------------------------ when


@pytest.mark.parametrize(
    ("starts", "ends", "counts"),
    [
        (None, None, True),
        ("2026-10-08", None, True),
        ("2026-10-09", None, False),
        (None, "2026-10-08", True),
        (None, "2026-10-07", False),
        ("2026-10-08", "2026-10-08", True),
        ("2026-01-01", "2026-06-30", False),
    ],
)
def test_an_entry_counts_from_its_first_day_to_its_last(starts, ends, counts):
    found = held({"member_no": "P0001", "reason": "死亡", "starts": starts, "ends": ends})

    assert found == ({1: ["H111"]} if counts else {})


def test_an_entry_that_ends_before_it_begins_holds_and_is_told():
    entry = {"member_no": "P0001", "reason": "死亡", "starts": "2026-09-01", "ends": "2026-01-31"}

    assert held(entry) == {1: ["H111"]}
    assert rules_of(entry) == {"L215": None}


# ------------------------------------------------------------------ who


@pytest.mark.parametrize(
    "entry",
    [
        {"member_no": "P0001"},
        {"id_number": ID},
        {"card_no": "C1"},
        {"name": "李四", "birth_date": "1949-12-31"},
        {"address": GOOD},
        {"address": "河北省石家庄市 长安区中山路1号"},
        {"address": GOOD, "name": "李四"},
        {"member_no": "P9999", "id_number": ID},
    ],
)
def test_a_member_is_found_by_whatever_names_them(entry):
    people = [member(1, id_number=ID, card_no="C1", name="李四"), member(2, address=ELSEWHERE)]

    assert held({**entry, "reason": "死亡"}, members=people) == {1: ["H111"]}


def test_the_date_of_birth_of_the_roster_comes_before_that_in_the_id_number():
    people = [member(1, id_number=ID, birth_date="1950-01-01")]

    assert held({"name": "张三", "birth_date": "1949-12-31"}, members=people) == {}
    assert held({"name": "张三", "birth_date": "1950-01-01"}, members=people) == {1: ["H114"]}


@pytest.mark.parametrize(
    "entry",
    [
        # A number that finds nobody is no reason to take a namesake, nor everybody at the address.
        {"member_no": "P9999", "name": "张三", "birth_date": "1949-12-31", "address": GOOD},
        {"name": "李四", "birth_date": "1949-12-31", "address": GOOD},
        {"name": "李四", "address": GOOD},
        {"name": "张三", "birth_date": "1949-12-30"},
    ],
)
def test_a_weaker_name_is_not_asked_where_there_is_a_stronger(entry):
    people = [member(1, id_number=ID)]

    assert held(entry, members=people) == {}
    assert rules_of(entry, members=people) == {"L211": 1}


def test_entries_that_match_nobody_are_one_note_for_each_list():
    world = city({"member_no": "P0001"}, {"member_no": "X1"}, {"member_no": "X2"})
    world.suppressions.append([{"member_no": "X3"}])

    found = [(f.rule_id, f.file, f.row, f.details) for f in result_of(world).doubts]

    assert found == [
        ("L211", "suppressions-0.xlsx", 3, {"count": 2}),
        ("L211", "suppressions-1.xlsx", 2, {"count": 1}),
    ]


def test_an_entry_that_fits_two_members_holds_both_and_is_masked():
    entry = {"member_no": "P0002", "id_number": ID, "reason": "死亡"}
    found = result_of(city(entry, members=[member(1, id_number=ID), member(2), member(3)]))

    assert found.held == {1: ["H111"], 2: ["H111"]}
    assert [(f.rule_id, f.value, f.details) for f in found.doubts] == [("L212", "*0002", {"count": 2})]


def test_an_address_means_everybody_who_lives_there():
    assert held({"address": ELSEWHERE, "reason": "其他停寄"}) == {2: ["H114"], 3: ["H114"]}
    assert rules_of({"address": ELSEWHERE}) == {}


# ------------------------------------------------------------------ several


def test_the_strongest_of_two_lists_is_the_one_fate():
    weaker = [{"member_no": "P0001", "reason": r} for r in ("其他停寄", "拒收广告", "拒收纸质")]

    assert held(*weaker) == {1: ["H113"]}
    assert held(*weaker, {"member_no": "P0001", "reason": "死亡"}) == {1: ["H111"]}


def test_the_status_of_the_roster_comes_first_and_both_reasons_stand():
    assert held({"member_no": "P0001", "reason": "死亡"}, members=[member(1, status="死亡")]) == {
        1: ["H101", "H111"]
    }


def test_a_hold_tells_the_entry_and_nobodys_name():
    entry = {"member_no": "P0001", "name": "张三", "reason": "死亡", "starts": "2026-08-01", "source": "民政"}
    with opened(city(entry)) as ledger:
        ((_row, (finding,)),) = outcome.held_rows(ledger, {})

    assert finding.file == "roster-0.xlsx"
    assert finding.details == {"entry": "suppressions-0.xlsx, row 2; since 2026-08-01; reported by 民政"}
    assert "suppressions-0.xlsx, row 2" in finding.message()
    assert "张三" not in finding.message()


def test_customers_of_another_kind_are_named_by_its_own_number():
    days = {"starts": "2026-09-01", "ends": "2026-09-30", "posting": "2026-10-08"}
    kind = bound_kind(load_kind(shipped("templates"), "electricity"), days)
    row = {"account_no": "A1", "name": "张三", "category": "居民", "status": "正常", "address": GOOD}
    world = World([[{**row, "postcode": "050011"}]], suppressions=[[{"member_no": "A1", "reason": "转出"}]])
    with opened(world, kind=kind) as ledger:
        found = [f.rule_id for _row, found in outcome.held_rows(ledger, {}) for f in found]

    assert found[0] == "H112"


ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "member_no": st.sampled_from(["P0001", "P0002", "P0009", "X"]),
        "address": st.sampled_from([GOOD, ELSEWHERE]),
        "reason": st.sampled_from(["死亡", "转出", "拒收纸质", "拒收广告", "挂失", "其他停寄", None]),
        "starts": st.sampled_from(["2026-10-08", "2026-10-09"]),
        "ends": st.sampled_from(["2026-10-07", "2026-10-08"]),
    },
)


@settings(max_examples=20, deadline=None)
@given(st.lists(ENTRIES, max_size=8))
def test_every_row_of_the_roster_is_a_piece_or_a_hold_whatever_the_lists_say(entries):
    people = [member(1), member(2, address=ELSEWHERE), member(2), member(3)]
    found = result_of(World([people[:2], people[2:]], [[balance(n) for n in (1, 2, 3)]], [], None, [entries]))

    assert sorted([*(p["row_id"] for p in found.pieces), *found.held]) == [1, 2, 3, 4]
    assert all(len(set(rules) & {"H111", "H112", "H113", "H114"}) <= 1 for rules in found.held.values())
