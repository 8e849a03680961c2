"""The frozen data package 冻结数据包 of a mailing: Parquet parts in print order, with hashes and totals.

Rendering, verifying and settling read only the package, so it carries the kind, the product, the fixed texts
and the art as well. `package.json` lists every file with its SHA-256; the database keeps the hash of
`package.json`. Nothing in it depends on the clock: the same inputs give the same bytes.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yibao_cli.errors import CheckFailed, StateError
from yibao_cli.i18n import _
from yibao_cli.kinds.kind import Kind
from yibao_cli.kinds.page import FontPlan, PressPlan
from yibao_cli.kinds.product import Product
from yibao_cli.sealed.files import source, writing
from yibao_cli.store.files import private_folder, sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDER, MANIFEST, ART = "package", "package.json", "art"
_FORMAT = 3  # of what is written; 1 knew neither pages nor fonts, 2 neither bundles nor bags
_KIND, _PRODUCT, _CONSTANTS, _FONTS = "kind.json", "product.json", "constants.json", "fonts.json"
_PRESS, _PROFILE = "press.json", "output.icc"


@dataclass(frozen=True, slots=True)
class PartEntry:
    """One part 分册: its number, pieces, pages, lines, and the piece numbers it runs from and to."""

    part: int
    pieces: int
    pages: int
    lines: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class PackageManifest:
    """What package.json says.

    counts: roster_rows == pieces + held + unselected + rejected, checked when it is written.
    where: the condition of whom to mail; "" for all.
    totals: sum in fen of each control field over the pieces. inputs: the imports it was made from.
    ads: ad id to art file; quotas: ad id to pieces it is on. sorting: the scheme as it was used, with the
    bundles, bags, pieces and weight of each of its levels (mailing.summary).
    """

    mailing: str
    kind: str
    parts: tuple[PartEntry, ...]
    counts: dict[str, int]
    totals: dict[str, int]
    inputs: tuple[dict[str, Any], ...]
    ads: dict[str, str]
    quotas: dict[str, int]
    files: dict[str, str]
    where: str = ""
    sorting: dict[str, Any] = field(default_factory=dict)


class PackageWriter:
    """Fills a new package folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parts: list[PartEntry] = []
        private_folder(folder / ART)

    def add_part(self, pieces: pa.Table, lines: pa.Table) -> None:
        """Write the next part: pieces in print order, with their `pages`; their lines in the same order."""
        number = len(self._parts) + 1
        write_parquet(pieces, self.folder / pieces_file(number))
        write_parquet(lines, self.folder / lines_file(number))
        names = pieces.column("piece")
        self._parts.append(
            PartEntry(
                part=number,
                pieces=pieces.num_rows,
                pages=pc.sum(pieces.column("pages")).as_py(),
                lines=lines.num_rows,
                first=names[0].as_py(),
                last=names[-1].as_py(),
            )
        )

    def add_kind(self, kind: Kind, product: Product, constants: Mapping[str, Mapping[str, str]]) -> None:
        """Write the kind, the product and the fixed texts."""
        self._write(_KIND, kind.model_dump(mode="json"))
        self._write(_PRODUCT, product.model_dump(mode="json"))
        self._write(_CONSTANTS, constants)

    def add_fonts(self, plan: FontPlan, digests: Mapping[str, str]) -> None:
        """Write which fonts the texts are set in, and the SHA-256 of each file."""
        self._write(_FONTS, {"plan": asdict(plan), "digests": dict(digests)})

    def add_press(self, plan: PressPlan) -> None:
        """Write what the press wants, with a copy of its output profile."""
        if plan.icc:
            shutil.copyfile(plan.icc, self.folder / _PROFILE)
            (self.folder / _PROFILE).chmod(0o600)
        self._write(_PRESS, asdict(plan) | {"icc": _PROFILE if plan.icc else ""})

    def finish(self, mailing: str, kind: str, facts: Mapping[str, Any]) -> str:
        """Write package.json; returns its SHA-256.

        facts: `counts`, `totals`, `inputs`, `ads`, `quotas` and `sorting` of the manifest.
        """
        counts = facts["counts"]
        fates = ("pieces", "held", "unselected", "rejected")
        if counts["roster_rows"] != sum(counts.get(fate, 0) for fate in fates):
            raise CheckFailed(
                _("the rows of the roster do not tie: {counts}").format(counts=counts),
                remedy=_("this is a bug; report it with these figures"),
            )
        manifest = PackageManifest(
            mailing=mailing,
            kind=kind,
            parts=tuple(self._parts),
            files=self._hashes(),
            where=facts.get("where", ""),
            sorting=facts.get("sorting", {}),
            **{k: facts[k] for k in ("counts", "totals", "inputs", "ads", "quotas")},
        )
        self._write(MANIFEST, {"format": _FORMAT, **asdict(manifest)})
        return sha256_of(self.folder / MANIFEST)

    def _hashes(self) -> dict[str, str]:
        files = sorted(p for p in self.folder.rglob("*") if p.is_file())
        return {p.relative_to(self.folder).as_posix(): sha256_of(p) for p in files}

    def _write(self, name: str, content: object) -> None:
        path = self.folder / name
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
        path.chmod(0o600)


