"""The posting list in its three forms, each in a worker of its own: workbook, csv, and paper."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

import pyarrow as pa

from yibao_cli.jobs.workers.pool import run_tasks
from yibao_cli.mailing.manifest import (
    FIELDS,
    blank_columns,
    list_paper,
    manifest_rows,
    write_list_book,
    write_list_csv,
)
from yibao_cli.money import fen
from yibao_cli.render.faces import font_set
from yibao_cli.render.paper import write_paper
from yibao_cli.store.packages import open_package

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from yibao_cli.exports import Cell
    from yibao_cli.kinds.page import FontPlan
    from yibao_cli.mailing.manifest import Totals
    from yibao_cli.mailing.posting import PostingInfo
    from yibao_cli.mailing.tariff import Tariff, Terms
    from yibao_cli.store.packages import Package

Form = Literal["xlsx", "pdf", "csv"]
_FORMS: tuple[Form, ...] = ("xlsx", "pdf", "csv")  # the longest first
_SMALL = 20_000  # pieces; a worker takes a second to start
_PARTS_AT_ONCE = 20


@dataclass(frozen=True)
class ListOrder:
    """What a list is made of, small enough to be sent to a worker. limit: rows of a workbook's list."""

    folder: Path
    target: Path
    info: PostingInfo
    tariff: Tariff
    terms: Terms
    totals: Totals
    fonts: FontPlan
    limit: int


class Listed(NamedTuple):
    """What a form of the list came to: the pieces and the fen on it, characters that no font draws."""

    form: Form
    pieces: int
    postage: int
    missing: tuple[str, ...] = ()


def write_lists(order: ListOrder) -> list[Listed]:
    """Write the list in all forms into the folder `target`."""
    tasks = [(order, form) for form in _FORMS]
    workers = 1 if order.totals.pieces <= _SMALL else 2
    return sorted(receipt for _task, receipt in run_tasks(_write, tasks, workers))


def _write(task: tuple[ListOrder, Form]) -> Listed:
    order, form = task
    package = open_package(order.folder, order.info.mailing)
    tally = _Tally(package, order)
    path = order.target / f"manifest-{order.info.mailing}.{form}"
    missing: tuple[str, ...] = ()
    if form == "xlsx":
        write_list_book(path, tally, order.totals, order.info, order.limit)
    elif form == "csv":
        write_list_csv(path, tally)
    else:
        paper = list_paper(tally, order.totals, order.info, tally.blank())
        missing = write_paper(path, paper, font_set(order.fonts)).missing
    return Listed(form, tally.pieces, fen(tally.yuan), missing)


class _Tally:
    """The rows of the list, counted and summed as they go by."""

    def __init__(self, package: Package, order: ListOrder) -> None:
        self._package, self._order = package, order
        self._fields = [name for name in FIELDS if name in package.piece_fields()]
        self.pieces = 0
        self.yuan = Decimal(0)

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        order = self._order
        for frame in piece_frames(self._package, self._fields):
            for row in manifest_rows(frame, order.info.mailing, order.tariff, order.terms):
                self.pieces += 1
                self.yuan += Decimal(row[-1] or 0)  # the last cell is the postage
                yield row

    def blank(self) -> set[str]:
        """Headers of columns that stand empty, as where the post gave no walks and no numbers."""
        asked = [name for name in ("tracking", "walk") if name in self._fields]
        filled: set[str] = set()
        for frame in piece_frames(self._package, asked) if asked else ():
            filled |= {name for name in asked if (frame[name].fillna("") != "").any()}
            if len(filled) == len(asked):
                break
        return blank_columns([name for name in self._fields if name not in asked or name in filled])


def piece_frames(package: Package, names: Sequence[str]) -> Iterator[pd.DataFrame]:
    """The pieces of a package in print order, some parts at a time, with `part` where it is asked."""
    parts = package.manifest.parts
    for start in range(0, len(parts), _PARTS_AT_ONCE):
        tables = [package.pieces(p.part, list(names)) for p in parts[start : start + _PARTS_AT_ONCE]]
        yield pa.concat_tables(tables).to_pandas()
