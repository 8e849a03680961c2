"""The enquiry desk's page: a browser looks at it, others are kept out, and nothing is changed."""

from __future__ import annotations

import http.client
import io
import re
import signal
import threading
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from e2e_chain import MAILING, hashes, pieces, quietly, rows_of, start
from PIL import Image

from browsing import BROWSER, tab
from yibao_cli.errors import OutputError, UsageError
from yibao_cli.i18n import use_language
from yibao_cli.jobs.enquiry.serving import open_desk
from yibao_cli.jobs.workspace import CHINA, open_workspace

DAY = datetime(2026, 11, 21, 12, tzinfo=CHINA)


@pytest.fixture(scope="module")
def shown(states, tmp_path_factory):
    """A posted workspace with proofs and a client whose name is markup."""
    import shutil  # noqa: PLC0415 - only here

    folder = shutil.copytree(states.at("posted"), tmp_path_factory.mktemp("served") / "workspace")
    quietly("-w", folder, "proof", "-n", "3")
    settings = folder / "yibao.toml"
    hostile = 'name = "<script>alert(1)</script>&{{7*7}}"'
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r'name = ".*?"', hostile, text, count=1), encoding="utf-8")
    return folder


@contextmanager
def served(folder):
    desk = open_desk(open_workspace(folder, DAY), "127.0.0.1", 0, fixed=True)
    thread = threading.Thread(target=desk.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Visitor(desk.address)
    finally:
        desk.shutdown()
        desk.server_close()
        thread.join()


@pytest.fixture(scope="module")
def visitor(shown):
    with served(shown) as found:
        found.enter()
        yield found


class Visitor:
    """Asks as a browser would, and as one would not."""

    def __init__(self, address):
        self.address = address
        parts = urlsplit(address)
        self.host, self.token = parts.netloc, parse_qs(parts.query)["token"][0]
        self.cookie = ""

    def ask(self, path, verb="GET", body=None, cookie=None, **headers):
        connection = http.client.HTTPConnection(*self.host.split(":"), timeout=60)
        given = {"Cookie": self.cookie if cookie is None else cookie, "Host": self.host}
        if body is not None:
            given["Content-Type"] = "application/x-www-form-urlencoded"
        given |= {k.replace("_", "-"): v for k, v in headers.items()}
        connection.request(verb, path, body, {k: v for k, v in given.items() if v})
        answer = connection.getresponse()
        answer.text = (
            answer.read().decode("utf-8", "replace") if "image" not in answer.headers["Content-Type"] else ""
        )
        connection.close()
        return answer

    def enter(self):
        answer = self.ask(f"/?token={self.token}")
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer

    def search(self, words):
        answer = self.ask(f"/m/{MAILING}/search", "POST", urlencode({"q": words}))
        return self.ask(answer.headers["Location"]) if answer.status == 303 else answer


# ------------------------------------------------------------------ who is let in


def test_the_token_is_exchanged_for_a_cookie_that_no_script_and_no_other_page_gets(visitor):
    answer = visitor.enter()

    assert answer.status == 200
    assert answer.headers["Set-Cookie"].endswith("; Path=/; HttpOnly; SameSite=Strict")
    assert visitor.token not in answer.headers["Set-Cookie"] + answer.text
    assert visitor.ask("/").status == 200


@pytest.mark.parametrize(
    "path", ["/", f"/m/{MAILING}", f"/m/{MAILING}/proof/1.png", "/style.css", "/?token=", "/?token=wrong"]
)
@pytest.mark.parametrize("cookie", ["", "yibao=1", "yibao-1=x", 'a="'])
def test_without_token_or_cookie_nothing_is_shown(visitor, path, cookie):
    answer = visitor.ask(path, cookie=cookie)

    assert answer.status == 403
    assert MAILING not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "10.0.0.1:{port}", ""]
)
def test_another_name_for_this_machine_is_refused_even_with_the_token(visitor, host):
    name = host.format(port=visitor.host.rpartition(":")[2])
    connection = http.client.HTTPConnection(*visitor.host.split(":"), timeout=60)
    connection.putrequest("GET", f"/?token={visitor.token}", skip_host=True)
    if name:
        connection.putheader("Host", name)
    connection.endheaders()
    answer = connection.getresponse()

    assert answer.status == 421
    assert "Set-Cookie" not in answer.headers
    connection.close()


