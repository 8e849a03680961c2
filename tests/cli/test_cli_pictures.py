"""Pictures in a terminal: what the escapes hold is the picture."""

from __future__ import annotations

import base64
import io
import re

import pytest
from PIL import Image

from yibao_cli.cli.pictures import Way, escapes, way_of


def png(width, height, paint=lambda x, y: (x * 7 % 256, y * 11 % 256, 40)):
    picture = Image.new("RGB", (width, height))
    for x in range(width):
        for y in range(height):
            picture.putpixel((x, y), paint(x, y))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("environment", "way"),
    [
        ({"TERM": "xterm-kitty"}, Way.KITTY),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "3"}, Way.KITTY),
        ({"TERM_PROGRAM": "iTerm.app"}, Way.ITERM),
        ({"LC_TERMINAL": "iTerm2"}, Way.ITERM),
        ({"TERM": "foot"}, Way.SIXEL),
        ({"TERM": "xterm-256color"}, None),
        ({}, None),
        ({"TERM": "screen-256color", "KITTY_WINDOW_ID": "3"}, None),
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/x"}, None),
    ],
)
def test_a_terminal_is_known_by_what_it_says_of_itself(environment, way):
    assert way_of(environment) is way


def test_kitty_gets_the_very_picture_in_chunks():
    given = png(90, 90)

    parts = list(escapes(given, Way.KITTY))

    found = [re.fullmatch(r"\x1b_G(?:a=T,f=100,)?m=([01]);([A-Za-z0-9+/=]*)\x1b\\", p) for p in parts[:-1]]
    assert base64.b64decode("".join(m[2] for m in found)) == given
    assert [m[1] for m in found] == ["1"] * (len(found) - 1) + ["0"]
    assert max(len(m[2]) for m in found) <= 4096
    assert parts[0].startswith("\x1b_Ga=T,f=100,")
    assert parts[-1] == "\n"


def test_iterm_gets_the_very_picture():
    given = png(9, 9)

    (escape, _line) = escapes(given, Way.ITERM)

    assert base64.b64decode(escape.partition(":")[2].rstrip("\x07")) == given
    assert f"size={len(given)};" in escape


@pytest.mark.parametrize("size", [(1, 1), (5, 6), (40, 13), (300, 7)])
def test_sixels_draw_the_picture(size):
    colours = [(255, 0, 0), (0, 255, 0), (255, 255, 255), (0, 0, 0)]
    given = png(*size, paint=lambda x, y: colours[(x // 5 + y) % 4])

    text = "".join(escapes(given, Way.SIXEL))

    assert drawn(text).tobytes() == Image.open(io.BytesIO(given)).convert("RGB").tobytes()


def drawn(text):
    """What a terminal makes of sixels: another reading of the format than the writer's."""
    body = re.fullmatch(r'\x1bPq"1;1;(\d+);(\d+)(.*)\x1b\\\n', text, re.DOTALL)
    width, height = int(body[1]), int(body[2])
    picture = Image.new("RGB", (width, height), (1, 2, 3))
    palette, colour, x, top = {}, 0, 0, 0
    for define, choose, repeat, sign in re.findall(r"#(\d+;2;\d+;\d+;\d+)|#(\d+)|!(\d+)(?=.)|(.)", body[3]):
        if define:
            number, _two, *shares = map(int, define.split(";"))
            palette[number] = tuple(round(s * 255 / 100) for s in shares)
        elif choose:
            colour = int(choose)
        elif repeat:
            pending = int(repeat)
            continue
        elif sign == "$":
            x = 0
        elif sign == "-":
            x, top = 0, top + 6
        else:
            for _again in range(pending):
                for bit in range(6):
                    if ord(sign) - 63 >> bit & 1:
                        picture.putpixel((x, top + bit), palette[colour])
                x += 1  # noqa: SIM113 - a repeated sign moves by more than one
        pending = 1
    return picture
