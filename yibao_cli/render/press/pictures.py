"""Image XObjects in the inks of the press; their masks stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Name
from PIL import Image

from yibao_cli.i18n import _
from yibao_cli.render.press.icc import CMYK
from yibao_cli.render.press.spaces import Space, may_stay, read_space, refuse

if TYPE_CHECKING:
    from yibao_cli.render.press.colour import Colours

_BITS = 8
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}
_LARGEST = 100_000_000  # pixels; a panel at 1,200 dpi has 62 million


def convert_image(image: Any, colours: Colours, where: str) -> None:
    """Convert an image XObject in place; where: the file, for a message.

    Raises InputRefused for what has no simple conversion: 16 bits, JPEG 2000, transparent colours, Lab.
    """
    if image.get("/ImageMask") is True:
        return
    if "/ColorSpace" not in image:
        refuse(where, _("a picture in JPEG 2000 without a colour space"))
    space = read_space(image.ColorSpace)
    if space.family == "/Indexed" and space.base is not None and space.base.plain:
        image.ColorSpace = indexed(space, colours)
    elif space.components in {1, colours.components}:
        # Gray is gray on every press, and the numbers of CMYK are kept.
        image.ColorSpace = Name.DeviceCMYK if space.components == CMYK else Name.DeviceGray
    elif space.plain:
        _convert_pixels(image, space, colours, where)
    elif not may_stay(space, colours.components):
        refuse(where, _("a picture in {space}").format(space=space.family[1:]))


def indexed(space: Space, colours: Colours) -> pikepdf.Array:
    """An indexed space with its table in the inks of the press; the picture's pixels stay."""
    base = space.base
    assert base is not None
    count = len(space.table) // base.components
    table = bytearray()
    for index in range(count):
        table += bytes(round(ink * 255) for ink in colours.all_inks(space.colour(index), base.profile))
    entries = [Name.Indexed, Name(f"/{colours.space}"), max(0, count - 1), pikepdf.String(bytes(table))]
    return pikepdf.Array(entries)


def _convert_pixels(image: Any, space: Space, colours: Colours, where: str) -> None:
    if image.get("/BitsPerComponent") != _BITS:
        refuse(where, _("a picture that has other than 8 bits per colour"))
    if isinstance(image.get("/Mask"), pikepdf.Array) or "/Matte" in image.get("/SMask", {}):
        refuse(where, _("a picture with a transparent colour"))
    pixels, _mask = colours.picture(_pixels(image, space, where), space.profile)
    for key in ("/Decode", "/Filter", "/DecodeParms", "/Intent"):
        if key in image:
            del image[key]
    image.write(pixels.tobytes())
    image.ColorSpace = Name.DeviceGray if pixels.mode == "L" else Name.DeviceCMYK


def _pixels(image: Any, space: Space, where: str) -> Image.Image:
    width, height = int(image.Width), int(image.Height)
    if not 0 < width * height <= _LARGEST:
        refuse(where, _("a picture that is too large"))
    needed = width * height * space.components
    try:
        data = image.read_bytes(pikepdf.StreamDecodeLevel.all)
    except (pikepdf.PdfError, RuntimeError):  # the second from the library that reads JPEG
        data = b""
    if len(data) < needed:
        refuse(where, _("a picture that cannot be decoded"))
    match [float(value) for value in image.get("/Decode", [])]:
        case []:
            pass
        case [0, 1, *rest] if rest == [0, 1] * (space.components - 1):
            pass
        case [1, 0, *rest] if rest == [1, 0] * (space.components - 1):
            data = bytes(data[:needed]).translate(bytes(range(255, -1, -1)))
        case _:
            refuse(where, _("a picture with colours of its own scale"))
    return Image.frombytes(_MODES[space.components], (width, height), bytes(data[:needed]))
