"""The enquiry desk's page: report, proofs, search, one piece. It changes nothing but the audit trail."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING

from yibao_cli.config import shipped
from yibao_cli.errors import ExitCode, InputNotFound, YibaoError
from yibao_cli.i18n import _, people_read
from yibao_cli.jobs.enquiry.finding import find_pieces
from yibao_cli.jobs.enquiry.previewing import png_of, preview_piece, record_look
from yibao_cli.jobs.enquiry.tracing import track
from yibao_cli.jobs.render import proofing
from yibao_cli.jobs.reports import reporting
from yibao_cli.jobs.reports.status import mailing_status
from yibao_cli.jobs.workspace import mailing_state, state_word
from yibao_cli.reports.picture import page as report_page
from yibao_cli.store import audit
from yibao_cli.web.pages import page, refusal, style
from yibao_cli.web.server import CSS, PNG, LocalServer, Reply, see

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from yibao_cli.jobs.enquiry.finding import Found
    from yibao_cli.jobs.workspace import Workspace

    View = Callable[[Workspace, str, str], Reply]

_REPORT = "style-src 'unsafe-inline'"  # the report carries its own style, and loads nothing
_KEPT = 200  # answers to searches, so that a browser can go back to them
_SHOWN = 50  # pieces of one answer
_STATUS = {
    ExitCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ExitCode.USAGE: HTTPStatus.BAD_REQUEST,
    ExitCode.STATE: HTTPStatus.CONFLICT,
    ExitCode.CHECK_FAILED: HTTPStatus.CONFLICT,
}
_MAILING = r"/m/(?P<mailing>[A-Z0-9-]{1,20})"


def open_desk(
    workspace: Workspace, host: str, port: int, *, fixed: bool, own_language: bool = False
) -> LocalServer:
    """Listen for a browser on this machine. fixed: the workspace's day was given, and stays.

    own_language: the pages speak that of the process, not the one that a browser asks for.
    Raises UsageError for a host that is not this machine, OutputError for a port that cannot be had.
    """
    return LocalServer(ServingDesk(workspace, fixed=fixed), host, port, own_language=own_language)


class ServingDesk:
    """Answers requests out of one workspace; several may come at once."""

    def __init__(self, workspace: Workspace, *, fixed: bool) -> None:
        self._workspace = workspace
        self._fixed = fixed
        self._answers: dict[str, tuple[str, Found]] = {}
        self._reports: dict[str, tuple[object, bytes]] = {}
        self._seen: set[str] = set()
        self._lock = Lock()  # of what this object remembers, and of what costs much
        self._pages: tuple[tuple[re.Pattern[str], View], ...] = tuple(
            (re.compile(_MAILING + pattern), view)
            for pattern, view in (
                (r"(?P<rest>)", self._mailing),
                (r"/report(?P<rest>)", self._report),
                (r"/proof(?P<rest>)", self._proof),
                (r"/proof/(?P<rest>[1-9]\d{0,4})", self._proof),
                (r"/proof/(?P<rest>[1-9]\d{0,4})\.png", self._proof_picture),
                (r"/found/(?P<rest>[\w-]{1,40})", self._found),
                (r"/piece/(?P<rest>[0-9A-Z]{1,12})", self._piece),
            )
        )

    def look(self, path: str) -> Reply:
        """What a path shows."""
        if path == "/":
            return self._said(lambda: self._home(self._now()))
        if path == "/style.css":
            return Reply(style(), CSS)
        for pattern, view in self._pages:
            if match := pattern.fullmatch(path):
                where = match["mailing"]
                return self._said(partial(self._shown, view, where, match["rest"]), where)
        return self._no(HTTPStatus.NOT_FOUND)

    def search(self, path: str, asked: Mapping[str, str]) -> Reply:
        """Search a mailing for the words of the field `q`."""
        match = re.fullmatch(_MAILING + "/search", path)
        if match is None:
            return self._no(HTTPStatus.METHOD_NOT_ALLOWED)
        where = match["mailing"]
        return self._said(lambda: self._searched(where, asked.get("q", "")), where)

    def _shown(self, view: View, mailing: str, rest: str) -> Reply:
        workspace = self._now()
        workspace.mailing(mailing)  # there is none of another name
        return view(workspace, mailing, rest)

    def _said(self, answer: Callable[[], Reply], mailing: str = "") -> Reply:
        """An answer, or why there is none; what goes wrong stays with the one request."""
        try:
            return answer()
        except YibaoError as error:
            status = _STATUS.get(error.exit_code, HTTPStatus.INTERNAL_SERVER_ERROR)
            return self._no(status, error.message, error.remedy, mailing)
        except Exception as error:  # noqa: BLE001 - one page fails, the desk goes on; values stay out of it
            what = _("this is a bug in yibao: {error}").format(error=type(error).__name__)
            return self._no(HTTPStatus.INTERNAL_SERVER_ERROR, what, mailing=mailing)

    def _no(self, status: HTTPStatus, what: str = "", remedy: str = "", mailing: str = "") -> Reply:
        """A page that says why there is no other, with the bar of the mailing to go on from."""
        settings = self._workspace.settings
        known = mailing if mailing in settings.mailings else ""
        body = refusal(status, what, remedy, client=settings.client.name, mailing=known)
        return Reply(body, status=status)

    def _now(self) -> Workspace:
        """The workspace at this moment, by the database that is open."""
        if self._fixed:
            return self._workspace
        fresh = replace(self._workspace, now=datetime.now(UTC))
        fresh.__dict__["engine"] = self._workspace.engine
        return fresh

    def _page(self, name: str, **facts: object) -> Reply:
        return Reply(page(name, client=self._workspace.settings.client.name, **facts))

    def _home(self, workspace: Workspace) -> Reply:
        rows = []
        with workspace.reading() as connection:
            for name, settings in sorted(workspace.settings.mailings.items(), reverse=True):
                state = mailing_state(connection, name)
                reached = state_word(state.state) if state else _("not merged")
                kind = _kind_name(workspace, name)
                rows.append({"id": name, "kind": kind, "period": settings.period, "state": reached})
        return self._page("home", mailings=rows)

    def _mailing(self, workspace: Workspace, mailing: str, _rest: str) -> Reply:
        status = mailing_status(workspace, mailing)
        return self._page(
            "mailing",
            mailing=mailing,
            kind=_kind_name(workspace, mailing),
            period=workspace.mailing(mailing).period,
            rows=status.rows,
            next_step=status.next_step,
        )

    def _report(self, workspace: Workspace, mailing: str, _rest: str) -> Reply:
        # Figures of 700,000 pieces take a while: they are made again only after something happened.
        with workspace.reading() as connection:
            happened = (workspace.today, audit.head(connection))
        with self._lock:
            kept = self._reports.get(mailing)
            if kept is None or kept[0] != happened:
                figures = reporting.figures_of(workspace, mailing)[1]
                kept = happened, report_page(figures, shipped("templates") / "reports").encode()
                self._reports[mailing] = kept
        return Reply(kept[1], allows=_REPORT)

    def _proof(self, workspace: Workspace, mailing: str, number: str) -> Reply:
        pages = len(_proof_pages(workspace, mailing))
        at = int(number or 1)
        if pages and at > pages:
            return self._no(HTTPStatus.NOT_FOUND, mailing=mailing)
        return self._page("proofs", mailing=mailing, pages=pages, number=at)

    def _proof_picture(self, workspace: Workspace, mailing: str, number: str) -> Reply:
        pages = _proof_pages(workspace, mailing)
        if int(number) > len(pages):
            return self._no(HTTPStatus.NOT_FOUND, mailing=mailing)
        with self._lock:
            first = mailing not in self._seen
            self._seen.add(mailing)
        if first:  # a proof is many persons' and made to be looked at: once for each run is enough
            record_look(workspace, mailing, "serve proof", {"pages": len(pages)})
        return Reply(pages[int(number) - 1].read_bytes(), PNG)

    def _searched(self, mailing: str, asked: str) -> Reply:
        workspace = self._now()
        workspace.mailing(mailing)
        found = find_pieces(workspace, mailing, asked, _SHOWN)
        record_look(workspace, mailing, "serve search", {"by": found.by, "found": len(found.rows)})
        key = secrets.token_urlsafe(12)
        with self._lock:
            self._answers[key] = mailing, found
            while len(self._answers) > _KEPT:
                del self._answers[next(iter(self._answers))]
        return see(f"/m/{mailing}/found/{key}")

    def _found(self, _workspace: Workspace, mailing: str, key: str) -> Reply:
        with self._lock:
            kept = self._answers.get(key)
        if kept is None or kept[0] != mailing:
            raise InputNotFound(_("this answer is no longer kept"), remedy=_("search again"))
        return self._page("found", mailing=mailing, rows=kept[1].rows, more=kept[1].more)

    def _piece(self, workspace: Workspace, mailing: str, piece: str) -> Reply:
        history = track(workspace, piece, mailing)
        shown = preview_piece(workspace, mailing, piece, command="serve")
        return self._page(
            "piece",
            mailing=mailing,
            piece=shown.piece,
            origin=_(shown.origin.value),
            about=history.about,
            history=[{name: people_read(value) for name, value in row.items()} for row in history.rows],
            pictures=[base64.b64encode(png_of(p)).decode() for p in shown.pictures],
        )


def _kind_name(workspace: Workspace, mailing: str) -> str:
    """What is mailed, as its statements are headed; its id where the kind cannot be loaded now."""
    try:
        return workspace.kind(mailing).name
    except YibaoError:
        return workspace.mailing(mailing).kind


def _proof_pages(workspace: Workspace, mailing: str) -> list[Path]:
    return sorted((workspace.mailing_folder(mailing) / proofing.FOLDER).glob("page-*.png"))
