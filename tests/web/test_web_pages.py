"""Pages out of hostile facts: whatever comes from data is text."""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest

from yibao_cli.web.guard import Guard, is_loopback
from yibao_cli.web.pages import entrance, page, refusal, style

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}{% raw %}"
ROWS = {
    "home": {"mailings": [dict.fromkeys(("id", "kind", "period", "state"), HOSTILE)]},
    "mailing": {
        "mailing": "2026Q3",
        "kind": HOSTILE,
        "period": HOSTILE,
        "rows": [
            {"label": HOSTILE, "count": 3, "remark": HOSTILE},
            {"label": "", "count": None, "remark": ""},
        ],
        "next_step": HOSTILE,
    },
    "found": {
        "mailing": "2026Q3",
        "rows": [dict.fromkeys(("piece", "name", "number", "address", "employer"), HOSTILE)],
        "more": True,
    },
    "piece": {
        "mailing": "2026Q3",
        "piece": HOSTILE,
        "origin": HOSTILE,
        "about": [HOSTILE],
        "history": [dict.fromkeys(("day", "at", "event", "copy", "detail", "operator"), HOSTILE)],
        "pictures": [HOSTILE],
    },
    "proofs": {"mailing": "2026Q3", "pages": 2, "number": 1},
}


@pytest.mark.parametrize("name", ROWS)
def test_markup_in_facts_is_shown_and_does_nothing(name):
    shown = page(name, client=HOSTILE, **ROWS[name]).decode()

    assert "<script" not in shown
    assert "<img src=x" not in shown
    assert not re.search(r"""=["'][^"']*["'][^\s>/]""", shown)  # no value ends its attribute
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "{{7*7}}" in shown


def test_no_page_has_a_script_or_a_style_of_its_own():
    pages = [entrance().decode(), refusal(HTTPStatus.FORBIDDEN).decode()]
    pages += [page(name, client="", **facts).decode() for name, facts in ROWS.items()]

    for shown in pages:
        assert not re.search(r"<script|<style|\bstyle=|\son\w+=\"", shown)
    assert b"url(" not in style()


def test_a_refusal_repeats_nothing_but_what_it_was_given():
    shown = refusal(HTTPStatus.NOT_FOUND, HOSTILE, HOSTILE).decode()

    assert "<script" not in shown
    assert "404" in shown


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("2130706433", False),
        ("", False),
    ],
)
def test_this_machine_is_what_loopback_names(host, ours):
    assert is_loopback(host) is ours


def test_the_secrets_of_two_runs_have_nothing_in_common():
    one, other = Guard(1), Guard(1)

    assert one.token != other.token
    assert one.cookie != other.cookie
    assert one.knows_token(one.token)
    assert not one.knows_token(other.token)
    assert not one.knows_token(one.token[:-1])
    assert not one.knows_token("é\ud800")


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"Host": "127.0.0.1:9"}, True),
        ({"Host": "[::1]:9"}, True),
        ({"Host": "localhost:9", "Origin": "http://localhost:9"}, True),
        ({"Host": "localhost:9", "Origin": "http://127.0.0.1:9"}, False),
        ({"Host": "localhost:9", "Origin": "null"}, False),
        ({"Host": "localhost:8"}, False),
        ({"Host": "evil.example:9"}, False),
        ({}, False),
    ],
)
def test_a_browser_must_mean_this_page(headers, ours):
    assert Guard(9).means_us(headers) is ours
