"""One piece as a picture: into a file, into the terminal, or opened as the desk opens pictures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import session
from yibao_cli.errors import DependencyError, UsageError
from yibao_cli.i18n import N_, _

_WORDS = (N_("piece"), N_("print file"), N_("package"))  # what arguments and origins are called

Piece = Annotated[str, typer.Argument(help=_("piece number, sheet code or tracking number"))]
Page = Annotated[int, typer.Option("--page", min=0, help=_("only this page; 0: all, side by side"))]
Dpi = Annotated[int, typer.Option("--dpi", min=36, max=400, help=_("dots per inch"))]
Picture = Annotated[
    str,
    typer.Option(
        "-o", "--output", help=_("a .png, or - for stdout; default: into the terminal or the workspace")
    ),
]
Open = Annotated[bool, typer.Option("--open", help=_("open the picture with this machine's own viewer"))]


def preview_command(
    context: typer.Context,
    mailing: opt.Mailing = "",
    piece: Piece = "",
    page: Page = 0,
    dpi: Dpi = 110,
    output: Picture = "",
    open_it: Open = False,
) -> None:
    from yibao_cli.jobs.enquiry.previewing import chosen, picture_file, preview_piece, write_picture

    if output not in {"", "-"} and Path(output).suffix.lower() != ".png":
        raise UsageError(_("{file} is no .png").format(file=output), remedy=_("end its name in .png"))
    if output == "-" and (open_it or sys.stdout.isatty()):
        raise UsageError(
            _("-o - writes the picture's bytes for another program"),
            remedy=_("name a file with -o, or let it go into a pipe"),
        )
    run = session(context)
    workspace = run.workspace()
    mailing, code = chosen(mailing, piece, workspace.settings.mailing)
    shown = preview_piece(workspace, mailing, code, page, dpi=dpi)
    png = shown.png()
    run.view.say(
        _("{mailing} {piece}, copy {copy}: {pages} pages, out of the {origin}").format(
            mailing=shown.mailing,
            piece=shown.piece,
            copy=shown.copy,
            pages=shown.pages,
            origin=_(shown.origin.value),
        )
    )
    if output == "-":
        sys.stdout.buffer.write(png)
        sys.stdout.buffer.flush()
        return
    if not output and not open_it and _in_terminal(png):
        return
    path = Path(output) if output else picture_file(workspace, shown)
    write_picture(path, png)
    run.view.say(str(path))
    if open_it:
        _open(path)


preview_command.__doc__ = _(
    """Show one piece as a picture, each page marked as a copy; who looked stands in the audit trail.

    It comes out of the print file, or where there is none is composed from the package.

    Example: yibao preview 2026Q3 00000161 -o piece.png"""
)


def _in_terminal(png: bytes) -> bool:
    """Show the picture where stdout is a terminal that can; False where it cannot."""
    from yibao_cli.cli.pictures import escapes, way_of

    way = way_of(os.environ) if sys.stdout.isatty() else None
    if way is None:
        return False
    for part in escapes(png, way):
        sys.stdout.write(part)
    sys.stdout.flush()
    return True


def _open(path: Path) -> None:
    """Hand a file to the program that the desk opens it with; no shell comes between."""
    start = getattr(os, "startfile", None)  # Windows
    try:
        if start is not None:
            start(path)
        else:
            opener = "open" if sys.platform == "darwin" else "xdg-open"
            subprocess.run(  # noqa: S603 - a fixed program, and a path that we made or were given
                [opener, str(path.resolve())], check=True, stdin=subprocess.DEVNULL, capture_output=True
            )
    except (OSError, subprocess.CalledProcessError) as error:
        raise DependencyError(
            _("there is no program here that opens pictures"),
            where=str(path),
            remedy=_("open the file by hand; it is written"),
        ) from error
