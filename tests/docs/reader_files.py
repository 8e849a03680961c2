"""The files that come from outside in the sessions of the docs: `python reader_files.py WHAT PATH`."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import zxingcpp
from PIL import Image

from yibao_cli.codes import HandoverCode, SheetCode
from yibao_cli.mailing.tracking import Series

MAILING = "2026Q3"
DAY = "2026-10-20"


def review(path: Path) -> None:
    """A review workbook with the proposal of its second row accepted."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "处理" for cell in row))
    column = next(cell.column for cell in head if cell.value == "处理")
    sheet.cell(head[0].row + 2, column, "采用")
    book.save(path)


def scans(path: Path) -> None:
    """Two scanned response codes of a list of codes, and one that is none; the members an advertiser knows."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with Path("scans.csv").open("w", encoding="utf-8", newline="") as stream:
        taken = [(row["code"], "2026-11-01T08:00") for row in rows[:2]]
        csv.writer(stream).writerows([("code", "scanned_at"), *taken, ("12345678901", "2026-11-01T09:00")])
    Path("matched.txt").write_text("1301000001\n", encoding="utf-8")


def photos(folder: Path) -> None:
    """Photos of two letters that came back, and of a table top."""
    folder.mkdir()
    first, second = _pieces()[:2]
    for name, piece in (("1.png", first), ("2.png", second), ("3.png", "")):
        _photo(folder / name, str(SheetCode(MAILING, piece, 0, 1, 2)) if piece else "")


def survey(path: Path) -> None:
    """A call list filled in: all but one had their letter."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for row in range(3, sheet.max_row + 1):
        cells = (DAY, "接通", "否", None, None, None) if row == 3 else (DAY, "接通", "是", "是", "是", 95)
        for i, value in enumerate(cells):
            sheet.cell(row, 6 + i, value)
    book.save(path)


def receipts(folder: Path) -> None:
    """Scans of two signed sheets, and a list with a third."""
    folder.mkdir()
    for number in (1, 2):
        _photo(folder / f"{number}.png", str(HandoverCode(MAILING, number)))
    _book(
        Path("inbox/receipts.xlsx"),
        ("签收码", "签收日期", "签收时间", "签收人"),
        (str(HandoverCode(MAILING, 3)), "2026-10-12", "10:30", "王芳"),
    )


def totals(path: Path) -> None:
    """The client's totals by scheme and category, taken out of what the program says against a file of nobody."""
    _book(path, ("险种", "人员类别", "人数", "期末余额"), ("别的", "别的", 1, 0))
    said = subprocess.run(
        ["yibao", "--lang", "en", "merge", "--against", str(path), "-f", "csv"],
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in csv.DictReader(said.stdout.splitlines()):
        if row["ours"]:
            found.setdefault((row["险种"], row["人员类别"]), {})[row["figure"]] = row["ours"]
    rows = [(*group, own["人数"], own["期末余额"]) for group, own in found.items()]
    _book(path, ("险种", "人员类别", "人数", "期末余额"), *rows)


def walks(path: Path) -> None:
    """A post's table of walks with two roads."""
    _book(
        path,
        ("路名", "县(区)", "起号", "止号", "单双号", "投递段", "投递局"),
        ("中山东路", "长安区", 1, 400, "全", "101", "长安投递部"),
        ("中山西路", "桥西区", 1, 400, "全", "205", "桥西投递部"),
    )


def appointments(path: Path) -> None:
    """Two employers that want their mail on a certain day and hour."""
    with Path(f"mailings/{MAILING}/manifest/manifest-{MAILING}.csv").open(
        encoding="utf-8-sig", newline=""
    ) as stream:
        numbers = sorted({row["单位编号"] for row in csv.DictReader(stream)} - {""})[:2]
    _book(
        path, ("单位编号", "预约日期", "预约时间"), *((number, "2026-10-09", "09:30") for number in numbers)
    )


def blocks(path: Path) -> None:
    """A block of a thousand tracking numbers from the post."""
    numbers = Series("cn13", "XA", "31", checked=True)
    _book(path, ("起号", "止号"), (numbers.number(10_000_000), numbers.number(10_000_999)))


def _pieces() -> list[str]:
    files = sorted(Path(f"mailings/{MAILING}/package").glob("pieces-*.parquet"))
    return sorted(pq.read_table(files, columns=["piece"]).column("piece").to_pylist())


def _photo(path: Path, text: str) -> None:
    page = Image.new("L", (900, 700), 245)
    if text:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=4)
        page.paste(Image.fromarray(np.asarray(code)), (60, 80))
    page.save(path)


def _book(path: Path, *rows: tuple) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]))
