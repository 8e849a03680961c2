"""Workloads that make one print file, each in a process of its own: ours, the peers', and the floor.

All begin with the tables of pieces and lines that a package holds, and end with a PDF on disk. Each gives a
record: CPU-s, pages, bytes, MB of memory above the data, and when it began and ended.
"""

# ruff: noqa: PLC0415 - each loads what it measures and nothing else

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

from measure import Clock, peak_memory

ROOT = Path(__file__).resolve().parents[2]
LINES = 12
STRETCH = 1000  # pieces whose texts are in memory at a time, as in jobs/render/rendering.py


def invented_part(pieces):
    """The builders of our tests, and a part with so many pieces as a package holds it."""
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


def layout_and_static(builders, data):
    return builders.drawn(data[0])


def stretches(layout, data, mailing):
    """The texts of a part, some pieces at a time."""
    import pyarrow.compute as pc

    from yibao_cli.compose import part_values

    _fields, pieces, lines = data
    for start in range(0, pieces.num_rows, STRETCH):
        own = pieces.slice(start, STRETCH)
        first, last = own.column("line_start")[0].as_py(), own.column("line_stop")[-1].as_py()
        for name in ("line_start", "line_stop"):
            own = own.set_column(own.column_names.index(name), name, pc.subtract(own.column(name), first))
        yield part_values(layout, own, lines.slice(first, last - first), mailing)


def compose_and_print(builders, data, path):
    from yibao_cli.render.part import render_part

    layout, static = layout_and_static(builders, data)
    with path.open("wb") as out:
        return render_part(layout, static, stretches(layout, data, builders.MAILING), out)


# ---------------------------------------------------------------- workloads


def ours(folder, pieces):
    """Compose, static layer, texts, pages."""
    part = invented_part(pieces)
    return _measured(folder, part, lambda builders, data, path: compose_and_print(builders, data, path).pages)


def again(folder, pieces):
    """The same part a second time in one process, as a worker makes one part after the other."""

    def twice(builders, data, path):
        compose_and_print(builders, data, path)
        clock = Clock()
        made = compose_and_print(builders, data, path)
        return made.pages, clock.cpu

    return _measured(folder, invented_part(pieces), twice)


def canvas(folder, pieces):
    """The same pages by ReportLab's canvas."""
    import peers

    return {**_peer(folder, pieces, peers.draw_canvas), "accelerated": peers.accelerated()}


def platypus(folder, pieces):
    """The same pages by ReportLab's Paragraph and Table."""
    import peers

    return _peer(folder, pieces, peers.draw_platypus)


def floor(folder, pieces):
    """Compress, write and hash the page contents of ours, and nothing else."""
    from yibao_cli.render.writer import compressed

    builders, data = invented_part(pieces)
    contents = _page_contents(builders, data)
    clock = Clock()
    digest = hashlib.sha256()
    with (folder / "floor").open("wb") as out:
        for content in contents:
            packed = compressed(content)
            out.write(packed)
            digest.update(packed)
    return {"cpu": clock.cpu, "pages": len(contents)}


def same(folder, pieces):
    """Whether the peers' files show the same characters as ours, on each page of the first pieces."""
    import peers

    builders, data = invented_part(pieces)
    made = compose_and_print(builders, data, folder / "ours.pdf")
    layout, values = _values(builders, data)
    found = {}
    for draw in (peers.draw_canvas, peers.draw_platypus):
        draw(layout, values, folder / "peer.pdf")
        found[draw.__name__] = peers.same_characters(
            folder / "ours.pdf", folder / "peer.pdf", range(made.pages)
        )
    return found


def _peer(folder, pieces, draw):
    builders, data = invented_part(pieces)
    # The layout comes with a static layer that is ours alone: the peers do not pay for it.
    layout_and_static(builders, data)

    def compose_and_draw(builders, data, path):
        layout, values = _values(builders, data)
        return draw(layout, values, path)

    return _measured(folder, (builders, data), compose_and_draw)


def _values(builders, data):
    from yibao_cli.compose import part_values

    layout, _static = layout_and_static(builders, data)
    return layout, part_values(layout, *data[1:], builders.MAILING)


def _page_contents(builders, data):
    from yibao_cli.render.part import _part_fonts, piece_contents

    layout, static = layout_and_static(builders, data)
    fonts = _part_fonts(layout)
    names = {key: f"X{number}" for key, number in static.forms.items()}
    return [
        page.encode("ascii")
        for values in stretches(layout, data, builders.MAILING)
        for piece in piece_contents(layout, values, fonts, names)
        for page in piece
    ]


def _measured(folder, part, make):
    builders, data = part
    path = folder / "part.pdf"
    before, began, clock = peak_memory(), time.time(), Clock()
    pages = make(builders, data, path)
    cpu = clock.cpu
    if isinstance(pages, tuple):
        pages, cpu = pages
    return {
        "cpu": cpu,
        "pages": pages,
        "size": path.stat().st_size,
        "memory": peak_memory() - before,
        "began": began,
        "ended": time.time(),
    }


WORKLOADS = {w.__name__: w for w in (ours, again, canvas, platypus, floor, same)}
