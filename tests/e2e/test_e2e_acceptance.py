"""The main job on the sample city, judged by other programs than made it: openpyxl, PDFium, qpdf, ZXing."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import pikepdf
import pyarrow.parquet as pq
import pypdfium2 as pdfium
import pytest
import zxingcpp
from e2e_chain import (
    CHECKOUT,
    MAILING,
    goods,
    leftovers,
    made,
    pdfs,
    pieces,
    roster_rows,
    said_cleanly,
    sheet_rows,
)

EXPECTED = json.loads((CHECKOUT / "sample_data" / "medical" / "expected.json").read_text(encoding="utf-8"))
COMPONENTS = ("期初余额（元）", "单位划入", "个人划入", "利息", "本期支出", "调整金额")


# ------------------------------------------------------------------ what was made, read by others


@dataclass(frozen=True)
class Shown:
    """A printed piece as PDFium sees it: the words of both faces, and the amount under 期末余额."""

    face: str
    statement: str
    closing: str


@pytest.fixture(scope="session")
def shown(demo):
    """Every printed piece, in print order."""
    return [piece for path in pdfs(demo.folder) for piece in _pieces_of(path)]


def _pieces_of(path):
    document = pdfium.PdfDocument(path)
    try:
        for first in range(0, len(document), 2):
            face, _amount = _page(document[first])
            yield Shown(face, *_page(document[first + 1]))
    finally:
        document.close()


def _page(page):
    words = page.get_textpage()
    try:
        return _squeezed(words.get_text_range()), _under(words, "期末余额")
    finally:
        words.close()
        page.close()


def _under(words, label):
    """What stands in the box below a label, whose right edge it shares."""
    search = words.search(label)
    hit = search.get_next()
    search.close()
    if hit is None:
        return ""
    left, bottom, _right, _top = words.get_charbox(hit[0])
    _left, _bottom, right, _top = words.get_charbox(hit[0] + hit[1] - 1)
    return words.get_text_bounded(left - 20, bottom - 24, right + 1, bottom - 1).strip()


def _squeezed(words):
    return "".join(words.split())


@pytest.fixture(scope="session")
def printed(demo):
    """The rows of the package."""
    return pieces(demo.folder)


@pytest.fixture(scope="session")
def findings(demo):
    path = made(demo.folder) / "findings" / f"findings-{MAILING}.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _person(cell):
    """A member's number as it is meant: ten digits, of which a number lost its leading zeros."""
    return unicodedata.normalize("NFKC", str(cell)).strip().zfill(10)


def _amount(cell):
    return Decimal(re.sub(r"[¥￥,元\s]", "", unicodedata.normalize("NFKC", str(cell or 0))))


# ------------------------------------------------------------------ the chain


def test_the_demo_ends_well_and_says_nothing_it_must_not(demos, canaries):
    for demo in demos:
        assert demo.result.code == 0, demo.result.err
        said_cleanly(demo.result, canaries)
    assert "0 differences over 2717 pieces, 5434 pages, 4 parts" in demos[0].result.err


def test_every_row_of_the_roster_is_a_piece_a_hold_or_a_rejection_and_never_two(demo, printed, findings):
    rows = {r["row"]: _person(r["人员编号"]) for r in roster_rows(demo.folder / "inbox" / "roster.xlsx")}
    of_roster = [f for f in findings if f["File"] == "roster.xlsx"]
    rejected = {int(f["Row"]) for f in of_roster if f["Severity"] == "rejected"}
    held = {int(f["Row"]) for f in of_roster if f["Severity"] == "held"}

    assert len(rows) == EXPECTED["files"]["roster.xlsx"] == 3000
    assert len(rejected) == sum(EXPECTED["roster"]["rejected"].values())
    assert not rejected & held
    free = [number for row, number in rows.items() if row not in rejected | held]
    assert sorted(free) == sorted(p["person_no"] for p in printed)
    assert len(printed) + len(held) + len(rejected) == 3000


def test_whoever_died_or_moved_away_is_held_and_nobody_else_for_it(findings):
    status = EXPECTED["roster"]["kept_status"]

    by_rule = Counter(f["Rule"] for f in findings)

    assert by_rule["H101"] == status["死亡"]
    assert by_rule["H102"] == status["转出"] + status["户口外迁"]
    assert by_rule["L201"] == EXPECTED["balances"]["rows"]["of_unknown_persons"] + sum(
        v for k, v in EXPECTED["balances"]["rows"].items() if k == "of_rejected_members"
    )


def test_pieces_are_numbered_once_and_stand_in_print_order(printed):
    numbers = [p["piece"] for p in printed]
    containers = [(p["bag"], p["bundle"]) for p in printed]

    assert len(set(numbers)) == len(numbers)
    assert [p["position"] for p in printed] == list(range(1, len(printed) + 1))
    assert all(a <= b for a, b in pairwise(containers))
    assert len({p["postcode"] for p in printed if p["bundle"] == 1}) == 1


