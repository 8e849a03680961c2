"""Lists and forms as PDF, read back by another engine: no text is lost, pages count, codes are read."""

from __future__ import annotations

import re
from decimal import Decimal

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yibao_cli.errors import InputRefused
from yibao_cli.exports import Column
from yibao_cli.exports.paper import (
    Code,
    Facts,
    Gap,
    Heading,
    PageBreak,
    Paper,
    Section,
    Signatures,
    Table,
    TearLine,
    Words,
)
from yibao_cli.kinds.page import FontPlan
from yibao_cli.render.faces import font_set
from yibao_cli.render.pages import shown
from yibao_cli.render.paper import write_paper

FONTS = font_set(FontPlan())
COLUMNS = (Column("序号", "count"), Column("地址", "wrap", widest=20), Column("金额", "money"))
WORDS = st.text(st.sampled_from("河北省石家庄市长安区建设北大街0123456789ABC-()（）。、 𠮷䶮"), max_size=60)


def drawn(folder, *blocks, title="清单", **options):
    path = folder / "paper.pdf"
    return path, write_paper(path, Paper(title, blocks, **options), FONTS)


def texts(path):
    """Text of each page, without white space: how lines are broken is no matter."""
    with pypdfium2.PdfDocument(path) as pdf:
        found = ["".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
    # pdfium reads a hyphen at the end of a line as U+0002.
    return [text.replace("\x02", "-") for text in found]


def codes(path, dpi=200):
    with pypdfium2.PdfDocument(path) as pdf:
        return [
            code.text for page in pdf for code in zxingcpp.read_barcodes(page.render(scale=dpi / 72).to_pil())
        ]


def test_a_long_table_has_its_header_and_page_of_pages_on_each_page(tmp_path):
    rows = [(i, f"建设北大街{i}号", Decimal("0.80")) for i in range(1, 201)]

    path, made = drawn(tmp_path, Table(COLUMNS, rows, [("合计", "", Decimal(160))]))

    pages = texts(path)
    assert made.pages == len(pages) == 5
    for number, page in enumerate(pages, 1):
        assert page.count("序号") == 1
        assert f"第{number}页共5页" in page.replace("\u3000", "")
    assert re.findall(r"建设北大街(\d+)号", "".join(pages)) == [str(i) for i in range(1, 201)]
    assert "160.00" in pages[-1]


@settings(max_examples=25, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=30))
@example(["00000 000000、、、、、。。。。。。A-䶮、"])
def test_no_text_of_a_cell_is_lost_whatever_its_length(tmp_path_factory, words):
    path, made = drawn(tmp_path_factory.mktemp("paper"), Table(COLUMNS, [(1, w, Decimal(1)) for w in words]))

    page = "".join(texts(path))
    assert made.missing == ()
    for word in words:
        assert "".join(word.split()) in page


def test_a_cell_higher_than_a_page_goes_on_on_the_next(tmp_path):
    path, made = drawn(tmp_path, Table(COLUMNS, [(1, "长" * 3000 + "尾", Decimal(1))]))

    pages = texts(path)
    assert made.pages == len(pages) > 1
    assert "".join(pages).count("长") == 3000
    assert "尾" in pages[-1]


def test_a_number_too_wide_for_its_column_is_set_smaller_not_cut(tmp_path):
    rows = [(1, "甲", Decimal(1))] * 500 + [(123_456_789, "乙", Decimal("9876543210.12"))]

    path, _made = drawn(tmp_path, Table(COLUMNS, rows))

    assert "123,456,789" in texts(path)[-1]
    assert "9,876,543,210.12" in texts(path)[-1]


def test_a_section_begins_a_page_and_counts_its_own(tmp_path):
    path, _made = drawn(
        tmp_path, Section("甲单位", ["副题"], "甲"), PageBreak(), Words("二"), Section("乙单位"), Words("三"),
        title="", header=("医保中心", "批次"), footer="脚",
    )  # fmt: skip

    one, two, three = texts(path)
    assert "甲单位" in one
    assert all(part in one for part in ("副题", "第1页", "共2页", "医保中心", "脚"))
    assert "第2页" in two
    assert "共2页" in two
    assert all(part in three for part in ("乙单位", "第1页", "共1页", "批次"))


