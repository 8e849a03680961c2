"""Bundles 把 and bags 袋 as the package has them: counted, weighed, and proven to hold every piece once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yibao_cli.errors import CheckFailed
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What is asked of each piece; text columns may be categories.
COLUMNS = (
    "position",
    "part",
    "bundle",
    "bag",
    "level",
    "destination",
    "bag_level",
    "bag_destination",
    "pages",
    "piece",
    "weight_mg",
    "thickness_um",
)
_MG_KG = 1_000_000
_GRAM = Decimal("0.001")


@dataclass(frozen=True)
class Sorted:
    """The containers of a mailing, numbered from 1 in print order.

    bundles: bundle, bag, level, destination, pieces, pages, weight_mg, thickness_um, first, last (piece
      numbers), start, end (positions), part, last_part.
    bags: bag, level, destination, bundles, pieces, pages, weight_mg, first_bundle, last_bundle, start, end.
    """

    bundles: pd.DataFrame
    bags: pd.DataFrame

    @property
    def pieces(self) -> int:
        """Pieces in all bags."""
        return int(self.bags["pieces"].sum())


def sorted_containers(pieces: pd.DataFrame) -> Sorted:
    """Count a mailing's bundles and bags.

    pieces: `COLUMNS`, a row a piece, in print order.

    Raises CheckFailed when the numbers do not run from 1 without a gap, or a bundle lies in two places or in
    two bags: then the printed pile is not the one that the labels describe.
    """
    bundle, bag = (pieces[name].to_numpy(np.int64) for name in ("bundle", "bag"))
    _require_runs(pieces["position"].to_numpy(np.int64), len(pieces), "position")
    starts = _starts(bundle)
    _require_runs(bundle[starts], len(starts), "bundle")
    bag_starts = _starts(bag)
    _require_runs(bag[bag_starts], len(bag_starts), "bag")
    if not np.isin(bag_starts, starts).all():
        number = int(bundle[np.setdiff1d(bag_starts, starts)[0]])
        raise _faulty(_("bundle {number} lies in two bags").format(number=number))
    bundles = _measured(pieces, starts)
    bundles.insert(0, "bundle", bundle[starts])
    bundles.insert(1, "bag", bag[starts])
    ends = np.append(starts[1:], len(pieces)) - 1
    for name, rows in (("first", starts), ("last", ends)):
        bundles[name] = pieces["piece"].to_numpy()[rows] if len(pieces) else []
    part = pieces["part"].to_numpy(np.int64)
    bundles["part"], bundles["last_part"] = part[starts], part[ends] if len(pieces) else part
    return Sorted(bundles, _bags(pieces, bag, bag_starts, bundles))


def kilograms(weight_mg: int) -> Decimal:
    """A weight as papers state it, kg with three places."""
    return (Decimal(weight_mg) / _MG_KG).quantize(_GRAM, ROUND_HALF_UP)


def _bags(
    pieces: pd.DataFrame, bag: NDArray[Any], starts: NDArray[Any], bundles: pd.DataFrame
) -> pd.DataFrame:
    bags = _measured(pieces, starts, "bag_").drop(columns="thickness_um")
    bags.insert(0, "bag", bag[starts])
    first = np.searchsorted(bundles["bag"].to_numpy(), bags["bag"].to_numpy())
    last = np.searchsorted(bundles["bag"].to_numpy(), bags["bag"].to_numpy(), side="right") - 1
    bags.insert(3, "bundles", last - first + 1)
    numbers = bundles["bundle"].to_numpy()
    return bags.assign(first_bundle=numbers[first], last_bundle=numbers[last])


def _measured(pieces: pd.DataFrame, starts: NDArray[Any], prefix: str = "") -> pd.DataFrame:
    """Level and destination of the containers that begin at these rows, and sums of what is in them."""
    ends = np.append(starts[1:], len(pieces)) if len(starts) else starts
    found: dict[str, Any] = {name: _at(pieces[prefix + name], starts) for name in ("level", "destination")}
    found["pieces"] = ends - starts
    for name in ("pages", "weight_mg", "thickness_um"):
        values = pieces[name].to_numpy(np.int64)
        found[name] = np.add.reduceat(values, starts) if len(starts) else values
    found["start"], found["end"] = starts + 1, ends
    return pd.DataFrame(found)


def _at(column: pd.Series[Any], rows: NDArray[Any]) -> list[str]:
    return [str(value) for value in column.iloc[rows]]


def _starts(numbers: NDArray[Any]) -> NDArray[np.int64]:
    if not len(numbers):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1])))


def _require_runs(numbers: NDArray[Any], count: int, what: str) -> None:
    wrong = np.flatnonzero(numbers != np.arange(1, count + 1))
    if len(wrong):
        number = int(numbers[wrong[0]])
        detail = {
            "position": _("piece {number} of the print order is out of its place"),
            "bundle": _("bundle {number} stands in two places, or a number before it is missing"),
            "bag": _("bag {number} stands in two places, or a number before it is missing"),
        }[what]
        raise _faulty(detail.format(number=number))


def _faulty(reason: str) -> CheckFailed:
    return CheckFailed(
        reason,
        where="package",
        remedy=_("hand nothing over; run `yibao merge MAILING` and `yibao render MAILING` again"),
    )
