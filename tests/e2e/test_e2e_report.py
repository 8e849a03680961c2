"""The report as people open it: in a browser, in a spreadsheet, by a program."""

from __future__ import annotations

import json
import os
import re
import subprocess
from html.parser import HTMLParser

import openpyxl
import pypdfium2 as pdfium
import pytest
from e2e_chain import LATER, MAILING, changed, hashes, pieces, rows_of
from test_e2e_again import returns_of

from browsing import BROWSER, tab

QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture
def reported(mailed, call):
    """A mailing with twelve returns, and its report."""
    back = [p["piece"] for p in pieces(mailed)][::14][:12]
    call("--now", LATER, "-w", mailed, "returns", "import", returns_of(mailed / "back.xlsx", back))
    result = call("--now", LATER, "-w", mailed, "report")
    assert result.code == 0, result.err
    return mailed / "mailings" / MAILING / "report"


def html_of(folder):
    return (folder / f"report-{MAILING}.html").read_text(encoding="utf-8")


class Outside(HTMLParser):
    """Every attribute that could lead outside."""

    def __init__(self):
        super().__init__()
        self.links, self.scripts = [], 0

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        self.links += [v for k, v in attrs if k in {"src", "href", "srcset", "data", "action", "xlink:href"}]


def test_the_page_stands_alone(reported):
    parser = Outside()
    parser.feed(html_of(reported))

    assert parser.links == ["#centre", "#post", "#advertiser", "#auditor"]
    assert parser.scripts == 0
    assert not re.search(r"url\(|@import|https?://", html_of(reported))


def test_all_forms_say_the_same(reported):
    plain = json.loads((reported / f"report-{MAILING}.json").read_text(encoding="utf-8"))
    account = plain["account"]
    book = openpyxl.load_workbook(reported / f"report-{MAILING}.xlsx")
    overview = {row[0].value: row[1].value for row in book["总表"].iter_rows(min_row=3, max_col=2)}
    counties = [
        row[0].value for row in book["county" if "county" in book.sheetnames else "县区"].iter_rows(min_row=3)
    ]

    assert (account["posted"], account["returned"]) == (169, 12)
    assert overview["退信"] in {"12", "12 (6.0%)"}
    assert counties == [row["county"] for row in account["by_county"]]
    assert all(row["county"] in html_of(reported) for row in account["by_county"])
    sums = [
        row[2].value
        for row in book["勾稽关系" if "勾稽关系" in book.sheetnames else "勾稽"].iter_rows(min_row=3)
    ]
    assert sums == ["✓"] * 5
    assert html_of(reported).count("✗") == 0


def test_advertisers_see_what_was_printed_and_what_arrived(reported):
    plain = json.loads((reported / f"report-{MAILING}.json").read_text(encoding="utf-8"))
    manifest = json.loads((reported.parent / "package" / "package.json").read_text(encoding="utf-8"))

    assert {ad["ad"]: ad["printed"] for ad in plain["ads"]} == manifest["quotas"]
    assert 0 < sum(ad["delivered"] for ad in plain["ads"]) < sum(manifest["quotas"].values())
    assert all(ad["ad"] in html_of(reported) for ad in plain["ads"])


def test_a_mailing_to_some_of_the_roster_ties_too(at, call):
    workspace = at("imported")
    call("-w", workspace, "address", "clean")
    for words in (("merge", "--where", "county != '长安区'"), ("render",), ("verify",), ("manifest",)):
        assert call("-w", workspace, *words).code in {0, 3}

    call("--now", LATER, "-w", workspace, "report")

    told = html_of(workspace / "mailings" / MAILING / "report")
    assert "未选中" in told
    assert told.count("✓") == 5
    assert "✗" not in told


def test_what_stands_in_chinese_in_a_chart_is_told_in_english_below(reported):
    told = html_of(reported)

    assert all(
        word in told for word in ("roster", "bad now", "presumed delivered", "postage", "not known there")
    )


def test_it_names_no_member(reported, canaries):
    told = html_of(reported) + (reported / f"report-{MAILING}.json").read_text(encoding="utf-8")

    assert not canaries.found_in(told)


