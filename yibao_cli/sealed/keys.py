"""The key of a workspace: 32 bytes, of which each use gets a key of its own."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZE = 32  # bytes
_ID_BYTES = 8
_HEX = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Key:
    """A key; what it is made of is in no text about it."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        """Eight bytes that tell keys apart and give nothing of them away."""
        return self.derived(b"yibao key id")[:_ID_BYTES]

    def derived(self, purpose: bytes, salt: bytes = b"") -> bytes:
        """32 bytes for one use alone: HKDF with SHA-256 (RFC 5869)."""
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - only where there is a key
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        return HKDF(SHA256(), SIZE, salt or None, purpose).derive(self.secret)


def new_key() -> Key:
    """A key from the system's source of random bytes."""
    return Key(secrets.token_bytes(SIZE))


def written(key: Key) -> str:
    """A key as text, base64."""
    return base64.b64encode(key.secret).decode("ascii")


def parsed(text: str, where: str) -> Key:
    """The key in a text: 32 bytes as base64 or 64 hexadecimal digits.

    where: what the text was read from. Raises SettingsError; the text is in no message.
    """
    text = text.strip()
    try:
        secret = bytes.fromhex(text) if _HEX.fullmatch(text) else base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != SIZE:
        raise SettingsError(
            _("this is no key: a key is 32 bytes, written as base64 or as 64 digits 0-9 a-f"),
            where=where,
            remedy=_("make one with `yibao keys new FILE`, or put the right one there"),
        )
    return Key(secret)


# ---------------------------------------------------------------- which key belongs to a path


def _none(_path: Path) -> Key | None:
    return None


_find: Callable[[Path], Key | None] = _none


def find_by(finder: Callable[[Path], Key | None]) -> None:
    """Let `finder` tell the key of the workspace that a path lies in; None for a plain one."""
    global _find  # noqa: PLW0603 - settings are read above this layer, and files are opened in every one
    _find = finder


def key_of(path: Path) -> Key | None:
    """The key of the workspace that a path lies in; None where files are kept plain."""
    return _find(path)
