"""Exit codes and the exceptions that own them.

A bad record is a value (`model.Finding`); a bad file or state is one of the exceptions below;
anything else is a bug. `cli.main` turns an exception into its exit code and nothing else does.

    YibaoError
      UsageError        2   the command line asks for what cannot be
      CheckFailed       4   a check failed: do not mail
      StateError        5   the mailing's state forbids it
      InputRefused     65   a file's content cannot be used
      InputNotFound    66   a file, folder, mailing or piece is not there
      DependencyError  69   a font or library is missing
      InternalError    70   our bug
      OutputError      74   I/O error, disk full
      LockHeld         75   another run holds the lock
      PermissionsError 77   permissions too tight or too open
      SettingsError    78   yibao.toml, a kind or an option's value is wrong

Source: sysexits.h of BSD for 65 to 78; 128 and the signal's number, as shells have it.
"""

from __future__ import annotations

import errno
from enum import IntEnum

from yibao_cli.i18n import N_, _


class ExitCode(IntEnum):
    """What a finished command says to cron; a stable interface, listed in docs/exit-codes.md."""

    OK = 0
    USAGE = 2
    FINDINGS = 3
    CHECK_FAILED = 4
    STATE = 5
    INPUT_REFUSED = 65
    NOT_FOUND = 66
    UNAVAILABLE = 69
    BUG = 70
    IO = 74
    LOCKED = 75
    PERMISSIONS = 77
    SETTINGS = 78
    INTERRUPTED = 130
    TERMINATED = 143


class YibaoError(Exception):
    """A bad file or state: says what is wrong, where, and what to do next.

    message: what is wrong, without any value that identifies a person.
    where: `FILE`, `FILE:SHEET` or `FILE:SHEET!CELL`; empty where there is no place.
    remedy: what the reader should do next.
    """

    exit_code = ExitCode.BUG

    def __init__(self, message: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        # What ends in a question mark needs no other sign before the remedy.
        between = " " if self.message.endswith("?") else "" if self.message.endswith("？") else _("; ")
        remedy = between + self.remedy if self.remedy else ""
        return f"{place}{self.message}{remedy}"


class UsageError(YibaoError):
    """The command line asks for what cannot be."""

    exit_code = ExitCode.USAGE


class CheckFailed(YibaoError):  # noqa: N818 - named for what the reader sees
    """A check failed; nothing of this mailing may be mailed."""

    exit_code = ExitCode.CHECK_FAILED


class StateError(YibaoError):
    """The mailing's state forbids the command."""

    exit_code = ExitCode.STATE


class InputRefused(YibaoError):  # noqa: N818
    """The content of a file cannot be used; nothing of it was kept."""

    exit_code = ExitCode.INPUT_REFUSED


class InputNotFound(YibaoError):  # noqa: N818
    """A file, folder, mailing or piece is not there, or cannot be read."""

    exit_code = ExitCode.NOT_FOUND


class DependencyError(YibaoError):
    """A font or a library is missing."""

    exit_code = ExitCode.UNAVAILABLE


class InternalError(YibaoError):
    """A promise inside the program was broken."""

    exit_code = ExitCode.BUG


class OutputError(YibaoError):
    """An output could not be written."""

    exit_code = ExitCode.IO


class LockHeld(YibaoError):  # noqa: N818
    """Another run holds the lock."""

    exit_code = ExitCode.LOCKED


class PermissionsError(YibaoError):
    """Permissions are too tight to work, or too open to be safe."""

    exit_code = ExitCode.PERMISSIONS


class SettingsError(YibaoError):
    """yibao.toml, a kind or an option's value is wrong."""

    exit_code = ExitCode.SETTINGS


_OS_REASONS = {
    errno.ENOENT: N_("there is no such file or folder"),
    errno.EACCES: N_("permission denied"),
    errno.EPERM: N_("permission denied"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("the quota of the disk is used up"),
    errno.EROFS: N_("the disk is read-only"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("part of the path is no folder"),
    errno.EEXIST: N_("it exists already"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.EMFILE: N_("too many files are open"),
    errno.EIO: N_("the device cannot be read or written"),
}


def os_reason(error: OSError) -> str:
    """Why the system refused, in the language in use; the system's own words where we have none."""
    known = _OS_REASONS.get(error.errno or 0)
    return _(known) if known else error.strerror or type(error).__name__
