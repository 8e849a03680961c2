"""The project's pages as tests read them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
READMES = ("README.md", "README.zh-CN.md")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def hand_and_generated_pages() -> list[Path]:
    return [*(ROOT / name for name in (*READMES, "CHANGELOG.md")), *sorted(DOCS.glob("*.md"))]


def without_code(text: str) -> str:
    return _FENCE.sub("", text)


def shell_lines(text: str) -> list[str]:
    """Commands that a page tells its reader to type: lines of shell blocks, of a session only those after `$`."""
    lines = []
    for language, block in _FENCE.findall(text):
        if language == "console":
            lines += [line[2:] for line in block.splitlines() if line.startswith("$ ")]
        elif language in {"sh", "bash", "shell"}:
            lines += [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
    return lines


def links(text: str) -> list[str]:
    return _LINK.findall(without_code(text))


def keys_in(text: str) -> set[str]:
    """Everything a page sets as code, taken apart at commas."""
    return set(re.findall(r"`([^`\n]+)`", text))


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its rank or above."""
    found = re.search(rf"^(#+) {re.escape(heading)}[^\n]*\n", text, re.MULTILINE)
    assert found is not None, f"there is no heading {heading!r}"
    rank = len(found[1])
    rest = text[found.end() :]
    following = re.search(rf"^#{{1,{rank}}} ", rest, re.MULTILINE)
    return rest[: following.start()] if following else rest


def anchors(text: str) -> set[str]:
    """Anchors that headings of a page have on the web: small letters, hyphens for blanks, no other signs."""
    heads = re.findall(r"^#+ (.+)$", without_code(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}
