"""Headers that somebody explained once with `--map`: `mappings.toml` in the workspace, for people to edit."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.reasons import toml_fault
from yibao_cli.store.files import atomic_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    # kind -> table -> the client's header -> our field
    Mappings = dict[str, dict[str, dict[str, str]]]

FILE_NAME = "mappings.toml"


def read_mappings(workspace: Path) -> Mappings:
    """Read the headers remembered for a workspace's client; none when there is no file.

    Raises SettingsError when the file is not of the form that `write_mappings` gives it.
    """
    path = workspace / FILE_NAME
    if not path.exists():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _faulty(_("not valid TOML: {reason}").format(reason=toml_fault(error))) from error
    for kind, tables in data.items():
        for table, headers in tables.items() if isinstance(tables, dict) else [(kind, None)]:
            if not isinstance(headers, dict) or not all(isinstance(f, str) for f in headers.values()):
                raise _faulty(
                    _("{key}: {reason}").format(
                        key=table, reason=_('it must hold lines of the form "header" = "field"')
                    )
                )
    return data


def write_mappings(workspace: Path, mappings: Mapping[str, Mapping[str, Mapping[str, str]]]) -> None:
    """Write the headers remembered for a workspace's client, in an order of their own; private (0600)."""
    tables = [
        f"\n[{kind}.{table}]\n"
        + "".join(f"{_quoted(h)} = {_quoted(f)}\n" for h, f in sorted(headers.items()))
        for kind, by_table in sorted(mappings.items())
        for table, headers in sorted(by_table.items())
        if headers
    ]
    title = _("Headers of this client's files, as they were explained with --map; used at each import.")
    with atomic_file(workspace / FILE_NAME, "w") as stream:
        stream.write(f"# {title}\n" + "".join(tables))


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but TOML wants DEL escaped too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _faulty(message: str) -> SettingsError:
    return SettingsError(message, where=FILE_NAME, remedy=_("correct the file, or delete it"))
