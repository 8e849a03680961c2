"""Compare what a page shows with what it must show. No sentence holds personal data."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import zxingcpp

from yibao_cli import codes as numbers
from yibao_cli.i18n import _
from yibao_cli.render.expected import AMOUNT, amounts_in
from yibao_cli.render.matching import Matched, match_texts
from yibao_cli.render.placing import misplaced
from yibao_cli.render.reading import bare
from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from yibao_cli.render.content import BarShown, CodeShown, PageShown
    from yibao_cli.render.expected import Expected, ExpectedBar, ExpectedMark, Frame, PlacedForm
    from yibao_cli.render.reading import Box

Found = tuple["What", str]

_FORMATS = {
    "code": zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix),
    "barcode": zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Code128),
    "qr": zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
}
_SHOWN = 3  # texts named in one difference
_SHOWN_LETTERS = 20

# Numbers in the file have two decimals of a point.
_NEAR = 0.05  # mm
_NEAR_COLOUR = 0.006
_NEAR_SIZE = 0.006  # points
_DARK = 0.5  # gray that a code may have at most
_PIXELS = 4  # a module, for the decoder
_MARGIN = 10  # modules
_BAR_HEIGHT = 20  # modules


class What(StrEnum):
    """What differs."""

    FILE = "file"  # the file, or a page, cannot be read, or a page is not made as ours are
    PAGES = "pages"  # their number
    PIECE = "piece"  # the page is another piece's
    TEXT = "text"  # a text is missing, is too many, stands in another's place, or cannot be seen
    AMOUNT = "amount"  # an amount is missing, is too many, or was changed
    CODE = "code"  # the Data Matrix cannot be read, or says something else
    PRESS = "press"  # a named check for the press is not passed
    FORM = "form"  # static layer, ad, house panel or mark is missing, too many, or another's


def compare_structure(shown: PageShown, want: Expected, *, codes: bool) -> Iterator[Found]:
    """What differs between a page's structure and what it must show, as (what, sentence).

    codes: compare the bits of the Data Matrix too.
    """
    yield from ((What.FILE, sentence) for sentence in shown.refused)
    width, height = shown.size
    outside = shown.xs and not (
        0 <= min(shown.xs) <= max(shown.xs) <= width and 0 <= min(shown.ys) <= max(shown.ys) <= height
    )
    if outside:
        yield What.TEXT, _("a text stands outside of the page")
    if want.frame is not None:
        yield from _frame_differences(shown, want.frame)
    texts = bare("\0".join(shown.texts)).split("\0")
    differences = list(compare_texts([t for t in texts if t], want))
    yield from differences
    if not (differences or outside) and _any_misplaced(shown, texts, want):
        yield What.TEXT, _("a text does not stand in its place")
    if want.forms is not None and not _same_forms(shown, want.forms):
        yield What.FORM, _form_difference(shown, want.forms)
    if not _same_bars(shown.bars, want.bars):
        yield What.FORM, _("the bars of a chart are not those of the piece's sums")
    yield from _mask_differences(shown.codes, want, shown.size[1], codes=codes)


def _same_bars(shown: Sequence[BarShown], wanted: Sequence[ExpectedBar]) -> bool:
    return len(shown) == len(wanted) and all(
        not s.over
        and all(abs(a - b) <= _NEAR * MM for a, b in zip(s.box, w.box, strict=True))
        and _known(_operands(s.colour), [w.colour])
        for s, w in zip(shown, wanted, strict=True)
    )


def _any_misplaced(shown: PageShown, texts: list[str], want: Expected) -> bool:
    """Whether a text stands elsewhere; the page is known to show the right ones in the right order."""
    seen = [(t, x, y) for t, x, y in zip(texts, shown.xs, shown.ys, strict=False) if t]
    if not seen or want.places is None:
        return False
    strings, xs, ys = zip(*seen, strict=True)
    return misplaced(bare("\0".join(want.texts)).split("\0"), (strings, xs, ys), want.places)


def _frame_differences(shown: PageShown, frame: Frame) -> Iterator[Found]:
    if any(abs(a / MM - b) > _NEAR for a, b in zip(shown.size, frame.size, strict=True)):
        yield What.FILE, _("the page is not of the product's size")
    if abs(shown.margin / MM - frame.margin) > _NEAR:
        yield What.FILE, _("the paper around the page is not as wide as it should be")
    if frame.bleed is not None and not _cut_right(shown, frame.bleed):
        yield What.FILE, _("the press would cut the page, or let it bleed, elsewhere than it should")
    sizes = [float(size) for size in shown.sizes]
    if sizes and not frame.sizes[0] - _NEAR_SIZE <= min(sizes) <= max(sizes) <= frame.sizes[1] + _NEAR_SIZE:
        yield What.TEXT, _("a text is set smaller or larger than the kind allows")
    if any(not _known(_operands(colour), frame.colours) for colour in shown.colours):
        yield What.TEXT, _("a text is painted in a colour that the kind does not use")


def _cut_right(shown: PageShown, bleed: float) -> bool:
    """Whether trim and bleed stand as far over the page as they should, on each side."""
    width, height = shown.size
    for key, over in (("/TrimBox", 0.0), ("/BleedBox", bleed * MM)):
        right = -over, -over, width + over, height + over
        box = shown.boxes.get(key, ())
        if len(box) != len(right) or any(abs(a - b) > _NEAR * MM for a, b in zip(box, right, strict=True)):
            return False
    return True


def _operands(colour: str) -> tuple[float, ...]:
    return tuple(map(float, colour.split()[:-1]))


def _known(colour: tuple[float, ...], among: Iterable[tuple[float, ...]]) -> bool:
    return any(
        len(colour) == len(known)
        and all(abs(a - b) <= _NEAR_COLOUR for a, b in zip(colour, known, strict=True))
        for known in among
    )


def _same_forms(shown: PageShown, wanted: tuple[PlacedForm, ...]) -> bool:
    return len(shown.forms) == len(wanted) and all(
        s.digest == w.digest
        and s.over == w.over
        and abs(s.x / MM - w.x) <= _NEAR
        and abs(s.y / MM - w.y) <= _NEAR
        for s, w in zip(shown.forms, wanted, strict=True)
    )


def _form_difference(shown: PageShown, wanted: tuple[PlacedForm, ...]) -> str:
    found = Counter(form.digest for form in shown.forms)
    missing = []
    for form in wanted:
        if found[form.digest]:
            found[form.digest] -= 1
        else:
            missing.append(form.key)
    extra = found.total()
    if not (missing or extra):
        return _("all static layers, panels and marks are there, but not where each belongs")
    detail = _("static layers, panels or marks missing: {missing}; too many: {extra}")
    return detail.format(missing=" ".join([str(len(missing)), *missing]), extra=extra)


def _mask_differences(
    found: list[CodeShown], want: Expected, height: float, *, codes: bool
) -> Iterator[Found]:
    if len(found) != len(want.marks):
        detail = _("{count} codes and marks for machines where {wanted} belong")
        yield What.CODE, detail.format(count=len(found), wanted=len(want.marks))
        return
    for shown, mark in zip(found, want.marks, strict=True):
        symbol = mark.symbol
        same = (shown.modules, shown.bits) == (symbol.modules, symbol.bits)
        if codes and not (same and shown.opaque == symbol.opaque):
            yield What.CODE, code_difference(_decoded(shown, mark.type), mark)
        elif not _in_place(shown, symbol.box, height):
            yield What.CODE, _("the {mark} does not stand in its place").format(mark=_named(mark))
        elif max(_operands(shown.colour)) > _DARK:
            yield What.CODE, _("the {mark} is painted in a light colour").format(mark=_named(mark))


def _named(mark: ExpectedMark) -> str:
    return {"code": _("Data Matrix"), "barcode": _("bar code"), "qr": _("QR")}.get(mark.type, _("OMR marks"))


def _in_place(shown: CodeShown, box: Box, height: float) -> bool:
    x, y, width, side = shown.box
    place = x / MM, (height - y - side) / MM, width / MM, side / MM
    return all(abs(a - b) <= _NEAR for a, b in zip(place, box, strict=True))


def _decoded(shown: CodeShown, kind: str) -> str:
    """What the bits of a code say, "" when they say nothing."""
    wide, high = shown.modules
    row = (wide + 7) // 8
    try:
        packed = np.frombuffer(bytes.fromhex(shown.bits), dtype=np.uint8).reshape(high, row)
    except ValueError:
        return ""
    pixels = np.unpackbits(packed, axis=1)[:, :wide] * np.uint8(255)
    # A linear code is one row of modules.
    down = _PIXELS if high > 1 else _PIXELS * _BAR_HEIGHT
    large = np.kron(pixels, np.ones((down, _PIXELS), dtype=np.uint8))
    return decode_symbol(np.pad(large, _MARGIN * _PIXELS, constant_values=255), kind)


def decode_symbol(pixels: np.ndarray[Any, np.dtype[np.uint8]], kind: str = "code") -> str:
    """What the code on a gray picture says, "" when there is none to read; kind: type of its item."""
    if kind not in _FORMATS:
        return ""
    found = zxingcpp.read_barcodes(pixels, formats=_FORMATS[kind])
    return str(found[0].text) if found else ""


def code_difference(read: str, mark: ExpectedMark) -> str:
    """A sentence on a mark that says `read`, "" for nothing, and should say something else."""
    name = _named(mark)
    if not read:
        return _("the {mark} cannot be read, or is not the right one").format(mark=name)
    if read == mark.text:
        return _("the {mark} is damaged, though it can still be read").format(mark=name)
    # Our own codes hold no personal data; what a stranger's code holds is not known.
    known = read if numbers.parse_sheet_code(read) else numbers.mask_name(read[:12])
    return _("the {mark} says something else: {read}").format(mark=name, read=known)


def compare_texts(shown: list[str], want: Expected) -> Iterator[Found]:
    """What differs between the strings a page shows and what it must show, as (what, sentence)."""
    wanted = bare("\0".join(want.texts)).split("\0")
    whole = sum(map(bool, wanted[: len(want.texts) - want.cells]))
    matched = match_texts(shown, [t for t in wanted if t], whole)
    amounts = amounts_in("\0".join((*matched.runs, *matched.extra)))
    if matched.in_order and amounts == want.amounts:
        return
    found = Counter(amounts)
    if matched.in_order and found == Counter(want.amounts):
        return
    if other := _other_piece(want, matched):
        yield What.PIECE, _("the page is that of piece {other}").format(other=other)
        return
    yield from _amount_difference(found, Counter(want.amounts))
    yield from _text_difference(matched)


def compare_printed(shown: str, want: Expected) -> Iterator[Found]:
    """Which texts of the static layer and the house panels a page lacks, as (what, sentence)."""
    if missing := [t for t in want.printed if t not in shown]:
        # They are the kind's own words, with no person in them.
        named = " ".join(t[:_SHOWN_LETTERS] for t in missing[:_SHOWN])
        detail = _("texts that stand on every such page are missing: {count} ({texts})")
        yield What.FORM, detail.format(count=len(missing), texts=named)


def _other_piece(want: Expected, matched: Matched) -> str:
    """The piece number that stands in a text where the expected one should, or ""."""
    if not want.piece:
        return ""
    for text in matched.missing:
        before, number, after = text.partition(want.piece)
        for string in matched.extra if number else ():
            other = string.removeprefix(before).removesuffix(after)
            if before + other + after == string and numbers.is_piece_number(other):
                return other
    return ""


def _amount_difference(found: Counter[str], wanted: Counter[str]) -> Iterator[Found]:
    missing, extra = list((wanted - found).elements()), list((found - wanted).elements())
    if missing or extra:
        detail = _("amounts missing: {missing}; amounts too many: {extra}")
        yield What.AMOUNT, detail.format(missing=_listed(missing), extra=_listed(extra))


def _text_difference(matched: Matched) -> Iterator[Found]:
    # A text that is nothing but an amount was told as one.
    missing = [t for t in matched.missing if not AMOUNT.fullmatch(t)]
    extra = [t for t in matched.extra if not AMOUNT.fullmatch(t)]
    if missing or extra:
        detail = _("texts missing: {missing}; texts too many: {extra}")
        yield What.TEXT, detail.format(missing=_listed(missing), extra=_listed(extra))
    elif not (matched.missing or matched.extra or matched.in_order):
        yield What.TEXT, _("all texts are there, but not where each belongs")


def _listed(texts: list[str]) -> str:
    """How many, and the first of them, masked."""
    if not texts:
        return "0"
    shown = " ".join(_masked(t) for t in texts[:_SHOWN])
    return f"{len(texts)} ({shown}{' …' if len(texts) > _SHOWN else ''})"


def _masked(text: str) -> str:
    # Of an amount its form and its cents stay, enough to find it on the page.
    if AMOUNT.fullmatch(text):
        return re.sub(r"\d", "*", text[:-2]) + text[-2:]
    return numbers.mask_name(text[:12])
