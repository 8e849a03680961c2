"""From a plan in fractions, as the linear program gives it, to one in whole pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from yibao_cli.ads.problem import Problem

WHOLE = 1e-5  # what the solver may be away from a whole number


def whole_plan(problem: Problem, x: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Round a plan down, then give back what fits: first to what is short, then to what earns most."""
    whole = np.floor(x + WHOLE).astype(np.int64)
    whole = np.maximum(whole, 0)
    panel_left, group_left = problem.slacks(whole)
    printed = problem.printed(whole)
    value = problem.values()
    loose = x - whole
    tier = np.array([c.tier for c in problem.contracts])
    for limit, only_loose in ((problem.floors, True), (problem.floors, False), (problem.quotas, False)):
        ads = problem.edges[:, 1]
        wanted = np.flatnonzero(printed[ads] < limit[ads])
        if limit is problem.quotas:
            wanted = wanted[value[wanted] > 0]
        if only_loose:
            wanted = wanted[loose[wanted] > WHOLE]
        order = wanted[np.lexsort((wanted, -loose[wanted], -value[wanted], tier[ads[wanted]]))]
        for edge in order:
            cls, ad, panel = problem.edges[edge]
            group = problem.groups[ad]
            most = 1 if only_loose else int(limit[ad] - printed[ad])
            step = min(
                int(panel_left[cls, panel]), int(group_left[cls, group]), most, int(limit[ad] - printed[ad])
            )
            if step > 0:
                whole[edge] += step
                printed[ad] += step
                panel_left[cls, panel] -= step
                group_left[cls, group] -= step
    return whole
