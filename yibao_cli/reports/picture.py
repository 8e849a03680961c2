"""The picture of a mailing: one HTML file for four readers, its charts, and the same figures as a workbook.

Everything is told from plain figures; nothing is computed here but shares of what was counted.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from yibao_cli.exports import Book, Column
from yibao_cli.exports.book import PAGE_OF_PAGES
from yibao_cli.exports.charts import AMBER, BLUE, DEEP, PALE, RED, Bar, Drawing, Tile, bars, curve, tiles
from yibao_cli.money import yuan
from yibao_cli.reports.adcharts import plan_charts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    Words = Mapping[str, Sequence[str]]

_COLUMNS = 6  # of tiles, where nobody said which place lies where
_VERDICTS = ("good", "doubtful", "bad")
_FILLS = {"good": BLUE, "doubtful": AMBER, "bad": RED}


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report tells.

    account: as `returns.account.account_json` gives it. counts: of the package. quality: verdict -> (pieces
    when posted, pieces now). money: fen by item; ads: (ad, printed, delivered). prefecture: first four digits
    of the division codes. plan: what the package says of its ads, empty where it says nothing.
    """

    client: str
    mailing: str
    kind: str
    package: str
    account: Mapping[str, Any]
    counts: Mapping[str, int]
    quality: Mapping[str, tuple[int, int]]
    money: Mapping[str, int]
    ads: Sequence[tuple[str, int, int]]
    prefecture: str = ""
    plan: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The same, ready for json; money in fen."""
        return {
            "client": self.client,
            "mailing": self.mailing,
            "kind": self.kind,
            "package_sha256": self.package,
            "counts": dict(self.counts),
            "account": dict(self.account),
            "address_quality": {k: {"posted": then, "now": now} for k, (then, now) in self.quality.items()},
            "money_fen": dict(self.money),
            "ads": [{"ad": ad, "printed": n, "delivered": d} for ad, n, d in self.ads],
        }


def load_words(folder: Path) -> Words:
    """The words of the report, Chinese and English, from the shipped folder."""
    found: Words = tomllib.loads((folder / "words.toml").read_text(encoding="utf-8"))
    return found


def charts_of(figures: Figures, words: Words, folder: Path) -> dict[str, Drawing]:
    """The charts: funnel, quality, map, reasons, days."""

    def word(key: str) -> str:
        return words[key][0]

    a = figures.account
    return {
        "funnel": bars(word("funnel"), list(_funnel(figures, words))),
        "quality": bars(
            word("quality"),
            [
                Bar(word(f"{v}_{when}"), figures.quality[v][i], f"{figures.quality[v][i]:,}", _FILLS[v])
                for v in _VERDICTS
                for i, when in enumerate(("then", "now"))
            ],
        ),
        "map": tiles(word("map"), list(_tiles(figures, folder))),
        "reasons": bars(
            word("reasons"),
            [
                Bar(f"{r['reason']} {r['label']}", r["pieces"], f"{r['pieces']:,}", RED)
                for r in a["by_reason"]
            ],
        ),
        "days": curve(
            word("days"),
            *_daily(a),
            [f"{a['came_back']:,} {words['returned'][0]}"],
        ),
    }


def page(figures: Figures, folder: Path) -> str:
    """The report as one HTML file without any reference to the outside; data in it is text, never markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only for a report

    words = load_words(folder)
    jinja = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    drawings = charts_of(figures, words, folder) | plan_charts(figures.plan, words)
    charts = {name: drawing.svg() for name, drawing in drawings.items()}
    return jinja.get_template("report.html.j2").render(
        f=figures,
        a=figures.account,
        w=words,
        charts=charts,
        cards=list(_cards(figures)),
        tables={name: list(rows) for name, rows in _tables(figures, words).items()},
        equations=list(equations(figures, words)),
        legends=_legends(figures),
    )


def _legends(figures: Figures) -> dict[str, list[str]]:
    """Keys of words that stand in Chinese alone in a chart or table, for a line below in both languages."""
    return {
        "funnel": [key for key, _value, _fill in _stages(figures)],
        "quality": [f"{v}_{when}" for v in _VERDICTS for when in ("then", "now")],
        "reasons": [r["reason"] for r in figures.account["by_reason"]],
        "equations": ["made", "spoiled", "unposted", "signed", "presumed"],
        "money": list(figures.money),
    }


def equations(figures: Figures, words: Words) -> Iterator[tuple[str, str, bool]]:
    """The sums that must tie: left, right, and whether they do."""
    n, a, c = figures.counts, figures.account, figures.account["copies"]

    def said(pairs: Sequence[tuple[str, int]]) -> str:
        return " + ".join(f"{name} {value:,}" for name, value in pairs)

    names = {key: pair[0] for key, pair in words.items()}
    fates = (
        ("pieces", "held", "unselected", "rejected")
        if n.get("unselected")
        else ("pieces", "held", "rejected")
    )
    parts = [(names[key], n[key]) for key in fates]
    yield (
        f"{names['roster']} {n['roster_rows']:,}",
        said(parts),
        n["roster_rows"] == sum(v for _k, v in parts),
    )
    copies = [
        (names["posted"], c["posted"]),
        (words["spoiled"][0], c["spoiled"]),
        (words["unposted"][0], c["unposted"]),
    ]
    yield f"{words['made'][0]} {c['printed']:,}", said(copies), c["printed"] == sum(v for _k, v in copies)
    states = [(names[k], a[k]) for k in ("signed", "presumed", "returned", "remailed", "pending")]
    yield f"{names['posted']} {a['posted']:,}", said(states), a["posted"] == sum(v for _k, v in states)
    by_place = [(place, sum(r["posted"] for r in a[f"by_{place}"])) for place in ("county", "source")]
    for place, total in by_place:
        yield f"{names[place]} Σ {total:,}", f"{names['posted']} {a['posted']:,}", total == a["posted"]


