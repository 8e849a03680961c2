"""Artwork of advertisers, converted in place: what comes out has no colour that the press has not."""

from __future__ import annotations

import io
import re
import zlib

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageChops
from reportlab.lib.colors import CMYKColor, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from yibao_cli.errors import InputRefused
from yibao_cli.render.press.artwork import convert_art
from yibao_cli.render.press.icc import gray_profile
from yibao_cli.render.press.survey import Survey

BLUE = (0.2, 0.4, 0.8)


@pytest.fixture
def pdf():
    with pikepdf.new() as new:
        yield new


def form(pdf, text=b"", **entries):
    """A form of 90 by 90 points."""
    keys = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": [0, 0, 90, 90], **entries}
    return pdf.make_indirect(Stream(pdf, text, **keys))


def converted(pdf, colours, text=b"", **entries):
    """A form after its conversion; its content as text."""
    made = form(pdf, text, **entries)
    convert_art([made], colours, "ad.pdf")
    return made.read_bytes().decode()


def spaces_of(form, resources=None):
    """The device spaces that the checker's survey finds in a form."""
    survey = Survey()
    holder = Dictionary(XObject=Dictionary(F=form)) if resources is None else resources
    survey.page(1, Dictionary(), holder)
    return {use.space for use in survey.uses}


def op(colours, values, *, line=False):
    inks = colours.inks(values)
    numbers = " ".join(f"{ink:.4f}".rstrip("0").rstrip(".") for ink in inks)
    return f"{numbers} {('g', 'k')[len(inks) == 4] if not line else ('G', 'K')[len(inks) == 4]}"


# ------------------------------------------------------------------ contents


def icc(pdf, components, profile=b"none"):
    return Array([Name.ICCBased, pdf.make_indirect(Stream(pdf, profile, N=components))])


SET = {
    "RGB": (b"0.2 0.4 0.8 rg", BLUE, False),
    "RGB for lines": (b"0.2 0.4 0.8 RG", BLUE, True),
    "a named RGB space": (b"/DeviceRGB cs 0.2 0.4 0.8 sc", BLUE, False),
    "a profile": (b"/Icc CS 0.2 0.4 0.8 SCN", BLUE, True),
    "calibrated RGB": (b"/Cal cs 0.2 0.4 0.8 scn", BLUE, False),
    "a palette": (b"/Pal cs 1 sc", BLUE, False),
    "gray": (b"0.5 g", (0.5,), False),
    "calibrated gray": (b"/CalG cs 0.5 sc", (0.5,), False),
    "gray of RGB": (b"0.5 0.5 0.5 rg", (0.5,), False),
    "CMYK": (b"0.1 0.2 0.3 0.4 k", (0.1, 0.2, 0.3, 0.4), False),
    "CMYK for lines": (b"/DeviceCMYK CS 0.1 0.2 0.3 0.4 SC", (0.1, 0.2, 0.3, 0.4), True),
    "a CMYK profile": (b"/Icc4 cs 0.1 0.2 0.3 0.4 scn", (0.1, 0.2, 0.3, 0.4), False),
    "black, as a space begins": (b"/DeviceRGB cs", (0,), False),
    "black of CMYK, as it begins": (b"/DeviceCMYK cs", (0, 0, 0, 1), False),
    "the first of a palette": (b"/Pal cs", (1, 0, 0), False),
}


def named_spaces(pdf):
    white = Dictionary(WhitePoint=[0.95, 1, 1.09])
    return Dictionary(
        Icc=icc(pdf, 3),
        Icc4=icc(pdf, 4),
        Cal=Array([Name.CalRGB, white]),
        CalG=Array([Name.CalGray, white]),
        Pal=Array([Name.Indexed, Name.DeviceRGB, 1, String(bytes([255, 0, 0, 51, 102, 204]))]),
    )


@pytest.mark.parametrize("press", ["gray", "cmyk"])
@pytest.mark.parametrize("way", SET)
def test_a_colour_is_exchanged_however_it_is_set(request, pdf, press, way):
    colours = request.getfixturevalue(press)
    text, values, line = SET[way]

    content = converted(pdf, colours, text, Resources=Dictionary(ColorSpace=named_spaces(pdf)))

    assert content.split("\n")[-1] == op(colours, values, line=line)


