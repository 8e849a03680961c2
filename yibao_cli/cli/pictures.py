"""Pictures inside a terminal that can show them: the escapes of kitty, iTerm2 and sixel; never to a pipe."""

from __future__ import annotations

import base64
import io
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KITTY_CHUNK = 4096  # characters of one escape; sw.kovidgoyal.net/kitty/graphics-protocol
_SIXEL_COLOURS = 64
_SIXEL_WIDTH = 1200  # pixels; a terminal scrolls down, not to the side
_BAND = 6  # rows of one line of sixels


class Way(Enum):
    """How a terminal takes a picture."""

    KITTY = "kitty"
    ITERM = "iterm"
    SIXEL = "sixel"


def way_of(environment: Mapping[str, str]) -> Way | None:
    """What the terminal can do, by what it says of itself; None where nothing is known."""
    term, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if environment.get("TMUX") or environment.get("STY") or term.startswith(("screen", "tmux")):
        return None  # it would swallow the escapes, or scatter them
    if "KITTY_WINDOW_ID" in environment or term in {"xterm-kitty", "xterm-ghostty"} or program == "ghostty":
        return Way.KITTY
    if program in {"iTerm.app", "WezTerm"} or environment.get("LC_TERMINAL") == "iTerm2":
        return Way.ITERM
    if term.startswith(("foot", "mlterm", "contour", "yaft")) or "sixel" in term or program == "mintty":
        return Way.SIXEL
    return None


def escapes(png: bytes, way: Way) -> Iterator[str]:
    """What makes a terminal show the picture, a piece at a time, with a line feed behind."""
    text = base64.b64encode(png).decode("ascii")
    if way is Way.KITTY:
        chunks = [text[i : i + _KITTY_CHUNK] for i in range(0, len(text), _KITTY_CHUNK)]
        for number, chunk in enumerate(chunks):
            head = "a=T,f=100," if number == 0 else ""
            yield f"\x1b_G{head}m={int(number < len(chunks) - 1)};{chunk}\x1b\\"
    elif way is Way.ITERM:
        yield f"\x1b]1337;File=inline=1;size={len(png)};preserveAspectRatio=1:{text}\x07"
    else:
        yield from _sixels(png)
    yield "\n"


def _sixels(png: bytes) -> Iterator[str]:
    """Six rows at a time, colour after colour; vt100.net/docs/vt3xx-gp/chapter14.html."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    if picture.width > _SIXEL_WIDTH:
        picture = picture.resize((_SIXEL_WIDTH, round(picture.height * _SIXEL_WIDTH / picture.width)))
    flat = picture.quantize(_SIXEL_COLOURS)
    width, height = flat.size
    pixels, palette = flat.tobytes(), flat.getpalette() or []
    yield f'\x1bPq"1;1;{width};{height}'
    for number in range(len(palette) // 3):
        red, green, blue = (round(v * 100 / 255) for v in palette[3 * number : 3 * number + 3])
        yield f"#{number};2;{red};{green};{blue}"
    for top in range(0, height, _BAND):
        rows = [pixels[y * width : (y + 1) * width] for y in range(top, min(top + _BAND, height))]
        lines = (f"#{colour}{_runs(rows, colour)}" for colour in sorted(set().union(*rows)))
        yield "$".join(lines) + "-"
    yield "\x1b\\"


def _runs(rows: list[bytes], colour: int) -> str:
    """One colour of six rows: a character says which of the six have it, and `!n` that n such follow."""
    columns = [0] * len(rows[0])
    for bit, row in enumerate(rows):
        at = row.find(colour)
        while at >= 0:
            columns[at] |= 1 << bit
            at = row.find(colour, at + 1)
    out, start = [], 0
    for x in range(1, len(columns) + 1):
        if x == len(columns) or columns[x] != columns[start]:
            sixel = chr(63 + columns[start])
            out.append(f"!{x - start}{sixel}" if x - start > 3 else sixel * (x - start))  # noqa: PLR2004
            start = x
    return "".join(out)
