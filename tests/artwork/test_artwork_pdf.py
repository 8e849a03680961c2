from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from artwork_builders import (
    PANEL,
    PLACES,
    TYPES,
    document,
    font,
    form,
    image,
    in_a_form,
    in_a_glyph,
    in_a_soft_mask,
    lettered,
    on_page,
    page,
    placed,
)
from yibao_cli.artwork.judging import check_artwork, examined


@pytest.fixture
def judge(tmp_path):
    def judged(content):
        (tmp_path / "a.pdf").write_bytes(content)
        return check_artwork(tmp_path / "a.pdf", PANEL)

    return judged


@pytest.fixture
def colours(tmp_path):
    def told(content):
        (tmp_path / "a.pdf").write_bytes(content)
        return examined(tmp_path / "a.pdf").colours

    return told


def saved(pdf, **options):
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def test_turned_art_is_measured_as_a_reader_sees_it(judge):
    assert judge(page(120, 230, Rotate=90)).refusal is None
    assert judge(page(120, 230)).refusal == "C203"


@pytest.mark.parametrize(("pages", "verdict"), [(1, None), (2, "C207"), (3, "C207")])
def test_artwork_has_one_page(judge, pages, verdict):
    assert judge(page(pages=pages)).refusal == verdict


@pytest.mark.parametrize(("unit", "verdict"), [(1, None), (2, "C202"), (0.5, "C202")])
def test_a_page_in_other_units_than_points_is_refused(judge, unit, verdict):
    assert judge(page(UserUnit=unit)).refusal == verdict


# ------------------------------------------------------------------ fonts


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("subtype", ["TrueType", "Type1", "Type0"])
def test_a_font_that_is_not_embedded_is_found_wherever_it_is_used(judge, place, subtype):
    assert judge(lettered(place, subtype)).refusal == "C206"


@pytest.mark.parametrize("place", PLACES)
def test_a_font_that_nothing_drawn_uses_does_not_matter(judge, place):
    assert judge(lettered(place, drawn=False)).refusal is None
    assert judge(placed(place, b"", lambda pdf: Dictionary(Font=Dictionary(F1=font(pdf))))).refusal is None


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "embedded",
    [("Type1", "FontFile"), ("TrueType", "FontFile2"), ("Type0", "FontFile2"), ("Type0", "FontFile3")],
)
def test_an_embedded_font_passes(judge, place, embedded):
    assert judge(lettered(place, *embedded)).refusal is None


def test_one_of_the_fourteen_standard_fonts_has_no_descriptor_and_is_not_embedded(judge):
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)

    assert judge(page(content=TYPES, Resources=Dictionary(Font=Dictionary(F1=helvetica)))).refusal == "C206"


def test_a_font_that_is_selected_and_shows_nothing_does_not_matter(judge):
    """ReportLab and others begin each page so."""
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    begun = b"BT /F1 12 Tf 14 TL ET\n0 0 10 10 re f"

    assert judge(page(content=begun, Resources=Dictionary(Font=Dictionary(F1=helvetica)))).refusal is None


def test_a_font_that_only_a_graphics_state_sets_is_found(judge):
    def state(pdf):
        return Dictionary(ExtGState=Dictionary(G=Dictionary(Font=Array([font(pdf), 12]))))

    assert judge(page(content=b"/G gs BT (A) Tj ET", Resources=state)).refusal == "C206"
    assert judge(page(Resources=state)).refusal is None


# ------------------------------------------------------------------ contents


def test_a_form_that_calls_itself_is_walked_once(judge):
    def loop(pdf):
        drawn = form(pdf, b"/X Do", Dictionary())
        drawn.Resources = Dictionary(XObject=Dictionary(X=drawn))
        return drawn.Resources

    assert judge(page(content=b"/X Do", Resources=loop)).refusal is None


def test_forms_that_multiply_are_refused_before_they_take_an_hour(judge):
    def bomb(pdf):
        drawn = form(pdf, b"0 0 9 9 re f", Dictionary())
        for _ in range(12):
            drawn = form(pdf, b"/X Do " * 10, Dictionary(XObject=Dictionary(X=drawn)))
        return Dictionary(XObject=Dictionary(X=drawn))

    assert judge(page(content=b"/X Do", Resources=bomb)).refusal == "C211"


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
@pytest.mark.parametrize("drawn", [True, False])
def test_content_that_no_reader_can_draw_is_refused(judge, place, content, drawn):
    def inside(pdf):
        return Dictionary(XObject=Dictionary(Y=form(pdf, content, Dictionary())))

    assert judge(placed(place, b"/Y Do", inside, drawn=drawn)).refusal == "C202"


