"""HTML out of facts: the words are ours, in the reader's language, and whatever comes from data is text."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yibao_cli.i18n import _, language

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent / "html"


def page(name: str, **facts: Any) -> bytes:
    """A page by the name of its template, without .html.j2; every fact is escaped."""
    return _environment().get_template(f"{name}.html.j2").render(**facts, w=words(), lang=language()).encode()


def style() -> bytes:
    """The style sheet of all pages."""
    return (_FOLDER / "style.css").read_bytes()


def entrance() -> bytes:
    """The page that a first visit sees for a moment.

    It leads on by itself, for a redirect would still count as coming from elsewhere, and the cookie would not
    be sent along.
    """
    return page("entrance")


def refusal(status: HTTPStatus, what: str = "", remedy: str = "", **inside: str) -> bytes:
    """A page that says no, and why as far as the asker may know.

    inside: client and mailing, for who was let in: the page has its bar then, to go on from.
    """
    known = {
        HTTPStatus.FORBIDDEN: _("open the whole address that `yibao serve` has shown, token and all"),
        HTTPStatus.MISDIRECTED_REQUEST: _("this page answers to its own address alone"),
        HTTPStatus.METHOD_NOT_ALLOWED: _("nothing can be changed here; pages can be looked at"),
        HTTPStatus.NOT_FOUND: _("there is no such page"),
        HTTPStatus.SERVICE_UNAVAILABLE: _("too many ask at once; try again in a few seconds"),
    }
    shown = what or known.get(status, _("this cannot be asked"))
    return page("refusal", status=int(status), what=shown, remedy=remedy, inside=bool(inside), **inside)


def words() -> dict[str, str]:
    """The words of all pages."""
    return {
        "mailings": _("mailings"),
        "mailing": _("mailing"),
        "kind": _("kind"),
        "period": _("period"),
        "state": _("state"),
        "step": _("step"),
        "count": _("count"),
        "remark": _("remark"),
        "next": _("next step"),
        "report": _("report"),
        "proofs": _("proofs"),
        "no_proofs": _("there are no proofs; make them with `yibao proof`"),
        "page": _("page"),
        "before": _("the page before"),
        "after": _("the page after"),
        "search": _("search"),
        "asked": _("piece number, code or name"),
        "found": _("pieces that may be meant"),
        "none": _("nobody of this mailing is called so"),
        "more": _("there are more; type more of the name"),
        "piece": _("piece"),
        "name": _("name"),
        "number": _("number of the member"),
        "address": _("address"),
        "employer": _("employer"),
        "look": _("show it; that it was looked at is recorded"),
        "day": _("day"),
        "at": _("at"),
        "event": _("event"),
        "copy": _("copy"),
        "detail": _("detail"),
        "operator": _("operator"),
        "back": _("back to the mailings"),
        "on": _("go on"),
        "only_reading": _("this page shows and changes nothing; it ends with Ctrl-C where it was begun"),
    }


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only for a page

    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
