"""Crop marks outside the trim, where the guillotine cuts."""

from __future__ import annotations

from dataclasses import dataclass

from yibao_cli.render.encode import number
from yibao_cli.render.press.icc import GRAY
from yibao_cli.render.setting import MM

_LENGTH, _OFFSET = 5.0, 3.0  # mm; the offset is where a usual bleed of 3 mm ends
_WIDTH = 0.25  # pt


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes of a page, mm.

    width, height: the trimmed page, whose bottom left corner is the origin, as on a page without bleed;
    bleed: what stands over it on each side; slug: white around the bleed, for the marks.
    """

    width: float
    height: float
    bleed: float = 0.0
    slug: float = 0.0

    @property
    def margin(self) -> float:
        """From the edge of the media to the trim, mm."""
        return self.bleed + self.slug

    def entries(self) -> bytes:
        """MediaBox, BleedBox and TrimBox of a page, in points."""
        named = ((b"Media", self.margin), (b"Bleed", self.bleed), (b"Trim", 0.0))
        return b"".join(b"/%bBox%b" % (name, self._box(over)) for name, over in named)

    def _box(self, over: float) -> bytes:
        """The rectangle that stands `over` mm over the trim."""
        near = 0.0 - over  # no negative zero
        corners = (near, near, self.width + over, self.height + over)
        return b"[%b]" % b" ".join(number(mm * MM) for mm in corners)


def crop_marks(boxes: Boxes, components: int) -> bytes:
    """Content that draws two marks at each corner, in all inks: black of gray, or 100 % of each of CMYK.

    They begin 3 mm off the trim, or where the bleed ends if that is further, and are 5 mm long or as long as
    the slug lets them. Without room there are none.
    """
    near = max(_OFFSET, boxes.bleed)
    far = min(near + _LENGTH, boxes.margin)
    if far <= near:
        return b""
    left, bottom, right, top = 0.0, 0.0, boxes.width, boxes.height
    lines = [
        *((x, y + s * near, x, y + s * far) for y, s in ((bottom, -1), (top, 1)) for x in (left, right)),
        *((x + s * near, y, x + s * far, y) for x, s in ((left, -1), (right, 1)) for y in (bottom, top)),
    ]
    drawn = b"".join(b"%b %b m %b %b l\n" % tuple(number(mm * MM) for mm in line) for line in lines)
    ink = b"0 G" if components == GRAY else b"1 1 1 1 K"
    return b"q %b %b w\n%bS Q\n" % (ink, number(_WIDTH), drawn)
