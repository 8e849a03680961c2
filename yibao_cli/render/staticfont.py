"""ReportLab's TrueType font, with characters beyond U+FFFF that can be extracted as themselves."""

from __future__ import annotations

import re
from typing import Any

from reportlab.pdfbase.ttfonts import TTFont

_BEYOND = re.compile(r"<([0-9A-F]{5,6})>")


class StaticFont(TTFont):  # type: ignore[misc] # ReportLab has no types
    """ReportLab writes the code point 20BB7 as it is into ToUnicode, where UTF-16 belongs."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - ReportLab's name
        """Add the font's objects to a ReportLab document."""
        super().addObjects(doc)
        for name, written in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                written.content = _BEYOND.sub(_utf_16, written.content)


def _utf_16(found: re.Match[str]) -> str:
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"
