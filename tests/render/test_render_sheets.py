"""Pieces of several sheets: as many pages as their lines need, numbered, coded and summed from page to page."""

from __future__ import annotations

import io
import random
import re
from types import SimpleNamespace

import pikepdf
import pypdfium2 as pdfium
import pytest
import zxingcpp
from marked_builders import KIND, marked

from builders import MAILING, hexed, make_part, set_strings, strings_of
from yibao_cli.codes import parse_sheet_code
from yibao_cli.compose import pages_of
from yibao_cli.jobs.render import parts
from yibao_cli.kinds.page import BLANK
from yibao_cli.money import fen
from yibao_cli.render.forms import form_digests
from yibao_cli.render.part import render_part
from yibao_cli.render.readback import Sample, What, expected_pages, read_back
from yibao_cli.render.reading import PrintFile, bare
from yibao_cli.render.structure import StructureFile

COUNTS = (0, 1, 29, 30, 31, 100, 1000)
PAGES = (2, 2, 2, 2, 2, 4, 12)
DAY = re.compile(r"2026-0[789]-\d\d")
AMOUNT = re.compile(r"-?[\d,]+\.\d\d")


def part_of(counts, variant="standard", **options):
    change = {i: {"lines": n, "variant": variant} for i, n in enumerate(counts)}
    return make_part(len(counts), change=change, **options)


@pytest.fixture(scope="module")
def part():
    return part_of(COUNTS, kind="medical-dl")


@pytest.fixture(scope="module")
def pdf(part, tmp_path_factory):
    return part.write(tmp_path_factory.mktemp("sheets") / "part.pdf")


def differences(part, pdf, sample=None):
    expected = expected_pages(part.layout, part.values, form_digests(part.static))
    return list(read_back(pdf, 1, expected, sample=sample))


def by_structure(part, pdf):
    return {(d.page, d.what) for d in differences(part, pdf, Sample(0, 1))}


def places(part):
    """Piece, page of the piece and pages of the piece, for each page of the file."""
    return [
        (piece, n, len(numbers))
        for piece, numbers in zip(part.values.pieces, part.values.plans, strict=True)
        for n in range(1, len(numbers) + 1)
    ]


# ------------------------------------------------------------------ pages


def test_each_piece_has_whole_sheets_and_as_many_as_its_lines_need(part, pdf):
    assert tuple(len(numbers) for numbers in part.values.plans) == PAGES

    with pikepdf.open(pdf) as opened:
        assert len(opened.pages) == sum(PAGES)
        assert opened.check_pdf_syntax() == []


def test_each_page_says_which_of_how_many_it_is(part, pdf):
    with pdfium.PdfDocument(pdf) as document:
        for index, (piece, number, count) in enumerate(places(part)):
            text = bare(document[index].get_textpage().get_text_bounded())
            if text == "本页空白":
                assert number == count
                continue
            assert f"第{number}页共{count}页" in text
            assert piece in text


def test_a_last_back_without_lines_says_that_it_is_blank(part, pdf):
    blank = [numbers[-1] == BLANK for numbers in part.values.plans]
    ends = [sum(PAGES[: i + 1]) - 1 for i in range(len(PAGES))]

    with pdfium.PdfDocument(pdf) as document:
        shown = [bare(document[i].get_textpage().get_text_bounded()) for i in ends]

    assert blank == [True, True, True, False, False, True, False]
    assert [text == "本页空白" for text in shown] == blank


def test_each_data_matrix_is_read_from_pixels_even_askew(part, pdf):
    only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
    read, expected = [], []
    with PrintFile(pdf) as file:
        for index, (piece, number, count) in enumerate(places(part)):
            with file.page(index) as page:
                picture = page.picture(300).convert("L").rotate(1, expand=True, fillcolor=255)
            read.append([parse_sheet_code(c.text) for c in zxingcpp.read_barcodes(picture, formats=only)])
            blank = part.values.plans[part.values.pieces.index(piece)][number - 1] == BLANK
            expected.append([] if blank else [(MAILING, piece, 0, number, count)])

    assert [[(c.mailing, c.piece, c.copy, c.page, c.pages) for c in codes] for codes in read] == expected


def rows_on(strings):
    """Of the strings of a page: amounts of each line, of what it brings, of what it carries."""
    lines, brought, carried = [], None, None
    for i, text in enumerate(strings):
        if DAY.fullmatch(text):
            lines.append([fen(t) for t in strings[i + 3 : i + 7]])
        elif text == "承前页" or re.fullmatch(r"此前\d+笔合计", text):
            brought = [fen(t) for t in strings[i + 1 : i + 5]]
        elif text == "过次页":
            carried = [fen(t) for t in strings[i + 1 : i + 5]]
    return lines, brought, carried


