"""A print file, seen through its structure: what each page's content stream shows, string by string.

pikepdf gives the objects; the content is read here, by a grammar of what our pages consist of:

    form      /X Do | q 1 0 0 1 x y cm /X Do ... Q
    text      BT (Tc | g | rg | Tf | 1 0 0 1 x y Tm | Td | Tj | TJ)... ET
    code      q w 0 0 h x y cm BI (one-bit mask, ASCIIHex) EI Q

All else is refused and told: other operators (text rendering modes, clipping, filled shapes, graphics states,
optional content), fonts without ToUnicode or not embedded, strings that no place was set for, forms over
texts, annotations, rotated pages. So nothing on a page can hide, cover or move a text without being seen.

What it sees: the characters that the fonts' ToUnicode maps give; where each string begins; its size and colour;
which forms stand where, by their content; the bits of the code. What it cannot see: what the glyphs look
like (a font whose glyphs were exchanged still names the right characters), what runs beyond the right edge
or into its neighbour, and how a form's own content looks. Source: ISO 32000-2, 7.8, 8.10, 9.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import pikepdf

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.render.charmaps import DAMAGE, FileFont
from yibao_cli.render.forms import digest
from yibao_cli.render.setting import MM

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_W = r"[\0\t\n\f\r ]"
_N = r"[-+]?+(?:\d++(?:\.\d*+)?+|\.\d++)"
_NAME = r"/([^\0\t\n\f\r ()<>\[\]{}/%]++)"
_END = rf"(?![^\0\t\n\f\r ()<>\[\]{{}}/%]){_W}*+"
_HEX = r"<[0-9A-Fa-f\0\t\n\f\r ]*+>"
_PLAIN = r"[^()\\]++|\\."
# Brackets may stand in a literal string in pairs; three deep is more than any text of ours.
_LITERAL = rf"\((?:{_PLAIN}|\((?:{_PLAIN}|\((?:{_PLAIN})*+\))*+\))*+\)"
_UPRIGHT = rf"1{_W}++0{_W}++0{_W}++1{_W}++"

_OBJECT = re.compile(
    rf"{_W}*+(?:"
    rf"BT{_END}((?:[^()<E]++|E(?!T)|{_HEX}|{_LITERAL})*+)ET{_END}"
    rf"|q{_END}{_UPRIGHT}({_N}){_W}++({_N}){_W}++cm{_END}((?:/[^\0\t\n\f\r ()<>\[\]{{}}/%]++{_W}++Do{_END})++)Q{_END}"
    rf"|{_NAME}{_W}++Do{_END}"
    rf"|q{_END}({_N}){_W}++0{_W}++0{_W}++({_N}){_W}++({_N}){_W}++({_N}){_W}++cm{_END}"
    rf"BI{_END}((?:/\w++{_W}*+/?\w++{_W}*+)*?)ID{_W}([0-9A-Fa-f\0\t\n\f\r ]*+)>{_W}*+EI{_END}Q{_END}"
    r"|([^\0\t\n\f\r ]++))",
    re.DOTALL,
)
# One step of a text: each part of it may be missing, but not all. An empty match is what is not admitted.
_STEP = re.compile(
    rf"{_W}*+(?!\Z)"
    rf"(?:({_N}){_W}++Tc{_END})?"
    rf"({_N}{_W}++(?:g|{_N}{_W}++{_N}{_W}++rg){_END})?"
    rf"(?:{_NAME}{_W}++({_N}){_W}++Tf{_END})?"
    rf"(?:{_UPRIGHT}({_N}){_W}++({_N}){_W}++Tm{_END}|({_N}){_W}++({_N}){_W}++Td{_END})?"
    rf"(?:(\[{_W}*+(?:({_N}){_W}*+)?+)?+({_HEX}|{_LITERAL}){_W}*+(?(9)\]{_W}*+TJ|Tj){_END}"
    rf"|\[((?:{_N}|{_W}++|{_HEX}|{_LITERAL})*+)\]{_W}*+TJ{_END})?",
    re.DOTALL,
)
_ELEMENT = re.compile(rf"({_N})|({_HEX}|{_LITERAL})", re.DOTALL)
_FORM = re.compile(_NAME)
_WORD = re.compile(r"[A-Za-z'\"*]{1,3}(?![\w])")

_PAGE_KEYS = frozenset({"/Type", "/Parent", "/Contents", "/MediaBox", "/Resources"})
_MASK = {"W": "Width", "H": "Height", "IM": "ImageMask", "BPC": "BitsPerComponent", "F": "Filter"}
_EM = 1000
BLACK = "0 g"


class FormShown(NamedTuple):
    """A form on a page: digest of its content, its corner in points from the page's bottom left."""

    digest: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class CodeShown:
    """A one-bit mask on a page: x, y of its bottom left corner, w, h in points; its bits as the file has them.

    bits: rows as hexadecimal, each padded to whole bytes; colour: operands and operator that it is painted by.
    """

    box: tuple[float, float, float, float]
    modules: tuple[int, int]
    bits: str
    colour: str