def test_the_same_report_has_the_same_bytes_and_is_private(reported, mailed, call):
    before = hashes(reported)

    call("--now", LATER, "-w", mailed, "report")

    assert hashes(reported) == before
    assert {p.stat().st_mode & 0o777 for p in reported.iterdir()} == {0o600}
    assert {p.name for p in reported.glob("*.png")} == {
        f"{n}.png" for n in ("funnel", "quality", "map", "reasons", "days")
    }


def test_a_name_with_markup_stays_text(mailed, call):
    settings = mailed / "yibao.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        re.sub(r'name = ".*?"', 'name = "<img src=x onerror=alert(1)>&{{7*7}}"', text, count=1)
    )

    call("--now", LATER, "-w", mailed, "report")

    page = html_of(mailed / "mailings" / MAILING / "report")
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;&amp;{{7*7}}" in page


def test_a_broken_promise_ends_with_the_code_of_a_failed_check(mailed, call):
    back = [p["piece"] for p in pieces(mailed)][::8]
    call("--now", LATER, "-w", mailed, "returns", "import", returns_of(mailed / "back.xlsx", back))

    result = call("--now", LATER, "-w", mailed, "report")

    assert result.code == 4
    assert "未达到承诺" in html_of(mailed / "mailings" / MAILING / "report")


def test_money_adds_up(mailed, call):
    settings = mailed / "yibao.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + '\n[report]\npaper_cost = "0.10"\nprint_cost = "0.25"\n'
    )
    changed(
        mailed,
        f"INSERT INTO ad_invoices VALUES (1, '{MAILING}', 'C-1', '某医院', 100000, '2026-10-09', '2026-11-09')",
    )

    call("--now", LATER, "-w", mailed, "report")

    told = json.loads(
        (mailed / "mailings" / MAILING / "report" / f"report-{MAILING}.json").read_text(encoding="utf-8")
    )
    money = told["money_fen"]
    assert (money["paper"], money["print"]) == (1690, 4225)
    assert money["margin"] == 100_000 - money["cost"]
    assert rows_of(mailed, "SELECT count(*) FROM ad_invoices") == [(1,)]


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_a_real_browser_shows_and_prints_it(reported, tmp_path):
    page = reported / f"report-{MAILING}.html"
    command = [BROWSER, *QUIET, f"--user-data-dir={tmp_path / 'profile'}"]
    env = {**os.environ, "HOME": str(tmp_path)}

    subprocess.run(
        [*command, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'r.pdf'}", page.as_uri()],
        capture_output=True,
        env=env,
        timeout=120,
        check=True,
    )

    document = pdfium.PdfDocument(tmp_path / "r.pdf")
    texts = ["".join(p.get_textpage().get_text_bounded().split()) for p in document]
    assert [round(side) for side in document[0].get_size()] in ([595, 842], [596, 842], [594, 841])
    # Each reader's part begins on a page of its own.
    starts = [
        next(i for i, t in enumerate(texts) if f"致{who}" in t and i >= k)
        for k, who in enumerate(("医保中心", "邮政"))
    ]
    assert starts == sorted(set(starts))
    assert all(any(t.startswith(f"致{who}") for t in texts) for who in ("邮政", "广告主", "审计"))
    assert any("勾稽关系" in t for t in texts)
    # Words inside the charts are drawn: a bar of the funnel, a reason, a tile.
    assert all(any(word in t for t in texts) for word in ("169(84.5%)", "R03原址查无此人", "长安区"))


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_on_a_telephone_the_page_is_as_wide_as_the_screen_and_charts_can_be_read(reported, tmp_path):
    with tab(tmp_path) as browser:
        browser.picture(width=375)
        browser.go((reported / f"report-{MAILING}.html").as_uri())
        wide = browser.run("document.documentElement.scrollWidth")
        letters = browser.run("document.querySelector('svg text').getBoundingClientRect().height")

    assert wide == 375
    assert letters > 9  # pixels
