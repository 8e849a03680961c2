"""Commands over a workspace as a whole: backup, restore, purge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import session
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.cli.view import View
    from yibao_cli.jobs.custody.purging import Purge

BackupFile = Annotated[
    Path, typer.Argument(help=_("the backup, such as 2026-10-08.backup"), show_default=False)
]
BackupKey = Annotated[
    Path | None,
    typer.Option(
        "--key",
        help=_("file with the key that the backup is encrypted by; default: the key of the workspace here"),
        show_default=False,
    ),
]
NewFolder = Annotated[Path, typer.Argument(help=_("a new folder"), show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", help=_("do it: it cannot be undone"))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("only say what would go"))]
Early = Annotated[bool, typer.Option("--early", help=_("also while returns may still come"))]
Addresses = Annotated[
    bool, typer.Option("--addresses", help=_("entries of the address book too that no mailing uses"))
]


def backup_command(context: typer.Context, file: BackupFile) -> None:
    from yibao_cli.jobs.custody.backup import back_up

    run = session(context)
    with run.view.busy(_("backing up")):
        made = back_up(run.workspace(), file)
    _tell(run.view, file, (made.files, made.size, made.head))
    if made.key:
        run.view.say(
            _("all of it is encrypted by key {id}: keep that key apart, nobody restores it without").format(
                id=made.key
            )
        )


backup_command.__doc__ = _(
    """Write the whole workspace into one private file and read it back; nothing is ever overwritten.

    Example: yibao backup ../2026-11-21.backup"""
)


def restore_command(
    context: typer.Context, file: BackupFile, folder: NewFolder, key: BackupKey = None
) -> None:
    from yibao_cli.jobs.custody.backup import restore

    run = session(context)
    with run.view.busy(_("restoring")):
        made = restore(file, folder, key, run.folder)
    _tell(run.view, folder, (made.files, made.size, made.head))


restore_command.__doc__ = _(
    """Make a workspace of a backup in a new folder, every file held against its hash.

    Example: yibao restore ../2026-11-21.backup ../restored"""
)


def purge_command(
    context: typer.Context,
    mailing: opt.Mailing = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    early: Early = False,
    addresses: Addresses = False,
) -> None:
    from yibao_cli.jobs.custody.purging import purge_mailing, require_sure

    run = session(context)
    require_sure(sure=yes, dry_run=dry_run)
    gone = purge_mailing(run.workspace(), mailing, sure=yes, early=early, addresses=addresses)
    _tell_purge(run.view, gone)


purge_command.__doc__ = _(
    """Delete what names a person in a mailing; counts and hashes stay, and a certificate is written.

    Example: yibao purge 2026Q3 --dry-run"""
)


def _tell(view: View, place: Path, contents: tuple[int, int, str]) -> None:
    files, size, head = contents
    line = _("{place}: {files} files, {size} MB, every hash right; audit head {head}")
    view.say(line.format(place=place, files=files, size=size // 1_000_000, head=head or "-"))


def _tell_purge(view: View, gone: Purge) -> None:
    for folder, count in gone.files.items():
        view.say(_("{folder}: {count} files").format(folder=folder, count=count))
    for table, count in gone.rows.items():
        view.say(_("{table}: {count} rows").format(table=table, count=count))
    if gone.certificate is None:
        view.say(_("nothing was deleted; say --yes to do it"))
        return
    view.say(_("certificate: {file}").format(file=gone.certificate))
    view.warn(_("backups made before still hold this data; destroy those too"))
