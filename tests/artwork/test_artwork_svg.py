from __future__ import annotations

import base64
import math

import pytest

from artwork_builders import PANEL, picture, svg
from yibao_cli.artwork.judging import check_artwork, check_picture, examined
from yibao_cli.artwork.svg import read_svg

RECT = '<rect width="50" height="30" fill="red"/>'


@pytest.fixture
def judge(tmp_path):
    def judged(text):
        (tmp_path / "a.svg").write_text(text, encoding="utf-8")
        return check_artwork(tmp_path / "a.svg", PANEL)

    return judged


@pytest.fixture
def read(tmp_path):
    def drawing(text):
        (tmp_path / "a.svg").write_text(text, encoding="utf-8")
        return read_svg(tmp_path / "a.svg")

    return drawing


def data(width, form="png", mode="RGB", height=None):
    content = base64.b64encode(picture(width, form, mode, height)).decode()
    return f"data:image/{form};base64,{content}"


DOCTYPE = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
BOMB = '<!DOCTYPE svg [<!ENTITY a "{}"><!ENTITY b "{}">]>'.format("x" * 99, "&a;" * 99)


# ------------------------------------------------------------------ what acts or reaches out


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<defs><script/></defs>", "<script>"),
        ('<g display="none"><script href="#a"/></g>', "<script>"),
        ('<g onload="alert(1)"/>', "onload="),
        ('<rect width="9" height="9" OnClick="alert(1)"/>', "OnClick="),
        ('<foreignObject width="9" height="9"/>', "<foreignObject>"),
        ('<p xmlns="http://www.w3.org/1999/xhtml">x</p>', "<p>"),
        ('<image href="http://example.com/a.png" width="9" height="9"/>', "<image href>"),
        ('<image xlink:href="file:///etc/hosts" width="9" height="9"/>', "<image href>"),
        ('<image href="a.png" width="9" height="9"/>', "<image href>"),
        ('<image href="data:image/svg+xml;base64,AAAA" width="9" height="9"/>', "<image href>"),
        ('<use href="other.svg#a"/>', "<use href>"),
        ('<a href="http://example.com"/>', "<a href>"),
        ('<style>@import "a.css";</style>', "@import"),
        ("<style>@import url(http://example.com/a.css);</style>", "@import"),
        ("<style>rect{fill:url(http://example.com/a.svg#b)}</style>" + RECT, "fill"),
        ('<rect width="9" height="9" style="fill:url( \'a.svg#b\')"/>', "style="),
        ('<rect width="9" height="9" filter="url(a.svg#b)"/>', "filter="),
    ],
)
def test_an_svg_that_acts_or_reaches_out_is_refused(judge, inside, what):
    verdict = judge(svg(inside))

    assert (verdict.refusal, verdict.what) == ("C209", what)


@pytest.mark.parametrize(
    "before", [BOMB, "<!DOCTYPE svg [<!ATTLIST svg onload CDATA 'x'>]>", '<?xml-stylesheet href="a.css"?>']
)
def test_declarations_above_the_drawing_are_refused(judge, before):
    assert judge(svg(RECT, before=before)).refusal == "C209"


def test_the_usual_document_type_is_no_harm_and_is_not_fetched(judge):
    assert judge(svg(RECT, before=f'<?xml version="1.0" encoding="UTF-8"?>{DOCTYPE}')).refusal is None


def test_no_other_encoding_hides_a_declaration(tmp_path):
    hidden = svg(RECT, before='<?xml version="1.0" encoding="UTF-16"?>' + BOMB).encode("utf-16")
    (tmp_path / "a.svg").write_bytes(hidden)

    assert check_artwork(tmp_path / "a.svg", PANEL).refusal == "C202"


