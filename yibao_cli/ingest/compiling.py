"""A table's fields on one sheet: where the cells of each stand, and how one of them is read and shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from yibao_cli.ingest.cells import Manner, reader_for
from yibao_cli.ingest.mask import mask_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yibao_cli.ingest.headers import Layout
    from yibao_cli.kinds.fields import FieldSpec, TableSpec


@dataclass(slots=True)
class Column:
    """A field with the place of its cells and the functions that read and show one.

    undecided: whether its bare numbers are days is decided by the first chunk that has cells in it.
    """

    field: FieldSpec
    index: int | None
    header: str
    manner: Manner
    mask: Callable[[object], str]
    read: Callable[[object], object]
    undecided: bool = False

    @property
    def kind(self) -> str:
        """Type by which whole columns are read; "" where each cell has to be looked at."""
        return self.field.type if self.manner.is_plain or self.field.type == "date" else ""


def compile_columns(
    spec: TableSpec,
    layout: Layout,
    spellings: Mapping[str, Mapping[str, str]] | None = None,
    *,
    date1904: bool = False,
) -> list[Column]:
    """One column a field, in the table's order; a field the sheet lacks has no index.

    spellings: field -> the client's words for its choices -> ours. date1904: days count from 1904.
    """
    columns = []
    for field in spec.fields:
        manner = Manner(
            unit=layout.units[field.name].yuan or Decimal(1) if field.name in layout.units else Decimal(1),
            date1904=date1904,
            spellings=(spellings or {}).get(field.name, {}),
        )
        columns.append(
            Column(
                field,
                layout.columns.get(field.name),
                layout.headers.get(field.name, ""),
                manner,
                mask_for(field),
                reader_for(field, manner),
                undecided=field.type == "date",
            )
        )
    return columns
