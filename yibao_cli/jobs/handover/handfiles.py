"""The files of a handover to employers: papers, index, calls, messages, routes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from yibao_cli.codes import is_mobile
from yibao_cli.errors import CheckFailed
from yibao_cli.exports import Book, safe_text
from yibao_cli.i18n import _
from yibao_cli.mailing.handover import CALLS, INDEX, VEHICLES, handover_paper, index_row
from yibao_cli.render.faces import font_set
from yibao_cli.render.paper import write_paper
from yibao_cli.render.routemap import RouteMap, draw_routes
from yibao_cli.store.files import atomic_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from yibao_cli.exports import Cell
    from yibao_cli.jobs.workspace import Progress
    from yibao_cli.kinds.page import FontPlan
    from yibao_cli.mailing.handover import Employer, HandoverTexts, Member

_PAGES = "第 &P 页 共 &N 页"
_OFFICE = 6


@dataclass(frozen=True, slots=True)
class HandFiles:
    """What all files of a handover share; deadline as `12:00`."""

    mailing: str
    folder: Path
    fonts: FontPlan
    texts: HandoverTexts
    deadline: str

    def path(self, stem: str, suffix: str) -> Path:
        """Where a file goes."""
        return self.folder / f"{stem}-{self.mailing}.{suffix}"


def write_handover(
    made: HandFiles,
    employers: list[Employer],
    members: Iterable[tuple[Employer, Iterable[Member]]],
    told: list[str],
    places: Mapping[str, tuple[float, float]],
    progress: Progress,
) -> list[str]:
    """Write every file of the handover; returns their names. Raises CheckFailed for what no font draws.

    told: the day on which each employer is called, "" for none. places: coordinates by employer.
    """
    fonts = font_set(made.fonts)
    papers = made.path("handover", "pdf")
    counted = _counted(members, len(employers), progress)
    written = write_paper(papers, handover_paper(made.mailing, counted, made.texts, made.deadline), fonts)
    routes = made.path("routes", "pdf")
    missing = (*written.missing, *draw_routes(routes, _maps(employers, places), fonts).missing)
    if missing:
        raise CheckFailed(
            _("no font draws {characters}").format(characters=" ".join(f"U+{ord(c):04X}" for c in missing)),
            remedy=_("name a fallback font under [fonts] of yibao.toml, and run `yibao merge MAILING` again"),
        )
    index, calls, messages = (
        made.path("handover", "xlsx"),
        made.path("calls", "xlsx"),
        made.path("sms", "csv"),
    )
    _write_index(index, made, employers)
    _write_calls(calls, made, employers, told)
    _write_messages(messages, made, employers, told)
    return [p.name for p in (papers, index, routes, calls, messages)]


def _counted(
    members: Iterable[tuple[Employer, Iterable[Member]]], of: int, progress: Progress
) -> Iterator[tuple[Employer, Iterable[Member]]]:
    for done, pair in enumerate(members, start=1):
        progress(_("writing papers"), done, of)
        yield pair


def _write_index(path: Path, made: HandFiles, employers: list[Employer]) -> None:
    """Sheet 1: every employer in the order of the routes; sheet 2: every vehicle with its load."""
    title = f"{made.mailing} 单位交接清单"
    with Book.to(path, _PAGES, title) as book:
        book.long_table("单位交接", title, INDEX, (index_row(e) for e in employers))
        with book.sheet("车次", repeat=1) as sheet:
            sheet.header(VEHICLES)
            for day, vehicle, own in _routes(employers):
                pieces, bundles = sum(e.pieces for e in own), sum(e.bundles for e in own)
                sheet.row(VEHICLES, (day, vehicle, len(own), own[-1].at, pieces, bundles))


def _write_calls(path: Path, made: HandFiles, employers: list[Employer], told: list[str]) -> None:
    what = made.texts.texts["call"]
    title = f"{made.mailing} 单位电话预告表"

    def rows() -> Iterator[tuple[Cell, ...]]:
        for day, e in sorted(_called(employers, told), key=lambda c: c[0]):
            head = (day, e.employer_no, e.name, e.contact, e.phone)
            yield (*head, e.day, e.at, e.pieces, what, "", "", "")

    with Book.to(path, _PAGES, title) as book:
        book.long_table("电话预告", title, CALLS, rows())


def _write_messages(path: Path, made: HandFiles, employers: list[Employer], told: list[str]) -> None:
    """For a gateway: day, number, text; UTF-8 with a byte order mark, as Excel wants it."""
    with atomic_file(path, "w") as stream:
        stream.write("\ufeff")
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(("发送日期", "手机号码", "短信内容", "单位编号"))
        for day, e in sorted(_called(employers, told), key=lambda c: c[0]):
            if not is_mobile(e.phone):
                continue
            text = made.texts.say("sms", e, made.deadline)
            writer.writerow(tuple(map(safe_text, (day, e.phone, text, e.employer_no))))


def _called(employers: list[Employer], told: list[str]) -> Iterator[tuple[str, Employer]]:
    return ((day, e) for e, day in zip(employers, told, strict=True) if e.phone and day)


def _routes(employers: list[Employer]) -> Iterator[tuple[str, int, list[Employer]]]:
    """Each vehicle of each day with its employers in the order of its stops."""
    for (day, vehicle), group in groupby(employers, key=lambda e: (e.day, e.vehicle)):
        if vehicle:
            yield day, vehicle, list(group)


def _maps(employers: list[Employer], places: Mapping[str, tuple[float, float]]) -> Iterator[RouteMap]:
    for day, vehicle, own in _routes(employers):
        points = [places[e.employer_no] for e in own if e.employer_no in places]
        yield RouteMap(
            title=f"{vehicle}号车  {day}",
            facts=f"{len(own)}站  {sum(e.pieces for e in own):,}件  {own[0].at} 至 {own[-1].at}",
            tiles=[(e.place, e.at, e.pieces, e.postcode[:_OFFICE]) for e in own],
            points=points if len(points) == len(own) else (),
        )
