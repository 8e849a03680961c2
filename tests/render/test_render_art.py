"""Artwork and pictures come to lie where they belong, once a file, however they were made."""

from __future__ import annotations

import base64
import io
import shutil

import pikepdf
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from artwork_builders import lettered, svg
from builders import HOUSE, make_part
from yibao_cli.artwork.judging import check_artwork
from yibao_cli.artwork.pdf_drawing import is_embedded
from yibao_cli.config import shipped
from yibao_cli.errors import InputRefused
from yibao_cli.render.reading import PrintFile
from yibao_cli.render.setting import MM

WIDTH, HEIGHT = 230 * MM, 120 * MM
RED, WHITE = (255, 0, 0), (255, 255, 255)
# Slot A is the lowest panel of the outer page, 230 x 120 mm from y = 240 mm; its pixels at two a millimetre.
INSIDE, BESIDE = [(20, 700), (78, 662)], [(90, 700), (20, 640)]


def drawn(path, *, origin=(0, 0), turn=0):
    """Art of the panel's size with a red field in its lower left corner, as a reader sees it."""
    x, y = origin
    pen = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    pen.translate(x, y)
    pen.setFillColorRGB(1, 0, 0)
    pen.rect(0, 0, 40 * MM, 30 * MM, stroke=0, fill=1)
    pen.save()
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        page = document.pages[0]
        page.mediabox = [x, y, x + WIDTH, y + HEIGHT]
        if turn:
            # The content stands turned on the sheet, and the page's own turn sets it upright again.
            content = page.Contents.read_bytes()
            page.mediabox = [0, 0, HEIGHT, WIDTH]
            page.Contents = document.make_stream(b"q 0 1 -1 0 %.4f 0 cm " % HEIGHT + content + b" Q")
            page.Rotate = turn
        document.save(path)


def raster(mode="RGB", size=(1840, 960)):
    """The same as a picture of 8 pixels a millimetre, or smaller."""
    scale = size[0] / 230
    picture = Image.new("RGBA", size, (255, 255, 255, 0))
    picture.paste(RED, (0, round(90 * scale), round(40 * scale), size[1]))
    if mode == "RGBA":
        return picture
    white = Image.new("RGB", size, "white")
    white.paste(picture, mask=picture)
    return white.convert(mode)


def saved(path, picture, **options):
    picture.save(path, **options)


def sideways(path):
    exif = Image.Exif()
    exif[0x0112] = 6
    raster().transpose(Image.Transpose.ROTATE_90).save(path, exif=exif, quality=95)


def embedded(path):
    out = io.BytesIO()
    raster("RGBA").save(out, "png")
    data = base64.b64encode(out.getvalue()).decode()
    path.write_text(svg(f'<image href="data:image/png;base64,{data}" width="230" height="120"/>'))


FORMS = {
    "plain.pdf": drawn,
    "offset.pdf": lambda path: drawn(path, origin=(-50, 700)),
    "turned.pdf": lambda path: drawn(path, turn=90),
    "rgb.png": lambda path: saved(path, raster()),
    "alpha.png": lambda path: saved(path, raster("RGBA")),
    "palette.png": lambda path: saved(path, raster("P")),
    "rgb.jpg": lambda path: saved(path, raster(), quality=95),
    "cmyk.jpg": lambda path: saved(path, raster("CMYK"), quality=95),
    "sideways.jpg": sideways,
    "rect.svg": lambda path: path.write_text(svg('<rect y="90" width="40" height="30" fill="red"/>')),
    "path.svg": lambda path: path.write_text(
        svg('<g transform="translate(0 120) scale(1 -1)"><path d="M0 0H40V30H0z" style="fill:red"/></g>')
    ),
    "stroke.svg": lambda path: path.write_text(svg('<path d="M0 105H40" stroke="red" stroke-width="30"/>')),
    "moved.svg": lambda path: path.write_text(
        svg('<rect x="10" y="50" width="4" height="3" fill="red"/>', box="10 41 23 12")
    ),
    "embedded.svg": embedded,
}


def shown(path, at):
    """The colours of the outer page at some pixels, two to a millimetre."""
    with PrintFile(path) as file, file.page(0) as page:
        picture = page.picture(50.8)
    return [picture.getpixel(p)[:3] for p in at]


