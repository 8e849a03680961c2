"""What a page's content stream shows, string by string, by a grammar of what our pages consist of.

    form      /X Do | q 1 0 0 1 x y cm /X Do ... Q
    text      BT (Tc | g | rg | k | Tf | 1 0 0 1 x y Tm | Td | Tj | TJ)... ET
    bars      q (g | rg | k) (x y w h re)... f Q
    code      q w 0 0 h x y cm BI (one-bit mask, ASCIIHex) EI Q

All else is refused and told: other operators (text rendering modes, clipping, other shapes, graphics states,
optional content, matrices that turn or scale a text), a string that no place was set for, characters drawn
apart or together beyond measure. Source: ISO 32000-2, 7.8.2, 8.9.7, 9.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from yibao_cli.i18n import _
from yibao_cli.render.setting import MM
from yibao_cli.render.textobject import BLACK, WORD, TextReader
from yibao_cli.render.tokens import END, FILL, NAME, SPACE, STRING, UPRIGHT, N, W

if TYPE_CHECKING:
    from yibao_cli.render.charmaps import FileFont

_OBJECT = re.compile(
    rf"{W}*+(?:"
    rf"BT{END}((?:[^()<E]++|E(?!T)|{STRING})*)ET{END}"
    rf"|q{END}{UPRIGHT}({N}){W}++({N}){W}++cm{END}"
    rf"((?:/[^\0\t\n\f\r ()<>\[\]{{}}/%]++{W}++Do{END})+)Q{END}"
    rf"|{NAME}{W}++Do{END}"
    rf"|q{END}({FILL})"
    rf"((?:{N}{W}++{N}{W}++{N}{W}++{N}{W}++re{END})+)f{END}Q{END}"
    rf"|q{END}({N}){W}++0{W}++0{W}++({N}){W}++({N}){W}++({N}){W}++cm{END}"
    rf"BI{END}((?:/\w++{W}*+/?\w++{W}*+)*?)ID{W}([0-9A-Fa-f\0\t\n\f\r ]*+)>{W}*+EI{END}Q{END}"
    r"|([^\0\t\n\f\r ]++))",
    re.DOTALL,
)
_FORM = re.compile(NAME)
_MASK_ENTRY = re.compile(rf"/(\w++){W}*+/?(\w++)")
_MASK_KEYS = {"Width": "W", "Height": "H", "ImageMask": "IM", "BitsPerComponent": "BPC", "Filter": "F"}
_MASK_KEYS |= {"ColorSpace": "CS"}
_MASKS = tuple({"IM": "true", "BPC": "1", "F": f} for f in ("AHx", "ASCIIHexDecode"))
_PICTURES = tuple({"CS": "G", "BPC": "1", "F": f} for f in ("AHx", "ASCIIHexDecode"))


class FormShown(NamedTuple):
    """A form on a page: digest of its content, its corner in points from the page's bottom left.

    over: whether it is painted after a text or a code, and so may cover it.
    """

    digest: str
    x: float
    y: float
    over: bool = False


@dataclass(frozen=True, slots=True)
class CodeShown:
    """A one-bit mask on a page, or a one-bit picture in black and white.

    box: x and y of its bottom left corner, width and height in points; modules: pixels across and down;
    bits: its rows as hexadecimal, each padded to whole bytes; colour: what it is painted with;
    opaque: whether its light pixels are painted too.
    """

    box: tuple[float, float, float, float]
    modules: tuple[int, int]
    bits: str
    colour: str
    opaque: bool = False


class BarShown(NamedTuple):
    """A filled rectangle: left, bottom, width and height in points, and its colour as operands and operator.

    over: whether it is painted after a text or a code, and so may cover it.
    """

    box: tuple[float, ...]
    colour: str
    over: bool


@dataclass(slots=True)
class PageShown:
    """What a page shows. Lengths are points from its bottom left corner; margin: of paper around it.

    boxes: its trim and bleed by their names, left, bottom, right, top, where they are stated.

    texts: its strings, in order; xs, ys: where each begins; sizes, colours: all that strings are set in,
    as their operands (a colour with its operator). refused: sentences on what our pages never hold.
    """

    size: tuple[float, float]
    margin: float = 0
    boxes: dict[str, tuple[float, ...]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    sizes: set[str] = field(default_factory=set)
    colours: set[str] = field(default_factory=set)
    forms: tuple[FormShown, ...] = ()
    codes: list[CodeShown] = field(default_factory=list)
    bars: list[BarShown] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def places(self) -> list[tuple[float, float]]:
        """Where each string begins, in mm from the page's top left corner."""
        return [(x / MM, (self.size[1] - y) / MM) for x, y in zip(self.xs, self.ys, strict=True)]


