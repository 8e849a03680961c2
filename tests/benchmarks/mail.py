"""An invented mailing as sorting takes it in: a city with walks, and employers of all sizes; into a file."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

OFFICES, WALKS, ROADS, DOORS = 270, 30, 40, 300


def invented_mailing(pieces):
    """A frame for `mailing.sorting.sort_pieces`."""
    draw = np.random.default_rng(1)
    office, walk, road = (draw.integers(0, n, pieces) for n in (OFFICES, WALKS, ROADS))
    number, employer = draw.integers(1, DOORS, pieces), draw.zipf(1.3, pieces) % 8_000
    postcodes = np.array([f"05{11 * i:04d}" for i in range(OFFICES)])
    rooms = draw.integers(0, 30_000, pieces)
    where = zip(office, road, number, rooms, strict=True)
    frame = pd.DataFrame({"row_id": np.arange(pieces), "rank": np.arange(pieces)})
    texts = {
        "postcode": postcodes[office],
        "county": [f"县{o // 20}" for o in office],
        "city": ["石家庄市"] * pieces,
        "province": ["河北省"] * pieces,
        "walk": [f"{w}段" for w in walk],
        "office": [f"投递局{o}" for o in office],
        "employer": [f"E{e:05d}" for e in employer],
        "road": [f"路{r}" for r in road],
        "door": [f"1301{o:03d} 路{r} {n:06d}号 {d:06d}" for o, r, n, d in where],
    }
    for name, values in texts.items():
        frame[name] = pd.Series(values).astype("string[pyarrow]")
    frame["employer_no"] = frame["employer"]
    return frame.assign(road_no=number, weight_mg=8_280 * draw.integers(1, 4, pieces), thickness_um=375)


if __name__ == "__main__":
    invented_mailing(int(sys.argv[2])).to_parquet(sys.argv[1])
