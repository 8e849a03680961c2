"""The tables of an account: pieces counted by state and place, returns by reason and by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yibao_cli.returns.rates import wilson
from yibao_cli.returns.reasons import REASONS
from yibao_cli.returns.standing import STATES, Cycle

if TYPE_CHECKING:
    from yibao_cli.returns.standing import Beyond, Terms


def as_places(column: pd.Series) -> pd.Series:
    """A column of places as codes into its names, in order of first appearance; "" where nothing is known."""
    names = column.astype("category")
    known = [str(name) for name in names.cat.categories]
    codes = names.cat.codes.to_numpy().copy()
    # A blank cell and one that holds an empty text are one place.
    codes[codes == (known.index("") if "" in known else -1)] = -1
    seen, first = pd.factorize(codes)
    labels = ["" if code < 0 else known[int(code)] for code in first]
    return pd.Series(pd.Categorical.from_codes(seen, pd.Index(labels, dtype=object)))


def grouped(states: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Count states by keys, in order of first appearance; rate is what can be delivered at best."""
    columns = [states[key].cat for key in keys]
    joined = np.zeros(len(states), dtype="int64")
    for column in columns:
        joined = joined * len(column.categories) + column.codes.to_numpy()
    groups, first = pd.factorize(joined)
    cells = groups * len(STATES) + states["state"].cat.codes.to_numpy()
    counts = np.bincount(cells, minlength=len(first) * len(STATES)).reshape(len(first), len(STATES))
    names = {}
    for key, column in reversed(list(zip(keys, columns, strict=True))):
        first, at = np.divmod(first, len(column.categories))
        names[key] = column.categories.to_numpy(dtype=object)[at]
    table = pd.DataFrame({key: names[key] for key in keys} | {"posted": counts.sum(axis=1)})
    table = table.assign(delivered=0, **dict(zip(STATES, counts.T, strict=True)))
    table["delivered"] = table["signed"] + table["presumed"]
    rates = [wilson(p - r, p) for p, r in zip(table["posted"], table["returned"], strict=True)]
    return table.assign(
        rate=[r.value for r in rates], low=[r.low for r in rates], high=[r.high for r in rates]
    )


def worst_first(employers: pd.DataFrame) -> pd.DataFrame:
    """The employers that anything came back from, those with the most first."""
    some = employers[employers["returned"] + employers["remailed"] > 0]
    order = ["returned", "employer_no", "employer_name"]
    return some.sort_values(order, ascending=[False, True, True], kind="stable").reset_index(drop=True)


def by_reason(counted: pd.DataFrame) -> pd.DataFrame:
    """Returns by reason, the most frequent first."""
    counts = {str(code): int(n) for code, n in counted["reason"].value_counts().items()}
    ordered = sorted(counts, key=lambda code: (-counts[code], code))
    return pd.DataFrame(
        {
            "reason": ordered,
            "label": [REASONS[code].label for code in ordered],
            "pieces": [counts[code] for code in ordered],
            "share": [counts[code] / len(counted) for code in ordered],
            "next_action": [REASONS[code].next_action() for code in ordered],
        }
    )


def by_day(counted: pd.DataFrame) -> pd.DataFrame:
    """Returns by day, and together up to the day."""
    counts = counted["returned_on"].value_counts().sort_index()
    return pd.DataFrame(
        {
            "day": [str(day) for day in counts.index],
            "pieces": counts.to_numpy(),
            "together": counts.cumsum().to_numpy(),
        }
    )


def cycle(terms: Terms, beyond: Beyond, counted: pd.DataFrame) -> Cycle:
    """Days from the posting of each copy to its return."""
    if counted.empty:
        return Cycle(0.0, 0.0)
    posted = {(p, c.number): c.posted_on for p, copies in beyond.copies.items() for c in copies}
    keys = zip(counted["piece"], counted["copy"], strict=True)
    began = pd.to_datetime([posted.get(key, terms.posted_on) for key in keys])
    days = (pd.to_datetime(counted["returned_on"].astype(str)).to_numpy() - began.to_numpy()).astype(
        "timedelta64[D]"
    )
    found = pd.Series(days.astype("int64"))
    return Cycle(float(found.median()), float(found.quantile(0.9)))


def returned_pieces(counted: pd.DataFrame) -> pd.DataFrame:
    """Each return with what its reason says, by day, then piece."""
    ordered = counted[["piece", "copy", "returned_on", "reason"]]
    ordered = ordered.sort_values(["returned_on", "piece", "copy"], kind="stable")
    codes = [REASONS[str(code)] for code in ordered["reason"]]
    return ordered.assign(
        label=[r.label for r in codes], next_action=[r.next_action() for r in codes]
    ).reset_index(drop=True)
