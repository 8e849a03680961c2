"""Who may ask: whoever knows the token of this run, by a browser that meant this very page.

Loopback is open to every user of the machine and to every page in their browsers. So the address bears a
random token, which a first visit exchanges for a cookie that no script sees and no other page sends along.
And the Host a browser names must be ours, else a name of somebody else's that leads to 127.0.0.1 gets in.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message

    Headers = Mapping[str, str] | Message

_BYTES = 32
_LOCAL = "localhost"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine and nobody else.

    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0")
    (True, False)
    """
    try:
        return host == _LOCAL or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """The secrets of one run, made anew for each."""

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(_BYTES)
        self._session = secrets.token_urlsafe(_BYTES)
        # Browsers send a host's cookies to all its ports.
        self._name = f"yibao-{port}"
        self._port = str(port)

    @property
    def cookie(self) -> str:
        """What a first visit is given."""
        return f"{self._name}={self._session}; Path=/; HttpOnly; SameSite=Strict"

    def knows_token(self, given: str) -> bool:
        """Whether it is the token; takes as long for a wrong one as for the right one."""
        return _same(given, self.token)

    def has_cookie(self, headers: Headers) -> bool:
        """Whether the browser was here before."""
        try:
            found = SimpleCookie(headers.get("Cookie") or "").get(self._name)
        except CookieError:
            return False
        return found is not None and _same(found.value, self._session)

    def means_us(self, headers: Headers) -> bool:
        """Whether Host, and Origin where there is one, name this machine and this port."""
        host = headers.get("Host") or ""
        origin = headers.get("Origin")
        return self._ours(host) and (origin is None or origin == f"http://{host}")

    def _ours(self, host: str) -> bool:
        name, _colon, port = host.rpartition(":")
        return port == self._port and is_loopback(name)


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), known.encode())
