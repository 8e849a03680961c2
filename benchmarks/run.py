"""Print the speed of the hot paths: `make bench`, or `make bench N=20000` for a larger chain.

Each benchmark runs in a process of its own, so that no measurement inherits another's caches or memory.
"CPU-s" is processor time of the process and its children; compare figures only when they were taken on the
same machine and one after the other.

    python benchmarks/run.py              all of them
    python benchmarks/run.py render chain these two
"""

# ruff: noqa: PLC0415 - each benchmark loads what it measures and nothing else

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEMBERS = int(os.environ.get("N", "3000"))
EXCEL_ROWS = 50_000
ADDRESSES = 20_000
SMALL, LARGE = 2_000, 10_000  # pieces
LINES = 12
MAILING, TODAY = "2026Q3", "2026-11-21"


def _cpu():
    spent = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(s.ru_utime + s.ru_stime for s in spent)


@dataclass
class Clock:
    """Processor and wall time since it was made, of this process and its finished children."""

    _cpu: float = field(default_factory=_cpu)
    _wall: float = field(default_factory=time.perf_counter)

    @property
    def cpu(self):
        return _cpu() - self._cpu

    @property
    def wall(self):
        return time.perf_counter() - self._wall


def peak_memory():
    """Largest resident size of this process or any child so far, in MB."""
    largest = max(resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return largest / (1024 if sys.platform != "darwin" else 1024 * 1024)


# -------------------------------------------------------------- benchmarks: each gives rows of (what, figure)


def excel(folder):
    """Read a roster of 50,000 rows x 15 columns, every cell typed and checked."""
    from yibao_cli.config import shipped
    from yibao_cli.ingest import ReadOptions, read_batches
    from yibao_cli.kinds import load_kind

    spec = load_kind(shipped("templates"), "medical").inputs["roster"]
    path = folder / "roster.xlsx"
    write_roster(path, spec)
    clock = Clock()
    batches = list(read_batches(path, spec, ReadOptions()))
    cpu, wall = clock.cpu, clock.wall
    kept = sum(b.rows_kept for b in batches)
    assert kept == EXCEL_ROWS, f"{EXCEL_ROWS - kept} rows were rejected"
    yield (
        f"read xlsx, {EXCEL_ROWS:,} x 15",
        f"{EXCEL_ROWS / wall:,.0f} rows/s ({EXCEL_ROWS / cpu:,.0f} per CPU-s)",
    )
    yield "  peak memory", f"{peak_memory():,.0f} MB"


def write_roster(path, spec):
    import xlsxwriter

    from yibao_cli.codes import id_check_char

    fields = [f for f in spec.fields if f.name not in {"gender", "birth_date", "large_type"}]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, [f.label for f in fields])
        for i in range(1, EXCEL_ROWS + 1):
            first = f"13010219{60 + i % 40}0{1 + i % 9}{10 + i % 18}{i % 1000:03d}"
            row = {
                "person_no": f"{13010000 + i:010d}",
                "name": "张王李赵"[i % 4] + "小明",
                "id_number": first + id_check_char(first),
                "card_no": f"A{i:08d}",
                "scheme": "职工",
                "category": "在职",
                "employer_no": f"E{i // 80:05d}",
                "employer_name": "石家庄第一棉纺织有限公司",
                "county": "长安区",
                "address": f"河北省石家庄市长安区中山东路{i}号阳光小区{i % 30}号楼3单元1502室",
                "postcode": f"0500{i % 100:02d}",
                "phone": f"138{i:08d}",
                "status": "正常",
                "card_status": "正常",
                "ads_consent": "是",
            }
            sheet.write_row(i, 0, [row[f.name] for f in fields])


def address(_folder):
    """Parse and judge 20,000 different addresses of the sample city, as its roster writes them."""
    from yibao_cli.address import examine, parse
    from yibao_cli.config import shipped
    from yibao_cli.ingest import ReadOptions, read_batches
    from yibao_cli.kinds import load_kind

    spec = load_kind(shipped("templates"), "medical").inputs["roster"]
    path = shipped("sample_data") / "medical/inbox/roster.xlsx"
    written = [
        (a, p or "", c or "")
        for b in read_batches(path, spec, ReadOptions())
        for a, p, c in zip(
            *(b.table.column(n).to_pylist() for n in ("address", "postcode", "county")), strict=True
        )
    ]
    # Each turn through the roster has other doors, so that no address comes twice.
    many = [(f"{a}{i // len(written) + 1}室", p, c) for i, (a, p, c) in enumerate(written * 20)][:ADDRESSES]
    examine(*many[0])  # the divisions are read once
    for what, look in (
        ("parse", lambda a, p, c: parse(a, postcode=p, county_hint=c)),
        ("parse and judge", examine),
    ):
        clock = Clock()
        for one in many:
            look(*one)
        yield f"{what} {ADDRESSES:,} addresses", f"{ADDRESSES / clock.cpu:,.0f} per CPU-s"
    yield "  peak memory", f"{peak_memory():,.0f} MB"


