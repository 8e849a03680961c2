"""Frames to be sorted: invented pieces, spelled out only where a test cares; the roster of presort/."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from yibao_cli.config import shipped
from yibao_cli.kinds.sorting import Scheme, load_schemes

PRESORT = Path(__file__).parent / "presort"
SCHEMES = load_schemes(shipped("templates") / "common" / "sorting.toml")
SCHEMES |= load_schemes(PRESORT / "small-bags.toml")
TEXTS = {
    "postcode": "050011",
    "county": "长安区",
    "city": "石家庄市",
    "province": "河北省",
    "walk": "",
    "office": "",
    "employer": "",
    "employer_no": "",
    "road": "中山路",
    "door": "",
}
NUMBERS = {"road_no": 1, "weight_mg": 8_280, "thickness_um": 375}


def pieces_of(*rows):
    """A frame of rows that each spell out what differs."""
    full = [{"row_id": n, "rank": n, **TEXTS, **NUMBERS, **row} for n, row in enumerate(rows, 1)]
    frame = pd.DataFrame(full, columns=["row_id", "rank", *TEXTS, *NUMBERS])
    return frame.astype({**dict.fromkeys(TEXTS, "string"), **dict.fromkeys(["row_id", *NUMBERS], "int64")})


def scheme_of(*levels, **changes):
    """A scheme of levels `(by, minimum, remainder)`, with other keys as they are given."""
    tables = [
        {"id": f"{i}-{by.replace(':', '-')}", "name": by, "by": by, "minimum": minimum, "remainder": rest}
        for i, (by, minimum, rest) in enumerate(levels)
    ]
    return Scheme.model_validate({"id": "test", "name": "test", "levels": tables, **changes})


def presort_roster():
    """The roster of presort/, as sorting asks for it: a sheet weighs 4.99 g, its envelope 5.6 g."""
    kinds = dict.fromkeys(["row_id", "road_no", "sheets"], "int64")
    frame = pd.read_csv(PRESORT / "roster.csv", dtype="string", keep_default_na=False).astype(kinds)
    sheets = frame.pop("sheets")
    return frame.assign(
        rank=frame["row_id"],
        employer_no=frame["employer"],
        weight_mg=5_600 + 4_990 * sheets,
        thickness_um=260 + 312 * sheets,
    )
