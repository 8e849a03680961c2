"""What a PDF page really draws: followed operator by operator, with matrices, through forms and patterns."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pikepdf

from yibao_cli.artwork.facts import LARGEST_PIXELS, NotPrintableError
from yibao_cli.artwork.matrices import IDENTITY, Matrix, scales, times
from yibao_cli.artwork.pdf_colours import colour_of, image_colour
from yibao_cli.artwork.pdf_contents import PAGE, entries

if TYPE_CHECKING:
    from yibao_cli.artwork.pdf_contents import Instruction, Instructions

_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_FILLS = frozenset(("f", "F", "f*", "B", "B*", "b", "b*"))
_STROKES = frozenset(("S", "s", "B", "B*", "b", "b*"))
_SHOWS = frozenset(("Tj", "TJ", "'", '"'))
_DEVICE = {"g": "gray", "rg": "rgb", "k": "cmyk", "G": "gray", "RG": "rgb", "K": "cmyk"}
# Text rendering modes that fill and that stroke (ISO 32000-2, table 104).
_MODES_FILL, _MODES_STROKE = {0, 2, 4, 6}, {1, 2, 5, 6}
# A picture of two pixels across is a plain area or a run of colour, and has no detail to lose.
_DETAIL = 3
_DEEPEST, _MOST_CALLS = 40, 20_000


@dataclass
class Drawn:
    """What was drawn: the lowest resolution of a picture, colours, and whether a font is not in the file."""

    dpi: float | None = None
    colours: set[str] = field(default_factory=set)
    bare_font: bool = False


@dataclass(frozen=True)
class _State:
    """The graphics state, as far as it matters; `matrix` None where a glyph is drawn, at whatever size."""

    matrix: Matrix | None
    fill: str = "gray"
    stroke: str = "gray"
    mode: int = 0
    bare: bool = False  # the font is not in the file

    def painting(self, colour: str, *, fills: bool) -> _State:
        return replace(self, fill=colour) if fills else replace(self, stroke=colour)


class Tracer:
    """Follows the contents of one page."""

    def __init__(self, instructions: Instructions) -> None:
        self._instructions = instructions
        self._drawn = Drawn()
        self._calls = 0
        self._active: list[tuple[int, int]] = []
        self._fonts: set[tuple[int, int]] = set()

    def trace(self, page: pikepdf.Page) -> Drawn:
        """Follow the page; NotPrintableError when forms call each other without an end in sight."""
        self._run(PAGE, page.resources, _State(IDENTITY))
        return self._drawn

    def _run(self, key: tuple[int, int], resources: Any, state: _State) -> None:
        self._calls += 1
        if self._calls > _MOST_CALLS or len(self._active) > _DEEPEST:
            raise NotPrintableError("C211")
        if key in self._active or key not in self._instructions:
            return
        self._active.append(key)
        kept: list[_State] = []
        for instruction in self._instructions[key]:
            if instruction.operator == "q":
                kept.append(state)
            elif instruction.operator == "Q":
                state = kept.pop()
            else:
                state = self._step(instruction, resources, state)
        self._active.pop()

    def _step(self, instruction: Instruction, resources: Any, state: _State) -> _State:
        operator, operands = instruction
        if operator in _FILLS or operator in _STROKES or operator in _SHOWS:
            self._paint(operator, state)
        elif operator in _DEVICE:
            state = state.painting(_DEVICE[operator], fills=operator.islower())
        elif operator in {"cs", "CS", "scn", "SCN"}:
            return self._coloured(operator, operands, resources, state)
        elif operator == "Tr":
            return replace(state, mode=int(operands[0]))
        elif operator == "Tf":
            return self._select(resources.Font[str(operands[0])], resources, state)
        elif operator == "gs":
            return self._set(resources.ExtGState[str(operands[0])], resources, state)
        elif operator == "cm" and state.matrix is not None:
            a, b, c, d, e, f = (float(v) for v in operands)
            return replace(state, matrix=times((a, b, c, d, e, f), state.matrix))
        else:
            self._use(operator, operands, resources, state)
        return state

    def _use(self, operator: str, operands: tuple[Any, ...], resources: Any, state: _State) -> None:
        match operator:
            case "Do":
                self._draw(resources.XObject[str(operands[0])], resources, state)
            case "sh":
                self._see(colour_of(resources.Shading[str(operands[0])].get("/ColorSpace"), resources))
            case "INLINE IMAGE":
                self._picture(operands[0].obj, resources, state)

    def _see(self, colour: str) -> None:
        if colour:
            self._drawn.colours.add(colour)

    def _paint(self, operator: str, state: _State) -> None:
        shows = operator in _SHOWS
        # Many programs select a font of their own before they show anything in another.
        self._drawn.bare_font = self._drawn.bare_font or (shows and state.bare)
        if operator in _FILLS or (shows and state.mode in _MODES_FILL):
            self._see(state.fill)
        if operator in _STROKES or (shows and state.mode in _MODES_STROKE):
            self._see(state.stroke)

    def _coloured(self, operator: str, operands: tuple[Any, ...], resources: Any, state: _State) -> _State:
        fills = operator.islower()
        if operator in {"cs", "CS"}:
            return state.painting(colour_of(operands[0], resources), fills=fills)
        if not (operands and isinstance(operands[-1], pikepdf.Name)):
            return state
        pattern = resources.Pattern[str(operands[-1])]
        if not isinstance(pattern, pikepdf.Stream):
            shading = colour_of(pattern.Shading.get("/ColorSpace"), resources)
            return state.painting(shading, fills=fills)
        inner = replace(state, matrix=_form_matrix(pattern, IDENTITY))
        self._run(pattern.objgen, pattern.get("/Resources", resources), inner)
        # A tile that has colours of its own has told them; another takes the one of the space below.
        return state.painting("", fills=fills) if int(pattern.get("/PaintType", 1)) == 1 else state

    def _draw(self, drawn: Any, resources: Any, state: _State) -> None:
        if drawn.get("/Subtype") == pikepdf.Name.Form:
            inner = replace(state, matrix=_form_matrix(drawn, state.matrix))
            self._run(drawn.objgen, drawn.get("/Resources", resources), inner)
        elif drawn.get("/Subtype") == pikepdf.Name.Image:
            self._picture(drawn, resources, state)

    def _picture(self, image: Any, resources: Any, state: _State) -> None:
        width, height = int(image.get("/Width", 0)), int(image.get("/Height", 0))
        if width * height > LARGEST_PIXELS:
            raise NotPrintableError("C211")
        self._see(image_colour(image, resources) or state.fill)
        if state.matrix is None:
            return
        for pixels, points in zip((width, height), scales(state.matrix), strict=True):
            if pixels >= _DETAIL and points > 0:
                dpi = pixels / points * 72
                self._drawn.dpi = min(dpi, self._drawn.dpi or math.inf)

    def _set(self, graphics: Any, resources: Any, state: _State) -> _State:
        if "/Font" in graphics:
            state = self._select(graphics.Font[0], resources, state)
        mask = graphics.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary):
            inner = replace(state, matrix=_form_matrix(mask.G, state.matrix))
            colours = set(self._drawn.colours)
            self._run(mask.G.objgen, mask.G.get("/Resources", resources), inner)
            self._drawn.colours = colours  # a mask gives no colour to the paper
        return state

    def _select(self, font: Any, resources: Any, state: _State) -> _State:
        if font.Subtype != pikepdf.Name.Type3:
            return replace(state, bare=not is_embedded(font))
        if font.objgen == PAGE or font.objgen not in self._fonts:
            self._fonts.add(font.objgen)
            # Its glyphs are contents of the file, and may set fonts of their own.
            for glyph in entries(font, "/CharProcs"):
                self._run(glyph.objgen, font.get("/Resources", resources), replace(state, matrix=None))
        return replace(state, bare=False)


def _form_matrix(form: Any, outer: Matrix | None) -> Matrix | None:
    a, b, c, d, e, f = (float(v) for v in form.get("/Matrix", IDENTITY))
    return None if outer is None else times((a, b, c, d, e, f), outer)


def is_embedded(font: Any) -> bool:
    """Whether the programs of all faces of a font are in the file; not for Type 3."""
    faces = list(font.DescendantFonts) if font.Subtype == pikepdf.Name.Type0 else [font]
    descriptors = [face.get("/FontDescriptor", pikepdf.Dictionary()) for face in faces]
    return all(any(isinstance(d.get(f), pikepdf.Stream) for f in _FONT_FILES) for d in descriptors)
