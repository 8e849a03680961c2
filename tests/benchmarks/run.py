"""Print the speed of the hot paths: `make bench`, or `make bench N=20000` for a larger chain.

Each benchmark runs in a process of its own, so that no measurement inherits another's caches or memory.
"CPU-s" is processor time of the process and its children; compare figures only when they were taken on the
same machine and one after the other.

`peers` draws the same pages with ReportLab (peers.py), in turn with ours, and prints how many times
faster ours is; `workers` prints what a part costs before its first page.

    python tests/benchmarks/run.py              all of them
    python tests/benchmarks/run.py render chain these two
"""

# ruff: noqa: PLC0415 - each benchmark loads what it measures and nothing else

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from adverts import adhand, adkeep, ads, adversions
from adverts_words import adwords
from charting import costs
from measure import Clock, peak_memory
from parts import ROOT, WORKLOADS, compose_and_print, invented_part, layout_and_static

MEMBERS = int(os.environ.get("N", "3000"))
EXCEL_ROWS = 100_000
ADDRESSES = 20_000
SMALL, LARGE = 2_000, 10_000  # pieces
TURNS = 3  # how often each of a pair is run, in turn
FEW = 500  # pieces of the smaller part of a pair
MAIL = 700_000  # pieces that are sorted
SLOW = 200  # pieces for the slow one of the peers
MAILING, TODAY = "2026Q3", "2026-11-21"


# -------------------------------------------------------------- benchmarks: each gives rows of (what, figure)


def excel(folder):
    """Read a roster of 100,000 rows x 15 columns, every cell typed and checked, no person twice."""
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
    with xlsxwriter.Workbook(path) as book:  # with shared strings, as Excel and WPS write
        sheet = book.add_worksheet("名册")
        sheet.write_row(0, 0, [f.label for f in fields])
        for i in range(1, EXCEL_ROWS + 1):
            day = f"{1940 + i % 60}{1 + i // 60 % 9:02d}{10 + i // 540 % 18}"
            first = f"130102{day}{i // 9720:03d}"
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
        found = in_its_own_process("ours", pieces)
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


def peers(_folder):
    """The same pages by ReportLab, and the floor: to compress, write and hash the same bytes."""
    # In turn, so that whatever else the machine does meets all alike.
    turns = [{run: in_its_own_process(*run) for run in PAIRED} for _turn in range(TURNS)]
    accelerator = "in use" if turns[0]["canvas", SMALL]["accelerated"] else "NOT in use: pip install rl_accel"
    yield "ReportLab's C accelerator", accelerator
    rate = {run: median(_rate(t[run]) for t in turns) for run in PAIRED}
    further = {n: median(_further(t, n) for t in turns) for n in ("ours", "canvas")}
    yield f"ours, {SMALL:,} pieces", f"{rate['ours', SMALL]:,.0f} pages per CPU-s"
    yield "  each further page", f"{further['ours']:,.0f} pages per CPU-s"
    for run in (("canvas", SMALL), ("platypus", SLOW)):
        times = median(_rate(t["ours", SMALL]) / _rate(t[run]) for t in turns)
        yield (
            f"ReportLab {run[0]}, {run[1]:,} pieces",
            f"{rate[run]:,.0f} pages per CPU-s; ours is {times:.1f} x",
        )
        if run[0] in further:
            times = median(_further(t, "ours") / _further(t, run[0]) for t in turns)
            yield "  each further page", f"{further[run[0]]:,.0f} pages per CPU-s; ours is {times:.1f} x"
        yield "  bytes per page, memory above the data", _weight(turns[0][run])
    times = median(t["ours", SMALL]["cpu"] / t["floor", SMALL]["cpu"] for t in turns)
    floor = rate["floor", SMALL]
    yield "compress, write, hash the same bytes", f"{floor:,.0f} pages per CPU-s; ours takes {times:.1f} x"
    for name, found in in_its_own_process("same", 20).items():
        yield f"  {name}: same characters as ours", "on all of 40 pages" if found else "NO"


PAIRED = (
    *(("ours", SMALL), ("canvas", SMALL), ("platypus", SLOW), ("floor", SMALL)),
    *(("ours", FEW), ("canvas", FEW)),
)


def _rate(found):
    return found["pages"] / found["cpu"]


def _further(turn, name):
    """Pages per CPU-s, what comes before the first page left out."""
    many, few = turn[name, SMALL], turn[name, FEW]
    return (many["pages"] - few["pages"]) / (many["cpu"] - few["cpu"])


def _weight(found):
    return f"{found['size'] / found['pages']:,.0f}, {found['memory']:,.0f} MB"


