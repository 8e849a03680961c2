"""Requests on loopback alone, a few at a time; what may not be asked is refused before anybody is.

Each connection has a thread. Of these there are at most `MOST_CONNECTIONS`, and `AT_ONCE` of them make a page
at a time, for a piece takes tens of megabytes and a processor meanwhile. The others wait for their turn, and
after `TURN` seconds are told to come again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlsplit

from yibao_cli.errors import OutputError, UsageError, os_reason
from yibao_cli.i18n import _, speak_here
from yibao_cli.web.guard import Guard, is_loopback
from yibao_cli.web.pages import entrance, refusal
from yibao_cli.web.tongue import wanted_language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from socket import socket

HTML, PNG, CSS = "text/html; charset=utf-8", "image/png", "text/css; charset=utf-8"
OWN = "style-src 'self'; img-src 'self' data:"  # what our pages may load, beside nothing

_MOST_ASKED = 2000  # bytes of what is searched for
_MOST_FIELDS = 5
_PATIENCE = 20  # seconds for a browser that says nothing
MOST_CONNECTIONS = 64  # a browser keeps up to six
AT_ONCE = 3  # pages that are made at a time
TURN = 20  # seconds that a request waits for its turn
_COME_AGAIN = "5"  # seconds, for who had none
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with none, browsers would not say Origin
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
_NOTHING = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "


@dataclass(frozen=True)
class Reply:
    """What goes back. allows: the directives of what the page may load; headers: more of them."""

    body: bytes
    kind: str = HTML
    status: HTTPStatus = HTTPStatus.OK
    allows: str = OWN
    headers: Mapping[str, str] = field(default_factory=dict)


def see(path: str) -> Reply:
    """Send the browser to another page."""
    return Reply(b"", status=HTTPStatus.SEE_OTHER, headers={"Location": path})


class Desk(Protocol):
    """Who answers; each may be asked from several threads at once, and raises nothing."""

    def look(self, path: str) -> Reply:
        """What a path shows."""

    def search(self, path: str, asked: Mapping[str, str]) -> Reply:
        """Where the answer to a form stands: no GET, for addresses stay in the browser's memory."""


class LocalServer(ThreadingHTTPServer):
    """A server that listens on loopback; `address` is what a person opens.

    port: 0 for a free one. own_language: the pages speak that of the process, whatever a browser asks for.
    Raises UsageError for a host that is not this machine, OutputError for a port that
    cannot be had.
    """

    daemon_threads = True
    allow_reuse_address = False  # on Windows it would let another program listen on the same port

    def __init__(self, desk: Desk, host: str, port: int, *, own_language: bool = False) -> None:
        if not is_loopback(host):
            raise UsageError(
                _("{host} is not this machine").format(host=host),
                remedy=_("statements of persons are shown on 127.0.0.1 alone; leave out --host"),
            )
        bound = "127.0.0.1" if host == "localhost" else host.strip("[]")
        if ip_address(bound).version == 6:  # noqa: PLR2004 - of the protocol
            import socket  # noqa: PLC0415 - only here

            self.address_family = socket.AF_INET6
        try:
            super().__init__((bound, port), _Handler)
        except (OSError, OverflowError) as error:
            reason = os_reason(error) if isinstance(error, OSError) else str(error)
            raise OutputError(
                _("cannot listen on port {port}: {reason}").format(port=port, reason=reason),
                remedy=_("name another port with --port, or 0 for a free one"),
            ) from error
        self.desk = desk
        self.own_language = own_language
        self.turns = BoundedSemaphore(AT_ONCE)
        self._places = BoundedSemaphore(MOST_CONNECTIONS)
        self.guard = Guard(self.server_address[1])
        shown = f"[{bound}]" if ":" in bound else bound
        self.address = f"http://{shown}:{self.server_address[1]}/?token={self.guard.token}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection by a thread of its own, if there is one left."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            _turn_away(request)
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, _request: Any, _client: Any) -> None:
        """A browser that went away is no event; and a request is never told on the terminal."""


def _turn_away(request: socket) -> None:
    """Tell a connection that there is no place for it; nobody waits for what it has to say."""
    request.setblocking(False)
    head = f"HTTP/1.1 {HTTPStatus.SERVICE_UNAVAILABLE:d} busy\r\nRetry-After: {_COME_AGAIN}\r\n"
    try:
        request.recv(_MOST_ASKED)  # what lies unread would cut the answer off
        request.send(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
    except OSError:  # it has not asked yet, or is gone
        return


class _Handler(BaseHTTPRequestHandler):
    server: LocalServer
    timeout = _PATIENCE
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "yibao", ""

    def __getattr__(self, name: str) -> Any:
        # Every other verb: http.server asks for `do_VERB`.
        if name.startswith("do_"):
            return self._other_verb
        raise AttributeError(name)

    def parse_request(self) -> bool:
        """Read the head of a request, and from then on speak what it asks for; a connection has a thread."""
        parsed = super().parse_request()
        own = self.server.own_language
        speak_here("" if own or not parsed else wanted_language(self.headers.get("Accept-Language") or ""))
        return parsed

    def do_GET(self) -> None:
        """Show a page to whoever may see it."""
        guard = self.server.guard
        try:
            url = urlsplit(self.path)
            given = parse_qs(url.query).get("token", [""])[0]
        except ValueError:  # an address that is none
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        if not guard.means_us(self.headers):
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
        elif given:
            if guard.knows_token(given):
                self._send(Reply(entrance(), headers={"Set-Cookie": guard.cookie}))
            else:
                self._refuse(HTTPStatus.FORBIDDEN)
        elif guard.has_cookie(self.headers):
            self._answer(lambda: self.server.desk.look(url.path))
        else:
            self._refuse(HTTPStatus.FORBIDDEN)

    def do_POST(self) -> None:
        """Search, which changes nothing."""
        length = self.headers.get("Content-Length") or ""
        if not self.server.guard.means_us(self.headers):
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
        elif not self.server.guard.has_cookie(self.headers):
            self._refuse(HTTPStatus.FORBIDDEN)
        elif not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif int(length[:9]) > _MOST_ASKED:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._search(self.rfile.read(int(length)).decode("utf-8", "replace"))

    def _search(self, form: str) -> None:
        try:
            asked = {k: v[0] for k, v in parse_qs(form, max_num_fields=_MOST_FIELDS).items()}
            path = urlsplit(self.path).path
        except ValueError:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        self._answer(lambda: self.server.desk.search(path, asked))

    def _answer(self, ask: Callable[[], Reply]) -> None:
        """Ask the desk when it is this request's turn; a slow browser keeps nobody from theirs."""
        turns = self.server.turns
        if not turns.acquire(timeout=TURN):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": _COME_AGAIN})
            return
        try:
            reply = ask()
        finally:
            turns.release()
        self._send(reply)

    def send_error(self, code: int, *_words: Any, **_more: Any) -> None:
        """What http.server itself refuses: a line too long, a verb that is none."""
        self._refuse(HTTPStatus(code))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """What was asked for is nobody's business; the audit trail says who looked at which piece."""

    def _other_verb(self) -> None:
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED)

    def _refuse(self, status: HTTPStatus, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self.close_connection = True  # what else the request holds is not read
        self._send(Reply(refusal(status), status=status, headers={"Connection": "close", **headers}))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        headers = {
            "Content-Type": reply.kind,
            "Content-Length": str(len(reply.body)),
            "Content-Security-Policy": _NOTHING + reply.allows,
            **_HEADERS,
            **reply.headers,
        }
        if reply.status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = "GET, POST"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