def test_localhost_is_this_machine_too(visitor):
    assert visitor.ask("/", Host=visitor.host.replace("127.0.0.1", "localhost")).status == 200


@pytest.mark.parametrize("verb", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "X"])
def test_every_other_verb_is_refused(visitor, verb):
    answer = visitor.ask("/", verb)

    assert answer.status in {400, 405}
    assert visitor.token not in answer.text


@pytest.mark.parametrize(
    "path", ["/", f"/m/{MAILING}", f"/m/{MAILING}/piece/00000019", f"/m/{MAILING}/report"]
)
def test_a_form_can_be_sent_to_the_search_alone(visitor, path):
    assert visitor.ask(path, "POST", "q=1").status == 405


def test_a_form_of_another_page_is_refused(visitor):
    assert visitor.ask(f"/m/{MAILING}/search", "POST", "q=12", Origin="http://evil.example").status == 421
    assert visitor.ask(f"/m/{MAILING}/search", "POST", "q=12", Origin="null").status == 421
    assert visitor.ask(f"/m/{MAILING}/search", "POST", "q=12", cookie="no=1").status == 403


def test_what_is_too_long_is_refused_unread(visitor):
    assert visitor.ask("/" + "a" * 70_000).status == 414
    assert visitor.ask(f"/m/{MAILING}/search", "POST", "q=" + "a" * 3000).status == 413
    assert visitor.ask(f"/m/{MAILING}/search", "POST", None, Content_Length="-1").status == 411


def test_a_form_of_many_fields_is_refused_in_words(visitor):
    answer = visitor.ask(f"/m/{MAILING}/search", "POST", "a=1&" * 7 + "q=12")

    assert answer.status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd",
        "/m/../yibao.toml",
        "/m/%2e%2e/yibao.toml",
        f"/m/{MAILING}/proof/../../yibao.db",
        f"/m/{MAILING}/proof/0001.png",
        f"/m/{MAILING}/proof/99999",
        f"/m/{MAILING}/piece/../../..",
        f"/m/{MAILING}/found/nothing",
        "/m/NO-SUCH",
        "//evil.example/",
        "/m/" + "A" * 5000,
        "/\x01<script>",
    ],
)
def test_a_path_leads_nowhere_else(visitor, path):
    answer = visitor.ask(path.replace("\x01", "%01"))

    assert answer.status == 404
    assert "<script>" not in answer.text


# ------------------------------------------------------------------ what is shown


@pytest.mark.parametrize(
    "path", ["/", f"/m/{MAILING}", f"/m/{MAILING}/report", f"/m/{MAILING}/proof", "/style.css"]
)
def test_no_page_loads_or_keeps_anything(visitor, path):
    answer = visitor.ask(path)

    assert answer.status == 200
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith(
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert "script" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"https?://|//[a-z]|url\(|@import", answer.text)


def test_a_mailing_is_shown_by_what_is_mailed_and_not_by_an_id(visitor):
    for path in ("/", f"/m/{MAILING}"):
        assert "医疗保险个人账户对账单" in visitor.ask(path).text


def test_the_pages_speak_the_language_that_the_command_was_told(visitor):
    english = visitor.ask(f"/m/{MAILING}").text
    use_language("zh")
    try:
        chinese = visitor.ask(f"/m/{MAILING}").text
    finally:
        use_language("en")

    assert '<html lang="en">' in english
    assert "next step" in english
    assert '<html lang="zh-CN">' in chinese
    assert "下一步" in chinese
    assert "next step" not in chinese


def test_the_pages_speak_the_language_that_each_browser_asks_for(visitor, shown):
    chinese = visitor.ask(f"/m/{MAILING}", Accept_Language="zh-CN,en;q=0.5").text
    refused = visitor.ask(f"/m/{MAILING}/piece/00000000", Accept_Language="zh").text

    assert '<html lang="zh-CN">' in chinese
    assert "下一步" in chinese
    assert '<html lang="en">' in visitor.ask(f"/m/{MAILING}", Accept_Language="en, zh").text
    assert '<html lang="en">' in visitor.ask(f"/m/{MAILING}").text
    assert "请" in refused


