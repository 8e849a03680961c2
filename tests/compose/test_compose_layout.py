from __future__ import annotations

import pytest

from builders import CLIENT, make_part
from yibao_cli.compose import compose_layout
from yibao_cli.config import shipped
from yibao_cli.errors import SettingsError
from yibao_cli.kinds import load_kind, load_product
from yibao_cli.kinds.geometry import CodeItem, TextItem
from yibao_cli.kinds.page import BLANK, FURTHER, FieldRef, Source

TEMPLATES = shipped("templates")
KIND = load_kind(TEMPLATES, "medical")
PRODUCT = load_product(TEMPLATES, KIND.product)
CONSTANTS = {"client": CLIENT, "mailing": {"id": "2026Q3", "period": "第三季度"}, "kind": {"name": KIND.name}}
FIELDS = (*make_part(1).pieces.column_names,)


def composed(*, kind=KIND, fields=FIELDS, ads=None):
    return compose_layout(kind, PRODUCT, fields, CONSTANTS, ads or {})


def with_item(**changes):
    """The kind whose back panel has one text alone."""
    item = TextItem(**{"text": "{{ name }}", "x": 10, "y": 20, **changes})
    back = KIND.panels["back"].model_copy(update={"items": (item,)})
    return KIND.model_copy(update={"panels": {**KIND.panels, "back": back}})


def with_table(**changes):
    """The kind whose table differs."""
    panel = KIND.panels["statement"]
    items = tuple(i.model_copy(update=changes) if i.type == "table" else i for i in panel.items)
    statement = panel.model_copy(update={"items": items})
    return KIND.model_copy(update={"panels": {**KIND.panels, "statement": statement}})


def of_kind(name):
    """The layout of another shipped kind."""
    kind = load_kind(TEMPLATES, name)
    return compose_layout(kind, load_product(TEMPLATES, kind.product), FIELDS, CONSTANTS, {})


def on_page(pages, text):
    return [(p.number, t) for p in pages for t in (*p.texts, *p.static_texts) if t.item.text == text]


def test_every_variant_has_every_page_of_the_product():
    layout = composed()

    assert [(v, p.number) for v, p in layout.plans()] == [
        ("standard", 1),
        ("standard", 2),
        ("large", 1),
        ("large", 2),
    ]
    assert {v.most for v in layout.variants.values()} == {2}
    assert all((p.width, p.height, p.folds) == (230, 360, (120, 240)) for _v, p in layout.plans())
    assert layout.paper.folds == (120, 240)


def test_an_item_moves_with_its_panel():
    layout = composed(kind=with_item(text="{{ name }} 在背面"))

    ((number, placed),) = on_page(layout.variants["standard"].first, "{{ name }} 在背面")

    assert number == 1
    assert (placed.item.x + placed.dx, placed.item.y + placed.dy) == (10, 140)


def test_static_texts_and_those_that_change_are_apart():
    page = composed().variants["standard"].first[0]

    assert all(t.source.static for t in page.static_texts)
    assert not any(t.source.static for t in page.texts)
    assert "贴邮票处" in [t.source.literal for t in page.static_texts]


def test_items_of_all_panels_are_placed_once():
    for variant in KIND.variant_names:
        pages = composed().variants[variant].first
        placed = sum(
            len(p.texts) + len(p.static_texts) + len(p.tables) + len(p.shapes) + len(p.marks) for p in pages
        )

        assert placed == sum(len(p.items) for p in KIND.panels_of(variant).values())


def test_the_code_and_the_slots_stand_where_the_product_has_them():
    front, back = composed().variants["standard"].first

    assert [(type(c.item), c.dx, c.dy) for c in front.marks] == [(CodeItem, 0, 0)]
    assert [(s.slot, s.x, s.y, s.w, s.h) for s in front.slots] == [("A", 0, 240, 230, 120)]
    assert [(s.slot, s.y) for s in back.slots] == [("B", 120), ("C", 240)]