def test_the_sums_on_paper_tie_from_page_to_page_and_to_the_lines(part, pdf):
    shown = []
    with PrintFile(pdf) as file:
        for index in range(sum(PAGES)):
            with file.page(index) as page:
                shown.append(rows_on(page.texts()))

    first = 0
    for i, (count, pages) in enumerate(zip(COUNTS, PAGES, strict=True)):
        start = part.pieces["line_start"].to_pylist()[i]
        own = part.lines.slice(start, count).to_pylist()
        so_far, seen, carried_before = [0] * 4, 0, None
        for lines, brought, carried in shown[first : first + pages]:
            if carried_before is not None:
                assert brought == carried_before
            if brought is not None:
                so_far = brought
            so_far = [sum(column) for column in zip(so_far, *lines, strict=True)]
            assert carried is None or carried == so_far
            seen, carried_before = seen + len(lines), carried
        assert so_far == [sum(x[n] for x in own) for n in ("total", "fund_paid", "account_paid", "cash_paid")]
        assert seen == count if count <= 645 else seen == 644  # 27 + 10 x 56 + 57 where the oldest are summed
        first += pages


@pytest.mark.parametrize("variant", ["standard", "large"])
@pytest.mark.parametrize("kind", ["medical-dl", "medical-c5", "medical-card"])
def test_read_back_finds_nothing_on_right_pages(kind, variant, tmp_path):
    part = part_of(COUNTS[::-1], variant, kind=kind)

    assert differences(part, part.write(tmp_path / "part.pdf"), Sample(len(COUNTS), 1)) == []


# ------------------------------------------------------------------ what may go wrong with many pages


# Pages of the file, from 0: a piece of 4 pages, one of 2, one of 4; page 3 and page 9 are blank backs.
MANY = (100, 40, 90)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),  # further pages of one piece
        (1, 7),  # the second pages of two pieces
        (2, 8),  # their third pages
        (5, 1),  # of a piece with fewer pages
        (2, 3),  # with the blank back
        (0, 6),  # first pages
    ],
)
def test_pages_in_each_others_place_are_found_on_both(edited, one, other):
    part = part_of(MANY, kind="medical-dl")

    def swap(pdf):
        a, b = pdf.pages[one], pdf.pages[other]
        a.Contents, b.Contents = b.Contents, a.Contents

    assert {page for page, _what in by_structure(part, edited(part, swap))} == {one + 1, other + 1}


@pytest.mark.parametrize("dropped", [3, 9, 1, 2])
def test_a_page_that_was_dropped_is_found(edited, dropped):
    part = part_of(MANY, kind="medical-dl")

    def drop(pdf):
        del pdf.pages[dropped]

    found = by_structure(part, edited(part, drop))

    assert (0, What.PAGES) in found
    # All that follows stands on the wrong side of its sheet.
    assert {page for page, _what in found} - {0} == set(range(dropped + 1, 10))


def test_a_blank_back_moved_before_its_sheet_is_found(edited):
    part = part_of(MANY, kind="medical-dl")

    def move(pdf):
        blank = pdf.pages[3]
        del pdf.pages[3]
        pdf.pages.insert(2, blank)

    assert {page for page, _what in by_structure(part, edited(part, move))} == {3, 4}


def test_something_on_a_blank_back_is_found(edited):
    part = part_of(MANY, kind="medical-dl")

    def write(pdf):
        line = f"BT /F400 9 Tf 1 0 0 1 90 90 Tm <{hexed('承前页')}>Tj ET\n".encode()
        pdf.pages[3].Contents.write(pdf.pages[3].Contents.read_bytes() + line)

    assert by_structure(part, edited(part, write)) == {(4, What.TEXT)}


@pytest.mark.parametrize("word", ["承前页", "过次页"])
def test_a_sum_that_was_changed_is_found(edited, word):
    part = part_of(MANY, kind="medical-dl")

    def change(pdf):
        page = pdf.pages[1]
        strings = strings_of(page)
        at = strings.index(hexed(word)) + 2  # behind the empty cell of the service
        text = bytes.fromhex(strings[at]).decode("utf-16-be")
        assert AMOUNT.fullmatch(text)
        strings[at] = hexed(text[:-1] + str((int(text[-1]) + 1) % 10))
        set_strings(page, strings)

    assert by_structure(part, edited(part, change)) == {(2, What.AMOUNT)}


def test_a_line_that_moved_to_the_next_page_is_found(edited):
    part = part_of(MANY, kind="medical-dl")

    def exchange(pdf):
        strings = [strings_of(pdf.pages[n]) for n in (1, 2)]
        at = [next(i for i, s in enumerate(own) if s.startswith(hexed("2026-"))) for own in strings]
        one, other = ([own[i + 3 + k] for k in range(4)] for own, i in zip(strings, at, strict=True))
        strings[0][at[0] + 3 : at[0] + 7], strings[1][at[1] + 3 : at[1] + 7] = other, one
        for n in (0, 1):
            set_strings(pdf.pages[1 + n], strings[n])

    assert by_structure(part, edited(part, exchange)) == {(2, What.AMOUNT), (3, What.AMOUNT)}


