"""What became of each ad's pieces: printed, posted, returned, delivered in the end, by county and class."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from yibao_cli.ads.settling import Count
from yibao_cli.store.schema import remails, returns

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from yibao_cli.jobs.workspace import Workspace

Cells = dict[tuple[str, str], Count]
_CLASSES = ["county", "category"]


def count_ads(workspace: Workspace, mailing: str, *, is_posted: bool) -> dict[str, Cells]:
    """Per contract and (county, class) the pieces that bear its ad."""
    package = workspace.package(mailing)
    there = package.piece_fields()
    slots = [n for n in there if n.startswith("slot_")]
    classes = [n for n in _CLASSES if n in there]
    with workspace.reading() as connection:
        came_back, arrived = _returned(connection, mailing)
    cells: dict[str, Cells] = defaultdict(lambda: defaultdict(Count))
    for entry in package.manifest.parts:
        frame = package.pieces(entry.part, ["piece", *classes, *slots]).to_pandas()
        for name in _CLASSES:
            frame[name] = frame[name].fillna("") if name in frame else ""
        frame["back"] = frame["piece"].isin(came_back)
        frame["cured"] = frame["piece"].isin(arrived)
        for slot in slots:
            paid = frame[frame[slot].str.startswith("ad:")]
            for (ad, *cell), rows in paid.groupby([slot, *_CLASSES], sort=True):
                posted = len(rows) if is_posted else 0
                back = int(rows["back"].sum()) if is_posted else 0
                cured = int(rows["cured"].sum()) if is_posted else 0
                place = (str(cell[0]), str(cell[1]))
                number = str(ad).removeprefix("ad:")
                cells[number][place] += Count(len(rows), posted, back, cured)
    return {number: dict(found) for number, found in cells.items()}


def total_of(cells: Cells) -> Count:
    """All cells of an ad together."""
    return sum(cells.values(), Count())


def _returned(connection: Connection, mailing: str) -> tuple[set[str], set[str]]:
    """Pieces that came back at all, and those of them whose latest copy did not."""
    query = select(returns.c.piece, func.max(returns.c.copy).label("copy")).where(
        returns.c.mailing == mailing
    )
    last_back = {r.piece: r.copy for r in connection.execute(query.group_by(returns.c.piece))}
    sent = select(remails.c.piece, func.max(remails.c.copy).label("copy"))
    sent = sent.where(remails.c.mailing == mailing, remails.c.posted_on != "").group_by(remails.c.piece)
    last_sent = {r.piece: r.copy for r in connection.execute(sent)}
    arrived = {piece for piece, copy in last_back.items() if last_sent.get(piece, 0) > copy}
    return set(last_back), arrived