def test_markup_in_data_stays_text(visitor):
    for path in ("/", f"/m/{MAILING}", f"/m/{MAILING}/report"):
        page = visitor.ask(path).text

        assert "<script" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;{{7*7}}" in page


def test_a_name_finds_its_pieces_masked_and_one_is_opened(visitor, shown, canaries):
    person = pieces(shown)[3]

    answer = visitor.search(person["name"][:2] if len(person["name"]) > 2 else person["name"])

    assert person["piece"] in answer.text
    assert not canaries.found_in(answer.text)
    page = visitor.ask(f"/m/{MAILING}/piece/{person['piece']}")
    assert page.text.count("data:image/png;base64,") == person["pages"]
    assert not canaries.found_in(re.sub(r"base64,[^\"]*", "", page.text))


def test_a_name_is_no_part_of_an_address_that_a_browser_keeps(visitor, shown):
    answer = visitor.ask(f"/m/{MAILING}/search", "POST", urlencode({"q": pieces(shown)[0]["name"]}))

    assert answer.status == 303
    assert re.fullmatch(rf"/m/{MAILING}/found/[\w-]+", answer.headers["Location"])


@pytest.mark.parametrize(
    ("words", "status"), [("", 400), ("王", 400), ("00000000", 400), ("0000000000017", 404)]
)
def test_words_that_name_nothing_are_answered(visitor, words, status):
    assert visitor.search(words).status == status


def test_a_code_finds_its_one_piece(visitor, shown):
    piece = pieces(shown)[7]["piece"]

    page = visitor.search(f" {piece.lower()} ").text

    assert re.findall(r"/piece/(\w+)", page) == [piece]
    assert "nobody" in visitor.search("没有这个人").text or "<td" not in visitor.search("没有这个人").text


def test_proofs_are_paged_through(visitor, shown):
    count = len(list((shown / "mailings" / MAILING / "proof").glob("page-*.png")))

    first, last = visitor.ask(f"/m/{MAILING}/proof").text, visitor.ask(f"/m/{MAILING}/proof/{count}").text

    assert f'/m/{MAILING}/proof/2"' in first
    assert 'rel="next"' not in last
    answer = visitor.ask(f"/m/{MAILING}/proof/{count}.png")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")


def test_looking_changes_nothing_and_each_piece_that_was_opened_is_kept(shown):
    piece = pieces(shown)[9]
    before = hashes(shown / "mailings"), _tables(shown)
    seen = rows_of(shown, "SELECT max(seq) FROM audit")[0][0]

    with served(shown) as visitor:
        visitor.enter()
        for path in (
            "/",
            f"/m/{MAILING}",
            f"/m/{MAILING}/report",
            f"/m/{MAILING}/proof/1.png",
            f"/m/{MAILING}/proof/2.png",
        ):
            assert visitor.ask(path).status == 200
        visitor.search(piece["name"])
        visitor.ask(f"/m/{MAILING}/piece/{piece['piece']}")

    assert (hashes(shown / "mailings"), _tables(shown)) == before
    told = rows_of(shown, f"SELECT command, facts FROM audit WHERE seq > {seen} ORDER BY seq")
    assert [t[0] for t in told] == ["serve proof", "serve search", "serve"]
    assert piece["piece"] in told[2][1]
    assert piece["name"] not in str(told)


def _tables(folder):
    names = [
        n for (n,) in rows_of(folder, "SELECT name FROM sqlite_master WHERE type = 'table'") if n != "audit"
    ]
    return {n: rows_of(folder, f"SELECT * FROM {n}") for n in names if not n.startswith("sqlite_")}


def test_a_mailing_that_is_not_posted_says_what_comes_first(at):
    with served(at("imported")) as visitor:
        visitor.enter()
        report, home = visitor.ask(f"/m/{MAILING}/report"), visitor.ask(f"/m/{MAILING}")

    assert report.status in {404, 409}
    assert home.status == 200
    assert visitor.token not in report.text


