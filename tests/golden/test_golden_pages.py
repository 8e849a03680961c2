"""Pages as words and millimetres: what stands where, compared with what a person has looked at.

`make goldens` writes the expected pages again; read the diff before you commit it.
"""

from __future__ import annotations

import ctypes
import json
from itertools import chain
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as api
import pytest

from builders import make_part

FOLDER = Path(__file__).parent
MM = 25.4 / 72
TOLERANCE = 0.21  # mm; two decimals of a point add up over the rows of a table

CASES = {
    "three_lines": {"lines": 3},
    "forty_lines": {"lines": 40},
    "no_lines": {"change": {0: {"lines": 0}}},
    "large_type": {"lines": 12, "change": {0: {"variant": "large"}}},
    "long_name": {"change": {0: {"name": "阿依努尔·买买提江·吐尔逊·阿卜杜热合曼·努尔买提·艾合买提"}}},
    "rare_name": {"change": {0: {"name": "䶮𠅤"}}},
    "negative_balance": {"change": {0: {"closing": -123_456_789}}},
    "no_employer": {"change": {0: {"employer_name": None, "employer_no": None}}},
}


@pytest.mark.parametrize("case", CASES)
def test_the_page_looks_as_it_was_approved(case, tmp_path, update_goldens):
    part = make_part(1, **CASES[case])

    found = words_on(part.write(tmp_path / "part.pdf"))

    golden = FOLDER / f"{case}.json"
    if update_goldens:
        golden.write_text(as_lines(found), encoding="utf-8")
    approved = json.loads(golden.read_text(encoding="utf-8"))
    assert texts_of(found) == texts_of(approved)
    assert farthest(found, approved) <= TOLERANCE


def texts_of(pages):
    return [[word[0] for word in page] for page in pages]


def farthest(found, approved) -> float:
    """The largest distance between an edge and where it was approved, mm."""
    pairs = zip(chain.from_iterable(found), chain.from_iterable(approved), strict=True)
    return max(abs(a - b) for new, old in pairs for a, b in zip(new[1:], old[1:], strict=True))


def words_on(pdf: Path) -> list[list[list]]:
    """Per page the strings of its own content: text, left, right and baseline-side edge, mm from top left."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [_words(document[i]) for i in range(len(document))]
    finally:
        document.close()


def _words(page) -> list[list]:
    height = page.get_height()
    text_page = page.get_textpage()
    found = []
    for item in page.get_objects([api.FPDF_PAGEOBJ_TEXT], max_depth=1):
        text = _text(item.raw, text_page.raw)
        left, bottom, right, _top = item.get_bounds()
        found.append([text, round(left * MM, 1), round(right * MM, 1), round((height - bottom) * MM, 1)])
    text_page.close()
    return found


def _text(text_object, text_page) -> str:
    size = api.FPDFTextObj_GetText(text_object, text_page, None, 0)
    buffer = ctypes.create_string_buffer(size)
    api.FPDFTextObj_GetText(
        text_object, text_page, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size
    )
    return buffer.raw.decode("utf-16-le").rstrip("\0 ")


def as_lines(pages: list[list[list]]) -> str:
    """One word a line, so that a diff can be read."""
    blocks = [",\n".join(" " + json.dumps(word, ensure_ascii=False) for word in page) for page in pages]
    return "[\n" + ",\n".join(f"[\n{block}\n]" for block in blocks) + "\n]\n"
