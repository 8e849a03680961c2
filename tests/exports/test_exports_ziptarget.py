"""A workbook that the disk refuses is refused once, and nothing more is heard of it."""

from __future__ import annotations

import gc
import io
import sys
import zipfile

import pytest

from yibao_cli.exports.book import streamed_workbook
from yibao_cli.exports.ziptarget import zip_target


class Full(io.RawIOBase):
    """A stream on a disk that has no room left."""

    def writable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        self._checkClosed()
        return 0

    def seek(self, offset, whence=0):
        self._checkClosed()
        return offset

    def write(self, _data):
        raise OSError(28, "no room")


def test_a_workbook_that_the_disk_refuses_is_swept_up_in_silence(tmp_path, monkeypatch):
    heard = []
    monkeypatch.setattr(sys, "unraisablehook", heard.append)

    def refused():
        with (
            pytest.raises(OSError, match="no room"),
            Full() as stream,
            streamed_workbook(stream, tmp_path) as book,
        ):
            book.add_worksheet().write_string(0, 0, "x")

    refused()
    gc.collect()
    assert heard == []
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_before_it_is_let_go_is_whole():
    stream = io.BytesIO()
    with zip_target(stream) as target, zipfile.ZipFile(target, "w") as pack:
        pack.writestr("a", "b" * 1000)

    with zipfile.ZipFile(stream) as pack:
        assert pack.read("a") == b"b" * 1000
