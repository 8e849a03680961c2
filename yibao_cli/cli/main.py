"""The command tree, and the one place where an error becomes an exit code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from typing import TYPE_CHECKING

import typer
from typer.exceptions import TyperException

from yibao_cli import __version__
from yibao_cli.cli import (
    address,
    adspost,
    approve,
    audit,
    complaints,
    data,
    handover,
    health,
    init,
    keys,
    kind,
    licences,
    nightly,
    post,
    preview,
    production,
    reconcile,
    records,
    report,
    returns,
    serve,
    start,
    survey,
    track,
)
from yibao_cli.cli import options as opt
from yibao_cli.cli.help import Program
from yibao_cli.cli.interrupts import Interrupts
from yibao_cli.cli.session import Session
from yibao_cli.cli.usage import usage_error
from yibao_cli.cli.view import View
from yibao_cli.errors import ExitCode, PermissionsError, UsageError, YibaoError, os_reason
from yibao_cli.i18n import LANGUAGES, _

if TYPE_CHECKING:
    from collections.abc import Sequence

app = Program(
    name="yibao",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_("Merge, print, mail and reconcile statements: 医保对账单 from Excel to the letter-box."),
)
_BEGIN, _DATA, _MAKE, _POST = _("To begin"), _("Data"), _("Statements"), _("Post")
_KEEP = _("Records")

app.command("init", rich_help_panel=_BEGIN)(init.init_command)
app.command("demo", rich_help_panel=_BEGIN)(start.demo_command)
app.command("sample", rich_help_panel=_BEGIN)(start.sample_command)
app.command("status", rich_help_panel=_BEGIN)(start.status_command)
app.command("doctor", rich_help_panel=_BEGIN)(health.doctor_command)
app.command("licences", rich_help_panel=_BEGIN)(licences.licences_command)
app.command("import", rich_help_panel=_DATA)(data.import_command)
app.add_typer(address.address_app, name="address", rich_help_panel=_DATA)
app.add_typer(track.numbers_app, name="numbers", rich_help_panel=_DATA)
app.add_typer(kind.kind_app, name="kind", rich_help_panel=_MAKE)
app.add_typer(adspost.ads_app, name="ads", rich_help_panel=_MAKE)
app.command("merge", rich_help_panel=_MAKE)(production.merge_command)
app.command("proof", rich_help_panel=_MAKE)(production.proof_command)
app.command("approve", rich_help_panel=_MAKE)(approve.approve_command)
app.command("render", rich_help_panel=_MAKE)(production.render_command)
app.command("verify", rich_help_panel=_MAKE)(production.verify_command)
app.command("preview", rich_help_panel=_MAKE)(preview.preview_command)
app.command("reprint", rich_help_panel=_MAKE)(track.reprint_command)
app.command("manifest", rich_help_panel=_POST)(post.manifest_command)
app.command("labels", rich_help_panel=_POST)(post.labels_command)
app.command("handover", rich_help_panel=_POST)(handover.handover_command)
app.add_typer(handover.receipts_app, name="receipts", rich_help_panel=_POST)
app.add_typer(returns.returns_app, name="returns", rich_help_panel=_POST)
app.command("reconcile", rich_help_panel=_POST)(reconcile.reconcile_command)
app.command("report", rich_help_panel=_POST)(report.report_command)
app.command("track", rich_help_panel=_POST)(track.track_command)
app.command("serve", rich_help_panel=_POST)(serve.serve_command)
app.add_typer(survey.survey_app, name="survey", rich_help_panel=_POST)
app.add_typer(complaints.complaints_app, name="complaints", rich_help_panel=_POST)
app.command("month-end", rich_help_panel=_POST)(report.month_end_command)
app.command("nightly", rich_help_panel=_KEEP)(nightly.nightly_command)
app.add_typer(audit.audit_app, name="audit", rich_help_panel=_KEEP)
app.add_typer(keys.keys_app, name="keys", rich_help_panel=_KEEP)
app.command("backup", rich_help_panel=_KEEP)(records.backup_command)
app.command("restore", rich_help_panel=_KEEP)(records.restore_command)
app.command("purge", rich_help_panel=_KEEP)(records.purge_command)

# The view of the command that runs, for an error that ends it.
_views: list[View] = []


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    workspace: opt.WorkspaceOption = None,
    lang: opt.Language = None,
    quiet: opt.Quiet = False,
    log_json: opt.LogJson = False,
    now: opt.Now = None,
    version: opt.Version = False,
) -> None:
    """Read the global options."""
    if version:
        sys.stdout.write(f"yibao {__version__}\n")
        raise typer.Exit
    view = View(quiet, log_json, str(workspace or ""))
    _views.append(view)
    # It was used before this module was imported; here it is only looked at.
    if lang is not None and lang not in LANGUAGES:
        raise UsageError(
            _("there are no messages in {language}").format(language=lang),
            remedy=_("use --lang zh or --lang en"),
        )
    context.obj = Session(workspace, view, now, main)
    context.call_on_close(context.obj.close)
    if context.invoked_subcommand is None:
        raise UsageError(
            _("no command was given"), remedy=_("see `{command} --help`").format(command="yibao")
        )


def main(argv: Sequence[str]) -> int:
    """Run one command; nothing else in the program turns an error into a code."""
    os.umask(0o077)
    with Interrupts() as interrupts:
        code = _run(argv)
    if interrupts.number:
        _view().warn(_("interrupted; run the same command again, and it ends as if nothing had been"))
        return interrupts.exit_code
    return code


def _run(argv: Sequence[str]) -> int:  # noqa: PLR0911 - one return for each way to end
    try:
        code = app(list(argv), prog_name="yibao", standalone_mode=False)
    except SystemExit as stop:  # Typer's own endings, such as the installation of completion
        return int(stop.code or 0)
    except TyperException as error:  # a command line that is wrong
        _view().failure(usage_error(error))
        return int(ExitCode.USAGE)
    except YibaoError as error:
        _view().failure(error)
        return int(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return int(ExitCode.INTERRUPTED)
    except PermissionError as error:
        _view().failure(
            PermissionsError(
                os_reason(error),
                where=str(error.filename or ""),
                remedy=_("make the file or the folder yours"),
            )
        )
        return int(ExitCode.PERMISSIONS)
    except OSError as error:
        remedies = {
            errno.ENOSPC: _("make room and run the command again"),
            errno.ENOENT: _("check the name and the folder"),
            errno.EISDIR: _("name a file in it"),
            errno.ENOTDIR: _("check the name and the folder"),
        }
        remedy = remedies.get(error.errno or 0, _("check that the disk is there and can be written to"))
        _view().failure(YibaoError(os_reason(error), where=str(error.filename or ""), remedy=remedy))
        return int(ExitCode.IO)
    except Exception as error:  # noqa: BLE001 - the last line of defence; values stay out of the message
        return _bug(error)
    return int(code or ExitCode.OK)


def _view() -> View:
    return _views[-1] if _views else View()


def _bug(error: Exception) -> int:
    """Say that this is our bug, and where; the exception's text may quote data and is not shown."""
    if os.environ.get("YIBAO_DEBUG"):
        traceback.print_exception(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.filename.rpartition('yibao_cli')[2]}:{frame.lineno}"
    _view().failure(
        YibaoError(
            _("this is a bug in yibao: {error} at {place}").format(error=type(error).__name__, place=place),
            remedy=_("report it with the command you ran; YIBAO_DEBUG=1 shows more"),
        )
    )
    return int(ExitCode.BUG)
