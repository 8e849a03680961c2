from __future__ import annotations

import tomllib

import jsonschema
import pytest

from yibao_cli.config import shipped
from yibao_cli.kinds import Shelf
from yibao_cli.kinds.__main__ import main
from yibao_cli.kinds.schema import FILE_NAME, kind_schema, schema_text

TEMPLATES = shipped("templates")
SHIPPED = Shelf(TEMPLATES).names


def written(name):
    return tomllib.loads((TEMPLATES / name / "kind.toml").read_text(encoding="utf-8"))


def errors(data):
    return [e.json_path for e in jsonschema.Draft202012Validator(kind_schema()).iter_errors(data)]


def test_the_shipped_schema_is_the_one_that_the_models_give():
    assert (TEMPLATES / FILE_NAME).read_text(encoding="utf-8") == schema_text(), "run `make docs-data`"


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(kind_schema())


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_kind_keeps_it_and_names_it(name):
    assert errors(written(name)) == []
    assert (
        (TEMPLATES / name / "kind.toml")
        .read_text(encoding="utf-8")
        .startswith("#:schema ../kind.schema.json\n")
    )


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("colour", "red", "$"),
        ("ads", "sometimes", "$.ads"),
        ("id", "Not A Name", "$.id"),
        ("texts", {"a": "b"}, "$"),
        ("settings", {"days": [{"value": 1}]}, "$.settings.days[0]"),
        ("merge", {"base": "roster"}, "$.merge"),
    ],
)
def test_a_wrong_key_is_found(key, value, path):
    assert path in errors({**written("power-cut"), key: value})


def test_a_kind_that_extends_none_needs_tables_of_its_own():
    data = written("medical-dl")
    del data["extends"]

    assert errors(data) == ["$"]


def test_the_program_writes_it_and_says_how_it_is_called(tmp_path, capsys):
    assert main([str(tmp_path)]) == 0
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == schema_text()
    assert main([]) == 2
    assert "FOLDER" in capsys.readouterr().err
