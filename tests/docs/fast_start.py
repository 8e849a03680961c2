"""One warm process that runs many commands, each in a fork of its own: a session types a hundred of them.

    with Warm(folder / "yibao") as program: ...

makes an executable `yibao`. Each call hands its arguments, folder, environment and streams to the warm process over a socket, and
ends with the code of its fork. What is imported once is shared; nothing else is.
"""

from __future__ import annotations

import array
import json
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CALL = """#!{python} -SI
import array, json, os, socket, sys
asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
link = socket.socket(socket.AF_UNIX)
link.connect({address!r})
link.sendmsg([len(asked).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
link.sendall(asked)
sys.exit(int(link.recv(8) or b"70"))
"""
# What most commands import; loaded once, it need not be loaded a hundred times.
_HEAVY = (
    "alembic.command",
    "duckdb",
    "jinja2",
    "numpy",
    "openpyxl",
    "pandas",
    "pikepdf",
    "PIL.Image",
    "pyarrow.parquet",
)
_HEAVY += (
    "pypdfium2",
    "reportlab.pdfgen.canvas",
    "rich.table",
    "sqlalchemy",
    "sqlcipher3",
    "xlsxwriter",
    "zxingcpp",
)


class Warm:
    """The warm process, and the executable that asks it."""

    def __init__(self, program: Path, before: list[str], environment: dict[str, str]) -> None:
        self._program, self._before, self._environment = program, before, environment
        self._server: subprocess.Popen | None = None

    def __enter__(self) -> Path:
        address = str(self._program.with_suffix(".socket"))
        self._server = subprocess.Popen(
            [sys.executable, __file__, address, *self._before], env=self._environment, stdout=subprocess.PIPE
        )
        assert self._server.stdout is not None
        assert self._server.stdout.readline() == b"warm\n"
        self._program.write_text(_CALL.format(python=sys.executable, address=address), encoding="utf-8")
        self._program.chmod(0o700)
        return self._program

    def __exit__(self, *_failure: object) -> None:
        assert self._server is not None
        self._server.terminate()
        self._server.wait()


def serve(address: str, before: list[str]) -> None:
    """Answer calls until the process is ended."""
    for name in _HEAVY:
        __import__(name)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    sys.stdout.write("warm\n")
    sys.stdout.flush()
    while True:
        link, _peer = listener.accept()
        head, ancillary, _flags, _from = link.recvmsg(4, socket.CMSG_SPACE(3 * 4))
        streams = array.array("i", ancillary[0][2])
        child = os.fork()
        if not child:
            _run(link, int.from_bytes(head, "big"), list(streams), before)
        _pid, status = os.waitpid(child, 0)
        for stream in streams:
            os.close(stream)
        link.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        link.close()


def _run(link: socket.socket, size: int, streams: list[int], before: list[str]) -> None:
    """Be the command that was called; never returns."""
    asked = b""
    while len(asked) < size:
        asked += link.recv(size - len(asked))
    arguments, folder, environment = json.loads(asked)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout, sys.stderr = (os.fdopen(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))
    from yibao_cli.__main__ import run  # noqa: PLC0415 - its language is that of the call

    code = run([*before, *arguments])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2:])
