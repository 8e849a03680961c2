"""Builders for tests of print files: a small part with invented people, spelled out only where a test cares.

part = make_part(6, lines=4, change={2: {"name": "王𬭎"}})
pdf = part.write(tmp_path / "part.pdf")
"""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from yibao_cli.codes import piece_number
from yibao_cli.compose import compose_layout, part_values
from yibao_cli.config import shipped
from yibao_cli.kinds import load_kind, load_product
from yibao_cli.render.part import PartFile, render_part
from yibao_cli.render.readback import AMOUNT
from yibao_cli.render.static import StaticLayer, draw_static

if TYPE_CHECKING:
    from yibao_cli.kinds.page import Layout
    from yibao_cli.kinds.values import PartValues

MAILING = "2026Q3"
CLIENT = {
    "name": "石家庄市医疗保险中心",
    "address": "河北省石家庄市长安区建设北大街12号",
    "postcode": "050011",
    "phone": "0311-12393",
    "printer": "石家庄市邮政商函中心印制",
}
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN = "建国秀英丽华志强晓明海燕文博雨桐子轩"
INSTITUTIONS = (
    "石家庄市第一人民医院",
    "仁和堂大药房长安店",
    "桥西区社区卫生服务中心(振头街道分中心)",
)
HOUSE = {"slot_a": "house:card-care", "slot_b": "house:keep-well", "slot_c": "house:check-your-statement"}


@dataclass(frozen=True)
class Part:
    """A part that can be printed: what the package would hold, composed."""

    pieces: pa.Table
    lines: pa.Table
    layout: Layout
    values: PartValues
    static: StaticLayer

    def write(self, path: Path, *, proof: bool = False) -> Path:
        self.print(path, proof=proof)
        return path

    def print(self, path: Path, *, proof: bool = False) -> PartFile:
        with path.open("wb") as out:
            return render_part(self.layout, self.static, [self.values], out, proof=proof)


def make_part(
    count: int = 3,
    lines: int = 3,
    *,
    seed: int = 1,
    change: dict[int, dict] | None = None,
    line: dict | None = None,
    ads: dict[str, str] | None = None,
    art_folder: Path = Path(),
    kind: str = "medical",
    templates: Path | None = None,
) -> Part:
    """A part of a kind with the medical tables: `count` pieces of `lines` lines each.

    change: row number to fields that differ (`lines` among them gives that piece another number of lines);
    line: fields that differ in every line; ads: ad id to file name in art_folder.
    """
    rows, details = invented(count, lines, seed=seed, change=change or {}, line=line or {})
    wanted = (templates or shipped("templates"), kind)
    layout, static = drawn(tuple(rows[0]), tuple(sorted((ads or {}).items())), art_folder, wanted)
    for row in rows:
        row["variant"] = row["variant"] if row["variant"] in layout.variants else "standard"
    pieces, table = pa.Table.from_pylist(rows), pa.Table.from_pylist(details, schema=LINE_SCHEMA)
    return Part(pieces, table, layout, part_values(layout, pieces, table, MAILING), static)


LINE_SCHEMA = pa.schema(
    [
        ("traded_on", pa.string()),
        ("institution", pa.string()),
        ("service", pa.string()),
        ("total", pa.int64()),
        ("fund_paid", pa.int64()),
        ("account_paid", pa.int64()),
        ("cash_paid", pa.int64()),
    ]
)


def invented(count, lines, *, seed, change, line):
    """Rows of pieces and of lines, as dictionaries; names and amounts differ from row to row."""
    draw = random.Random(seed)
    rows, details = [], []
    for i in range(count):
        own = dict(change.get(i, {}))
        start = len(details)
        details += [{**_line(draw, j), **line} for j in range(own.pop("lines", lines))]
        rows.append({**_row(draw, i), **own, "line_start": start, "line_stop": len(details)})
    return rows, details


