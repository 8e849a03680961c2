"""Which colour operators a content stream has; one pass of one expression for what our pages consist of.

What the expression cannot take apart for sure (strings with brackets in them, pictures within the text,
comments) goes to qpdf's own parser, which is slower and complete. Source: ISO 32000-1, 7.8.2 and 8.6.8.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterator

DEVICE_GRAY, DEVICE_RGB, DEVICE_CMYK = "DeviceGray", "DeviceRGB", "DeviceCMYK"
_OF_OPERATOR = {
    "g": DEVICE_GRAY,
    "G": DEVICE_GRAY,
    "rg": DEVICE_RGB,
    "RG": DEVICE_RGB,
    "k": DEVICE_CMYK,
    "K": DEVICE_CMYK,
}
_FULL_NAMES = {"/G": DEVICE_GRAY, "/RGB": DEVICE_RGB, "/CMYK": DEVICE_CMYK}

_NAME = rb"/[^\s\0()<>\[\]{}/%]*"
_SET_SPACE = _NAME + rb"\s+(?:cs|CS)(?!\w)"
# A mask in hexadecimal, as our code is: no colour of its own.
_MASK = rb"BI\s[^<>()%]*?/(?:IM|ImageMask)\s+true\s[^<>()%]*?\bID\s[0-9A-Fa-f\s]*>\s*EI(?!\w)"
_TOKEN = re.compile(
    rb"(?:[\s\0\d.+\-\[\]]+|<[0-9A-Fa-f\s]*>|\([^()\\]*(?:\\.[^()\\]*)*\)|<<|>>"
    rb"|(?!" + _SET_SPACE + rb")" + _NAME + rb"|" + _MASK + rb")*"
    rb"(" + _SET_SPACE + rb"|[A-Za-z'\"*][\w'\"*]*|.|\Z)",
    re.DOTALL,
)
_OPERATORS = frozenset(
    b"b B b* B* BDC BMC BT BX c cm CS cs d d0 d1 Do DP EMC ET EX f F f* G g gs h i j J K k l m M MP n q Q re "
    b"RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \" "
    b"true false null".split()
) | {b""}


def colour_uses(content: bytes) -> frozenset[str]:
    """The device spaces that a content stream names itself: DeviceGray, DeviceRGB, DeviceCMYK.

    Raises pikepdf.PdfError or ValueError when it cannot be parsed.
    """
    words = set(_TOKEN.findall(content))
    spaces = {word for word in words if word[:1] == b"/"}
    if not _OPERATORS.issuperset(words - spaces):
        return frozenset(parsed_uses(content))
    found = {_OF_OPERATOR.get(word.decode(), "") for word in words - spaces}
    found |= {_device(word.split()[0].decode("latin-1")) for word in spaces}
    return frozenset(found - {""})


def device_spaces(space: Any) -> Iterator[str]:
    """The device spaces that a colour space is or stands on: base, alternate, underlying."""
    if isinstance(space, pikepdf.Name):
        if found := _device(str(space)):
            yield found
    elif isinstance(space, pikepdf.Array) and len(space):
        family = str(space[0])
        if len(space) == 1:
            yield from device_spaces(space[0])
        elif family in {"/Indexed", "/I", "/Pattern"}:
            yield from device_spaces(space[1])
        elif family in {"/Separation", "/DeviceN"}:
            yield from device_spaces(space[2])


def _device(name: str) -> str:
    name = _FULL_NAMES.get(name, name[1:])
    return name if name in {DEVICE_GRAY, DEVICE_RGB, DEVICE_CMYK} else ""


def parsed_uses(content: bytes) -> Iterator[str]:
    """The same by the parser alone, which takes its time."""
    with pikepdf.new() as pdf:
        for step in _steps(pdf.make_stream(content)):
            operator = str(step.operator)
            if isinstance(step, pikepdf.ContentStreamInlineImage):
                image = step.iimage.obj
                yield from device_spaces(image.get("/CS", image.get("/ColorSpace")))
            elif operator in {"cs", "CS"}:
                yield from device_spaces(step.operands[0])
            elif operator in _OF_OPERATOR:
                yield _OF_OPERATOR[operator]


def _steps(stream: Any) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "error", UserWarning
        )  # pikepdf warns of a stream that breaks off, and gives what it has
        try:
            return list(pikepdf.parse_content_stream(stream))
        except UserWarning as warning:
            raise ValueError("a content stream breaks off") from warning
