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
from yibao_cli.render.charmaps import string_bytes
from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from yibao_cli.render.charmaps import FileFont

# Possessive quantifiers stand on single characters only: on groups they go wrong before Python 3.11.5
# (gh-106052), which is what Debian 12 has.
_W = r"[\0\t\n\f\r ]"
# Whether it is a number is for `float` to say.
_N = r"[-+.0-9]++"
_NAME = r"/([^\0\t\n\f\r ()<>\[\]{}/%]++)"
_END = r"(?=[\0\t\n\f\r ()<>\[\]{}/%]|\Z)[\0\t\n\f\r ]*+"
_HEX = r"<[0-9A-Fa-f\0\t\n\f\r ]*+>"
_PLAIN = r"[^()\\]++|\\."
# Brackets may stand in a literal string in pairs; three deep is more than any text of ours.
_LITERAL = rf"\((?:{_PLAIN}|\((?:{_PLAIN}|\((?:{_PLAIN})*\))*\))*\)"
_UPRIGHT = rf"1{_W}++0{_W}++0{_W}++1{_W}++"

_OBJECT = re.compile(
    rf"{_W}*+(?:"
    rf"BT{_END}((?:[^()<E]++|E(?!T)|{_HEX}|{_LITERAL})*)ET{_END}"
    rf"|q{_END}{_UPRIGHT}({_N}){_W}++({_N}){_W}++cm{_END}"
    rf"((?:/[^\0\t\n\f\r ()<>\[\]{{}}/%]++{_W}++Do{_END})+)Q{_END}"
    rf"|{_NAME}{_W}++Do{_END}"
    rf"|q{_END}({_N}{_W}++(?:g|{_N}{_W}++{_N}{_W}++(?:rg|{_N}{_W}++k)){_END})"
    rf"((?:{_N}{_W}++{_N}{_W}++{_N}{_W}++{_N}{_W}++re{_END})+)f{_END}Q{_END}"
    rf"|q{_END}({_N}){_W}++0{_W}++0{_W}++({_N}){_W}++({_N}){_W}++({_N}){_W}++cm{_END}"
    rf"BI{_END}((?:/\w++{_W}*+/?\w++{_W}*+)*?)ID{_W}([0-9A-Fa-f\0\t\n\f\r ]*+)>{_W}*+EI{_END}Q{_END}"
    r"|([^\0\t\n\f\r ]++))",
    re.DOTALL,
)
# One step of a text: each part of it may be missing, but not all. An empty match is what is not admitted.
_STEP = re.compile(
    rf"{_W}*+(?!\Z)"
    # First what most steps of a table are: to the next cell.
    rf"(?:({_N}){_W}++({_N}){_W}++Td{_END}|"
    rf"(?:({_N}){_W}++Tc{_END})?"
    rf"({_N}{_W}++(?:g|{_N}{_W}++{_N}{_W}++(?:rg|{_N}{_W}++k)){_END})?"
    rf"(?:{_NAME}{_W}++({_N}){_W}++Tf{_END})?"
    rf"(?:{_UPRIGHT}({_N}){_W}++({_N}){_W}++Tm{_END}|({_N}){_W}++({_N}){_W}++Td{_END})?)"
    rf"(?:(\[{_W}*+(?:({_N}){_W}*+)?)?({_HEX}|{_LITERAL}){_W}*+(?(11)\]{_W}*+TJ|Tj){_END}"
    rf"|\[((?:{_N}|{_W}++|{_HEX}|{_LITERAL})*)\]{_W}*+TJ{_END})?",
    re.DOTALL,
)
_ELEMENT = re.compile(rf"({_N})|({_HEX}|{_LITERAL})", re.DOTALL)
_FORM = re.compile(_NAME)
_WORD = re.compile(r"[A-Za-z'\"*]{1,3}(?![\w])")

