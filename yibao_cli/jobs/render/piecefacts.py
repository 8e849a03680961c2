"""What the rows of a package say of its pieces, with nothing composed: what pages are tied to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.money import yuan, yuan_column
from yibao_cli.render.tying import PieceFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from yibao_cli.kinds.kind import Kind
    from yibao_cli.kinds.page import Layout


def fact_columns(kind: Kind) -> list[str]:
    """The columns of a piece that `piece_facts` wants."""
    names = ["piece", "variant", "pages", "line_start", "line_stop", kind.verify.name, kind.verify.amount]
    return list(dict.fromkeys(names))


def piece_facts(
    kind: Kind, layout: Layout, rows: tuple[pa.Table, pa.Table], copy: int = 0
) -> Iterator[PieceFacts]:
    """The facts of some pieces, in order. rows: the pieces and their lines; copy: which printing."""
    pieces, lines = rows
    shown = {variant: _line_amounts(layout, variant) for variant in layout.variants}
    used = sorted(set().union(*(fields for fields, _room in shown.values())))
    columns = {name: lines.column(name).to_pylist() for name in used}
    for row in pieces.select(fact_columns(kind)).to_pylist():
        fields, room = shown[row["variant"]]
        start, stop = row["line_start"], row["line_stop"]
        own = [a for f in fields for a in columns[f][start:stop] if a is not None]
        amount = row[kind.verify.amount]
        yield PieceFacts(
            piece=row["piece"],
            name=row[kind.verify.name] or "",
            amount="" if amount is None else yuan(amount),
            pages=row["pages"],
            amounts=tuple(yuan_column(own)) if stop - start <= room else (),
            copy=copy,
        )


def _line_amounts(layout: Layout, variant: str) -> tuple[list[str], int]:
    """The money fields of a line that a variant's tables show, and how many lines it shows for certain."""
    plan = layout.variants[variant]
    tables = [table for page in plan.first for table in page.tables]
    fields = [cell.amount for table in tables for cell in table.cells if cell.amount is not None]
    if plan.flowing is not None:
        begins, takes = plan.flowing
        pages = plan.most - len(plan.first)
        # Up to two lines of a page carry sums.
        return fields, begins.item.capacity - 1 + pages * (takes.item.capacity - 2)
    return fields, min((table.item.capacity for table in tables), default=0)
