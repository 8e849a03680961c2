"""Colours for the press: numbers and pictures from RGB, gray or CMYK to the inks of the output intent.

RGB is converted by its profile, or as sRGB where it has none, to the output profile: relative colorimetric
with black point compensation. What is gray stays one ink: black type in four inks would need a perfect
register. CMYK keeps its numbers on a CMYK press; on a gray press it becomes the gray of ISO 32000-1, 10.3.4,
as nobody says what its inks looked like.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageChops, ImageCms

from yibao_cli.render.press.icc import GRAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yibao_cli.render.press.icc import OutputIntent

_MAX = 255
_CACHED = 4096
# How much of the lightness each ink takes away. Source: ISO 32000-1, 10.3.4.
_DARKNESS = (0.3, 0.59, 0.11, 1.0)
_ALPHA_MODES = frozenset({"LA", "La", "PA", "RGBA", "RGBa"})


class Colours:
    """Converts to one output intent; the same colour always gives the same inks.

    space: the PDF name of the intent's device space, `DeviceGray` or `DeviceCMYK`. Colour values are from 0
    to 1, gray and RGB from dark to light, CMYK from no ink to full.
    """

    def __init__(self, intent: OutputIntent) -> None:
        self.components = intent.components
        self.space = "DeviceGray" if intent.components == GRAY else "DeviceCMYK"
        self._mode = "L" if intent.components == GRAY else "CMYK"
        self._output = ImageCms.ImageCmsProfile(io.BytesIO(intent.icc))
        self._transform = lru_cache(maxsize=32)(self._built)
        self._of_rgb = lru_cache(maxsize=_CACHED)(self._converted)

    def fill(self, colour: float | str) -> str:
        """The operator that sets a kind's colour for fills, such as `0.3 g`; gray, or #rrggbb."""
        return _operator(self._of_kind(colour), ("g", "k"))

    def stroke(self, colour: float | str) -> str:
        """The same for lines."""
        return _operator(self._of_kind(colour), ("G", "K"))

    def inks(self, values: Sequence[float], profile: bytes = b"") -> tuple[float, ...]:
        """What a colour of 1, 3 or 4 values becomes: one value of gray, or four inks.

        profile: that of an RGB colour; empty for sRGB.
        """
        clipped = tuple(min(1.0, max(0.0, float(v))) for v in values)
        if len(clipped) == 1 or (self.components != GRAY and len(clipped) == len(_DARKNESS)):
            return clipped
        if len(clipped) == len(_DARKNESS):
            ink = sum(value * dark for value, dark in zip(clipped, _DARKNESS, strict=True))
            return (1 - min(1.0, ink),)
        steps = tuple(round(v * _MAX) for v in clipped)
        if len(set(steps)) == 1:
            return (clipped[0],)
        return self._of_rgb(steps, profile)

    def all_inks(self, values: Sequence[float], profile: bytes = b"") -> tuple[float, ...]:
        """The same, with one value for each ink of the intent: gray on a CMYK press is black ink."""
        inks = self.inks(values, profile)
        return inks if len(inks) == self.components else (0.0, 0.0, 0.0, 1 - inks[0])

    def picture(self, picture: Image.Image, profile: bytes = b"") -> tuple[Image.Image, Image.Image | None]:
        """A picture in gray (mode L) or in the inks of the intent, and its soft mask, where it has one.

        profile: that of an RGB picture; empty for its own, or sRGB.
        """
        mask = None
        if picture.mode in _ALPHA_MODES or "transparency" in picture.info:
            mask = picture.convert("RGBA").getchannel("A")
        if picture.mode == "CMYK":
            return (_gray_of(picture) if self.components == GRAY else picture), mask
        if picture.mode in {"1", "L", "LA", "La"}:
            return picture.convert("L"), mask
        pixels = picture.convert("RGB")
        red, green, blue = pixels.split()
        if not (ImageChops.difference(red, green).getbbox() or ImageChops.difference(red, blue).getbbox()):
            return red, mask
        own = profile or picture.info.get("icc_profile") or b""
        return _applied(pixels, self._transform(own)), mask

    def _of_kind(self, colour: float | str) -> tuple[float, ...]:
        if isinstance(colour, str):
            return self.inks([byte / _MAX for byte in bytes.fromhex(colour.removeprefix("#"))])
        return self.inks([colour])

    def _converted(self, steps: tuple[int, ...], profile: bytes) -> tuple[float, ...]:
        pixel = _applied(Image.new("RGB", (1, 1), steps), self._transform(profile))
        return tuple(byte / _MAX for byte in pixel.tobytes())

    def _built(self, profile: bytes) -> ImageCms.ImageCmsTransform:
        try:
            return self._from(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
        except (OSError, ImageCms.PyCMSError):  # none, damaged, or for other colours than RGB
            return self._from(ImageCms.createProfile("sRGB"))

    def _from(self, source: Any) -> ImageCms.ImageCmsTransform:
        return ImageCms.buildTransform(
            source,
            self._output,
            "RGB",
            self._mode,
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )


def _applied(picture: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    converted = ImageCms.applyTransform(picture, transform)
    assert converted is not None  # it is None in place only
    return converted


def _gray_of(picture: Image.Image) -> Image.Image:
    ink = np.asarray(picture, dtype=np.float32) @ np.asarray(_DARKNESS, dtype=np.float32)
    return Image.fromarray((_MAX - np.minimum(_MAX, ink)).round().astype(np.uint8))


def _operator(inks: tuple[float, ...], names: tuple[str, str]) -> str:
    numbers = [f"{value:.3f}".rstrip("0").rstrip(".") for value in inks]
    return " ".join([*numbers, names[0] if len(inks) == 1 else names[1]])
