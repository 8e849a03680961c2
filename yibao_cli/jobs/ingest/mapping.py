"""Headers that an operator explained once: remembered for the client, used when they turn up again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.ingest import mapping_of
from yibao_cli.kinds.fields import normal_header
from yibao_cli.store.mappings import FILE_NAME, read_mappings, write_mappings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from yibao_cli.ingest import ReadOptions
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.fields import TableSpec


def remembered_headers(workspace: Workspace, kind: str, table: str, spec: TableSpec) -> dict[str, str]:
    """The headers remembered for a table: header -> field.

    Raises SettingsError when one names no field of the table.
    """
    found = read_mappings(workspace.folder).get(kind, {}).get(table, {})
    for header, field in found.items():
        if field not in spec.names:
            raise SettingsError(
                _("{header} stands for {field}, which is no field of {table}").format(
                    header=header, field=field, table=spec.label
                ),
                where=FILE_NAME,
                remedy=_("its fields are: {fields}").format(fields=", ".join(spec.names)),
            )
    return found


def remember(workspace: Workspace, kind: str, table: str, header_map: Mapping[str, str]) -> None:
    """Keep what `--map` said, for the next file of this client; a header has one meaning, the last one."""
    with workspace.locked("mappings"):
        every = read_mappings(workspace.folder)
        headers = every.setdefault(kind, {}).setdefault(table, {})
        before = dict(headers)
        for header, field in header_map.items():
            for known in [h for h in headers if normal_header(h) == normal_header(header)]:
                del headers[known]
            headers[header] = field
        if headers != before:
            write_mappings(workspace.folder, every)


def forget(workspace: Workspace, kind: str, table: str) -> int:
    """Forget all headers of a table; tells how many there were."""
    with workspace.locked("mappings"):
        every = read_mappings(workspace.folder)
        gone = every.get(kind, {}).pop(table, {})
        if gone:
            write_mappings(workspace.folder, every)
    return len(gone)


def with_remembered(
    path: Path, spec: TableSpec, options: ReadOptions, memory: Mapping[str, str]
) -> ReadOptions:
    """The options with those remembered headers that this file has: only they are part of its import."""
    # A field that --map names is asked for anew, and no older header stands for it beside that one.
    asked = set(options.header_map.values())
    open_ = {h: f for h, f in memory.items() if f not in asked}
    if not open_:
        return options
    sheets = mapping_of(path, spec, replace(options, remembered=open_)).values()
    # Of a header in two rows the lower part may be the known one.
    used = {h: f for h, f in open_.items() if any(_ends(s.get(f, ""), h) for s in sheets)}
    return replace(options, remembered=used)


def _ends(header: str, known: str) -> bool:
    return bool(header) and normal_header(header).endswith(normal_header(known))
