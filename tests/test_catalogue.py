"""The Chinese catalogue is whole, and whatever a person reads goes through it."""

import ast
import gettext
import io
import string
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import yibao_cli
from yibao_cli import errors
from yibao_cli.i18n import DOMAIN, LOCALE_DIR
from yibao_cli.rules import RULES

PACKAGE = Path(yibao_cli.__file__).parent
FOLDER = LOCALE_DIR / "zh" / "LC_MESSAGES"
MENDED = "run `make catalogue`, translate what is empty in yibao.po, and run it again"

ERRORS = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)
}
SPEAKING_METHODS = {"say", "warn", "progress"}
# The one error that tells of an exception whose text cannot be ours.
NAMED_BY_PYTHON = {("jobs/workers/pool.py", " in a worker")}


@cache
def catalogue():
    with (FOLDER / f"{DOMAIN}.po").open("rb") as stream:
        return read_po(stream, locale="zh", abort_invalid=True)


@cache
def messages_in_the_code():
    found = extract_from_dir(PACKAGE, method_map=[("**.py", "python")], keywords={"_": None, "N_": None})
    return {message for _file, _line, message, *_rest in found}


def fields(text):
    return sorted(
        name for _text, name, _form, _conversion in string.Formatter().parse(text) if name is not None
    )


def test_every_message_of_the_code_has_a_translation():
    translated = {entry.id for entry in catalogue() if entry.id and entry.string}

    missing = messages_in_the_code() - translated

    assert not missing, MENDED


def test_the_catalogue_holds_nothing_that_the_code_does_not_say():
    entries = {entry.id for entry in catalogue() if entry.id}

    assert not entries - messages_in_the_code(), MENDED
    assert not catalogue().obsolete, MENDED


def test_no_translation_is_a_guess():
    guessed = [entry.id for entry in catalogue() if entry.id and entry.fuzzy]

    assert not guessed


def test_a_translation_has_the_braces_of_its_message():
    odd = [e.id for e in catalogue() if e.id and fields(e.id) != fields(e.string)]

    assert not odd


def test_an_example_in_a_help_text_is_the_same_command_in_both_languages():
    both = [(e.id, e.string) for e in catalogue() if e.id and "\n\n    Example: " in e.id]

    assert both
    assert all(t.split("示例：")[1:] == m.split("Example: ")[1:] for m, t in both)


def test_a_translation_is_in_chinese_punctuation_and_calls_nobody_by_honorifics():
    # A half-width mark after a Chinese character is a slip of the keyboard.
    slips = [e.string for e in catalogue() if e.id and any(_is_slip(a, b) for a, b in pairwise(e.string))]

    assert not slips
    assert not [e.string for e in catalogue() if e.id and "您" in e.string]


def _is_slip(before, after):
    return "\u4e00" <= before <= "\u9fff" and after in ",;:!?"


def test_the_compiled_catalogue_is_that_of_the_text():
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)

    with (FOLDER / f"{DOMAIN}.mo").open("rb") as stream:
        shipped = gettext.GNUTranslations(stream)

    assert _messages(shipped) == _messages(gettext.GNUTranslations(compiled)), MENDED


def _messages(translations):
    # The header names the version of Babel that wrote it.
    return {key: text for key, text in translations._catalog.items() if key}


@pytest.mark.parametrize("room", ["cli", "jobs"])
def test_every_sentence_said_to_a_person_is_looked_up(room):
    bare = [sentence for path in sorted((PACKAGE / room).rglob("*.py")) for sentence in bare_sentences(path)]

    assert not [found for found in bare if found not in NAMED_BY_PYTHON]


def test_a_sentence_that_is_not_looked_up_is_seen(tmp_path):
    file = tmp_path / "loose.py"
    file.write_text('view.say(f"{count} pieces made")\nraise StateError(_("a b"), remedy="merge it first")\n')

    found = [sentence for _file, sentence in bare_sentences(file)]

    assert found == [" pieces made", "merge it first"]


def test_rules_are_marked_for_the_catalogue():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (PACKAGE / "rules").glob("*.py")]
    declared = [c for tree in trees for c in calls(tree) if name_of(c) == "declare"]

    assert len(declared) == len(RULES)
    assert [c.args[0].value for c in declared if not _is_marked(c)] == []


def _is_marked(call):
    return all(isinstance(text, ast.Call) and name_of(text) == "N_" for text in call.args[2:4])


def bare_sentences(path):
    """(file, text) of every literal with a blank that is handed to an error or a view without `_`."""
    place = path.relative_to(PACKAGE).as_posix() if path.is_relative_to(PACKAGE) else path.name
    for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
        if name_of(call) in ERRORS | SPEAKING_METHODS:
            spoken = [*call.args, *(k.value for k in call.keywords if k.arg == "remedy")]
            yield from ((place, text) for node in spoken for text in literals(node) if " " in text.strip())


def literals(node):
    """Texts in an expression that nothing looks up; what stands inside a call is that call's affair."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not isinstance(node, ast.Call):
        for child in ast.iter_child_nodes(node):
            yield from literals(child)


def calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))
