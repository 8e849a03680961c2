"""What a Form XObject is, told by its content: static layers, ads, house panels, marks.

A digest covers the form's decoded stream, its box and matrix, and all that its resources hold: fonts,
pictures, forms within it. Numbers of objects and names of files do not count. Two forms of one digest look
the same. Whether a form was drawn right it cannot say: `draw_static` draws what it is compared with too.
"""

from __future__ import annotations

import hashlib
import io
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yibao_cli.render.static import StaticLayer

_ENCODING = frozenset({"/Length", "/Filter", "/DecodeParms"})


def form_digests(static: StaticLayer) -> Mapping[str, str]:
    """Key of each form of a static layer (`page:standard:1`, `ad:C-01`, `mark:ad`) to its digest."""
    with pikepdf.open(io.BytesIO(_as_file(static.objects))) as pdf:
        return {key: digest(pdf.get_object(number, 0)) for key, number in static.forms.items()}


def digest(form: Any) -> str:
    """SHA-256 of a form and all it refers to, in hexadecimal."""
    found = hashlib.sha256()
    _feed(form, found, {})
    return found.hexdigest()


def _feed(value: Any, found: Any, seen: dict[tuple[int, int], int]) -> None:
    if isinstance(value, pikepdf.Object) and value.is_indirect:
        if value.objgen in seen:  # a ring, or one font under two names
            found.update(b"@%d;" % seen[value.objgen])
            return
        seen[value.objgen] = len(seen)
    if isinstance(value, pikepdf.Stream):
        _feed_stream(value, found, seen)
    elif isinstance(value, pikepdf.Dictionary):
        _feed_entries(value, found, seen, frozenset())
    elif isinstance(value, pikepdf.Array):
        found.update(b"[%d;" % len(value))
        for element in value:
            _feed(element, found, seen)
    else:
        plain = bytes(value) if isinstance(value, pikepdf.String) else str(value).encode()
        found.update(b"%b:%d:%b;" % (type(value).__name__.encode(), len(plain), plain))


def _feed_stream(stream: Any, found: Any, seen: dict[tuple[int, int], int]) -> None:
    try:
        data, skipped = stream.read_bytes(), _ENCODING
    except pikepdf.PdfError:  # a JPEG stays as it is
        data, skipped = stream.read_raw_bytes(), frozenset({"/Length"})
    _feed_entries(stream, found, seen, skipped)
    found.update(b"stream:%d:" % len(data))
    found.update(data)


def _feed_entries(
    entries: Any, found: Any, seen: dict[tuple[int, int], int], skipped: frozenset[str]
) -> None:
    keys = sorted(set(entries.keys()) - skipped)
    found.update(b"<%d;" % len(keys))
    for key in keys:
        found.update(key.encode() + b" ")
        _feed(entries[key], found, seen)


def _as_file(objects: tuple[bytes, ...]) -> bytes:
    """The objects, numbered from 1, as a PDF of no pages."""
    root = len(objects) + 1
    bodies = [
        *objects,
        b"<</Type/Catalog/Pages %d 0 R>>" % (root + 1),
        b"<</Type/Pages/Kids[]/Count 0>>",
    ]
    written = [b"%d 0 obj\n%b\nendobj\n" % entry for entry in enumerate(bodies, 1)]
    header = b"%PDF-1.6\n"
    *offsets, end = accumulate(map(len, written), initial=len(header))
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(bodies) + 1
    return (
        b"%b%bxref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            header,
            b"".join(written),
            size,
            table,
            size,
            root,
            end,
        )
    )
