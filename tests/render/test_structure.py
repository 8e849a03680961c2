"""The structure reader alone: what it decodes, and every way to hide, move or exchange something."""

from __future__ import annotations

import random
import re
from collections import Counter

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from builders import amounts_on, hexed, make_part, set_strings, strings_of, swap_codes
from yibao_cli.errors import InputRefused
from yibao_cli.render.charmaps import DAMAGE, UNKNOWN, FileFont, string_bytes
from yibao_cli.render.comparing import compare_texts
from yibao_cli.render.content import PageReader, PageShown
from yibao_cli.render.forms import digest, form_digests
from yibao_cli.render.readback import Expected, Sample, What, expected_pages, read_back
from yibao_cli.render.structure import StructureFile
from yibao_cli.render.textobject import TextReader, _stretch

STANDARD = {"variant": "standard"}


def differences(part, pdf, **options):
    pages = expected_pages(part.layout, part.values, form_digests(part.static))
    return list(read_back(pdf, 1, pages, **{"sample": Sample(0, 1), **options}))


def told(part, pdf):
    return [(d.page, d.what) for d in differences(part, pdf)]


def replaced(page, old, new):
    """Replace what stands in a page's content, once, and see that it was there."""
    content = page.Contents.read_bytes()
    assert old in content
    page.Contents.write(content.replace(old, new, 1))


# ------------------------------------------------------------------ forms


@pytest.fixture
def part_with_ads(tmp_path):
    for name in ("sale", "gym"):
        canvas = Canvas(str(tmp_path / f"{name}.pdf"), pagesize=(652, 340), invariant=1)
        canvas.drawString(40, 40, name)
        canvas.save()
    return make_part(
        3, change={1: {"slot_a": "ad:C-01"}}, ads={"C-01": "sale.pdf", "C-02": "gym.pdf"}, art_folder=tmp_path
    )


def invoked(part, key):
    return b"/X%d Do" % part.static.forms[key]


def exchanged(part, old, new):
    """A change of the third and fourth page, those of the piece with the ad: one form for another."""

    def change(pdf):
        page = next(p for p in pdf.pages[2:4] if invoked(part, "ad:C-01") in p.Contents.read_bytes())
        replaced(page, invoked(part, old), invoked(part, new) if new else b"")

    return change


def test_a_right_part_with_ads_has_no_differences(part_with_ads, tmp_path):
    pdf = part_with_ads.write(tmp_path / "part.pdf")

    assert differences(part_with_ads, pdf) == []


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("ad:C-01", "ad:C-02", "1 ad:C-01; too many: 1"),
        ("ad:C-01", "house:keep-well", "1 ad:C-01; too many: 1"),
        ("mark:ad", None, "1 mark:ad; too many: 0"),
        ("page:standard:1", "page:standard:2", "1 page:standard:1; too many: 1"),
    ],
)
def test_another_form_than_the_piece_should_bear_is_found(part_with_ads, edited, old, new, missing):
    pdf = edited(part_with_ads, exchanged(part_with_ads, old, new))

    (found,) = differences(part_with_ads, pdf)

    assert found.what == What.FORM
    assert missing in found.detail


def test_a_form_moved_or_shown_twice_is_found(part_with_ads, edited):
    name = invoked(part_with_ads, "page:standard:1")

    moved = edited(
        part_with_ads, lambda pdf: replaced(pdf.pages[0], b"q 1 0 0 1 0 0 cm", b"q 1 0 0 1 0 9 cm")
    )
    assert told(part_with_ads, moved) == [(1, What.FORM)]
    twice = edited(part_with_ads, lambda pdf: replaced(pdf.pages[0], name, name + b" " + name))
    assert told(part_with_ads, twice) == [(1, What.FORM)]


def test_a_form_painted_over_the_texts_is_found(edited):
    part = make_part(1)

    def cover(pdf):
        name = re.search(rb"^/X\d+ Do", pdf.pages[0].Contents.read_bytes(), re.MULTILINE)[0]
        content = pdf.pages[0].Contents.read_bytes().replace(name, b"", 1)
        pdf.pages[0].Contents.write(content + name)

    assert told(part, edited(part, cover)) == [(1, What.FORM)]


