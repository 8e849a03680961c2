from __future__ import annotations

import pytest

from builders import altered
from yibao_cli.config import shipped
from yibao_cli.errors import ExitCode, SettingsError
from yibao_cli.kinds import load_kind, load_product
from yibao_cli.kinds.geometry import TextItem
from yibao_cli.kinds.page import FieldRef, Source
from yibao_cli.kinds.product import WindowSpec
from yibao_cli.kinds.reach import text_reach

EM = 25.4 / 72  # mm a point
DL, SHEET = "medical-dl/kind.toml", "medical/kind.toml"
FIRST = "[panels.address]\nitems = ["
BACK = "[panels.back]\nitems = ["
ADDRESS = (
    'text = "{{ address }}", x = 28, y = 44, size = 10.5, width = 84, lines = 2, leading = 5, min_size = 7'
)
NAME = '  { type = "text", text = "{{ name }} 收", x = 28, y = 62.5, size = 14, weight = 700, width = 84, min_size = 8 },\n'
COLUMNS = 'columns = [{ header = "", text = "", width = 9 }, { header = "", text = "", width = 9 }]'
CODE = '{ type = "code", x = 186, y = 8, module = 0.55 }'


def with_item(folder, item, *, file=SHEET, panel=FIRST):
    """Templates with one more item on a panel."""
    return altered(folder, panel, f"{panel}\n  {{ {item} }},", file=file)


def loaded(templates, file=SHEET):
    return load_kind(templates, file.partition("/")[0])


def refusal(templates, file=SHEET):
    with pytest.raises(SettingsError) as caught:
        loaded(templates, file)
    assert caught.value.exit_code == ExitCode.SETTINGS
    assert caught.value.where == file
    assert caught.value.remedy
    return caught.value


def edges(rect):
    x, y, w, h = rect
    return x, x + w, y, y + h


# ------------------------------------------------------------------ window envelopes


@pytest.mark.parametrize(
    ("envelope", "opening", "insert", "safe", "visible"),
    [
        # Worked by hand from the windows of GB/T 1416-2003, annex A, its tolerances and the slack of the sheet.
        ((220, 110), (25, 30, 100, 40), (210, 99), (27, 113, 33, 56), (13, 127, 16, 73)),
        ((220, 110), (25, 30, 100, 50), (210, 99), (27, 113, 33, 66), (13, 127, 16, 83)),
        ((230, 120), (25, 30, 100, 40), (210, 99), (27, 103, 33, 46), (3, 127, 6, 73)),
        ((230, 120), (25, 30, 100, 50), (210, 99), (27, 103, 33, 56), (3, 127, 6, 83)),
        ((229, 162), (25, 40, 100, 50), (210, 148.5), (27, 104, 43, 73.5), (4, 127, 23.5, 93)),
    ],
)
def test_what_a_window_always_and_what_it_may_show(envelope, opening, insert, safe, visible):
    window = WindowSpec(panel="address", envelope=envelope, opening=opening, insert=insert)

    assert edges(window.safe) == pytest.approx(safe)
    assert edges(window.visible) == pytest.approx(visible)


@pytest.mark.parametrize(
    ("product", "envelope", "opening"),
    [("window-DL", (220, 110), (25, 30, 100, 50)), ("window-C5", (229, 162), (25, 40, 100, 50))],
)
def test_the_shipped_window_products_have_the_windows_of_the_standard(product, envelope, opening):
    window = load_product(shipped("templates"), product).window

    assert (window.envelope, window.opening, window.panel) == (envelope, opening, "address")
    assert (window.across, window.down, window.fold) == (2, 1.5, 1.5)


@pytest.mark.parametrize(
    "item",
    [
        'type = "text", text = "{{ id_number | mask }}", x = 100, y = 75, width = 20',
        # Where the address belongs, but no part of it.
        'type = "text", text = "{{ closing | yuan }}", x = 80, y = 38, width = 30',
        'type = "text", text = "{{ name }} {{ person_no }}", x = 80, y = 38, width = 30',
        'type = "text", text = "{% if closing < 0 %}欠费{% endif %}", x = 80, y = 38, width = 30',
        'type = "text", text = "{% if closing < 0 %}欠费{% endif %}", x = 5, y = 80, size = 8',
        # A static text beside the address shows as well.
        'type = "text", text = "查询电话", x = 14, y = 80, size = 8',
        # Nobody knows how long it gets.
        'type = "text", text = "{{ piece }}", x = 5, y = 80, size = 8',
        'type = "text", text = "{{ piece }}", x = 200, y = 80, size = 8, align = "right"',
        'type = "text", text = "{{ piece }}", x = 5, y = 80, size = 8, align = "center"',
        'type = "table", x = 28, y = 70, rows = 2, columns = [{ header = "", text = "", width = 20 }, { header = "", text = "", width = 9 }]',
        'type = "picture", file = "logo.png", x = 15, y = 70, w = 10, h = 10',
        'type = "barcode", text = "{{ piece }}", x = 120, y = 70, width = 40',
        'type = "omr", profile = "quadient-1-track", x = 117, y = 45',
    ],
)
def test_what_is_no_address_may_not_be_seen_through_the_window(tmp_path, item):
    error = refusal(with_item(tmp_path, item, file=DL), DL)

    kind = item.partition('"')[2].partition('"')[0]
    assert error.message.startswith(f"panel address: {kind} at ")
    assert "can be seen through the window" in error.message
    assert "27.0 to 113.0 and 33.0 to 66.0" in error.remedy


