"""Sample pages for an advertiser: an invented piece with the ad where it was printed, marked 样张."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yibao_cli.compose import compose_layout, part_values
from yibao_cli.exports import open_private
from yibao_cli.jobs.ads.adscodes import address_of
from yibao_cli.kinds.page import response_field
from yibao_cli.kinds.specimen import specimen
from yibao_cli.render.part import render_part
from yibao_cli.render.static import draw_static

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.store.packages import Package

_LINES = 6
_SAMPLE_CODE = "00000000000"  # a code that no piece has, with its check


def print_sample(workspace: Workspace, package: Package, terms: Mapping[str, Any], path: Path) -> None:
    """Print all pages of an invented piece that bears the ad of a frozen contract in its first panel."""
    kind, days = package.kind, workspace.mailing(package.manifest.mailing)
    dates = {"starts": days.starts, "ends": days.ends, "posting": days.posting}
    record, details = specimen(kind, dates, _LINES)
    houses = [f"house:{h.id}" for h in kind.house]
    slots = {f"slot_{s.lower()}": houses[i % len(houses)] for i, s in enumerate(kind.slots)}
    slots[f"slot_{terms['panels'][0].lower()}"] = f"ad:{terms['id']}"
    whole = {**record, **slots, "variant": kind.variant_names[0], "part": 1}
    whole |= {"line_start": 0, "line_stop": len(details), "tracking": ""}
    if terms.get("response"):
        said = f"{address_of(workspace.settings.ads.response_url)}{_SAMPLE_CODE}"
        whole[response_field(terms["panels"][0])] = said
    pieces = pa.Table.from_pylist([whole])
    lines = pa.Table.from_pylist(details) if details else pa.table({})
    ads = {terms["id"]: package.manifest.ads[terms["id"]]}
    plan, _digests = package.fonts
    layout = compose_layout(kind, package.product, pieces.column_names, package.constants, ads, plan)
    values = part_values(layout, pieces, lines, package.manifest.mailing)
    with open_private(path) as stream:
        render_part(layout, draw_static(layout, package.art), [values], stream, proof=True)