class Resources(Protocol):
    """Fonts and forms by their names on a page."""

    def font(self, name: str) -> FileFont:
        """The font; InputRefused or KeyError when there is none to read."""
        ...

    def form(self, name: str) -> str:
        """Digest of the form; KeyError when there is none."""
        ...


class PageReader:
    """Reads the content of one page."""

    def __init__(self, page: PageShown, resources: Resources) -> None:
        self._page = page
        self._resources = resources
        self._texts = TextReader(page.size[0], self._refuse)

    def read(self, content: str) -> None:
        """Read a content stream, one character a byte.

        Raises what pikepdf raises, or ValueError, for names and numbers that cannot be used.
        """
        forms: list[FormShown] = []
        for body, x, y, names, name, fill, boxes, *mask, other in _OBJECT.findall(content):
            if name or names:
                at = float(x or 0), float(y or 0)
                forms += [
                    FormShown(self._resources.form(n), *at, self._over)
                    for n in ([name] if name else _FORM.findall(names))
                ]
            elif boxes:
                self._bars(fill, boxes)
            elif mask[0]:
                self._mask(mask)
            elif other:
                self._refuse(other)
            else:
                self._texts.read(body.rstrip(SPACE))
        self._page.forms = tuple(forms)
        self._decode()

    @property
    def _over(self) -> bool:
        """Whether what comes now may cover a text or a code."""
        return bool(self._texts.strings or self._page.codes)

    def _bars(self, fill: str, boxes: str) -> None:
        for box in boxes.split("re")[:-1]:
            place = tuple(map(float, box.replace("\0", " ").split()))
            self._page.bars.append(BarShown(place, fill.strip(SPACE), self._over))

    def _mask(self, mask: list[str]) -> None:
        width, height, x, y, entries, bits = mask
        said = {_MASK_KEYS.get(k, k): v for k, v in _MASK_ENTRY.findall(entries)}
        wide, high = int(said.pop("W", 0)), int(said.pop("H", 0))
        opaque = said in _PICTURES
        if not (opaque or said in _MASKS) or wide < 1 or high < 1:
            self._refuse("BI")
        box = float(x), float(y), float(width), float(height)
        bits = "".join(bits.replace("\0", "").split()).lower()
        self._page.codes.append(
            CodeShown(box, (wide, high), bits, BLACK if opaque else self._texts.colour, opaque)
        )

    def _decode(self) -> None:
        """Give the page the texts of all strings, decoded font by font, and what is known of them."""
        read, page = self._texts, self._page
        of_font: dict[str, list[str]] = {font: [] for font in set(read.fonts)}
        for font, string in zip(read.fonts, read.strings, strict=True):
            of_font[font].append(string)
        texts = {f: iter(self._resources.font(f).decode(column)) for f, column in of_font.items()}
        page.texts = [next(texts[font]) for font in read.fonts]
        page.xs, page.ys, page.sizes, page.colours = read.xs, read.ys, read.sizes, read.colours

    def _refuse(self, operator: str) -> None:
        # Only an operator's name may be shown; what else stands there may be anything, a name too.
        shown = operator if WORD.fullmatch(operator) else "?"
        detail = _("the page holds what our pages never have: operator {operator}").format(operator=shown)
        if detail not in self._page.refused:
            self._page.refused.append(detail)