def test_every_name_and_piece_number_stands_on_its_own_pages(shown, printed):
    assert len(shown) == len(printed)
    for page, piece in zip(shown, printed, strict=True):
        name = _squeezed(piece["name"])
        assert f"{name}收" in page.face
        assert f"姓名{name}" in page.statement
        assert piece["piece"] in page.face
        assert f"账单编号{piece['piece']}" in page.statement


def test_names_are_those_of_the_roster_rare_characters_and_all(demo, printed):
    rows = roster_rows(demo.folder / "inbox" / "roster.xlsx")
    told = {_person(r["人员编号"]): _bare_name(r["参保人姓名"] or "") for r in reversed(rows)}

    for piece in printed:
        assert _bare_name(piece["name"]) == told[piece["person_no"]]
    everybody = "".join(p["name"] for p in printed)
    assert all(c in everybody for c in "䶮㛃𬭎𫍽𠅤")


def _bare_name(name):
    """A name without blanks and without characters that cannot be seen."""
    return "".join(c for c in name if not c.isspace() and unicodedata.category(c) != "Cf")


def test_the_closing_balance_on_each_page_is_the_one_computed_from_the_clients_workbook(demo, shown, printed):
    rows = sheet_rows(demo.folder / "inbox" / "balances.xlsx", header=2)
    accounts = {_person(r["个人编号"]): r for r in rows}

    for page, piece in zip(shown, printed, strict=True):
        account = accounts[piece["person_no"]]
        opening, employer, personal, interest, spent, adjusted = (_amount(account[c]) for c in COMPONENTS)
        closing = opening + employer + personal + interest - spent + adjusted
        assert closing == _amount(account["期末余额（元）"])
        assert page.closing == f"{closing:,.2f}"


def test_control_totals_are_the_sums_of_the_clients_workbook_over_who_is_printed(demo, printed):
    rows = sheet_rows(demo.folder / "inbox" / "balances.xlsx", header=2)
    members = {p["person_no"] for p in printed}
    ours = [r for r in rows if _person(r["个人编号"]) in members]
    manifest = json.loads((made(demo.folder) / "package" / "package.json").read_text(encoding="utf-8"))

    fields = ("opening", "credited_employer", "credited_personal", "interest", "spent", "adjusted", "closing")
    for field, column in zip(fields, (*COMPONENTS, "期末余额（元）"), strict=True):
        assert manifest["totals"][field] == sum(_amount(r[column]) for r in ours) * 100
        assert manifest["totals"][field] == sum(p[field] for p in printed)


def test_every_line_of_whoever_is_printed_is_in_the_package_to_the_fen(demo, printed):
    rows = sheet_rows(demo.folder / "inbox" / "transactions.xlsx", header=1)
    members = {p["person_no"] for p in printed}
    # The sample repeats one row; a serial number names a line.
    wanted = {r["结算流水号"]: _amount(r["账户支付"]) for r in rows if _person(r["个人编号"]) in members}
    files = sorted((made(demo.folder) / "package").glob("lines-*.parquet"))

    lines = [row for file in files for row in pq.read_table(file).to_pylist()]

    assert len(lines) == len(wanted)
    assert {r["serial_no"]: Decimal(r["account_paid"]) / 100 for r in lines} == wanted
    assert sum(p["line_stop"] - p["line_start"] for p in printed) == len(lines)


# ------------------------------------------------------------------ the print files


def test_the_print_files_are_sound_and_their_fonts_embedded_subsets(demo):
    for path in pdfs(demo.folder):
        with pikepdf.open(path) as pdf:
            assert pdf.check_pdf_syntax() == []
            fonts = [
                o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Font"
            ]
            assert fonts
            for font in fonts:
                assert re.match(r"/[A-Z]{6}\+", str(font.BaseFont))
                assert font.Subtype == "/Type0" or "/FontFile2" in font.FontDescriptor


def test_the_code_on_a_page_names_its_piece(demo, printed):
    sample = range(0, len(printed), 173)
    first = {p["part"]: p["position"] for p in reversed(printed)}

    for position in sample:
        part = printed[position]["part"]
        document = pdfium.PdfDocument(pdfs(demo.folder)[part - 1])
        page = document[(position + 1 - first[part]) * 2]
        picture = page.render(scale=200 / 72).to_pil()
        page.close()
        document.close()
        read = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.DataMatrix)
        assert [r.text.rpartition("/")[0] for r in read] == [
            f"YB1/{MAILING}/{printed[position]['piece']}/0/1-2"
        ]


# ------------------------------------------------------------------ the same everywhere, and private


def test_two_runs_under_different_skies_give_the_same_bytes(demos):
    desk, cron = demos

    assert goods(desk.folder) == goods(cron.folder)
    assert len([n for n in goods(desk.folder) if n.endswith(".pdf")]) >= 3


def test_everything_in_a_workspace_is_private_and_nothing_temporary_stays(demos):
    for demo in demos:
        everything = [demo.folder, *demo.folder.rglob("*")]
        assert {p.stat().st_mode & 0o777 for p in everything if p.is_dir()} == {0o700}
        assert {p.stat().st_mode & 0o777 for p in everything if p.is_file()} == {0o600}
        assert leftovers(demo.folder) == []