def test_a_form_whose_content_was_changed_is_found_on_each_of_its_pages(edited):
    part = make_part(3, change=dict.fromkeys(range(3), STANDARD))

    def alter(pdf):
        form = pdf.pages[0].Resources.XObject[f"/X{part.static.forms['page:standard:1']}"]
        form.write(form.read_bytes() + b"\n0 0 100 100 re f")

    assert told(part, edited(part, alter)) == [(1, What.FORM), (3, What.FORM), (5, What.FORM)]


def test_a_forms_digest_depends_on_its_content_and_not_on_its_number(tmp_path):
    part = make_part(1)
    digests = form_digests(part.static)

    with pikepdf.open(part.write(tmp_path / "part.pdf")) as pdf, pikepdf.new() as other:
        other.make_indirect(pikepdf.Dictionary())
        forms = pdf.pages[0].Resources.XObject
        moved = {k: digest(other.copy_foreign(forms[f"/X{n}"])) for k, n in part.static.forms.items()}

    assert moved == digests
    # The address faces of the two variants look the same, and so are the same.
    assert len(set(digests.values())) == len(digests) - 1


# ------------------------------------------------------------------ hidden, covered and moved texts

# The name on the address face is the one text of 17 points.
HIDDEN = {
    "invisible": (b"BT\n", b"BT\n3 Tr "),
    "white": (b"0 g /F700 17 Tf", b"1 g /F700 17 Tf"),
    "white by RGB": (b"0 g /F700 17 Tf", b"1 1 1 rg /F700 17 Tf"),
    "nearly white": (b"/F700 17 Tf", b".97 g /F700 17 Tf"),
    "white before BT": (b"BT\n", b"1 g BT\n"),
    "tiny": (b"/F700 17 Tf", b"/F700 .5 Tf"),
    "huge": (b"/F700 17 Tf", b"/F700 900 Tf"),
    "scaled to nothing": (b"/F700 17 Tf 1 0 0 1", b"/F700 17 Tf .01 0 0 .01"),
    "clipped away": (b"BT\n", b"0 0 1 1 re W n BT\n"),
    "covered": (b"BI /W", b"EMC BI /W"),
    "a white box over it": (b"ET\n", b"ET\n1 g 0 0 600 900 re f\n"),
    "by a graphics state": (b"BT\n", b"/GS0 gs BT\n"),
    "as optional content": (b"BT\n", b"/OC /MC0 BDC BT\n"),
    "squeezed": (b"BT\n", b"BT\n0 Tz "),
    "lifted": (b"BT\n", b"BT\n2000 Ts "),
    "spaced out": (b"0 g /F700 17 Tf", b"900 Tc 0 g /F700 17 Tf"),
    "drawn together": (b"0 g /F700 17 Tf", b"-17 Tc 0 g /F700 17 Tf"),
    "left of the page": (b"17 Tf 1 0 0 1 ", b"17 Tf 1 0 0 1 -"),
    "under a matrix": (b"BT\n", b"q 0 0 0 0 0 0 cm BT\n"),
}


@pytest.mark.parametrize("way", HIDDEN)
def test_a_text_that_is_there_and_cannot_be_seen_is_found(edited, way):
    part = make_part(2)
    old, new = HIDDEN[way]

    found = told(part, edited(part, lambda pdf: replaced(pdf.pages[0], old, new)))

    assert found
    assert {page for page, _what in found} == {1}
    assert {what for _page, what in found} <= {What.TEXT, What.FILE, What.FORM, What.CODE}


def test_a_text_moved_off_the_page_by_a_cells_shift_is_found(edited):
    part = make_part(1, 1, change={0: STANDARD})

    pdf = edited(part, lambda p: replaced(p.pages[1], b"Tm[", b"Tm[-99999 "))

    assert told(part, pdf) == [(2, What.TEXT)]


def test_a_string_that_no_place_was_set_for_is_found(edited):
    part = make_part(1)

    pdf = edited(part, lambda p: replaced(p.pages[0], b"Tj\n0 g\nET", b"Tj <>Tj\n0 g\nET"))

    assert told(part, pdf) == [(1, What.FILE)]


def test_a_message_shows_an_operator_and_no_text(edited):
    part = make_part(1)

    def change(pdf):
        replaced(pdf.pages[0], b"BT\n", b"3 Tr BT\n")
        replaced(pdf.pages[1], b"BT\n", b"(Zhao) Tj BT\n")

    said = [d.detail for d in differences(part, edited(part, change))]

    assert any("Tr" in detail for detail in said)
    assert not any("Zhao" in detail for detail in said)


