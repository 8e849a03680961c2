"""The job file 作业文件: a mailing as five related csv tables, for the programs of a post or a mail house.

In the manner of Mail.dat: job, part, bag, bundle, piece, tied by keys; the job's record has the number of
records and the SHA-256 of each other table. RFC 4180, UTF-8. docs/jobfile.md describes each column. It names
no person.
"""

from __future__ import annotations

import csv
import hashlib
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from yibao_cli.codes import ContainerCode
from yibao_cli.exports import frame_rows, open_private, safe_text
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from yibao_cli.mailing.containers import Sorted

FORMAT = "YBJ1"
TABLES: Mapping[str, tuple[str, ...]] = {
    "part": (
        "part", "file", "file_sha256", "pieces", "pages", "first_piece", "last_piece",
    ),
    "bag": (
        "bag", "code", "level", "destination", "bundles", "pieces", "pages", "weight_mg", "first_position",
        "last_position",
    ),
    "bundle": (
        "bundle", "bag", "code", "level", "destination", "pieces", "pages", "weight_mg", "thickness_um",
        "first_position", "last_position", "first_piece", "last_piece",
    ),
    "piece": (
        "piece", "position", "part", "bundle", "bag", "pages", "postcode", "weight_mg", "locality",
        "postage_fen", "tracking",
    ),
}  # fmt: skip
JOB = (
    "format", "job", "kind", "product", "client", "scheme", "line", "posted_on", "package_sha256", "pieces",
    "pages", "weight_mg", "postage_fen", *(f"{t}_{what}" for t in TABLES for what in ("records", "sha256")),
)  # fmt: skip
_COUNTED = ("pieces", "pages", "weight_mg")


class Job(NamedTuple):
    """What the job's record says beside counts: texts, and the SHA-256 of package.json."""

    job: str
    kind: str
    product: str
    client: str
    scheme: str
    line: str
    posted_on: str
    package_sha256: str


class Part(NamedTuple):
    """A print file: number, name, SHA-256, pieces, pages, first and last piece number."""

    part: int
    file: str
    sha256: str
    pieces: int
    pages: int
    first: str
    last: str


def write_jobfile(
    folder: Path, job: Job, parts: Sequence[Part], found: Sorted, pieces: pd.DataFrame
) -> dict[str, Path]:
    """Write the tables into a folder that is there; returns table to path.

    pieces: piece, position, part, bundle, bag, pages, postcode, weight_mg, local (bool), price (fen) and,
    where there are numbers, tracking; a row a piece in print order.
    """
    tables: dict[str, Iterable[Sequence[Any]]] = {
        "part": parts,
        "bag": _bag_rows(found, job.job),
        "bundle": _bundle_rows(found, job.job),
        "piece": _piece_rows(pieces),
    }
    sums = [len(pieces), *(int(pieces[name].sum()) for name in ("pages", "weight_mg", "price"))]
    written: list[object] = []
    paths = {}
    for name, rows in tables.items():
        paths[name] = folder / f"{name}.csv"
        written += _write(paths[name], TABLES[name], rows)
    paths["job"] = folder / "job.csv"
    _write(paths["job"], JOB, [(FORMAT, *job, *sums, *written)])
    return paths


def check_jobfile(folder: Path) -> list[str]:
    """Read a job file back and tie it; returns what does not tie, as sentences, none where all does."""
    try:
        tables = {
            name: _read(folder / f"{name}.csv", columns) for name, columns in {**TABLES, "job": JOB}.items()
        }
    except (OSError, ValueError, KeyError) as error:
        return [_("the job file cannot be read: {reason}").format(reason=type(error).__name__)]
    if len(tables["job"]) != 1:
        return [_("job.csv has {count} records, not one").format(count=len(tables["job"]))]
    return [*_hash_faults(folder, tables), *_key_faults(tables), *_sum_faults(tables)]