# ------------------------------------------------------------------ what would not print as it looks


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<text>x</text>", "<text>"),
        ("<switch/>", "<switch>"),
        ("<svg/>", "<svg>"),
        ('<rect width="9" height="9"><animate/></rect><animate/>', "<animate>"),
        ('<linearGradient id="a"/>', "<linearGradient>"),
        ('<rect width="9" height="9" fill="url(#a)"/>', "url(#a)"),
        ('<rect width="9" height="9" stroke="url(#a)"/>', "url(#a)"),
        ('<g filter="url(#a)"/>', "filter"),
        ('<g style="mask: url(#a)"/>', "mask"),
        ('<g clip-path="url(#a)"/>', "clip-path"),
        ("<style>g{clip-path:url(#a)}</style><g/>", "clip-path"),
        ('<g style="mix-blend-mode:multiply"/>', "mix-blend-mode"),
        ('<g style="transform:scale(2)"/>', "transform"),
        ('<line marker-end="url(#a)"/>', "marker-end"),
        ('<g opacity=".5"/>', "opacity"),
        ('<rect width="9" height="9" stroke="red" opacity=".5"/>', "opacity"),
        ('<rect width="50%" height="9"/>', "50"),
        ('<rect width="5em" height="9"/>', "5em"),
        ('<rect width="9" height="9" fill="nocolour"/>', "nocolour"),
        ('<rect width="9" height="9" fill="icc-color(a)"/>', "icc-color(a)"),
        ("<style>@media print{g{fill:red}}</style>", "@media"),
        ("<style>g{fill:red !important}</style>", "!important"),
        ("<style>g:::x{fill:red}</style>", "<style>"),
        ('<g systemLanguage="de"/>', "<g systemLanguage>"),
        (
            f'<image width="9" height="9" preserveAspectRatio="xMinYMin" href="{data(9)}"/>',
            "preserveAspectRatio",
        ),
        ('<defs><symbol id="a" viewBox="0 0 9 9"/></defs><use href="#a"/>', "<symbol viewBox>"),
        ('<defs><symbol id="a"/></defs><use href="#a"/>', "<symbol>"),
    ],
)
def test_what_is_not_drawn_as_it_looks_is_refused(judge, inside, what):
    verdict = judge(svg(inside))

    assert (verdict.refusal, verdict.what) == ("C210", what)


@pytest.mark.parametrize(
    "inside",
    [
        '<path d="M0 0h9x"/>',
        '<path d="0 0h9"/>',
        '<path d="M0 0L9"/>',
        '<path d="M0 0a1 1 0 2 1 9 9"/>',
        '<path d="M0 0h1e999"/>',
        '<polygon points="0 0 9"/>',
        '<polygon points="0,0 9,a"/>',
        '<g transform="scale(2"/>',
        '<g transform="turn(2)"/>',
        '<g transform="rotate(1 2)"/>',
        '<g transform="scale(2px)"/>',
        '<use href="#none"/>',
        "<use/>",
        '<g id="a"><use href="#a"/></g>',
        '<image width="9" height="9" href="data:image/png;base64,AAAA"/>',
        '<rect width="9" height="9" opacity="half"/>',
        '<rect width="9" height="9" stroke="red" stroke-dasharray="1 -1"/>',
        "<style>rect{fill}</style>",
        "<g>",
    ],
)
def test_what_a_reader_would_draw_up_to_the_fault_is_refused(judge, inside):
    assert judge(svg(inside)).refusal == "C202"


@pytest.mark.parametrize(
    "inside",
    [
        RECT,
        "<title>x</title><desc>y</desc><metadata><rdf xmlns='urn:x'><text/></rdf></metadata>" + RECT,
        '<defs><linearGradient id="a"/><filter id="b"/></defs>' + RECT,
        '<tool:view xmlns:tool="urn:tool" tool:zoom="2"/><g xmlns:t="urn:t" t:label="x" data-name="y"/>',
        '<g display="none"><text>x</text></g>',
        '<g font-family="Arial" style="font-size:9px;-inkscape-stroke:none;line-height:1.2"/>',
        '<g clip-path="none" filter="none" opacity="1" style="mix-blend-mode:normal;paint-order:normal"/>',
        '<path d=""/><rect width="0" height="9"/><polyline points=""/>',
        "<style type='text/css'>/* a */ .a, #b { fill: RED; stroke:none } </style><g class='a'/>",
    ],
)
def test_what_prints_as_it_looks_passes(judge, inside):
    assert judge(svg(inside)) == (None, None, "")