class Package:
    """A frozen package, opened for reading."""

    def __init__(self, folder: Path, manifest: PackageManifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @property
    def kind(self) -> Kind:
        """The kind as it was when the package was frozen."""
        return Kind.model_validate_json((self.folder / _KIND).read_text(encoding="utf-8"))

    @property
    def product(self) -> Product:
        """The product."""
        return Product.model_validate_json((self.folder / _PRODUCT).read_text(encoding="utf-8"))

    @property
    def constants(self) -> dict[str, dict[str, str]]:
        """Groups of fixed texts: client, mailing, kind."""
        found: dict[str, dict[str, str]] = json.loads((self.folder / _CONSTANTS).read_text(encoding="utf-8"))
        return found

    @property
    def fonts(self) -> tuple[FontPlan, dict[str, str]]:
        """The fonts, and the SHA-256 that each file had when the package was frozen."""
        found = json.loads((self.folder / _FONTS).read_text(encoding="utf-8"))
        plan = found["plan"] | {"fallback": tuple(found["plan"]["fallback"])}
        return FontPlan(**plan), found["digests"]

    @property
    def press(self) -> PressPlan | None:
        """What the press wants; None for plain files."""
        path = self.folder / _PRESS
        if not path.is_file():
            return None
        plan = json.loads(path.read_text(encoding="utf-8"))
        return PressPlan(**plan | {"icc": str(self.folder / plan["icc"]) if plan["icc"] else ""})

    @property
    def art(self) -> Path:
        """Folder of the artwork."""
        return self.folder / ART

    def pieces(self, part: int, columns: list[str] | None = None) -> pa.Table:
        """The pieces of a part, in print order."""
        return pq.ParquetFile(source(self.folder / pieces_file(part))).read(columns)

    def lines(self, part: int) -> pa.Table:
        """The lines of a part, in the order of its pieces."""
        return pq.ParquetFile(source(self.folder / lines_file(part))).read()

    def piece_fields(self) -> tuple[str, ...]:
        """Columns of the pieces."""
        return tuple(pq.read_schema(source(self.folder / pieces_file(1))).names)

    def altered_files(self, sha256: str) -> list[str]:
        """Names of files that are not what they were when the package was frozen, or were not there then.

        sha256: what the database says package.json was.
        """
        altered = [] if sha256_of(self.folder / MANIFEST) == sha256 else [MANIFEST]
        for name, known in self.manifest.files.items():
            path = self.folder / name
            if not path.is_file() or sha256_of(path) != known:
                altered.append(name)
        return altered + self._strays()

    def _strays(self) -> list[str]:
        """Names of files that package.json does not list."""
        there = (p for p in self.folder.rglob("*") if p.is_symlink() or not p.is_dir())
        names = {p.relative_to(self.folder).as_posix() for p in there}
        return sorted(names - {MANIFEST, *self.manifest.files})


def open_package(mailing_folder: Path, mailing: str) -> Package:
    """Open the package of a merged mailing.

    Raises CheckFailed when it is gone or cannot be read, StateError when another version froze it.
    """
    folder = mailing_folder / FOLDER
    path = folder / MANIFEST
    if not path.is_file():
        raise CheckFailed(
            _("the package of mailing {mailing} is gone").format(mailing=mailing),
            where=str(path),
            remedy=_("print nothing of it; make it again with `yibao merge {mailing}`").format(
                mailing=mailing
            ),
        )
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if "mailing" in data and data.pop("format", 1) != _FORMAT:
            raise StateError(
                _("the package of mailing {mailing} was frozen by another version of yibao").format(
                    mailing=mailing
                ),
                where=str(path),
                remedy=_("merge it again with `yibao merge MAILING`"),
            )
        data["parts"] = tuple(PartEntry(**p) for p in data["parts"])
        data["inputs"] = tuple(data["inputs"])
        return Package(folder, PackageManifest(**data))
    except (ValueError, TypeError, KeyError) as error:
        raise CheckFailed(
            _("the package was altered: {file} cannot be read").format(file=MANIFEST),
            where=str(path),
            remedy=_("print nothing from it; merge it again with `yibao merge MAILING`"),
        ) from error


def pieces_file(part: int) -> str:
    """Name of a part's pieces."""
    return f"pieces-{part:04d}.parquet"


def lines_file(part: int) -> str:
    """Name of a part's lines."""
    return f"lines-{part:04d}.parquet"


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table so that equal tables give equal bytes, readable by the owner alone."""
    with writing(path) as stream:
        pq.write_table(table.combine_chunks(), stream, compression="zstd", store_schema=False)
