"""From counts to sheets: which ads stand together on how many pieces of a class.

A class is a bipartite multigraph: panels on one side, groups on the other, an edge for each piece that bears
a group in a panel. No vertex has more edges than the class has pieces, so by König's theorem its edges can be
coloured with as many colours as there are pieces, and a colour is a sheet: each panel once at most, each
group once at most. The matrix is filled up to equal sums and perfect matchings are taken off. Source:
the theorems of König (edge colouring) and of Birkhoff.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.errors import InternalError
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from yibao_cli.ads.problem import Problem

NOBODY = -1  # a panel that nobody bought; the house has it
Sheet = tuple[int, ...]  # ad number per panel
_Matrix = list[list[int]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """So many pieces of a class are this sheet."""

    cls: int
    sheet: Sheet
    pieces: int


def patterns_of(problem: Problem, x: npt.NDArray[np.int64]) -> list[Pattern]:
    """The sheets of all classes, by class and sheet; each class's pieces add up to its size."""
    planned: dict[int, dict[tuple[int, int], int]] = {}
    for (cls, ad, panel), pieces in zip(problem.edges.tolist(), x.tolist(), strict=True):
        if pieces:
            planned.setdefault(cls, {})[panel, ad] = pieces
    groups = problem.groups.tolist()
    width = len(problem.panels)
    return [
        Pattern(cls, sheet, pieces)
        for cls, size in enumerate(problem.sizes.tolist())
        for sheet, pieces in sorted(coloured(planned.get(cls, {}), groups, width, size).items())
    ]


def coloured(
    planned: Mapping[tuple[int, int], int], groups: Sequence[int], width: int, size: int
) -> dict[Sheet, int]:
    """Lay a class's ads, (panel, ad) to pieces, on its pieces. Returns sheet to pieces, `size` in all."""
    if not planned:
        return {(NOBODY,) * width: size}
    here = sorted({groups[ad] for _panel, ad in planned})
    queues: dict[tuple[int, int], list[list[int]]] = {}
    for (panel, ad), pieces in sorted(planned.items()):
        queues.setdefault((panel, here.index(groups[ad])), []).append([ad, pieces])
    matrix = _filled_up(queues, width, len(here), size)
    sheets: dict[Sheet, int] = {}
    match: list[int] = [NOBODY] * len(matrix)
    left = size
    while left:
        _match_rows(matrix, match)
        step = min(matrix[row][column] for row, column in enumerate(match))
        for sheet, pieces in _dealt(queues, match[:width], len(here), step):
            sheets[sheet] = sheets.get(sheet, 0) + pieces
        for row, column in enumerate(match):
            matrix[row][column] -= step
            if not matrix[row][column]:
                match[row] = NOBODY
        left -= step
    return sheets


def _filled_up(
    queues: Mapping[tuple[int, int], list[list[int]]], width: int, groups: int, size: int
) -> _Matrix:
    """[M, D; D', M'] with every row and column adding up to `size`."""
    side = width + groups
    matrix = [[0] * side for _row in range(side)]
    for (panel, group), queue in queues.items():
        pieces = sum(entry[1] for entry in queue)
        matrix[panel][group] = matrix[width + group][groups + panel] = pieces
    for panel in range(width):
        matrix[panel][groups + panel] = size - sum(matrix[panel][:groups])
    for group in range(groups):
        matrix[width + group][group] = size - sum(matrix[panel][group] for panel in range(width))
    if any(value < 0 for row in matrix for value in row):
        raise InternalError(_("a plan of ads breaks its own limits"), remedy=_("report it: this is a bug"))
    return matrix


def _match_rows(matrix: _Matrix, match: list[int]) -> None:
    """Complete a matching of rows to columns along positive entries; rows with NOBODY are looked at."""
    taken = {column: row for row, column in enumerate(match) if column != NOBODY}
    for row in [r for r, column in enumerate(match) if column == NOBODY]:
        if not _augment(matrix, row, taken, set()):
            raise InternalError(
                _("a plan of ads breaks its own limits"), remedy=_("report it: this is a bug")
            )
    for column, row in taken.items():
        match[row] = column


def _augment(matrix: _Matrix, row: int, taken: dict[int, int], seen: set[int]) -> bool:
    for column, value in enumerate(matrix[row]):
        if value and column not in seen:
            seen.add(column)
            if column not in taken or _augment(matrix, taken[column], taken, seen):
                taken[column] = row
                return True
    return False


def _dealt(
    queues: Mapping[tuple[int, int], list[list[int]]], columns: Sequence[int], groups: int, step: int
) -> list[tuple[Sheet, int]]:
    """Name the ads of one matching's pieces: a group's ads stand in a panel one after the other."""
    open_queues = [queues[panel, col] if col < groups else None for panel, col in enumerate(columns)]
    dealt: list[tuple[Sheet, int]] = []
    while step:
        pieces = min([step, *(queue[0][1] for queue in open_queues if queue)])
        dealt.append((tuple(queue[0][0] if queue else NOBODY for queue in open_queues), pieces))
        for queue in open_queues:
            if queue:
                queue[0][1] -= pieces
                if not queue[0][1]:
                    queue.pop(0)
        step -= pieces
    return dealt
