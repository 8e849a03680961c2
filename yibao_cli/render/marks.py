"""Marks for machines, each as the bits of a one-bit image mask and its size on the page."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import zxingcpp

from yibao_cli.kinds.geometry import BarcodeItem, OmrItem, QrItem

if TYPE_CHECKING:
    from yibao_cli.kinds.page import PlacedMark

_QUIET = 10  # modules on both sides of a Code 128; ISO/IEC 15417
_BARCODE_ROW = 1
_QUIET_QR = 4  # modules around a QR; ISO/IEC 18004


class Symbol(NamedTuple):
    """modules: across and down; bits: each row as hexadecimal, padded to whole bytes, a 0 bit is dark.

    box: x, y, w, h in mm from the page's top left corner. opaque: light modules are painted white, for a mark
    over an ad; else they are left as they are.
    """

    modules: tuple[int, int]
    bits: str
    box: tuple[float, float, float, float]
    opaque: bool = False


def symbol_of(mark: PlacedMark, text: str) -> Symbol:
    """The symbol that says a text, in its place.

    Raises ValueError when a bar code cannot say it.
    """
    x, y = mark.item.x + mark.dx, mark.item.y + mark.dy
    if isinstance(mark.item, OmrItem) and mark.profile is not None:
        modules, bits = _omr(text, mark.profile.ratio, reverse=mark.profile.reverse)
        return Symbol(modules, bits, (x, y, mark.profile.length, mark.profile.height))
    if isinstance(mark.item, BarcodeItem):
        modules, bits = bar_image(text)
        quiet = _QUIET * mark.item.module
        width = modules[0] * mark.item.module
        return Symbol(modules, bits, (x + quiet, y, width, mark.item.height))
    if isinstance(mark.item, QrItem):
        modules, bits = qr_image(text)
        return Symbol(modules, bits, (x, y, mark.item.side, mark.item.side), opaque=True)
    side, bits = code_image(text)
    size = side * getattr(mark.item, "module", 0.5)
    return Symbol((side, side), bits, (x, y, size, size))


def barcode_fits(item: BarcodeItem, text: str) -> bool:
    """Whether a text can be said by a bar code within its width."""
    try:
        modules, _bits = bar_image(text)
    except ValueError:
        return False
    return (modules[0] + 2 * _QUIET) * item.module <= item.width


def code_image(text: str) -> tuple[int, str]:
    """A text as a square Data Matrix (ECC 200): modules a side, and bits as in Symbol."""
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    modules = np.array(symbol.to_image(scale=1, add_quiet_zones=False))
    return modules.shape[0], _packed(modules != 0)


def bar_image(text: str) -> tuple[tuple[int, int], str]:
    """A text as Code 128: modules across and down, and bits as in Symbol.

    Raises ValueError when it is no printable ASCII.
    """
    if not (text.isascii() and text.isprintable() and text):
        raise ValueError("not to be said in Code 128")
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    row = np.array(symbol.to_image(scale=1, add_quiet_zones=False))[:_BARCODE_ROW]
    return (row.shape[1], _BARCODE_ROW), _packed(row != 0)


def qr_image(text: str) -> tuple[tuple[int, int], str]:
    """A text as a QR (level M) with its quiet zone: modules across and down, and bits as in Symbol."""
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    modules = np.array(symbol.to_image(scale=1, add_quiet_zones=False))
    whole = np.pad(modules != 0, _QUIET_QR, constant_values=True)
    return (whole.shape[1], whole.shape[0]), _packed(whole)


@lru_cache(maxsize=256)
def _omr(marked: str, ratio: int, *, reverse: bool) -> tuple[tuple[int, int], str]:
    lines = marked[::-1] if reverse else marked
    rows = np.ones(((len(lines) - 1) * ratio + 1, 1), dtype=bool)
    rows[[i * ratio for i, m in enumerate(lines) if m == "1"]] = False
    return (1, rows.shape[0]), _packed(rows)


def _packed(light: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> str:
    return np.packbits(light, axis=1).tobytes().hex()