def test_the_sample_reads_whole_pieces_whatever_their_pages(part, pdf):
    sample = Sample(3, 1)

    assert differences(part, pdf, sample) == []

    numbers = [number for number, _want in sample.pages()]
    pieces = {want.piece for _number, want in sample.pages()}
    own = [n for n, (piece, _page, _count) in enumerate(places(part), 1) if piece in pieces]
    assert len(pieces) == 3
    assert numbers == own


def test_every_page_of_a_proof_of_many_sheets_bears_the_mark(tmp_path):
    pdf = part_of((100, 0), kind="medical-dl").write(tmp_path / "proof.pdf", proof=True)

    with pdfium.PdfDocument(pdf) as document:
        assert ["样" in document[i].get_textpage().get_text_bounded() for i in range(len(document))] == [
            True
        ] * 6


# ------------------------------------------------------------------ stretches


def stretched(part, size, monkeypatch):
    """The file of a part whose values are made some pieces at a time, as a job makes them."""
    pages = pages_of(part.layout, part.values.variants, [len(r) for r in _ranges(part)])
    pieces = part.pieces.append_column("pages", [pages])
    package = SimpleNamespace(
        pieces=lambda _part: pieces,
        lines=lambda _part: part.lines,
        manifest=SimpleNamespace(mailing=MAILING),
    )
    monkeypatch.setattr(parts, "_STRETCH", size)
    out = io.BytesIO()
    render_part(part.layout, part.static, parts.values_of_part(package, part.layout, 1), out)
    return out.getvalue()


def _ranges(part):
    pairs = zip(part.pieces["line_start"].to_pylist(), part.pieces["line_stop"].to_pylist(), strict=True)
    return [range(a, b) for a, b in pairs]


@pytest.mark.parametrize("size", [10, 7, 1, 1000])
@pytest.mark.parametrize("kind", ["medical", "medical-dl", "marked"])
def test_a_part_made_in_stretches_is_the_same_file(tmp_path, monkeypatch, kind, size):
    draw = random.Random(5)
    counts = [draw.choice((0, 3, 29, 40, 90)) for _ in range(30)]
    templates = marked(tmp_path / "templates") if kind == "marked" else None
    change = {i: {"lines": n} for i, n in enumerate(counts)}  # every fourth in large type
    part = make_part(30, change=change, kind=KIND if kind == "marked" else kind, templates=templates)
    whole = part.write(tmp_path / "part.pdf").read_bytes()

    assert stretched(part, size, monkeypatch) == whole


def test_characters_that_only_some_stretches_have_are_right_in_each(tmp_path, monkeypatch):
    names = {4: "王𬭎", 9: "欧阳𠅤", 13: "lee", 17: "𠅤𬭎"}
    change = {i: {"name": name} for i, name in names.items()} | {
        11: {"closing": -1_00, "employer_no": "单位"}
    }
    part = make_part(20, 5, change=change)
    pdf = tmp_path / "part.pdf"

    pdf.write_bytes(stretched(part, 5, monkeypatch))

    assert differences(part, pdf, Sample(20, 1)) == []


# ------------------------------------------------------------------ kinds drawn one after another


@pytest.mark.parametrize("order", [("medical", "medical-dl", "medical-card"), ("medical-card", "medical")])
def test_the_static_texts_of_each_kind_come_back_whole(tmp_path, order):
    for number, name in enumerate(order):
        part = make_part(1, 100, kind=name)
        pdf = part.write(tmp_path / f"{number}.pdf")
        plans = {p.number: p for p in part.layout.variants["standard"].plans}
        with pdfium.PdfDocument(pdf) as document:
            for index, plan in enumerate(part.values.plans[0]):
                text = bare(document[index].get_textpage().get_text_bounded())
                for placed in plans[plan].static_texts:
                    assert bare(placed.source.literal.partition("\n")[0])[:20] in text
                for table in plans[plan].tables:
                    assert all(c.header in text for c in table.item.columns)


def test_the_structure_of_a_file_of_many_pages_is_a_tree(tmp_path):
    part = make_part(300, 0)
    pdf = part.write(tmp_path / "part.pdf")

    with pikepdf.open(pdf) as opened:
        root = opened.Root.Pages
        nodes = [(int(n.Count), len(n.Kids)) for n in root.Kids]
        parents = [page.Parent.objgen for page in opened.pages]
        owners = [node.objgen for node in root.Kids for _kid in node.Kids]
        assert int(root.Count) == 600
        assert nodes == [(256, 256), (256, 256), (88, 88)]
        assert parents == owners
    with StructureFile(pdf) as file:
        assert (file.pages, list(file.refused)) == (600, [])
