"""The press checker: reads a print file and says which of the named checks it does not pass.

It knows the file alone, not the writer. A file that passes all "passes N named checks"; that is no
certificate: the standards ask for more than is checked here.
Source: ISO 16612-2:2010 (PDF/VT-1) and ISO 15930-7 (PDF/X-4); each room names its part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pikepdf

from yibao_cli.i18n import N_, _
from yibao_cli.render.press import check_file, check_forbidden, check_pages, check_parts
from yibao_cli.render.press.pressfile import PressFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Check = Callable[[PressFile], Iterator[tuple[int, str]]]

# What pikepdf and Python raise on a structure that is not what it should be.
_DAMAGE = (
    pikepdf.PdfError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
)  # fmt: skip


class Failure(NamedTuple):
    """A check that a file does not pass: its name, the page (0 is the file), a sentence for a person."""

    check: str
    page: int
    detail: str


def _readable(file: PressFile) -> Iterator[tuple[int, str]]:
    if not file.pages:
        yield 0, "/Pages"


# Name to what the check asks for, in a sentence (a message id), and the check.
CHECKS: dict[str, tuple[str, Check]] = {
    "readable": (N_("The file is a PDF with pages, and not damaged."), _readable),
    **check_file.CHECKS,
    **check_pages.CHECKS,
    **check_forbidden.CHECKS,
    **check_parts.CHECKS,
}


def check_press(path: Path) -> list[Failure]:
    """Run every check on a file; an empty list says that it passes all of them.

    Nothing that stands in the file is shown. A file that is not there or cannot be read does not pass
    "readable"; nothing is raised.
    """
    try:
        with PressFile(path) as file:
            return [failure for name in CHECKS for failure in _failures(name, file)]
    except (*_DAMAGE, OSError):
        return [Failure("readable", 0, _sentence("readable", ""))]


def _failures(name: str, file: PressFile) -> list[Failure]:
    found: list[tuple[int, str]] = []
    try:
        found.extend(CHECKS[name][1](file))
    except _DAMAGE:
        found.append((0, _("cannot be read")))
    return [Failure(name, page, _sentence(name, what)) for page, what in dict.fromkeys(found)]


def _sentence(name: str, what: str) -> str:
    required = _(CHECKS[name][0])
    # The first words of the sentence are the requirement; what was found there is a technical word.
    return _("not so: {required} ({what})").format(required=required, what=what or name)
