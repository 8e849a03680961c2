"""The sheet's Data Matrix (ECC 200), as the bits of a one-bit image mask."""

from __future__ import annotations

import numpy as np
import zxingcpp


def code_image(text: str) -> tuple[int, str]:
    """Encode a text.

    Returns modules a side, and the rows as hexadecimal, each padded to whole bytes; a 0 bit is dark, as
    an image mask paints it.
    """
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    modules = np.array(symbol.to_image(scale=1, add_quiet_zones=False))
    return modules.shape[0], np.packbits(modules != 0, axis=1).tobytes().hex()
