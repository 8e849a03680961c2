"""The sessions of docs/: what is typed in them, and what the program says to it; the tests type them again.

A session is a page with `<!-- session -->`, or `<!-- session zh -->` for one in Chinese, and console blocks.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARKS = {"en": "<!-- session -->", "zh": "<!-- session zh -->"}
_CONSOLE = re.compile(r"^```console\n(?P<block>.*?)^```$", re.MULTILINE | re.DOTALL)
_PROMPT = re.compile(r"^\$ ", re.MULTILINE)
_TYPED = re.compile(r"\A((?:[^\n]*\\\n)*[^\n]*)\n(.*)\Z", re.DOTALL)
# Of a longer output help shows how it begins and how it ends; a line that is wider than any terminal is cut.
_MOST, _HEAD, _TAIL = 6, 3, 2
_WIDEST = 80


def told_in(texts: Iterable[str], language: str = "en") -> dict[str, str]:
    """What commands say in a language: every line typed in a session, and the output below it."""
    mark = MARKS[language]
    blocks = (b["block"] for text in texts if mark in text for b in _CONSOLE.finditer(text))
    return {line: output for block in blocks for line, output in typed_in(block)}


def typed_in(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a block, each with the lines below it; a command goes on after a backslash."""
    for part in _PROMPT.split(block)[1:]:
        line, output = _TYPED.findall(part)[0]
        yield line, output


def examples_json(texts: Iterable[str], examples: Iterable[str]) -> str:
    """The data of `cli/examples.json`: in each language a few lines of what each example says."""
    pages, lines = list(texts), set(examples)
    told = {language: told_in(pages, language) for language in MARKS}
    found = {
        language: {line: _few(output) for line, output in said.items() if line in lines and output}
        for language, said in told.items()
    }
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _few(output: str) -> list[str]:
    lines = [line if len(line) <= _WIDEST else f"{line[: _WIDEST - 1]}…" for line in output.splitlines()]
    if len(lines) <= _MOST:
        return lines
    end = [line for line in lines[-_TAIL:] if line != "…"]
    return [*lines[:_HEAD], "…", *end]
