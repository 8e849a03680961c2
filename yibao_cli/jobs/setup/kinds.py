"""Statement kinds of a workspace: made from a shipped one, checked, and looked at."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yibao_cli.compose import compose_layout, part_values
from yibao_cli.config import shipped
from yibao_cli.errors import SettingsError, StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.setup.constants import constants_of
from yibao_cli.jobs.setup.kindsfit import plausible_pieces, tight_items
from yibao_cli.jobs.workspace import TEMPLATES
from yibao_cli.kinds import Kind, Shelf, load_kind, load_product
from yibao_cli.kinds.binding import bound_kind, settings_on
from yibao_cli.kinds.greetings import load_greetings
from yibao_cli.kinds.lint import Lint, lint_kind, untold
from yibao_cli.kinds.loading import FILE_NAME
from yibao_cli.kinds.pictures import PICTURES, pictures_of
from yibao_cli.kinds.schema import FILE_NAME as SCHEMA
from yibao_cli.kinds.schema import schema_text
from yibao_cli.kinds.specimen import specimen
from yibao_cli.render.part import render_part
from yibao_cli.render.proofs import contact_sheet
from yibao_cli.render.static import draw_static
from yibao_cli.store.files import atomic_file, atomic_folder, private_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.page import Layout

_ID = re.compile(r'^id\s*=\s*"[^"]*"', re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_DIRECTIVE = f"#:schema ../{SCHEMA}\n"
_LINES = 5
_DAYS = {"starts": "2026-07-01", "ends": "2026-09-30", "posting": "2026-10-08"}
_CLIENT = {
    "name": "（委托方名称）",
    "address": "（委托方地址）",
    "postcode": "050011",
    "phone": "0311-00000000",
    "printer": "（印制单位）",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a kind: the kind, the place in it, what it is; broken: it cannot be loaded."""

    kind: str
    place: str
    what: str
    words: str
    broken: bool = False


@dataclass(frozen=True, slots=True)
class NewKind:
    """The files of a kind that was made; in_place: a shipped kind has its name, and is not seen any more."""

    files: tuple[Path, ...]
    in_place: bool


def shelf_of(workspace: Workspace | None) -> Shelf:
    """Where kinds are looked for."""
    return Shelf(shipped(TEMPLATES), workspace.own_templates if workspace else None)


def new_kind(workspace: Workspace, name: str, source: str, *, override: bool = False) -> NewKind:
    """Copy a kind into the workspace under a new name, ready to be changed.

    override: the name may be a shipped kind's, which is not seen in this workspace any more.
    Raises UsageError for a name that no kind can have, or that a shipped one has, StateError where the
    workspace has that folder, InputNotFound where there is no kind to copy.
    """
    if not _NAME.fullmatch(name) or name == "common":
        raise UsageError(
            _("{name} cannot name a statement kind").format(name=name),
            remedy=_("use small letters, digits and hyphens, such as water-bill"),
        )
    own, target = workspace.own_templates, workspace.own_templates / name
    if target.exists():
        raise StateError(
            _("the workspace has {name} already").format(name=name), remedy=_("choose another name")
        )
    in_place = name in Shelf(shipped(TEMPLATES)).names
    if in_place and not override:
        raise UsageError(
            _("{name} is a shipped kind, and a copy of that name would take its place").format(name=name),
            remedy=_("choose another name, or add --override if that is meant"),
        )
    origin = shelf_of(workspace).folder(source)
    private_folder(own)
    with atomic_folder(target) as folder:
        for path in sorted(p for p in origin.rglob("*") if p.is_file()):
            copy = folder / path.relative_to(origin)
            private_folder(copy.parent)
            shutil.copyfile(path, copy)
            copy.chmod(0o600)
        text = _ID.sub(f'id = "{name}"', (folder / FILE_NAME).read_text(encoding="utf-8"), count=1)
        text = text if text.startswith("#:schema") else _DIRECTIVE + text
        with atomic_file(folder / FILE_NAME, "w") as stream:
            stream.write(text)
    with atomic_file(own / SCHEMA, "w") as stream:
        stream.write(schema_text())
    load_kind(shipped(TEMPLATES), name, own)
    return NewKind(tuple(sorted(p for p in target.rglob("*") if p.is_file())), in_place)


def check_kinds(workspace: Workspace | None, name: str = "") -> tuple[tuple[str, ...], list[Fault]]:
    """Load and lint a kind, or the workspace's own, or without any all shipped ones: their names, the faults.

    Raises InputNotFound where there is no kind of that name.
    """
    shelf = shelf_of(workspace)
    if name:
        shelf.folder(name)
    names = (name,) if name else shelf.own_names or shelf.names
    return names, [fault for one in names for fault in _faults(workspace, shelf, one)]


