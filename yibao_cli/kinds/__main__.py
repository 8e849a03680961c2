"""`python -m yibao_cli.kinds templates`: write the JSON Schema of kind.toml into a folder."""

from __future__ import annotations

import sys
from pathlib import Path

from yibao_cli.errors import ExitCode
from yibao_cli.i18n import _
from yibao_cli.kinds.schema import FILE_NAME, schema_text


def main(arguments: list[str]) -> int:
    """Write FOLDER/kind.schema.json; gives the exit code."""
    if len(arguments) != 1:
        sys.stderr.write(_("usage: python -m yibao_cli.kinds FOLDER") + "\n")
        return ExitCode.USAGE
    (Path(arguments[0]) / FILE_NAME).write_text(schema_text(), encoding="utf-8")
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