# ------------------------------------------------------------------ pages and codes


def annotate(pdf):
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[0, 0, 600, 900])
    pdf.pages[0].Annots = pikepdf.Array([note])


@pytest.mark.parametrize(
    "change",
    [
        annotate,
        lambda pdf: setattr(pdf.pages[0], "Rotate", 180),
        lambda pdf: setattr(pdf.pages[0], "CropBox", [0, 0, 10, 10]),
        lambda pdf: setattr(pdf.pages[0], "MediaBox", [0, 0, 651.97, 1200]),
        lambda pdf: setattr(pdf.pages[0], "AA", pikepdf.Dictionary(O=script())),
    ],
)
def test_a_page_that_is_not_made_as_ours_are_is_found(edited, change):
    part = make_part(1)

    assert {page for page, _what in told(part, edited(part, change))} == {1}


@pytest.mark.parametrize(("key", "value"), [("Rotate", 180), ("CropBox", [0, 0, 10, 10])])
def test_what_pages_inherit_from_the_page_tree_is_found_on_each(edited, key, value):
    part = make_part(1)

    pdf = edited(part, lambda pdf: setattr(pdf.Root.Pages, key, value))

    assert told(part, pdf) == [(1, What.FILE), (2, What.FILE)]


def script():
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("this.print()"))


def tree(name):
    return pikepdf.Dictionary({f"/{name}": pikepdf.Dictionary(Names=[pikepdf.String("a"), script()])})


IN_CATALOGUE = {
    "an action when it opens": ("OpenAction", script()),
    "an action when it is printed": ("AA", pikepdf.Dictionary(WP=script())),
    "scripts": ("Names", tree("JavaScript")),
    "attached files": ("Names", tree("EmbeddedFiles")),
    "a form to fill in": ("AcroForm", pikepdf.Dictionary(Fields=[])),
    "layers": ("OCProperties", pikepdf.Dictionary(OCGs=[], D=pikepdf.Dictionary())),
}


@pytest.mark.parametrize("way", IN_CATALOGUE)
def test_what_our_catalogue_never_has_is_found_and_named(edited, way):
    part = make_part(1)
    key, value = IN_CATALOGUE[way]

    (found,) = differences(part, edited(part, lambda pdf: setattr(pdf.Root, key, value)))

    assert (found.page, found.piece, found.what) == (0, "", What.FILE)
    assert found.detail.endswith(f": {key}")


def test_an_entry_that_no_standard_knows_is_found_and_not_named(edited):
    part = make_part(1)

    (found,) = differences(part, edited(part, lambda pdf: setattr(pdf.Root, "Zhao", 1)))

    assert found.what == What.FILE
    assert "Zhao" not in found.detail


def test_an_encrypted_file_is_found(tmp_path):
    part = make_part(1)
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(part.write(tmp_path / "part.pdf")) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="secret", user=""))

    found = differences(part, locked)
    assert {(d.page, d.what) for d in found} == {(0, What.FILE)}
    assert "encrypted" in found[0].detail


@pytest.mark.parametrize("page", [0, 1])
def test_a_name_cut_to_its_first_character_is_found(edited, page):
    # The second piece brings the mark of a cut into the fonts.
    part = make_part(2, change={0: {"name": "赵建国", **STANDARD}, 1: {"name": "赵…", **STANDARD}})

    def cut(pdf):
        strings = strings_of(pdf.pages[page])
        at = next(i for i, string in enumerate(strings) if hexed("赵建国") in string)
        strings[at] = strings[at][: strings[at].index(hexed("建国"))] + hexed("…")
        set_strings(pdf.pages[page], strings)

    assert told(part, edited(part, cut)) == [(page + 1, What.TEXT)]


@pytest.mark.parametrize("cells", [0, 2])
def test_strings_from_either_reader_may_be_cut_in_cells_alone(cells):
    want = Expected("", 1, ("赵建国", "石家庄市"), (), cells=cells)

    assert bool(list(compare_texts(["赵…", "石家…"], want))) == (cells == 0)


