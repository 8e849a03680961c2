"""The catalogue of rules as a Markdown page, in English and Chinese; docs/rules.md is made from it."""

from __future__ import annotations

import gettext
from itertools import groupby
from typing import TYPE_CHECKING

from yibao_cli.i18n import LOCALE_DIR
from yibao_cli.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yibao_cli.rules import Rule

_CHAPTERS = {
    "I": "Import 导入",
    "A": "Addresses 地址",
    "L": "Ledger 账目",
    "H": "Holds 暂扣",
    "C": "Contracts and ads 合同与广告",
    "M": "Posting 交寄",
    "T": "Returns 退信",
}
_INTRODUCTION = """\
# Rules 规则

Each thing that can be wrong with a record has one rule. Ids never change and are never used again.
What stands in braces is filled from the record.

| severity | what happens |
|---|---|
| reject | the row is not used |
| hold | the piece is not printed |
| warn | used, and a person should look |
| note | used; something was read or restored by rule, and this records it |
"""


def rules_markdown() -> str:
    """The page of all rules, by letter, then id; a text that the catalogue lacks stands in English alone."""
    chinese = gettext.translation("yibao", LOCALE_DIR, languages=["zh"], fallback=True)
    ordered = sorted(RULES.values(), key=lambda r: (list(_CHAPTERS).index(r.id[0]), r.id))
    chapters = groupby(ordered, key=lambda r: r.id[0])
    return "\n".join([_INTRODUCTION, *(_chapter(letter, rules, chinese) for letter, rules in chapters)])


def _chapter(letter: str, rules: Iterable[Rule], chinese: gettext.NullTranslations) -> str:
    return "\n".join([f"## {letter}: {_CHAPTERS[letter]}\n", *_table(rules, chinese), ""])


def _table(rules: Iterable[Rule], chinese: gettext.NullTranslations) -> Iterator[str]:
    yield "| id | severity | what is wrong | what to do | example |"
    yield "|---|---|---|---|---|"
    for rule in rules:
        texts = (_both(text, chinese) for text in (rule.message, rule.remedy))
        yield f"| {rule.id} | {rule.severity} | {' | '.join(texts)} | {_cell(rule.example)} |"


def _both(text: str, chinese: gettext.NullTranslations) -> str:
    translated = chinese.gettext(text) if text else ""
    return _cell(text) if translated == text else f"{_cell(text)}<br>{_cell(translated)}"


def _cell(text: str) -> str:
    # A bar would end the cell, an angle bracket would start a tag, a star would start emphasis.
    escaped = text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
    return " ".join(escaped.split())
