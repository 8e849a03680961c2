"""What `yibao doctor` asks of the machine: Python, packages, folders, language, processors, memory.

Loads none of the packages it asks for, so that it can tell of one that is missing.
"""

from __future__ import annotations

import importlib
import locale
import os
import platform
import re
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from yibao_cli import __version__
from yibao_cli.errors import ExitCode, os_reason
from yibao_cli.i18n import _, language
from yibao_cli.jobs.program.checkup import About

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.jobs.program.checkup import Check

_OURS = "yibao-cli"
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:>=(?P<least>[\d.]+))?$")
_PYTHON_FROM, _PYTHON_BELOW = (3, 11), (3, 14)
_GIB = 1 << 30
_LEAST_MEMORY = 2 * _GIB  # what the largest job takes; docs/performance.md


def machine_checks() -> Iterator[Check]:
    """Everything about the machine that does not depend on a workspace; fonts have a room of their own."""
    yield python_check()
    yield packages_check()
    yield temporary_check()
    yield language_check()
    yield power_check()


def python_check() -> Check:
    """The interpreter, and our own version."""
    about = About("python", _("Python"))
    found = (
        f"Python {platform.python_version()}, yibao {__version__}, {platform.system()} {platform.machine()}"
    )
    if _PYTHON_FROM <= sys.version_info[:2] < _PYTHON_BELOW:
        return about.well(found)
    return about.failed(found, _("use Python 3.11, 3.12 or 3.13"), ExitCode.UNAVAILABLE)


# ---------------------------------------------------------------- packages


def packages_check() -> Check:
    """Every package we need is there, new enough, and can be imported."""
    about = About("packages", _("packages"))
    try:
        needed = [m for r in metadata.requires(_OURS) or () if (m := _REQUIREMENT.match(r))]
    except metadata.PackageNotFoundError:
        return about.warned(
            _("yibao runs without being installed; which packages it needs is not known"),
            _("install it: pip install ."),
        )
    modules = _modules()
    found, wrong = [], []
    for one in needed:
        version, fault = _package(one["name"], one["least"] or "", modules)
        found.append(f"{one['name']} {version}")
        if fault:
            wrong.append(fault)
    if wrong:
        return about.failed(
            "; ".join(wrong), _("install yibao again: pip install --upgrade yibao-cli"), ExitCode.UNAVAILABLE
        )
    return about.well(_("{count} can be imported: {names}").format(count=len(found), names=", ".join(found)))


def _package(name: str, least: str, modules: dict[str, str]) -> tuple[str, str]:
    """A package's version, and what is wrong with it or ""."""
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return "", _("{package} is not installed").format(package=name)
    if _numbers(version) < _numbers(least):
        wanted = _("{package} is {version}, and {least} is needed")
        return version, wanted.format(package=name, version=version, least=least)
    try:
        importlib.import_module(modules.get(_normal(name), _normal(name)))
    except Exception as error:  # noqa: BLE001 - a broken package may raise anything
        reason = _("{package} cannot be imported: {error}")
        return version, reason.format(package=name, error=type(error).__name__)
    return version, ""


def _modules() -> dict[str, str]:
    """Normal name of each installed package to the module that stands for it."""
    found: dict[str, str] = {}
    for module, packages in sorted(metadata.packages_distributions().items()):
        for package in map(_normal, packages):
            if not module.startswith("_") and (module.lower() == package or package not in found):
                found[package] = module
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version.partition("+")[0])))


# ---------------------------------------------------------------- folders, language, power


def temporary_check() -> Check:
    """The system's folder for temporary files."""
    return writable(About("temporary", _("temporary files")), Path(tempfile.gettempdir()))


def writable(about: About, folder: Path) -> Check:
    """Whether a file can be made in a folder: access rights alone do not tell of a full or read-only disk."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as trial:
            trial.write(b"yibao")
            trial.flush()
    except OSError as error:
        code = ExitCode.PERMISSIONS if isinstance(error, PermissionError) else ExitCode.IO
        return about.failed(
            f"{folder}: {os_reason(error)}", _("make the folder yours, or choose another"), code
        )
    return about.well(str(folder))


def language_check() -> Check:
    """Whether Chinese names come through: on the terminal, in file names, in files."""
    about = About("language", _("language and encoding"))
    encodings = {
        _("output"): getattr(sys.stdout, "encoding", "") or "",
        _("file names"): sys.getfilesystemencoding(),
        _("text files"): locale.getencoding(),
    }
    detail = ", ".join([language(), *(f"{what} {name}" for what, name in encodings.items())])
    if all(name.lower().replace("-", "").replace("_", "") == "utf8" for name in encodings.values()):
        return about.well(detail)
    return about.warned(detail, _("set LC_ALL=C.UTF-8, or PYTHONUTF8=1, so that Chinese names stay whole"))


def power_check() -> Check:
    """Processors and memory."""
    about = About("power", _("processors and memory"))
    memory = _memory()
    detail = _("{processors} processors, {memory:.1f} GB of memory")
    detail = detail.format(processors=_processors(), memory=memory / _GIB)
    if memory >= _LEAST_MEMORY:
        return about.well(detail)
    return about.warned(detail, _("a large mailing wants 2 GB; use one worker: `yibao render --workers 1`"))


def _processors() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _memory() -> int:
    """Bytes of memory that this process may use: of the machine, or of the container around it."""
    if not hasattr(os, "sysconf"):  # pragma: no cover - Windows: nothing is known, so nothing is warned of
        return _LEAST_MEMORY
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return physical
    return min(physical, int(limit)) if limit.isdigit() else physical
