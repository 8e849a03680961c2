"""A kind that bears every mark for machines: Data Matrix, bar code and OMR marks.

part = make_part(3, kind="medical-dl", templates=marked(tmp_path))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builders import altered

if TYPE_CHECKING:
    from pathlib import Path

KIND = "medical-dl"
FILE = f"{KIND}/kind.toml"
# Top left corner of the OMR marks, the same on every sheet; room of the bar code.
OMR = (193, 48)
BARCODE = (135, 60, 55, 10)


def marked(folder: Path, *, profile: str = "quadient-1-track", says: str = "{{ employer_no }}") -> Path:
    """The shipped templates, with marks on the letter in the DL envelope."""
    omr = f'  {{ type = "omr", profile = "{profile}", x = {OMR[0]}, y = {OMR[1]} }},\n'
    x, y, w, h = BARCODE
    barcode = f'  {{ type = "barcode", text = "{says}", x = {x}, y = {y}, width = {w}, height = {h} }},\n'
    for panel, items in (("address", omr + barcode), ("more", omr)):
        head = f"[panels.{panel}]\nitems = [\n"
        altered(folder, head, head + items, file=FILE)
    path = folder / FILE
    before, more = path.read_text(encoding="utf-8").split("[panels.more]")
    # A narrower table leaves room for the marks.
    assert "width = 64" in more
    path.write_text(before + "[panels.more]" + more.replace("width = 64", "width = 48"), encoding="utf-8")
    return folder