def test_several_may_ask_at_once(visitor, shown):
    wanted = [f"/m/{MAILING}/piece/{p['piece']}" for p in pieces(shown)[:6]]
    found = []
    threads = [threading.Thread(target=lambda p=p: found.append(visitor.ask(p).status)) for p in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [200] * 6


# ------------------------------------------------------------------ where it listens


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.com", "::", ""])
def test_no_other_machine_is_listened_to(shown, host):
    with pytest.raises(UsageError):
        open_desk(open_workspace(shown, DAY), host, 0, fixed=True)


def test_a_port_that_is_taken_is_said(shown):
    with served(shown) as visitor, pytest.raises(OutputError):
        open_desk(open_workspace(shown, DAY), "127.0.0.1", int(visitor.host.rpartition(":")[2]), fixed=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_is_the_way_to_end(shown, number):
    process = start("-w", shown, "serve")
    address = process.stdout.readline().decode().strip()
    Visitor(address).enter()
    process.send_signal(number)
    _out, err = process.communicate(timeout=60)

    assert process.returncode == 0
    assert "Ctrl-C" in err.decode()
    assert parse_qs(urlsplit(address).query)["token"][0] not in err.decode()


# ------------------------------------------------------------------ in a real browser


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_no_page_is_wider_than_the_screen_of_a_telephone(shown, tmp_path):
    piece = pieces(shown)[5]["piece"]
    wide = {}
    with served(shown) as visitor, tab(tmp_path) as browser:
        browser.go(visitor.address)
        browser.picture(width=375)
        for path in (
            "/",
            f"/m/{MAILING}",
            f"/m/{MAILING}/report",
            f"/m/{MAILING}/proof",
            f"/m/{MAILING}/piece/{piece}",
            "/m/NO-SUCH",
        ):
            browser.go(f"http://{visitor.host}{path}")
            wide[path] = browser.run("document.documentElement.scrollWidth")
        browser.go(f"http://{visitor.host}/m/{MAILING}")
        browser.run(f"document.querySelector('input[name=q]').value = '{piece}'")
        browser.click("form button")
        wide["found"] = browser.run("document.documentElement.scrollWidth")

    assert wide == dict.fromkeys(wide, 375)


def test_who_is_inside_can_go_on_from_a_page_that_says_no(visitor):
    short = visitor.search("王").text

    assert "<h1>that is too short to look for <small>400</small></h1>" in short
    assert f'action="/m/{MAILING}/search"' in short
    assert "style.css" in short
    assert "<form" not in visitor.ask("/", cookie="no=1").text


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_a_real_browser_searches_opens_and_goes_back(shown, tmp_path):
    person = pieces(shown)[5]
    with served(shown) as visitor, tab(tmp_path) as browser:
        browser.go(visitor.address)
        assert browser.path == "/"
        assert "token" not in browser.run("location.href")
        assert browser.run("document.cookie") == ""
        browser.click("td a")
        browser.run(f"document.querySelector('input[name=q]').value = '{person['name']}'")
        browser.click("form button")
        found = browser.path
        assert person["piece"] in browser.text
        browser.click(f"a[href$='{person['piece']}']")
        assert browser.path == f"/m/{MAILING}/piece/{person['piece']}"
        widths = browser.run("[...document.images].map(i => i.naturalWidth)")
        picture = Image.open(io.BytesIO(browser.picture()))
        browser.run("history.back()")
        browser.settle()
        assert browser.path == found
        assert person["piece"] in browser.text
        browser.go(f"http://{visitor.host}/m/{MAILING}/report")
        assert browser.run("document.querySelectorAll('svg').length") >= 4

    assert len(widths) == person["pages"]
    assert min(widths) > 500
    assert len(picture.convert("RGB").getcolors(1 << 24)) > 50  # something stands on it
    assert browser.complaints == []
    assert all(r.startswith((f"http://{visitor.host}/", "data:")) for r in browser.requests)