def test_texts_lines_and_saved_states_stay_as_they_are(pdf, gray):
    text = (
        b"/DeviceRGB cs q 1 0 0 sc /DeviceGray cs 0.3 sc Q 0 0 1 sc BT /F1 9 Tf (1 0 0 rg) Tj ET 0 0 9 9 re f"
    )

    content = converted(pdf, gray, text)

    assert content.split("\n") == [
        *("0 g", "q", op(gray, (1, 0, 0)), "0 g", "0.3 g", "Q", op(gray, (0, 0, 1))),
        *("BT", "/F1 9 Tf", "(1 0 0 rg) Tj", "ET", "0 0 9 9 re", "f"),
    ]


def test_names_of_spaces_that_nothing_uses_any_more_are_gone(pdf, gray):
    made = form(pdf, Resources=Dictionary(ColorSpace=named_spaces(pdf)))

    convert_art([made], gray, "ad.pdf")

    assert list(made.Resources.ColorSpace.keys()) == []


def test_a_pattern_space_in_brackets_stays(pdf, gray):
    named = Dictionary(ColorSpace=Dictionary(Own=Array([Name.Pattern])))

    assert converted(pdf, gray, b"/Own cs /P scn", Resources=named) == "/Own cs\n/P scn"


def spot(alternate):
    tint = Dictionary(FunctionType=2, Domain=[0, 1], N=1, C0=[0], C1=[1])
    return Array([Name.Separation, Name.Gold, Name(f"/{alternate}"), tint])


def test_a_spot_colour_stays_where_it_stands_on_inks_of_the_press(pdf, gray, cmyk):
    text = b"/Spot cs 0.5 scn"

    for colours, alternate in ((cmyk, "DeviceCMYK"), (cmyk, "DeviceGray"), (gray, "DeviceGray")):
        named = Dictionary(ColorSpace=Dictionary(Spot=spot(alternate)))
        assert converted(pdf, colours, text, Resources=named) == "/Spot cs\n0.5 scn"
        assert "/Spot" in named.ColorSpace


# ------------------------------------------------------------------ pictures


def picture(pdf, pixels, space=Name.DeviceRGB, **entries):
    size = {"Width": 2, "Height": 1, "BitsPerComponent": 8, "ColorSpace": space, **entries}
    return pdf.make_indirect(Stream(pdf, pixels, Type=Name.XObject, Subtype=Name.Image, **size))


def shown(pdf, colours, image):
    made = form(pdf, b"/I Do", Resources=Dictionary(XObject=Dictionary(I=image)))
    convert_art([made], colours, "ad.pdf")
    return spaces_of(made)


def bytes_of(colours, *values):
    return b"".join(bytes(round(ink * 255) for ink in colours.all_inks(v)) for v in values)


BLUES = bytes([51, 102, 204, 255, 0, 0])


@pytest.mark.parametrize("press", ["gray", "cmyk"])
@pytest.mark.parametrize("space", ["device", "profile", "stated", "reversed", "jpeg", "packed twice"])
def test_a_picture_in_rgb_is_converted_pixel_by_pixel(request, pdf, press, space):
    colours = request.getfixturevalue(press)
    image = picture(pdf, BLUES, icc(pdf, 3) if space == "profile" else Name.DeviceRGB)
    if space == "stated":
        image.Decode = [0, 1, 0, 1, 0, 1]
    elif space == "reversed":
        image.write(bytes(255 - byte for byte in BLUES))
        image.Decode = [1, 0, 1, 0, 1, 0]
    elif space == "jpeg":
        file = io.BytesIO()
        Image.frombytes("RGB", (2, 1), BLUES).save(file, "JPEG", quality=100, subsampling=0)
        image.write(file.getvalue(), filter=Name.DCTDecode)
    elif space == "packed twice":
        packed = zlib.compress(BLUES).hex().encode() + b">"
        image.write(packed, filter=Array([Name.ASCIIHexDecode, Name.FlateDecode]))

    found = shown(pdf, colours, image)

    assert found == {colours.space}
    wanted = bytes_of(colours, BLUE, (1, 0, 0))
    near = 6 if space == "jpeg" else 0
    assert all(abs(a - b) <= near for a, b in zip(image.read_bytes(), wanted, strict=True))