def test_a_new_form_on_a_page_is_found(edited):
    part = make_part(1)

    def add(pdf):
        form = pdf.make_stream(
            b"1 g 0 0 600 900 re f",
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, 600, 900],
        )
        pdf.pages[0].Resources.XObject["/Own"] = form
        pdf.pages[0].Contents.write(pdf.pages[0].Contents.read_bytes() + b"\n/Own Do\n")

    assert told(part, edited(part, add)) == [(1, What.FORM)]


def test_a_string_moved_off_the_page_is_found(edited):
    part = make_part(1)

    def move(pdf):
        content = pdf.pages[0].Contents.read_bytes()
        moved, count = re.subn(rb"(17 Tf 1 0 0 1 )[\d.]+", rb"\g<1>9999", content, count=1)
        assert count
        pdf.pages[0].Contents.write(moved)

    assert told(part, edited(part, move)) == [(1, What.TEXT)]


def test_a_second_code_on_a_sheet_is_found(edited):
    part = make_part(2)
    image = re.compile(rb"q [\d.]+ 0 0 [\d.]+ [\d.]+ [\d.]+ cm\s+BI /W .* EI\s+Q", re.DOTALL)

    def add(pdf):
        mine, theirs = (pdf.pages[i].Contents for i in (0, 2))
        mine.write(mine.read_bytes() + b"\n" + image.search(theirs.read_bytes())[0])

    assert told(part, edited(part, add)) == [(1, What.CODE)]


def test_the_code_of_another_piece_is_found_and_read(edited):
    part = make_part(2)

    found = differences(part, edited(part, lambda pdf: swap_codes(pdf.pages[0], pdf.pages[2])))

    (codes,) = part.values.values["standard", 1].marks
    assert [(d.page, d.what) for d in found] == [(1, What.CODE), (3, What.CODE)]
    assert codes[1] in found[0].detail
    assert codes[0] in found[1].detail


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"ID 5", b"ID 7"),
        (b"566.93 ", b"466.93 "),
        (b"q 31.18 0 0 31.18", b"q 11.18 0 0 11.18"),
        (b"ET\nq 31.18", b"1 g ET\nq 31.18"),
        (b"/IM true", b"/IM false"),
        (b"/W 20 /H 20", b"/W 10 /H 40"),
    ],
)
def test_a_code_that_is_damaged_moved_scaled_or_white_is_found(edited, old, new):
    part = make_part(1)

    found = told(part, edited(part, lambda pdf: replaced(pdf.pages[0], old, new)))

    assert found
    assert {what for _page, what in found} <= {What.CODE, What.FILE, What.TEXT}


def test_a_code_taken_away_and_one_too_many_are_found(edited):
    part = make_part(1)

    def move(pdf):
        code = re.search(rb"q [\d.]+ 0 0 .* Q", pdf.pages[0].Contents.read_bytes(), re.DOTALL)
        code = code[0][code[0].rindex(b"q 31.18") :]
        replaced(pdf.pages[0], code, b"")
        pdf.pages[1].Contents.write(pdf.pages[1].Contents.read_bytes() + code)

    assert told(part, edited(part, move)) == [(1, What.CODE), (2, What.CODE)]


# ------------------------------------------------------------------ fonts and strings


def test_the_same_codes_with_another_character_map_are_found(edited):
    part = make_part(2, change={0: {"name": "王国"}, 1: {"name": "国王"}})

    def rename(pdf):
        cmap = pdf.pages[0].Resources.Font["/F700"].ToUnicode
        cmap.write(cmap.read_bytes().replace(b"<738B><738B>", b"<738B><6768>"))

    assert told(part, edited(part, rename)) == [(1, What.TEXT), (3, What.TEXT)]


@pytest.mark.parametrize(
    "change",
    [
        lambda font: font.__delattr__("ToUnicode"),
        lambda font: font.DescendantFonts[0].FontDescriptor.__delattr__("FontFile2"),
        lambda font: setattr(font, "Subtype", pikepdf.Name.Type3),
        lambda font: setattr(font, "Encoding", pikepdf.Name("/GBK-EUC-H")),
        lambda font: font.ToUnicode.write(b"beginbfrange <00> <01> endbfrange"),
    ],
)
def test_a_font_that_cannot_be_read_for_sure_is_refused(edited, change):
    part = make_part(1)

    pdf = edited(part, lambda p: change(p.pages[0].Resources.Font["/F700"]))

    assert (1, What.FILE) in told(part, pdf)


