"""Statement, qualification report and exception list: figures that tie to the pieces."""

from __future__ import annotations

import json
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailing_builders import TARIFF
from posting_builders import INFO, SCHEME, containers, mail, sorted_pieces

from yibao_cli.exports.paper import Facts, Table, Words
from yibao_cli.mailing.exceptions import Absent, Held, exceptions_json, exceptions_paper
from yibao_cli.mailing.qualification import (
    level_rates,
    levels_frame,
    loose_share,
    qualification_json,
    qualification_paper,
    short_bundles,
)
from yibao_cli.mailing.statement import (
    county_totals,
    statement_json,
    statement_lines,
    statement_paper,
    weight_steps,
)

PRICES = st.lists(
    st.tuples(st.booleans(), st.sampled_from([80, 120, 160]), st.sampled_from(["长安区", "辛集市", ""])),
    max_size=20,
)


def tables(paper):
    return [block for block in paper.blocks if isinstance(block, Table)]


def test_the_statement_has_a_line_for_each_place_and_price():
    lines = statement_lines(mail())

    assert lines.to_numpy().tolist() == [
        [True, "每件", 80, 4, 33120, 320],
        [False, "每件", 120, 4, 33120, 480],
    ]


@given(PRICES)
def test_lines_and_counties_of_a_statement_add_up_to_its_pieces(rows):
    pieces = sorted_pieces(*({"local": here, "price": fen, "county": c} for here, fen, c in rows))

    lines, counties = statement_lines(pieces), county_totals(pieces)

    total = sum(fen for _here, fen, _county in rows)
    assert (lines["pieces"].sum(), lines["amount"].sum()) == (len(rows), total)
    assert (counties["pieces"].sum(), counties["amount"].sum()) == (len(rows), total)
    assert (counties["local"] + counties["distant"]).tolist() == counties["pieces"].tolist()
    assert (lines["price"] * lines["pieces"]).tolist() == lines["amount"].tolist()


def test_the_statement_says_the_sum_in_figures_and_in_capitals():
    pieces = mail()

    paper = statement_paper(statement_lines(pieces), county_totals(pieces), INFO)

    facts = dict(next(b for b in paper.blocks if isinstance(b, Facts)).pairs)
    assert (facts["总件数"], facts["总重量"], facts["资费合计"]) == ("8 件", "0.066 千克", "8.00 元")
    assert "捌元整" in next(b for b in paper.blocks if isinstance(b, Words)).text
    by_rate, by_county = tables(paper)
    assert list(by_rate.totals) == [("合计", "", "", 8, Decimal("0.066"), None, Decimal("8.00"))]
    assert list(by_county.rows) == [
        ("长安区", 4, 4, 0, Decimal("3.20")),
        ("辛集市", 4, 0, 4, Decimal("4.80")),
    ]


def test_the_statement_for_programs_is_json_in_fen():
    pieces = mail()

    said = json.loads(json.dumps(statement_json(statement_lines(pieces), county_totals(pieces), INFO)))

    assert (said["pieces"], said["amount_fen"], said["weight_mg"]) == (8, 800, 66240)
    assert said["lines"][0] == {
        "locality": "local", "step": "每件", "price_fen": 80, "pieces": 4, "weight_mg": 33120,
        "amount_fen": 320,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("milligrams", "step"),
    [(1, "20 克以内"), (20_000, "20 克以内"), (20_001, "40 克以内"), (100_000, "100 克以内"), (100_001, "200 克以内"), (2_000_000, "2000 克以内")],
)  # fmt: skip
def test_a_weight_step_is_the_one_that_the_tariff_charges(milligrams, step):
    letter = TARIFF.rate("letter", "2026-10-08")

    assert weight_steps(pd.Series([milligrams]), letter) == [step]


def test_a_bundle_below_the_minimum_of_its_level_is_short_and_a_loose_one_is_not():
    short = short_bundles(containers(), SCHEME)

    assert short["bundle"].tolist() == [2]


def test_the_share_of_loose_pieces_stands_against_the_limit():
    loose = loose_share(containers(), SCHEME)

    assert (loose.pieces, loose.share, loose.limit, loose.kept) == (2, 0.25, 0.25, True)
    assert not loose_share(containers(), SCHEME.model_copy(update={"loose": 0.2})).kept


def test_levels_come_finest_first_and_tie_to_the_pieces():
    frame = levels_frame(containers(), SCHEME)

    columns = ["level", "pieces", "bundles", "least", "most", "short"]
    assert frame[columns].to_numpy().tolist() == [["office", 6, 2, 2, 4, 1], ["loose", 2, 1, 2, 2, 0]]
    assert frame["share"].tolist() == [0.75, 0.25]


def test_the_qualification_report_counts_pieces_by_level_and_rate():
    rates = level_rates(mail(), SCHEME)

    paper = qualification_paper(containers(), rates, SCHEME, INFO)
    said = json.loads(json.dumps(qualification_json(containers(), rates, SCHEME, INFO)))

    by_level, by_rate, bags = tables(paper)
    assert [row[:3] for row in by_level.rows] == [("投递局", 6, 0.75), ("散件", 2, 0.25)]
    assert list(by_rate.rows) == [
        ("投递局", "本埠", Decimal("0.80"), 4),
        ("投递局", "外埠", Decimal("1.20"), 2),
        ("散件", "外埠", Decimal("1.20"), 2),
    ]
    assert bags.totals[0][:4] == ("合计", 2, 3, 8)
    assert (said["pieces"], said["bundles"], said["bags"], said["short_bundles"]) == (8, 3, 2, 1)
    assert said["loose"] == {"pieces": 2, "share": 0.25, "limit": 0.25, "kept": True}


def test_the_exception_list_counts_by_reason_and_names_rows_not_people():
    rows = [Held("H101", "roster.xlsx", "名册", 9, "******7227"), Held("H101", "roster.xlsx", "名册", 12, "")]
    absent = Absent(2, 1, rows, {"H101": "参保人已身故，不寄"})

    paper = exceptions_paper(absent, containers(), SCHEME, INFO)
    said = exceptions_json(absent, containers(), SCHEME, INFO)

    counts, listed, short, loose = tables(paper)
    assert (list(counts.rows), counts.totals) == ([(2, "H101", "参保人已身故，不寄")], [(2, "合计", "")])
    assert next(iter(listed.rows)) == (
        1,
        "H101",
        "参保人已身故，不寄",
        "roster.xlsx",
        "名册",
        9,
        "******7227",
    )
    assert [row[0] for row in short.rows] == [2]
    assert [row[0] for row in loose.rows] == [3]
    assert (said["held"], said["rejected"], said["held_by_rule"]) == (2, 1, {"H101": 2})


def test_an_exception_list_without_its_findings_says_so():
    paper = exceptions_paper(Absent(3, 0, [], {}), containers(), SCHEME, INFO)

    assert any(isinstance(b, Words) and "3 件；请重新合并" in b.text for b in paper.blocks)