@pytest.mark.parametrize("content", [b"/X1 Do", b"q", b"(text without an end Tj", b"[1 2 re f"])
def test_content_of_the_page_itself_is_judged_too(judge, content):
    assert judge(page(content=content)).refusal == "C202"


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
def test_content_that_has_what_it_names_passes(judge, content):
    def named(pdf):
        # The form has no resources of its own, and draws with those of the page.
        drawn = pdf.make_stream(b"/G1 gs", Type=Name.XObject, Subtype=Name.Form)
        return Dictionary(
            XObject=Dictionary(X1=drawn),
            ExtGState=Dictionary(G1=Dictionary()),
            ColorSpace=Dictionary(C1=Name.DeviceRGB),
            Pattern=Dictionary(P1=pdf.make_stream(b"", PatternType=1)),
        )

    assert judge(page(content=content, Resources=named)) == (None, None, "")


# ------------------------------------------------------------------ pictures inside


def pictured(content, place=on_page, pixels=(100, 100), **entries):
    """A page that draws a picture of those pixels by that content."""
    return placed(
        place, content, lambda pdf: Dictionary(XObject=Dictionary(I=image(pdf, *pixels, **entries)))
    )


@pytest.mark.parametrize(
    ("points", "verdict"),
    [(36, (None, None)), (37, (None, "C205")), (72, (None, "C205")), (73, ("C204", None))],
)
@pytest.mark.parametrize(
    "content",
    [
        b"q %d 0 0 36 0 0 cm /I Do Q",
        b"q 36 0 0 %d 0 0 cm /I Do Q",
        b"q 0 %d -36 0 0 0 cm /I Do Q",
        b"q .5 0 0 .5 0 0 cm 2 0 0 2 0 0 cm %d 0 0 36 0 0 cm /I Do Q",
    ],
    ids=["across", "down", "turned", "twice"],
)
@pytest.mark.parametrize("place", [on_page, in_a_form, in_a_soft_mask])
def test_pictures_are_measured_as_they_are_drawn(judge, points, verdict, content, place):
    """100 pixels on 36 points are 200 dpi."""
    assert judge(pictured(content % points, place))[:2] == verdict


def test_the_matrix_of_a_form_counts(judge):
    def twice(pdf):
        inner = Dictionary(XObject=Dictionary(I=image(pdf, 100, 100)))
        content = b"30 0 0 30 0 0 cm /I Do"
        return Dictionary(XObject=Dictionary(X=form(pdf, content, inner, Matrix=Array([3, 0, 0, 3, 0, 0]))))

    assert judge(page(content=b"/X Do", Resources=twice)).refusal == "C204"
    assert judge(page(content=b".3 0 0 .3 0 0 cm /X Do", Resources=twice)) == (None, None, "")


def test_a_state_that_is_left_counts_no_more(judge):
    assert judge(pictured(b"q 9 0 0 9 0 0 cm Q q 36 0 0 36 0 0 cm /I Do Q")) == (None, None, "")


def test_an_inline_picture_is_measured_too(judge):
    inline = b"q %d 0 0 9 0 0 cm BI /W 8 /H 8 /CS /G /BPC 1 ID abcdefgh EI Q"

    assert judge(page(content=inline % 2)).refusal == "C204"  # 8 pixels on 9 points are 64 dpi
    assert judge(page(content=inline.replace(b" 9 ", b" 2 ") % 2)) == (None, None, "")


def test_a_run_of_colour_two_pixels_wide_has_no_detail_to_lose(judge):
    assert judge(pictured(b"600 0 0 36 0 0 cm /I Do", pixels=(2, 100))) == (None, None, "")
    assert judge(pictured(b"600 0 0 36 0 0 cm /I Do", pixels=(3, 100))).refusal == "C204"


def test_a_picture_that_is_not_drawn_has_no_resolution(judge):
    assert judge(pictured(b"", pixels=(3, 3))) == (None, None, "")


def test_a_huge_picture_inside_is_refused(judge):
    assert judge(pictured(b"9 0 0 9 0 0 cm /I Do", pixels=(10_000, 6_001))).refusal == "C211"


# ------------------------------------------------------------------ what acts or hides


def with_root(change):
    with document() as pdf:
        change(pdf)
        return saved(pdf)


