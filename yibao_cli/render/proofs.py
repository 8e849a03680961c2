"""Proofs 样张: which pieces a person should see before a mailing is printed, and their pictures."""

from __future__ import annotations

import os
import random
import re
from typing import TYPE_CHECKING, Any, NamedTuple

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
_RARE = r"[^\u4E00-\u9FFF\x00-\x7F·]"
# Addresses are full of full-width marks, so there only ideographs of the other blocks count.
_RARE_IDEOGRAPH = r"[\u3400-\u4DBF\uF900-\uFAFF\U00020000-\U0003FFFF]"

_SHEET_WIDTH = 2400  # pixels
_SHEET_DPI = 290  # that makes a sheet as wide as A4
_PIECES_A_SHEET = 24
_PAGES_SHOWN = 4
_MARGIN = 12  # pixels
_CAPTION_LINES = 2
_CAPTION_SIZE = 17  # pixels
_LEADING = 22  # pixels
_MEETINGS = 10  # places where parts meet that a person looks at; a mailing of 700 parts has 699

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
    yield from _ends(pieces)
    yield from _longest(pieces, names[0], _("longest name"))
    yield from _longest(pieces, "address", _("longest address"))
    yield from _line_extremes(lines_per_piece)
    yield from _amount_extremes(pieces[names[1]])
    yield from _first_of_each(pieces, "variant", _("variant: {key}"))
    for slot in ("a", "b", "c"):
        yield from _first_of_each(
            pieces, f"slot_{slot}", _("panel {slot}: {key}").replace("{slot}", slot.upper())
        )
    yield from _rare_characters(pieces, names[0], _RARE)
    yield from _rare_characters(pieces, "address", _RARE_IDEOGRAPH)


def _ends(pieces: pa.Table) -> Iterator[Pick]:
    """First and last piece of the mailing, and where parts meet: all such places, or some spread over all."""
    last = pieces.num_rows - 1
    yield 0, _("first piece")
    yield last, _("last piece")
    if "part" in pieces.column_names:
        parts = pieces["part"].to_pylist()
        meetings = [row for row in range(1, last + 1) if parts[row] != parts[row - 1]]
        for row in _spread(meetings, _MEETINGS):
            yield row - 1, _("last of part {part}").format(part=parts[row - 1])
            yield row, _("first of part {part}").format(part=parts[row])


