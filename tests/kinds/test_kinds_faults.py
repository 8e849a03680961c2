"""Faults of every sort in every shipped kind: each is refused with its place and reason, or loads."""

from __future__ import annotations

import copy
import random

import pytest

from yibao_cli.config import shipped
from yibao_cli.errors import SettingsError, YibaoError
from yibao_cli.jobs.setup import kinds as job
from yibao_cli.kinds import load_kind, loading
from yibao_cli.kinds.lint import lint_kind

TEMPLATES = shipped("templates")
KINDS = sorted(p.parent.name for p in TEMPLATES.glob("*/kind.toml"))
GONE, RENAMED = object(), object()
VALUES = [GONE, RENAMED, "", 0, -1, 1e400, True, "{{ nobody }}", "{% for a in b %}{% endfor %}", [], {}, [1],
          {"a": 1}, 10**30, "closing", "1 == 1", "\x00"]  # fmt: skip


def places(value, path=()):
    """The path of everything in a kind.toml."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from places(one, (*path, key))


def changed(data, path, value):
    data = copy.deepcopy(data)
    inside = data
    for key in path[:-1]:
        inside = inside[key]
    if value is GONE or (value is RENAMED and isinstance(inside, list)):
        del inside[path[-1]]
    elif value is RENAMED:
        inside[f"x_{path[-1]}"] = inside.pop(path[-1])
    else:
        inside[path[-1]] = copy.deepcopy(value)
    return data


def load(monkeypatch, name, data):
    """Load, lint, compose and fill a kind whose kind.toml holds other data."""
    read = loading.read_toml
    own = TEMPLATES / name / "kind.toml"
    with monkeypatch.context() as patch:
        patch.setattr(loading, "read_toml", lambda p: copy.deepcopy(data) if p == own else read(p))
        kind = load_kind(TEMPLATES, name)
        job._constants(None, kind)
        lint_kind(kind, None)
        bound = job.bound_kind(kind, job._DAYS)
        pieces, lines = job._specimens(bound)
        job.part_values(job._layout(None, bound, pieces), pieces, lines, "PREVIEW")


@pytest.mark.parametrize("name", KINDS)
def test_no_fault_of_a_kind_is_a_bug_of_ours(name, monkeypatch):
    data = loading.read_toml(TEMPLATES / name / "kind.toml")
    draw = random.Random(name)  # the same faults in every run
    paths = list(places(data))
    top = [(p, v) for p in paths if len(p) == 1 for v in VALUES]
    deep = [(p, v) for p in paths if len(p) > 1 for v in VALUES]
    refused = 0

    for path, value in [*draw.sample(top, 12), *draw.sample(deep, 12)]:
        try:
            load(monkeypatch, name, changed(data, path, value))
        except YibaoError:
            refused += 1

    assert refused


@pytest.mark.parametrize("name", ["medical", "medical-dl"])
@pytest.mark.parametrize("value", ["x", 5, [1]])
def test_input_tables_that_are_none_are_refused_with_their_key(name, value, monkeypatch):
    data = {**loading.read_toml(TEMPLATES / name / "kind.toml"), "inputs": value}

    with pytest.raises(SettingsError, match="inputs") as caught:
        load(monkeypatch, name, data)
    assert caught.value.where == f"{name}/kind.toml"