def _hash_faults(folder: Path, tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    job = tables["job"].iloc[0]
    for name in TABLES:
        with (folder / f"{name}.csv").open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != job[f"{name}_sha256"]:
            yield _("{file} is not the file that job.csv was written with").format(file=f"{name}.csv")
        if str(len(tables[name])) != job[f"{name}_records"]:
            yield _("{file} has {found} records, job.csv says {said}").format(
                file=f"{name}.csv", found=len(tables[name]), said=job[f"{name}_records"]
            )


def _key_faults(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    for name in TABLES:
        if tables[name][name].duplicated().any():
            yield _("{file} has a key twice").format(file=f"{name}.csv")
    for name, key in (("piece", "part"), ("piece", "bundle"), ("piece", "bag"), ("bundle", "bag")):
        if not tables[name][key].isin(tables[key][key]).all():
            yield _("{file} names a {key} that is not there").format(file=f"{name}.csv", key=key)
    own = tables["bundle"].set_index("bundle")["bag"]
    if own.index.is_unique and (tables["piece"]["bundle"].map(own) != tables["piece"]["bag"]).any():
        yield _("a piece is in another bag than its bundle")
    positions = pd.to_numeric(tables["piece"]["position"], errors="coerce").to_numpy()
    if list(positions) != list(range(1, len(positions) + 1)):
        yield _("the positions of piece.csv do not run from 1 without a gap")


def _sum_faults(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    pieces = tables["piece"].assign(pieces="1")
    for name in ("part", "bundle", "bag"):
        columns = [c for c in _COUNTED if c in TABLES[name]]
        said = tables[name].set_index(name)[columns].apply(pd.to_numeric, errors="coerce")
        found = pieces[columns].apply(pd.to_numeric, errors="coerce").groupby(pieces[name], sort=False).sum()
        for column in columns:
            if not said[column].sort_index().equals(found[column].astype("int64").sort_index()):
                yield _("{column} of {file} are not those of its pieces").format(
                    column=column, file=f"{name}.csv"
                )
    for column, ours in (*((c, c) for c in _COUNTED), ("postage_fen", "postage_fen")):
        total = int(pd.to_numeric(pieces[ours], errors="coerce").sum())
        if str(total) != tables["job"].iloc[0][column]:
            yield _("{column} of job.csv is {said}, its pieces have {found}").format(
                column=column, said=tables["job"].iloc[0][column], found=total
            )


def _bag_rows(found: Sorted, mailing: str) -> Iterator[tuple[Any, ...]]:
    columns = ["bag", "level", "destination", "bundles", "pieces", "pages", "weight_mg", "start", "end"]
    for bag, *rest in frame_rows(found.bags[columns]):
        yield (bag, ContainerCode(mailing, "D", bag), *rest)


def _bundle_rows(found: Sorted, mailing: str) -> Iterator[tuple[Any, ...]]:
    columns = [
        "bundle",
        "bag",
        "level",
        "destination",
        "pieces",
        "pages",
        "weight_mg",
        "thickness_um",
        "start",
    ]
    for bundle, bag, *rest in frame_rows(found.bundles[[*columns, "end", "first", "last"]]):
        yield (bundle, bag, ContainerCode(mailing, "B", bundle), *rest)


def _piece_rows(pieces: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    frame = pieces.assign(
        locality=pieces["local"].map({True: "local", False: "distant"}), postage_fen=pieces["price"]
    )
    if "tracking" not in frame:
        frame["tracking"] = ""
    return frame_rows(frame[list(TABLES["piece"])])


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[int, str]:
    """Write a table; returns its records and its SHA-256."""
    count = 0
    with open_private(path, "w") as stream:
        hashed = _Hashed(stream)
        writer = csv.writer(hashed)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([safe_text(str(c)) if isinstance(c, (str, ContainerCode)) else c for c in row])
            count += 1
    return count, hashed.digest.hexdigest()


class _Hashed:
    """A text stream that hashes what goes through."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def write(self, text: str) -> int:
        self.digest.update(text.encode("utf-8", "replace"))
        return self._stream.write(text)


def _read(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    if tuple(frame.columns) != tuple(columns):
        raise ValueError(path.name)
    return frame