@pytest.mark.parametrize(
    "item",
    [
        'type = "text", text = "{{ piece }}", x = 5, y = 80, size = 8, width = 7.5',
        'type = "text", text = "收件人", x = 80, y = 38, size = 8',
        'type = "text", text = "{{ employer_no }} {{ page }}/{{ pages }}", x = 80, y = 38, width = 30',
        'type = "rule", x = 14, y = 80, x2 = 120, y2 = 80',
        'type = "box", x = 27, y = 33, w = 86, h = 33, stroke = 0.5',
        'type = "text", text = "{{ id_number | mask }}", x = 130, y = 80, width = 40',
        'type = "text", text = "{{ id_number | mask }}", x = 20, y = 90, width = 40',
    ],
)
def test_what_belongs_to_the_address_and_what_is_out_of_reach_may_stand(tmp_path, item):
    assert loaded(with_item(tmp_path, item, file=DL), DL).id == "medical-dl"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (ADDRESS, ADDRESS.replace("x = 28", "x = 26.9")),
        (ADDRESS, ADDRESS.replace("width = 84", "width = 85.1")),
        (ADDRESS, ADDRESS.replace("width = 84, ", "")),
        (
            NAME,
            NAME.replace("y = 62.5", "y = 66.2"),  # its ink would go on to 66.5
        ),
        ('"{{ postcode }}", x = 28, y = 38', '"{{ postcode }}", x = 28, y = 35'),
    ],
)
def test_an_address_that_the_window_does_not_always_show_is_refused(tmp_path, old, new):
    error = refusal(altered(tmp_path, old, new, file=DL), DL)

    assert "can be seen through the window" in error.message


@pytest.mark.parametrize(
    ("old", "missing"), [(NAME, "name"), (f'  {{ type = "text", {ADDRESS} }},\n', "address")]
)
def test_a_window_without_address_or_name_is_refused(tmp_path, old, missing):
    error = refusal(altered(tmp_path, old, "", file=DL), DL)

    assert error.message == f"the window of the envelope does not show: {missing}"
    assert "panel address" in error.remedy


def test_a_data_matrix_may_stand_wholly_beside_the_address(tmp_path):
    narrower = [
        ("x = 28, y = 55, size = 9, width = 84", "x = 28, y = 55, size = 9, width = 68"),
        (NAME, NAME.replace("width = 84", "width = 68")),
        (CODE, '{ type = "code", x = 98, y = 51, module = 0.5 }'),
    ]
    for old, new in narrower:
        altered(tmp_path, old, new, file=DL)

    assert loaded(tmp_path, DL).id == "medical-dl"
    altered(tmp_path, "x = 98, y = 51, module", "x = 101, y = 51, module", file=DL)
    assert "panel address: code at 101.0, 51.0" in refusal(tmp_path, DL).message


def test_another_panel_of_the_page_lies_behind_the_window_too(tmp_path):
    # The panels meet at 70 mm, while the window may show all down to 83.
    altered(tmp_path, "w = 210, h = 99 }", "w = 210, h = 70 }", file="common/products.toml")
    altered(tmp_path, "y = 99, w = 210, h = 198 }", "y = 70, w = 210, h = 227 }", file="common/products.toml")

    assert "panel statement: text at" in refusal(tmp_path, DL).message


# ------------------------------------------------------------------ zones of the address face


