"""The page of exit codes; docs/exit-codes.md is made from it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from yibao_cli import errors
from yibao_cli.errors import ExitCode, YibaoError
from yibao_cli.reports.markdown import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Code -> Chinese, what it means, and what the one who ran the command does next.
_CODES: Mapping[ExitCode, tuple[str, str, str]] = {
    ExitCode.OK: ("完成", "Done, or there was nothing to do.", "Go on."),
    ExitCode.USAGE: ("命令写错", "The command line asks for what cannot be.", "Correct the command."),
    ExitCode.FINDINGS: (
        "完成，有问题记录",
        "Done, and some records need a person.",
        "Look at the findings. The next step can be run; what was rejected or held stays out of it.",
    ),
    ExitCode.CHECK_FAILED: (
        "核对不符",
        (
            "A check failed: verify found a difference, totals do not tie, a file was altered, or the "
            "delivery promise is broken."
        ),
        "Mail nothing until the cause is known.",
    ),
    ExitCode.STATE: (
        "状态不许可",
        "The mailing's state forbids the command.",
        "Run the step that the message names first.",
    ),
    ExitCode.INPUT_REFUSED: (
        "文件不能用",
        "The content of a file cannot be used. Nothing of it was kept.",
        "Do what the message says with the file, and import it again.",
    ),
    ExitCode.NOT_FOUND: (
        "找不到",
        "A file, folder, kind, mailing or piece is not there, or cannot be read.",
        "Check the name.",
    ),
    ExitCode.UNAVAILABLE: (
        "缺字体或组件",
        "A font or a library is missing.",
        "Install what the message names.",
    ),
    ExitCode.BUG: (
        "程序错误",
        "A bug in yibao.",
        "Report it with the command. `YIBAO_DEBUG=1` shows where it happened; its output may quote data.",
    ),
    ExitCode.IO: (
        "读写失败",
        "An output could not be written, the disk is full, or the database cannot be opened.",
        "Make room or mend the disk, and run the command again.",
    ),
    ExitCode.LOCKED: (
        "另有程序在用",
        "Another run holds the lock of the mailing, of the address book, or of the database.",
        "Wait for it to end. A run that was killed leaves no lock behind.",
    ),
    ExitCode.PERMISSIONS: (
        "权限不符",
        "A file or folder may not be written, by the permissions it has.",
        "Correct the permissions of the path named.",
    ),
    ExitCode.SETTINGS: (
        "设置有误",
        "`yibao.toml`, a kind, the tariff or the value of an option is wrong.",
        "Correct the key that the message names.",
    ),
    ExitCode.INTERRUPTED: ("人工中断", "Ctrl-C.", "Run the same command again; it goes on or starts anew."),
    ExitCode.TERMINATED: ("被终止", "SIGTERM, as from a shutdown.", "Run the same command again."),
}


def exit_codes_markdown() -> str:
    """The page of exit codes, in numerical order."""
    owners = {c.exit_code: name for name, c in _error_classes()}
    rows = [
        (f"`{int(code)}`", _CODES[code][0], _CODES[code][1], _CODES[code][2], owners.get(code, ""))
        for code in sorted(ExitCode)
    ]
    head = (
        "# Exit codes 退出码\n\n"
        "A stable interface: a code keeps its meaning. `1` is never given on purpose. A message on stderr "
        "says what is wrong, where, and what to do next: `yibao: FILE:SHEET!ROW COLUMN: RULE what is wrong; "
        "what to do`. No message holds a value that identifies a person.\n\n"
        "`0` and `3` let a chain go on. All other codes end it.\n"
    )
    return head + "\n" + table(("code", "名称", "meaning", "what to do", "exception in the code"), rows)


def _error_classes() -> Iterator[tuple[str, type[YibaoError]]]:
    for name, found in inspect.getmembers(errors, inspect.isclass):
        if issubclass(found, YibaoError) and found is not YibaoError:
            yield f"`{name}`", found
