"""Throughput of render and verify by workers, on a Dask cluster and in the local pool: `make bench-cluster`.

N=6000 members, B="1 2" the numbers of workers. The cluster is one of this machine's own (`local:N`), which
each command starts: "start" is what that costs. CPU-s are of the command and all its workers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Clock

MEMBERS = int(os.environ.get("N", "6000"))
MAILING, TODAY = "2026Q3", "2026-11-21"
TABLES = ("roster", "employers", "balances", "transactions", "adjustments", "contracts")
STARTED = "from yibao_cli.jobs.workers.cluster import Crew, run_crew\nif __name__ == '__main__':\n"


def yibao(folder, *arguments):
    """Run a command of the workspace."""
    command = [sys.executable, "-m", "yibao_cli", "-q", "--now", TODAY, "-w", folder, *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr


def workspace(folder):
    """A merged mailing, in parts of 250 pieces."""
    sample = [sys.executable, "-m", "yibao_cli", "-q", "sample", folder, "--members", str(MEMBERS)]
    subprocess.run(sample, check=True, capture_output=True)
    settings = folder / "yibao.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("pieces_per_part = 1000", "pieces_per_part = 250"),
        encoding="utf-8",
    )
    for table in TABLES:
        yibao(folder, "import", table, *sorted((folder / "inbox").glob(f"{table}*.xlsx")))
    yibao(folder, "address", "clean", "--cluster", "off")
    yibao(folder, "merge", MAILING)


def pages(folder):
    """Pages of the mailing's print files."""
    controls = sorted((folder / "mailings" / MAILING / "print").glob("part-*.json"))
    return sum(json.loads(path.read_text(encoding="utf-8"))["pages"] for path in controls)


def timed(run, *arguments):
    """Wall time and CPU-s of a call."""
    clock = Clock()
    run(*arguments)
    return clock.wall, clock.cpu


def start(workers):
    """Start a cluster, do next to nothing, end it."""
    code = f"{STARTED}    list(run_crew(abs, [1], Crew(address='local:{workers}')))"
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(code)
        script.flush()
        done = subprocess.run([sys.executable, script.name], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def main():
    """Print the table."""
    cores = os.cpu_count() or 1
    crews = [int(n) for n in sys.argv[1:]] or [n for n in (1, 2, 4, 8) if n <= max(2, cores)]
    with tempfile.TemporaryDirectory(prefix="yibao-bench-") as root:
        folder = Path(root) / "client"
        workspace(folder)
        print(f"{MEMBERS:,} members, {cores} processors; pages/s without the start of the cluster")
        print(f"{'':<8}{'workers':>8}  {'what':<14}{'s':>8}{'CPU-s':>8}{'pages/s':>10}{'per CPU-s':>11}")
        for workers in crews:
            began, spent = timed(start, workers)
            row("cluster", workers, "start", began, spent)
            for name, options, (off, used) in (
                ("pool", ["--workers", str(workers), "--cluster", "off"], (0, 0)),
                ("cluster", ["--cluster", f"local:{workers}"], (began, spent)),
            ):
                shutil.rmtree(folder / "mailings" / MAILING / "print", ignore_errors=True)
                for command in ("render", "verify"):
                    wall, cpu = timed(yibao, folder, command, MAILING, *options)
                    row(name, workers, command, wall, cpu, (wall - off, cpu - used, pages(folder)))


def row(name, workers, what, wall, cpu, rate=None):
    """Print a row; rate: seconds, CPU-s and pages without the start."""
    line = f"{name:<8}{workers:>8}  {what:<14}{wall:>8.1f}{cpu:>8.1f}"
    if rate:
        seconds, spent, count = rate
        line += f"{count / seconds:>10,.0f}{count / spent:>11,.0f}"
    print(line, flush=True)


if __name__ == "__main__":
    main()
