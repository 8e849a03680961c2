from __future__ import annotations

from fractions import Fraction

import pytest

from artwork_builders import PANEL, lettered, page, picture, svg
from yibao_cli.ads.contracts import at_most, usable_contracts
from yibao_cli.ads.terms import Aim
from yibao_cli.rules import Severity

POSTING = "2026-10-08"


SOFT = picture(1200)  # 133 dpi


@pytest.fixture
def art(tmp_path):
    (tmp_path / "art").mkdir()
    (tmp_path / "art/a.pdf").write_bytes(page())
    (tmp_path / "soft.png").write_bytes(SOFT)
    return tmp_path


def contract(number="C-01", **changes):
    row = {
        "contract_no": number,
        "advertiser": "某医院",
        "panel": "A",
        "quota": 10,
        "counties": None,
        "categories": None,
        "price": 50_000,
        "starts": "2026-10-01",
        "ends": "2026-12-31",
        "review": "通过",
        "artwork": "art/a.pdf",
        "src_file": "contracts.xlsx",
        "src_sheet": "Sheet1",
        "src_row": 2,
    }
    return row | changes


def judged(art, *rows):
    kept, findings = usable_contracts(rows, art, POSTING, PANEL)
    return [c.id for c in kept], [f.rule_id for f in findings]


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("font.pdf", lettered(), "C206"),
        ("pages.pdf", page(pages=2), "C207"),
        ("script.svg", svg("<script/>").encode(), "C209"),
    ],
)
def test_artwork_that_is_refused_keeps_its_contract_out(art, name, content, rule):
    (art / name).write_bytes(content)

    kept, (found,) = usable_contracts([contract(artwork=name)], art, POSTING, PANEL)

    assert (kept, found.rule_id, found.severity) == ([], rule, Severity.REJECT)
    assert name in found.message()


def test_a_finding_names_what_in_the_artwork_sets_it_off(art):
    (art / "a.svg").write_text(svg("<text>x</text>"))

    _kept, (found,) = usable_contracts([contract(artwork="a.svg")], art, POSTING, PANEL)

    assert found.rule_id == "C210"
    assert "<text>" in found.message()


def test_an_svg_in_order_may_print(art):
    (art / "a.svg").write_text(svg('<rect width="50" height="30"/>'))

    assert judged(art, contract(artwork="a.svg")) == (["C-01"], [])


def test_a_contract_in_order_may_print(art):
    kept, findings = usable_contracts([contract(counties="长安区、桥西区,裕华区")], art, POSTING, PANEL)

    assert findings == []
    assert [(c.id, c.panel, c.quota, c.price) for c in kept] == [("C-01", "A", 10, 50_000)]
    assert kept[0].counties == {"长安区", "桥西区", "裕华区"}
    assert kept[0].categories == frozenset()


@pytest.mark.parametrize("everyone", ["全市", "不限", "", None, " 全部 "])
def test_words_for_everyone_are_no_target(art, everyone):
    kept, _findings = usable_contracts([contract(counties=everyone)], art, POSTING, PANEL)

    assert kept[0].counties == frozenset()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"review": "待审"}, "C101"),
        ({"review": "驳回", "ends": "2020-01-01"}, "C101"),
        ({"ends": "2026-10-07"}, "C102"),
        ({"starts": "2026-10-09"}, "C102"),
        ({"artwork": "none.pdf"}, "C201"),
        ({"artwork": "../a.pdf"}, "C201"),
        ({"artwork": "art/../../a.pdf"}, "C201"),
        ({"artwork": "/etc/hosts.pdf"}, "C201"),
        ({"artwork": "a.docx"}, "C202"),
        ({"artwork": ""}, "C202"),
        ({"artwork": "x" * 300 + ".png"}, "C202"),
        ({"artwork": "a\0.png"}, "C201"),
        ({"quota": 0}, "C208"),
        ({"quota": -1}, "C208"),
        ({"quota": 2**63}, "C208"),
        ({"price": -1}, "C208"),
        ({"quota": 0, "review": "待审"}, "C101"),
        ({"number": "../../evil"}, "C161"),
        ({"number": "HT/2026/001"}, "C161"),
        ({"number": "-1"}, "C161"),
        ({"number": "C" * 41}, "C161"),
        ({"number": "C-01+2026Q2"}, "C161"),
        ({"number": ""}, "C161"),
    ],
)
def test_a_contract_that_may_not_print_has_its_rule(art, changes, rule):
    assert judged(art, contract(**changes)) == ([], [rule])


@pytest.mark.parametrize("number", ["石医合〔2026〕5号", "HT(2026)-001", "C.01_a", "7"])
def test_a_number_as_contracts_have_it_is_right(art, number):
    assert judged(art, contract(number)) == ([number], [])


@pytest.mark.parametrize("day", ["2026-10-08"])
@pytest.mark.parametrize(
    "dates", [{"starts": POSTING}, {"ends": POSTING}, {"starts": POSTING, "ends": POSTING}]
)
def test_the_first_and_the_last_day_of_a_contract_count(art, day, dates):
    assert judged(art, contract(**dates)) == (["C-01"], [])


def test_one_copy_and_a_gift_are_possible(art):
    assert judged(art, contract(quota=1, price=0)) == (["C-01"], [])


