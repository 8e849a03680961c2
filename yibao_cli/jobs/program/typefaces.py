"""What `yibao doctor` asks of the fonts: are they there, and which Chinese characters do they draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.errors import YibaoError
from yibao_cli.i18n import _
from yibao_cli.jobs.program.checkup import About
from yibao_cli.jobs.program.machine import writable
from yibao_cli.render.coverage import Coverage, coverage, missing_in_file
from yibao_cli.render.faces import Face, font_set
from yibao_cli.render.fonts import BOLD, REGULAR, font

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.jobs.program.checkup import Check
    from yibao_cli.kinds.page import FontPlan
    from yibao_cli.render.fontfile import FontFile

_FACES: tuple[Face, ...] = ("body", "second")


@dataclass(frozen=True, slots=True)
class FontCoverage:
    """What a font draws of each character set; chain: with its fallbacks, as texts are set in it."""

    name: str
    chain: bool
    sets: tuple[Coverage, ...]

    @property
    def lacking(self) -> Coverage | None:
        """The standard table, when texts are set in this font and it does not draw all of it."""
        return self.sets[0] if self.chain and not self.sets[0].whole else None


def font_coverage(plan: FontPlan) -> list[FontCoverage]:
    """How much is drawn of the Chinese character sets: by what texts are set in, then file by file.

    Raises DependencyError when a shipped font is missing, SettingsError when a configured one cannot be used.
    """
    fonts = font_set(plan)
    # A face that is not configured is the one it stands for.
    faces = dict.fromkeys(fonts.font(face, weight) for face in _FACES for weight in (REGULAR, BOLD))
    chained = _("{font} and {count} more")
    chains = [
        FontCoverage(chained.format(font=f.name, count=len(f.fallbacks)), True, coverage(f.missing))
        for f in faces
    ]
    # Fallbacks of another weight are the same files.
    files = {(f.path, f.index): f for face in faces for f in (face.own, *face.fallbacks)}
    alone = [FontCoverage(_shown(f), False, coverage(missing_in_file(f))) for f in files.values()]
    return chains + alone


def _shown(file: FontFile) -> str:
    return f"{file.path.stem}#{file.index}" if file.index else file.path.stem


def font_checks(plan: FontPlan) -> Iterator[Check]:
    """One check a font, and one for the folder where fonts are kept prepared."""
    about = About("fonts", _("fonts"))
    try:
        found = font_coverage(plan)
    except YibaoError as error:
        yield about.refused(error)
        return
    yield from map(font_check, found)
    yield writable(About("cache", _("prepared fonts")), font(REGULAR).path.parent)


def font_check(found: FontCoverage) -> Check:
    """Whether texts can be set in a font; a single file of a chain only says what it draws."""
    about = About("fonts", _("font {name}").format(name=found.name))
    detail = ", ".join(f"{c.characters.label} {covered(c)}" for c in found.sets)
    if found.lacking is None:
        return about.well(detail)
    return about.warned(
        _("{detail}; without {characters} ...").format(detail=detail, characters=found.lacking.shown_missing),
        _("a name with such a character cannot be printed; add a font that has it"),
    )


def covered(found: Coverage) -> str:
    """A coverage as people read it: the number where it is whole, else the share."""
    if found.whole:
        return f"{found.covered:,}"
    return f"{found.covered:,}/{found.total:,} ({100 * found.covered / found.total:.1f} %)"
