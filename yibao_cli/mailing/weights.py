"""How heavy and how thick a piece is, from its paper: sheets by their size and grammage, folds, cover.

Whole milligrams and micrometres, so that sums over a mailing are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from yibao_cli.kinds.product import Product

_MG = 1000
_SQUARE_MM = 1_000_000  # in a square metre
_FACES = 2  # of a cover: the piece lies between them


@dataclass(frozen=True, slots=True)
class PaperStock:
    """What a sheet of two pages and the cover weigh, mg, and how thick they are when folded, µm."""

    sheet_mg: int
    cover_mg: int
    sheet_um: int
    cover_um: int

    @classmethod
    def of(cls, product: Product) -> PaperStock:
        """The paper of a product; the weight of a sheet that it names goes before that of its grammage."""
        sheet = _decimal(product.sheet_grams) * _MG
        if not product.sheet_grams:
            area = _decimal(product.width) * _decimal(product.height)
            sheet = area * _decimal(product.gsm) * _MG / _SQUARE_MM
        return cls(
            _whole(sheet),
            _whole(_decimal(product.cover_grams) * _MG),
            _whole(_decimal(product.sheet_um) * (len(product.folds) + 1)),
            _whole(_decimal(product.cover_um) * _FACES),
        )

    def weights(self, pages: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """Weight of each piece in mg, by its pages."""
        return _sheets(pages) * self.sheet_mg + self.cover_mg

    def thicknesses(self, pages: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """Thickness of each folded piece in µm, without the air between its layers."""
        return _sheets(pages) * self.sheet_um + self.cover_um


def _sheets(pages: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    return (np.asarray(pages, dtype=np.int64) + 1) // 2


def _decimal(number: float) -> Decimal:
    return Decimal(str(number))


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_HALF_UP))