def _faults(workspace: Workspace | None, shelf: Shelf, name: str) -> Iterator[Fault]:
    try:
        kind = load_kind(shelf.templates, name, shelf.own)
        constants = _constants(workspace, kind)
    except SettingsError as error:
        yield Fault(name, error.where, error.message, "", broken=True)
        return
    for lint in lint_kind(kind, constants if workspace else None):
        yield Fault(name, lint.place, lint.what, lint.words)
    bound = bound_kind(kind, _DAYS)
    pieces = plausible_pieces(bound, _DAYS)
    for tight in tight_items(bound, _layout(workspace, bound, pieces), pieces):
        yield Fault(name, tight.place, _("too narrow for the longest that may plausibly come"), tight.words)


def require_clean_texts(workspace: Workspace, mailing: str, kind: Kind) -> None:
    """Refuse to merge a kind whose texts hold a placeholder, another client's name, another trade's word.

    Raises SettingsError with the first of them, and how many there are; also where the texts say of the
    client what the workspace leaves blank.
    """
    constants = constants_of(workspace, mailing, kind)
    if blank := untold(kind, constants["client"]):
        raise SettingsError(
            _("the texts of {kind} show what is blank in the settings: {names}").format(
                kind=kind.id, names=", ".join(f"client.{n}" for n in blank)
            ),
            where="yibao.toml",
            remedy=_("fill in [client]"),
        )
    found: list[Lint] = lint_kind(kind, constants)
    if found:
        first = found[0]
        raise SettingsError(
            _("{place}: {what} «{words}» would be printed ({count} such)").format(
                place=first.place, what=first.what, words=first.words, count=len(found)
            ),
            where=kind.id,
            remedy=_("correct the text; `yibao kind check {kind}` lists all").format(kind=kind.id),
        )


def preview_kind(workspace: Workspace | None, name: str, out: Path) -> list[Path]:
    """Draw an invented piece of each variant of a kind into a PNG; returns the pictures.

    Raises InputNotFound for a kind there is not, UsageError where `out` is no .png.
    """
    if out.suffix.lower() != ".png":
        raise UsageError(_("{file} is no .png").format(file=out), remedy=_("end its name in .png"))
    shelf = shelf_of(workspace)
    unbound = load_kind(shelf.templates, name, shelf.own)
    kind = bound_kind(unbound, _DAYS)
    pieces, lines = _specimens(kind)
    layout = _layout(workspace, kind, pieces)
    values = part_values(layout, pieces, lines, "PREVIEW")
    with tempfile.TemporaryDirectory() as scratch:
        art = _pictures(shelf, kind, Path(scratch) / "art")
        pdf = Path(scratch) / "preview.pdf"
        with pdf.open("wb") as stream:
            render_part(layout, draw_static(layout, art), [values], stream, proof=True)
        labels = [kind.variants[v].label if v in kind.variants else kind.name for v in kind.variant_names]
        captions = [(len(plans), label) for plans, label in zip(values.plans, labels, strict=True)]
        return contact_sheet(pdf, captions, out, columns=1)


def _specimens(kind: Kind) -> tuple[pa.Table, pa.Table]:
    """A piece of each variant, as a package holds them."""
    record, details = specimen(kind, _DAYS, _LINES)
    houses = [f"house:{h.id}" for h in kind.house]
    slots = {f"slot_{s}": houses[i % len(houses)] if houses else None for i, s in enumerate("abc")}
    count = len(details)
    rows = [
        {**record, **slots, "variant": v, "part": 1, "line_start": i * count, "line_stop": (i + 1) * count}
        for i, v in enumerate(kind.variant_names)
    ]
    lines: list[dict[str, Any]] = [line for _row in rows for line in details]
    return pa.Table.from_pylist(rows), pa.Table.from_pylist(lines) if lines else pa.table({})


def _layout(workspace: Workspace | None, kind: Kind, pieces: pa.Table) -> Layout:
    product = load_product(shipped(TEMPLATES), kind.product)
    constants = _constants(workspace, kind)
    if workspace is None:
        return compose_layout(kind, product, pieces.column_names, constants, {})
    fonts = workspace.settings.fonts.plan(workspace.folder)
    return compose_layout(kind, product, pieces.column_names, constants, {}, fonts)


def _constants(workspace: Workspace | None, kind: Kind) -> dict[str, dict[str, str]]:
    """The fixed texts of a mailing that is not there: of the workspace's client, else invented ones."""
    told = workspace.settings.client.model_dump() if workspace else {}
    client = _CLIENT | {k: v for k, v in told.items() if v.strip("0 ")}
    greetings = load_greetings(shipped(TEMPLATES), workspace.own_templates if workspace else None)
    return {
        "client": {k: str(v) for k, v in client.items()},
        "mailing": {
            "id": "PREVIEW",
            "period": "2026年7月1日至9月30日",
            **_DAYS,
            "greeting": greetings.on(_DAYS["posting"]),
        },
        "kind": {"id": kind.id, "name": kind.name},
        "settings": {k: str(v) for k, v in settings_on(kind, _DAYS["posting"]).items()},
    }


def _pictures(shelf: Shelf, kind: Kind, art: Path) -> Path:
    source = shelf.folder(kind.id) / "art"
    for name in sorted({item.file for _place, item in pictures_of(kind)}):
        shutil.copyfile(source / name, private_folder(art / PICTURES) / name)
    return private_folder(art)
