"""Lists and forms as PDF for an office printer: blocks of `exports.paper` set from the top of a page down.

Our own streaming writer draws them: fonts are embedded and text can be found and copied, memory does not grow
with the list, equal papers give equal bytes, and text from data is never read as markup.
"""

from __future__ import annotations

from functools import singledispatchmethod
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.exports import paper as blocks
from yibao_cli.render.marks import bar_image, code_image
from yibao_cli.render.pages import Pages, PaperFile, private_pdf, set_line, shown
from yibao_cli.render.papergrid import draw_table
from yibao_cli.render.setting import MM, break_lines, fit_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from yibao_cli.exports.paper import Block, Paper
    from yibao_cli.render.encode import PartFont
    from yibao_cli.render.faces import FontSet

_HEAD, _FOOT = 6.0, 7.0  # mm kept at the top and the bottom of each page for its lines
_SMALL = 7.5  # points
_TITLE = 15.0
_LINE = 0.46  # mm a point of type: the distance of lines
_HEADING_NEEDS = 22.0  # mm below a heading, or it goes to the next page
_SIGN_HEIGHT, _SIGN_WIDTH, _SIGN_OVER = 13.0, 58.0, 6.0
_LABEL_SHARE = 0.42  # of a column of facts, at most, for the names
_QUIET = 10  # modules of white paper at both sides of a Code 128
_CAPTION = 3.0  # mm between a mark and its words


def write_paper(path: Path, paper: Paper, fonts: FontSet) -> PaperFile:
    """Write a paper as PDF (0600, whole or not at all).

    `missing` of the result holds the characters that no font draws; what to do with them is for the caller.
    Raises ValueError when a Code 128 cannot say its text, OSError when the disk refuses.
    """
    size = paper.size[::-1] if paper.landscape else paper.size
    with private_pdf(path) as stream:
        setter = _Paper(Pages(stream, fonts, size), paper)
        for block in paper.blocks:
            setter.put(block)
        return setter.finish()


class _Fact(NamedTuple):
    """A name and its value in lines; lead: mm from the left edge of the name to that of the value."""

    names: tuple[str, ...]
    values: tuple[str, ...]
    lead: float


