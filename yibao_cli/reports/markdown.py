"""Tables in Markdown, for the pages that are made from the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; every row has as many cells as the header."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(map(_cell, line)) + " |\n" for line in lines)


def _cell(text: str) -> str:
    # A bar would end the cell, an angle bracket outside of code would start a tag, a line break end the row.
    parts = text.replace("|", "\\|").split("`")
    return " ".join("`".join(p if i % 2 else p.replace("<", "&lt;") for i, p in enumerate(parts)).split())