def test_a_picture_in_cmyk_becomes_gray_or_stays(pdf, gray, cmyk):
    inks = bytes([26, 51, 76, 102, 0, 0, 0, 255])
    values = tuple(byte / 255 for byte in inks[:4])

    image = picture(pdf, inks, Name.DeviceCMYK)
    assert shown(pdf, cmyk, image) == {"DeviceCMYK"}
    assert image.read_bytes() == inks
    assert shown(pdf, gray, image) == {"DeviceGray"}
    assert image.read_bytes() == bytes_of(gray, values, (0, 0, 0, 1))


def test_a_jpeg_in_cmyk_as_photoshop_writes_it_becomes_gray(pdf, gray):
    file = io.BytesIO()
    # Pillow writes the numbers reversed, with Adobe's mark; the PDF says so by /Decode.
    Image.new("CMYK", (2, 1), (0, 0, 0, 51)).save(file, "JPEG", quality=100)
    image = picture(pdf, b"", Name.DeviceCMYK, Decode=[1, 0, 1, 0, 1, 0, 1, 0])
    image.write(file.getvalue(), filter=Name.DCTDecode)

    assert shown(pdf, gray, image) == {"DeviceGray"}
    assert all(abs(byte - 204) <= 2 for byte in image.read_bytes())


@pytest.mark.parametrize("press", ["gray", "cmyk"])
def test_a_palette_is_converted_and_its_pixels_stay(request, pdf, press):
    colours = request.getfixturevalue(press)
    palette = Array([Name.Indexed, Name.DeviceRGB, 1, String(BLUES)])
    image = picture(pdf, b"\x40", palette, BitsPerComponent=1)

    assert shown(pdf, colours, image) == {colours.space}
    assert image.read_bytes() == b"\x40"
    assert bytes(image.ColorSpace[3]) == bytes_of(colours, BLUE, (1, 0, 0))


def test_gray_pictures_and_masks_keep_their_pixels(pdf, cmyk):
    mask = picture(pdf, b"\x10\x20", Name.DeviceGray)
    image = picture(pdf, b"\x01\x02", icc(pdf, 1), SMask=mask)
    scan = picture(pdf, b"\x40", Name.DeviceGray, BitsPerComponent=1)
    stencil = picture(pdf, b"\x80", ImageMask=True)
    del stencil.ColorSpace

    assert shown(pdf, cmyk, image) == {"DeviceGray"}
    assert shown(pdf, cmyk, scan) == {"DeviceGray"}
    assert shown(pdf, cmyk, stencil) == set()
    assert [i.read_bytes() for i in (image, mask, stencil)] == [b"\x01\x02", b"\x10\x20", b"\x80"]


def test_the_soft_mask_of_a_converted_picture_stays(pdf, gray):
    mask = picture(pdf, b"\x10\x20", Name.DeviceGray)
    image = picture(pdf, BLUES, SMask=mask)

    assert shown(pdf, gray, image) == {"DeviceGray"}
    assert image.SMask.read_bytes() == b"\x10\x20"


def test_a_picture_within_the_text_is_converted(pdf, gray):
    text = b"q BI /W 2 /H 1 /BPC 8 /CS /RGB ID " + BLUES + b" EI Q BI /W 8 /H 1 /IM true /BPC 1 ID \x80 EI"
    made = form(pdf, text)

    convert_art([made], gray, "ad.pdf")

    assert spaces_of(made) == {"DeviceGray"}
    pixels = [x.read_bytes() for x in made.Resources.XObject.values() if "/ImageMask" not in x]
    assert pixels == [bytes_of(gray, BLUE, (1, 0, 0))]


