"""The pages that are made from the code say what the code says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest
from docs_builders import DOCS, ROOT, read, section

from yibao_cli.config import shipped
from yibao_cli.errors import ExitCode, InputNotFound, SettingsError
from yibao_cli.jobs.docs import command_helps, files_sections, pages, write_pages
from yibao_cli.kinds import load_kind
from yibao_cli.rules import RULES

GENERATED = ("exit-codes.md", "rules.md", "commands.md", "files.md")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The pages as the code makes them now, in English: in a process of its own, for help is made at import."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copyfile(DOCS / "files.md", folder / "files.md")
    run = [sys.executable, "-m", "yibao_cli.cli.docs", str(folder)]
    subprocess.run(run, check=True, capture_output=True, cwd=ROOT)
    return folder


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_current(made, name):
    fresh = (made / name).read_text(encoding="utf-8")

    assert read(f"docs/{name}") == fresh, "run `make docs-data`"


def test_every_rule_is_on_the_page_with_an_example():
    rows = re.findall(r"^\| ([A-Z]\d{3}) \| (\w+) \|.*\| (.*?) \|$", read("docs/rules.md"), re.MULTILINE)

    assert sorted(row[0] for row in rows) == sorted(RULES)
    assert all(example.strip() for _rule, _severity, example in rows)
    assert {row[0]: row[1] for row in rows} == {r.id: r.severity.value for r in RULES.values()}


def test_every_exit_code_is_documented_once_with_what_to_do():
    rows = re.findall(r"^\| `(\d+)` \| (.+?) \| (.+?) \| (.+?) \|", read("docs/exit-codes.md"), re.MULTILINE)

    assert [int(row[0]) for row in rows] == sorted(int(code) for code in ExitCode)
    assert all(cell.strip() for row in rows for cell in row)


def test_every_command_has_a_purpose_and_an_example_of_itself(command_tree):
    page = read("docs/commands.md")

    for command in command_names(command_tree):
        text = section(page, f"`{command}`")
        assert text.strip().splitlines()[0][0].isupper()
        assert re.search(rf"^\$ .*\b{re.escape(command)}\b", text, re.MULTILINE), (
            f"{command} shows no example"
        )


def test_every_option_is_on_the_page_of_its_command_with_words(command_tree):
    page = read("docs/commands.md")

    for command in list(command_helps(command_tree))[1:]:
        text = section(page, f"`{command.name}`")
        for names, _help, _default in command.options:
            assert re.search(rf"^\| {re.escape(names)} \| \S", text, re.MULTILINE), f"{command.name} {names}"
        for name, _help in command.arguments:
            assert re.search(rf"^\| {re.escape(name)} \| \S", text, re.MULTILINE), f"{command.name} {name}"


def test_every_input_field_of_every_kind_is_on_the_page_with_all_its_headers():
    page = read("docs/files.md")
    kinds = [load_kind(shipped("templates"), p.parent.name) for p in shipped("templates").glob("*/kind.toml")]

    for kind in kinds:
        for spec in (f for table in kind.inputs.values() for f in table.fields):
            row = f"| `{spec.name}` | {spec.label} | {'、'.join(spec.aliases)} | {spec.type}"
            assert row in page, f"{kind.id}: {spec.name}"


def test_a_table_that_all_kinds_share_stands_once():
    inputs = files_sections()["inputs"]

    assert inputs.count("#### `returns`") == 1
    assert inputs.count("#### `roster`") == len(list(shipped("templates").glob("*/kind.toml")))


def test_words_around_the_marked_places_stay_as_they_are(command_tree):
    page = read("docs/files.md").replace("# Files 文件\n", "# Files 文件\n\nA word of ours.\n", 1)

    assert pages(command_tree, page)["files.md"] == page


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("no place at all", "findings, inputs, manifest"),
        ("<!-- begin: wrong -->\n<!-- end: wrong -->", "wrong"),
    ],
)
def test_a_page_without_the_right_places_is_refused(command_tree, text, named):
    with pytest.raises(SettingsError, match=named):
        pages(command_tree, text)


def test_a_folder_without_the_page_of_files_is_refused(command_tree, tmp_path):
    with pytest.raises(InputNotFound):
        write_pages(command_tree, tmp_path)

    assert list(tmp_path.iterdir()) == []


def command_names(tree):
    return [c.name for c in command_helps(tree)][1:]