# ------------------------------------------------------------------ size and resolution


@pytest.mark.parametrize(
    ("size", "box", "rule"),
    [
        ('width="230mm" height="120mm"', "0 0 1 1", None),
        ('width="23cm" height="12cm"', "0 0 1 1", None),
        ('width="651.97pt" height="340.16pt"', "0 0 1 1", None),
        ('width="9.055in" height="4.724in"', "0 0 1 1", None),
        ('width="54.33pc" height="28.346pc"', "0 0 1 1", None),
        ('width="231.4mm" height="120mm"', "0 0 1 1", None),
        ('width="231.6mm" height="120mm"', "0 0 1 1", "C203"),
        ('width="460mm" height="240mm"', "0 0 1 1", "C203"),
        ('width="2300" height="1200"', "0 0 1 1", None),
        ('width="2300px" height="1200px"', "0 0 1 1", None),
        ('width="100%" height="100%"', "0 0 23 12", None),
        ("", "5 5 46 24", None),
        ("", "0 0 24 12", "C203"),
        ("", "0 0 23 0", "C202"),
        ("", "0 0 23", "C202"),
        ('width="50%" height="50%"', "0 0 23 12", "C210"),
    ],
)
def test_the_size_is_that_of_the_panel_or_has_its_proportions(judge, size, box, rule):
    assert judge(svg(RECT, size, box)).refusal == rule


def test_an_svg_without_any_size_is_refused(judge):
    assert judge('<svg xmlns="http://www.w3.org/2000/svg"/>').refusal == "C210"


def inked(pixels, size, form="png", mode="RGB"):
    return f'<image href="{data(pixels, form, mode, pixels)}" width="{size}" height="{size}"/>'


@pytest.mark.parametrize(
    ("inside", "verdict"),
    [
        (inked(200, 25.4), (None, None)),
        (inked(199, 25.4), (None, "C205")),
        (inked(99, 25.4, "jpeg"), ("C204", None)),
        (f'<g transform="scale(2)">{inked(200, 25.4)}</g>', (None, "C205")),
        (f'<g transform="rotate(30) scale(.5)">{inked(100, 25.4)}</g>', (None, None)),
    ],
)
def test_pictures_inside_have_a_resolution(judge, inside, verdict):
    assert judge(svg(inside))[:2] == verdict


def test_a_picture_inside_is_judged_at_the_size_the_drawing_gets(tmp_path):
    (tmp_path / "a.svg").write_text(svg(inked(100, 25.4)))

    assert check_picture(tmp_path / "a.svg", (115.0, 60.0))[:2] == (None, None)
    assert check_picture(tmp_path / "a.svg", (230.0, 120.0))[:2] == (None, "C205")


def test_a_drawing_of_endless_copies_is_refused(judge):
    copies = ["<path id='a0' d='M0 0h9'/>"]
    for n in range(1, 8):
        ten = f"<use href='#a{n - 1}'/>" * 10
        copies.append(f"<g id='a{n}'>{ten}</g>")

    assert judge(svg(f"<defs>{''.join(copies)}</defs><use href='#a7'/>")).refusal == "C211"


def test_a_drawing_of_endless_depth_is_refused(judge):
    assert judge(svg("<g>" * 200 + "</g>" * 200)).refusal == "C211"


