"""The command that accounts for a mailing, and how an account is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from yibao_cli.cli import options as opt
from yibao_cli.cli.session import exit_code, session
from yibao_cli.errors import ExitCode
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.returns.standing import Account


def reconcile_command(context: typer.Context, mailing: opt.Mailing = "", as_of: opt.AsOf = "") -> None:
    from yibao_cli.jobs.returns.reconciling import reconcile_mailing

    run = session(context)
    with run.view.progress() as progress:
        outcome = reconcile_mailing(run.workspace(), mailing, progress, as_of)
    for line in account_lines(outcome.account):
        run.view.say(line)
    for restated in outcome.restated:
        run.view.say(
            _("the account of {day} said {then} returned; by now it is {now}").format(
                day=restated.as_of, then=restated.returned_then, now=restated.returned_now
            )
        )
    run.view.report(outcome.findings)
    for file in (outcome.xlsx, outcome.pdf):
        run.view.say(_("account: {file}").format(file=file))
    if not outcome.account.kept:
        run.view.warn(
            _("the delivery promise is broken; tell the client, and see the reasons in the account")
        )
        raise typer.Exit(ExitCode.CHECK_FAILED)
    raise typer.Exit(exit_code(outcome.findings))


reconcile_command.__doc__ = _(
    """Account for every posted piece: delivered, returned or pending, against the promise.

    Example: yibao reconcile 2026Q3 --as-of 2026-11-07"""
)


def account_lines(account: Account) -> list[str]:
    """An account in a few lines; those of copies and re-mails only where there are such."""
    lines = [
        _("posted {posted} = delivered {delivered} + returned {returned} + pending {pending}").format(
            **account.counts
        )
    ]
    if account.remailed:
        text = _(
            "posted {posted} = delivered {delivered} + returned {returned} + re-mailed {remailed} "
            "+ pending {pending}"
        )
        lines = [text.format(**account.counts)]
    if account.counts["signed"]:
        lines.append(
            _("delivered: {signed} signed for, {presumed} presumed").format(**account.counts),
        )
    if account.copies["spoiled"]:
        lines.append(_("printed {printed} = posted {posted} + spoiled {spoiled}").format(**account.copies))
    if account.copies["waiting"]:
        text = _("{waiting} copies were asked for and wait for a second person: `yibao reprint`")
        lines.append(text.format(**account.copies))
    rate = account.best
    words = _(
        "delivery rate {rate:.2%} of {of} (interval of 95%: {low:.2%} to {high:.2%}), promised {promise:.0%}"
    )
    if not account.is_final:
        words = _(
            "at best {rate:.2%} of {of} (interval of 95%: {low:.2%} to {high:.2%}), promised {promise:.0%}"
        )
    lines.append(
        words.format(rate=rate.value, of=rate.of, low=rate.low, high=rate.high, promise=account.terms.promise)
    )
    return lines