def font_of(cmap, kind="composite"):
    pdf = pikepdf.new()
    descriptor = pikepdf.Dictionary(FontFile2=pdf.make_stream(b""))
    made = {
        "composite": {
            "Subtype": pikepdf.Name.Type0,
            "Encoding": pikepdf.Name("/Identity-H"),
            "DescendantFonts": [
                pikepdf.Dictionary(Subtype=pikepdf.Name.CIDFontType2, FontDescriptor=descriptor)
            ],
        },
        "simple": {
            "Subtype": pikepdf.Name.TrueType,
            "Encoding": pikepdf.Name.WinAnsiEncoding,
            "FontDescriptor": descriptor,
        },
    }[kind]
    return FileFont(pikepdf.Dictionary(ToUnicode=pdf.make_stream(cmap), **made))


SPACE_2 = b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
SPACE_1 = b"1 begincodespacerange <00> <FF> endcodespacerange\n"


def test_a_character_map_of_single_codes_and_ranges_is_read():
    cmap = SPACE_2 + (
        b"2 beginbfchar\n<0001> <738B>\n<D800> <D8 40 DC 0B>\nendbfchar\n"
        b"2 beginbfrange\n<0010> <0012> <0041>\n<0020> <0021> [<00660069> <4E00>]\nendbfrange"
    )

    texts = font_of(cmap).decode(["<0001D800>", "<00100011 0012>", "<00200021>", "<0099>"])

    assert texts == ["王\U0002000b", "ABC", "fi一", UNKNOWN]


def test_a_code_that_the_map_does_not_name_is_never_taken_for_its_own_number():
    cmap = SPACE_1 + b"1 beginbfchar <41> <0041> endbfchar"

    assert font_of(cmap, "simple").decode(["(A)", "(B)", "<41>"]) == ["A", UNKNOWN, "A"]


@pytest.mark.parametrize("kind", ["simple", "composite"])
def test_codes_of_another_width_than_the_map_says_are_refused(kind):
    cmap = SPACE_2 if kind == "simple" else SPACE_1

    with pytest.raises(InputRefused):
        font_of(cmap, kind)


@pytest.mark.parametrize(
    ("string", "content"),
    [
        (r"(\n\r\t\b\f\(\)\\)", b"\n\r\t\b\f()\\"),
        (r"(\101\53\0\0053\777)", b"A+\x00\x053\xff"),
        ("(a\\\nb\\\r\nc\\\rd)", b"abcd"),
        ("(a\nb\r\nc\rd)", b"a\nb\nc\nd"),
        (r"(a(b(c))d\q)", b"a(b(c))dq"),
        ("<41 4\n2\x004>", b"AB@"),
        ("<>", b""),
    ],
)
def test_strings_are_read_with_all_their_escapes(string, content):
    assert string_bytes(string) == content


@settings(max_examples=50)
@given(content=st.binary(max_size=20))
def test_every_string_of_bytes_can_be_written_in_escapes_and_read(content):
    literal = "(" + "".join(f"\\{byte:03o}" for byte in content) + ")"

    assert string_bytes(literal) == content
    assert string_bytes(f"<{content.hex()}>") == content


def test_texts_written_otherwise_with_the_same_characters_have_no_differences(edited):
    part = make_part(2, 4, change=dict.fromkeys(range(2), STANDARD))

    def rewrite(pdf):
        for page in pdf.pages:
            content = page.Contents.read_bytes()
            content = re.sub(rb"\(([^()]*)\)", lambda m: b"(%b)" % octal(m[1]), content)
            page.Contents.write(re.sub(rb"<([0-9a-f]+)>Tj", halved, content))

    assert differences(part, edited(part, rewrite), sample=Sample(2, 1)) == []


def octal(text):
    """Every second character as an escape."""
    return b"".join(b"\\%03o" % byte if i % 2 else b"%c" % byte for i, byte in enumerate(text))


def halved(match):
    """A string as an array of two, the second one literal and all escapes."""
    second = b"".join(b"\\%03o" % byte for byte in bytes.fromhex(match[1][4:].decode()))
    return b"[<%b> 5 (%b)]TJ" % (match[1][:4], second)


