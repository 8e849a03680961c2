"""The pages that are made from the code say what the code says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest
from docs_builders import DOCS, ROOT, read, section

from yibao_cli.cli import examples
from yibao_cli.cli.exits import exits_of
from yibao_cli.config import shipped
from yibao_cli.errors import ExitCode, InputNotFound, SettingsError
from yibao_cli.jobs.program.docs import MARKED_PAGES, command_helps, files_sections, pages, write_pages
from yibao_cli.kinds import load_kind
from yibao_cli.render.press.checks import CHECKS
from yibao_cli.rules import RULES

GENERATED = ("exit-codes.md", "laws.md", "rules.md", "commands.md", *MARKED_PAGES)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The pages as the code makes them now, in English: in a process of its own, for help is made at import."""
    folder = tmp_path_factory.mktemp("docs")
    # What commands say is taken from the sessions of all pages.
    for page in DOCS.glob("*.md"):
        shutil.copyfile(page, folder / page.name)
    run = [sys.executable, "-m", "yibao_cli.cli.docs", str(folder), str(folder / examples.FILE_NAME)]
    subprocess.run(run, check=True, capture_output=True, cwd=ROOT)
    return folder


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_current(made, name):
    fresh = (made / name).read_text(encoding="utf-8")

    assert read(f"docs/{name}") == fresh, "run `make docs-data`"


def test_what_help_shows_of_the_examples_is_what_the_sessions_say(made):
    fresh = (made / examples.FILE_NAME).read_text(encoding="utf-8")

    assert read(f"yibao_cli/cli/{examples.FILE_NAME}") == fresh, "run `make docs-data`"


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


def test_a_table_that_kinds_share_stands_once():
    inputs = files_sections()["inputs"]
    rosters = [
        load_kind(shipped("templates"), p.parent.name).inputs["roster"]
        for p in shipped("templates").glob("*/kind.toml")
    ]

    assert inputs.count("#### `returns`") == 1
    assert inputs.count("#### `roster`") == sum(r not in rosters[:i] for i, r in enumerate(rosters))


def test_every_kind_is_in_the_heading_of_its_tables():
    headings = re.findall(r"^### Kinds? (.+)$", files_sections()["inputs"], re.MULTILINE)

    named = [name for heading in headings for name in re.findall(r"`([^`]+)`", heading)]
    assert sorted(named) == sorted(p.parent.name for p in shipped("templates").glob("*/kind.toml"))


def test_every_press_check_is_on_the_page_once_with_its_sentence():
    text = section(read("docs/press.md"), "The named checks")

    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \|", text, re.MULTILINE)
    assert rows == [(name, sentence) for name, (sentence, _check) in CHECKS.items()]
    assert f"\n{len(CHECKS)} checks " in text


@pytest.mark.parametrize("name", MARKED_PAGES)
def test_words_around_the_marked_places_stay_as_they_are(command_tree, name):
    marked = as_they_stand()
    marked[name] = marked[name].replace("\n", "\n\nA word of ours.\n", 1)

    assert pages(command_tree, marked, {}, exits_of)[name] == marked[name]


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("files.md", "no place at all", "findings, inputs, manifest"),
        ("files.md", "<!-- begin: wrong -->\n<!-- end: wrong -->", "wrong"),
        ("press.md", "no place at all", "checks"),
    ],
)
def test_a_page_without_the_right_places_is_refused(command_tree, name, text, named):
    with pytest.raises(SettingsError, match=named) as refused:
        pages(command_tree, as_they_stand() | {name: text}, {}, exits_of)

    assert refused.value.where == name


@pytest.mark.parametrize("name", MARKED_PAGES)
def test_a_folder_that_lacks_a_marked_page_is_refused_before_anything_is_written(
    command_tree, tmp_path, name
):
    for other in set(MARKED_PAGES) - {name}:
        shutil.copyfile(DOCS / other, tmp_path / other)

    with pytest.raises(InputNotFound) as refused:
        write_pages(command_tree, tmp_path, exits_of)

    assert refused.value.where.endswith(name)
    assert [p.name for p in tmp_path.iterdir()] == sorted(set(MARKED_PAGES) - {name})


def as_they_stand():
    return {name: read(f"docs/{name}") for name in MARKED_PAGES}


def command_names(tree):
    return [c.name for c in command_helps(tree)][1:]
