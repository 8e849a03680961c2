"""HiGHS as every program of this room uses it: silent, in one thread, from one seed, its matrix of ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


class Bounds(NamedTuple):
    """Least and most of each column, or of each row."""

    lower: npt.NDArray[np.float64]
    upper: npt.NDArray[np.float64]


def new_solver() -> Any:
    """A solver without a program; equal programs give it equal solutions."""
    import highspy  # noqa: PLC0415 - an extra, and 0.2 s

    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call] # it has no types
    for option, value in {"output_flag": False, "threads": 1, "random_seed": 1}.items():
        highs.setOptionValue(option, value)
    return highs


def linear_program(
    costs: npt.NDArray[np.float64],
    columns: Bounds,
    rows: Bounds,
    start: npt.NDArray[np.int32],
    index: npt.NDArray[np.int32],
    *,
    by_row: bool = False,
) -> Any:
    """A program to be minimised.

    start, index: where each column's rows begin, and these; by_row: where each row's columns begin.
    """
    import highspy  # noqa: PLC0415 - as above

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(costs), len(rows.lower)
    lp.col_cost_ = costs
    lp.col_lower_, lp.col_upper_ = columns
    lp.row_lower_, lp.row_upper_ = rows
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise if by_row else highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = start
    lp.a_matrix_.index_ = index
    lp.a_matrix_.value_ = np.ones(len(index))
    return lp
