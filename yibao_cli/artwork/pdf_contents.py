"""The content streams of a PDF page: found wherever resources bring them in, and parsed to their end."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import pikepdf

from yibao_cli.artwork.facts import NotPrintableError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Every operator of a content stream (ISO 32000-2, annex A), inline images as pikepdf names them.
_OPERATORS = {
    operator
    for group in (
        "q Q cm w J j M d ri i gs",
        "m l c v y h re S s f F f* B B* b b* n W W*",
        "CS cs SC SCN sc scn G g RG rg K k sh Do",
        "BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T* Tj TJ ' \"",
        "d0 d1 MP DP BMC BDC EMC BX EX",
    )
    for operator in group.split()
} | {"INLINE IMAGE"}
# The operators that name a resource, and where resources must have it.
_NAMING = {
    "Do": "/XObject",
    "Tf": "/Font",
    "gs": "/ExtGState",
    "cs": "/ColorSpace",
    "CS": "/ColorSpace",
    "sh": "/Shading",
    "scn": "/Pattern",
    "SCN": "/Pattern",
}
_BUILT_IN_SPACES = {"/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/Pattern"}
# What tells about fonts, colours and the size of pictures.
_TOLD = {
    *("q", "Q", "cm", "gs", "Do", "sh", "Tf", "Tr", "Tj", "TJ", "'", '"', "S", "s", "INLINE IMAGE"),
    *("f", "F", "f*", "B", "B*", "b", "b*"),
    *("CS", "cs", "SC", "SCN", "sc", "scn", "G", "g", "RG", "rg", "K", "k"),
}
_MOST_INSTRUCTIONS = 5_000_000


class Instruction(NamedTuple):
    """An operator, its operands, and the inline image where it is one."""

    operator: str
    operands: tuple[Any, ...]


# The instructions of each content by its object number; the page itself has (0, 0).
Instructions = dict[tuple[int, int], tuple[Instruction, ...]]
PAGE = (0, 0)


def check_contents(page: pikepdf.Page) -> Instructions:
    """Parse the page's content and all that its resources can bring in.

    Returns what concerns fonts, colours and pictures. Raises NotPrintableError for a content that no reader
    can draw to its end.
    """
    found: Instructions = {}
    total = 0
    for content, resources in contents_of(page):
        own = _parsed(content, resources)
        total += len(own)
        if total > _MOST_INSTRUCTIONS:
            raise NotPrintableError("C211")
        found[PAGE if content is page else content.objgen] = own
    return found


def entries(holder: Any, category: str) -> list[Any]:
    """The values of a category of resources."""
    return [value for _name, value in holder.get(category, pikepdf.Dictionary()).items()]


def contents_of(page: pikepdf.Page) -> Iterator[tuple[Any, Any]]:
    """The content of the page and all that its resources can bring in, each once, with its resources.

    A content without resources of its own draws with those of the one that calls it.
    """
    seen = set()
    waiting: list[tuple[Any, Any]] = [(page, page.resources)]
    while waiting:
        content, resources = waiting.pop()
        yield content, resources
        if resources.is_indirect:
            if resources.objgen in seen:
                continue
            seen.add(resources.objgen)
        for inner, own in _inner_contents(resources):
            if inner.objgen in seen:
                continue
            seen.add(inner.objgen)
            if own is None:
                yield inner, resources
            else:
                waiting.append((inner, own))


def _inner_contents(resources: Any) -> Iterator[tuple[Any, Any]]:
    """Forms, tiling patterns, soft masks and Type 3 glyphs, with their own resources or None."""
    for drawn in entries(resources, "/XObject"):
        if drawn.get("/Subtype") == pikepdf.Name.Form:
            yield drawn, drawn.get("/Resources")
    for pattern in entries(resources, "/Pattern"):
        if isinstance(pattern, pikepdf.Stream):
            yield pattern, pattern.get("/Resources")
    for state in entries(resources, "/ExtGState"):
        mask = state.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary):
            yield mask.G, mask.G.get("/Resources")
    for font in entries(resources, "/Font"):
        for glyph in entries(font, "/CharProcs"):
            yield glyph, font.get("/Resources")


def _parsed(content: Any, resources: Any) -> tuple[Instruction, ...]:
    """The instructions of a content that can be parsed, closes each state it opens, and has what it names."""
    states = lenient = 0
    kept = []
    with warnings.catch_warnings():
        # So it does for all other contents that break off, but there in words of Python.
        warnings.simplefilter("error", UserWarning)
        instructions = pikepdf.parse_content_stream(content)
    for instruction in instructions:
        operator = str(instruction.operator)
        states += (operator == "q") - (operator == "Q")
        lenient += (operator == "BX") - (operator == "EX")  # between them unknown operators are passed over
        if states < 0 or (operator not in _OPERATORS and lenient <= 0):
            raise NotPrintableError("C202")
        if operator not in _TOLD:
            continue
        operands = tuple(instruction.operands)
        if operator in _NAMING and not _has_named(operator, operands, resources):
            raise NotPrintableError("C202")
        kept.append(Instruction(operator, operands))
    if states != 0:
        raise NotPrintableError("C202")
    return tuple(kept)


def _has_named(operator: str, operands: tuple[Any, ...], resources: Any) -> bool:
    category = _NAMING[operator]
    if category == "/Pattern" and not (operands and isinstance(operands[-1], pikepdf.Name)):
        return True  # a colour in numbers
    name = str(operands[-1] if category == "/Pattern" else operands[0])
    if category == "/ColorSpace" and name in _BUILT_IN_SPACES:
        return True
    return name in resources.get(category, pikepdf.Dictionary())
