"""Commands as a person types them in the folder where the program runs."""

from __future__ import annotations

import os
import re
from pathlib import Path


def for_shell(text: str) -> str:
    """An argument as it is typed, quoted where it has to be.

    >>> for_shell("city"), for_shell("my city")
    ('city', "'my city'")
    """
    if os.name == "nt":
        import subprocess  # noqa: PLC0415 - only here

        return subprocess.list2cmdline([text])
    import shlex  # noqa: PLC0415 - only here

    # shlex quotes what is not ASCII, too; no shell needs that.
    return text if re.fullmatch(r"[\w@%+=:,./-]+", text) else shlex.quote(text)


def path_typed(path: Path) -> str:
    """A path as it is typed: from the current folder where it lies below it."""
    whole = path.absolute()
    here = Path.cwd()
    return for_shell(str(whole.relative_to(here) if whole.is_relative_to(here) else path))
