"""The commands of the key: keys new, check, open, encrypt, rotate, decrypt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yibao_cli.cli.help import Program
from yibao_cli.cli.session import session
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.cli.session import Session

keys_app = Program(help=_("The key 密钥 of a workspace, by which its data is encrypted at rest."))

KeyFile = Annotated[Path, typer.Argument(help=_("a new file outside of the workspace"), show_default=False)]
ListFile = Annotated[
    Path,
    typer.Argument(
        help=_("a list of the workspace: its path as the command that made it told it"),
        show_default=False,
    ),
]
OutFile = Annotated[
    Path,
    typer.Option("-o", "--output", help=_("a new file outside of the workspace"), show_default=False),
]
OldKey = Annotated[
    Path,
    typer.Option("--old", help=_("file with the key that the data has"), show_default=False),
]


def new_command(context: typer.Context, file: KeyFile) -> None:
    from yibao_cli.jobs.custody.resealing import make_key

    run = session(context)
    name = make_key(file)
    run.view.say(_("key {id}: {file}").format(id=name, file=file))
    run.view.say(_("in yibao.toml: {line}").format(line=f'[encryption] key_file = "{file.absolute()}"'))
    run.view.warn(
        _("keep a copy apart, on paper or in a safe: without the key nobody can read the data, nor we")
    )


new_command.__doc__ = _(
    """Write a new key into a new private file; the key itself is never shown.

    Example: yibao keys new ../city.key"""
)


def check_command(context: typer.Context) -> None:
    from yibao_cli.jobs.custody.resealing import check_key

    run = session(context)
    workspace = run.workspace()
    with run.view.progress() as progress:
        found = check_key(workspace, progress)
    if not found.key:
        run.view.say(_("no key is configured: files and database are kept plain"))
        return
    words = _("key {id} opens the database and all {files} files")
    if found.rows:
        words = _("key {id} opens {rows} rows of the tables on the server and all {files} files")
    run.view.say(words.format(id=found.key, files=found.files, rows=found.rows))


check_command.__doc__ = _(
    """Read everything that is encrypted through with the key that is configured.

    Example: yibao keys check"""
)


def open_command(context: typer.Context, file: ListFile, output: OutFile) -> None:
    from yibao_cli.jobs.custody.opening import open_list

    run = session(context)
    run.view.say(str(open_list(run.workspace(), file, output)))
    run.view.warn(_("it names people, and is not encrypted there: delete it when it is not needed any more"))


open_command.__doc__ = _(
    """Take a list out of an encrypted workspace, for whoever is to read it; the audit trail says who did.

    Example: yibao keys open mailings/2026Q3/survey/survey-2026Q3.xlsx -o ../calls.xlsx"""
)


def encrypt_command(context: typer.Context) -> None:
    _change(session(context), None, "keys encrypt")


encrypt_command.__doc__ = _(
    """Encrypt a workspace that was kept plain until now, by the key that its settings name; resumes.

    Example: yibao keys encrypt"""
)


def rotate_command(context: typer.Context, old: OldKey) -> None:
    _change(session(context), old, "keys rotate")


rotate_command.__doc__ = _(
    """Bring everything under the key that the settings name now; the old one is given; resumes.

    Example: yibao keys rotate --old ../city.key"""
)


def decrypt_command(context: typer.Context, old: OldKey) -> None:
    _change(session(context), old, "keys decrypt")


decrypt_command.__doc__ = _(
    """Keep everything plain again, once [encryption] is out of yibao.toml; resumes.

    Example: yibao keys decrypt --old ../next.key"""
)


def _change(run: Session, old: Path | None, command: str) -> None:
    from yibao_cli.jobs.custody.resealing import change_key

    with run.view.progress() as progress:
        made = change_key(run.folder, old, run.moment, progress, command=command)
    words = _("key {id}: {changed} of {files} files and the database changed over")
    if not made.key:
        words = _("kept plain: {changed} of {files} files and the database changed over")
    run.view.say(words.format(id=made.key, changed=made.changed, files=made.files))
    if made.rows:
        run.view.say(_("on the server: {rows} rows changed over").format(rows=made.rows))
    run.view.warn(_("backups made before are as they were: they open with the key of their day"))


keys_app.command("new")(new_command)
keys_app.command("check")(check_command)
keys_app.command("open")(open_command)
keys_app.command("encrypt")(encrypt_command)
keys_app.command("rotate")(rotate_command)
keys_app.command("decrypt")(decrypt_command)
