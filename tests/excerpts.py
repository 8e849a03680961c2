"""What the pages show of commands that a session cannot hold: they tell of the machine, or wait for a person."""

from __future__ import annotations

import re
from pathlib import Path

from yibao_cli.jobs.program.sessions import typed_in

DOCS = Path(__file__).parents[1] / "docs"


def excerpts(page):
    """What a page shows of commands that a session cannot hold: each line typed, and what it says."""
    text = (DOCS / page).read_text(encoding="utf-8")
    (block,) = re.findall(r"^<!-- excerpt -->\n```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return dict(typed_in(block))


def unsaid(shown, said):
    """The lines of an excerpt that are not said, in their order; `…` stands for anything."""
    said = iter(said.splitlines())
    wanted = (
        ".*".join(map(re.escape, line.rstrip().split("…"))) for line in shown.splitlines() if line != "…"
    )
    return [pattern for pattern in wanted if not any(re.fullmatch(pattern, line.rstrip()) for line in said)]