ACTION = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
GO_TO = Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]))


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("/OpenAction", lambda pdf: pdf.Root.update({"/OpenAction": ACTION})),
        ("/AA", lambda pdf: pdf.Root.update({"/AA": Dictionary(WC=ACTION)})),
        ("/AA", lambda pdf: pdf.pages[0].obj.update({"/AA": Dictionary(O=ACTION)})),
        ("/JavaScript", lambda pdf: pdf.Root.update({"/Names": Dictionary(JavaScript=Dictionary())})),
        ("/XFA", lambda pdf: pdf.Root.update({"/AcroForm": Dictionary(XFA=pdf.make_stream(b""))})),
        ("/EmbeddedFiles", lambda pdf: pdf.attachments.update({"a.txt": b"hello"})),
    ],
)
def test_a_pdf_that_acts_is_refused(judge, what, change):
    verdict = judge(with_root(change))

    assert (verdict.refusal, verdict.what) == ("C209", what)


@pytest.mark.parametrize("action", [Array([0, Name.Fit]), GO_TO])
def test_opening_at_a_page_is_no_act(judge, action):
    assert judge(with_root(lambda pdf: pdf.Root.update({"/OpenAction": action}))) == (None, None, "")


@pytest.mark.parametrize(
    ("annotation", "rule"),
    [
        (Dictionary(Subtype=Name.Link), None),
        (Dictionary(Subtype=Name.Link, A=GO_TO), None),
        (Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="http://example.com")), "C209"),
        (Dictionary(Subtype=Name.Link, AA=Dictionary(E=ACTION)), "C209"),
        (Dictionary(Subtype=Name.RichMedia), "C209"),
        (Dictionary(Subtype=Name("/3D")), "C209"),
        (Dictionary(Subtype=Name.FileAttachment), "C209"),
        (Dictionary(Subtype=Name.Stamp), "C210"),
        (Dictionary(Subtype=Name.FreeText), "C210"),
        (Dictionary(Subtype=Name.PrinterMark), None),
    ],
)
def test_what_is_pinned_to_the_page_does_not_print_or_acts(judge, annotation, rule):
    assert judge(page(Annots=Array([annotation]))).refusal == rule


@pytest.mark.parametrize(
    ("state", "rule"),
    [
        (Dictionary(), None),
        (Dictionary(OFF=Array()), None),
        (Dictionary(OFF=Array([Dictionary(Type=Name.OCG)])), "C210"),
        (Dictionary(BaseState=Name.OFF), "C210"),
    ],
)
def test_a_hidden_layer_would_print_and_is_refused(judge, state, rule):
    layered = with_root(lambda pdf: pdf.Root.update({"/OCProperties": Dictionary(D=state)}))

    assert judge(layered).refusal == rule


@pytest.mark.parametrize("user", ["", "secret"])
def test_a_protected_pdf_is_refused(judge, user):
    with document() as pdf:
        protected = saved(pdf, encryption=pikepdf.Encryption(owner="owner", user=user))

    assert judge(protected).refusal == "C212"


# ------------------------------------------------------------------ colours

PROFILE = [(1, "gray"), (3, "rgb"), (4, "cmyk"), (2, "other")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", set()),
        (b"0 0 9 9 re f", {"gray"}),
        (b"1 0 0 rg 0 0 9 9 re f", {"rgb"}),
        (b"1 0 0 rg 0 0 9 9 re S", {"gray"}),
        (b"0 0 0 1 K 0 0 9 9 re S", {"cmyk"}),
        (b"0 0 0 1 K 1 0 0 rg 0 0 9 9 re B", {"cmyk", "rgb"}),
        (b"q 1 0 0 rg Q 0 0 9 9 re f", {"gray"}),
        (b"1 0 0 rg", set()),
        (b"/DeviceCMYK cs 0 0 0 1 scn 0 0 9 9 re f*", {"cmyk"}),
        (b"BT 1 0 0 rg /F 9 Tf (a) Tj ET", {"rgb"}),
        (b"BT 1 0 0 rg 3 Tr /F 9 Tf (a) Tj ET", set()),
        (b"BT 1 0 0 rg 0 0 0 1 K 1 Tr /F 9 Tf [(a)] TJ ET", {"cmyk"}),
        (
            b"q 9 0 0 9 0 0 cm BI /W 8 /H 8 /CS /CMYK /BPC 1 ID abcdefghabcdefghabcdefghabcdefgh EI Q",
            {"cmyk"},
        ),
    ],
)
def test_of_what_a_page_is_made(colours, content, told):
    def resources(pdf):
        return Dictionary(Font=Dictionary(F=font(pdf, file="FontFile2")))

    assert colours(page(content=content, Resources=resources)) == told


