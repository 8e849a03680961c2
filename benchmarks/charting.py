"""What a chart costs: the letter-sheet of 12 lines with and without bars, paired."""

# ruff: noqa: PLC0415 - a benchmark loads what it measures and nothing else

from __future__ import annotations

from measure import Clock
from parts import invented_part, stretches

BARS = (4, 8, 12, -12)  # below nothing: bars that stand
_WORDS = "西药中药检查检验治疗手术床位护理材料诊察麻醉输血门诊住院购药慢病"
_KEY, _PANEL = "service", "statement"


def costs(folder, pieces, turns):
    """What charts cost, as (what, figure).

    All are printed in turn, and of each the least counts: what else a machine does only ever adds.
    """
    spent = {bars: [] for bars in (0, *BARS)}
    for bars in spent:
        charted_part(folder, pieces // 10, bars)  # what is loaded and drawn once
    for _turn in range(turns):
        for bars, found in spent.items():
            found.append(charted_part(folder, pieces, bars))
    least = {bars: min(f["cpu"] for f in found) for bars, found in spent.items()}
    for bars, found in spent.items():
        more = f"; {least[bars] / least[0] - 1:+.1%} of CPU-s" if bars else ""
        what = f"{abs(bars)} bars that {'lie' if bars > 0 else 'stand'}" if bars else "without a chart"
        yield what, f"{found[0]['pages'] / least[bars]:,.0f} pages per CPU-s{more}"


def charted_part(folder, pieces, bars):
    """Print a part of letter-sheets whose lines fall on so many categories; bars: as in BARS, 0 for none.

    Returns CPU-s, pages and bytes.
    """
    import pyarrow as pa

    from yibao_cli.render.part import render_part

    builders, (fields, rows, lines) = invented_part(pieces)
    words = [_WORDS[2 * i : 2 * i + 2] for i in range(max(map(abs, BARS)))][: abs(bars) or None]
    # Each line of a piece in a category of its own: as many bars as there can be.
    named = pa.array([words[line % len(words)] for line in range(lines.num_rows)])
    lines = lines.set_column(lines.column_names.index(_KEY), _KEY, named)
    layout, static = _drawn(builders, fields, words, bars, folder)
    path = folder / "part.pdf"
    clock = Clock()
    with path.open("wb") as out:
        made = render_part(layout, static, stretches(layout, (fields, rows, lines), builders.MAILING), out)
    return {"cpu": clock.cpu, "pages": made.pages, "size": made.size}


def _drawn(builders, fields, words, bars, folder):
    """The letter-sheet with a chart on its statement panel, as layout and static layer."""
    from yibao_cli.compose import compose_layout
    from yibao_cli.config import shipped
    from yibao_cli.kinds import load_kind, load_product
    from yibao_cli.kinds.geometry import ChartItem
    from yibao_cli.render.static import draw_static

    kind = load_kind(shipped("templates"), "medical")
    if bars:
        direction = "across" if bars > 0 else "up"
        place = {"x": 8, "y": 30, "w": 120, "h": 80, "direction": direction}
        kind = _with_chart(kind, ChartItem(**place, by=_KEY, sum="total", order=tuple(words)), words)
    mailing = {"id": builders.MAILING, "period": ""}
    constants = {"client": builders.CLIENT, "mailing": mailing, "kind": {"name": ""}}
    layout = compose_layout(kind, load_product(shipped("templates"), kind.product), fields, constants, {})
    return layout, draw_static(layout, folder)


def _with_chart(kind, item, words):
    table = kind.inputs[kind.merge.lines]
    choices = dict.fromkeys(words, ())
    own = tuple(f.model_copy(update={"choices": choices}) if f.name == _KEY else f for f in table.fields)
    inputs = {**kind.inputs, kind.merge.lines: table.model_copy(update={"fields": own})}
    variants = {name: v.model_copy(update=_panels(v.panels, item)) for name, v in kind.variants.items()}
    return kind.model_copy(update={"inputs": inputs, "variants": variants, **_panels(kind.panels, item)})


def _panels(panels, item):
    """The panels with the chart on that of the statement."""
    wanted = {n: p for n, p in panels.items() if n == _PANEL}
    more = {n: p.model_copy(update={"items": (*p.items, item)}) for n, p in wanted.items()}
    return {"panels": {**panels, **more}}
