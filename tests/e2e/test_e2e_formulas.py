"""A client's cells that a spreadsheet would take for formulas: the chain is run, and no list has one in it."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest
from e2e_chain import LATER, MAILING, TABLES, TO_THE_MONTH_END, TO_THE_POST, pieces, quietly
from openpyxl.cell import MergedCell

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PAYLOADS = (
    '=HYPERLINK("http://127.0.0.1/?"&A1,"打开")',
    "+SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    " =1+1",
    "＝1+1",
    "https://127.0.0.1/",
)
# Table, rows above the header and it, columns of words that nothing is computed from.
WORDS = {
    "roster": (3, ("参保人姓名", "工作单位", "家庭住址", "备注")),
    "employers": (2, ("单位名称", "单位地址", "联系人")),
    "adjustments": (1, ("调整原因", "经办人", "复核人")),
    "transactions": (1, ("定点机构",)),
    "contracts": (2, ("广告主", "标题")),
    "returns": (2, ("备注",)),
}
AFTER = (
    *TO_THE_MONTH_END,
    "address review -o {out}/review.xlsx",
    "audit list -f csv -o {out}/audit.csv",
    "returns waiting -f csv -o {out}/waiting.csv",
    "complaints list -f csv -o {out}/complaints.csv",
    "ads accounts -f csv -o {out}/accounts.csv",
    "track {piece} -f csv -o {out}/track.csv",
)


def poisoned(path, header, columns):
    """Put the payloads, as text, into some rows of each column; what stood there follows."""
    book = openpyxl.load_workbook(path)
    heads = [str(cell.value) for cell in book.active[header]]
    for column in columns:
        place = heads.index(column)
        for row, payload in zip(book.active.iter_rows(min_row=header + 1), PAYLOADS * 4, strict=False):
            cell = row[place]
            if isinstance(cell, MergedCell):
                continue
            cell.value = f"{payload}{cell.value or ''}"
            cell.data_type = "s"
    book.save(path)


def live_cells(name, data):
    """What a spreadsheet would run in a workbook, a csv, or in what an archive holds of them."""
    if name.endswith(".xlsx"):
        for sheet in openpyxl.load_workbook(io.BytesIO(data)):
            cells = [c for row in sheet.iter_rows() for c in row]
            yield from (f"{name}!{c.coordinate}" for c in cells if c.data_type == "f" or c.hyperlink)
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            yield from (f"{name}:{m}" for m in parts.namelist() if "externalLink" in m or "connections" in m)
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            for member in pack.namelist():
                yield from live_cells(member, pack.read(member))
    elif name.endswith(".csv"):
        for line in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
            yield from (f"{name}: {field[:9]}" for field in line if runs(field))


def runs(field):
    """Whether a csv field begins as a formula does; a number that is below zero is none."""
    return field.lstrip(" ").startswith(TRIGGERS) and not is_number(field)


def is_number(field):
    try:
        float(field)
    except ValueError:
        return False
    return True


@pytest.mark.slow
def test_no_list_that_the_chain_makes_has_a_live_cell(at, tmp_path):
    folder, out = at("new"), tmp_path / "out"
    out.mkdir()
    for table, (header, columns) in WORDS.items():
        poisoned(folder / "inbox" / f"{table}.xlsx", header, columns)

    def step(words, day):
        # Artwork and laws have their own say about an advertisement with such a name.
        quietly("-w", folder, "--now", day, *words.split(), allowed=(0, 3, 4, 5, 65))

    for table in TABLES:
        given = f"{folder}/inbox/{table}.xlsx"
        step(f"import {table} {given} --findings {out}/{table}.csv --annotated {out}", "2026-09-20")
    for words in TO_THE_POST:
        step(words.format(workers=1), "2026-09-20")
    for words in ("handover", f"returns import {folder}/inbox/returns.xlsx"):
        step(words, "2026-10-20")
    for words in AFTER:
        step(words.format(out=out, piece=pieces(folder)[0]["piece"]), LATER)

    lists = [
        p
        for place in (folder / "mailings", folder / "monthend", folder / "returns", folder / "imports", out)
        for p in place.rglob("*")
        if p.suffix in {".xlsx", ".csv", ".zip"}
    ]
    found = [cell for path in lists for cell in live_cells(path.name, path.read_bytes())]
    assert found == []
    said = "".join(_text(p) for p in lists)
    assert len(lists) > 20
    assert [p for p in PAYLOADS[:4] if p not in said] == []  # they came so far, as text
    assert (folder / "mailings" / MAILING / "manifest").is_dir()


def _text(path):
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            texts = (parts.read(m).decode() for m in parts.namelist() if m.endswith(".xml"))
            words = "".join(texts)
        return words.replace("&quot;", '"').replace("&amp;", "&").replace("&apos;", "'")
    return path.read_text(encoding="utf-8-sig") if path.suffix == ".csv" else ""


def test_the_look_finds_what_there_is_to_find(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["=1+1", "x"])
    book.active["B1"].hyperlink = "http://127.0.0.1/"
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as pack:
        pack.write(tmp_path / "a.xlsx", "a.xlsx")
        pack.writestr("c.csv", 'a," =1+1",-3.5\n')

    assert list(live_cells("b.zip", (tmp_path / "b.zip").read_bytes())) == [
        "a.xlsx!A1",
        "a.xlsx!B1",
        "c.csv:  =1+1",
    ]