# ------------------------------------------------------------------ patterns, shadings, masks, groups


def shading(space=Name.DeviceRGB, kind=2, **entries):
    ramp = Dictionary(FunctionType=2, Domain=[0, 1], N=1, C0=[0.2, 0.4, 0.8], C1=[1, 1, 1])
    return Dictionary(ShadingType=kind, ColorSpace=space, Coords=[0, 0, 90, 0], Function=ramp, **entries)


def values_of(array):
    return [round(float(value), 4) for value in array]


@pytest.mark.parametrize("press", ["gray", "cmyk"])
def test_a_shading_is_converted_from_colour_to_colour(request, pdf, press):
    colours = request.getfixturevalue(press)
    plain = shading(Background=[1, 1, 1])
    stitched = shading()
    stitched.Function = Dictionary(
        FunctionType=3,
        Domain=[0, 1],
        Bounds=[0.5],
        Encode=[0, 1, 0, 1],
        Functions=[plain.Function, plain.Function],
    )
    pattern = Dictionary(PatternType=2, Shading=shading(kind=3))
    resources = Dictionary(Shading=Dictionary(A=plain, B=stitched), Pattern=Dictionary(P=pattern))

    made = form(pdf, b"/Pattern cs /P scn 0 0 9 9 re f /A sh /B sh", Resources=resources)
    convert_art([made], colours, "ad.pdf")

    assert spaces_of(made) == {colours.space}
    used = made.Resources.Shading
    assert values_of(used.A.Function.C0) == values_of(colours.all_inks(BLUE))
    assert values_of(used.A.Background) == values_of(colours.all_inks((1,)))
    assert values_of(used.B.Function.Functions[1].C1) == values_of(colours.all_inks((1,)))


def test_a_shading_in_inks_of_the_press_stays(pdf, gray):
    mesh = shading(icc(pdf, 1), kind=4)

    assert converted(pdf, gray, b"/A sh", Resources=Dictionary(Shading=Dictionary(A=mesh))) == "/A sh"
    assert mesh.ColorSpace == Name.DeviceGray


def test_what_is_within_forms_patterns_masks_and_fonts_is_converted(pdf, gray):
    red = b"1 0 0 rg 0 0 9 9 re f"
    inner = form(pdf, red, Group=Dictionary(S=Name.Transparency, CS=Name.DeviceRGB))
    tile = pdf.make_indirect(Stream(pdf, red, PatternType=1, PaintType=1, Resources=Dictionary()))
    masked = Dictionary(
        SMask=Dictionary(
            S=Name.Luminosity,
            BC=[1, 1, 1],
            G=form(pdf, red, Group=Dictionary(S=Name.Transparency, CS=Name.DeviceRGB)),
        )
    )
    drawn = Dictionary(Subtype=Name.Type3, CharProcs=Dictionary(a=Stream(pdf, red)))
    resources = Dictionary(
        XObject=Dictionary(X=inner, Again=inner),
        Pattern=Dictionary(P=tile, Q=Dictionary(PatternType=2, Shading=shading(), ExtGState=masked)),
        ExtGState=Dictionary(S=masked),
        Font=Dictionary(F=drawn),
    )
    made = form(pdf, b"/X Do", Resources=resources)

    convert_art([made], gray, "ad.pdf")

    assert spaces_of(made) == {"DeviceGray"}
    assert inner.read_bytes().decode().startswith(op(gray, (1, 0, 0)))
    assert list(masked.SMask.BC) == [1]


def test_forms_that_share_resources_are_converted_in_one_call(pdf, gray):
    resources = pdf.make_indirect(Dictionary(ColorSpace=named_spaces(pdf)))
    forms = [form(pdf, b"/Icc cs 0.2 0.4 0.8 sc", Resources=resources) for _ in range(2)]

    convert_art(forms, gray, "ad.pdf")

    assert [f.read_bytes().decode().split("\n")[1] for f in forms] == [op(gray, BLUE)] * 2