def render(_folder):
    """Print two-page letter-sheets of 12 lines with house panels, 2-D code and embedded fonts."""
    sizes = {}
    for pieces in (SMALL, LARGE):
        found = in_its_own_process("part", pieces)
        sizes[pieces] = found
        if pieces == SMALL:
            yield (
                f"render {pieces:,} pieces",
                f"{found['pages'] / found['cpu']:,.0f} pages per CPU-s, all counted",
            )
    more = sizes[LARGE]["pages"] - sizes[SMALL]["pages"]
    rate = more / (sizes[LARGE]["cpu"] - sizes[SMALL]["cpu"])
    yield f"  each further page, up to {LARGE:,} pieces", f"{rate:,.0f} pages per CPU-s"
    yield "  bytes per page", " / ".join(f"{s['size'] / s['pages']:,.0f}" for s in sizes.values())
    yield "  peak memory above the data", " / ".join(f"{s['memory']:,.0f} MB" for s in sizes.values())


def part(folder, pieces):
    """One part: compose, static layer, texts, pages."""
    builders, data = invented_part(pieces)
    before = peak_memory()
    clock = Clock()
    made = compose_and_print(builders, data, folder / "part.pdf")
    return {"cpu": clock.cpu, "pages": made.pages, "size": made.size, "memory": peak_memory() - before}


def invented_part(pieces):
    import pyarrow as pa

    sys.path.insert(0, str(ROOT / "tests"))
    import builders

    rows, details = builders.invented(pieces, LINES, seed=1, change={}, line={})
    data = (
        tuple(rows[0]),
        pa.Table.from_pylist(rows),
        pa.Table.from_pylist(details, schema=builders.LINE_SCHEMA),
    )
    return builders, data


def compose_and_print(builders, data, path):
    from yibao_cli.compose import part_values
    from yibao_cli.render.part import render_part

    fields, pieces, lines = data
    layout, static = builders._drawn(fields, (), Path())  # noqa: SLF001 - the tests' way to a layout
    with path.open("wb") as out:
        return render_part(layout, static, part_values(layout, pieces, lines, builders.MAILING), out)


def readback(folder):
    """Read 1,000 pieces back: all pages by structure, a sample by PDFium and pixels."""
    from yibao_cli.compose import part_values
    from yibao_cli.render.forms import form_digests
    from yibao_cli.render.readback import expected_pages, read_back

    builders, data = invented_part(1000)
    made = compose_and_print(builders, data, folder / "part.pdf")
    layout, static = builders._drawn(data[0], (), Path())  # noqa: SLF001
    values = part_values(layout, *data[1:], builders.MAILING)
    clock = Clock()
    expected = expected_pages(layout, values, form_digests(static))
    differences = list(read_back(folder / "part.pdf", 1, expected))
    assert not differences, differences[:3]
    yield "read back, default sample", f"{made.pages / clock.cpu:,.0f} pages per CPU-s"


def chain(folder):
    """The whole chain by its real commands, from Excel to verified print files and manifests."""
    sample = folder / "client"
    yibao("sample", str(sample), "--members", str(MEMBERS), "--seed", "1")
    inbox = sample / "inbox"
    steps = [
        ["import", t, *files(inbox, t)]
        for t in ("roster", "employers", "balances", "transactions", "contracts")
    ]
    steps += [["address", "clean"], *([word, MAILING] for word in ("merge", "render", "verify", "manifest"))]
    whole = Clock()
    spent = {}
    for step in steps:
        clock = Clock()
        yibao("-w", str(sample), "--now", TODAY, *step)
        spent[" ".join(step[:2]).removesuffix(f" {MAILING}")] = clock.wall
    wall, cpu = whole.wall, whole.cpu
    yield (
        f"whole chain, {MEMBERS:,} members",
        f"{wall:,.1f} s ({cpu:,.1f} CPU-s), {MEMBERS / wall:,.0f} members/s",
    )
    for step, seconds in spent.items():
        yield f"  yibao {step}", f"{seconds:,.1f} s"
    yield "  peak memory of one process", f"{peak_memory():,.0f} MB"


def files(inbox, table):
    return [str(p) for p in sorted(inbox.glob(f"{table}*.xlsx"))]


def yibao(*arguments):
    found = subprocess.run(
        [sys.executable, "-m", "yibao_cli", "--lang", "en", "-q", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode not in {0, 3}:  # 3: done, and some records need a person
        raise SystemExit(f"yibao {' '.join(arguments)} ended with {found.returncode}\n{found.stderr}")


# ------------------------------------------------------------------ running and showing

BENCHMARKS = {b.__name__: b for b in (excel, address, render, readback, chain)}


def in_its_own_process(name, *arguments):
    """Run one benchmark in a child; returns what it gave."""
    command = [sys.executable, __file__, "--child", name, *map(str, arguments)]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(found.stdout.splitlines()[-1])


def child(name, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        if name == part.__name__:
            found = part(Path(folder), *map(int, arguments))
        else:
            found = list(BENCHMARKS[name](Path(folder)))
    print(json.dumps(found, ensure_ascii=False))


def main(names):
    if unknown := set(names) - set(BENCHMARKS):
        raise SystemExit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name in names or BENCHMARKS:
        print(f"\n{BENCHMARKS[name].__doc__.splitlines()[0]}")
        started = time.perf_counter()
        for what, figure in in_its_own_process(name):
            print(f"  {what:<44} {figure}")
        print(f"  {'(benchmark took':<44} {time.perf_counter() - started:,.0f} s)", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main(sys.argv[1:])
