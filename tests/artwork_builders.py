"""Builders of artwork: small PDFs, pictures and SVGs, right but for what a test is about."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

PANEL = (230.0, 120.0)
# What a content does to use what it names: set type in a font.
TYPES = b"BT /F1 12 Tf (A) Tj ET"


def picture(width, form="png", mode="RGB", height=None):
    """A picture, of the panel's shape where no height is said, with noise, so that damage is seen."""
    height = height or round(width * 120 / 230)
    noise = Image.effect_noise((max(width // 8, 1), max(height // 8, 1)), 60).resize((width, height))
    out = io.BytesIO()
    noise.convert(mode).save(out, form)
    return out.getvalue()


def page(width=230.0, height=120.0, content=b"", pages=1, **entries):
    """A PDF of pages of that size in mm, the first with that content and those entries."""
    out = io.BytesIO()
    with document(width, height, content, pages, **entries) as pdf:
        pdf.save(out)
    return out.getvalue()


def document(width=230.0, height=120.0, content=b"", pages=1, **entries):
    """The same, open; an entry may be a function of the document."""
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(width / 25.4 * 72, height / 25.4 * 72))
    pdf.pages[0].Contents = pdf.make_stream(content)
    for name, value in entries.items():
        pdf.pages[0].obj[f"/{name}"] = value(pdf) if callable(value) else value
    return pdf


def image(pdf, width, height, space=Name.DeviceRGB, **entries):
    """A picture of those pixels as an XObject."""
    return pdf.make_stream(
        b"\0" * (width * height // 8 + 1),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=width,
        Height=height,
        ColorSpace=space,
        BitsPerComponent=1,
        **entries,
    )


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


def form(pdf, content, resources, **entries):
    return pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form, Resources=resources, **entries)


def on_page(pdf, content, resources):
    """A content that stands on the page itself: what the page says, and its resources."""
    return content, resources


def in_a_form(pdf, content, resources):
    """In a form inside a form."""
    inner = form(pdf, content, resources)
    outer = form(pdf, b"/X Do", Dictionary(XObject=Dictionary(X=inner)))
    return b"/X Do", Dictionary(XObject=Dictionary(X=outer))


def in_a_pattern(pdf, content, resources):
    """In a tiling pattern."""
    tile = pdf.make_stream(content, PatternType=1, PaintType=1, Resources=resources)
    return b"/Pattern cs /P scn 0 0 9 9 re f", Dictionary(Pattern=Dictionary(P=tile))


def in_a_soft_mask(pdf, content, resources):
    """In the form that a graphics state masks with."""
    group = form(pdf, content, resources)
    return b"/G gs", Dictionary(ExtGState=Dictionary(G=Dictionary(SMask=Dictionary(S=Name.Alpha, G=group))))


def in_a_glyph(pdf, content, resources):
    """In a glyph of a Type 3 font."""
    glyphs = Dictionary(a=pdf.make_stream(b"0 0 d0 " + content))
    drawn = Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=glyphs, Resources=resources)
    return b"BT /T 9 Tf ET", Dictionary(Font=Dictionary(T=drawn))


PLACES = [on_page, in_a_form, in_a_pattern, in_a_soft_mask, in_a_glyph]


def placed(place, content, resources, *, drawn=True):
    """A page with a content in that place; drawn: whether the page draws it."""
    with document() as pdf:
        says, named = place(pdf, content, resources(pdf))
        pdf.pages[0].Contents = pdf.make_stream(says if drawn else b"")
        pdf.pages[0].Resources = named
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def lettered(place=on_page, subtype="TrueType", file=None, *, drawn=True):
    """A page with type in that place, set in a font that is embedded or not."""
    return placed(
        place, TYPES, lambda pdf: Dictionary(Font=Dictionary(F1=font(pdf, subtype, file))), drawn=drawn
    )


def svg(inside, size='width="230mm" height="120mm"', box="0 0 230 120", before=""):
    """An SVG of the panel's size whose unit is a millimetre."""
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{before}<svg {names} {size} viewBox="{box}">{inside}</svg>'
