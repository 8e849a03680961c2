"""`python -m yibao_cli.sample FOLDER`: write the samples that come with the project."""

from __future__ import annotations

import sys
from pathlib import Path

from yibao_cli.errors import ExitCode
from yibao_cli.i18n import _
from yibao_cli.sample import write_sample

SEED = 20260930
SIZES = {
    "medical": 3000,
    "electricity": 500,
    "arrears": 200,
    "power-cut": 200,
    "contribution": 200,
    "housing-fund": 200,
    "medical-annual": 200,
}


def main(arguments: list[str]) -> int:
    """Write a folder for each kind; gives the exit code."""
    if len(arguments) != 1:
        sys.stderr.write(_("usage: python -m yibao_cli.sample FOLDER") + "\n")
        return ExitCode.USAGE
    for kind, members in SIZES.items():
        summary = write_sample(Path(arguments[0]) / kind, kind, members, SEED)
        for name, rows in summary.files.items():
            sys.stderr.write(f"{kind}/inbox/{name}: {rows}\n")
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
