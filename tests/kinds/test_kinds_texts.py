from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao_cli.compose.columns import Columnar, source_column
from yibao_cli.errors import SettingsError
from yibao_cli.kinds.page import FieldRef, Source
from yibao_cli.kinds.texts import text_source

FIELDS = frozenset({"name", "closing", "postcode", "id_number", "cut_off", "large_type"})
CONSTANTS = {"client": {"name": "医保中心", "phone": "0311-12393"}, "mailing": {"id": "2026Q3"}}


def source(text):
    return text_source(text, FIELDS, CONSTANTS)


def said(text, **values):
    """What a text says of one piece."""
    table = pa.table({name: [value] for name, value in values.items()})
    return source_column(source(text), Columnar(table), 1)[0]


def test_a_text_without_fields_is_static():
    assert source("期末余额") == Source(("期末余额",))
    assert source("期末余额").static
    assert source("") == Source(())


def test_a_field_and_what_stands_around_it_are_taken_apart():
    assert source("{{ name }} 收") == Source((FieldRef("name"), " 收"), fields=("name",))


def test_filters_are_kept_by_name_in_order():
    assert source("{{ id_number | mask | or_dash }}").segments == (
        FieldRef("id_number", ("mask", "or_dash")),
    )


def test_constants_of_the_mailing_are_folded_into_the_literals():
    found = source("{{ client.name }} 电话 {{ client.phone }}，{{ mailing.id }}")

    assert found == Source(("医保中心 电话 0311-12393，2026Q3",))


def test_a_text_that_shows_an_amount_alone_is_known_as_one():
    assert source("{{ closing | yuan }}").amount == "closing"
    assert source("{{ closing }}").amount is None
    assert source("{{ closing | yuan }} 元").amount is None


def test_a_text_with_logic_keeps_its_template_and_its_constants():
    text = "{% if large_type %}大字版，{{ client.name }}{% else %}{{ name }}{% endif %}"

    assert said(text, large_type=True, name="张三") == "大字版，医保中心"
    assert said(text, large_type=None, name="张三") == "张三"


def test_logic_over_constants_alone_is_static():
    assert source("{% if client.phone %}电话 {{ client.phone }}{% endif %}") == Source(("电话 0311-12393",))


@pytest.mark.parametrize(
    ("text", "values", "said_of_it"),
    [
        ("{{ closing | yuan }}", {"closing": -123450}, "-1,234.50"),
        ("{{ closing | yuan }}", {"closing": None}, ""),
        ("{{ id_number | mask }}", {"id_number": "130102196001011232"}, "*" * 14 + "1232"),
        ("{{ name | mask_name }}", {"name": "张小明"}, "张**"),
        ("{{ name | or_dash }}", {"name": None}, "—"),
        ("{{ cut_off | date_zh }}", {"cut_off": "2026-09-30"}, "2026年9月30日"),
        ("{{ cut_off | month_zh }}", {"cut_off": "2026-09"}, "2026年9月"),
        ("{{ cut_off | month_zh }}", {"cut_off": "2026年8月、9月"}, "2026年8月、9月"),
        ("{{ cut_off | month_zh }}", {"cut_off": None}, ""),
        ("{{ name }} 收", {"name": None}, " 收"),
        ("{{ name ~ '，' ~ postcode }}", {"name": "张三", "postcode": "050011"}, "张三，050011"),
        ("{{ '请补缴' if closing < 0 else '无欠费' }}", {"closing": -1}, "请补缴"),
    ],
)
def test_texts_by_example(text, values, said_of_it):
    assert said(text, **values) == said_of_it


@pytest.mark.parametrize("text", ["{{ name }}", "{{ name }} 收", "{% if large_type %}{{ name }}{% endif %}"])
@given(
    value=st.text(max_size=20)
    | st.sampled_from(["{{ closing }}", "{% raw %}", "<b>", "{{ name.__class__ }}"])
)
def test_a_value_with_braces_stays_text(text, value):
    assert said(text, name=value, large_type=True).removesuffix(" 收") == value.removesuffix(" 收")


@given(st.sampled_from(["{{ closing }}", "{{ name.__class__ }}", "{% if x %}", "{#"]))
def test_a_constant_with_braces_stays_text(value):
    found = text_source("{{ client.name }}", FIELDS, {"client": {"name": value}})
    logic = text_source("{% if name %}{{ client.name }}{% endif %}", FIELDS, {"client": {"name": value}})

    assert found.literal == value
    assert source_column(logic, Columnar(pa.table({"name": ["张三"]})), 1) == [value]


@given(
    st.lists(st.text(max_size=5) | st.none(), min_size=1, max_size=5),
    st.sampled_from(["", "a", "{{ name }}"]),
)
def test_a_source_says_one_text_a_row(names, text):
    column = source_column(
        source(text), Columnar(pa.table({"name": pa.array(names, pa.string())})), len(names)
    )

    assert len(column) == len(names)


@pytest.mark.parametrize(
    "text",
    [
        "{{ nme }}",
        "{{ client }}",
        "{{ client.fax }}",
        "{% if name %}{{ client.fax }}{% endif %}",
        "{{ name | upper }}",
        "{{ name | mask('x') }}",
        "{{ client.name | safe }}",
        "{{ name",
        "{% if name %}",
        "{{ name.__class__ }}",
        "{{ name.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ client.name.__class__ }}",
        "{{ client.__class__ }}",
        "{{ name['__class__'] }}",
        "{{ name[0] }}",
        "{{ name() }}",
        "{{ range(10**9) }}",
        "{{ self }}",
        "{{ cycler }}",
        "{{ 1 / 0 }}",
        "{{ 'a' * 10**9 }}",
        "{{ '%s' % name }}",
        "{{ [name] }}",
        "{% for c in name %}{{ c }}{% endfor %}",
        "{% set name = 1 %}{{ name }}",
        "{% include 'kind.toml' %}",
        "{% import 'x' as y %}",
        "{% macro m() %}{% endmacro %}",
        "{{ name is sameas(postcode) }}",
    ],
)
def test_what_a_text_may_not_say_is_refused_with_the_text(text):
    with pytest.raises(SettingsError) as caught:
        source(text)

    assert text[:20] in caught.value.message
    assert caught.value.remedy


@given(st.text("{}% abc|.'name()[]#-if", max_size=30))
def test_any_text_is_a_source_or_refused(text):
    try:
        found = source(text)
    except SettingsError:
        return
    assert set(found.fields) <= FIELDS


def test_a_text_that_does_not_fit_its_values_is_refused_without_the_value():
    with pytest.raises(SettingsError, match="does not fit") as caught:
        said("{% if name < closing %}x{% endif %}", name="张三丰", closing=1)

    assert "张三丰" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "{% if name %}" * 3000 + "{% endif %}" * 3000,
        "{{ " + "(" * 3000 + "name" + ")" * 3000 + " }}",
        "{% if " + " and ".join(["name"] * 3000) + " %}a{% endif %}",
    ],
)
def test_a_text_too_deep_to_be_looked_through_is_refused(text):
    with pytest.raises(SettingsError, match="nested too deeply"):
        source(text)
