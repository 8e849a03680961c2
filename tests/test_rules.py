from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import yibao_cli
from yibao_cli.model import Finding
from yibao_cli.rules import RULES, Rule, Severity, rule
from yibao_cli.rules.catalogue import declare

PACKAGE = Path(yibao_cli.__file__).parent
ALL = sorted(RULES.values(), key=lambda r: r.id)


@pytest.mark.parametrize("one", ALL, ids=lambda r: r.id)
def test_a_rule_has_its_words(one: Rule):
    assert re.fullmatch(r"[IALHCMT]\d{3}", one.id)
    assert one.message
    assert one.remedy
    assert one.example
    assert not one.message.endswith(".")


@pytest.mark.parametrize("one", ALL, ids=lambda r: r.id)
def test_what_stands_in_braces_is_a_plain_name(one: Rule):
    names = [n for text in (one.message, one.remedy) for _, n, _, _ in string.Formatter().parse(text) if n]

    assert all(n.isidentifier() for n in names)


def test_the_letter_of_a_rule_agrees_with_what_it_does():
    assert {r.severity for r in ALL if r.id[0] == "H"} == {Severity.HOLD}
    assert Severity.HOLD not in {r.severity for r in ALL if r.id[0] in "ICT"}


def test_an_id_cannot_be_declared_twice():
    with pytest.raises(ValueError, match="declared twice"):
        declare(ALL[0].id, Severity.NOTE, "another", "nothing", "none")


def test_an_unknown_id_is_a_bug():
    with pytest.raises(KeyError):
        rule("X999")


def test_every_id_that_the_code_names_is_in_the_catalogue():
    named = {
        found
        for path in PACKAGE.rglob("*.py")
        if path.parent.name != "rules"
        for found in re.findall(r'"([IALHCMT]\d{3})"', path.read_text(encoding="utf-8"))
    }

    assert named
    assert named - set(RULES) == set()


def test_a_finding_fills_the_text_of_its_rule_and_shows_what_it_lacks():
    whole = Finding("T107", details={"first": 12})
    bare = Finding("T107")

    assert whole.message() == "this piece stands in the file already, in row 12"
    assert "{first}" in bare.message()


def test_a_value_with_braces_stays_text_in_a_message():
    finding = Finding("C202", details={"artwork": "{contract.__class__}.png", "contract": "C-1"})

    assert "{contract.__class__}.png" in finding.message()


@pytest.mark.parametrize(
    ("finding", "place"),
    [
        (Finding("H101", file="a.xlsx", sheet="名册", row=7, column="姓名"), "a.xlsx:名册!7 姓名"),
        (Finding("H101", file="a.csv", row=1), "a.csv!1"),
        (Finding("H101"), ""),
    ],
)
def test_a_finding_says_where_it_stands(finding, place):
    assert finding.place == place
