"""The project's own labelled set: what it must always reach, and what it must cover."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

from yibao_cli.address.parsing import parse

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def bench():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        spec = importlib.util.spec_from_file_location("address_benchmark", BENCHMARKS / "address.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(BENCHMARKS))
    return module


@pytest.fixture(scope="module")
def scored(bench):
    return bench.score(bench.load())


def test_the_set_is_large_and_covers_each_class_of_dirt(bench):
    lines = bench.load()

    classes = {line.kind[:2] for line in lines}
    assert len(lines) >= 700
    assert {f"{n:02d}" for n in range(1, 44)} <= classes


def test_no_line_of_the_set_is_there_twice(bench):
    texts = Counter(line.text for line in bench.load())

    assert [t for t, n in texts.items() if n > 1] == []


def test_divisions_are_right_in_every_line(scored):
    classes, _fields, _verdicts, _wrong = scored

    assert {kind for kind, c in classes.items() if c["upper"] < c["rows"]} == set()


def test_each_field_is_read_as_well_as_the_documentation_says(bench, scored):
    _classes, fields, _verdicts, _wrong = scored

    assert {name: bench.f1(c) for name, c in fields.items() if bench.f1(c) < 98} == {}


def test_no_address_is_called_good_that_is_not(scored):
    _classes, _fields, verdicts, _wrong = scored

    assert {pair: n for pair, n in verdicts.items() if pair[1] == "good" and pair[0] != "good"} == {}


def test_parsing_twice_gives_the_same(bench):
    texts = [line.text for line in bench.load()]

    assert [parse(t) for t in texts] == [parse(t) for t in reversed(texts)][::-1]
