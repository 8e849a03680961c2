"""What was written, counted as it is written: the content of `expected.json`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What `write_sample` left on disk.

    files: name -> data rows, in the order written. expected: path of expected.json.
    """

    folder: Path
    kind: str
    members: int
    seed: int
    files: dict[str, int]
    expected: Path


class Tally:
    """Counters by table, group and word; no personal data goes in."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Counter[str]] = {}

    def add(self, table: str, group: str, word: str, count: int = 1) -> None:
        """Count one more `word`, for instance `roster`, `rejected`, `name_missing`."""
        self._counts.setdefault((table, group), Counter())[word] += count

    def get(self, table: str, group: str, word: str) -> int:
        """How often it was counted."""
        return self._counts.get((table, group), Counter())[word]

    def as_dict(self) -> dict[str, dict[str, dict[str, int]]]:
        """Nest the counts: table -> group -> word -> count, sorted so that the file is reproducible."""
        tables: dict[str, dict[str, dict[str, int]]] = {}
        for (table, group), counter in sorted(self._counts.items()):
            tables.setdefault(table, {})[group] = dict(sorted(counter.items()))
        return tables


def write_expected(path: Path, facts: dict[str, object], tally: Tally) -> None:
    """Write facts and counts as JSON, one key a line."""
    text = json.dumps({**facts, **tally.as_dict()}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