def _spread(rows: list[int], most: int) -> list[int]:
    """At most so many of the rows, the first and the last among them, evenly spread."""
    if len(rows) <= most:
        return rows
    return [rows[i * (len(rows) - 1) // (most - 1)] for i in range(most)]


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


def _rare_characters(pieces: pa.Table, field: str, pattern: str) -> Iterator[Pick]:
    """The first piece that shows each rare character."""
    if field not in pieces.column_names:
        return
    rare = re.compile(pattern)
    texts = pc.fill_null(pieces[field], "")
    rows = pc.indices_nonzero(pc.match_substring_regex(texts, _for_arrow(pattern))).to_pylist()
    seen: set[str] = set()
    for row in rows:
        characters = set(rare.findall(texts[row].as_py()))
        if characters - seen:
            seen |= characters
            yield row, _("rare characters")


def _for_arrow(pattern: str) -> str:
    """A pattern as RE2 writes code points."""
    return re.sub(r"\\[uU]([0-9A-Fa-f]{4,8})", r"\\x{\1}", pattern)


def _sample(rows: int, chosen: Iterable[int], count: int, seed: int) -> list[int]:
    taken = set(chosen)
    size = min(rows, count + len(taken))
    drawn = random.Random(seed).sample(range(rows), size)  # noqa: S311 - a sample to look at
    return [row for row in drawn if row not in taken][: max(count - len(taken), 0)]


def contact_sheet(pdf: Path, pieces: list[tuple[int, str]], out: Path, columns: int = 4) -> list[Path]:
    """Draw small pictures of all pieces of a proof, each with its pages side by side and its reason.

    pieces: pages and reason of each, in the order of the file. Of a piece of many pages the first three and
    the last one are drawn. Writes `out`, or out-1.png, out-2.png ... where the pieces are more than 24, at
    most 2400 pixels wide, readable by their owner only; returns the paths.
    Raises InputRefused when the PDF cannot be read, OutputError when a picture cannot be written.
    """
    cells = []
    first = 0
    for number, (count, reason) in enumerate(pieces, 1):
        shown = range(count) if count <= _PAGES_SHOWN else [*range(_PAGES_SHOWN - 1), count - 1]
        cells.append(_Cell([first + n for n in shown], f"{number}  {reason}"))
        first += count
    starts = range(0, len(cells), _PIECES_A_SHEET)
    targets = [out] if len(starts) == 1 else [_numbered(out, n) for n in range(1, len(starts) + 1)]
    with PrintFile(pdf) as file:
        if file.pages != first:
            raise InternalError(_("the proof does not have the pages of its pieces"), where=pdf.name)
        for start, target in zip(starts, targets, strict=True):
            _save_picture(_sheet(file, cells[start : start + _PIECES_A_SHEET], columns), target)
    return targets


def bind_pictures(pictures: list[Path], out: Path) -> Path:
    """One PDF with a page for each picture, readable by its owner only; returns its path.

    Raises OutputError when it cannot be written.
    """
    first, *rest = [Image.open(p) for p in pictures]
    timeless = {"creationDate": None, "modDate": None}  # the same pieces give the same bytes
    _save(first, out, "PDF", save_all=True, append_images=rest, resolution=_SHEET_DPI, **timeless)
    return out


def page_images(pdf: Path, folder: Path, dpi: float) -> list[Path]:
    """Write every page as `page-0001.png` and so on, readable by its owner only; returns the paths.

    Raises InputRefused when the PDF cannot be read, OutputError when a picture cannot be written.
    """
    paths = []
    with PrintFile(pdf) as file:
        for index in range(file.pages):
            paths.append(folder / f"page-{index + 1:04d}.png")
            with file.page(index) as page:
                _save_picture(page.picture(dpi), paths[-1])
    return paths


def _numbered(out: Path, number: int) -> Path:
    return out.with_name(f"{out.stem}-{number}{out.suffix}")


class _Cell(NamedTuple):
    """One piece on a contact sheet: its pages in the file, from 0, and what stands below them."""

    pages: list[int]
    caption: str


def _sheet(file: PrintFile, cells: list[_Cell], columns: int) -> Image.Image:
    width = _SHEET_WIDTH // columns
    page_width = (width - 2 * _MARGIN) // max(len(c.pages) for c in cells)
    with file.page(0) as page:
        ratio = page.size[1] / page.size[0]
    page_height = round(page_width * ratio)
    height = page_height + 2 * _MARGIN + _CAPTION_LINES * _LEADING
    sheet = Image.new("RGB", (width * min(columns, len(cells)), height * -(-len(cells) // columns)), "white")
    pen = ImageDraw.Draw(sheet)
    for i, cell in enumerate(cells):
        left, top = i % columns * width + _MARGIN, i // columns * height + _MARGIN
        for n, number in enumerate(cell.pages):
            with file.page(number) as page:
                small = page.picture(page_width / page.size[0] * 25.4)
            sheet.paste(small.resize((page_width, page_height)), (left + n * page_width, top))
            box = (left + n * page_width, top, left + (n + 1) * page_width - 1, top + page_height - 1)
            pen.rectangle(box, outline=(150, 150, 150))
        _write_caption(pen, cell.caption, (left, top + page_height + 2), width - 2 * _MARGIN)
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


def _save_picture(image: Image.Image, target: Path) -> None:
    # Pages of text come out smaller than at Pillow's own level, 6, and in two thirds of the time.
    _save(image, target, "PNG", compress_level=3)


def _save(image: Image.Image, target: Path, form: str, **options: Any) -> None:
    # A page names a person: the file is private from its first byte, not after a change of mode.
    try:
        target.unlink(missing_ok=True)
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            image.save(stream, form, **options)
    except OSError as error:
        raise OutputError(
            _("the picture cannot be written"),
            where=str(target.name),
            remedy=_("check the folder and its space"),
        ) from error