def test_facts_signatures_headings_and_tear_lines_say_what_they_are_given(tmp_path):
    pairs = [("交寄单位", "石家庄市医疗保险中心" * 6), ("件数", "539 件")]

    path, _made = drawn(
        tmp_path, Facts(pairs, 2), Heading("按县区"), Gap(), Signatures(("甲", "乙", "丙", "丁")), TearLine()
    )

    (page,) = texts(path)
    assert page.count("疗") == 6
    for part in ("交寄单位：", "件数：", "539件", "按县区", "甲：", "丁：", "请沿虚线撕下"):
        assert part in page


def test_a_heading_does_not_stand_alone_at_the_foot_of_a_page(tmp_path):
    path, _made = drawn(tmp_path, Gap(235), Heading("按县区"), Table(COLUMNS, [(1, "甲", Decimal(1))]))

    first, second = texts(path)
    assert "按县区" not in first
    assert "按县区" in second


def test_both_codes_are_read_from_the_page(tmp_path):
    path, _made = drawn(
        tmp_path, Facts([("袋", "1")], 1, Code("YB1/2026Q3/D1/13", captions=("袋 1",))),
        Code("2026Q3-B00001", "code128", 0.33, captions=("把 1", "第二行")),
    )  # fmt: skip

    assert sorted(codes(path)) == ["2026Q3-B00001", "YB1/2026Q3/D1/13"]
    assert "第二行" in texts(path)[0]


def test_a_code_128_cannot_say_chinese_and_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="Code 128"):
        drawn(tmp_path, Code("把一", "code128"))

    assert list(tmp_path.iterdir()) == []


def test_control_characters_are_shown_and_never_sent_on():
    assert shown("a\x1b[31m\u202eb\ud800") == "a\\x1b[31m\\u202eb\\ud800"
    assert shown("石家庄 𠮷") == "石家庄 𠮷"


def test_data_is_no_markup_and_no_operator(tmp_path):
    path, _made = drawn(
        tmp_path, Table(COLUMNS, [(1, "<b>)Tj ET\\( %", Decimal(1)), (2, "\x1b\ud800\n=1+1", None)])
    )

    (page,) = texts(path)
    assert "<b>)TjET\\(%" in page
    assert "\\x1b\\ud800=1+1" in page


def test_a_character_that_no_font_draws_is_told(tmp_path):
    _path, made = drawn(tmp_path, Words("石\U000e0041家\U0010ffff"), Table(COLUMNS, [(1, "\ue000", None)]))

    assert set(made.missing) >= {"\U0010ffff", "\ue000"}


def test_more_rare_characters_than_a_font_has_room_for_are_refused_not_a_bug(tmp_path):
    rare = "".join(map(chr, range(0x20000, 0x20000 + 2100)))

    with pytest.raises(InputRefused):
        drawn(tmp_path, Table(COLUMNS, [(1, rare, None)]))

    assert list(tmp_path.iterdir()) == []


def test_the_same_paper_gives_the_same_bytes_in_a_private_sound_file(tmp_path):
    made = []
    for name in "ab":
        (tmp_path / name).mkdir()
        path, _made = drawn(tmp_path / name, Table(COLUMNS, [(1, "𠮷田", Decimal(1))]), landscape=True)
        made.append(path.read_bytes())
        with pikepdf.open(path) as pdf:
            assert pdf.check_pdf_syntax() == [] if hasattr(pdf, "check_pdf_syntax") else pdf.check() == []
            assert pdf.pages[0].MediaBox[2] > pdf.pages[0].MediaBox[3]
        assert path.stat().st_mode & 0o777 == 0o600

    assert made[0] == made[1]


def test_a_paper_without_blocks_is_one_page(tmp_path):
    path, made = drawn(tmp_path)

    assert made.pages == 1
    assert "清单" in texts(path)[0]


def test_rows_may_be_a_stream_of_their_own_length(tmp_path):
    path, made = drawn(tmp_path, Table(COLUMNS, ((i, "甲", Decimal(1)) for i in range(1500))))

    assert "".join(texts(path)).count("甲") == 1500
    assert made.size == path.stat().st_size
