from __future__ import annotations

import io
import random

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from yibao_cli.ads import usable_contracts
from yibao_cli.ads.artwork import check_artwork
from yibao_cli.rules import Severity

PANEL = (230.0, 120.0)
POSTING = "2026-10-08"


def picture(width, form="png"):
    """A picture of the panel's shape, with noise, so that damage is seen."""
    height = round(width * 120 / 230)
    noise = Image.effect_noise((width // 8, height // 8), 60).resize((width, height)).convert("RGB")
    out = io.BytesIO()
    noise.save(out, form)
    return out.getvalue()


def page(width=230.0, height=120.0):
    """A one-page PDF of that size in mm."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(width / 25.4 * 72, height / 25.4 * 72))
        pdf.save(out)
    return out.getvalue()


SHARP, SOFT = picture(1900), picture(1200)  # 210 and 133 dpi
PAGE = page()


@pytest.fixture
def art(tmp_path):
    (tmp_path / "art").mkdir()
    (tmp_path / "art/a.pdf").write_bytes(PAGE)
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
    ],
)
def test_a_contract_that_may_not_print_has_its_rule(art, changes, rule):
    assert judged(art, contract(**changes)) == ([], [rule])


@pytest.mark.parametrize("day", ["2026-10-08"])
@pytest.mark.parametrize(
    "dates", [{"starts": POSTING}, {"ends": POSTING}, {"starts": POSTING, "ends": POSTING}]
)
def test_the_first_and_the_last_day_of_a_contract_count(art, day, dates):
    assert judged(art, contract(**dates)) == (["C-01"], [])


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


# ------------------------------------------------------------------ artwork


@pytest.mark.parametrize(
    ("name", "content", "verdict"),
    [
        ("a.pdf", PAGE, (None, None)),
        ("a.pdf", page(231, 119), (None, None)),
        ("a.pdf", page(210, 297), ("C203", None)),
        ("a.pdf", b"%PDF-1.7 and no more", ("C202", None)),
        ("a.PNG", SHARP, (None, None)),
        ("a.png", SOFT, (None, "C205")),
        ("a.png", picture(800), ("C204", None)),
        ("a.jpg", picture(1900, "jpeg"), (None, None)),
        ("a.png", b"", ("C202", None)),
        ("a.png", SHARP[:-4000], ("C202", None)),
        ("a.jpg", picture(1900, "jpeg")[:-4000], ("C202", None)),
        ("a.svg", b"<svg/>", ("C202", None)),
    ],
)
def test_artwork_by_example(tmp_path, name, content, verdict):
    (tmp_path / name).write_bytes(content)

    assert check_artwork(tmp_path / name, PANEL) == verdict


def test_a_picture_of_another_shape_is_refused(tmp_path):
    Image.new("RGB", (2000, 2000)).save(tmp_path / "square.png")

    assert check_artwork(tmp_path / "square.png", PANEL) == ("C203", None)


def test_a_picture_that_would_fill_the_memory_is_refused_unread(tmp_path):
    Image.new("1", (20_000, 10_435)).save(tmp_path / "huge.png")

    assert check_artwork(tmp_path / "huge.png", PANEL) == ("C202", None)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([("png", SOFT), ("jpg", picture(1200, "jpeg")), ("pdf", PAGE)]), st.integers(0, 2**32))
def test_damaged_artwork_is_judged_and_never_an_exception(tmp_path_factory, art, seed):
    suffix, content = art
    draw, damaged = random.Random(seed), bytearray(content)
    for _ in range(4):
        damaged[draw.randrange(len(damaged))] = draw.randrange(256)
    path = tmp_path_factory.mktemp("art") / f"a.{suffix}"
    path.write_bytes(damaged[: draw.choice([len(damaged), draw.randrange(len(damaged))])])

    forbidding, warning = check_artwork(path, PANEL)

    assert forbidding in {None, "C202", "C203", "C204"}
    assert warning in {None, "C205"}
