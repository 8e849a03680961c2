"""The same statements drawn by plain ReportLab: `canvas`, tuned by hand, and `platypus`, as most would.

Both get the layout and the values that our renderer gets, and must show the same characters on every page
(`same_characters`). What the canvas version does to be fast:

- static layers, panels and fold marks are forms, drawn once (`beginForm`, `doForm`);
- the font is cut down to the characters of the run before ReportLab reads it, and ASCII keeps its codes, so
  that all figures are of one of ReportLab's subsets of 256 characters;
- one text object a page; texts stand in the order of their fonts; a column of a table is set downwards with
  the row height for leading, so that most cells need no position;
- widths are looked up: an amount's depends on its length and sign alone; equal texts are set and encoded
  once, ASCII at C speed;
- the Data Matrix goes into the page as a literal image mask, as ours does.
"""

# ruff: noqa: PLC0415 - see run.py; the painters of static layers are the renderer's own

from __future__ import annotations

import io
from collections import Counter
from functools import partial
from itertools import chain, product
from xml.sax.saxutils import escape

from reportlab.lib import rl_accel
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table

from yibao_cli.render import static
from yibao_cli.render.faces import FACES, font_set
from yibao_cli.render.fonts import BOLD, REGULAR, with_only
from yibao_cli.render.marks import symbol_of
from yibao_cli.render.setting import MM, fit_text, set_text
from yibao_cli.render.table import CELL_PAD, block_lefts

_BASELINE = 0.75  # of a table's row above the baseline of its text, as in render/table.py
BODY = "body", REGULAR  # what tables are set in
_KEPT = 20_000  # texts whose split or setting is remembered
_ALIGN = {"left": TA_LEFT, "center": TA_CENTER, "right": TA_RIGHT}
_SHARE = {"left": 0.0, "center": 0.5, "right": 1.0}


def accelerated():
    """Whether ReportLab uses its C accelerator (package rl_accel)."""
    return "_rl_accel" in getattr(rl_accel.fp_str, "__module__", "") or not hasattr(
        rl_accel.fp_str, "__code__"
    )


def draw_canvas(layout, values, path):
    """Draw a part by canvas; returns the number of pages."""
    return _draw(layout, values, path, _CanvasPage)


def draw_platypus(layout, values, path):
    """Draw a part by Paragraph and Table; returns the number of pages."""
    return _draw(layout, values, path, _PlatypusPage)


def _draw(layout, values, path, page_class):
    fonts = registered(layout, values)
    paper = layout.paper
    canvas = Canvas(
        str(path),
        pagesize=(paper.width * MM, paper.height * MM),
        pageCompression=1,
        initialFontName=fonts.names[BODY],
    )
    _define_forms(canvas, layout, fonts)
    plans = {(variant, plan.number): plan for variant, plan in layout.plans()}
    pages = {
        key: iter(page_class(canvas, key, plans[key], own, fonts))
        for key, own in values.values.items()
        if own.count
    }
    count = 0
    for variant, numbers in zip(values.variants, values.plans, strict=True):
        for number in numbers:
            next(pages[variant, number])
            canvas.showPage()
            count += 1
    canvas.save()
    return count


