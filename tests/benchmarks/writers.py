"""Four writers at once for five minutes, on SQLite and on PostgreSQL.

`make bench-writers`; B=10 for ten seconds. Each writer is a program that adds entries, changes them and
records an event, transaction after transaction. At the end every row and event that a writer says it wrote
has to be there, and the chain of events whole.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from many_writers import write_at_once
from servers import postgres, postgres_programs

WRITERS, MINUTES = 4, 5


def told(name, found, seconds):
    """Print what came of a run; whether all is well."""
    rate = sum(found.said) / seconds
    verdict = "nothing lost" if found.well else f"NOT WELL: {found}"
    each = " ".join(f"{count:,}" for count in found.said)
    print(
        f"{name:<11} {WRITERS} writers, {seconds:,.0f} s: {sum(found.said):,} transactions ({each}), "
        f"{rate:,.0f}/s, {found.entries:,} rows, {found.events:,} events, {found.failed} errors; {verdict}",
        flush=True,
    )
    return found.well


def main():
    """Run on both; 4 when anything is lost."""
    seconds = float(sys.argv[1]) if sys.argv[1:] else MINUTES * 60
    root = Path(tempfile.mkdtemp(prefix="yibao-writers-"))
    root.chmod(0o711)  # the server's own account passes through
    try:
        well = told("SQLite", write_at_once(root, "", WRITERS, seconds), seconds)
        if postgres_programs() is None:
            print("PostgreSQL  is not installed here")
        else:
            with postgres(root / "pg") as server:
                well &= told(
                    "PostgreSQL", write_at_once(root, server.database("many"), WRITERS, seconds), seconds
                )
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return 0 if well else 4


if __name__ == "__main__":
    sys.exit(main())
