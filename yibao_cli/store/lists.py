"""Lists for people that stay in the workspace: workbooks, sealed where it has a key.

Such a list is made once, of a sample that was drawn or of a file that is gone: it is kept, and whoever is to
read it takes it out with `yibao keys open`. Nothing of it touches the disk in plain.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

from yibao_cli.exports import Book
from yibao_cli.sealed.files import sealing
from yibao_cli.sealed.keys import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def kept_book(path: Path, page_text: str, left_text: str = "") -> Iterator[Book]:
    """As `Book.to`, in a folder that is being made; sealed where the workspace has a key.

    A sealed one is put together in memory, so it is for lists of some ten thousand rows.
    """
    key = key_of(path)
    if key is None:
        with Book.to(path, page_text, left_text) as book:
            yield book
        return
    content = io.BytesIO()
    with Book.within(content, page_text, left_text) as book:
        yield book
    with sealing(path, key) as stream:
        stream.write(content.getbuffer())
