"""Proofs 样张: which pieces a person should see before a mailing is printed, and their pictures."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from PIL import Image, ImageDraw, ImageFont

from yibao_cli.errors import InternalError, OutputError
from yibao_cli.i18n import _
from yibao_cli.render.fonts import pinned_font
from yibao_cli.render.reading import PrintFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# Outside the common range: not a unified ideograph of the first block, not ASCII, not the dot in a name.
_RARE = r"[^\x{4E00}-\x{9FFF}\x00-\x7F·]"
# Addresses are full of full-width marks, so there only ideographs of the other blocks count.
_RARE_IDEOGRAPH = r"[\x{3400}-\x{4DBF}\x{F900}-\x{FAFF}\x{20000}-\x{3FFFF}]"
_RARE_ROWS = 3

_SHEET_WIDTH = 2400  # pixels
_PIECES_A_SHEET = 24
_MARGIN = 12  # pixels
_CAPTION_LINES = 2
_CAPTION_SIZE = 17  # pixels
_LEADING = 22  # pixels

Pick = tuple[int, str]


def pick_extremes(
    pieces: pa.Table, lines_per_piece: list[int], names: tuple[str, str], count: int, seed: int
) -> list[Pick]:
    """Choose the pieces a proof shows: the extremes, then a random sample until there are `count`.

    pieces: one row a piece, in print order; names: its field of the name and of the amount (fen).

    Returns (row number, reasons) in print order, each row once. All extremes are there even when they
    are more than `count`: an ad that nobody looked at must not be printed. The same arguments give the
    same rows.
    """
    reasons: dict[int, list[str]] = {}
    for row, reason in _extremes(pieces, lines_per_piece, names):
        told = reasons.setdefault(row, [])
        if reason not in told:
            told.append(reason)
    for row in _sample(pieces.num_rows, reasons, count, seed):
        reasons[row] = [_("random sample")]
    return [(row, _(", ").join(reasons[row])) for row in sorted(reasons)]


def _extremes(pieces: pa.Table, lines_per_piece: list[int], names: tuple[str, str]) -> Iterator[Pick]:
    if not pieces.num_rows:
        return
    yield 0, _("first piece")
    yield pieces.num_rows - 1, _("last piece")
    yield from _longest(pieces, names[0], _("longest name"))
    yield from _longest(pieces, "address", _("longest address"))
    yield from _line_extremes(lines_per_piece)
    yield from _amount_extremes(pieces[names[1]])
    yield from _first_of_each(pieces, "variant", _("variant: {key}"))
    for slot in ("a", "b", "c"):
        yield from _first_of_each(
            pieces, f"slot_{slot}", _("panel {slot}: {key}").replace("{slot}", slot.upper())
        )
    yield from _matching(pieces, names[0], _RARE)
    yield from _matching(pieces, "address", _RARE_IDEOGRAPH)


def _longest(pieces: pa.Table, field: str, reason: str) -> Iterator[Pick]:
    if field in pieces.column_names:
        lengths = pc.utf8_length(pc.fill_null(pieces[field], ""))
        yield pc.index(lengths, pc.max(lengths)).as_py(), reason


def _line_extremes(lines_per_piece: list[int]) -> Iterator[Pick]:
    most = max(lines_per_piece)
    if most:
        yield lines_per_piece.index(most), _("most lines")
    if 0 in lines_per_piece:
        yield lines_per_piece.index(0), _("no lines")


def _amount_extremes(amounts: pa.ChunkedArray) -> Iterator[Pick]:
    least, most = pc.min(amounts), pc.max(amounts)
    if not least.is_valid:
        return
    yield pc.index(amounts, most).as_py(), _("largest amount")
    smallest = pc.index(amounts, least).as_py()
    yield smallest, _("smallest amount")
    if least.as_py() < 0:
        yield smallest, _("negative amount")


def _first_of_each(pieces: pa.Table, field: str, reason: str) -> Iterator[Pick]:
    if field not in pieces.column_names:
        return
    for key in sorted(pc.unique(pieces[field].drop_null()).to_pylist()):
        yield (
            pc.index(pieces[field], pa.scalar(key, pieces[field].type)).as_py(),
            reason.format(key=_named(key)),
        )


def _named(key: str) -> str:
    """A variant or what fills a slot (`ad:C-01`, `house:card-care`), as people call it."""
    kind, _sep, name = key.partition(":")
    words = {"ad": _("ad {name}"), "house": _("house panel {name}")}
    if kind in words and name:
        return words[kind].format(name=name)
    return {"standard": _("standard"), "large": _("large type")}.get(key, key)


def _matching(pieces: pa.Table, field: str, pattern: str) -> Iterator[Pick]:
    if field in pieces.column_names:
        rare = pc.fill_null(pc.match_substring_regex(pieces[field], pattern), fill_value=False)
        for row in pc.indices_nonzero(rare).to_pylist()[:_RARE_ROWS]:
            yield row, _("rare characters")


def _sample(rows: int, chosen: Iterable[int], count: int, seed: int) -> list[int]:
    taken = set(chosen)
    size = min(rows, count + len(taken))
    drawn = random.Random(seed).sample(range(rows), size)  # noqa: S311 - a sample to look at
    return [row for row in drawn if row not in taken][: max(count - len(taken), 0)]


def contact_sheet(
    pdf: Path, reasons: list[str], out: Path, pages_per_piece: int, columns: int = 4
) -> list[Path]:
    """Draw small pictures of all pieces of a proof, each with its pages side by side and its reason.

    reasons: one a piece, in the order of the file. Writes `out`, or out-1.png, out-2.png ... where the
    pieces are more than 24, at most 2400 pixels wide, readable by their owner only; returns the paths.
    Raises InputRefused when the PDF cannot be read, OutputError when a picture cannot be written.
    """
    starts = range(0, len(reasons), _PIECES_A_SHEET)
    targets = [out] if len(starts) == 1 else [_numbered(out, n) for n in range(1, len(starts) + 1)]
    with PrintFile(pdf) as file:
        if file.pages != len(reasons) * pages_per_piece:
            raise InternalError(_("the proof does not have the pages of its pieces"), where=pdf.name)
        for start, target in zip(starts, targets, strict=True):
            captions = [f"{n}  {r}" for n, r in enumerate(reasons, 1)][start : start + _PIECES_A_SHEET]
            _save(_sheet(file, start, captions, (pages_per_piece, columns)), target)
    return targets


def page_images(pdf: Path, folder: Path, dpi: float) -> list[Path]:
    """Write every page as `page-0001.png` and so on, readable by its owner only; returns the paths.

    Raises InputRefused when the PDF cannot be read, OutputError when a picture cannot be written.
    """
    paths = []
    with PrintFile(pdf) as file:
        for index in range(file.pages):
            paths.append(folder / f"page-{index + 1:04d}.png")
            with file.page(index) as page:
                _save(page.picture(dpi), paths[-1])
    return paths


def _numbered(out: Path, number: int) -> Path:
    return out.with_name(f"{out.stem}-{number}{out.suffix}")


def _sheet(file: PrintFile, first: int, captions: list[str], shape: tuple[int, int]) -> Image.Image:
    """One sheet of the pieces from `first` on; shape: pages a piece, columns."""
    pages, columns = shape
    width = _SHEET_WIDTH // columns
    page_width = (width - 2 * _MARGIN) // pages
    with file.page(0) as page:
        ratio = page.size[1] / page.size[0]
    page_height = round(page_width * ratio)
    height = page_height + 2 * _MARGIN + _CAPTION_LINES * _LEADING
    rows = -(-len(captions) // columns)
    sheet = Image.new("RGB", (width * min(columns, len(captions)), height * rows), "white")
    pen = ImageDraw.Draw(sheet)
    for i, caption in enumerate(captions):
        left, top = i % columns * width + _MARGIN, i // columns * height + _MARGIN
        for n in range(pages):
            with file.page((first + i) * pages + n) as page:
                small = page.picture(page_width / page.size[0] * 25.4)
            sheet.paste(small.resize((page_width, page_height)), (left + n * page_width, top))
            box = (left + n * page_width, top, left + (n + 1) * page_width - 1, top + page_height - 1)
            pen.rectangle(box, outline=(150, 150, 150))
        _write_caption(pen, caption, (left, top + page_height + 2), width - 2 * _MARGIN)
    return sheet


def _write_caption(pen: ImageDraw.ImageDraw, caption: str, at: tuple[int, int], width: int) -> None:
    face = ImageFont.truetype(str(pinned_font(400)), _CAPTION_SIZE)
    for number in range(_CAPTION_LINES):
        line = _fitting(caption, width, face)
        caption = caption[len(line) :].lstrip()
        if caption and number == _CAPTION_LINES - 1:
            line = line[:-1] + "…"
        pen.text((at[0], at[1] + number * _LEADING), line, font=face, fill=(20, 20, 20))


def _fitting(text: str, width: int, face: Any) -> str:
    while face.getlength(text) > width:
        text = text[:-1]
    return text


def _save(image: Image.Image, target: Path) -> None:
    # A page names a person: the file is private from its first byte, not after a change of mode.
    try:
        target.unlink(missing_ok=True)
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            image.save(stream, "PNG")
    except OSError as error:
        raise OutputError(
            _("the picture cannot be written"),
            where=str(target.name),
            remedy=_("check the folder and its space"),
        ) from error