@dataclass(slots=True)
class PageShown:
    """What a page shows. Lengths are points from its bottom left corner.

    texts: its strings, in order; origins: where each begins; sizes, colours: all that strings are set in,
    as their operands (a colour with its operator). refused: sentences on what our pages never hold.
    """

    size: tuple[float, float]
    texts: list[str] = field(default_factory=list)
    origins: list[tuple[float, float]] = field(default_factory=list)
    sizes: set[str] = field(default_factory=set)
    colours: set[str] = field(default_factory=set)
    forms: tuple[FormShown, ...] = ()
    codes: list[CodeShown] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def origins_mm(self) -> list[tuple[float, float]]:
        """Where each string begins, in mm from the page's top left corner."""
        return [(x / MM, (self.size[1] - y) / MM) for x, y in self.origins]


class StructureFile:
    """An open print file; a context manager. Pages count from 0.

    Raises InputRefused when the file, or later a page of it, cannot be read. A damaged file is not mended.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._resources: dict[tuple[int, int], _Resources] = {}
        try:
            self._pdf = pikepdf.open(path, attempt_recovery=False, suppress_warnings=True)
            self._pages = self._pdf.pages
            self.pages = len(self._pages)
        except (*DAMAGE, OSError) as error:
            raise self._unreadable() from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pdf.close()

    def page(self, index: int) -> PageShown:
        """Read a page."""
        try:
            page = self._pages[index].obj
            left, bottom, right, top = map(float, page.MediaBox)
            shown = PageShown((right, top))
            if (left, bottom) != (0, 0) or not _PAGE_KEYS.issuperset(page.keys()):
                shown.refused.append(_("the page has properties that our pages never have"))
            content = page.Contents.read_bytes().decode("latin-1")
            _PageReader(shown, self._resources_of(page.Resources)).read(content)
        except DAMAGE as error:
            raise self._unreadable() from error
        return shown

    def _resources_of(self, resources: Any) -> _Resources:
        if not resources.is_indirect:
            return _Resources(resources)
        if resources.objgen not in self._resources:
            self._resources[resources.objgen] = _Resources(resources)
        return self._resources[resources.objgen]

    def _unreadable(self) -> InputRefused:
        return InputRefused(
            _("the PDF cannot be read"),
            where=self._name,
            remedy=_("render the part again with `yibao render`"),
        )


class _Resources:
    """Fonts and forms by their names on a page, each read once."""

    def __init__(self, resources: Any) -> None:
        self._resources = resources
        self._fonts: dict[str, FileFont] = {}
        self._forms: dict[str, str] = {}

    def font(self, name: str) -> FileFont:
        if name not in self._fonts:
            self._fonts[name] = FileFont(self._resources.Font[f"/{name}"])
        return self._fonts[name]

    def form(self, name: str) -> str:
        if name not in self._forms:
            self._forms[name] = digest(self._resources.XObject[f"/{name}"])
        return self._forms[name]


class _PageReader:
    """The state of reading one page: what of the graphics state lasts from one text to the next."""

    def __init__(self, page: PageShown, resources: _Resources) -> None:
        self._page = page
        self._resources = resources
        self._font = ""
        self._size = 0.0
        self._colour = BLACK
        self._spaced = 0.0
        self._shown: list[tuple[str, str | list[str]]] = []

    def read(self, content: str) -> None:
        forms = []
        for body, x, y, names, name, *code, other in _OBJECT.findall(content):
            if body:
                self._text(body.rstrip("\0\t\n\f\r "))
            elif name or names:
                if self._shown and not forms_may_follow(self._page):
                    pass
                forms += [
                    FormShown(self._resources.form(n), float(x or 0), float(y or 0))
                    for n in ([name] if name else _FORM.findall(names))
                ]
            elif other:
                self._refuse(other)
        self._page.forms = tuple(forms)