def near(colour, wanted):
    return all(abs(a - b) < 40 for a, b in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("name", FORMS)
def test_the_lower_left_corner_of_the_art_is_that_of_the_panel(tmp_path, name):
    FORMS[name](tmp_path / name)
    change = {0: {**HOUSE, "slot_a": "ad:C1"}}

    part = make_part(1, change=change, ads={"C1": name}, art_folder=tmp_path)
    colours = shown(part.write(tmp_path / "part.pdf"), INSIDE + BESIDE)

    assert check_artwork(tmp_path / name, (230.0, 120.0)).refusal is None
    assert all(near(c, RED) for c in colours[:2]), colours
    assert all(near(c, WHITE) for c in colours[2:]), colours


def test_sixteen_bits_of_gray_keep_their_tone(tmp_path):
    Image.new("I;16", (1840, 960), 0x8000).save(tmp_path / "a.png")

    part = make_part(1, change={0: {"slot_a": "ad:C1"}}, ads={"C1": "a.png"}, art_folder=tmp_path)

    assert near(shown(part.write(tmp_path / "part.pdf"), [(100, 600)])[0], (128, 128, 128))


def test_half_of_an_opacity_is_half_of_a_colour(tmp_path):
    (tmp_path / "a.svg").write_text(svg('<rect width="230" height="120" fill="red" fill-opacity=".5"/>'))

    part = make_part(1, change={0: {"slot_a": "ad:C1"}}, ads={"C1": "a.svg"}, art_folder=tmp_path)

    assert near(shown(part.write(tmp_path / "part.pdf"), [(100, 600)])[0], (255, 128, 128))


def test_the_holes_of_an_outline_follow_its_fill_rule(tmp_path):
    twice = "M0 0h230v120h-230zM50 30h100v60h-100z"
    for rule, colour in (("evenodd", WHITE), ("nonzero", RED)):
        name = f"{rule}.svg"
        (tmp_path / name).write_text(svg(f'<path fill="red" fill-rule="{rule}" d="{twice}"/>'))

        part = make_part(1, change={0: {"slot_a": "ad:C1"}}, ads={"C1": name}, art_folder=tmp_path)

        assert near(shown(part.write(tmp_path / "part.pdf"), [(150, 600)])[0], colour)


def pictures_in(path):
    """Pixels of every picture of a file, and of every soft mask."""
    with pikepdf.open(path) as pdf:
        images = [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
        masks = [i.SMask.objgen for i in images if "/SMask" in i]
        plain = sorted((int(i.Width), int(i.Height)) for i in images if i.objgen not in masks)
        return plain, len(masks)


@pytest.mark.parametrize(("name", "masks"), [("rgb.png", 0), ("alpha.png", 1), ("cmyk.jpg", 0)])
def test_a_picture_of_two_contracts_is_in_the_file_once(tmp_path, name, masks):
    FORMS[name](tmp_path / name)
    shutil.copy(tmp_path / name, tmp_path / f"copy-{name}")
    change = {i: {"slot_a": "ad:C1", "slot_b": "ad:C2", "slot_c": "ad:C3"} for i in range(3)}

    ads = {"C1": name, "C2": name, "C3": f"copy-{name}"}
    part = make_part(3, change=change, ads=ads, art_folder=tmp_path)

    assert pictures_in(part.write(tmp_path / "part.pdf")) == ([(1840, 960)], masks)


def test_the_same_art_from_another_folder_gives_the_same_bytes(tmp_path):
    names = ["rgb.png", "alpha.png", "cmyk.jpg", "rect.svg", "embedded.svg", "plain.pdf"]
    (tmp_path / "there").mkdir()
    for name in names:
        FORMS[name](tmp_path / name)
        shutil.copy(tmp_path / name, tmp_path / "there" / name)
    ads = {f"C{i}": name for i, name in enumerate(names)}
    change = {i: {"slot_a": f"ad:C{i}"} for i in range(len(names))}

    here, there = (make_part(6, change=change, ads=ads, art_folder=f) for f in (tmp_path, tmp_path / "there"))

    assert here.static is not there.static
    assert here.write(tmp_path / "1").read_bytes() == there.write(tmp_path / "2").read_bytes()


def test_a_font_that_is_not_used_does_not_come_along(tmp_path):
    (tmp_path / "a.pdf").write_bytes(lettered(drawn=False))

    part = make_part(1, change={0: {"slot_a": "ad:C1"}}, ads={"C1": "a.pdf"}, art_folder=tmp_path)
    with pikepdf.open(part.write(tmp_path / "part.pdf")) as pdf:
        forms = [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Form"]
        named = [dict(f.Resources.get("/Font", {})) for f in forms if "/Resources" in f]
        bare = [n for fonts in named for n, f in fonts.items() if not is_embedded(f)]

    assert any(named)
    assert bare == []


def test_strokes_keep_their_dashes_caps_and_joins_and_grays_stay_gray(tmp_path):
    stroke = 'stroke="#777" stroke-width="20" stroke-dasharray="40 20" stroke-dashoffset="5" stroke-linecap="square"'
    path = f'<path d="M0 60h200" {stroke} stroke-miterlimit="7" stroke-linejoin="bevel"/>'
    (tmp_path / "a.svg").write_text(svg(path))

    part = make_part(1, change={0: {"slot_a": "ad:C1"}}, ads={"C1": "a.svg"}, art_folder=tmp_path)
    with pikepdf.open(part.write(tmp_path / "part.pdf")) as pdf:
        streams = [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Form"]
        (drawn,) = (c for c in (o.read_bytes() for o in streams) if b"7 M" in c)

    words = b" ".join(drawn.split())
    for expected in (b"[40 20] 5.0 d", b"2 J", b"2 j", b"7 M", b" G "):
        assert expected in words, words


@pytest.mark.parametrize("name", ["a.pdf", "a.png", "a.svg"])
@pytest.mark.parametrize("content", [b"damage", None])
def test_art_that_cannot_be_read_is_refused_by_name(tmp_path, name, content):
    if content:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(InputRefused) as refused:
        make_part(1, change={0: {"slot_a": "ad:C1"}}, ads={"C1": name}, art_folder=tmp_path)

    assert refused.value.where == name


# ------------------------------------------------------------------ pictures of a kind


@pytest.fixture
def kind(tmp_path):
    """Shipped templates whose medical kind has a picture in two panels; gives templates and art folder."""

    def make(name, draw, at="x = 40, y = 60, w = 46, h = 24"):
        for part in ("common", "medical"):
            shutil.copytree(shipped("templates") / part, tmp_path / part)
        file = tmp_path / "medical/kind.toml"
        text = file.read_text(encoding="utf-8")
        item = f'  {{ type = "picture", file = "{name}", {at} }},\n'
        for panel in ("address", "back"):
            text = text.replace(f"[panels.{panel}]\nitems = [\n", f"[panels.{panel}]\nitems = [\n{item}", 1)
        assert text.count(item) == 2
        file.write_text(text, encoding="utf-8")
        for folder in ("medical/art", "package/kind"):
            (tmp_path / folder).mkdir(parents=True)
            draw(tmp_path / folder / name)
        return {"templates": tmp_path, "art_folder": tmp_path / "package"}

    return make


@pytest.mark.parametrize("name", ["rect.svg", "rgb.png", "plain.pdf", "turned.pdf", "cmyk.jpg"])
def test_a_picture_of_the_kind_stands_in_its_rectangle(tmp_path, kind, name):
    part = make_part(2, **kind(name, FORMS[name]))
    # The address panel is the outer page's first; the red field is the lower left corner of 46 x 24 mm.
    colours = shown(part.write(tmp_path / "part.pdf"), [(82, 166), (94, 158), (100, 166), (82, 152)])

    assert all(near(c, RED) for c in colours[:2]), colours
    assert all(near(c, WHITE) for c in colours[2:]), colours


def test_a_picture_of_the_kind_on_two_panels_and_in_an_ad_is_in_the_file_once(tmp_path, kind):
    folders = kind("rgb.png", FORMS["rgb.png"])
    FORMS["rgb.png"](folders["art_folder"] / "ad.png")

    part = make_part(2, change={0: {"slot_a": "ad:C1"}}, ads={"C1": "ad.png"}, **folders)

    assert pictures_in(part.write(tmp_path / "part.pdf")) == ([(1840, 960)], 0)


def test_a_picture_of_the_kind_lies_below_rules_and_texts(tmp_path, kind):
    def red(path):
        Image.new("RGB", (1840, 960), "red").save(path)

    # On the back a rule of 0.3 mm runs through the middle of it.
    part = make_part(1, **kind("a.png", red, at="x = 100, y = 27, w = 46, h = 24"))
    with PrintFile(part.write(tmp_path / "part.pdf")) as file, file.page(0) as page:
        picture = page.picture(254)

    assert near(picture.getpixel((1230, 1590))[:3], (0, 0, 0))
    assert near(picture.getpixel((1230, 1585))[:3], RED)


def test_a_house_panel_may_bear_a_picture(tmp_path, kind):
    folders = kind("rect.svg", FORMS["rect.svg"])
    file = tmp_path / "medical/kind.toml"
    picture = '{ type = "picture", file = "rect.svg", x = 0, y = 0, w = 230, h = 120 }'
    text = file.read_text(encoding="utf-8")
    head, house = text.split('id = "card-care"', 1)
    file.write_text(
        f'{head}id = "card-care"{house.replace("items = [", f"items = [ {picture},", 1)}', encoding="utf-8"
    )

    part = make_part(1, change={0: HOUSE}, **folders)

    assert near(shown(part.write(tmp_path / "part.pdf"), [(5, 715)])[0], RED)


def test_a_font_that_art_selects_and_never_shows_is_left_behind(tmp_path):
    drawn(tmp_path / "ad.pdf")
    with pikepdf.open(tmp_path / "ad.pdf") as art:
        assert b"/F1 12 Tf" in art.pages[0].Contents.read_bytes()
    part = make_part(2, ads={"C-01": "ad.pdf"}, change={0: {"slot_a": "ad:C-01"}}, art_folder=tmp_path)

    with pikepdf.open(part.write(tmp_path / "part.pdf")) as file:
        form = next(
            o
            for o in file.objects
            if isinstance(o, pikepdf.Stream)
            and o.get("/Subtype") == "/Form"
            and b"1 0 0 rg" in o.read_bytes()
        )
        assert b"Tf" not in form.read_bytes()
        assert not [f for f in form.Resources.get("/Font", {}).values() if not is_embedded(f)]