def test_a_mask_within_a_drawn_letter_stays(pdf, gray):
    own = Dictionary(ColorSpace=named_spaces(pdf))
    fonts = drawn(pdf, b"/Icc cs 1 0 0 sc BI /W 8 /H 1 /IM true /BPC 1 ID \x80 EI", Resources=own)

    converted(pdf, gray, Resources=Dictionary(Font=fonts))

    letter = fonts.F.CharProcs.a.read_bytes()
    assert op(gray, (1, 0, 0)).encode() in letter
    assert b"/IM true" in letter


def test_a_spot_shading_and_picture_stay_on_inks_of_the_press(pdf, gray):
    image = picture(pdf, b"\x01\x02", spot("DeviceGray"))
    mesh = shading(spot("DeviceGray"), kind=4)

    resources = Dictionary(XObject=Dictionary(I=image), Shading=Dictionary(A=mesh, B=mesh))
    converted(pdf, gray, b"/I Do /A sh", Resources=resources)

    assert image.read_bytes() == b"\x01\x02"
    assert str(mesh.ColorSpace[0]) == "/Separation"


def test_what_other_programs_left_is_taken_away(pdf, gray):
    state = Dictionary(TR=Name.Identity, TR2=Name.Default, HT=Dictionary(HalftoneType=5), CA=1)
    image = picture(pdf, b"\x01\x02", Name.DeviceGray, Alternates=Array([]))
    resources = Dictionary(ExtGState=Dictionary(S=state), XObject=Dictionary(I=image))
    made = form(pdf, Resources=resources, OPI=Dictionary(), PieceInfo=Dictionary())

    convert_art([made], gray, "ad.pdf")

    assert set(made.keys()) == {"/Type", "/Subtype", "/BBox", "/Resources"}
    assert set(made.Resources.ExtGState.S.keys()) == {"/CA"}
    assert "/Alternates" not in image


def test_resources_and_contents_may_be_inherited_missing_or_divided(pdf, gray):
    inner = form(pdf, b"/Icc cs 0.2 0.4 0.8 sc")
    outer = form(
        pdf, b"/X Do", Resources=Dictionary(XObject=Dictionary(X=inner), ColorSpace=named_spaces(pdf))
    )
    pages = [pdf.add_blank_page(page_size=(90, 90)).obj for _ in range(3)]
    del pages[0]["/Contents"]
    pages[1].Contents = Array([Stream(pdf, b"1 0 0"), Stream(pdf, b"rg 0 0 9 9 re f")])
    for page in pages:
        del page["/Resources"]
    pdf.Root.Pages.Resources = Dictionary(ColorSpace=named_spaces(pdf))
    pages[2].Contents = Stream(pdf, b"/Icc cs 0.2 0.4 0.8 sc")

    convert_art([outer, *pages], gray, "ad.pdf")

    assert inner.read_bytes().decode().split("\n")[1] == op(gray, BLUE)
    assert pages[1].Contents.read_bytes().decode().startswith(op(gray, (1, 0, 0)))
    assert pages[2].Contents.read_bytes().decode().split("\n")[1] == op(gray, BLUE)


# ------------------------------------------------------------------ refusals

