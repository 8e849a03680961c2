"""The papers of a posting by the real commands: they tie to the print files, or there are none."""

from __future__ import annotations

import csv
import json

import openpyxl
import pypdfium2
import pytest
import zxingcpp
from e2e_chain import MAILING, hashes, made, pdfs, pieces, rows_of

from label_codes import container_code
from yibao_cli.mailing.jobfile import check_jobfile

PAPERS = {
    *(
        f"{n}-{MAILING}.{e}"
        for n in ("postage", "qualification", "exceptions")
        for e in ("pdf", "xlsx", "json")
    ),
    *(f"manifest-{MAILING}.{e}" for e in ("pdf", "xlsx", "csv")),
    *(f"jobfile/{n}.csv" for n in ("job", "part", "bag", "bundle", "piece")),
}


def text_of(path):
    with pypdfium2.PdfDocument(path) as pdf:
        return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in pdf)


def said(workspace, name):
    return json.loads((made(workspace) / "manifest" / f"{name}-{MAILING}.json").read_text(encoding="utf-8"))


def tampered(workspace, part, **changes):
    """The control file of a part says something else than was printed."""
    path = pdfs(workspace)[part].with_suffix(".json")
    control = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**control, **changes}), encoding="utf-8")


def test_all_papers_are_there_private_and_the_same_again(call, at):
    workspace = at("posted")

    papers = hashes(made(workspace) / "manifest")
    assert set(papers) == PAPERS
    files = [p for p in (made(workspace) / "manifest").rglob("*") if p.is_file()]
    assert {p.stat().st_mode & 0o777 for p in files} == {0o600}
    assert call("-w", workspace, "manifest").code == 0
    assert hashes(made(workspace) / "manifest") == papers


def test_two_workers_write_the_same_lists(call, at, monkeypatch):
    workspace = at("posted")
    papers = hashes(made(workspace) / "manifest")
    monkeypatch.setattr("yibao_cli.jobs.mailing.listfiles._SMALL", 0)

    assert call("-w", workspace, "manifest").code == 0

    assert hashes(made(workspace) / "manifest") == papers


def test_every_figure_is_that_of_the_package(at):
    workspace = at("posted")
    packed = pieces(workspace)
    folder = made(workspace) / "manifest"

    statement, report = said(workspace, "postage"), said(workspace, "qualification")
    with (folder / f"manifest-{MAILING}.csv").open(encoding="utf-8-sig", newline="") as stream:
        listed = list(csv.DictReader(stream))
    sheet = openpyxl.load_workbook(folder / f"manifest-{MAILING}.xlsx")["清单"]
    assert [row["账单编号"] for row in listed] == [p["piece"] for p in packed]
    assert [(int(r["把"]), int(r["袋"])) for r in listed] == [(p["bundle"], p["bag"]) for p in packed]
    assert sheet.max_row - 2 == statement["pieces"] == report["pieces"] == len(packed)
    fen = sum(round(float(row["资费(元)"]) * 100) for row in listed)
    assert statement["amount_fen"] == sum(c["amount_fen"] for c in statement["counties"]) == fen
    assert report["bundles"] == packed[-1]["bundle"]
    assert report["bags"] == packed[-1]["bag"]
    assert check_jobfile(folder / "jobfile") == []


def test_the_printed_list_names_every_piece_and_the_statement_its_sum(at):
    workspace = at("posted")
    folder = made(workspace) / "manifest"

    listed = text_of(folder / f"manifest-{MAILING}.pdf")

    assert all(p["piece"] in listed for p in pieces(workspace))
    amount = said(workspace, "postage")["amount_fen"]
    assert f"{amount / 100:,.2f}元" in text_of(folder / f"postage-{MAILING}.pdf")
    assert "分拣合格报告" in text_of(folder / f"qualification-{MAILING}.pdf")


def test_the_exceptions_are_the_held_rows_by_reason_and_name_nobody(at):
    workspace = at("posted")
    counts = json.loads((made(workspace) / "package" / "package.json").read_text(encoding="utf-8"))["counts"]

    found = said(workspace, "exceptions")

    assert (found["held"], found["rejected"]) == (counts["held"], counts["rejected"])
    assert sum(found["held_by_rule"].values()) == len(found["rows"]) == counts["held"] > 0
    assert all(row["value"].startswith("*") or not row["value"] for row in found["rows"])


def test_printed_and_listed_figures_that_differ_stand_side_by_side_and_nothing_is_published(call, at):
    workspace = at("verified")
    count = len(pieces(workspace))
    first = json.loads(pdfs(workspace)[0].with_suffix(".json").read_text(encoding="utf-8"))
    tampered(workspace, 0, pieces=first["pieces"] + 1)

    result = call("-w", workspace, "manifest")

    assert result.code == 4
    assert f"printed {count + 1}, bagged {count}, on the statement {count}" in result.err
    assert f"listed (csv) {count}, listed (pdf) {count}, listed (xlsx) {count}" in result.err
    assert not (made(workspace) / "manifest").exists()
    assert rows_of(workspace, "select state from mailings") == [("verified",)]


def test_a_print_file_that_was_changed_stops_the_papers(call, at):
    workspace = at("verified")
    tampered(workspace, 1, sha256="0" * 64)

    result = call("-w", workspace, "manifest")

    assert result.code == 4
    assert "is not the one that was rendered" in result.err
    assert not (made(workspace) / "manifest").exists()


def test_a_list_over_the_configured_rows_is_divided_by_county(call, at):
    workspace = at("verified")
    with (workspace / "yibao.toml").open("a", encoding="utf-8") as stream:
        stream.write("\n[posting]\nrows_per_book = 50\n")

    assert call("-w", workspace, "manifest").code == 0

    books = sorted((made(workspace) / "manifest").glob("manifest-*.xlsx"))
    counties = {p["county"] for p in pieces(workspace)}
    assert len(books) == len(counties) + 1
    assert openpyxl.load_workbook(books[-1]).sheetnames == ["汇总", "索引"]
    listed = [
        row[3]
        for b in books[:-1]
        for s in openpyxl.load_workbook(b)
        for row in s.iter_rows(min_row=3, values_only=True)
    ]
    assert sorted(listed) == sorted(p["piece"] for p in pieces(workspace))


@pytest.mark.parametrize("sheet", ["a4-2x4", "single-100x150"])
def test_labels_are_one_a_bundle_and_one_a_bag_with_readable_codes(call, at, sheet):
    workspace = at("rendered")

    result = call("-w", workspace, "labels", "--sheet", sheet)

    assert result.code == 0
    packed = pieces(workspace)
    for name, kind, key in (("bundles", "B", "bundle"), ("bags", "D", "bag")):
        read = []
        with pypdfium2.PdfDocument(made(workspace) / "labels" / f"{name}-{MAILING}.pdf") as pdf:
            for page in pdf:
                read += [code.text for code in zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())]
        codes = sorted(container_code(text) for text in read)
        assert codes == [(MAILING, kind, n) for n in range(1, packed[-1][key] + 1)]


def test_labels_ask_for_a_printed_mailing(call, at):
    assert call("-w", at("merged"), "labels").code == 5


def test_labels_ask_for_a_known_sheet(call, at):
    result = call("-w", at("rendered"), "labels", "--sheet", "a3")

    assert result.code == 78
    assert "a4-2x4, single-100x150" in result.err