def test_each_string_has_its_place_in_millimetres(tmp_path):
    part = make_part(1, 2, change={0: STANDARD})

    with StructureFile(part.write(tmp_path / "part.pdf")) as file:
        front, back = file.page(0), file.page(1)

    postcode = next(t for t in part.layout.variants["standard"].first[0].texts if t.item.pitch is not None)
    assert front.places()[0] == pytest.approx(
        (postcode.item.x + postcode.dx, postcode.item.y + postcode.dy), abs=0.01
    )
    first, second = (i for i, t in enumerate(back.texts) if re.fullmatch(r"2026-0[78]-\d\d", t))
    table = part.layout.variants["standard"].first[1].tables[0].item
    assert back.places()[second][1] - back.places()[first][1] == pytest.approx(table.row_height, abs=0.01)


class Latin:
    """Resources with one font, in which each code is its own character."""

    def font(self, name):
        return font_of(SPACE_1 + b"1 beginbfrange <20> <7E> <0020> endbfrange", "simple")

    def form(self, name):
        return name


def read(content):
    page = PageShown((600, 800))
    PageReader(page, Latin()).read(content)
    return page


def test_a_shift_moves_its_own_string_and_no_other():
    page = read("BT /F 10 Tf 1 0 0 1 50 700 Tm[-1000(a)]TJ 5 -10 Td[ 500 500 (b) 9 <63>] TJ 5 0 Td(d)Tj ET")

    assert page.texts == ["a", "bc", "d"]
    assert list(zip(page.xs, page.ys, strict=True)) == [(60, 700), (45, 690), (60, 690)]
    assert page.refused == []


@pytest.mark.parametrize(
    "content",
    [
        "BT /F 10 Tf 1 0 0 1 5 5 Tm[(a) 900 (b)]TJ ET",
        "BT /F 10 Tf 1 0 0 1 5 5 Tm(a)]TJ ET",
        "BT /F 10 Tf 1 0 0 1 5 5 Tm[(a)Tj ET",
        "BT /F 10 Tf 1 0 0 1 5 5 Tm(a)Tj",
        "BT /F 10 Tf 1 0 0 1 5 5 Tm(a)Tj ET ET",
        "BT /F 10 Tf 1 0 0 1 5 5 Tm(a)' ET",
        "BT /F 10 Tf 0 1 -1 0 5 5 Tm(a)Tj ET",
        "BT 1 0 0 1 5 5 Tm(a)Tj /X Do ET",
        "BT % (a)\n ET",
        "q /X Do",
        "q 2 0 0 2 0 0 cm /X Do Q",
        "/P <</MCID 0>> BDC",
        "0 0 9 9 re f",
    ],
)
def test_what_is_outside_of_the_grammar_is_refused(content):
    assert read(content).refused != []


@given(content=st.text("BTETfqQ()<>[]/01. -\\Dojm", max_size=40))
def test_nothing_in_a_content_stream_is_passed_over(content):
    try:
        page = read(content)
    except DAMAGE:
        return
    seen = len(page.texts) + len(page.forms) + len(page.codes) + len(page.refused)
    assert seen or not re.sub(r"\bBT\s.*?\bET\b", "", content, flags=re.DOTALL).strip()


STEPS = st.sampled_from(
    [
        *(
            "5 -7 Td ",
            "1 0 0 1 20 30 Tm\n",
            "1 0 0 1 2 3 Tm",
            "/F 9 Tf ",
            "/G 7.5 Tf",
            "0 g ",
            ".1 .2 .3 rg\n",
        ),
        *("(a)Tj ", "<0041> Tj\n", "[(b)]TJ", "[ -250 (c)] TJ ", "[5(d)]TJ\n", "[(e) 5 (f)]TJ ", "()Tj "),
        *(
            "1 Tc ",
            "0 Tc ",
            "(\\))Tj ",
            "(a(b))Tj ",
            "Tj ",
            "[",
            "]TJ ",
            "(a) ",
            "(g)' ",
            "% ",
            "[(h)Tj ",
            "<4",
            ">",
        ),
    ]
)


