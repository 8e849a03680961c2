"""Numbers of an SVG, and matrices of the plane as PDF and SVG write them: (a, b, c, d, e, f)."""

from __future__ import annotations

import math
import re

from yibao_cli.artwork.facts import NotPrintableError

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_FUNCTION = re.compile(r"\s*,?\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_NUMBER = re.compile(NUMBER)
_SEPARATORS = re.compile(r"[\s,]*")


def times(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that maps by `first` and then by `then`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def scales(matrix: Matrix) -> tuple[float, float]:
    """How long a unit along x and one along y become."""
    a, b, c, d, _e, _f = matrix
    return math.hypot(a, b), math.hypot(c, d)


def transform_matrix(text: str) -> Matrix:
    """The matrix of an SVG `transform` attribute; NotPrintableError when it cannot be read to its end."""
    whole, position = IDENTITY, 0
    while found := _FUNCTION.match(text, position):
        # The function that stands first works last.
        whole = times(_one(found[1], numbers(found[2])), whole)
        position = found.end()
    if text[position:].strip() or not all(map(math.isfinite, whole)):
        raise NotPrintableError("C202", "transform")
    return whole


def numbers(text: str) -> list[float]:
    """Numbers between blanks or commas; NotPrintableError where anything else stands."""
    found = [float(n) for n in _NUMBER.findall(text)]
    if not _SEPARATORS.fullmatch(_NUMBER.sub("", text)) or not all(map(math.isfinite, found)):
        raise NotPrintableError("C202")
    return found


def _one(name: str, values: list[float]) -> Matrix:
    match name, values:
        case "matrix", [a, b, c, d, e, f]:
            found = (a, b, c, d, e, f)
        case "translate", [x, *rest] if len(rest) <= 1:
            found = (1.0, 0.0, 0.0, 1.0, x, rest[0] if rest else 0.0)
        case "scale", [x, *rest] if len(rest) <= 1:
            found = (x, 0.0, 0.0, rest[0] if rest else x, 0.0, 0.0)
        case "rotate", [angle]:
            cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            found = (cos, sin, -sin, cos, 0.0, 0.0)
        case "rotate", [angle, x, y]:
            back, forth = (1.0, 0.0, 0.0, 1.0, -x, -y), (1.0, 0.0, 0.0, 1.0, x, y)
            found = times(times(back, _one("rotate", [angle])), forth)
        case "skewX", [angle]:
            found = (1.0, 0.0, math.tan(math.radians(angle)), 1.0, 0.0, 0.0)
        case "skewY", [angle]:
            found = (1.0, math.tan(math.radians(angle)), 0.0, 1.0, 0.0, 0.0)
        case _:
            raise NotPrintableError("C202", "transform")
    return found
