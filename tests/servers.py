"""A real PostgreSQL server of the tests' own, where its programs are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEBIAN = Path("/usr/lib/postgresql")
USER = "yibao"


def postgres_programs() -> Path | None:
    """Folder of initdb and pg_ctl; None where there is none, or where root has nobody to run them as."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(_DEBIAN.glob("*/bin"), key=lambda p: p.parent.name)
    if not folders or (os.geteuid() == 0 and not _servant()):
        return None
    return folders[-1]


@dataclass(frozen=True)
class Server:
    """A running server; `database` makes an empty database and gives its URL."""

    folder: Path

    def database(self, name: str) -> str:
        """An SQLAlchemy URL of a new database."""
        with psycopg.connect(host=str(self.folder), user=USER, dbname="postgres", autocommit=True) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://{USER}@/{name}?host={self.folder}"


@contextmanager
def postgres(folder: Path) -> Iterator[Server]:
    """A server whose data and socket lie in a new folder; no port is opened."""
    programs = postgres_programs()
    assert programs is not None
    folder.mkdir(mode=0o711)
    servant = _servant() if os.geteuid() == 0 else None
    if servant:
        shutil.chown(folder, servant)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", data, *arguments],
            check=True,
            user=servant,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    run("initdb", "-A", "trust", "-U", USER, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield Server(folder)
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")


@contextmanager
def passing_postgres() -> Iterator[Server]:
    """A server that goes with its folder, which has a short path: sockets have room for about 100 characters."""
    root = Path(tempfile.mkdtemp(prefix="yibao-pg-"))
    root.chmod(0o711)
    try:
        with postgres(root / "pg") as found:
            yield found
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _servant() -> str | None:
    """The account that PostgreSQL's package makes; the server refuses to run as root."""
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return None