_SPACE = "\0\t\n\f\r "
_MASK_ENTRY = re.compile(rf"/(\w++){_W}*+/?(\w++)")
_MASK_KEYS = {"Width": "W", "Height": "H", "ImageMask": "IM", "BitsPerComponent": "BPC", "Filter": "F"}
_MASK_KEYS |= {"ColorSpace": "CS"}
_MASKS = tuple({"IM": "true", "BPC": "1", "F": f} for f in ("AHx", "ASCIIHexDecode"))
_PICTURES = tuple({"CS": "G", "BPC": "1", "F": f} for f in ("AHx", "ASCIIHexDecode"))
_BLACK = "0 g"
_EM = 1000
_KERN = 100  # thousandths of the type size that two strings of one array may be apart or together
BLACK = "0 g"


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
    """Reads the content of one page; keeps what of the graphics state lasts from one text to the next."""

    def __init__(self, page: PageShown, resources: Resources) -> None:
        self._page = page
        self._resources = resources
        self._font = ""
        self._size = self._spacing = 0.0
        self._colour = BLACK
        self._shown: list[tuple[str, str, float, float]] = []  # font, string, x, y

    def read(self, content: str) -> None:
        """Read a content stream, one character a byte.

        Raises what pikepdf raises, or ValueError, for names and numbers that cannot be used.
        """
        forms: list[FormShown] = []
        for body, x, y, names, name, fill, boxes, *mask, other in _OBJECT.findall(content):
            if name or names:
                over = bool(self._shown or self._page.codes)
                at = float(x or 0), float(y or 0)
                forms += [
                    FormShown(self._resources.form(n), *at, over)
                    for n in ([name] if name else _FORM.findall(names))
                ]
            elif boxes:
                self._bars(fill, boxes)
            elif mask[0]:
                self._mask(mask)
            elif other:
                self._refuse(other)
            else:
                self._text(body.rstrip(_SPACE))
        self._page.forms = tuple(forms)
        self._decode()

    def _text(self, body: str) -> None:  # noqa: C901 - every string of every page passes; calls cost a third more
        x = y = 0.0
        placed = False
        for (
            right, up, spacing, colour, font, size, tm_x, tm_y, td_x, td_y, _b, shift, string, array,
        ) in _STEP.findall(body):  # fmt: skip
            if right:
                x, y, placed = x + float(right), y + float(up), True
            elif font or td_x or tm_x or colour or spacing:
                if font:
                    self._font, self._size = font, float(size)
                    self._page.sizes.add(size)
                if td_x:
                    x, y, placed = x + float(td_x), y + float(td_y), True
                elif tm_x:
                    x, y, placed = float(tm_x), float(tm_y), True
                if colour or spacing:
                    self._set(colour, spacing)
            elif not (string or array):
                self._refuse_step(body)
                return
            if array:
                shift, string = self._joined(array)  # noqa: PLW2901 - several strings as one
            if string:
                begin = x - float(shift) * self._size / _EM if shift else x
                self._shown.append((self._font, string, begin, y))
                if self._spacing or not placed:
                    self._check(begin, string, placed=placed)
                placed = False

    def _set(self, colour: str, spacing: str) -> None:
        if spacing:
            self._spacing = float(spacing)
        if colour:
            self._colour = colour.strip(_SPACE)
            self._page.colours.add(self._colour)

    def _check(self, x: float, string: str, *, placed: bool) -> None:
        if not placed:
            # Where it begins depends on the widths of what was shown before; ours never does.
            self._refuse("Tj")
        codes = (len(string) - 2) / (1 if string[0] == "(" else 4)
        if self._spacing < 0 or x + codes * self._spacing > self._page.size[0]:
            self._refuse("Tc")

    def _joined(self, array: str) -> tuple[str, str]:
        """A TJ array of several strings as one: how far it moves before the first, and all their bytes."""
        shift, codes = 0.0, b""
        for number, string in _ELEMENT.findall(array):
            if string:
                codes += string_bytes(string)
            elif not codes:
                shift += float(number)
            elif abs(float(number)) > _KERN:
                self._refuse("TJ")
        return str(shift), f"<{codes.hex()}>"

    def _bars(self, fill: str, boxes: str) -> None:
        over = bool(self._shown or self._page.codes)
        for box in boxes.split("re")[:-1]:
            place = tuple(map(float, box.replace("\0", " ").split()))
            self._page.bars.append(BarShown(place, fill.strip(_SPACE), over))

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
            CodeShown(box, (wide, high), bits, _BLACK if opaque else self._colour, opaque)
        )

    def _decode(self) -> None:
        """Give the page the texts of all strings, decoded font by font, and their places."""
        if not self._shown:
            return
        fonts, strings, xs, ys = zip(*self._shown, strict=True)
        of_font: dict[str, list[str]] = {font: [] for font in set(fonts)}
        for font, string in zip(fonts, strings, strict=True):
            of_font[font].append(string)
        texts = {f: iter(self._resources.font(f).decode(column)) for f, column in of_font.items()}
        self._page.texts = [next(texts[font]) for font in fonts]
        self._page.xs, self._page.ys = list(xs), list(ys)

    def _refuse_step(self, body: str) -> None:
        """Say which operator stands where the grammar of a text ends."""
        ends = next((m.end() for m in _STEP.finditer(body) if not m[0].strip(_SPACE)), 0)
        operator = _WORD.search(body, ends)
        self._refuse(operator[0] if operator else "?")

    def _refuse(self, operator: str) -> None:
        # Only an operator's name may be shown; what else stands there may be anything, a name too.
        shown = operator if _WORD.fullmatch(operator) else "?"
        detail = _("the page holds what our pages never have: operator {operator}").format(operator=shown)
        if detail not in self._page.refused:
            self._page.refused.append(detail)