LAB = Array([Name.Lab, Dictionary(WhitePoint=[0.95, 1, 1.09])])
REFUSED = {
    "Lab": (b"/Own cs 50 0 0 sc", lambda _pdf: {"ColorSpace": Dictionary(Own=LAB)}),
    "spot on RGB": (b"/Own cs 1 sc", lambda _pdf: {"ColorSpace": Dictionary(Own=spot("DeviceRGB"))}),
    "spot on CMYK for gray": (
        b"/Own cs 1 sc",
        lambda _pdf: {"ColorSpace": Dictionary(Own=spot("DeviceCMYK"))},
    ),
    "a name without a space": (b"/Own cs 1 sc", lambda _pdf: {}),
    "too few values": (b"1 rg", lambda _pdf: {}),
    "mesh": (b"", lambda _pdf: {"Shading": Dictionary(A=shading(kind=6))}),
    "sampled shading": (b"", lambda _pdf: {"Shading": Dictionary(A=sampled())}),
    "Lab shading": (b"", lambda _pdf: {"Shading": Dictionary(A=shading(LAB))}),
    "16 bits": (b"", lambda pdf: {"XObject": Dictionary(I=picture(pdf, bytes(12), BitsPerComponent=16))}),
    "cut short": (b"", lambda pdf: {"XObject": Dictionary(I=picture(pdf, b"abc"))}),
    "colour key": (b"", lambda pdf: {"XObject": Dictionary(I=picture(pdf, BLUES, Mask=[0, 1, 0, 1, 0, 1]))}),
    "Lab picture": (b"", lambda pdf: {"XObject": Dictionary(I=picture(pdf, BLUES, LAB))}),
    "scaled": (b"", lambda pdf: {"XObject": Dictionary(I=picture(pdf, BLUES, Decode=[0, 0.5, 0, 1, 0, 1]))}),
    "endless": (b"", lambda pdf: {"XObject": Dictionary(I=picture(pdf, BLUES, Width=2**20, Height=2**20))}),
    "JPEG 2000": (b"", lambda pdf: {"XObject": Dictionary(I=Stream(pdf, b"", Subtype=Name.Image))}),
    "not decodable": (b"", lambda pdf: {"XObject": Dictionary(I=picture(pdf, BLUES, Filter=Name.DCTDecode))}),
    "JPEG 2000 in RGB": (
        b"",
        lambda pdf: {"XObject": Dictionary(I=picture(pdf, BLUES, Filter=Name.JPXDecode))},
    ),
    "PostScript": (b"", lambda pdf: {"XObject": Dictionary(I=Stream(pdf, b"", Subtype=Name.PS))}),
    "a content that breaks off": (b"(1 0 0 rg", lambda _pdf: {}),
    "transfer function": (
        b"",
        lambda _pdf: {"ExtGState": Dictionary(S=Dictionary(TR=Dictionary(FunctionType=2)))},
    ),
    "font not embedded": (b"", lambda _pdf: {"Font": Dictionary(F=Dictionary(Subtype=Name.Type1))}),
    "face not embedded": (
        b"",
        lambda _pdf: {"Font": Dictionary(F=Dictionary(Subtype=Name.Type0, DescendantFonts=[Dictionary()]))},
    ),
    "shading without a function": (
        b"",
        lambda _pdf: {"Shading": Dictionary(A=without(shading(), "Function"))},
    ),
    "uncoloured pattern on RGB": (
        b"/Own cs",
        lambda _pdf: {"ColorSpace": Dictionary(Own=Array([Name.Pattern, Name.DeviceRGB]))},
    ),
    "odd space": (b"/Own cs", lambda _pdf: {"ColorSpace": Dictionary(Own=5)}),
    "picture within a drawn letter": (
        b"",
        lambda pdf: {"Font": drawn(pdf, b"BI /W 1 /H 1 /BPC 8 /CS /G ID a EI")},
    ),
    "nonsense": (b"", lambda _pdf: {"Pattern": Dictionary(P=Dictionary())}),
}


def without(dictionary, key):
    del dictionary[f"/{key}"]
    return dictionary


def drawn(pdf, text, **entries):
    """Fonts whose letters are drawn by a content each."""
    return Dictionary(F=Dictionary(Subtype=Name.Type3, CharProcs=Dictionary(a=Stream(pdf, text)), **entries))


def sampled():
    made = shading()
    made.Function = Dictionary(FunctionType=0, Domain=[0, 1])
    return made


@pytest.mark.parametrize("what", REFUSED)
def test_what_has_no_simple_conversion_is_refused_with_a_remedy(pdf, gray, what):
    text, resources = REFUSED[what]

    with pytest.raises(InputRefused) as refused:
        converted(pdf, gray, text, Resources=Dictionary(**resources(pdf)))

    assert refused.value.where == "ad.pdf"
    assert refused.value.remedy


