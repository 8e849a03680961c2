"""The page of laws 勾稽关系 and holds 暂扣 of the shipped kinds; docs/laws.md is made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.reports.markdown import table
from yibao_cli.rules import rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yibao_cli.kinds import Kind

_HEAD = (
    "# Laws 勾稽关系\n\n"
    "What must be so on every statement of the shipped kinds. A law holds to the fen, or the piece is held "
    "with the difference (H302 over a member, H303 over a line). [kinds.md](kinds.md#laws-勾稽关系) says how "
    "they are written. Kinds with the same laws share a chapter.\n"
)


def laws_markdown(kinds: Iterable[Kind]) -> str:
    """The page: for each set of laws the kinds that have it, each law in words and as it is evaluated."""
    chapters: dict[str, list[str]] = {}
    for kind in kinds:
        chapters.setdefault(_chapter(kind), []).append(f"`{kind.id}` {kind.name}")
    return "\n".join([_HEAD, *(f"## {', '.join(names)}\n\n{text}" for text, names in chapters.items())])


def _chapter(kind: Kind) -> str:
    laws = [(f"`{law.id}`", law.text, f"`{law.law}`", law.table, _code(law.when)) for law in kind.laws]
    holds = [(hold.rule, rule(hold.rule).message, f"`{hold.when}`") for hold in kind.holds]
    parts = [table(("law", "in words", "equation", "over each line of", "when"), laws)] if laws else []
    parts += [table(("held by", "because", "when"), holds)] if holds else []
    return "\n".join(parts)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
