"""A print file, seen through its structure: what each page shows, read from its content stream.

pikepdf gives the objects, `content` reads the streams, `charmaps` the fonts; none of them is the writer's.

What it sees: the characters that the fonts' ToUnicode maps give; where each string begins; the sizes and
colours of a page's strings; which forms stand where, by their content (`forms`); the bits of the code; and
all that our files never have: fonts not embedded or without a map, annotations, turned or cropped pages,
scripts, actions, forms to fill in, attached files, encryption, and each operator outside the grammar of
`content`. So nothing can hide, cover or move a text unseen.

Where each text must begin is for `placing` to say. What it cannot see: what glyphs look like (a font whose
outlines were exchanged still names the right characters), a text that runs beyond the right edge or into its
neighbour, and how a form's own content looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pikepdf

from yibao_cli.errors import InputRefused
from yibao_cli.i18n import _
from yibao_cli.render.charmaps import DAMAGE, FileFont
from yibao_cli.render.content import PageReader, PageShown
from yibao_cli.render.forms import digest

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_PAGE_KEYS = frozenset({"/Type", "/Parent", "/Contents", "/MediaBox", "/Resources"})
_CATALOGUE_KEYS = frozenset({"/Type", "/Pages"})
_INFORMATION_KEYS = frozenset({"/Producer", "/Title"})
_PRESS_INFORMATION_KEYS = frozenset(
    {"/Creator", "/CreationDate", "/ModDate", "/Trapped", "/GTS_PDFVTVersion"}
)
# What a press file has besides; `press.checks` looks at each of them.
_PRESS_PAGE_KEYS = frozenset({"/TrimBox", "/BleedBox", "/DPart"})
_CUT_BOXES = ("/TrimBox", "/BleedBox")
_PRESS_CATALOGUE_KEYS = frozenset({"/Metadata", "/OutputIntents", "/DPartRoot"})
# What a message may name; any other key may be anything, a person's name too. ISO 32000-2, table 29.
_NAMED_KEYS = frozenset(
    {
        *(
            "/AA",
            "/AcroForm",
            "/AF",
            "/Collection",
            "/Dests",
            "/Extensions",
            "/Lang",
            "/MarkInfo",
            "/Metadata",
        ),
        *(
            "/Names",
            "/OCProperties",
            "/OpenAction",
            "/Outlines",
            "/OutputIntents",
            "/PageLabels",
            "/PageLayout",
        ),
        *("/PageMode", "/Perms", "/Requirements", "/StructTreeRoot", "/Threads", "/URI", "/Version"),
        "/ViewerPreferences",
    }
)


class StructureFile:
    """An open print file; a context manager. Pages count from 0.

    press: whether it was made for a press. refused: sentences on what the file as a whole has and ours never
    have.
    Raises InputRefused when the file, or later a page of it, cannot be read. A damaged file is not mended.
    """

    def __init__(self, path: Path, *, press: bool = False) -> None:
        self._name = path.name
        self._page_keys = _PAGE_KEYS | _PRESS_PAGE_KEYS if press else _PAGE_KEYS
        self._resources: dict[tuple[int, int], _Resources] = {}
        try:
            self._pdf = pikepdf.open(path, attempt_recovery=False, suppress_warnings=True)
            # Each look-up in the page tree walks all of it; one walk gives them all.
            self._pages = [page.obj for page in self._pdf.pages]
            self.refused = _refused(self._pdf, press=press)
        except (*DAMAGE, OSError) as error:
            raise self._unreadable() from error
        self.pages = len(self._pages)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pdf.close()

    def page(self, index: int) -> PageShown:
        """Read a page."""
        try:
            page = self._pages[index]
            left, bottom, right, top = map(float, page.MediaBox)
            # Paper that is cut off stands around the page on all sides alike.
            shown = PageShown((right + left, top + bottom), -left)
            shown.boxes = {key: tuple(map(float, page[key])) for key in _CUT_BOXES if key in page}
            if left != bottom or not self._page_keys.issuperset(page.keys()):
                shown.refused.append(_("the page has properties that our pages never have"))
            content = page.Contents.read_bytes().decode("latin-1")
            PageReader(shown, self._resources_of(page.Resources)).read(content)
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


def _refused(pdf: pikepdf.Pdf, *, press: bool) -> list[str]:
    found = []
    known = _CATALOGUE_KEYS | _PRESS_CATALOGUE_KEYS if press else _CATALOGUE_KEYS
    if pdf.is_encrypted:
        found.append(_("the file is encrypted, which our print files never are"))
    if keys := sorted(set(pdf.Root.keys()) - known):
        named = " ".join(key[1:] if key in _NAMED_KEYS else "?" for key in keys)
        detail = _("the file has entries that our print files never have: {names}")
        found.append(detail.format(names=named))
    about = _INFORMATION_KEYS | _PRESS_INFORMATION_KEYS if press else _INFORMATION_KEYS
    if set(pdf.trailer.get("/Info", pikepdf.Dictionary()).keys()) - about:
        found.append(_("the file says more about itself than our print files do"))
    return found


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