def test_forms_within_forms_without_end_are_refused(pdf, gray):
    inner = form(pdf)
    for _ in range(80):
        inner = form(pdf, Resources=Dictionary(XObject=Dictionary(X=inner)))

    with pytest.raises(InputRefused, match="without end"):
        convert_art([inner], gray, "ad.pdf")


def test_a_form_within_itself_is_converted_once(pdf, gray):
    made = form(pdf, b"1 0 0 rg", Resources=Dictionary(XObject=Dictionary()))
    made.Resources.XObject.X = made

    convert_art([made], gray, "ad.pdf")

    assert made.read_bytes().decode() == op(gray, (1, 0, 0))


# ------------------------------------------------------------------ a whole page


@pytest.fixture
def art(tmp_path):
    """An advertiser's page, drawn with ReportLab."""
    path = tmp_path / "ad.pdf"
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    canvas = Canvas(str(path), pagesize=(200, 100), invariant=1, initialFontName="Vera")
    canvas.linearGradient(
        0, 0, 200, 0, (HexColor("#204080"), HexColor("#ffffff"), HexColor("#c02020")), (0, 0.5, 1)
    )
    canvas.setFillColor(HexColor("#10a040"))
    canvas.rect(10, 10, 40, 40, stroke=0, fill=1)
    canvas.setFillColor(CMYKColor(0.5, 0.2, 0, 0.1))
    canvas.rect(60, 10, 40, 40, stroke=0, fill=1)
    photo = Image.linear_gradient("L").convert("RGB")
    photo.paste((250, 100, 0), (0, 0, 128, 128))
    photo.putalpha(Image.linear_gradient("L"))
    canvas.drawImage(ImageReader(photo), 110, 10, 80, 80, mask="auto")
    canvas.setFillGray(0)
    canvas.setFont("Vera", 12)
    canvas.drawString(10, 70, "yibao")
    canvas.save()
    return path


def raster(path):
    with pypdfium2.PdfDocument(path) as document:
        return document[0].render(scale=2).to_pil().convert("RGB")


def test_a_drawn_page_is_converted_and_looks_the_same_in_gray(art, tmp_path, gray):
    before = raster(art)
    target = tmp_path / "gray.pdf"
    with pikepdf.open(art) as pdf:
        convert_art([pdf.pages[0]], gray, "ad.pdf")
        pdf.save(target)

    with pikepdf.open(target) as pdf:
        assert spaces_of(None, pdf.pages[0].Resources) <= {"DeviceGray"}
        assert not re.search(rb"\b(rg|RG|k|K)\b", pdf.pages[0].Contents.read_bytes())
    after = raster(target)
    red, green, _blue = after.split()
    assert ImageChops.difference(red, green).getbbox() is None
    # Where there was paper there is paper, where there was ink there is ink.
    assert after.getpixel((200, 190)) == pytest.approx(before.getpixel((200, 190)), abs=12)
    assert max(after.getpixel((60, 140))) < 200


def test_a_drawn_page_is_converted_for_cmyk_and_keeps_its_texts(art, tmp_path, cmyk):
    target = tmp_path / "cmyk.pdf"
    with pikepdf.open(art) as pdf:
        convert_art([pdf.pages[0]], cmyk, "ad.pdf")
        pdf.save(target)

    with pikepdf.open(target) as pdf:
        assert spaces_of(None, pdf.pages[0].Resources) <= {"DeviceGray", "DeviceCMYK"}
    with pypdfium2.PdfDocument(target) as document:
        assert "yibao" in document[0].get_textpage().get_text_range()


def test_the_same_art_gives_the_same_bytes(art, gray):
    def once():
        with pikepdf.open(art) as pdf:
            convert_art([pdf.pages[0]], gray, "ad.pdf")
            out = io.BytesIO()
            pdf.save(out, static_id=True)
            return out.getvalue()

    assert once() == once()


def test_our_own_profile_in_a_file_is_gray(pdf, gray):
    content = converted(
        pdf,
        gray,
        b"/G cs 0.25 sc",
        Resources=Dictionary(ColorSpace=Dictionary(G=icc(pdf, 1, gray_profile()))),
    )

    assert content == "0 g\n0.25 g"
