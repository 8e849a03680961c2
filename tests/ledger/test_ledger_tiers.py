"""Tiers of electricity 阶梯电价: where each ends is dated data, and a bill that is split elsewhere is held."""

from __future__ import annotations

import duckdb
import pytest

from yibao_cli.config import shipped
from yibao_cli.kinds import load_kind
from yibao_cli.kinds.binding import bound_kind
from yibao_cli.ledger.joining import law_sql

KIND = load_kind(shipped("templates"), "electricity")
DAYS = {"starts": "2026-10-01", "ends": "2026-10-31", "posting": "2026-11-05"}
TIERS = ("first-tier", "first-tier-full", "second-tier", "second-tier-full", "tiers-to-energy")


def broken(kind, energy, tiers, category="居民"):
    """Ids of the laws that a bill of so many kWh in three tiers breaks."""
    row = {"energy": energy, **{f"tier{n}_energy": kwh for n, kwh in enumerate(tiers, 1)}}
    types = {**dict.fromkeys(row, "integer"), "category": "choice"}
    columns = ", ".join([*(f"{v}::BIGINT AS {k}" for k, v in row.items()), f"'{category}' AS category"])
    laws = [w for w in bound_kind(kind, DAYS).laws if w.id in TIERS]
    query = f"SELECT {', '.join(law_sql(w, types) for w in laws)} FROM (SELECT {columns})"
    found = duckdb.connect().execute(query).fetchone()
    return {law.id for law, off in zip(laws, found, strict=True) if off}


@pytest.mark.parametrize(
    ("energy", "tiers"),
    [
        (0, (0, 0, 0)),
        (179, (179, 0, 0)),
        (180, (180, 0, 0)),
        (181, (180, 1, 0)),
        (280, (180, 100, 0)),
        (281, (180, 100, 1)),
        (1000, (180, 100, 720)),
    ],
)
def test_a_bill_split_where_the_tiers_end_keeps_the_laws(energy, tiers):
    assert broken(KIND, energy, tiers) == set()


@pytest.mark.parametrize(
    ("energy", "tiers", "laws"),
    [
        (180, (179, 1, 0), {"first-tier"}),
        (181, (181, 0, 0), {"first-tier-full", "second-tier"}),
        (280, (180, 99, 1), {"second-tier"}),
        (281, (180, 101, 0), {"second-tier-full"}),
    ],
)
def test_a_kilowatt_hour_in_the_wrong_tier_is_found(energy, tiers, laws):
    assert broken(KIND, energy, tiers) == laws


def test_tiers_are_for_homes_alone():
    assert broken(KIND, 500, (500, 0, 0), category="企业") == set()


def test_ends_of_tiers_count_from_their_day_and_nothing_is_compared_where_they_are_none():
    later = [{"value": 200, "source": "新价格文件", "since": "2026-11-01"}]
    none = [{"value": 0, "source": "按年计档"}]

    def changed(name, values):
        known = [s.model_dump() for s in KIND.settings[name]]
        settings = {k: [s.model_dump() for s in v] for k, v in KIND.settings.items()} | {name: known + values}
        return type(KIND).model_validate(KIND.model_dump() | {"settings": settings})

    assert broken(changed("tier1_end", later), 200, (200, 0, 0)) == set()
    assert broken(changed("tier1_end", later), 200, (180, 20, 0)) == {"first-tier"}
    zero = KIND.model_dump() | {
        "settings": {k: [s.model_dump() for s in v] for k, v in KIND.settings.items()} | {"tier1_end": none}
    }
    assert broken(type(KIND).model_validate(zero), 900, (300, 300, 300)) == set()
