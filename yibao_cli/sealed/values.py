"""Single texts that are sealed one by one, for tables on a server: AES-256-SIV (RFC 5297).

A sealed value is text: a mark of how it was sealed, then base64. Each is bound to its domain, the name of
what it is, so that a value of one column does not open in another. Sealed findably, equal values are sealed
alike: they can be looked up and joined, and whoever reads the table sees which are equal. The others have a
random nonce and say nothing but about how long they are.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import TYPE_CHECKING

from yibao_cli.errors import CheckFailed
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.sealed.keys import Key

FINDABLE, RANDOM = "yb1.", "yb2."
_NONCE = 16  # bytes


class ValueSealer:
    """Seals and opens the values of one key; several threads may ask at once."""

    def __init__(self, key: Key) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # noqa: PLC0415 - only where there is a key

        self._cipher = AESSIV(key.derived(b"yibao value mac") + key.derived(b"yibao value cipher"))

    def seal(self, value: str, domain: str, *, findable: bool) -> str:
        """A value as it is stored; "" stays "", so that what is not there can be asked for."""
        if not value:
            return value
        # A lone surrogate has no UTF-8; one bad character must not cost the row.
        data, about = value.encode("utf-8", "surrogatepass"), domain.encode()
        if findable:
            return FINDABLE + _text(self._cipher.encrypt(data, [about]))
        nonce = secrets.token_bytes(_NONCE)
        return RANDOM + _text(nonce + self._cipher.encrypt(data, [about, nonce]))

    def open(self, stored: str, domain: str) -> str:
        """What a stored value says.

        Raises CheckFailed for one that is plain, of another key or domain, or not as it was written.
        """
        if not stored:
            return stored
        mark, about = stored[: len(FINDABLE)], domain.encode()
        if mark not in {FINDABLE, RANDOM}:
            raise CheckFailed(
                _("a value in the database is not encrypted, and this workspace keeps none that is not"),
                where=domain,
                remedy=_("find out who put it there; `yibao keys encrypt` takes a database that was plain"),
            )
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - only where there is a key

        try:
            data = base64.b64decode(stored[len(mark) :], validate=True)
            nonce, body = (b"", data) if mark == FINDABLE else (data[:_NONCE], data[_NONCE:])
            return self._cipher.decrypt(body, [about, nonce] if nonce else [about]).decode(
                "utf-8", "surrogatepass"
            )
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise CheckFailed(
                _("an encrypted value in the database is not as it was written"),
                where=domain,
                remedy=_("use nothing of it; restore the database from a backup"),
            ) from error


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
