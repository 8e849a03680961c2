"""Charts in print files: sums of the lines, bars in the content of the page, and a reader that compares them."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pikepdf
import pyarrow as pa
import pytest

from yibao_cli.compose import part_values
from yibao_cli.config import shipped
from yibao_cli.jobs.setup import kinds as job
from yibao_cli.kinds import load_kind
from yibao_cli.kinds.binding import bound_kind
from yibao_cli.kinds.geometry import ChartItem
from yibao_cli.render.comparing import What, compare_structure
from yibao_cli.render.expected import expected_pages
from yibao_cli.render.part import render_part
from yibao_cli.render.static import draw_static
from yibao_cli.render.structure import StructureFile

BAR = re.compile(rb"([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+) re")


MONTHS = ChartItem(x=78, y=92, w=124, h=22, by="traded_on", sum="total", direction="up", size=6)


def charted(by_month=MONTHS):
    """The year's statement with a second chart, by month."""
    kind = bound_kind(load_kind(shipped("templates"), "medical-annual"), job._DAYS)
    panel = kind.panels["statement"]
    panel = panel.model_copy(update={"items": (*panel.items, by_month)})
    return kind.model_copy(update={"panels": {**kind.panels, "statement": panel}})


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Its specimen, as values and as a file."""
    kind = charted()
    pieces, lines = job._specimens(kind)
    layout = job._layout(None, kind, pieces)
    values = part_values(layout, pieces, lines, "PREVIEW")
    path = tmp_path_factory.mktemp("charts") / "part.pdf"
    with path.open("wb") as out:
        render_part(layout, draw_static(layout, path.parent), [values], out)
    return layout, values, lines, path


def differences(layout, values, path):
    found = []
    with StructureFile(path) as file:
        for index, want in enumerate(expected_pages(layout, values)):
            found += compare_structure(file.page(index), want, codes=True)
    return found


def test_the_sums_of_the_bars_are_those_of_the_lines(printed):
    layout, values, lines, _path = printed
    by_service, by_month = Counter(), Counter()
    for line in lines.to_pylist():
        by_service[line["service"]] += line["total"]
        by_month[line["traded_on"][:7]] += line["total"]

    charts = layout.variants["standard"].first[0].charts
    shown = [
        dict(zip(c.keys, values.values["standard", 1].charts[i][0], strict=True))
        for i, c in enumerate(charts)
    ]

    assert shown[0] == {word: by_service[word] for word in ("门诊", "住院", "购药", "慢特病")}
    assert shown[1] == {month: by_month[month] for month in ("2026-07", "2026-08", "2026-09")}
    assert any(shown[0].values())
    assert any(shown[1].values())


def test_the_bars_read_back_are_those_that_belong_there(printed):
    layout, values, _lines, path = printed

    assert differences(layout, values, path) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda box: b"%s %s %.2f %s re" % (box[1], box[2], float(box[3]) - 1, box[4]),
        lambda box: b"%s %s %s %.2f re" % (box[1], box[2], box[3], float(box[4]) + 1),
        lambda box: b"%.2f %s %s %s re" % (float(box[1]) + 1, box[2], box[3], box[4]),
        lambda box: box[0] + b" " + box[0],
    ],
    ids=["shorter", "higher", "elsewhere", "one more"],
)
def test_a_bar_that_was_changed_is_found(printed, change, tmp_path):
    layout, values, _lines, path = printed
    with pikepdf.open(path) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
        assert BAR.search(content)
        pdf.pages[0].Contents.write(BAR.sub(change, content, count=1))
        pdf.save(tmp_path / "changed.pdf", static_id=True)

    found = differences(layout, values, tmp_path / "changed.pdf")

    assert What.FORM in {what for what, _sentence in found}


def test_a_bar_that_covers_a_text_is_found(printed, tmp_path):
    layout, values, _lines, path = printed
    with pikepdf.open(path) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
        drawn = re.search(rb"q [\d.]+ g [-\d. re]+ f Q\n", content)
        pdf.pages[0].Contents.write(content.replace(drawn[0], b"", 1) + drawn[0])
        pdf.save(tmp_path / "changed.pdf", static_id=True)

    assert differences(layout, values, tmp_path / "changed.pdf")


def test_a_filled_rectangle_where_no_chart_is_is_found(printed, tmp_path):
    layout, values, _lines, path = printed
    with pikepdf.open(path) as pdf:
        pdf.pages[1].Contents.write(b"q 1 g 10 10 20 20 re f Q\n" + pdf.pages[1].Contents.read_bytes())
        pdf.save(tmp_path / "changed.pdf", static_id=True)

    assert [what for what, _sentence in differences(layout, values, tmp_path / "changed.pdf")] == [What.FORM]


def test_lines_of_another_month_and_blank_ones_are_in_no_bar(printed):
    layout, _values, lines, _path = printed
    own = lines.to_pylist()
    own[0] |= {"traded_on": "2024-01-01"}
    own[1] |= {"service": None, "total": None}
    table = pa.Table.from_pylist(own, schema=lines.schema)
    pieces, _lines = job._specimens(charted())

    charts = part_values(layout, pieces, table, "PREVIEW").values["standard", 1].charts

    assert sum(charts[0][0]) == sum(line["total"] or 0 for line in own)
    assert sum(charts[1][0]) == sum(line["total"] or 0 for line in own[1:])


def test_the_least_sum_beside_the_largest_has_a_bar_that_is_seen_and_read_back(tmp_path):
    kind = charted()
    pieces, lines = job._specimens(kind)
    own = [{**line, "service": "门诊", "total": 9_000_000_00} for line in lines.to_pylist()]
    # More than nothing, and too little for a bar of its own share.
    own[0] |= {"service": "住院", "total": 1}
    lines = pa.Table.from_pylist(own, schema=lines.schema)
    layout = job._layout(None, kind, pieces)
    values = part_values(layout, pieces, lines, "PREVIEW")
    assert values.values["standard", 1].charts[0][0].tolist()[1] == 1

    with (tmp_path / "part.pdf").open("wb") as out:
        render_part(layout, draw_static(layout, tmp_path), [values], out)

    with pikepdf.open(tmp_path / "part.pdf") as pdf:
        drawn = [tuple(map(float, box)) for box in BAR.findall(pdf.pages[0].Contents.read_bytes())]
    assert min(w for _x, _y, w, _h in drawn) == pytest.approx(0.1 * 72 / 25.4, abs=0.05)
    assert differences(layout, values, tmp_path / "part.pdf") == []


def priced(lines, amounts):
    """The lines with other totals, in turn."""
    own = [line | {"total": amounts[n % len(amounts)]} for n, line in enumerate(lines.to_pylist())]
    return pa.Table.from_pylist(own, schema=lines.schema)


@pytest.mark.parametrize(
    "amounts",
    [[0], [12_34], [1, 99], [-5_00, 5_00], [123_456_789_01], [-98_765_43, 1_000_00, 0, 7]],
    ids=["nothing", "one", "fen", "both ways", "large", "mixed"],
)
def test_a_chart_written_at_once_is_what_its_texts_would_be_one_by_one(amounts, tmp_path, monkeypatch):
    pieces, lines = job._specimens(charted())
    layout = job._layout(None, charted(), pieces)
    static = draw_static(layout, tmp_path)

    def printed(name):
        values = part_values(layout, pieces, priced(lines, amounts), "PREVIEW")
        with (tmp_path / name).open("wb") as out:
            render_part(layout, static, [values], out)
        with StructureFile(tmp_path / name) as file:
            page = file.page(0)
        return values, (page.texts, page.sizes, page.colours, page.bars), (page.xs, page.ys)

    values, at_once, places = printed("at_once.pdf")
    monkeypatch.setattr("yibao_cli.render.program.amount_operators", lambda *_a: None)
    _values, one_by_one, wanted = printed("one_by_one.pdf")

    assert one_by_one == at_once
    assert np.abs(np.subtract(wanted, places)).max() < 0.02  # points; both sides are rounded
    assert differences(layout, values, tmp_path / "at_once.pdf") == []


def test_an_amount_that_has_to_be_smaller_is_set_smaller(tmp_path):
    narrow = MONTHS.model_copy(update={"w": 36, "size": 8.0})
    kind = charted(narrow)
    pieces, lines = job._specimens(kind)
    layout = job._layout(None, kind, pieces)
    values = part_values(layout, pieces, priced(lines, [98_765_432]), "PREVIEW")

    with (tmp_path / "part.pdf").open("wb") as out:
        render_part(layout, draw_static(layout, tmp_path), [values], out)

    assert differences(layout, values, tmp_path / "part.pdf") == []
    with pikepdf.open(tmp_path / "part.pdf") as pdf:
        sizes = {float(s) for s in re.findall(rb"/L400 ([\d.]+) Tf", pdf.pages[0].Contents.read_bytes())}
    assert any(5 <= size < 8 for size in sizes)
