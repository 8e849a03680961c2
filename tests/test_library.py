"""The library: its names, and the examples of its page, run as they stand."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import yibao_cli
from yibao_cli import api

PAGE = (Path(__file__).parents[1] / "docs" / "library.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_page_runs_as_it_stands(number, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", EXAMPLES[number]], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stderr == ""


@pytest.mark.slow
def test_the_examples_are_typed_as_strictly_as_a_program_may_ask(tmp_path):
    for number, text in enumerate(EXAMPLES):
        (tmp_path / f"example_{number}.py").write_text(text, encoding="utf-8")
    ask = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull]

    done = subprocess.run(
        [*ask, *(f"example_{n}.py" for n in range(len(EXAMPLES)))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_there_is_more_than_one_example():
    assert len(EXAMPLES) == 2


def test_the_names_of_the_package_are_those_of_the_library():
    assert yibao_cli.__all__ == api.__all__ == sorted(api.__all__)
    assert all(getattr(yibao_cli, name) is getattr(api, name) for name in api.__all__)
    assert set(api.__all__) <= set(dir(yibao_cli))


def test_no_name_of_the_library_is_a_room_of_the_house():
    rooms = {m.name for m in pkgutil.iter_modules(yibao_cli.__path__)}

    assert not rooms & set(api.__all__)  # a room that is loaded would take the name


def test_the_typed_names_are_the_same_ones():
    tree = ast.parse(Path(yibao_cli.__file__).read_text(encoding="utf-8"))
    named = next(n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == "yibao_cli.api")

    assert [a.name for a in named.names] == api.__all__
    assert (Path(yibao_cli.__file__).parent / "py.typed").is_file()


def test_every_function_is_explained_annotated_and_on_the_page():
    for name in api.__all__:
        found = getattr(api, name)
        if inspect.isfunction(found):
            assert inspect.getdoc(found), name
            assert found.__annotations__["return"], name
            assert f"| `{name}(" in PAGE, name


def test_what_is_not_there_is_said_as_python_says_it():
    with pytest.raises(AttributeError, match="module 'yibao_cli' has no attribute 'nonsense'"):
        yibao_cli.nonsense  # noqa: B018
    with pytest.raises(ImportError):
        importlib.import_module("yibao_cli.nonsense")


def test_importing_the_package_loads_nothing_of_it():
    code = "import sys, yibao_cli; print([m for m in sys.modules if m.startswith('yibao_cli.')])"

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}
    )

    assert done.stdout.strip() == "[]"
