"""Many ask at once: a few are answered at a time, the others wait, and who waits too long is told so."""

from __future__ import annotations

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

from yibao_cli.web import server
from yibao_cli.web.server import LocalServer, Reply
from yibao_cli.web.tongue import wanted_language


class Desk:
    """Answers when it is let to, and counts how many it was asked by at a time."""

    def __init__(self):
        self.open = threading.Event()
        self.now = self.most = 0
        self._lock = threading.Lock()

    def look(self, _path):
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.open.wait(30)
        time.sleep(0.01)
        with self._lock:
            self.now -= 1
        return Reply(b"shown")

    search = look


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def local(desk):
    local = LocalServer(desk, "127.0.0.1", 0)
    thread = threading.Thread(target=local.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield local
    desk.open.set()
    local.shutdown()
    local.server_close()
    thread.join()


@pytest.fixture
def ask(local):
    cookie = local.guard.cookie.partition(";")[0]

    def ask(path="/"):
        connection = http.client.HTTPConnection(*local.server_address[:2], timeout=60)
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    return ask


def test_fifty_at_once_are_all_answered_a_few_at_a_time(desk, ask):
    with ThreadPoolExecutor(50) as crowd:
        asked = [crowd.submit(ask) for _each in range(50)]
        time.sleep(0.3)
        desk.open.set()

        assert {a.result().status for a in asked} == {200}
    assert desk.most == server.AT_ONCE


def test_who_waits_too_long_for_a_turn_is_told_to_come_again(desk, ask, monkeypatch):
    monkeypatch.setattr(server, "TURN", 0.2)
    with ThreadPoolExecutor(server.AT_ONCE) as crowd:
        busy = [crowd.submit(ask) for _each in range(server.AT_ONCE)]
        while desk.now < server.AT_ONCE:
            time.sleep(0.01)

        late = ask()

        assert (late.status, late.headers["Retry-After"]) == (503, "5")
        assert "too many ask at once" in late.text
        desk.open.set()
        assert [b.result().text for b in busy] == ["shown"] * server.AT_ONCE
    assert ask().status == 200


def test_a_connection_too_many_is_turned_away_and_there_is_room_again_when_others_go(desk, local, ask):
    desk.open.set()
    idle = [http.client.HTTPConnection(*local.server_address[:2]) for _each in range(server.MOST_CONNECTIONS)]
    for connection in idle:
        connection.connect()
    deadline = time.monotonic() + 10
    while (answer := _status(ask)) == 200 and time.monotonic() < deadline:
        time.sleep(0.05)

    assert answer in {503, None}  # the socket may be shut before the answer is read
    for connection in idle:
        connection.close()
    while (answer := _status(ask)) != 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert answer == 200


def _status(ask):
    try:
        return ask().status
    except (ConnectionError, http.client.HTTPException):
        return None


def test_the_address_names_the_token_that_lets_in(local, ask):
    token = parse_qs(urlsplit(local.address).query)["token"][0]

    answer = ask(f"/?token={token}")

    assert (answer.status, answer.headers["Set-Cookie"]) == (200, local.guard.cookie)


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("en, zh", "en"),
        ("de, en-GB;q=0.7, zh-Hant-TW;q=0.9", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("de, fr;q=0.5, *", ""),
        ("", ""),
        ("zh;q=9, ;;;, \x00", ""),
    ],
)
def test_the_language_is_the_one_that_a_browser_likes_best(asked, language):
    assert wanted_language(asked) == language