def charts(folder):
    """Print letter-sheets with and without a chart of what their lines come to, in turn."""
    yield from costs(folder, 300, 61)


def workers(_folder):
    """What a part costs before its first page, and what a second process brings."""
    first, many = (median(in_its_own_process("ours", n)["cpu"] for _t in range(TURNS)) for n in (1, SMALL))
    second = median(in_its_own_process("again", 1)["cpu"] for _t in range(TURNS))
    yield (
        "a part of one piece, in a new process",
        f"{first:,.3f} CPU-s ({first / many:.0%} of one of {SMALL:,})",
    )
    yield "  and after it, in the same process", f"{second:,.3f} CPU-s"
    alone = [in_its_own_process("ours", LARGE) for _half in range(2)]
    together = at_the_same_time([("ours", LARGE)] * 2)
    one = sum(h["ended"] - h["began"] for h in alone)
    two = max(h["ended"] for h in together) - min(h["began"] for h in together)
    yield f"2 parts of {LARGE:,}: one process after the other", f"{one:,.1f} s"
    yield "  two processes at the same time", f"{two:,.1f} s; {one / two:.2f} x"


def readback(folder):
    """Read 1,000 pieces back: all pages by structure, a sample by PDFium and pixels."""
    from yibao_cli.compose import part_values
    from yibao_cli.render.forms import form_digests
    from yibao_cli.render.readback import expected_pages, read_back

    builders, data = invented_part(1000)
    made = compose_and_print(builders, data, folder / "part.pdf")
    layout, static = layout_and_static(builders, data)
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
        for t in ("roster", "employers", "balances", "transactions", "adjustments", "contracts")
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


def sort(folder):
    """Put 700,000 pieces into bundles and bags, by walks and by employers."""
    import pandas as pd

    from yibao_cli.config import shipped
    from yibao_cli.kinds.sorting import load_schemes
    from yibao_cli.mailing.sorting import sort_pieces

    schemes = load_schemes(shipped("templates") / "common" / "sorting.toml")
    # In a process of its own, because what making it takes would hide what sorting takes.
    subprocess.run([sys.executable, ROOT / "benchmarks/mail.py", folder / "mail", str(MAIL)], check=True)
    frame = pd.read_parquet(folder / "mail")
    sort_pieces(frame.head(100), schemes["china-letter"])
    data = peak_memory(alone=True)
    for name in ("china-letter", "employer"):
        clock = Clock()
        found = sort_pieces(frame, schemes[name], 1000)
        made = f"{found['bundle'].iloc[-1]:,} bundles, {found['bag'].iloc[-1]:,} bags"
        yield f"{MAIL:,} pieces by {name}", f"{clock.cpu:,.1f} CPU-s; {made}"
    yield "  peak memory above the data", f"{peak_memory(alone=True) - data:,.0f} MB"


def posting(folder):
    """Write all papers of a posting of 700,000 sorted pieces: list, statement, reports, job file, labels."""
    from posting import papers

    yield from papers(folder, MAIL)


def track(folder):
    """Look up pieces, codes, tracking numbers and bundles of 700,000 posted pieces; no process is started."""
    from random import Random

    from tracking import BUNDLE, MAILING, PIECES, tracked_workspace

    from yibao_cli.codes import SheetCode, piece_number
    from yibao_cli.jobs.enquiry.tracing import track as look_up
    from yibao_cli.mailing.tracking import Series

    workspace = tracked_workspace(folder)
    draw = Random(2)
    series = Series("cn13", "XA", "31", True)
    codes = {
        "piece number": lambda i: piece_number(i + 1),
        "sheet code": lambda i: str(SheetCode(MAILING, piece_number(i + 1), 0, 1, 2)),
        "tracking number": series.number,
        "bundle": lambda i: f"bundle-{i // BUNDLE + 1}",
    }
    look_up(workspace, piece_number(1), MAILING)  # what is imported once
    for what, code in codes.items():
        spent = []
        for _turn in range(200):
            clock = Clock()
            look_up(workspace, code(draw.randrange(PIECES)), MAILING)
            spent.append(clock.wall)
        most = max(spent)
        yield f"by {what}, of {PIECES:,}", f"{median(spent) * 1000:,.1f} ms ({most * 1000:,.0f} at most)"
    yield "  peak memory, the workspace's making too", f"{peak_memory():,.0f} MB"


