"""The demo, run twice under different skies, and a small workspace at every state; both made once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from e2e_chain import (
    CHECKOUT,
    Canaries,
    Result,
    States,
    changed,
    environment,
    finish,
    is_declared,
    said_cleanly,
    start,
)
from e2e_chain import yibao as words

from yibao_cli.__main__ import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Demo:
    """A finished demo: its workspace, and what it said."""

    folder: Path
    result: Result


@pytest.fixture(scope="session")
def demos(tmp_path_factory) -> tuple[Demo, Demo]:
    """The demo in two folders at once: as at a desk in China, and as cron in St. John's would run it.

    The second has an empty environment, no standard input, Chinese messages and one worker.
    """
    root = tmp_path_factory.mktemp("demo")
    desk = start("demo", root / "desk", env=environment(TZ="Asia/Shanghai", PYTHONHASHSEED="1"))
    bare = {
        "PATH": os.defpath,
        "LANG": "C",
        "YIBAO_LANG": "zh",
        "TZ": "America/St_Johns",
        "PYTHONHASHSEED": "20261121",
        "YIBAO_RENDER_WORKERS": "1",
        "PYTHONPATH": str(CHECKOUT),
    }
    far = root / "a folder" / "离石家庄很远"
    cron = subprocess.Popen(
        ["/bin/sh", "-c", 'exec "$0" "$@" <&-', sys.executable, "-m", "yibao_cli", "demo", str(far)],
        env=bare,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    return Demo(root / "desk", finish(desk)), Demo(far, finish(cron))


@pytest.fixture(scope="session")
def demo(demos) -> Demo:
    """The demo at the desk."""
    return demos[0]


@pytest.fixture(scope="session")
def states(tmp_path_factory) -> States:
    """The small workspace at each state."""
    return States(tmp_path_factory.mktemp("states"))


@pytest.fixture(scope="session")
def canaries(states) -> Canaries:
    """Everybody in the two samples."""
    shipped = CHECKOUT / "sample_data" / "medical" / "inbox" / "roster.xlsx"
    return Canaries(shipped, states.at("new") / "inbox" / "roster.xlsx")


@pytest.fixture
def at(states, tmp_path) -> Callable[[str], Path]:
    """A copy of the small workspace at a state, to do anything to."""

    def copy(state: str) -> Path:
        return shutil.copytree(states.at(state), tmp_path / "workspace")

    return copy


@pytest.fixture(scope="session")
def mailed_once(states, tmp_path_factory) -> Path:
    """The small workspace, said to be posted without a sheet printed: what comes back asks for no more."""
    folder = shutil.copytree(states.at("merged"), tmp_path_factory.mktemp("mailed") / "workspace")
    changed(folder, "UPDATE mailings SET state = 'posted', posted_on = '2026-10-08'")
    return folder


@pytest.fixture
def mailed(mailed_once, tmp_path) -> Path:
    """A copy of it, to do anything to."""
    return shutil.copytree(mailed_once, tmp_path / "workspace")


@pytest.fixture
def call(capfd, canaries) -> Callable[..., Result]:
    """Run a command in this process; what it says is looked through for what must never be said."""

    def called(*arguments: object) -> Result:
        capfd.readouterr()
        code = run(words(*arguments))
        out, err = capfd.readouterr()
        assert is_declared(arguments, code), f"{arguments} ended with {code}, which its help does not name"
        return said_cleanly(Result(code, out, err), canaries)

    return called
