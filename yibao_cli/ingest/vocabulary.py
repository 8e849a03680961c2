"""What clients call the fields of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.errors import UsageError
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import normal_header

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from yibao_cli.kinds.fields import TableSpec


class Vocabulary:
    """What headers mean: the table's own, what earlier imports taught, and what `--map` adds.

    Raises UsageError when the map names no field of the table, or one header as two fields.
    """

    def __init__(
        self, spec: TableSpec, header_map: Mapping[str, str], remembered: Mapping[str, str] | None = None
    ) -> None:
        self.spec = spec
        self.known = {header: field.name for field in spec.fields for header in field.headers}
        self.remembered = {normal_header(header): name for header, name in (remembered or {}).items()}
        self.mapped: dict[str, str] = {}
        self.required = tuple(f.name for f in spec.fields if f.required)
        for header, name in header_map.items():
            self._add(header, name)

    def _add(self, header: str, name: str) -> None:
        if name not in self.spec.names:
            raise UsageError(
                _("--map names no field of {table}: {field}").format(table=self.spec.label, field=name),
                remedy=_("its fields are: {fields}").format(fields=", ".join(self.spec.names)),
            )
        if self.mapped.setdefault(normal_header(header), name) != name:
            raise UsageError(
                _("--map gives one header two meanings: {header}").format(header=header),
                remedy=_("give each header once"),
            )

    def hits(self, titles: Sequence[tuple[str, ...]]) -> dict[str, list[int]]:
        """Field -> the columns that mean it; a mapped header drives out the remembered, these the known."""
        sources = (self.mapped, self.remembered, self.known)
        found: list[dict[str, list[int]]] = [{}, {}, {}]
        for index, candidates in enumerate(titles):
            meant = (
                (rank, source[key])
                for key in map(normal_header, candidates)
                for rank, source in enumerate(sources)
                if key in source
            )
            if first := next(meant, None):
                rank, name = first
                found[rank].setdefault(name, []).append(index)
        by_map, by_memory, by_name = found
        return by_name | by_memory | by_map

    def is_complete(self, hits: Mapping[str, object]) -> bool:
        """Tell whether every required field has a column."""
        return all(name in hits for name in self.required) and self.spec.has_one_of(hits)

    def is_near(self, hits: Mapping[str, object]) -> bool:
        """Tell whether this was meant to be the header: two fields, and half of the required."""
        known = sum(name in hits for name in self.required)
        if known == len(self.required):
            return False  # complete, or without a column that names anybody: then any row is like it
        return len(hits) >= min(2, len(self.spec.fields)) and 2 * known >= len(self.required)