class _QuickFont(TTFont):
    """Splits a text into ReportLab's subsets at C speed where it is ASCII, and each other text once."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._split, self._doc = {}, None

    def splitString(self, text, doc, encoding="utf-8"):  # noqa: N802 - ReportLab's name
        if text.isascii() and doc in self.state:
            return [(0, text.encode("ascii"))] if text else []
        if doc is not self._doc or len(self._split) > _KEPT:
            self._split, self._doc = {}, doc
        found = self._split.get(text)
        if found is None:
            found = self._split[text] = super().splitString(text, doc, encoding)
        return found


def registered(layout, values):
    """ReportLab fonts of all faces, with the characters of the run."""
    plans = [plan for _variant, plan in layout.plans()]
    texts = [t.source.literal for place in (*plans, *layout.art) for t in _static_texts(place)]
    texts += [c.header for plan in plans for t in plan.tables for c in t.item.columns]
    texts += [t.item.empty_text for plan in plans for t in plan.tables]
    for own in values.values.values():
        texts += ["".join(column) for column in own.texts.values()]
        texts += ["".join(column) for table in own.tables for column in table.columns]
        texts += ["".join(row) for t in own.tables for row in (*t.head, *t.foot) if row]
    characters = "".join(sorted(set("".join(texts)) | set(map(chr, range(32, 127))) | {"…"}))
    faces = font_set(layout.fonts)
    known, names = {}, {}
    for style in product(FACES, (REGULAR, BOLD)):
        face = faces.font(*style)
        if face not in known:
            known[face] = f"peer-{len(known)}"
            loaded = _QuickFont(known[face], io.BytesIO(with_only(face, characters)), asciiReadable=True)
            # ReportLab takes a font for the first one that it knows by the name of its face.
            loaded.face.name = known[face].encode()
            pdfmetrics.registerFont(loaded)
        names[style] = known[face]
    return static.StaticFonts(faces, names)


def _static_texts(place):
    return place.static_texts if hasattr(place, "static_texts") else place.texts


def _define_forms(canvas, layout, fonts):
    paper = layout.paper
    whole = (paper.width, paper.height)
    painters = {
        f"page:{variant}:{plan.number}": (whole, static._page_painter(plan))
        for variant, plan in layout.plans()
    }
    painters |= {a.key: (layout.panel_size, partial(_house_panel, a)) for a in layout.art}
    if paper.folds:
        painters[static.FOLDS] = (whole, lambda pen: static._paint_folds(pen, paper))
    for key, (size, paint) in painters.items():
        canvas.beginForm(_form_name(key), 0, 0, size[0] * MM, size[1] * MM)
        paint(static.Pen(canvas, size, fonts))
        canvas.endForm()


def _house_panel(art, pen):
    for shape in art.shapes:
        pen.shape(shape)
    for text in art.texts:
        pen.text(text)


def _form_name(key):
    return "".join(c if c.isalnum() else "_" for c in key)


class _Page:
    """All pages made from one page plan; iterating draws one after the other."""

    def __init__(self, canvas, key, plan, values, fonts):
        self.canvas, self.plan, self.values, self.fonts = canvas, plan, values, fonts
        self.static = _form_name(f"page:{key[0]}:{key[1]}")
        self.height = plan.height
        self.prepare()

    def prepare(self):
        pass

    def __iter__(self):
        for i in range(self.values.count):
            self._forms(i)
            self.texts(i)
            self._codes(i)
            yield

    def _forms(self, i):
        canvas, height = self.canvas, self.height
        canvas.doForm(self.static)
        for slot in self.plan.slots:
            canvas.saveState()
            canvas.translate(slot.x * MM, (height - slot.y - slot.h) * MM)
            canvas.doForm(_form_name(self.values.art[slot.slot][i]))
            canvas.restoreState()
        if self.plan.folds:
            canvas.doForm(_form_name(static.FOLDS))

    def _codes(self, i):
        for mark, column in zip(self.plan.marks, self.values.marks, strict=True):
            symbol = symbol_of(mark, column[i])
            x, y, w, h = symbol.box
            across, down = symbol.modules
            self.canvas.addLiteral(
                f"q {w * MM:.2f} 0 0 {h * MM:.2f} {x * MM:.2f} {(self.height - y - h) * MM:.2f} cm BI "
                f"/W {across} /H {down} /IM true /BPC 1 /F /AHx ID {symbol.bits}> EI Q"
            )


# ---------------------------------------------------------------- canvas


class _CanvasPage(_Page):
    def prepare(self):
        items = [(t, self.values.texts[t.source]) for t in self.plan.texts]
        # A change of font costs an operator and a look into the font.
        items.sort(key=lambda entry: (entry[0].item.face, entry[0].item.weight, entry[0].item.size))
        self.setters = [self._setter(placed, column) for placed, column in items]
        tables = zip(self.plan.tables, self.values.tables, strict=True)
        self.tables = [_CanvasTable(t, v, self.height, self.fonts) for t, v in tables]

    def texts(self, i):
        text = self.canvas.beginText()
        for setter in self.setters:
            setter(text, i)
        for table in self.tables:
            table.draw(text, i)
        self.canvas.drawText(text)

    def _setter(self, placed, column):
        item = placed.item
        style = item.face, item.weight
        face, name, size = self.fonts.faces.font(*style), self.fonts.names[style], item.size
        x, y = (item.x + placed.dx) * MM, (self.height - item.y - placed.dy) * MM
        black = item.color in (0, "#000000")

        def coloured(draw, text, i):
            text.setFillGray(item.color) if isinstance(item.color, float) else text.setFillColor(item.color)
            draw(text, i)
            text.setFillGray(0)

        one_line = item.width is None and item.lines == 1
        if item.pitch is not None:
            draw = partial(_spaced, column, (name, size), (x, y), item.pitch * MM - face.width("0", size))
        elif one_line and item.align == "left":
            draw = partial(_plain, column, (name, size), (x, y))
        elif one_line and placed.source.amount:
            draw = partial(_amount, column, (name, size), (x, y), face, {})
        else:
            draw = partial(_set, column, name, (x, y), placed, face, {})
        return draw if black else partial(coloured, draw)


def _use(text, name, size, leading=None):
    if text._fontname != name or text._fontsize != size or leading is not None:
        text.setFont(name, size, leading)


def _plain(column, face, at, text, i):
    _use(text, *face)
    text.setTextOrigin(*at)
    text.textLine(column[i])


def _spaced(column, face, at, space, text, i):
    text.setCharSpace(space)
    _plain(column, face, at, text, i)
    text.setCharSpace(0)


def _amount(column, face, at, metrics, widths, text, i):
    shown = column[i]
    key = len(shown), shown[:1] == "-"
    if key not in widths:
        widths[key] = metrics.width(shown, face[1])
    _use(text, *face)
    text.setTextOrigin(at[0] - widths[key], at[1])
    text.textLine(shown)


def _set(column, name, at, placed, metrics, done, text, i):
    shown = column[i]
    if shown not in done:
        item = placed.item
        setting = set_text(shown, item, metrics)
        share = _SHARE[item.align]
        done[shown] = (
            setting.size,
            [
                (at[0] - share * metrics.width(line, setting.size), at[1] - n * item.leading * MM, line)
                for n, line in enumerate(setting.lines)
            ],
        )
    size, lines = done[shown]
    _use(text, name, size)
    for x, y, line in lines:
        text.setTextOrigin(x, y)
        text.textLine(line)


def shown_cells(values, i):
    """The cells of a table on page i, column by column, with the lines that sum others."""
    first, last, head, foot = values.start[i], values.stop[i], values.head[i], values.foot[i]
    cells = [column[first:last] for column in values.columns]
    if head or foot:
        return [
            [*([head[j]] if head else []), *column, *([foot[j]] if foot else [])]
            for j, column in enumerate(cells)
        ]
    return cells


class _CanvasTable:
    def __init__(self, placed, values, height, fonts):
        self.placed, self.values, self.name = placed, values, fonts.names[BODY]
        item = placed.item
        self.metrics = fonts.faces.font(*BODY)
        self.row = item.row_height * MM
        self.top = (height - item.y - placed.dy - (1 + _BASELINE) * item.row_height) * MM
        self.lefts = [x * MM for x in block_lefts(placed)]
        self.widths = [{} for _c in item.columns]
        self.fitting = [{} for _c in item.columns]

    def draw(self, text, i):
        item, values = self.placed.item, self.values
        cells = shown_cells(values, i)
        count = len(cells[0])
        text.setFont(self.name, item.size, self.row)
        if not count:
            text.setTextOrigin(self.lefts[0] + CELL_PAD * MM, self.top)
            text.textLine(item.empty_text)
            return
        for block, start in enumerate(range(0, count, item.rows)):
            x = self.lefts[block]
            for j, column in enumerate(item.columns):
                shown = cells[j][start : start + item.rows]
                if column.align == "left":
                    self._left(text, x + CELL_PAD * MM, shown, j)
                else:
                    self._right(text, x + (column.width - CELL_PAD) * MM, shown, j)
                x += column.width * MM

    def _left(self, text, x, shown, j):
        fitting, top = self.fitting[j], self.top
        text.setTextOrigin(x, top)
        for cell in shown:
            if cell not in fitting:
                fitting[cell] = self._fitted(cell, j)
            line, size = fitting[cell]
            if size == self.placed.item.size:
                text.textLine(line)
            else:
                text.setFont(self.name, size, self.row)
                text.textLine(line)
                text.setFont(self.name, self.placed.item.size, self.row)

    def _right(self, text, right, shown, j):
        widths, y = self.widths[j], self.top
        for cell in shown:
            key = len(cell), cell[:1] == "-"
            if key not in widths:
                _line, size = self._fitted(cell, j)
                assert size == self.placed.item.size, "an amount is too wide for the peers"
                widths[key] = self.metrics.width(cell, size)
            text.setTextOrigin(right - widths[key], y)
            text.textLine(cell)
            y -= self.row

    def _fitted(self, cell, j):
        item = self.placed.item
        room = (item.columns[j].width - 2 * CELL_PAD) * MM
        setting = fit_text(cell, room, 1, (item.size, item.min_size), self.metrics)
        return setting.lines[0], setting.size


# ---------------------------------------------------------------- platypus


class _PlatypusPage(_Page):
    def prepare(self):
        self.styles = {}

    def texts(self, i):
        for placed in self.plan.texts:
            self._paragraph(placed, self.values.texts[placed.source][i])
        for table, values in zip(self.plan.tables, self.values.tables, strict=True):
            self._table(table, values, i)

    def _style(self, item, size):
        key = item.face, item.weight, size, item.align, item.leading, item.color
        if key not in self.styles:
            self.styles[key] = ParagraphStyle(
                str(key),
                fontName=self.fonts.names[item.face, item.weight],
                fontSize=size,
                leading=item.leading * MM,
                alignment=_ALIGN[item.align],
                textColor=str(item.color) if isinstance(item.color, str) else (item.color,) * 3,
            )
        return self.styles[key]

    def _paragraph(self, placed, shown):
        item = placed.item
        setting = set_text(shown, item, self.fonts.faces.font(item.face, item.weight))
        x, y = (item.x + placed.dx) * MM, (self.height - item.y - placed.dy) * MM
        wide = self.plan.width * MM
        body = "<br/>".join(escape(line) for line in setting.lines)
        paragraph = Paragraph(body, self._style(item, setting.size))
        _width, high = paragraph.wrapOn(self.canvas, wide, self.height * MM)
        paragraph.drawOn(self.canvas, x - _SHARE[item.align] * wide, y - high + setting.size)

    def _table(self, placed, values, i):
        item = placed.item
        rows = list(zip(*shown_cells(values, i), strict=True))
        style = [
            ("FONT", (0, 0), (-1, -1), self.fonts.names[BODY], item.size, item.row_height * MM),
            ("LEFTPADDING", (0, 0), (-1, -1), CELL_PAD * MM),
            ("RIGHTPADDING", (0, 0), (-1, -1), CELL_PAD * MM),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            *(("ALIGN", (j, 0), (j, -1), c.align.upper()) for j, c in enumerate(item.columns)),
        ]
        widths = [c.width * MM for c in item.columns]
        top = (self.height - item.y - placed.dy - item.row_height) * MM
        for block, left in enumerate(block_lefts(placed)):
            shown = rows[block * item.rows : (block + 1) * item.rows]
            if shown:
                cells, smaller = self._fitted(item, shown)
                table = Table(cells, widths, [item.row_height * MM] * len(shown), [*style, *smaller])
                table.wrapOn(self.canvas, sum(widths), self.height * MM)
                table.drawOn(self.canvas, left * MM, top - len(shown) * item.row_height * MM)

    def _fitted(self, item, rows):
        """The cells as they fit their columns, and the styles of those that had to be made smaller."""
        rooms = [(c.width - 2 * CELL_PAD) * MM for c in item.columns]
        sizes, face = (item.size, item.min_size), self.fonts.faces.font(*BODY)
        found, smaller = [], []
        for r, row in enumerate(rows):
            settings = [fit_text(c, room, 1, sizes, face) for c, room in zip(row, rooms, strict=True)]
            found.append([s.lines[0] for s in settings])
            smaller += [
                ("FONTSIZE", (j, r), (j, r), s.size) for j, s in enumerate(settings) if s.size != item.size
            ]
        return found, smaller


# ---------------------------------------------------------------- the same pages


def same_characters(one, other, pages):
    """Whether two files show the same characters on each of these pages, read by PDFium."""
    return all(a == b for a, b in zip(_characters(one, pages), _characters(other, pages), strict=True))


def _characters(path, pages):
    import pypdfium2

    with pypdfium2.PdfDocument(path) as pdf:
        texts = [pdf[n].get_textpage().get_text_range() for n in pages]
    return [Counter(chain.from_iterable(text.split())) for text in texts]
