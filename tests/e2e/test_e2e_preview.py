"""One piece as a picture: the right person's, marked, written down; and nobody else's."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest
import zxingcpp
from e2e_chain import CHECKOUT, MAILING, environment, made, pdfs, pieces, rows_of, yibao
from PIL import Image, ImageChops

from yibao_cli.codes import parse_sheet_code
from yibao_cli.jobs.enquiry.previewing import Origin, preview_piece
from yibao_cli.jobs.workspace import open_workspace


def codes_in(picture):
    """The sheet codes on a picture, as a scanner reads them."""
    big = picture.resize((picture.width * 2, picture.height * 2))
    return [c for b in zxingcpp.read_barcodes(big) if (c := parse_sheet_code(b.text))]


def opened(path):
    return Image.open(path).convert("RGB")


def trail(folder):
    rows = rows_of(folder, "SELECT facts, mailing FROM audit WHERE command = 'preview' ORDER BY seq")
    return [(json.loads(facts), mailing) for facts, mailing in rows]


@pytest.mark.parametrize("which", [0, 40, 57, -1])
def test_the_picture_is_of_the_piece_that_was_named(at, call, tmp_path, which):
    folder = at("verified")
    piece = pieces(folder)[which]

    result = call("-w", folder, "preview", MAILING, piece["piece"], "--dpi", "150", "-o", tmp_path / "p.png")

    assert result.code == 0
    assert "print file" in result.err
    codes = codes_in(opened(tmp_path / "p.png"))
    assert {(c.mailing, c.piece) for c in codes} == {(MAILING, piece["piece"])}
    assert (tmp_path / "p.png").stat().st_mode & 0o777 == 0o600


def test_without_the_print_file_the_same_pages_come_out_of_the_package(at):
    folder = at("verified")
    piece = pieces(folder)[45]["piece"]
    printed = preview_piece(open_workspace(folder), MAILING, piece)
    for pdf in pdfs(folder):
        pdf.unlink()
    composed = preview_piece(open_workspace(folder), MAILING, piece)

    assert (printed.origin, composed.origin) == (Origin.PRINT, Origin.PACKAGE)
    for one, other in zip(printed.pictures, composed.pictures, strict=True):
        assert ImageChops.difference(one, other).getbbox() is None


def test_a_print_file_that_was_altered_is_not_shown(at):
    folder = at("verified")
    pdfs(folder)[0].write_bytes(pdfs(folder)[1].read_bytes())

    shown = preview_piece(open_workspace(folder), MAILING, pieces(folder)[0]["piece"])

    assert shown.origin is Origin.PACKAGE
    assert {c.piece for p in shown.pictures for c in codes_in(p)} <= {pieces(folder)[0]["piece"]}


def test_an_altered_package_is_not_shown(at, call):
    folder = at("merged")
    piece = pieces(folder)[0]["piece"]
    path = made(folder) / "package" / "pieces-0001.parquet"
    path.write_bytes((made(folder) / "package" / "pieces-0002.parquet").read_bytes())

    result = call("-w", folder, "preview", MAILING, piece)

    assert result.code == 4
    assert trail(folder) == []


def test_every_page_says_that_it_is_a_copy(at):
    folder = at("merged")
    shown = preview_piece(open_workspace(folder), MAILING, pieces(folder)[3]["piece"])

    for picture in shown.pictures:
        w, h = picture.size
        for left, top in ((0, 0), (w // 2, 0), (0, h // 2), (w // 2, h // 2)):
            corner = picture.crop((left, top, left + w // 2, top + h // 2))
            tinted = [c for _n, c in corner.getcolors(1 << 24) if c[0] - c[1] == c[0] - c[2] == 25]
            assert tinted, "a quarter of a page bears no mark"


def test_who_looked_at_what_stands_in_the_trail_and_no_name(at, call):
    folder = at("verified")
    piece = pieces(folder)[2]

    call("-w", folder, "preview", MAILING, piece["piece"], "--page", "1")
    call("-w", folder, "preview", piece["piece"], "--page", "9")

    ((facts, mailing),) = trail(folder)
    assert (facts, mailing) == ({"piece": piece["piece"], "page": 1, "origin": "print"}, MAILING)
    assert call("-w", folder, "audit", "verify").code in {0, 2}


def test_where_nobody_says_a_place_it_lies_where_purge_finds_it(at, call):
    folder = at("merged")
    piece = pieces(folder)[2]["piece"]

    result = call("-w", folder, "preview", piece)

    assert result.code == 0
    assert [p.name for p in (made(folder) / "preview").iterdir()] == [f"{piece}.png"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 2),
        (["{m}", "00000000"], 2),
        (["{m}", "no code"], 2),
        (["{m}", "{piece}", "--page", "7"], 66),
        (["{m}", "{piece}", "-o", "x.pdf"], 2),
        (["{m}", "{piece}", "-o", "-", "--open"], 2),
        (["2020Q1", "{piece}"], 66),
    ],
)
def test_what_cannot_be_shown_is_said(states, call, words, code):
    folder = states.at("merged")
    facts = {"m": MAILING, "piece": pieces(folder)[0]["piece"]}

    assert call("-w", folder, "preview", *(w.format(**facts) for w in words)).code == code


def test_a_pipe_gets_a_picture_and_nothing_else(states):
    folder = states.at("merged")
    command = [sys.executable, "-m", "yibao_cli", *yibao("-w", folder, "preview", MAILING)]

    done = subprocess.run(
        [*command, pieces(folder)[0]["piece"], "-o", "-"],
        env=environment(TERM="xterm-kitty", KITTY_WINDOW_ID="1"),
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )

    assert Image.open(io.BytesIO(done.stdout)).format == "PNG"
    assert b"\x1b" not in done.stdout[:8] + done.stderr