@given(body=st.lists(STEPS, max_size=12).map("".join))
def test_a_text_taken_apart_at_its_strings_is_the_text_read_step_by_step(body):
    found = []
    for way in (TextReader.read, step_by_step):
        refused = []
        reader = TextReader(600, refused.append)
        way(reader, body)
        found.append((reader, refused))

    (apart, refused), (stepped, refused_by_step) = found
    assert bool(refused) == bool(refused_by_step)
    if not refused:
        for name in ("strings", "fonts", "sizes", "colours", "colour"):
            assert getattr(apart, name) == getattr(stepped, name)
        assert (apart.xs, apart.ys) == (pytest.approx(stepped.xs), pytest.approx(stepped.ys))


def step_by_step(reader, body):
    stretches, strings = reader._step_by_step(body)
    reader._show(stretches, strings)
    reader.strings += strings


def test_what_stands_between_the_strings_of_a_page_is_read_once(tmp_path):
    part = make_part(40, 4, change=dict.fromkeys(range(40), STANDARD))
    _stretch.cache_clear()

    with StructureFile(part.write(tmp_path / "part.pdf")) as file:
        strings = sum(len(file.page(i).texts) for i in range(file.pages))

    told = _stretch.cache_info()
    assert told.hits + told.misses >= strings
    assert told.misses < strings / 10


# ------------------------------------------------------------------ a hundred swaps, a hundred found


def swap_pages(a, b, draw):
    at = draw.randrange(2)
    a[at].Contents, b[at].Contents = b[at].Contents, a[at].Contents


def swap_names(a, b, draw):
    at, index = draw.choice([(0, 3), (1, 1)])
    swap_strings(a[at], b[at], index, index)


def swap_amounts(a, b, draw):
    mine, theirs = amounts_on(a[1]), amounts_on(b[1])
    one, other = strings_of(a[1]), strings_of(b[1])
    i, j = draw.choice([(i, j) for i, j in zip(mine, theirs, strict=True) if one[i] != other[j]])
    swap_strings(a[1], b[1], i, j)


def swap_strings(a, b, i, j):
    one, other = strings_of(a), strings_of(b)
    one[i], other[j] = other[j], one[i]
    assert one[i] != other[j]
    set_strings(a, one)
    set_strings(b, other)


def test_a_hundred_of_a_hundred_swaps_are_found(edited):
    part = make_part(200, 2, change=dict.fromkeys(range(200), STANDARD))
    draw = random.Random(3)
    order = draw.sample(range(200), 200)

    def swap_all(pdf):
        pages = list(pdf.pages)
        for k, (a, b) in enumerate(zip(order[::2], order[1::2], strict=True)):
            swap = (swap_pages, swap_names, swap_amounts)[k % 3]
            swap(pages[2 * a : 2 * a + 2], pages[2 * b : 2 * b + 2], draw)

    found = {d.piece for d in differences(part, edited(part, swap_all))}

    assert found == set(part.values.pieces)


# ------------------------------------------------------------------ the sample


@pytest.mark.parametrize(
    ("pieces", "sample", "read"), [(9, 0, 0), (9, 1, 2), (9, 4, 4), (3, 20, 3), (1, 5, 1)]
)
def test_the_sample_has_as_many_pieces_as_it_says(pieces, sample, read):
    assert len(picked(pieces, sample, 1)) == read


def picked(pieces, sample, part):
    watched = Sample(sample, part)
    expected = [Expected(str(i // 2), 1 + i % 2, (), ()) for i in range(2 * pieces)]
    assert list(watched.watch(expected)) == expected
    pages = watched.pages()
    assert [number for number, _want in pages] == sorted(number for number, _want in pages)
    assert all(expected[number - 1] is want for number, want in pages)
    return {int(want.piece) for _number, want in pages}


def test_the_sample_is_the_same_for_a_part_and_another_for_another():
    assert picked(200, 20, 7) == picked(200, 20, 7)
    assert picked(200, 20, 7) != picked(200, 20, 8)


def test_the_first_and_the_last_piece_are_always_in_the_sample():
    assert all({0, 49} <= picked(50, 3, part) for part in range(20))


def test_every_piece_is_in_the_sample_as_often_as_any_other_between_first_and_last():
    counts = Counter(piece for part in range(400) for piece in picked(10, 6, part))

    assert counts[0] == counts[9] == 400
    assert all(150 <= counts[piece] <= 250 for piece in range(1, 9))  # 4 of 8: half of 400
