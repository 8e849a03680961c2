"""The page for a browser on the same machine, until Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from yibao_cli.cli.session import session
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help=_("port; 0: a free one"))]
Host = Annotated[str, typer.Option("--host", help=_("address of this machine, and of no other"))]
Browser = Annotated[bool, typer.Option("--open", help=_("open it in the browser"))]
_BLINK = 0.5  # seconds; Windows looks for Ctrl-C only between waits


def serve_command(
    context: typer.Context, port: Port = 0, host: Host = "127.0.0.1", browser: Browser = False
) -> None:
    from yibao_cli.jobs.enquiry.serving import open_desk

    run = session(context)
    told = bool(
        context.find_root().params.get("lang")
    )  # --lang is for the pages too, whatever a browser asks
    with (
        open_desk(run.workspace(), host, port, fixed=run.now is not None, own_language=told) as desk,
        _until_stopped() as stopped,
    ):
        threading.Thread(target=desk.serve_forever, daemon=True).start()
        # The one line that a program may want; people read what is said beside it.
        sys.stdout.write(f"{desk.address}\n")
        sys.stdout.flush()
        run.view.say(_("open this address in a browser on this machine; Ctrl-C ends it"))
        with _opened(desk.address, wanted=browser):
            while not stopped.wait(_BLINK):
                pass
        desk.shutdown()
    run.view.say(_("ended"))


serve_command.__doc__ = _(
    """Serve a page for a browser on this machine: report, proofs, search for the enquiry desk.

    It only reads. Who does not know the token of the address is refused; which piece was looked at stands in
    the audit trail.

    Example: yibao serve --open"""
)


@contextmanager
def _until_stopped() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set: here they are the way to end, and no interruption."""
    stopped = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_given: stopped.set()) for number in numbers]
    try:
        yield stopped
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def _opened(address: str, *, wanted: bool) -> Iterator[None]:
    """Open the address by a private file: others can read a command line, token and all."""
    if not wanted:
        yield
        return
    import tempfile
    import webbrowser
    from pathlib import Path

    with tempfile.NamedTemporaryFile("w", suffix=".html", delete=False, encoding="utf-8") as file:
        file.write(f'<!DOCTYPE html><meta http-equiv="refresh" content="0; url={address}">')
    path = Path(file.name)
    try:
        webbrowser.open(path.as_uri())
        yield
    finally:
        path.unlink(missing_ok=True)
