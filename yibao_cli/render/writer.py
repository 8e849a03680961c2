"""A PDF file written as it comes: objects go out at once, eight bytes of offset each stay in memory."""

from __future__ import annotations

import hashlib
from array import array
from typing import IO

import deflate

_HEADER = b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n"

# Compressing is the renderer's largest cost. On pages of 2.7 kB libdeflate's level 1 takes half the time of
# zlib's level 3 and gives a few bytes less; unlike those of isal and zlib-ng they are the same everywhere.
_LEVEL = 1


def compressed(data: bytes) -> bytes:
    """Data as a FlateDecode stream."""
    return bytes(deflate.zlib_compress(data, _LEVEL))


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


class PageTree:
    """The tree of a file's pages, written while they come: a node for each few hundred of them.

    count: pages so far.
    """

    _KIDS = 256

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._root = writer.reserve()
        self._nodes: list[tuple[int, int]] = []  # number, pages below it
        self._node = 0
        self._kids: list[int] = []
        self.count = 0

    def add(self, page: int) -> int:
        """Take the next page by its number; returns the number of its parent."""
        if not self._kids:
            self._node = self._writer.reserve()
        self._kids.append(page)
        self.count += 1
        node = self._node
        if len(self._kids) == self._KIDS:
            self._close()
        return node

    def finish(self, entries: bytes) -> int:
        """Write the root, with what all pages inherit; returns its number."""
        if self._kids:
            self._close()
        kids = b" ".join(b"%d 0 R" % number for number, _count in self._nodes)
        self._writer.write_object(
            self._root, b"<</Type/Pages/Count %d/Kids[%b]%b>>" % (self.count, kids, entries)
        )
        return self._root

    def _close(self) -> None:
        kids = b" ".join(b"%d 0 R" % kid for kid in self._kids)
        count = len(self._kids)
        self._writer.write_object(
            self._node, b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%b]>>" % (self._root, count, kids)
        )
        self._nodes.append((self._node, count))
        self._kids = []
