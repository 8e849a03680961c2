from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ads_builders import sold
from yibao_cli.ads.approvals import shows
from yibao_cli.ads.compliance import load_law
from yibao_cli.ads.showing import Wording, number_unseen
from yibao_cli.ads.trades import AdText
from yibao_cli.config import shipped
from yibao_cli.jobs.ads.adswords import wording_of

LAW = load_law(shipped("templates") / "common" / "compliance.toml")
HOSPITAL, DRUG = "冀医广[2026]第0301-001号", "冀药广审（文）第280101-00001号"


@pytest.mark.parametrize(
    ("words", "number", "is_shown"),
    [
        ("内科，冀医广[2026]第0301-001号", HOSPITAL, True),
        ("医疗广告审查证明文号：（冀）医广【2026】第0301—001号", HOSPITAL, True),
        ("冀医广〔2026〕第 0301－001 号", HOSPITAL, True),
        ("冀医广[2026]第0301-001号", f"医疗广告审查证明文号：{HOSPITAL}", True),
        ("冀药广审(文)第280101\r\n-00001号", DRUG, True),
        ("冀医广[2026]第0301-0011号", HOSPITAL, False),  # another one, longer
        ("冀医广[2025]第0301-001号", HOSPITAL, False),  # last year's
        ("京医广[2026]第0301-001号", HOSPITAL, False),
        ("内科、外科", HOSPITAL, False),
        ("", HOSPITAL, False),
        ("内科", "", False),
    ],
)
def test_a_number_stands_in_words_however_it_is_set(words, number, is_shown):
    assert shows(words, number) is is_shown


BARE, WITH = "内科，外科", f"内科，外科，{HOSPITAL}"


@pytest.mark.parametrize(
    ("wording", "rule"),
    [
        (Wording(BARE, BARE, whole=True), "C164"),
        (Wording("", BARE, whole=True), "C164"),
        (Wording("", WITH, whole=True), None),
        (Wording(BARE, WITH, whole=True), None),
        (Wording(WITH, BARE, whole=True), "C165"),  # the list says so, and the artwork does not
        (Wording(WITH, BARE, whole=False), None),
        (Wording(BARE, BARE, whole=False), "C165"),  # it may stand in a picture
        (Wording("", BARE, whole=False), "C165"),
        (Wording("", WITH, whole=True, hidden=True), "C165"),  # letters that nobody sees
        (Wording(WITH, WITH, whole=True, hidden=True), "C165"),
        (Wording(WITH, WITH, whole=False, hidden=True), None),  # a scan with its layer of OCR
        (Wording(WITH), None),
        (Wording(BARE), "C165"),
        (Wording(), "C165"),
    ],
)
def test_a_number_that_cannot_be_read_is_asked_for(wording, rule):
    ad = AdText("医院", wording.known, HOSPITAL)

    found = number_unseen(LAW.trade_of("医院"), ad, wording)

    assert (found and found.rule) == rule
    assert found is None or (found.what == HOSPITAL and "医疗广告管理办法" in found.article)


@pytest.mark.parametrize(
    ("trade", "number"),
    [("医院", ""), ("医院", "有批号"), ("药品", "国药准字H13020123"), ("药店", ""), ("超市", HOSPITAL)],
)
def test_what_is_no_number_or_needs_none_is_not_asked_for(trade, number):
    ad = AdText(trade, BARE, number)

    assert number_unseen(LAW.trade_of(trade), ad, Wording(BARE, BARE, whole=True)) is None


@pytest.mark.parametrize("trade", ["药品", "医疗器械", "保健食品", "特医食品"])
def test_products_are_asked_by_the_article_of_their_review(trade):
    number = {"药品": "药", "医疗器械": "械", "保健食品": "食健", "特医食品": "食特"}[trade]
    ad = AdText(trade, BARE, f"冀{number}广审（文）第280101-00001号")

    assert "第九条" in number_unseen(LAW.trade_of(trade), ad, Wording(BARE)).article


def an_ad(art, copy=""):
    return replace(sold("A"), art=art, copy=copy)


def drawn(path, *, text="", picture=False, in_a_form=False, mode=0):
    """A page with text and a picture, drawn on it or in a form; mode: of PDF's text."""
    canvas = Canvas(str(path), pagesize=(652, 340))
    if in_a_form:
        canvas.beginForm("x")
    if text:
        canvas.drawString(50, 50, text, mode=mode)
    if picture:
        pixels = io.BytesIO()
        Image.new("RGB", (40, 20), "red").save(pixels, "png")
        canvas.drawImage(ImageReader(pixels), 100, 100)
    if in_a_form:
        canvas.endForm()
        canvas.doForm("x")
    canvas.showPage()
    canvas.save()
    return path


@pytest.mark.parametrize("in_a_form", [False, True])
def test_the_words_of_a_pdf_are_all_there_is_where_no_picture_stands_beside_them(tmp_path, in_a_form):
    plain = drawn(tmp_path / "plain.pdf", text="Open daily", in_a_form=in_a_form)
    mixed = drawn(tmp_path / "mixed.pdf", text="Open daily", picture=True, in_a_form=in_a_form)

    assert wording_of(an_ad(plain, copy="said")) == Wording("said", "Open daily", whole=True)
    assert wording_of(an_ad(mixed)) == Wording("", "Open daily", whole=False)


@pytest.mark.parametrize(("mode", "is_hidden"), [(0, False), (1, False), (3, True), (7, True)])
def test_letters_that_are_not_drawn_are_told(tmp_path, mode, is_hidden):
    art = drawn(tmp_path / "a.pdf", text="Open daily", mode=mode)

    assert wording_of(an_ad(art)).hidden is is_hidden


def test_a_picture_has_no_words_but_those_of_the_list(tmp_path):
    Image.new("RGB", (40, 20)).save(tmp_path / "a.png")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")

    assert wording_of(an_ad(tmp_path / "a.png", copy="said")) == Wording("said")
    assert wording_of(an_ad(tmp_path / "broken.pdf", copy="said")) == Wording("said")