class _Paper:
    """A paper being set. y: mm from the top, where the next block begins."""

    def __init__(self, pages: Pages, paper: Paper) -> None:
        self.pages, self.paper = pages, paper
        self.left, self.right = paper.margin, pages.width - paper.margin
        self.width = self.right - self.left
        self.top, self.bottom = paper.margin + _HEAD, pages.height - paper.margin - _FOOT
        self.size = paper.type_size
        self.header = paper.header
        self.y = self.top
        self.number = 0
        self.total = 0
        if paper.title:
            self._document(paper.title, paper.subtitles)

    @singledispatchmethod
    def put(self, block: Block) -> None:
        """Set a block."""
        raise TypeError(type(block).__name__)

    @put.register
    def _(self, block: blocks.Section) -> None:
        self.header = (self.paper.header[0], block.header or self.paper.header[1])
        self._document(block.title, block.subtitles)

    @put.register
    def _(self, _block: blocks.PageBreak) -> None:
        self.page()

    @put.register
    def _(self, block: blocks.Gap) -> None:
        if self.y > self.top:
            self.y += block.height

    @put.register
    def _(self, block: blocks.Heading) -> None:
        self.room(_HEADING_NEEDS)
        if self.y > self.top:
            self.y += 2
        self._lines(block.text, self.size + 1.5, self.pages.bold)
        self.y += 1.2

    @put.register
    def _(self, block: blocks.Words) -> None:
        self._lines(block.text, _SMALL if block.small else self.size, self.pages.regular)
        self.y += 1

    @put.register
    def _(self, block: blocks.Facts) -> None:
        code = block.code
        corner = self._code_size(code) if code else (0.0, 0.0)
        self.room(max(corner[1], self.size * _LINE))
        top, width = self.y, self.width - (corner[0] + _CAPTION if code else 0)
        if code:
            self._mark(code, self.right - corner[0])
        each = width / block.columns
        for start in range(0, len(block.pairs), block.columns):
            self._facts(block.pairs[start : start + block.columns], each)
        self.y = max(self.y, top + corner[1]) + 1.5

    @put.register
    def _(self, block: blocks.Code) -> None:
        _width, height = self._code_size(block)
        self.room(height)
        self._mark(block, self.left)
        self.y += height + 2

    @put.register
    def _(self, block: blocks.Table) -> None:
        draw_table(self, block)
        self.y += 2.5

    @put.register
    def _(self, block: blocks.Signatures) -> None:
        across = max(1, int(self.width // _SIGN_WIDTH))
        # They may come nearer to the foot than text, so that they seldom stand on a page alone.
        self.room(-(-len(block.roles) // across) * _SIGN_HEIGHT - _SIGN_OVER)
        for start in range(0, len(block.roles), across):
            self.y += _SIGN_HEIGHT
            for i, role in enumerate(block.roles[start : start + across]):
                self._sign(shown(role), self.left + i * self.width / across, self.width / across - 4)
        self.y += 2

    @put.register
    def _(self, block: blocks.TearLine) -> None:
        self.room(8)
        self.y += 4
        self.pages.rule((self.left - 6, self.y), (self.right + 6, self.y), 0.25, "4 3")
        text, font = f"  {shown(block.text)}  ", self.pages.regular
        wide = font.font.width(text, _SMALL) / MM
        middle = self.pages.width / 2
        self.pages.box((middle - wide / 2, self.y - 1.5), (wide, 3), 1)
        self.pages.text((middle, self.y + 1), text, _SMALL, font, "center")
        self.y += 4

    def finish(self) -> PaperFile:
        """End the last document and the file."""
        if not self.number:
            self.page()
        self._close()
        return self.pages.finish(self.paper.title)

    def _document(self, title: str, subtitles: Sequence[str]) -> None:
        self._close()
        self.page()
        font = self.pages.bold
        set_title = fit_text(shown(title), self.width * MM, 3, (_TITLE, _TITLE * 0.6), font.font)
        for line in set_title.lines:
            self.y += set_title.size * _LINE
            self.pages.text((self.pages.width / 2, self.y - 1.4), line, set_title.size, font, "center")
        self.y += 1
        for text in subtitles:
            for line in break_lines(shown(text), self.width * MM / self.size * 1000, self.pages.regular.font):
                self.y += self.size * _LINE
                at = self.pages.width / 2, self.y - 1
                self.pages.text(at, line, self.size, self.pages.regular, "center")
        self.y += 2.5

    def _close(self) -> None:
        """Say on the pages of the document that ends how many they are."""
        if self.number:
            at = (self.pages.width / 2 + 1) * MM, (self.paper.margin - 3) * MM
            line = set_line(self.pages.regular, f"共 {self.number} 页", _SMALL, at)
            self.pages.write_total(self.total, f"BT {line} ET")
        self.number = self.total = 0

    def page(self) -> None:
        """Begin the next page of the document."""
        self.total = self.total or self.pages.total_form()
        self.number += 1
        self.pages.begin(self.total)
        regular, head, foot = (
            self.pages.regular,
            self.paper.margin + 1.5,
            self.pages.height - self.paper.margin + 3,
        )
        for text, x, align in ((self.header[0], self.left, "left"), (self.header[1], self.right, "right")):
            self._edge(text, (x, head), align)
        if any(self.header):
            self.pages.rule((self.left, head + 1.5), (self.right, head + 1.5), 0.15)
        self._edge(self.paper.footer, (self.left, foot), "left")
        self.pages.text((self.pages.width / 2 - 1, foot), f"第 {self.number} 页", _SMALL, regular, "right")
        self.pages.raw("/T Do\n")
        self.y = self.top

    def _edge(self, text: str, at: tuple[float, float], align: str) -> None:
        if not text:
            return
        font = self.pages.regular
        fitted = fit_text(shown(text), self.width * 0.46 * MM, 1, (_SMALL, 4.5), font.font)
        self.pages.text(at, fitted.lines[0], fitted.size, font, align)

    def room(self, height: float) -> None:
        """Go to the next page when this one has no room so high left."""
        if self.number == 0 or (self.y + height > self.bottom and self.y > self.top):
            self.page()

    def _lines(self, text: str, size: float, font: PartFont) -> None:
        for line in break_lines(shown(text), self.width * MM / size * 1000, font.font):
            self.room(size * _LINE)
            self.y += size * _LINE
            self.pages.text((self.left, self.y - size * 0.1), line, size, font)

    def _facts(self, pairs: Sequence[tuple[str, str]], width: float) -> None:
        """One line of facts, as high as its tallest value."""
        laid = [self._laid(name, value, width) for name, value in pairs]
        line = self.size * _LINE
        high = max(max(len(fact.names), len(fact.values)) for fact in laid)
        self.room(min(high * line, self.bottom - self.top))
        for row in range(high):
            self.room(line)
            self.y += line
            for i, fact in enumerate(laid):
                x = self.left + i * width
                self._fact_line(fact.names[row : row + 1], x, self.pages.regular)
                self._fact_line(fact.values[row : row + 1], x + fact.lead, self.pages.bold)
        self.y += 0.6

    def _laid(self, name: str, value: str, width: float) -> _Fact:
        regular, bold = self.pages.regular.font, self.pages.bold.font
        label = shown(name) + "："
        lead = min(regular.width(label, self.size) / MM, width * _LABEL_SHARE)
        names = break_lines(label, lead * MM / self.size * 1000 + 1, regular)
        values = break_lines(shown(value), (width - lead - 3) * MM / self.size * 1000, bold)
        return _Fact(tuple(names), tuple(values), lead)

    def _fact_line(self, texts: Sequence[str], x: float, font: PartFont) -> None:
        for text in filter(None, texts):
            self.pages.text((x, self.y - 1), text, self.size, font)

    def _sign(self, role: str, x: float, width: float) -> None:
        font = self.pages.regular
        text = role + "："
        self.pages.text((x, self.y), text, self.size, font)
        self.pages.rule(
            (x + font.font.width(text, self.size) / MM + 1, self.y + 0.6), (x + width, self.y + 0.6)
        )

    def _code_size(self, code: blocks.Code) -> tuple[float, float]:
        """Room that a mark takes with its words: mm across and down."""
        (wide, high), quiet = _modules(code)
        words = max(
            (self.pages.bold.font.width(shown(t), self.size) / MM for t in code.captions), default=0.0
        )
        height = high * code.module if code.kind == "datamatrix" else code.height
        across = (wide + 2 * quiet) * code.module + (_CAPTION + words if code.captions else 0)
        return across, max(height, len(code.captions) * self.size * _LINE)

    def _mark(self, code: blocks.Code, left: float) -> None:
        _size, quiet = _modules(code)
        wide, _high = self.pages.code((left + quiet * code.module, self.y), code)
        x = left + wide + 2 * quiet * code.module + _CAPTION
        for i, text in enumerate(code.captions):
            font = self.pages.regular if i else self.pages.bold
            self.pages.text((x, self.y + (i + 0.8) * self.size * _LINE), shown(text), self.size, font)


def _modules(code: blocks.Code) -> tuple[tuple[int, int], int]:
    """Modules of a mark across and down, and of white paper at each side of it."""
    if code.kind == "code128":
        return bar_image(code.text)[0], _QUIET
    side, _bits = code_image(code.text)
    return (side, side), 2
