"""A mailing that is merged is sorted: bundles, bags and walks in the package, a scheme that the post refuses."""

from __future__ import annotations

import json
from itertools import groupby

import openpyxl
import pytest
from e2e_chain import MAILING, made, pieces

OWN = """
[sorting.schemes.bureau]
name = "商函局"
{limits}
bundle = {{ pieces = 30, fill = "balanced" }}
levels = [
  {{ id = "walk", name = "投递段", by = "walk", minimum = 2 }},
  {{ id = "office", name = "投递局", by = "office", minimum = {minimum} }},
]
bags = [{{ id = "district", name = "邮区", by = "postcode:3", remainder = "stay" }}]
"""


def set_up(folder, limits="", minimum=1, line='sorting = "bureau"'):
    """Put a scheme of the workspace's own into its settings."""
    path = folder / "yibao.toml"
    head = f"[mailings.{MAILING}]\n"
    words = path.read_text(encoding="utf-8").replace(head, f"{head}{line}\n")
    path.write_text(words + OWN.format(limits=limits, minimum=minimum), encoding="utf-8")


def runs(rows, *names):
    return [key for key, _group in groupby(rows, key=lambda r: tuple(r[n] for n in names))]


def test_print_order_is_bag_and_bundle_order_and_no_part_splits_a_bundle(at, call):
    folder = at("imported")

    merged = call("-w", folder, "merge")

    rows = pieces(folder)
    assert merged.code in {0, 3}
    assert [r["position"] for r in rows] == list(range(1, len(rows) + 1))
    bundles = runs(rows, "bag", "bundle", "level", "destination", "part")
    assert [b[1] for b in bundles] == list(range(1, len(bundles) + 1))
    assert {r["weight_mg"] for r in rows} == {8_280}
    assert all(r["destination"] == r["postcode"] for r in rows if r["level"] == "office")
    package = json.loads((made(folder) / "package" / "package.json").read_text(encoding="utf-8"))
    assert max(part["pieces"] for part in package["parts"]) <= 40
    assert package["sorting"]["scheme"] == "china-letter"
    assert (package["sorting"]["bundles"], package["sorting"]["pieces"]) == (len(bundles), len(rows))


def test_the_walks_of_the_posts_table_reach_the_pieces_and_make_bundles(at, call):
    folder = at("imported")
    set_up(folder)
    book = openpyxl.Workbook()
    book.active.append(["段道", "路名", "县区", "投递局"])
    assert call("-w", folder, "merge").code in {0, 3}
    before = pieces(folder)
    roads = {r["street_key"].split(" ")[4]: r["county"] for r in before if r["street_key"].split(" ")[4]}
    for number, (road, county) in enumerate(sorted(roads.items())[:20], 1):
        book.active.append([str(number), road, county, "长安投递局"])
    book.save(folder / "walks.xlsx")
    assert call("-w", folder, "import", "walks", folder / "walks.xlsx").code in {0, 3}

    merged = call("-w", folder, "merge")

    rows = pieces(folder)
    walked = [r for r in rows if r["level"] == "walk"]
    assert walked
    assert {r["walk"] for r in before} == {""}
    assert all(r["destination"] == f"长安投递局 {r['walk']}" for r in walked)
    assert all(len({(r["walk"], r["bundle"]) for r in group}) == 1 for group in grouped(walked, "bundle"))
    assert merged.code in {0, 3}
    package = json.loads((made(folder) / "package" / "package.json").read_text(encoding="utf-8"))
    assert package["sorting"]["unwalked"] == sum(not r["walk"] for r in rows)
    assert sorted(r["piece"] for r in rows) == sorted(r["piece"] for r in before)


def grouped(rows, name):
    return [list(group) for _key, group in groupby(rows, key=lambda r: r[name])]


def test_more_loose_pieces_than_the_post_takes_are_told_before_anything_is_frozen(at, call):
    folder = at("imported")
    set_up(folder, "loose = 0.01", minimum=20)

    result = call("-w", folder, "merge")

    assert result.code == 4
    assert "have no bundle of a level; bureau allows 1.0%" in result.err
    assert not (made(folder) / "package").exists()


@pytest.mark.parametrize(
    ("limits", "line", "words"),
    [
        ("", 'sorting = "none"', "there is no sorting scheme none"),
        ('inside = ["shoe_size"]', 'sorting = "bureau"', "orders by shoe_size, which no piece has"),
        ('sides = "left"', 'sorting = "bureau"', "sorting.schemes.bureau.sides"),
    ],
)
def test_a_scheme_that_cannot_be_is_a_matter_of_settings(at, call, limits, line, words):
    folder = at("imported")
    set_up(folder, limits, line=line)

    result = call("-w", folder, "merge")

    assert result.code == 78
    assert words in result.err