@pytest.mark.parametrize(
    ("item", "zone"),
    [
        ('type = "text", text = "医保", x = 75, y = 20', "扫描区"),
        ('type = "text", text = "{{ name }}", x = 75, y = 20, width = 10', "扫描区"),
        ('type = "text", text = "{{ postcode }} {{ name }}", x = 75, y = 20, width = 10', "扫描区"),
        ('type = "text", text = "{{ piece }}", x = 150, y = 20, align = "right"', "扫描区"),
        ('type = "text", text = "局", x = 89, y = 20', "扫描区"),
        ('type = "rule", x = 5, y = 22, x2 = 80, y2 = 22', "扫描区"),
        ('type = "rule", x = 80, y = 5, x2 = 80, y2 = 60', "扫描区"),
        ('type = "rule", x = 5, y = 26.05, x2 = 80, y2 = 26.05', "扫描区"),
        ('type = "picture", file = "logo.png", x = 75, y = 5, w = 10, h = 10', "扫描区"),
        ('type = "code", x = 75, y = 5, module = 0.3', "扫描区"),
        ('type = "text", text = "电话", x = 80, y = 110', "条码区"),
        ('type = "text", text = "{{ postcode }}", x = 80, y = 110, width = 30', "条码区"),
        ('type = "text", text = "{{ employer_no }}", x = 12, y = 110', "条码区"),
        ('type = "rule", x = 60, y = 110, x2 = 180, y2 = 110', "条码区"),
        ('type = "box", x = 100, y = 105, w = 5, h = 5, stroke = 0', "条码区"),
        ('type = "picture", file = "logo.png", x = 100, y = 95, w = 10, h = 10', "条码区"),
        (
            'type = "table", x = 60, y = 101, rows = 2, columns = [{ header = "", text = "", width = 9 }, { header = "", text = "", width = 9 }]',
            "条码区",
        ),
        ('type = "barcode", text = "{{ piece }}", x = 130, y = 104, width = 30', "条码区"),
    ],
)
def test_what_stands_in_a_zone_of_the_post_is_refused_with_its_name(tmp_path, item, zone):
    error = refusal(with_item(tmp_path, item))

    kind = item.partition('"')[2].partition('"')[0]
    assert error.message.startswith(f"panel address: {kind} at ")
    assert f"in the zone {zone}" in error.message
    assert {"扫描区": "0.0 to 90.0 and 0.0 to 26.0", "条码区": "70.0 to 175.0 and 100.0 to 120.0"}[
        zone
    ] in error.remedy


@pytest.mark.parametrize(
    "item",
    [
        'type = "box", x = 72, y = 9, w = 8, h = 9, stroke = "#d22630"',
        'type = "text", text = "{{ postcode }}", x = 72, y = 20, width = 15',
        'type = "text", text = "局", x = 91, y = 20',
        'type = "text", text = "{{ employer_no }}", x = 12, y = 110, width = 57.9',
        'type = "rule", x = 5, y = 26.2, x2 = 90, y2 = 26.2',
        'type = "rule", x = 60, y = 99, x2 = 180, y2 = 99',
        'type = "box", x = 176, y = 104, w = 5, h = 5, stroke = 0',
    ],
)
def test_what_a_zone_allows_and_what_is_beside_it_may_stand(tmp_path, item):
    assert loaded(with_item(tmp_path, item)).id == "medical"


def test_a_zone_is_of_its_panel_alone(tmp_path):
    templates = with_item(tmp_path, 'type = "text", text = "医保", x = 75, y = 20', panel=BACK)

    assert loaded(templates).id == "medical"


# ------------------------------------------------------------------ items on one another


@pytest.mark.parametrize(
    ("item", "panel", "said"),
    [
        (
            'type = "text", text = "邮票", x = 206, y = 21.5',
            FIRST,
            "panel address: text at 206.0, 21.5 overlaps the text at 208.0, 21.5",
        ),
        (
            'type = "text", text = "{{ name }}", x = 200, y = 50, width = 20',
            FIRST,
            "panel address: text at 200.0, 50.0 overlaps the code at 200.0, 44.0",
        ),
        (
            'type = "code", x = 100, y = 64, module = 0.5',
            FIRST,
            "panel address: code at 100.0, 64.0 overlaps the text at 113.0, 74.0",
        ),
        (
            'type = "barcode", text = "{{ piece }}", x = 60, y = 60, width = 40',
            BACK,
            "panel back: barcode at 60.0, 60.0 overlaps the text at 30.0, 49.0",
        ),
        (
            'type = "omr", profile = "pitney-bowes-di425", x = 25, y = 45',
            BACK,
            "panel back: omr at 25.0, 45.0 overlaps the text at 30.0, 49.0",
        ),
        (
            'type = "text", text = "合计", x = 60, y = 60',
            "[panels.statement]\nitems = [",
            "panel statement: text at 60.0, 60.0 overlaps the table at 8.0, 42.0",
        ),
    ],
)
def test_items_on_one_another_are_refused_with_panel_and_both(tmp_path, item, panel, said):
    error = refusal(with_item(tmp_path, item, panel=panel))

    assert error.message == said


@pytest.mark.parametrize(
    "item",
    [
        'type = "rule", x = 40, y = 45, x2 = 180, y2 = 45',
        'type = "box", x = 40, y = 40, w = 150, h = 40, fill = 0.95',
        # Its words are the client's: how long they are is not known before.
        'type = "text", text = "{{ piece }}", x = 30, y = 60, size = 8, align = "right"',
    ],
)
def test_rules_boxes_and_texts_of_unknown_length_may_lie_over_others(tmp_path, item):
    assert loaded(with_item(tmp_path, item)).id == "medical"


