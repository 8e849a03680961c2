"""What sorting came to: totals by level for package.json, and whether the scheme's promises are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yibao_cli.kinds.sorting import LOOSE
from yibao_cli.mailing.posting import LOOSE_NAME, MIXED
from yibao_cli.model import Finding

if TYPE_CHECKING:
    import pandas as pd

    from yibao_cli.kinds.sorting import Scheme

TOO_LOOSE = "M101"


def summary(pieces: pd.DataFrame, scheme: Scheme) -> dict[str, Any]:
    """Totals of a sorted mailing, and the scheme as it was used.

    pieces: what `sort_pieces` gives, with `walk` (text) and `weight_mg`.

    Returns scheme, rules (every key of it), pieces, bundles, bags, weight_mg, loose (pieces without a level),
    unwalked (pieces without a walk); levels and bag_levels: for each that took something level, name,
    destinations, bundles, bags, pieces, weight_mg, and short: containers below the level's minimum.
    """
    return {
        "scheme": scheme.id,
        "rules": scheme.model_dump(mode="json"),
        "pieces": len(pieces),
        "bundles": int(pieces["bundle"].max()) if len(pieces) else 0,
        "bags": int(pieces["bag"].max()) if len(pieces) else 0,
        "weight_mg": int(pieces["weight_mg"].sum()),
        "loose": int((pieces["level"] == LOOSE).sum()),
        "unwalked": int((pieces["walk"] == "").sum()),
        "levels": _by_level(pieces, {v.id: (v.name, v.minimum) for v in scheme.levels}, "level"),
        "bag_levels": _by_level(pieces, {v.id: (v.name, v.minimum) for v in scheme.bags}, "bag_level"),
    }


def _by_level(pieces: pd.DataFrame, levels: dict[str, tuple[str, int]], column: str) -> list[dict[str, Any]]:
    container, rest = ("bundle", LOOSE_NAME) if column == "level" else ("bag", MIXED)
    each = pieces.groupby([column, container], observed=True, sort=False).size()
    found = []
    for level, (name, minimum) in {**levels, LOOSE: (rest, 1)}.items():
        own = pieces[pieces[column] == level]
        if own.empty:
            continue
        sizes = each[each.index.get_level_values(0) == level]
        found.append(
            {
                "level": level,
                "name": name,
                "destinations": int(own[column.replace("level", "destination")].nunique()),
                "bundles": int(own["bundle"].nunique()),
                "bags": int(own["bag"].nunique()),
                "pieces": len(own),
                "weight_mg": int(own["weight_mg"].sum()),
                "short": int((sizes.to_numpy() < minimum).sum()),
            }
        )
    return found


def check_parts(pieces: pd.DataFrame, scheme: Scheme, most: int) -> list[Finding]:
    """A note where bundles have as many pieces as a part, and fewer than the scheme would let them have.

    pieces: as of `summary`. most: pieces that a part holds.
    """
    bag = scheme.bag.pieces
    wanted = scheme.bundle.pieces if bag is None else min(scheme.bundle.pieces, bag)
    if wanted <= most:
        return []
    # What a destination has beyond a part is in further bundles, which `balanced` makes smaller than a part.
    owners = pieces.groupby(["level", "destination"], observed=True)["bundle"].agg(["size", "nunique"])
    cut = (owners["size"] > most) & (owners["nunique"] == -(-owners["size"] // most))
    count = int(owners.loc[cut, "nunique"].sum())
    details = {"scheme": scheme.id, "wanted": wanted, "most": most, "count": count}
    return [Finding("M104", details=details)] if count else []


def check_sorting(facts: dict[str, Any], scheme: Scheme, *, with_walks: bool) -> list[Finding]:
    """Findings about a sorted mailing: more loose pieces than the scheme allows, pieces without a walk.

    with_walks: whether the post's table of walks was there.
    """
    found = []
    if facts["loose"] > scheme.loose * facts["pieces"]:
        share = {"loose": facts["loose"], "pieces": facts["pieces"], "limit": f"{scheme.loose:.1%}"}
        found.append(Finding(TOO_LOOSE, details={**share, "scheme": scheme.id}))
    if with_walks and facts["unwalked"]:
        found.append(Finding("M102", details={"count": facts["unwalked"]}))
    if short := sum(level["short"] for level in facts["levels"]):
        found.append(Finding("M103", details={"count": short}))
    return found
