"""What runs on the workers of a cluster: a greeting, and a task at a time."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import threading
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yibao_cli import __version__
from yibao_cli.i18n import use_language
from yibao_cli.jobs.workers.pool import attempt
from yibao_cli.store.files import leave_no_core

if TYPE_CHECKING:
    from collections.abc import Callable

# Whatever has a say in the bytes of a print file, or in what is said between the machines.
_LIBRARIES = (
    *("deflate", "distributed", "fonttools", "jinja2", "lxml", "numpy", "pikepdf", "pillow", "pyarrow"),
    *("pypdfium2", "reportlab", "uharfbuzz", "zxing-cpp", "justmytype-intl-cjk"),
)

# PDFium and the message catalogue are made for one thread: a worker does one part at a time.
_alone = threading.Lock()


@lru_cache(maxsize=1)
def release() -> dict[str, str]:
    """The versions that this machine runs: Python, yibao, and the libraries that count."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, "yibao": __version__} | {name: _version(name) for name in _LIBRARIES}


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "-"


def differing(there: dict[str, str], here: dict[str, str]) -> str:
    """What the versions of a machine differ in from the client's, as `name there/here`; "" if nothing."""
    names = sorted(there.keys() | here.keys())
    pairs = ((name, there.get(name, "-"), here.get(name, "-")) for name in names)
    return ", ".join(f"{name} {theirs}/{ours}" for name, theirs, ours in pairs if theirs != ours)


def greet(here: dict[str, str]) -> str:
    """On a worker: what its versions differ in from the client's."""
    return differing(release(), here)


def here() -> str:
    """The name of this machine."""
    return platform.node()


def own_scratch(name: str) -> Path:
    """A folder of this worker's own, which Dask removes when the worker ends or finds left by a dead one."""
    from distributed import get_worker  # noqa: PLC0415 - an extra

    try:
        base = get_worker().local_directory
    except ValueError:  # no worker: a test that calls it in its own process
        base = tempfile.gettempdir()
    return Path(base) / f"yibao-{name}"


def forget(name: str) -> None:
    """On a worker: remove a scratch folder."""
    shutil.rmtree(own_scratch(name), ignore_errors=True)


def serve(work: Callable[[Any], Any], task: Any, speak: str) -> Any:
    """On a worker: do a task; a refusal or an error is given back as a value, so that Dask logs no task."""
    with _alone:
        os.umask(0o077)
        leave_no_core()
        use_language(speak)
        return attempt(work, task)
