"""Findings as workbook and csv, and the page of rules."""

from __future__ import annotations

import csv
import re

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao_cli.i18n import use_language
from yibao_cli.model import Finding
from yibao_cli.reports.findings import COLUMNS, count_by_rule, findings_frame, write_findings
from yibao_cli.reports.rules_page import rules_markdown
from yibao_cli.rules import RULES

FOUND = (
    Finding("T103", "退信.xlsx", "登记", 12, "账单编号", "00000779", {"mailing": "2026Q3"}),
    Finding("I101", "roster.xlsx", "说明", details={"table": "名册"}),
    Finding("T103", "退信.xlsx", "登记", 15, "账单编号", "=cmd|x", {"mailing": "2026Q3"}),
)


@pytest.fixture(autouse=True)
def _english():
    use_language("en")


@pytest.fixture
def written(tmp_path):
    write_findings(FOUND, tmp_path / "f.xlsx", tmp_path / "f.csv")
    return tmp_path


def rows(sheet, first=2):
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first)]


def test_a_finding_becomes_a_row_with_its_place_and_words():
    frame = findings_frame(FOUND)

    assert tuple(frame.columns) == COLUMNS
    assert frame.loc[0].tolist() == [
        "reject", "T103", "退信.xlsx", "登记", 12, "账单编号", "00000779",
        "mailing 2026Q3 has no piece with this number", RULES["T103"].remedy,
    ]  # fmt: skip
    assert frame["row"].isna().tolist() == [False, True, False]


def test_the_summary_counts_by_rule_the_gravest_first(written):
    sheet = openpyxl.load_workbook(written / "f.xlsx")["Summary"]

    header, first, second, total = rows(sheet)
    assert header == ["Severity", "Rule", "Count", "What is wrong", "What to do"]
    assert first[:4] == ["rejected", "T103", 2, "mailing … has no piece with this number"]
    assert second[:3] == ["note", "I101", 1]
    assert total == ["Total", None, 3, None, None]


def test_the_gravest_rule_comes_first_then_the_most_frequent():
    findings = [Finding(r) for r in ("I101", "I101", "I101", "T104", "T103", "T103")]

    assert count_by_rule(findings_frame(findings))["rule"].tolist() == ["T103", "T104", "I101"]


def test_the_list_has_filters_colours_wrapped_text_and_no_formula(written):
    sheet = openpyxl.load_workbook(written / "f.xlsx")["List"]

    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A3", "A2:I5", "$1:$2")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert [sheet[f"A{n}"].fill.fgColor.rgb for n in (3, 4)] == ["FFF8D0CC", "FFE6F0E6"]
    assert sheet["H3"].alignment.wrap_text
    assert (sheet["G5"].value, sheet["G5"].data_type) == ("=cmd|x", "s")
    assert (sheet["E3"].value, sheet["E4"].value) == (12, None)


def test_csv_has_the_same_rows_made_safe(written):
    with (written / "f.csv").open(encoding="utf-8-sig", newline="") as stream:
        header, *lines = csv.reader(stream)

    assert header == [
        "Severity", "Rule", "File", "Sheet", "Row", "Column", "Value", "What is wrong", "What to do",
    ]  # fmt: skip
    assert [line[4] for line in lines] == ["12", "", "15"]
    assert lines[2][6] == "'=cmd|x"


def test_files_are_private_and_the_same_each_time(written, tmp_path):
    write_findings(FOUND, tmp_path / "g.xlsx", tmp_path / "g.csv")

    for ending in ("xlsx", "csv"):
        assert (written / f"f.{ending}").read_bytes() == (tmp_path / f"g.{ending}").read_bytes()
        assert (tmp_path / f"g.{ending}").stat().st_mode & 0o777 == 0o600


def test_no_findings_make_an_empty_list(tmp_path):
    write_findings((), tmp_path / "f.xlsx", tmp_path / "f.csv")

    book = openpyxl.load_workbook(tmp_path / "f.xlsx")

    assert rows(book["Summary"], 3) == [["Total", None, 0, None, None]]
    assert book["List"].max_row == 2


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(RULES)).map(Finding), max_size=20))
def test_counts_by_rule_add_up_to_the_findings(findings):
    counts = count_by_rule(findings_frame(findings))

    assert counts["count"].sum() == len(findings)
    assert counts["rule"].is_unique


def test_the_page_of_rules_has_each_rule_once_in_order():
    page = rules_markdown()

    ids = re.findall(r"^\| ([A-Z]\d+) \|", page, re.MULTILINE)
    assert sorted(ids) == sorted(RULES)
    assert "## T: Returns 退信" in page


def test_every_row_of_the_page_has_five_cells():
    lines = [line for line in rules_markdown().splitlines() if re.match(r"\| [A-Z]\d", line)]

    assert {len(re.split(r"(?<!\\)\|", line)) for line in lines} == {7}
