"""The posting list of a mailing; writing it says that the mailing is handed to the post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import update

from yibao_cli.config import FILE_NAME, shipped
from yibao_cli.errors import CheckFailed, SettingsError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.rendering import pdf_path, read_control, whole_package
from yibao_cli.jobs.workspace import Progress, Workspace, no_progress, require_state
from yibao_cli.mailing.manifest import ManifestInfo, manifest_frame, write_manifest
from yibao_cli.mailing.tariff import Locality, Terms, load_tariff
from yibao_cli.money import fen
from yibao_cli.store import audit
from yibao_cli.store.files import atomic_folder, sha256_of
from yibao_cli.store.schema import mailings

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.store.packages import Package

FOLDER = "manifest"
_COLUMNS = [
    "position",
    "pages",
    "piece",
    "name",
    "employer_no",
    "employer_name",
    "address",
    "postcode",
    "county",
    "part",
]


@dataclass(frozen=True, slots=True)
class ListOutcome:
    """The files, the pieces on the list, and the postage in fen."""

    xlsx: Path
    csv: Path
    pieces: int
    postage: int
    posted_on: str


def list_mailing(
    workspace: Workspace, mailing: str, posted_on: str = "", progress: Progress = no_progress
) -> ListOutcome:
    """Write the manifest and record the day of posting (default: the planned one).

    Raises StateError when the mailing is not verified, CheckFailed when pieces printed and listed differ.
    """
    mailing = workspace.mailing_id(mailing)
    day = _wanted_day(posted_on, workspace.mailing(mailing).posting)
    with workspace.locked_mailing(mailing):
        with workspace.reading() as connection:
            state = require_state(connection, mailing, ("verified", "posted"))
        day = _same_day(state.posted_on, day, bool(posted_on))
        _require_after(workspace.mailing(mailing).ends, day)
        package = whole_package(workspace, mailing, state.package_sha256)
        progress(_("listing"), 0, 0)
        pieces = _pieces(package)
        if state.state == "verified":
            _tie(workspace, mailing, package, len(pieces))
        product = package.product
        client = workspace.settings.client
        terms = Terms(
            line=product.tariff,
            on_date=day,
            locality=Locality.of_client(client.postcode),
            sheet_grams=Decimal(str(product.sheet_grams)),
            cover_grams=Decimal(str(product.cover_grams)),
        )
        tariff = load_tariff(shipped("templates") / "common" / "tariff.toml")
        frame = manifest_frame(pieces, mailing, tariff, terms)
        folder = workspace.mailing_folder(mailing) / FOLDER
        info = ManifestInfo(mailing, client.name, product.name, tariff.rate(product.tariff, day).name, day)
        with atomic_folder(folder) as target:
            xlsx, csv = write_manifest(frame, target, info)
        postage = sum(map(fen, frame["资费(元)"]))
        with workspace.engine.begin() as connection:
            new = {"state": "posted", "posted_on": day}
            connection.execute(update(mailings).where(mailings.c.id == mailing).values(**new))
            audit.record(
                connection,
                at=workspace.stamp,
                command="manifest",
                mailing=mailing,
                facts={"pieces": len(frame), "postage_fen": postage, "posted_on": day},
            )
    return ListOutcome(folder / xlsx.name, folder / csv.name, len(frame), postage, day)


def _wanted_day(given: str, planned: str) -> str:
    """The day of posting, which must be in the calendar."""
    if given and not _is_day(given):
        raise UsageError(_("{day} is no day").format(day=given), remedy=_("write it as 2026-10-08"))
    if not given and not _is_day(planned):
        raise SettingsError(
            _("{day} is no day").format(day=planned),
            where=FILE_NAME,
            remedy=_("correct `posting` of the mailing"),
        )
    return given or planned


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


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
            remedy=_("leave --posted away to write the list again"),
        )
    return recorded or wanted


def _pieces(package: Package) -> pd.DataFrame:
    names = [c for c in _COLUMNS if c in package.piece_fields()]
    frames = [package.pieces(e.part, names).to_pandas() for e in package.manifest.parts]
    frame: pd.DataFrame = pd.concat(frames, ignore_index=True)
    for missing in set(_COLUMNS) - set(names):
        frame[missing] = ""
    frame["part"] = frame["part"].astype("string")
    return frame


def _tie(workspace: Workspace, mailing: str, package: Package, listed: int) -> None:
    """Printed = listed, and the files are the ones that were rendered, or nothing is handed over."""
    folder = workspace.mailing_folder(mailing)
    printed = 0
    for entry in package.manifest.parts:
        pdf = pdf_path(folder, entry.part)
        control = read_control(pdf)
        if control is None or not pdf.is_file() or sha256_of(pdf) != control.sha256:
            raise CheckFailed(
                _("the print file is gone, or is not the one that was rendered"),
                where=str(pdf),
                remedy=_("render and verify the mailing again"),
            )
        printed += control.pieces
    if printed != listed:
        raise CheckFailed(
            _("printed {printed} pieces, listed {listed}").format(printed=printed, listed=listed),
            remedy=_("render and verify the mailing again"),
        )