def spaces(pdf):
    """Colour spaces by the name of the colour they are made of."""
    tint = Dictionary(FunctionType=2, Domain=Array([0, 1]), N=1)
    profiles = {f"P{n}": Array([Name.ICCBased, pdf.make_stream(b"", N=n)]) for n, _told in PROFILE}
    lab = Array([Name.Lab, Dictionary(WhitePoint=Array([1, 1, 1]))])
    return profiles | {
        "Cal": Array([Name.CalRGB, Dictionary()]),
        "Lab": lab,
        "LabP": Array([Name.ICCBased, pdf.make_stream(b"", N=3, Alternate=lab)]),
        "Spot": Array([Name.Separation, Name("/Gold"), Name.DeviceCMYK, tint]),
        "Black": Array([Name.Separation, Name.Black, Name.DeviceCMYK, tint]),
        "Inks": Array([Name.DeviceN, Array([Name.Cyan, Name("/Gold")]), Name.DeviceCMYK, tint]),
        "Process": Array([Name.DeviceN, Array([Name.Cyan, Name.Black]), Name.DeviceCMYK, tint]),
        "Indexed": Array([Name.Indexed, Name.DeviceCMYK, 1, b"\0" * 8]),
    }


SPACES = [(f"P{n}", told) for n, told in PROFILE] + [
    ("Cal", "rgb"),
    ("Lab", "lab"),
    ("LabP", "lab"),
    ("Spot", "spot"),
    ("Black", "cmyk"),
    ("Inks", "spot"),
    ("Process", "cmyk"),
    ("Indexed", "cmyk"),
]


@pytest.mark.parametrize(("name", "told"), SPACES)
def test_colour_spaces_are_told_apart_on_the_page_in_pictures_and_in_shadings(colours, name, told):
    def named(pdf):
        space = spaces(pdf)[name]
        return Dictionary(
            ColorSpace=Dictionary(C=space),
            XObject=Dictionary(I=image(pdf, 8, 8, space)),
            Shading=Dictionary(S=Dictionary(ShadingType=2, ColorSpace=space)),
        )

    for content in (b"/C cs 0 0 9 9 re f", b"/C CS 0 0 9 9 re S", b"/I Do", b"/S sh"):
        assert colours(page(content=content, Resources=named)) == {told}


def test_a_stencil_has_the_colour_of_the_moment(colours):
    def named(pdf):
        return Dictionary(XObject=Dictionary(I=image(pdf, 8, 8, Name.DeviceRGB, ImageMask=True)))

    assert colours(page(content=b"0 0 0 1 k /I Do", Resources=named)) == {"cmyk"}


def test_a_pattern_tells_its_own_colours_or_that_of_its_shading(colours):
    def named(pdf):
        tile = pdf.make_stream(b"0 0 0 1 k 0 0 9 9 re f", PatternType=1, PaintType=1, Resources=Dictionary())
        run = Dictionary(PatternType=2, Shading=Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB))
        return Dictionary(Pattern=Dictionary(T=tile, S=run))

    assert colours(page(content=b"/Pattern cs /T scn 0 0 9 9 re f", Resources=named)) == {"cmyk"}
    assert colours(page(content=b"/Pattern cs /S scn 0 0 9 9 re f", Resources=named)) == {"rgb"}


def test_a_soft_mask_gives_no_colour_to_the_paper(colours):
    masked = placed(in_a_soft_mask, b"1 0 0 rg 0 0 9 9 re f", lambda pdf: Dictionary())

    assert colours(masked) == set()


def tiled(tile, **entries):
    """A page that is filled with a tile, on a state that is scaled, which a pattern does not see."""

    def named(pdf):
        own = Dictionary(XObject=Dictionary(I=image(pdf, 100, 100)))
        drawn = pdf.make_stream(tile, PatternType=1, Resources=own, **{"PaintType": 1, **entries})
        ink = Array([Name.Pattern, Name.DeviceCMYK])
        return Dictionary(Pattern=Dictionary(P=drawn), ColorSpace=Dictionary(C=ink))

    return page(content=b"9 0 0 9 0 0 cm /C cs 0 0 0 1 /P scn 0 0 9 9 re f", Resources=named)


def test_a_picture_in_a_tile_is_measured_by_the_matrix_of_the_tile(judge):
    tile = b"36 0 0 36 0 0 cm /I Do"

    assert judge(tiled(tile)) == (None, None, "")
    assert judge(tiled(tile, Matrix=Array([3, 0, 0, 3, 0, 0]))).refusal == "C204"


def test_a_tile_without_colours_has_the_one_it_is_given(colours):
    assert colours(tiled(b"", PaintType=2)) == {"cmyk"}
    assert colours(tiled(b"", PaintType=1)) == set()


def test_a_picture_in_a_glyph_has_the_size_of_the_type(judge):
    assert judge(pictured(b"600 0 0 600 0 0 cm /I Do", in_a_glyph)) == (None, None, "")
