"""The format of a sealed file: chunks of AES-256-GCM, each bound to its place and to the file.

    8 bytes   magic and version
    8 bytes   id of the key
    16 bytes  salt; the file's own key is derived from the key and it
    chunks    256 KiB of content and a tag of 16 bytes; the last may be shorter

A chunk's nonce is its number and whether it is the last, its associated data the header: chunks that are
changed, exchanged, repeated, cut off or taken from another file do not decrypt. The construction is STREAM
(Hoang, Reyhanitabar, Rogaway, Vizár 2015), as in age and Tink.
"""

from __future__ import annotations

import io
import os
import secrets
import threading
from typing import IO, TYPE_CHECKING, Any

from yibao_cli.errors import CheckFailed, SettingsError, YibaoError
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from yibao_cli.sealed.keys import Key

MAGIC = b"YBSEAL1\n"
_ID, _SALT, _TAG = 8, 16, 16
HEADER = len(MAGIC) + _ID + _SALT
CHUNK = 256 * 1024


def _cipher(key: Key, salt: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - only where there is a key

    return AESGCM(key.derived(b"yibao file", salt))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def key_id(head: bytes) -> bytes:
    """The id of the key that a file's first bytes name; empty for a plain file."""
    return head[len(MAGIC) : len(MAGIC) + _ID] if head.startswith(MAGIC) and len(head) >= HEADER else b""


class Sealer(io.RawIOBase):
    """Writes sealed content into a stream; whole only after `finish`."""

    def __init__(self, stream: IO[bytes], key: Key) -> None:
        super().__init__()
        salt = secrets.token_bytes(_SALT)
        self._stream, self._cipher = stream, _cipher(key, salt)
        self._header = MAGIC + key.id + salt
        self._buffer = bytearray()
        self._number = self._length = 0
        stream.write(self._header)

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any, /) -> int:
        """Take more content."""
        view = memoryview(data).cast("B")
        self._buffer += view
        # The last chunk is known as such only when no more comes.
        while len(self._buffer) > CHUNK:
            self._put(bytes(self._buffer[:CHUNK]), last=False)
            del self._buffer[:CHUNK]
        self._length += len(view)
        return len(view)

    def tell(self) -> int:
        """Bytes of content so far."""
        return self._length

    def finish(self) -> None:
        """Write the last chunk; the stream stays open."""
        self._put(bytes(self._buffer), last=True)
        self._buffer.clear()

    def _put(self, content: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._stream.write(self._cipher.encrypt(nonce, content, self._header))
        self._number += 1


def _not_ours(found: bytes, key: Key | None, name: str) -> YibaoError:
    if key is None:
        return SettingsError(
            _("this file is encrypted by key {id}, and no key is configured").format(id=found.hex()),
            where=name,
            remedy=_("name that key in [encryption] of yibao.toml; without it nothing can be read"),
        )
    return CheckFailed(
        _("this file is encrypted by key {id}, and the workspace has key {other}").format(
            id=found.hex() or _("none"), other=key.id.hex()
        ),
        where=name,
        remedy=_(
            "use nothing of it: somebody put it there; restore the file of this workspace from a backup"
        ),
    )


class Opener(io.RawIOBase):
    """Reads a sealed stream at any place; name: what messages call it.

    Raises SettingsError when there is no key, CheckFailed when another key sealed it, or it is not as it was
    written: a workspace's key is held against its mark before, so such a file is none of its own.
    """

    def __init__(self, stream: IO[bytes], key: Key | None, name: str) -> None:
        super().__init__()
        self._stream, self._name = stream, name
        self._header = stream.read(HEADER)
        if key is None or key_id(self._header) != key.id:
            stream.close()
            raise _not_ours(key_id(self._header), key, name)
        self._cipher = _cipher(key, self._header[-_SALT:])
        body = os.fstat(stream.fileno()).st_size - HEADER
        self._chunks = max(1, -(-body // (CHUNK + _TAG)))
        self.size = body - _TAG * self._chunks
        self._at = 0
        self._lock = threading.Lock()
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place of the content."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        """The place of the content that is read next."""
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer as far as content goes."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes: all that were asked for, fewer only at the end."""
        found = self.read_at(self._at, self.size if size is None or size < 0 else size)
        self._at += len(found)
        return found

    def read_at(self, at: int, size: int) -> bytes:
        """Bytes from a place on, fewer only at the end; several threads may ask at once."""
        stop = min(self.size, at + size)
        if stop <= at:
            if not self.size:
                self._chunk(0)  # an empty file has a chunk too, by which it is known
            return b""
        first, last = at // CHUNK, (stop - 1) // CHUNK
        data = b"".join(self._chunk(n) for n in range(first, last + 1))
        return data[at - first * CHUNK : stop - first * CHUNK]

    def close(self) -> None:
        """Close the stream below too."""
        self._stream.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        held, content = self._held
        if held == number:
            return content
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - only where there is a key

        with self._lock:
            self._stream.seek(HEADER + number * (CHUNK + _TAG))
            sealed = self._stream.read(CHUNK + _TAG)
        try:
            nonce = _nonce(number, last=number == self._chunks - 1)
            content = self._cipher.decrypt(nonce, sealed, self._header)
        except (InvalidTag, ValueError) as error:
            raise CheckFailed(
                _("this encrypted file is not as it was written"),
                where=self._name,
                remedy=_("use nothing of it; restore it from a backup"),
            ) from error
        self._held = number, content
        return content
