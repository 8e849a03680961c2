"""The papers of a posting; writing them says that the mailing is handed to the post."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import update

from yibao_cli.codes import is_day
from yibao_cli.config import FILE_NAME
from yibao_cli.errors import CheckFailed, SettingsError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.mailing.listfiles import ListOrder, piece_frames, write_lists
from yibao_cli.jobs.mailing.postage import pricing
from yibao_cli.jobs.mailing.postpapers import absent_of, write_papers
from yibao_cli.jobs.render.parts import pdf_path, read_control
from yibao_cli.jobs.render.reprinting import require_copies_tied
from yibao_cli.jobs.render.unaltered import whole_package
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.kinds.sorting import Scheme
from yibao_cli.mailing.containers import COLUMNS, sorted_containers
from yibao_cli.mailing.jobfile import Job, Part, check_jobfile, write_jobfile
from yibao_cli.mailing.manifest import Totals
from yibao_cli.mailing.posting import PostingInfo
from yibao_cli.mailing.statement import county_totals, weight_steps
from yibao_cli.mailing.tariff import postage
from yibao_cli.model import Finding
from yibao_cli.render.faces import font_set
from yibao_cli.store import audit
from yibao_cli.store.files import atomic_folder, private_folder, sha256_of
from yibao_cli.store.schema import mailings

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.jobs.workspace import MailingState
    from yibao_cli.mailing.tariff import Rate, Terms
    from yibao_cli.store.packages import Package

FOLDER, JOB_FOLDER = "manifest", "jobfile"
_TEXTS = ("level", "destination", "bag_level", "bag_destination", "county", "postcode")
_OPTIONAL = ("tracking",)


@dataclass(frozen=True, slots=True)
class ListOutcome:
    """The folder and the list's two files in it, its containers and pieces, the postage in fen."""

    folder: Path
    xlsx: Path
    csv: Path
    pieces: int
    bundles: int
    bags: int
    postage: int
    posted_on: str
    findings: list[Finding] = field(default_factory=list)


def list_mailing(
    workspace: Workspace, mailing: str, posted_on: str = "", progress: Progress = no_progress
) -> ListOutcome:
    """Write the papers and record the day of posting (default: the planned one).

    Raises StateError when the mailing is not verified, CheckFailed when what was printed, is bagged, listed
    and paid for differs; then no paper is published.
    """
    mailing = workspace.mailing_id(mailing)
    day = _wanted_day(posted_on, workspace.mailing(mailing).posting)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("verified", "posted"))
            if state.state == "verified":
                require_copies_tied(connection, mailing)
        day = _same_day(state.posted_on, day, bool(posted_on))
        _require_after(workspace.mailing(mailing).ends, day)
        package = whole_package(workspace, mailing, state.package_sha256)
        progress(_("listing"), 0, 0)
        posting = _Posting(workspace, package, state, day)
        folder = workspace.mailing_folder(mailing) / FOLDER
        with atomic_folder(folder) as target:
            findings = posting.write(target)
        with workspace.engine.begin() as connection:
            new = {"state": "posted", "posted_on": day}
            connection.execute(update(mailings).where(mailings.c.id == mailing).values(**new))
            facts = {"pieces": posting.found.pieces, "postage_fen": posting.amount, "posted_on": day}
            audit.record_done(
                connection, at=workspace.stamp, command="manifest", mailing=mailing, facts=facts
            )
    name = f"manifest-{mailing}"
    return ListOutcome(
        folder,
        folder / f"{name}.xlsx",
        folder / f"{name}.csv",
        posting.found.pieces,
        len(posting.found.bundles),
        len(posting.found.bags),
        posting.amount,
        day,
        findings,
    )