def _row(draw, i):
    return {
        "row_id": i,
        "piece": piece_number(i + 1),
        "variant": "large" if i % 4 == 3 else "standard",
        "name": FAMILY[i % 20] + GIVEN[i // 20 % 18] + GIVEN[(i * 7 + 1) % 18],
        "person_no": f"{13010000 + i:010d}",
        "id_number": f"1301021980010{i:05d}",
        "address": f"河北省石家庄市长安区中山东路{i + 1}号阳光小区{i % 30}号楼3单元1502室",
        "postcode": f"0500{i % 100:02d}",
        "employer_no": f"E{i // 80:05d}",
        "employer_name": "石家庄第一棉纺织有限公司",
        "adjustment_note": "",
        "scheme": "职工",
        "category": "在职",
        "cut_off": "2026-09-30",
        "opening": draw.randrange(10**6),
        "credited_employer": 12_000 + i,
        "credited_personal": 30_000 + i,
        "interest": 12,
        "spent": draw.randrange(10**6),
        "adjusted": -100 - i,
        "closing": draw.randrange(10**6, 10**7),
        **HOUSE,
    }


def _line(draw, j):
    fund, account, cash = draw.randrange(100, 100_000), draw.randrange(20_000), draw.randrange(3_000)
    return {
        "traded_on": f"2026-0{7 + j % 3}-{1 + j % 28:02d}",
        "institution": draw.choice(INSTITUTIONS),
        "service": draw.choice(["门诊", "购药"]),
        "total": fund + account + cash,
        "fund_paid": fund,
        "account_paid": account,
        "cash_paid": cash,
    }


_DRAWN: dict = {}


def drawn(fields, ads=(), art_folder=Path(), wanted=None):
    """The layout and the static layer of a kind; wanted: templates and name of the kind."""
    # Drawing the static layer takes a quarter of a second, and most tests share one.
    templates, name = wanted or (shipped("templates"), "medical")
    key = (fields, ads, art_folder, templates, name)
    if key not in _DRAWN:
        kind = load_kind(templates, name)
        constants = {
            "client": CLIENT,
            "mailing": {"id": MAILING, "period": "2026年7月1日至9月30日"},
            "kind": {"name": kind.name},
        }
        product = load_product(templates, kind.product)
        layout = compose_layout(kind, product, fields, constants, dict(ads))
        _DRAWN[key] = layout, draw_static(layout, art_folder)
    return _DRAWN[key]


def altered(folder: Path, old: str, new: str, *, file: str = "medical/kind.toml") -> Path:
    """The shipped templates copied, with `old`, which must be there, replaced once in `file`; may be repeated."""
    if not (folder / "common").is_dir():
        shutil.copytree(shipped("templates"), folder, dirs_exist_ok=True)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


# ------------------------------------------------------------------ the strings of a page, for mutations

# A string alone, or the one of a TJ array that shifts it; hexadecimal UTF-16, or literal ASCII.
_STRING = re.compile(rb"(\[[-\d.]+)?(?:<([0-9a-f]*)>|\(([^()]*)\))(\]TJ|Tj)")


def strings_of(page) -> list[str]:
    """The strings a page's own content shows, in order, each as the hexadecimal of its UTF-16."""
    return [
        wide.decode() if wide or not narrow else hexed(narrow.decode())
        for _shift, wide, narrow, _show in _STRING.findall(page.Contents.read_bytes())
    ]


def set_strings(page, strings) -> None:
    """Show other strings in the places of a page's own; None takes one away."""
    new = iter(strings)

    def place(match):
        string = next(new)
        shift, _wide, narrow, show = match.groups()
        if string is None:
            return b""
        shown = f"<{string}>" if narrow is None else f"({bytes.fromhex(string).decode('utf-16-be')})"
        return (shift or b"") + shown.encode() + show

    page.Contents.write(_STRING.sub(place, page.Contents.read_bytes()))


def hexed(text: str) -> str:
    """A text of the basic plane as a page's content holds it."""
    return text.encode("utf-16-be").hex()


def amounts_on(page) -> list[int]:
    """Which strings of a page are amounts."""
    texts = [bytes.fromhex(s).decode("utf-16-be", "replace") for s in strings_of(page)]
    return [i for i, t in enumerate(texts) if AMOUNT.fullmatch(t)]


def swap_codes(a, b) -> None:
    """Put the Data Matrix of each of two pages on the other."""
    image = re.compile(rb"BI /W .* EI", re.DOTALL)
    one, other = a.Contents.read_bytes(), b.Contents.read_bytes()
    mine, theirs = image.search(one)[0], image.search(other)[0]
    a.Contents.write(one.replace(mine, theirs))
    b.Contents.write(other.replace(theirs, mine))