def returns(folder):
    """Take in a list of 70,000 returns of 700,000 posted pieces, account for them all, and picture it."""
    from returned import MAILING, PIECES, RETURNS, returned_workspace

    from yibao_cli.ingest import ReadOptions
    from yibao_cli.jobs.reports.reporting import report_mailing
    from yibao_cli.jobs.returns.reconciling import reconcile_mailing
    from yibao_cli.jobs.returns.returning import import_returns

    workspace, path = returned_workspace(folder)
    whole, clock = Clock(), Clock()
    taken = import_returns(workspace, path, MAILING, ReadOptions())
    assert taken.accepted == RETURNS, taken.refused
    yield f"import {RETURNS:,} returns, xlsx", f"{clock.wall:,.1f} s ({clock.cpu:,.1f} CPU-s)"
    clock = Clock()
    account = reconcile_mailing(workspace, MAILING).account
    assert (account.posted, account.returned) == (PIECES, RETURNS)
    yield f"account of {PIECES:,} pieces", f"{clock.wall:,.1f} s ({clock.cpu:,.1f} CPU-s)"
    yield "  together", f"{whole.wall:,.1f} s ({whole.cpu:,.1f} CPU-s)"
    clock = Clock()
    report_mailing(workspace, MAILING)
    yield "report", f"{clock.wall:,.1f} s ({clock.cpu:,.1f} CPU-s)"
    yield "  peak memory, the workspace's making too", f"{peak_memory():,.0f} MB"


def decode(folder):
    """Decode photos of letters at angles, out of focus and in poor light, on one processor."""
    import numpy as np
    import zxingcpp
    from PIL import Image, ImageFilter

    from yibao_cli.codes import SheetCode, piece_number
    from yibao_cli.returns.pictures import pages_of, read_codes

    draw = np.random.default_rng(1)
    for i in range(40):
        text = str(SheetCode(MAILING, piece_number(i + 1), 0, 1, 2))
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=5)
        page = Image.new("L", (1800, 1100), 250)
        page.paste(Image.fromarray(np.asarray(code)), (1400, 120))
        seen = page.rotate(float(draw.uniform(0, 360)), expand=True, fillcolor=90)
        seen = seen.filter(ImageFilter.GaussianBlur(float(draw.uniform(0, 1.5))))
        light = np.asarray(seen) * draw.uniform(0.3, 1) + draw.normal(0, 4, seen.size[::-1])
        Image.fromarray(light.clip(0, 255).astype("uint8")).save(folder / f"{i:02d}.jpg", quality=70)
    clock = Clock()
    found = [read_codes(page.picture) for path in sorted(folder.glob("*.jpg")) for page in pages_of(path)]
    yield "pictures decoded", f"{sum(map(bool, found))} of {len(found)}"
    yield "pictures", f"{len(found) / clock.cpu:,.1f} per CPU-s"


def handover(folder):
    """Notices, member lists, sign-off sheets, routes for 4,000 employers with 700,000 members."""
    from tracking import EMPLOYERS, MAILING, PIECES, tracked_workspace

    from yibao_cli.jobs.handover import handing

    workspace = tracked_workspace(folder)
    handing.whole_package = lambda workspace, mailing, _sha256: workspace.package(mailing)
    clock = Clock()
    made = handing.hand_over(workspace, MAILING)
    assert (made.employers, made.pieces) == (EMPLOYERS, PIECES)
    yield f"{EMPLOYERS:,} employers, {PIECES:,} members", f"{clock.wall:,.1f} s ({clock.cpu:,.1f} CPU-s)"
    yield "  peak memory, the workspace's making too", f"{peak_memory():,.0f} MB"


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

BENCHMARKS = {
    b.__name__: b
    for b in (
        excel,
        address,
        render,
        peers,
        charts,
        workers,
        readback,
        chain,
        sort,
        posting,
        track,
        handover,
        ads,
        adversions,
        adkeep,
        adhand,
        adwords,
        returns,
        decode,
    )
}


def in_its_own_process(name, *arguments):
    """Run one benchmark in a child; returns what it gave."""
    return at_the_same_time([(name, *arguments)])[0]


def at_the_same_time(runs):
    """Run benchmarks in children, all at once; returns what each gave."""
    started = [
        subprocess.Popen(
            [sys.executable, __file__, "--child", *map(str, run)], stdout=subprocess.PIPE, text=True
        )
        for run in runs
    ]
    said = [child.communicate()[0] for child in started]
    if any(child.returncode for child in started):
        raise SystemExit(1)
    return [json.loads(text.splitlines()[-1]) for text in said]


def child(name, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        if name in WORKLOADS:
            found = WORKLOADS[name](Path(folder), *map(int, arguments))
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
