from __future__ import annotations

import io
import random

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
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


def page(width=230.0, height=120.0, content=b"", pages=1, **entries):
    """A PDF of pages of that size in mm, the first with that content and those entries."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(width / 25.4 * 72, height / 25.4 * 72))
        pdf.pages[0].Contents = pdf.make_stream(content)
        for name, value in entries.items():
            pdf.pages[0].obj[f"/{name}"] = value(pdf) if callable(value) else value
        pdf.save(out)
    return out.getvalue()


def font(pdf, subtype="TrueType", file=None):
    """A font, simple or composite, whose program is embedded under that key of its descriptor, or nowhere."""
    descriptor = Dictionary(Type=Name.FontDescriptor)
    if file:
        descriptor[f"/{file}"] = pdf.make_stream(b"a font program")
    face = Dictionary(Type=Name.Font, Subtype=Name(f"/{subtype}"), FontDescriptor=descriptor)
    if subtype != "Type0":
        return face
    face.Subtype, whole = Name.CIDFontType2, Dictionary(Type=Name.Font, Subtype=Name.Type0)
    whole.DescendantFonts = Array([face])
    return whole


def on_page(pdf, resources):
    """Resources that stand on the page itself."""
    return resources


def in_a_form(pdf, resources):
    """Resources of a form inside a form."""
    inner = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, Resources=resources)
    outer = pdf.make_stream(
        b"/X Do", Type=Name.XObject, Subtype=Name.Form, Resources=Dictionary(XObject=Dictionary(X=inner))
    )
    return Dictionary(XObject=Dictionary(X=outer))


def in_a_pattern(pdf, resources):
    """Resources of a tiling pattern."""
    tile = pdf.make_stream(b"", PatternType=1, Resources=resources)
    return Dictionary(Pattern=Dictionary(P=tile))


def in_a_soft_mask(pdf, resources):
    """Resources of the form that a graphics state masks with."""
    group = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, Resources=resources)
    return Dictionary(ExtGState=Dictionary(G=Dictionary(SMask=Dictionary(S=Name.Alpha, G=group))))


def in_a_glyph(pdf, resources):
    """Resources of a Type 3 font."""
    glyphs = Dictionary(a=pdf.make_stream(b"0 0 d0"))
    drawn = Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=glyphs, Resources=resources)
    return Dictionary(Font=Dictionary(T=drawn))


PLACES = [on_page, in_a_form, in_a_pattern, in_a_soft_mask, in_a_glyph]


def lettered(place=on_page, subtype="TrueType", file=None):
    """A page with a font in that place."""
    return page(Resources=lambda pdf: place(pdf, Dictionary(Font=Dictionary(F1=font(pdf, subtype, file)))))


SHARP, SOFT = picture(1900), picture(1200)  # 210 and 133 dpi
PAGE = page()
LETTERED = lettered(in_a_form, "Type0", "FontFile2")


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


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("font.pdf", lettered(), "C206"),
        ("pages.pdf", page(pages=2), "C207"),
    ],
)
def test_artwork_that_is_refused_keeps_its_contract_out(art, name, content, rule):
    (art / name).write_bytes(content)

    kept, (found,) = usable_contracts([contract(artwork=name)], art, POSTING, PANEL)

    assert (kept, found.rule_id, found.severity) == ([], rule, Severity.REJECT)
    assert name in found.message()


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
        ({"price": -1}, "C208"),
        ({"quota": 0, "review": "待审"}, "C101"),
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


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("subtype", ["TrueType", "Type1", "Type0"])
def test_a_font_that_is_not_embedded_is_found_wherever_it_stands(tmp_path, place, subtype):
    (tmp_path / "a.pdf").write_bytes(lettered(place, subtype))

    assert check_artwork(tmp_path / "a.pdf", PANEL) == ("C206", None)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "embedded",
    [("Type1", "FontFile"), ("TrueType", "FontFile2"), ("Type0", "FontFile2"), ("Type0", "FontFile3")],
)
def test_an_embedded_font_passes(tmp_path, place, embedded):
    (tmp_path / "a.pdf").write_bytes(lettered(place, *embedded))

    assert check_artwork(tmp_path / "a.pdf", PANEL) == (None, None)


def test_one_of_the_fourteen_standard_fonts_has_no_descriptor_and_is_not_embedded(tmp_path):
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    (tmp_path / "a.pdf").write_bytes(page(Resources=Dictionary(Font=Dictionary(F1=helvetica))))

    assert check_artwork(tmp_path / "a.pdf", PANEL) == ("C206", None)


def test_a_font_that_only_a_graphics_state_sets_is_found(tmp_path):
    def state(pdf):
        return Dictionary(ExtGState=Dictionary(G=Dictionary(Font=Array([font(pdf), 12]))))

    (tmp_path / "a.pdf").write_bytes(page(Resources=state))

    assert check_artwork(tmp_path / "a.pdf", PANEL) == ("C206", None)


def test_a_form_that_calls_itself_is_walked_once(tmp_path):
    def loop(pdf):
        form = pdf.make_stream(b"/X Do", Type=Name.XObject, Subtype=Name.Form)
        form.Resources = Dictionary(XObject=Dictionary(X=form))
        return form.Resources

    (tmp_path / "a.pdf").write_bytes(page(content=b"/X Do", Resources=loop))

    assert check_artwork(tmp_path / "a.pdf", PANEL) == (None, None)


@pytest.mark.parametrize(("pages", "verdict"), [(1, None), (2, "C207"), (3, "C207")])
def test_artwork_has_one_page(tmp_path, pages, verdict):
    (tmp_path / "a.pdf").write_bytes(page(pages=pages))

    assert check_artwork(tmp_path / "a.pdf", PANEL) == (verdict, None)


@pytest.mark.parametrize(("unit", "verdict"), [(1, None), (2, "C202"), (0.5, "C202")])
def test_a_page_in_other_units_than_points_is_refused(tmp_path, unit, verdict):
    (tmp_path / "a.pdf").write_bytes(page(UserUnit=unit))

    assert check_artwork(tmp_path / "a.pdf", PANEL) == (verdict, None)


@pytest.mark.parametrize(
    "content",
    [
        b"/X1 Do",
        b"BT /F1 9 Tf ET",
        b"/G1 gs",
        b"/C1 cs",
        b"/C1 CS",
        b"/S1 sh",
        b"/P1 scn",
        b"Do",
        b"q",
        b"Q q",
        b"q q Q",
        b"hello world",
        b"BX hello EX hello",
        b"(text without an end Tj",
        b"[1 2 re f",
        b"\xff\xfe\x00",
    ],
)
@pytest.mark.parametrize("place", [on_page, in_a_form], ids=["page", "form"])
def test_content_that_no_reader_can_draw_is_refused(tmp_path, place, content):
    def inside(pdf):
        form = pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form, Resources=Dictionary())
        return place(pdf, Dictionary(XObject=Dictionary(Y=form)))

    (tmp_path / "a.pdf").write_bytes(page(Resources=inside))

    assert check_artwork(tmp_path / "a.pdf", PANEL) == ("C202", None)


@pytest.mark.parametrize("content", [b"/X1 Do", b"q", b"(text without an end Tj", b"[1 2 re f"])
def test_content_of_the_page_itself_is_judged_too(tmp_path, content):
    (tmp_path / "a.pdf").write_bytes(page(content=content))

    assert check_artwork(tmp_path / "a.pdf", PANEL) == ("C202", None)


@pytest.mark.parametrize(
    "content",
    [
        b"q q Q Q",
        b"/DeviceCMYK cs 0 0 0 1 scn 0 0 9 9 re f",
        b"/Pattern cs /P1 scn",
        b"/G1 gs /C1 CS /X1 Do",
        b"BX hello EX",
        b"BI /W 1 /H 1 /CS /RGB /BPC 8 ID abc EI",
    ],
)
def test_content_that_has_what_it_names_passes(tmp_path, content):
    def named(pdf):
        # The form has no resources of its own, and draws with those of the page.
        form = pdf.make_stream(b"/G1 gs", Type=Name.XObject, Subtype=Name.Form)
        return Dictionary(
            XObject=Dictionary(X1=form),
            ExtGState=Dictionary(G1=Dictionary()),
            ColorSpace=Dictionary(C1=Name.DeviceRGB),
            Pattern=Dictionary(P1=pdf.make_stream(b"", PatternType=1)),
        )

    (tmp_path / "a.pdf").write_bytes(page(content=content, Resources=named))

    assert check_artwork(tmp_path / "a.pdf", PANEL) == (None, None)


def test_a_picture_of_another_shape_is_refused(tmp_path):
    Image.new("RGB", (2000, 2000)).save(tmp_path / "square.png")

    assert check_artwork(tmp_path / "square.png", PANEL) == ("C203", None)


def test_a_picture_that_would_fill_the_memory_is_refused_unread(tmp_path):
    Image.new("1", (20_000, 10_435)).save(tmp_path / "huge.png")

    assert check_artwork(tmp_path / "huge.png", PANEL) == ("C202", None)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([("png", SOFT), ("jpg", picture(1200, "jpeg")), ("pdf", PAGE), ("pdf", LETTERED)]),
    st.integers(0, 2**32),
)
def test_damaged_artwork_is_judged_and_never_an_exception(tmp_path_factory, art, seed):
    suffix, content = art
    draw, damaged = random.Random(seed), bytearray(content)
    for _ in range(4):
        damaged[draw.randrange(len(damaged))] = draw.randrange(256)
    path = tmp_path_factory.mktemp("art") / f"a.{suffix}"
    path.write_bytes(damaged[: draw.choice([len(damaged), draw.randrange(len(damaged))])])

    forbidding, warning = check_artwork(path, PANEL)

    assert forbidding in {None, "C202", "C203", "C204", "C206", "C207"}
    assert warning in {None, "C205"}