def test_art_is_the_sold_ads_by_name_and_then_the_house_panels():
    layout = composed(ads={"C-02": "b.pdf", "C-01": "a.png"})

    assert [a.key for a in layout.art] == [
        "ad:C-01",
        "ad:C-02",
        "house:card-care",
        "house:check-your-statement",
        "house:keep-well",
    ]
    assert [a.paid for a in layout.art] == [True, True, False, False, False]
    assert layout.panel_size == (230, 120)


def test_a_text_may_stand_in_a_file_of_its_own():
    layout = composed(kind=with_item(text="@notes"))

    ((_number, placed),) = [f for f in on_page(layout.variants["standard"].first, "@notes") if f[0] == 1]

    assert CLIENT["phone"] in placed.source.literal


@pytest.mark.parametrize("text", ["@nowhere", "{{ salary }}", "{{ client.fax }}"])
def test_a_text_that_names_nothing_is_refused(text):
    with pytest.raises(SettingsError):
        composed(kind=with_item(text=text))


def test_a_field_that_the_package_lacks_is_refused():
    with pytest.raises(SettingsError, match="unknown name"):
        composed(fields=tuple(f for f in FIELDS if f != "scheme"))


def test_a_house_panel_bears_nothing_of_a_person():
    house = KIND.house[0].model_copy(update={"items": (TextItem(text="{{ name }}", x=1, y=1),)})

    with pytest.raises(SettingsError, match="unknown name"):
        composed(kind=KIND.model_copy(update={"house": (house,)}))


def test_an_overflow_text_in_the_column_of_an_amount_is_refused():
    with pytest.raises(SettingsError, match="hides a sum"):
        composed(kind=with_table(overflow_column=4))


def test_an_overflow_text_that_names_a_field_of_the_line_is_refused():
    with pytest.raises(SettingsError, match="unknown name"):
        composed(kind=with_table(overflow_text="{{ institution }}"))


# ------------------------------------------------------------------ pieces of several sheets


def test_lines_that_go_on_have_a_page_to_repeat_and_a_blank_back():
    plan = of_kind("medical-dl").variants["standard"]

    assert [p.number for p in plan.plans] == [1, FURTHER, BLANK]
    assert (plan.further.number, plan.blank.number, plan.most) == (FURTHER, BLANK, 12)
    begins, takes = plan.flowing
    assert begins is plan.first[0].tables[0]
    assert takes is plan.further.tables[0]


def test_lines_that_do_not_go_on_have_no_further_page():
    assert all(v.flowing is None and v.further is None for v in composed().variants.values())
    card = of_kind("medical-card").variants["standard"]

    assert [p.number for p in card.plans] == [1, 2]
    assert card.most == 2


def test_an_odd_number_of_pages_is_filled_up_with_a_blank_back():
    product = PRODUCT.model_copy(update={"pages": 1})

    plan = compose_layout(with_item(), product, FIELDS, CONSTANTS, {}).variants["standard"]

    assert [p.number for p in plan.plans] == [1, BLANK]
    assert plan.most == 2


@pytest.mark.parametrize(("kind", "number"), [("medical-card", 1), ("medical-dl", 1)])
def test_a_page_knows_of_itself_what_is_the_same_on_every_piece(kind, number):
    plan = of_kind(kind).variants["standard"].first[number - 1]

    sources = [t.source for t in (*plan.texts, *plan.static_texts) if "{{ pages }}" in t.item.text]

    ((source),) = sources
    if kind == "medical-card":
        assert source == Source((f"{CONSTANTS['mailing']['id']}  1/2",))
    else:
        assert source == Source(
            (f"{CONSTANTS['mailing']['id']}  第 1 页 共 ", FieldRef("pages"), " 页"), fields=("pages",)
        )


def test_a_further_page_learns_its_number_with_its_piece():
    plan = of_kind("medical-dl").variants["standard"].further

    (source,) = [t.source for t in plan.texts if "{{ pages }}" in t.item.text]

    assert set(source.fields) == {"page", "pages"}


def test_lines_may_always_go_on_to_the_back_of_the_first_sheet():
    kind = load_kind(TEMPLATES, "medical-dl")
    product = load_product(TEMPLATES, kind.product).model_copy(update={"most": 0})

    assert compose_layout(kind, product, FIELDS, CONSTANTS, {}).variants["standard"].most == 2
