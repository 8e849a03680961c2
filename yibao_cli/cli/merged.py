"""What `yibao merge` says beside its counts: how it ties, whom it mails, what is different from before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.i18n import _

if TYPE_CHECKING:
    from yibao_cli.cli.view import View
    from yibao_cli.jobs.merge.against import Tie
    from yibao_cli.jobs.merge.freezing import Frozen
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.ledger.remerging import Remerge

_LINES = "lines"


def tell_tie(view: View, tie: Tie) -> None:
    """Say whether the client's totals hold."""
    people = tie.people()
    if tie.holds:
        view.say(
            _(
                "{file}: {figures} figures of {groups} groups tie to the fen; {people} members = {printed} "
                "printed + {held} held + {unselected} not selected + {rejected} rejected"
            ).format(
                file=tie.file_name,
                figures=len(tie.figures),
                groups=len({f.group for f in tie.figures}),
                people=sum(people.values()),
                **people,
            )
        )
        return
    off = [f for f in tie.figures if not f.ties]
    view.warn(
        _(
            "{file}: {off} of {figures} figures do not tie; nothing is merged, and nothing may be mailed"
        ).format(file=tie.file_name, off=len(off), figures=len(tie.figures))
    )
    for side, lacking in (
        (_("the roster"), {f.group for f in off if f.ours is None}),
        (tie.file_name, {f.group for f in off if f.theirs is None}),
    ):
        for group in sorted(lacking):
            words = " / ".join(word or "-" for word in group)
            view.warn(_("{side} has no group {group}").format(side=side, group=words))


def tell_selection(mailing: str, where: str, frozen: Frozen) -> str:
    """The account of the roster's rows where not all are mailed."""
    return _(
        "{mailing}: {roster_rows} roster rows = {pieces} pieces + {held} held + {unselected} not selected + "
        "{rejected} rejected; {parts} parts; mailed where {where}"
    ).format(mailing=mailing, parts=frozen.parts, where=where, **frozen.counts)


def tell_changes(view: View, changes: Remerge, kind: Kind) -> None:
    """Say what is different from the package before."""
    view.say(
        _(
            "against the package before: {new} pieces new, {gone} gone, {changed} changed, {same} the same"
        ).format(new=changes.new, gone=changes.gone, changed=changes.changed, same=changes.same)
    )
    if changes.fields:
        named = (
            f"{_('lines') if name == _LINES else kind.label(name)} {count}"
            for name, count in sorted(changes.fields.items(), key=lambda item: (-item[1], item[0]))
        )
        view.say(_("changed in: {fields}").format(fields=_(", ").join(named)))
    if changes.files:
        view.say(_("changed for all: {files}").format(files=_(", ").join(changes.files)))
