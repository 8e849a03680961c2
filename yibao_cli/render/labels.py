"""Labels on sheets, as PDF: each with its own code, in the places that the sheet's geometry gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.exports.paper import Code
from yibao_cli.i18n import _
from yibao_cli.render.marks import bar_image, code_image
from yibao_cli.render.pages import Pages, PaperFile, private_pdf, shown
from yibao_cli.render.setting import MM, fit_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from yibao_cli.exports.labels import Label
    from yibao_cli.kinds.labels import LabelSheet, LabelText
    from yibao_cli.render.faces import FontSet

_LEADING = 1.15  # of the type size


def write_labels(
    path: Path, labels: Iterable[Label], sheet: LabelSheet, fonts: FontSet, title: str
) -> PaperFile:
    """Write labels, sheet after sheet (0600, whole or not at all).

    Raises SettingsError when a label's code has no room on it.
    """
    with private_pdf(path) as stream:
        pages = Pages(stream, fonts, sheet.paper)
        corners = sheet.corners()
        for i, label in enumerate(labels):
            if i % len(corners) == 0:
                pages.begin()
            _draw(pages, label, sheet, corners[i % len(corners)])
        return pages.finish(title)


def _draw(pages: Pages, label: Label, sheet: LabelSheet, corner: tuple[float, float]) -> None:
    left, top = corner
    _require_room(label, sheet)
    code = Code(label.code, sheet.code.kind, sheet.code.module, sheet.code.height)
    pages.code((left + sheet.code.x, top + sheet.code.y), code)
    for rule in sheet.rules:
        pages.rule((left + rule.x, top + rule.y), (left + rule.x2, top + rule.y), 0.2)
    for text in sheet.texts:
        value = label.texts.get(text.field, "")
        if value:
            _text(pages, text, shown(text.before + value), corner)


def _text(pages: Pages, item: LabelText, text: str, corner: tuple[float, float]) -> None:
    font = pages.bold if item.weight > 400 else pages.regular  # noqa: PLR2004 - the two weights there are
    # No text is cut: one that is too long at the smallest size is set smaller still.
    size: float = item.min_size
    lines: tuple[str, ...] = (text,)
    for smallest in (item.min_size, 3.0, 1.0):
        fitted = fit_text(text, item.width * MM, item.lines, (max(item.size, smallest), smallest), font.font)
        size, lines = fitted.size, fitted.lines
        if fitted.whole:
            break
    for i, line in enumerate(lines):
        y = corner[1] + item.y + i * size * _LEADING / MM
        pages.text((corner[0] + item.x, y), line, size, font, item.align)


def _require_room(label: Label, sheet: LabelSheet) -> None:
    code = sheet.code
    if code.kind == "code128":
        wide, high = bar_image(label.code)[0][0] * code.module, code.height
    else:
        wide = high = code_image(label.code)[0] * code.module
    if code.x + wide > sheet.label[0] or code.y + high > sheet.label[1]:
        raise SettingsError(
            _("the code of a label needs {width} x {height} mm, which it has not").format(
                width=f"{wide:.1f}", height=f"{high:.1f}"
            ),
            where=f"labels/{sheet.id}.toml",
            remedy=_("make its module smaller, or move it"),
        )
