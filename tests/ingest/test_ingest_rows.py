"""Rows: what is skipped, rejected, repeated, and what a finding shows."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_builders import HEADER, read, rows_of, rules_of, table_of, text_file

from yibao_cli.ingest.duplicates import Seen
from yibao_cli.ingest.mask import mask_for
from yibao_cli.kinds.fields import FieldSpec
from yibao_cli.rules import RULES, Severity

HEAD = ",".join(HEADER)
ID = "130102196001011232"


def test_rows_that_are_no_data_are_passed_over_and_noted(tmp_path):
    path = text_file(
        tmp_path / "a.csv",
        "余额表,,,",
        HEAD,
        "1,王,1,",
        ",,,",
        "",
        "2,李,2,",
        HEAD,
        "3,赵,3,",
        "合　计：,,6,",
        ",总计,6,",
        ",,,",
    )

    batches = read(path)

    assert [r["src_row"] for r in rows_of(batches)] == [3, 6, 8]
    assert rules_of(batches) == [("I105", 4), ("I107", 7), ("I106", 9), ("I106", 10)]
    assert sum(b.rows_in for b in batches) == 3


def test_a_missing_required_value_rejects_its_row(tmp_path):
    path = text_file(tmp_path / "a.csv", HEAD, "1,王,,2026-09-30", "2,李,5,")

    (batch,) = read(path)

    assert (batch.rows_in, batch.rows_kept, batch.rows_rejected) == (2, 1, 1)
    assert [(f.rule_id, f.row, f.column) for f in batch.findings] == [("I110", 2, "期末余额")]


def test_a_required_name_of_nothing_visible_is_missing(tmp_path):
    table = table_of(FieldSpec(name="x", label="姓名", type="name", required=True), ("y", "号", "id"))
    path = text_file(tmp_path / "a.csv", "姓名,号", "\u200b,1")

    assert rules_of(read(path, table)) == [("I128", 2), ("I110", 2)]


def test_an_optional_value_that_cannot_be_read_is_left_out_and_warned_of(tmp_path):
    path = text_file(tmp_path / "a.csv", HEAD, "1,王,1,昨天")

    batches = read(path)

    assert [r["cut_off"] for r in rows_of(batches)] == [None]
    assert [f.severity for f in batches[0].findings] == [Severity.WARN]


@pytest.mark.parametrize(
    ("kind", "cell", "rule_id"),
    [
        ("date", "昨天", "I142"),
        ("flag", "随便", "I144"),
        ("postcode", "5000", "I139"),
        ("id-number", ID[:17], "I135"),
        ("uscc", "91350100M000100Y44", "I136"),
    ],
)
def test_a_required_value_that_cannot_be_read_rejects_its_row(tmp_path, kind, cell, rule_id):
    table = table_of(FieldSpec(name="x", label="值", type=kind, required=True), ("y", "号", "id"))
    path = text_file(tmp_path / "a.csv", "值,号", f"{cell},1")

    (batch,) = read(path, table)

    assert [(f.rule_id, f.severity) for f in batch.findings] == [(rule_id, Severity.REJECT)]
    assert (batch.rows_kept, batch.rows_rejected) == (0, 1)


def test_an_unknown_choice_rejects_where_it_is_required_and_warns_where_not(tmp_path):
    choices = {"职工": ("城镇职工",)}
    table = table_of(
        FieldSpec(name="x", label="险种", type="choice", required=True, choices=choices),
        FieldSpec(name="y", label="副险种", type="choice", choices=choices),
    )
    path = text_file(tmp_path / "a.csv", "险种,副险种", "农合,职工", "城镇职工,农合")

    batches = read(path, table)

    assert rules_of(batches) == [("I145", 2), ("I125", 3)]
    assert [(r["x"], r["y"]) for r in rows_of(batches)] == [("职工", None)]


def test_a_row_of_another_width_is_rejected_and_never_moved_over(tmp_path):
    path = text_file(tmp_path / "a.csv", HEAD, "1,王,1,,", "2,李,1,2,3", "3,赵,3", "4,钱,4,")

    batches = read(path)

    assert [r["person_no"] for r in rows_of(batches)] == ["1", "4"]
    assert rules_of(batches) == [("I150", 3), ("I150", 4)]
    assert [(b.rows_in, b.rows_kept, b.rows_rejected) for b in batches] == [(4, 2, 2)]


def test_a_record_over_several_lines_is_rejected_with_them(tmp_path):
    path = text_file(tmp_path / "a.csv", HEAD, '1,"王', '2,李",1,', "3,赵,3,")

    batches = read(path)

    assert [(f.rule_id, f.row, f.details["last"]) for f in batches[0].findings] == [("I151", 2, 3)]
    assert [(r["person_no"], r["src_row"]) for r in rows_of(batches)] == [("3", 4)]


def test_a_repeated_row_and_a_repeated_key_are_told_apart(tmp_path):
    path = text_file(
        tmp_path / "a.csv", HEAD, "1,王,-0.01,", "2,李,2,", "1,王,-0.01,", "1,王,-0.02,", "2, 李 ,2.00,"
    )

    batches = read(path)

    assert [r["src_row"] for r in rows_of(batches)] == [2, 3]
    assert [(f.rule_id, f.row, f.details["first"]) for f in batches[0].findings] == [
        ("I152", 4, "2"),
        ("I153", 5, "2"),
        ("I152", 6, "3"),
    ]
    assert batches[0].rows_rejected == 3


def test_a_rejected_row_is_not_the_first_of_its_key(tmp_path):
    path = text_file(tmp_path / "a.csv", HEAD, "1,王,x,", "1,王,1,")

    batches = read(path)

    assert [r["src_row"] for r in rows_of(batches)] == [3]


def test_a_key_of_two_fields_is_the_pair_and_a_blank_in_it_repeats_nothing():
    seen = Seen(["a", "b", "value"], ["a", "b"])

    twins = seen.twins(
        [("1", "2", 0), ("1", "3", 0), ("1", None, 0), ("1", None, 0), ("1", "2", 9)], range(5), ""
    )

    assert [(t.position, t.same) for t in twins] == [(4, False)]


def test_a_key_on_an_earlier_sheet_is_named_with_its_sheet():
    seen = Seen(["a"], ["a"])
    seen.twins([("1",), ("2",)], [2, 3], "一月")

    twins = seen.twins([("2",)], [2], "二月")

    assert [(t.first_sheet, t.first_row) for t in twins] == [("一月", 3)]


def test_a_table_without_a_key_may_repeat_its_rows(tmp_path):
    path = text_file(tmp_path / "a.csv", "号", "1", "1")

    assert len(rows_of(read(path, table_of(("x", "号", "id"))))) == 2


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), max_size=30))
def test_the_first_of_each_key_stays_and_every_other_is_named(rows):
    seen = Seen(["key", "value"], ["key"])

    twins = seen.twins(rows, range(2, len(rows) + 2), "名册")

    kept = [row for i, row in enumerate(rows) if i not in {t.position for t in twins}]
    assert len({key for key, _ in kept}) == len(kept) == len({key for key, _ in rows})
    for twin in twins:
        first = rows[twin.first_row - 2]
        assert first[0] == rows[twin.position][0]
        assert twin.same == (first == rows[twin.position])


FIELDS = st.sampled_from(
    [
        "",
        "1",
        "0012",
        "王芳",
        "1.5",
        "1.005",
        "2026-9-30",
        "昨天",
        "#N/A",
        "合计",
        "个人编号",
        ID,
        '"',
        "\u202e",
    ]
)
LINES = st.lists(st.lists(FIELDS, min_size=3, max_size=5), max_size=12)


@given(LINES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_is_kept_or_rejected_with_a_reason_and_no_finding_shows_an_id(tmp_path, lines):
    quoted = [",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in line) for line in lines]
    path = text_file(tmp_path / "a.csv", HEAD, *quoted)

    batches = read(path)

    for batch in batches:
        assert batch.rows_in == batch.rows_kept + batch.rows_rejected
        assert batch.table.num_rows == batch.rows_kept
        rejecting = {f.row for f in batch.findings if f.severity is Severity.REJECT}
        assert len(rejecting) == batch.rows_rejected
        assert rejecting.isdisjoint(batch.table["src_row"].to_pylist())
        assert all(ID not in f"{f.value}{f.message()}" for f in batch.findings)
        assert all(f.column for f in batch.findings if "I110" <= f.rule_id < "I150")


@pytest.mark.parametrize(
    "kind",
    [
        "text",
        "name",
        "id",
        "id-number",
        "uscc",
        "mobile",
        "postcode",
        "money",
        "integer",
        "decimal",
        "date",
        "flag",
    ],
)
@pytest.mark.parametrize("sensitive", [True, False])
@pytest.mark.parametrize("secret", [ID, "13800138000", "欧阳小芳", float(13800138000), "张三"])
def test_no_column_shows_a_person_who_moved_into_it(kind, sensitive, secret):
    mask = mask_for(FieldSpec(name="x", label="值", type=kind, sensitive=sensitive))

    shown = mask(secret)

    text = str(int(secret)) if isinstance(secret, float) else secret
    assert text not in shown
    assert not re.search(r"\d{8}", shown)


def test_a_finding_shows_no_escape_of_the_terminal():
    mask = mask_for(FieldSpec(name="x", label="值", type="money"))

    assert mask("1\x1b[2J\u202e2") == "1 [2* 2"


def test_every_rule_of_import_speaks_with_the_details_it_is_given():
    rules = [r for r in RULES.values() if r.id.startswith("I1")]

    braces = {name for r in rules for name in re.findall(r"{(\w+)}", r.message + r.remedy)}

    assert len(rules) > 30
    assert braces >= {"table", "columns", "last", "fault", "cells", "width", "first"}


def test_the_ordinal_counts_rejected_rows_too(tmp_path):
    path = text_file(
        tmp_path / "a.csv", "个人编号,姓名,期末余额", "1,甲,1.00", "2,乙,abc", "3,丙", "4,丁,2.00"
    )

    batches = read(path)

    assert [r["src_ordinal"] for r in rows_of(batches)] == [1, 4]