# ------------------------------------------------------------------ colours


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("", set()),
        ('<rect width="9" height="9"/>', {"gray"}),
        ('<rect width="9" height="9" fill="none"/>', set()),
        ('<rect width="9" height="9" fill="#777" stroke="#f00"/>', {"gray", "rgb"}),
        ('<rect width="9" height="9" fill="none" stroke="#f00" stroke-width="0"/>', set()),
        ('<rect width="9" height="9" fill="red" fill-opacity="0"/>', set()),
        ('<line x2="9" fill="red" stroke="gray"/>', {"gray"}),
        ('<g color="#00f"><rect width="9" height="9" fill="currentColor"/></g>', {"rgb"}),
        (inked(100, 9, "jpeg", "CMYK"), {"cmyk"}),
        (inked(100, 9, "png", "L"), {"gray"}),
    ],
)
def test_of_what_a_drawing_is_made(tmp_path, inside, told):
    (tmp_path / "a.svg").write_text(svg(inside))

    assert examined(tmp_path / "a.svg").colours == told


# ------------------------------------------------------------------ styles and places


@pytest.mark.parametrize(
    ("inside", "fill"),
    [
        ('<rect width="9" height="9" fill="red"/>', (1, 0, 0)),
        ('<g fill="red"><rect width="9" height="9"/></g>', (1, 0, 0)),
        ('<g fill="red"><rect width="9" height="9" fill="inherit"/></g>', (1, 0, 0)),
        ('<g fill="blue"><rect width="9" height="9" style="fill:red"/></g>', (1, 0, 0)),
        ('<rect class="a" width="9" height="9" fill="blue"/><style>.a{fill:red}</style>', (1, 0, 0)),
        (
            '<style>rect{fill:blue}#b{fill:red}.a{fill:lime}</style><rect id="b" class="a" width="9" height="9"/>',
            (1, 0, 0),
        ),
        ('<style>.a{fill:blue}</style><rect class="a" style="fill:red" width="9" height="9"/>', (1, 0, 0)),
        ('<style>g .a{fill:red}</style><g><rect class="x a" width="9" height="9"/></g>', (1, 0, 0)),
        ('<defs><rect id="a" width="9" height="9"/></defs><use href="#a" fill="red"/>', (1, 0, 0)),
        ('<rect width="9" height="9" fill="rgb(100%,0%,0%)"/>', (1, 0, 0)),
        ('<rect width="9" height="9" fill="hsl(0,100%,50%)"/>', (1, 0, 0)),
    ],
)
def test_the_nearest_word_about_a_colour_counts(read, inside, fill):
    (mark,) = read(svg(inside)).marks

    assert mark.fill == pytest.approx(fill)


@pytest.mark.parametrize(
    ("inside", "alpha"),
    [
        ('<rect width="9" height="9" opacity=".5"/>', 0.5),
        ('<rect width="9" height="9" fill-opacity="50%" style="fill:rgba(255,0,0,.5)"/>', 0.25),
        ('<rect width="9" height="9" opacity="7"/>', 1),
    ],
)
def test_opacities_multiply(read, inside, alpha):
    (mark,) = read(svg(inside)).marks

    assert mark.fill_alpha == pytest.approx(alpha)


def test_a_stroke_has_all_its_properties(read):
    (mark,) = read(
        svg(
            '<path d="M0 0h9" fill="none" stroke="#00f" stroke-width="2pt" stroke-linecap="round" stroke-opacity=".5"'
            ' stroke-linejoin="bevel" stroke-miterlimit="10" stroke-dasharray="1, 2" stroke-dashoffset="3"/>'
        )
    ).marks

    stroke = mark.stroke
    assert (stroke.colour, stroke.alpha, stroke.width) == ((0, 0, 1), 0.5, pytest.approx(8 / 3))
    assert (stroke.cap, stroke.join, stroke.miter, stroke.dash, stroke.phase) == (1, 2, 10, (1, 2), 3)


