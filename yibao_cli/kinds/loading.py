"""Reads a statement kind: the workspace's own first, then what is shipped, every reference checked.

A workspace may carry, in its own `templates/<kind>/`, a whole kind, or for a shipped kind of that name only
what is to be different: texts (`*.j2`) and settings (`settings.toml`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from yibao_cli.errors import InputNotFound, SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.checks import check_references
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.kind import Kind
from yibao_cli.kinds.pictures import check_pictures
from yibao_cli.kinds.placement import check_placement
from yibao_cli.kinds.product import Product
from yibao_cli.kinds.reasons import settings_fault, toml_fault
from yibao_cli.kinds.sources import check_codes, check_pages, check_texts

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME, CHANGED_SETTINGS = "kind.toml", "settings.toml"

_S = TypeVar("_S", bound=Spec)
# What a kind that extends another says for itself or not at all.
_OWN = {"id", "name", "product", "panels", "variants", "ads", "house", "extends"}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where kinds are looked for: the shipped templates, and before them the workspace's own, if any."""

    templates: Path
    own: Path | None = None

    def folder(self, kind_id: str) -> Path:
        """The folder of a kind; InputNotFound, with the kinds there are, where there is none."""
        for root in self._roots:
            if (root / kind_id / FILE_NAME).is_file():
                return root / kind_id
        raise InputNotFound(
            _("there is no statement kind {kind}").format(kind=kind_id),
            remedy=_("choose one of: {known}").format(known=", ".join(self.names)),
        )

    def changes(self, kind_id: str) -> Path | None:
        """The workspace's folder that changes a shipped kind, which has no kind.toml."""
        folder = self.own / kind_id if self.own else None
        return folder if folder and folder.is_dir() and not (folder / FILE_NAME).is_file() else None

    @property
    def names(self) -> tuple[str, ...]:
        """Every kind there is, sorted."""
        return tuple(sorted({p.parent.name for root in self._roots for p in root.glob(f"*/{FILE_NAME}")}))

    @property
    def own_names(self) -> tuple[str, ...]:
        """The kinds that the workspace has or changes, sorted."""
        if self.own is None or not self.own.is_dir():
            return ()
        return tuple(sorted(p.name for p in self.own.iterdir() if p.is_dir() and p.name != "common"))

    def base_of(self, base: str, path: Path) -> Path:
        """The folder of the kind that another one (`path`) extends, which must extend none itself."""
        folders = (root / base for root in self._roots)
        found = next((f for f in folders if (f / FILE_NAME).is_file() and f / FILE_NAME != path), None)
        if found is None or "extends" in read_toml(found / FILE_NAME):
            raise SettingsError(
                _("extends: {kind} is no kind that stands on its own").format(kind=base),
                where=f"{path.parent.name}/{path.name}",
                remedy=_("name the folder of a kind that extends no other"),
            )
        return found

    @property
    def _roots(self) -> tuple[Path, ...]:
        return (*filter(None, [self.own]), self.templates)


def load_kind(templates: Path, kind_id: str, own: Path | None = None) -> Kind:
    """Read and check a kind, with the tables that all kinds share.

    templates: the shipped ones; own: the workspace's, which win.

    Raises InputNotFound when there is no such kind, SettingsError with file and key when it is wrong.
    """
    shelf = Shelf(templates, own)
    folder = shelf.folder(kind_id)
    path = folder / FILE_NAME
    data = read_toml(path)
    texts: dict[str, str] = {}
    changes = [shelf.changes(kind_id)]
    if base := data.pop("extends", None):
        # The tables, laws and texts of another kind, on other paper.
        parent = shelf.base_of(str(base), path)
        taken = {k: v for k, v in read_toml(parent / FILE_NAME).items() if k not in _OWN}
        data = {**taken, **data, "inputs": _over(taken.get("inputs", {}), data.get("inputs", {}))}
        texts = _text_files(parent)
        changes.insert(0, shelf.changes(str(base)))
    texts |= _text_files(folder)
    for changed in filter(None, changes):
        _change(changed, data, texts)
    shared = read_toml(templates / "common" / "tables.toml")
    # Tables that nothing of the kind would read are none of its inputs.
    unread = {t for t, key in (("adjustments", "adjust"), ("previous", "previous")) if key not in data}
    shared = {name: spec for name, spec in shared.items() if name not in unread}
    data["inputs"] = _over(shared, data.get("inputs", {}))
    data["texts"] = texts
    data["omr"] = read_toml(templates / "common" / "omr.toml")
    kind = _validated(Kind, data, path)
    _check(kind, load_product(templates, kind.product), folder)
    return kind


def load_product(templates: Path, product_id: str) -> Product:
    """Read one product from `templates/common/products.toml`."""
    path = templates / "common" / "products.toml"
    products = read_toml(path)
    if product_id not in products:
        raise SettingsError(
            _("unknown product {product}").format(product=product_id),
            where=str(path.name),
            remedy=_("choose one of: {known}").format(known=", ".join(sorted(products))),
        )
    return _validated(Product, {"id": product_id, **products[product_id]}, path)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file of a kind; SettingsError with the place where it is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            _("not valid TOML: {reason}").format(reason=toml_fault(error)),
            where=f"{path.parent.name}/{path.name}",
            remedy=_("correct that line"),
        ) from error


def _check(kind: Kind, product: Product, folder: Path) -> None:
    where = f"{folder.name}/{FILE_NAME}"
    check_references(kind, where)
    try:
        check_pages(kind, product)
        check_placement(kind, product, check_texts(kind))
        check_codes(kind, product)
        check_pictures(kind, folder / "art")
    except SettingsError as error:
        raise SettingsError(error.message, where=where, remedy=error.remedy) from error


def _change(folder: Path, data: dict[str, Any], texts: dict[str, str]) -> None:
    """Put the client's wording and settings in the place of the shipped ones."""
    own = _text_files(folder)
    if strange := sorted(set(own) - set(texts)):
        raise SettingsError(
            _("the kind has no text {names} that could be replaced").format(names=", ".join(strange)),
            where=folder.name,
            remedy=_("it has: {known}").format(known=", ".join(sorted(texts))),
        )
    texts |= own
    path = folder / CHANGED_SETTINGS
    if not path.is_file():
        return
    changed, known = read_toml(path), data.get("settings", {})
    if not isinstance(known, dict):
        return
    if strange := sorted(set(changed) - set(known)):
        raise SettingsError(
            _("the kind has no setting {names}").format(names=", ".join(strange)),
            where=f"{folder.name}/{CHANGED_SETTINGS}",
            remedy=_("it has: {known}").format(known=", ".join(sorted(known)) or "-"),
        )
    data["settings"] = _over(known, changed)


def _over(base: Any, own: Any) -> Any:
    """Tables with others in their place; what is no table is left as it is, for the check to refuse."""
    return {**base, **own} if isinstance(base, dict) and isinstance(own, dict) else own


def _text_files(folder: Path) -> dict[str, str]:
    return {p.stem: _text(p) for p in sorted(folder.glob("*.j2"))}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise SettingsError(
            _("it is not UTF-8 text"),
            where=f"{path.parent.name}/{path.name}",
            remedy=_("save it again as UTF-8"),
        ) from error


def _validated(model: type[_S], data: dict[str, Any], path: Path) -> _S:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        key, reason = settings_fault(error)
        raise SettingsError(
            _("{key}: {reason}").format(key=key or "kind", reason=reason),
            where=f"{path.parent.name}/{path.name}",
            remedy=_("correct the key; docs/kinds.md describes each"),
        ) from error
