"""Every variant of the kinds that no part of invented medical members shows: words and millimetres, as approved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_golden_pages import TOLERANCE, as_lines, farthest, texts_of, words_on

from yibao_cli.compose import part_values
from yibao_cli.config import shipped
from yibao_cli.jobs.setup import kinds as job
from yibao_cli.kinds import load_kind
from yibao_cli.kinds.binding import bound_kind
from yibao_cli.render.part import render_part
from yibao_cli.render.static import draw_static

FOLDER = Path(__file__).parent
KINDS = ("arrears", "contribution", "electricity", "housing-fund", "medical-annual", "power-cut")


@pytest.mark.parametrize("name", KINDS)
def test_a_specimen_of_the_kind_looks_as_it_was_approved(name, tmp_path, update_goldens):
    kind = bound_kind(load_kind(shipped("templates"), name), job._DAYS)
    pieces, lines = job._specimens(kind)
    layout = job._layout(None, kind, pieces)
    values = part_values(layout, pieces, lines, "PREVIEW")
    with (tmp_path / "part.pdf").open("wb") as out:
        render_part(layout, draw_static(layout, tmp_path), [values], out)

    found = words_on(tmp_path / "part.pdf")

    golden = FOLDER / f"kind-{name}.json"
    if update_goldens:
        golden.write_text(as_lines(found), encoding="utf-8")
    approved = json.loads(golden.read_text(encoding="utf-8"))
    assert texts_of(found) == texts_of(approved)
    assert farthest(found, approved) <= TOLERANCE