@pytest.mark.parametrize(("width", "accepted"), [(50.3, True), (50.5, False)])
def test_neighbours_may_touch_and_no_more(tmp_path, width, accepted):
    mark = 'type = "barcode", text = "{{ piece }}", height = 6, y = 106'
    with_item(tmp_path, f"{mark}, x = 60, width = 50", panel=BACK)
    with_item(tmp_path, f"{mark}, x = 10, width = {width}", panel=BACK)

    if accepted:
        assert loaded(tmp_path).id == "medical"
    else:
        assert "barcode at 10.0, 106.0 overlaps the barcode at 60.0, 106.0" in refusal(tmp_path).message


def test_the_panels_of_a_variant_are_looked_at_too(tmp_path):
    panel = "[variants.large.panels.statement]\nitems = ["

    error = refusal(with_item(tmp_path, 'type = "text", text = "合计", x = 60, y = 60', panel=panel))

    assert "overlaps the table at 8.0, 45.0" in error.message


@pytest.mark.parametrize(
    "item",
    [
        'type = "barcode", text = "{{ piece }}", x = 181, y = 106, width = 50, height = 6',
        'type = "omr", profile = "quadient-1-track", x = 2, y = 74',
        'type = "omr", profile = "quadient-1-track", x = 219, y = 50',
        'type = "picture", file = "logo.png", x = 225, y = 5, w = 6, h = 5',
        # The header takes a row as well.
        f'type = "table", x = 5, y = 109, rows = 2, {COLUMNS}',
        f'type = "table", x = 180, y = 5, rows = 2, blocks = 3, {COLUMNS}',
        'type = "rule", x = 5, y = 119, x2 = 5, y2 = 121',
        'type = "box", x = -1, y = 5, w = 5, h = 5, stroke = 0',
    ],
)
def test_a_mark_a_picture_or_a_shape_that_leaves_its_panel_is_refused(tmp_path, item):
    assert "leaves the panel" in refusal(with_item(tmp_path, item, panel=BACK)).message


@pytest.mark.parametrize(
    "item",
    [
        f'type = "table", x = 5, y = 107.5, rows = 2, {COLUMNS}',
        f'type = "table", x = 185, y = 5, rows = 2, blocks = 2, {COLUMNS}',
        'type = "barcode", text = "{{ piece }}", x = 179, y = 5, width = 51, height = 6',
    ],
)
def test_what_ends_at_the_edge_of_its_panel_may_stand(tmp_path, item):
    assert loaded(with_item(tmp_path, item, panel=BACK)).id == "medical"


def test_an_unknown_profile_of_marks_is_refused_and_the_known_ones_named(tmp_path):
    error = refusal(with_item(tmp_path, 'type = "omr", profile = "abacus", x = 2, y = 60', panel=BACK))

    assert error.message == "panel back: there is no OMR profile abacus"
    assert "pitney-bowes-di425, quadient-1-track" in error.remedy


# ------------------------------------------------------------------ how far a text reaches


def reach(text="名称", fields=(), **changes):
    segments = (text, *(FieldRef(f) for f in fields))
    item = TextItem(**{"text": text, "x": 50, "y": 30, "size": 10, **changes})
    return text_reach(item, Source(segments, fields=fields), 200)


@pytest.mark.parametrize(
    ("align", "left"), [("left", 50), ("center", 50 - 1.5 * 10 * EM), ("right", 50 - 3 * 10 * EM)]
)
def test_a_fixed_text_takes_its_characters(align, left):
    found = reach("名称AB", align=align)

    assert found.least == found.most
    assert found.least == pytest.approx((left, 30 - 7.8 * EM, 3 * 10 * EM, 8.4 * EM))


def test_a_text_with_a_width_takes_that_and_its_lines():
    found = reach("名称", ("name",), width=40, lines=3, leading=6, align="right")

    assert found.least == found.most
    assert found.least == pytest.approx((10, 30 - 7.8 * EM, 40, 12 + 8.4 * EM))


@pytest.mark.parametrize(("align", "most"), [("left", (50, 150)), ("center", (0, 200)), ("right", (0, 50))])
def test_a_text_of_unknown_length_may_go_on_to_the_edge(align, most):
    found = reach("名称", ("name",), align=align)

    assert (found.most[0], found.most[2]) == pytest.approx(most)
    assert found.least[2] == pytest.approx(2 * 10 * EM)


def test_digits_in_boxes_take_six_places():
    found = reach("", ("postcode",), pitch=10, size=14)

    assert found.least == found.most
    assert found.least[2] == pytest.approx(50 + 7 * EM)