@pytest.mark.parametrize(
    ("transform", "point"),
    [
        ("translate(10)", (11, 0)),
        ("translate(10-5)", (11, -5)),
        ("scale(2 3)", (2, 0)),
        ("rotate(90)", (0, 1)),
        ("rotate(90, 1, 1)", (2, 1)),
        ("skewY(45)", (1, 1)),
        ("translate(10) scale(2)", (12, 0)),
        ("scale(2),translate(10)", (22, 0)),
        ("matrix(0 1 -1 0 3 4)", (3, 5)),
    ],
)
def test_transforms_work_from_right_to_left(read, transform, point):
    (mark,) = read(svg(f'<path d="M0 0h1" transform="{transform}"/>', "")).marks

    a, b, _c, _d, e, f = mark.matrix
    assert (a + e, b + f) == pytest.approx(point)


@pytest.mark.parametrize(
    ("name", "extent"),
    [
        ('rect x="1" y="2" width="3" height="4"', (1, 2, 4, 6)),
        ('rect x="1" y="2" width="3" height="4" rx="1"', (1, 2, 4, 6)),
        ('rect x="1" y="2" width="3" height="4" rx="9" ry="1"', (1, 2, 4, 6)),
        ('circle cx="5" cy="5" r="2"', (3, 3, 7, 7)),
        ('ellipse cx="5" cy="5" rx="2" ry="1"', (3, 4, 7, 6)),
        ('line x1="1" y1="2" x2="3" y2="4" stroke="red"', (1, 2, 3, 4)),
        ('polyline points="1,2 3,4 1,4"', (1, 2, 3, 4)),
        ('polygon points="1 2 3 4-1 4"', (-1, 2, 3, 4)),
        ('path d="m1 2h2v2z"', (1, 2, 3, 4)),
        ('path d="M1 2q0 0 2 2"', (1, 2, 3, 4)),
        ('path d="M3 3a2 2 0 014 0"', (3, 1, 7, 3)),
    ],
)
def test_shapes_reach_as_far_as_they_say(read, name, extent):
    (mark,) = read(svg(f"<{name}/>", "")).marks

    ends = [values[-2:] for _step, values in mark.steps if values]
    xs, ys = [x for x, _y in ends], [y for _x, y in ends]
    assert (min(xs), min(ys), max(xs), max(ys)) == pytest.approx(extent, abs=0.01)


def test_a_picture_keeps_its_proportions_in_the_middle_unless_it_is_told_to_fill(read):
    shown = '<image href="{}" x="10" y="10" width="40" height="10"{}/>'
    fitted, filled = read(
        svg(
            shown.format(data(20, height=20), "")
            + shown.format(data(20, height=20), ' preserveAspectRatio="none"')
        )
    ).marks

    assert fitted.box == (25, 10, 10, 10)
    assert filled.box == (10, 10, 40, 10)


def test_the_view_box_lies_in_the_middle_of_the_page(read):
    drawing = read(svg(RECT, 'width="200" height="100"', "10 10 50 50"))

    assert drawing.marks[0].matrix == (2, 0, 0, 2, 30, -20)
    assert all(map(math.isfinite, drawing.size))


def test_a_copy_stands_where_its_use_says(read):
    (mark,) = read(svg('<defs><path id="a" d="M0 0h9"/></defs><use href="#a" x="3" y="4"/>', "")).marks

    assert mark.matrix == (1, 0, 0, 1, 3, 4)


def test_a_drawing_that_is_turned_as_a_whole_is_refused(judge):
    turned = svg(RECT).replace("<svg ", '<svg transform="rotate(9)" ')

    assert judge(turned)[::2] == ("C210", "<svg>")


def test_what_is_hidden_is_not_drawn_and_may_be_shown_again_within(read):
    hidden = f'<g visibility="hidden">{RECT}{inked(100, 9)}<g visibility="visible">{RECT}</g></g>'

    assert len(read(svg(hidden)).marks) == 1