def test_a_soft_picture_prints_with_a_warning(art):
    kept, findings = usable_contracts([contract(artwork="soft.png")], art, POSTING, PANEL)

    assert [c.id for c in kept] == ["C-01"]
    assert [(f.rule_id, f.severity) for f in findings] == [("C205", Severity.WARN)]


def test_contracts_come_by_number_whatever_the_order_of_the_file(art):
    rows = [contract("C-03"), contract("C-01"), contract("C-02", review="待审")]

    assert judged(art, *rows) == (["C-01", "C-03"], ["C101"])


def test_a_finding_says_where_the_contract_stands(art):
    _kept, (found,) = usable_contracts([contract(review="待审", src_row=7)], art, POSTING, PANEL)

    assert (found.file, found.sheet, found.row, found.value) == ("contracts.xlsx", "Sheet1", 7, "C-01")
    assert "待审" in found.message()


def test_all_terms_are_read(art):
    terms = {
        "quota_min": 8,
        "basis": "千份",
        "panels_also": "b版、C",
        "age_from": 30,
        "age_to": 60,
        "retired": True,
        "employers": "1001、1002",
        "exclusive_group": "医院",
        "cap_times": 1,
        "cap_mailings": 3,
        "spread": 10,
        "tier": 1,
        "settled_by": "妥投",
        "remedy": "补投",
        "sensitive_aim": "支出≥5000",
        "legal_basis": "单独同意 2026-03",
        "trade": "医院",
    }

    (kept,), findings = usable_contracts([contract(**terms)], art, POSTING, PANEL)

    assert [f.rule_id for f in findings] == ["C138"]
    assert (kept.panels, kept.floor, kept.per_thousand, kept.tier) == (("A", "B", "C"), 8, True, 1)
    assert (kept.aim.age_from, kept.aim.age_to, kept.aim.retired) == (30, 60, True)
    assert (kept.aim.employers, kept.aim.spent_from) == ({"1001", "1002"}, 500_000)
    assert (kept.group, kept.cap, kept.spread) == ("医院", (1, 3), Fraction(1, 10))
    assert (kept.settled_by, kept.remedy, kept.unit) == ("妥投", "补投", Fraction(50_000, 1000))


def test_what_is_not_said_restricts_nobody(art):
    (kept,), _findings = usable_contracts([contract(retired=False)], art, POSTING, PANEL)

    assert kept.aim == Aim()
    assert (kept.floor, kept.group, kept.cap, kept.spread, kept.tier) == (10, "=某医院", None, None, 2)
    assert kept.unit == Fraction(50_000, 10)


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        ({"panel": "A", "panels_also": "D"}, "C130"),
        ({"quota_min": 11}, "C131"),
        ({"exclusive_group": "医院、药店"}, "C132"),
        ({"exclusive_group": "医院/药店"}, "C132"),
        ({"exclusive_group": "医院＋药店"}, "C132"),
        ({"age_from": -1}, "C133"),
        ({"age_from": 50, "age_to": 40}, "C133"),
        ({"cap_mailings": 2}, "C135"),
        ({"cap_times": 10**20}, "C135"),
        ({"cap_times": 1, "cap_mailings": 10**20}, "C135"),
        ({"counties": "糖尿病患者"}, "C136"),
        ({"sensitive_aim": "支出≥5000"}, "C136"),
        ({"sensitive_aim": "支出≥5000", "legal_basis": " "}, "C136"),
        ({"sensitive_aim": "支出≥5000", "legal_basis": "无"}, "C136"),
        ({"categories": "在职、透析人员"}, "C136"),
        ({"categories": "重度残疾人"}, "C136"),
        ({"sensitive_aim": "高血压", "legal_basis": "x"}, "C137"),
        ({"sensitive_aim": "支出≥5000、糖尿病", "legal_basis": "x"}, "C137"),  # half of it is no aim
        ({"tier": 0}, "C156"),
        ({"spread": -1}, "C157"),
    ],
)
def test_terms_that_cannot_be_have_their_rule(art, terms, rule):
    assert judged(art, contract(**terms)) == ([], [rule])


def test_a_hospital_may_be_an_employer_that_is_aimed_at(art):
    assert judged(art, contract(employers="市第一医院")) == (["C-01"], [])


def test_a_mailing_takes_64_ads_and_the_first_tier_first(art):
    kept, _ = usable_contracts(
        [contract(f"C-{n:03d}", tier=1 if n > 60 else 2) for n in range(70)], art, POSTING, PANEL
    )

    used, late = at_most(kept)

    assert (len(used), [f.rule_id for f in late]) == (64, ["C139"] * 6)
    assert [f.value for f in late] == [f"C-{n:03d}" for n in range(55, 61)]


def test_a_county_whose_name_has_a_letter_of_a_disease_may_be_aimed_at(art):
    assert judged(art, contract(counties="炎陵县、康县")) == (["C-01"], [])


def test_one_advertiser_is_one_however_the_name_is_set(art):
    names = ("石家庄某（集团）公司", "石家庄某(集团) 公司")
    rows = [contract(f"C-{n}", advertiser=name) for n, name in enumerate(names)]

    kept, _findings = usable_contracts(rows, art, POSTING, PANEL)

    assert len({one.group for one in kept}) == 1
