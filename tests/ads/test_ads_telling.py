from __future__ import annotations

import json
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ads_builders import book, city, sold
from yibao_cli.ads.packs import Mailed, cell_rows, certificate, settlement_paper
from yibao_cli.ads.pictures import curve, pacing, panels_by_county, revenue_by_county
from yibao_cli.ads.planning import Options, make_plan
from yibao_cli.ads.program import has_solver
from yibao_cli.ads.settling import Count, settle
from yibao_cli.ads.telling import aims_at_nobody, facts_of, findings_of, terms_of

MAILED = Mailed("2026Q3", "某中心", "2026年三季度", "2026-10-08", 1000, "0" * 64)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("甲乙丙丁"), st.sampled_from(["在职", "退休"])), st.integers(1, 200)
    )
)
def test_no_cell_of_few_is_told_nor_can_be_reckoned(sizes):
    cells = {cell: Count(n, n) for cell, n in sizes.items()}

    rows = cell_rows(cells)

    shown = {(r[0], r[1]): r[2] for r in rows}
    hidden = [cells[c].printed for c in cells if shown[c] == "—"]
    assert all(cells[c].printed >= 20 for c in cells if shown[c] != "—")
    if hidden and len(hidden) < len(cells):
        assert len(hidden) > 1
        assert sum(hidden) >= 20


def test_few_returns_are_not_told():
    ((_county, _class, printed, posted, back, arrived),) = cell_rows({("甲", "在职"): Count(100, 100, 3)})

    assert (printed, posted, back, arrived) == (100, 100, "—", "—")


def words(paper):
    return str(list(paper.blocks))


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ((30, 5, 40), ("—", "—", 40)),  # 5 was what the sum left
        ((30, 5, 0), ("—", "—", 0)),
        ((12, 9, 40), (40,)),  # together they are enough
        ((30, 25, 40), (30, 25, 40)),
        ((0, 0, 0), (0, 0, 0)),
    ],
)
def test_few_returns_cannot_be_reckoned_from_the_sum(returned, told):
    rows = cell_rows({(f"县{n}", "在职"): Count(500, 500, back) for n, back in enumerate(returned)})

    assert tuple(row[4] for row in rows)[-len(told) :] == told
    assert all((row[4] == "—") == (row[5] == "—") for row in rows)


def test_returns_of_cells_that_are_not_told_cannot_be_reckoned_either():
    cells = {
        ("甲", "在职"): Count(12, 12, 3),
        ("乙", "在职"): Count(40, 40, 0),
        ("丙", "在职"): Count(500, 500, 60),
    }

    rows = {row[0]: row for row in cell_rows(cells)}

    assert [rows[county][4] for county in ("甲", "乙", "丙")] == ["—", "—", "—"]


def test_a_certificate_says_what_was_printed_and_its_hashes():
    terms = terms_of(sold("C-1", "A", 100, price=900_00, settled_by="妥投")) | {"title": "某超市"}
    settled = settle(terms, Count(100, 100, 10, 2))

    text = words(
        certificate(MAILED, terms, {("甲", "在职"): Count(100, 100, 30)}, {"artwork.pdf": "ab" * 32}, settled)
    )

    for part in ("C-1", "2026-10-08", "100", "70", "ab" * 32, "0" * 64, "828.00"):
        assert part in text
    assert "结算" not in words(certificate(MAILED, terms, {}, {}, None))


def test_the_list_of_settlements_adds_up():
    rows = [
        (settle(terms_of(sold(f"C-{n}", "A", 100, price=900_00)), Count(100, 90)), "投递") for n in range(3)
    ]

    assert "2430.00" in words(settlement_paper(MAILED, rows))


@pytest.fixture(scope="module")
def facts():
    if not has_solver():
        pytest.skip("highspy is not installed")
    town = city(5_000)
    options = Options("s", versions=10)
    plan = make_plan(town, book(town, 12, load=1.1), "ABC", options)
    return facts_of(plan, town, options)


def test_pictures_show_every_contract_county_and_point(facts):
    bars, map_, points = (list(picture(facts)) for picture in (pacing, panels_by_county, curve))

    assert len(bars) == 13
    assert len(map_) == 16
    assert len(points) == 1 + len(facts["curve"])
    assert any(price for panel in facts["shadow"].values() for price in panel.values())


def test_pictures_fit_a_terminal_of_80_columns(facts):
    # The revenue and the names of a large city.
    large = json.loads(json.dumps(facts, ensure_ascii=False).replace("县0", "某某某自治县0"))
    large["earned"] = {p: {c: v * 100 for c, v in cells.items()} for p, cells in large["earned"].items()}
    for contract in large["contracts"]:
        contract["id"] = f"石家庄广字第〔2026〕{contract['id']}号"

    lines = [line for picture in (pacing, panels_by_county, curve) for line in picture(large)]

    assert max(map(columns_of, lines)) <= 80


def columns_of(line):
    """Columns of a terminal that a line takes."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in line)


def test_the_counties_earn_what_the_contracts_earn(facts):
    earned = sum(revenue_by_county(facts).values())

    assert earned == pytest.approx(
        sum(c["printed"] * c["price"] / 1000 for c in facts["contracts"]), rel=1e-3
    )


def test_a_guarantee_beyond_reach_and_a_conflict_are_told():
    town = city(100, consent=1.0)
    ads = [sold("C-1", "A", 100, group="g"), sold("C-2", "A", 80), sold("C-3", "B", 101)]
    plan = make_plan(town, ads, "AB", Options("s"))

    found = findings_of(plan, [int(n) for n in plan.printed], town)

    rules = sorted(f.rule_id for f in found)
    assert rules in (["C134", "C140", "C141"], ["C134", "C140", "C140", "C141"], ["C134", "C140", "C142"])
    if has_solver():
        conflict = next(f for f in found if f.rule_id == "C141")
        assert conflict.value == "C-1、C-2"
        assert "80" in conflict.message()


@pytest.mark.skipif(not has_solver(), reason="highspy is not installed")
def test_contracts_of_one_group_that_ask_too_much_are_told_with_their_group():
    town = city(100, consent=1.0)
    ads = [sold(f"C-{n}", "ABC"[n], 60, others=("A", "B", "C")[:n], group="超市") for n in (1, 2)]
    plan = make_plan(town, ads, "ABC", Options("s"))

    found = {f.rule_id: f for f in findings_of(plan, [int(n) for n in plan.printed], town)}

    assert set(found) == {"C140", "C162"}
    assert found["C162"].value == "C-1、C-2"
    assert all(said in found["C162"].message() for said in ("20", "超市"))


def test_an_aim_that_nobody_has_is_told_by_its_word():
    town = city(50)
    ads = [
        sold("C-1", counties=["县01", "县0l"]),
        sold("C-2", categories=["退体"], employers=frozenset({"1001"})),
    ]

    found = aims_at_nobody(town, ads)

    assert [(f.rule_id, f.value) for f in found] == [("C163", "C-1"), ("C163", "C-2")]
    assert "县0l" in found[0].message()
    assert "县01" not in found[0].message()


def test_a_roster_without_consent_is_told():
    town = city(10, consent=0.0)
    plan = make_plan(town, [sold("C-1", quota=5)], "A", Options("s"))

    assert "C154" in {f.rule_id for f in findings_of(plan, [0], town)}