class _Posting:
    """One mailing on its way to the post: its narrow columns, its containers, what it costs."""

    def __init__(self, workspace: Workspace, package: Package, state: MailingState, day: str) -> None:
        self.workspace, self.package, self.state = workspace, package, state
        self.mailing = package.manifest.mailing
        self.tariff, self.terms = pricing(workspace, self.mailing, package.product, day)
        self.pieces = narrow_pieces(package)
        self.found = sorted_containers(self.pieces)
        self.scheme = Scheme.model_validate(package.manifest.sorting["rules"])
        rate = self.tariff.rate(self.terms.line, day)
        self.pieces["local"] = self.terms.locality.covers(self.pieces)
        self.pieces["price"] = postage(self.pieces, self.tariff, self.terms)
        self.pieces["step"] = pd.Categorical(weight_steps(self.pieces["weight_mg"], rate))
        self.amount = int(self.pieces["price"].sum())
        client = workspace.settings.client
        line = _line_name(rate, self.terms)
        self.info = PostingInfo(self.mailing, client.name, package.product.name, line, day)

    def write(self, target: Path) -> list[Finding]:
        """Write all papers, tied to each other; findings about what they cannot show."""
        plan = self.workspace.settings.fonts.plan(self.workspace.folder)
        parts = self._printed()
        absent = absent_of(self.workspace, self.mailing, self.package)
        about = self.info, absent, font_set(plan)
        stated, missing = write_papers(target, self.pieces, (self.found, self.scheme), about)
        order = ListOrder(
            folder=self.workspace.mailing_folder(self.mailing),
            target=target,
            info=self.info,
            tariff=self.tariff,
            terms=self.terms,
            totals=self._totals(),
            fonts=plan,
            limit=self.workspace.settings.posting.rows_per_book,
        )
        lists = write_lists(order)
        figures = {
            _("printed"): sum(part.pieces for part in parts),
            _("bagged"): self.found.pieces,
            _("on the statement"): stated,
            **{_("listed ({form})").format(form=one.form): one.pieces for one in lists},
        }
        _require_same(_("pieces"), figures)
        listed = {_("listed ({form})").format(form=one.form): one.postage for one in lists}
        _require_same(_("postage in fen"), {_("on the statement"): self.amount, **listed})
        self._write_jobfile(private_folder(target / JOB_FOLDER), parts)
        unseen = dict.fromkeys((*missing, *(c for one in lists for c in one.missing)))
        return [Finding("M120", details={"characters": " ".join(unseen)})] if unseen else []

    def _printed(self) -> list[Part]:
        """The print files by their control files; before the posting they must still lie there."""
        folder = self.workspace.mailing_folder(self.mailing)
        parts = []
        for entry in self.package.manifest.parts:
            pdf = pdf_path(folder, entry.part)
            control = read_control(pdf)
            if self.state.state == "verified" and (
                control is None or not pdf.is_file() or sha256_of(pdf) != control.sha256
            ):
                raise CheckFailed(
                    _("the print file is gone, or is not the one that was rendered"),
                    where=str(pdf),
                    remedy=_("run `yibao render MAILING` and `yibao verify MAILING` again"),
                )
            digest, pieces = (control.sha256, control.pieces) if control else ("", entry.pieces)
            parts.append(Part(entry.part, pdf.name, digest, pieces, entry.pages, entry.first, entry.last))
        return parts

    def _write_jobfile(self, folder: Path, parts: list[Part]) -> None:
        job = Job(
            self.mailing,
            self.package.manifest.kind,
            self.info.product,
            self.info.client,
            self.scheme.id,
            self.info.line,
            self.info.posted_on,
            self.state.package_sha256,
        )
        write_jobfile(folder, job, parts, self.found, self.pieces)
        if faults := check_jobfile(folder):
            raise CheckFailed(
                faults[0],
                where=JOB_FOLDER,
                remedy=_("run `yibao render MAILING`, `yibao verify MAILING` and this command again"),
            )

    def _totals(self) -> Totals:
        parts = self.pieces.groupby("part", sort=True).agg(pieces=("price", "size"), amount=("price", "sum"))
        bags = ["bag", "level", "destination", "bundles", "pieces", "weight_mg"]
        return Totals(county_totals(self.pieces), self.found.bags[bags], parts.reset_index())


def narrow_pieces(package: Package) -> pd.DataFrame:
    """What papers count of each piece, in print order; texts that many pieces share are categories."""
    names = [*COLUMNS, "county", "postcode", *(n for n in _OPTIONAL if n in package.piece_fields())]
    there = [n for n in names if n in package.piece_fields()]
    lacking = dict.fromkeys((n for n in names if n not in there), "")
    pieces: pd.DataFrame = pd.concat(piece_frames(package, there), ignore_index=True).assign(**lacking)
    for name in _TEXTS:
        pieces[name] = pieces[name].fillna("").astype("category")
    return pieces


def _line_name(rate: Rate, terms: Terms) -> str:
    """What papers call the line of mail, with what its price holds besides."""
    extras = [name for name, wanted in (("挂号费", terms.registered), ("回执费", terms.receipt)) if wanted]
    return f"{rate.name} (含{'、'.join(extras)})" if extras else rate.name


def _require_same(what: str, figures: dict[str, int]) -> None:
    """All figures are one, or nothing is handed over; the message has them side by side."""
    if len(set(figures.values())) > 1:
        shown = ", ".join(f"{name} {figure:,}" for name, figure in figures.items())
        raise CheckFailed(
            _("the {what} do not tie: {figures}").format(what=what, figures=shown),
            remedy=_("hand nothing over; run `yibao render MAILING` and `yibao verify MAILING` again"),
        )


def _wanted_day(given: str, planned: str) -> str:
    """The day of posting, which must be in the calendar."""
    if given and not is_day(given):
        raise UsageError(_("{day} is no day").format(day=given), remedy=_("write it as 2026-10-08"))
    if not given and not is_day(planned):
        raise SettingsError(
            _("{day} is no day").format(day=planned),
            where=FILE_NAME,
            remedy=_("correct `posting` of the mailing in yibao.toml"),
        )
    return given or planned


def _require_after(ends: str, day: str) -> None:
    if day < ends:
        raise UsageError(
            _("the mailing cannot be posted on {day}: its data end on {ends}").format(day=day, ends=ends),
            remedy=_("give the day of posting with --posted"),
        )


def _same_day(recorded: str, wanted: str, given: bool) -> str:
    """The day of posting is said once; the list may be written again for the same day."""
    if recorded and given and recorded != wanted:
        raise UsageError(
            _("the mailing was posted on {day} already").format(day=recorded),
            remedy=_("leave out --posted to write the list again"),
        )
    return recorded or wanted