def write_figures(figures: Figures, path: Path, folder: Path) -> None:
    """The same figures as a workbook; private, the same bytes each time."""
    words = load_words(folder)
    tables = _tables(figures, words)
    heads = {
        "county": ("county", "posted", "delivered", "returned", "rate", "interval"),
        "office": ("office", "posted", "delivered", "returned", "rate", "interval"),
        "source": ("source", "posted", "delivered", "returned", "rate", "interval"),
        "reason": ("code", "reason", "pieces", "share"),
        "ads": ("ad", "printed", "reached", "rate"),
        "money": ("item", "yuan"),
        "restated": ("as_of", "then", "now"),
    }
    titles = {"county": "county", "office": "office", "source": "sources", "reason": "reasons"}
    with Book.to(path, PAGE_OF_PAGES, f"{figures.mailing} {figures.account['today']}") as book:
        funnel = [(b.label, b.words) for b in _funnel(figures, words)]
        cards = [(words[key][0], value) for key, value in _cards(figures)]
        sums = [(left, right, "✓" if holds else "✗") for left, right, holds in equations(figures, words)]
        overview = [*cards, *funnel]
        columns = (Column(words["item"][0]), Column("数值"))
        book.long_table("总表", f"{figures.client} {figures.mailing}", columns, overview)
        book.long_table("勾稽", words["equations"][0], (Column("左"), Column("右", "wrap"), Column("")), sums)
        for name, rows in tables.items():
            title = words[titles.get(name, name) if name != "ads" else "advertiser"][0]
            head = tuple(Column(words[h][0]) for h in heads[name])
            book.long_table(title, title, head, rows)


def _daily(account: Mapping[str, Any]) -> tuple[list[str], list[int]]:
    """Every day from the posting to the last return, and the returns up to it."""
    known = {row["day"]: row["together"] for row in account["by_day"]}
    first = date.fromisoformat(account["posted_on"])
    last = date.fromisoformat(max(known, default=account["today"]))
    days = [(first + timedelta(days=i)).isoformat() for i in range((last - first).days + 1)]
    together, values = 0, []
    for day in days:
        together = known.get(day, together)
        values.append(together)
    return days, values


def _cards(figures: Figures) -> Iterator[tuple[str, str]]:
    a = figures.account
    yield "posted", f"{a['posted']:,}"
    yield ("rate" if a["final"] else "best_rate"), f"{a['best_rate']:.2%}"
    yield "first_pass", f"{a['first_pass']['rate']:.2%}"
    yield "returned", f"{a['returned']:,}"
    yield "remailed", f"{a['remailed']:,}"
    yield "cure", f"{a['cure']['rate']:.2%}"


def _funnel(figures: Figures, words: Words) -> Iterator[Bar]:
    whole = figures.counts["roster_rows"] or 1
    for key, value, fill in _stages(figures):
        yield Bar(words[key][0], value, f"{value:,} ({value / whole:.1%})", fill)


def _stages(figures: Figures) -> Iterator[tuple[str, int, str]]:
    """What became of the roster's rows: word, how many, colour."""
    n, a = figures.counts, figures.account
    yield "roster", n["roster_rows"], DEEP
    yield "rejected", n["rejected"], RED
    if n.get("unselected"):
        yield "unselected", n["unselected"], PALE
    yield "held", n["held"], AMBER
    yield "posted", a["posted"], BLUE
    yield "delivered", a["delivered"], BLUE
    yield "pending", a["pending"], AMBER
    yield "remailed", a["remailed"], AMBER
    yield "returned", a["returned"], RED


def _tiles(figures: Figures, folder: Path) -> Iterator[Tile]:
    table = tomllib.loads((folder / "tiles.toml").read_text(encoding="utf-8")).get(figures.prefecture, {})
    counties = [row for row in figures.account["by_county"] if row["county"]]
    # Places of elsewhere stand below a map that somebody drew, with a row between.
    below = max((row for _column, row in table.values()), default=-2) + 2
    free = ((i % _COLUMNS, below + i // _COLUMNS) for i in range(len(counties)))
    for row in counties:
        place = table.get(row["county"]) or next(free)
        back = row["returned"] + row["remailed"]
        share = back / row["posted"]
        yield Tile(place[0], place[1], row["county"], f"{share:.1%}", share)


def _tables(figures: Figures, words: Words) -> dict[str, list[tuple[str, ...]]]:
    a = figures.account
    tables = {place: list(_places(a[f"by_{place}"], place)) for place in ("county", "office", "source")}
    whole = sum(r["pieces"] for r in a["by_reason"]) or 1
    tables["reason"] = [
        (r["reason"], r["label"], f"{r['pieces']:,}", f"{r['pieces'] / whole:.1%}") for r in a["by_reason"]
    ]
    tables["ads"] = [(ad, f"{n:,}", f"{d:,}", f"{d / n:.1%}" if n else "-") for ad, n, d in figures.ads]
    tables["money"] = [(words[item][0], yuan(amount)) for item, amount in figures.money.items()]
    tables["restated"] = [
        (r["as_of"], f"{r['returned_then']:,}", f"{r['returned_now']:,}") for r in a["restated"]
    ]
    return tables


def _places(rows: Sequence[Mapping[str, Any]], name: str) -> Iterator[tuple[str, ...]]:
    if not any(row[name] for row in rows):
        return
    for row in rows:
        low, high = row["interval_95"]
        counts = (f"{row[k]:,}" for k in ("posted", "delivered", "returned"))
        yield row[name] or "-", *counts, f"{row['rate']:.2%}", f"{low:.1%} - {high:.1%}"
