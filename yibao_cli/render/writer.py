"""A PDF file written as it comes: objects go out at once, eight bytes of offset each stay in memory."""

from __future__ import annotations

import hashlib
import zlib
from array import array
from typing import IO

_HEADER = b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"

# Pages are 2 kB: a 4 kB window is enough. Compressing is the renderer's largest cost; of 12,000 pages level 3
# takes a tenth more bytes than level 6 and an eighth less of the whole job's time.
_LEVEL, _WINDOW, _MEMORY = 3, 12, 5


def compressed(data: bytes) -> bytes:
    """Data as a FlateDecode stream, with settings that suit a page."""
    engine = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY)
    return engine.compress(data) + engine.flush()


class PdfWriter:
    """Writes one PDF file to a binary stream, front to back.

    Numbers are given out by `reserve` and every one given out must be written before `finish`.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._offsets = array("Q", [0])
        self._digest = hashlib.sha256()
        self.size = 0
        self._write(_HEADER)

    def reserve(self, count: int = 1) -> int:
        """Number of the first of `count` new objects."""
        first = len(self._offsets)
        self._offsets.extend([0] * count)
        return first

    def write_object(self, number: int, body: bytes) -> None:
        """Write one reserved object."""
        self._offsets[number] = self.size
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def write_stream(self, number: int, data: bytes, entries: bytes = b"") -> None:
        """Write one reserved stream object, compressed; entries: further keys of its dictionary."""
        packed = compressed(data)
        self.write_object(
            number,
            b"<<%b/Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (entries, len(packed), packed),
        )

    def add(self, body: bytes) -> int:
        """Write a new object; returns its number."""
        number = self.reserve()
        self.write_object(number, body)
        return number

    def add_stream(self, entries: bytes, data: bytes) -> int:
        """Write a new compressed stream; returns its number."""
        number = self.reserve()
        self.write_stream(number, data, entries)
        return number

    def finish(self, root: int, info: int) -> None:
        """Write the cross-reference table and the trailer."""
        start = self.size
        file_id = self._digest.hexdigest()[:32].encode()
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._offsets))
        self._write(b"".join(b"%010d 00000 n \n" % offset for offset in self._offsets[1:]))
        self._write(
            b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (len(self._offsets), root, info, file_id, file_id, start)
        )

    @property
    def sha256(self) -> str:
        """Digest of all that was written, in hexadecimal."""
        return self._digest.hexdigest()

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._digest.update(data)
        self.size += len(data)
