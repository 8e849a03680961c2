"""A survey of a mailing by telephone: the sample, the call list, the results, and the rate they say."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yibao_cli.codes import is_day, mask_id, mask_name
from yibao_cli.errors import InputNotFound, StateError
from yibao_cli.exports import Column
from yibao_cli.i18n import _
from yibao_cli.ingest import ReadOptions, read_batches
from yibao_cli.jobs.inbox import check_input
from yibao_cli.jobs.returns.settling import members_of
from yibao_cli.jobs.workspace import Workspace, require_state
from yibao_cli.kinds.fields import FieldSpec, TableSpec
from yibao_cli.model import Finding
from yibao_cli.returns.survey import ANSWERS, OUTCOMES, Answer, Result, allocate, draw, result, sample_size
from yibao_cli.store import audit
from yibao_cli.store import surveys as store
from yibao_cli.store.files import atomic_folder, sha256_of
from yibao_cli.store.lists import kept_book

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Row

FOLDER = "survey"
_PAGE = "第 &P 页  共 &N 页"
_BLANK = {
    "called_on": "",
    "outcome": "",
    "received": "",
    "accurate": "",
    "address_right": "",
    "satisfaction": -1,
}
_HEAD = (
    Column("回访编号", "count"),
    Column("账单编号"),
    Column("抽样层"),
    Column("称呼"),
    Column("电话"),
    Column("实访日期", "input", narrowest=12),
    Column("结果", "input", choices=tuple(OUTCOMES), narrowest=8),
    Column("是否收到", "input", choices=tuple(ANSWERS), narrowest=9),
    Column("内容是否准确", "input", choices=tuple(ANSWERS), narrowest=12),
    Column("地址是否正确", "input", choices=tuple(ANSWERS), narrowest=12),
    Column("满意度(0-100)", "input", narrowest=12),
)
SPEC = TableSpec(
    label="回访结果",
    fields=(
        FieldSpec(name="number", label="回访编号", type="integer", required=True),
        FieldSpec(name="piece", label="账单编号"),
        FieldSpec(name="called_on", label="实访日期", type="date"),
        FieldSpec(name="outcome", label="结果"),
        FieldSpec(name="received", label="是否收到"),
        FieldSpec(name="accurate", label="内容是否准确"),
        FieldSpec(name="address_right", label="地址是否正确"),
        FieldSpec(name="satisfaction", label="满意度(0-100)", aliases=("满意度",), type="integer"),
    ),
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample: its number, how many are asked of how many, and the call list."""

    survey: int
    size: int
    population: int
    xlsx: Path


@dataclass
class AnswersOutcome:
    """Rows of a list of results: rows_in == taken + blank + refused."""

    rows_in: int = 0
    taken: int = 0
    blank: int = 0
    refused: int = 0
    findings: list[Finding] = field(default_factory=list)


def draw_survey(
    workspace: Workspace, mailing: str, precision: float, seed: int, *, again: bool = False
) -> Drawn:
    """Draw a sample of the posted pieces by county, and write its call list.

    precision: half of the 95 % interval that is wanted, such as 0.03. The same seed draws the same sample.
    again: though there is one; the one of before stays on record, with its list.

    Raises StateError when there is a survey already and none is wanted again.
    """
    mailing = workspace.mailing_id(mailing)
    with workspace.reading() as connection:
        require_state(connection, mailing, ("posted",))
        _check_first(connection, mailing, again=again)
    by_county = _by_county(workspace, mailing)
    strata = {county: len(pieces) for county, pieces in by_county.items()}
    population = sum(strata.values())
    calls = allocate(strata, sample_size(population, precision))
    chosen = draw(by_county, calls, seed)
    with workspace.locked_mailing(mailing), workspace.engine.begin() as connection:
        _check_first(connection, mailing, again=again)
        turn = store.count_surveys(connection, mailing) + 1
        values = {
            "mailing": mailing,
            "seed": seed,
            "precision": precision,
            "strata": json.dumps(strata, ensure_ascii=False, sort_keys=True),
            "drawn_on": workspace.today,
            "operator": audit.operator(),
        }
        rows = [
            {"number": n, "piece": piece, "stratum": stratum, **_BLANK}
            for n, (stratum, piece) in enumerate(chosen, 1)
        ]
        survey = store.add_survey(connection, values, rows)
        facts = {"survey": survey, "size": len(rows), "population": population, "seed": seed}
        audit.record(connection, at=workspace.stamp, command="survey draw", mailing=mailing, facts=facts)
        # Before the commit: what the database knows of has its list, though it were killed in between.
        path = _write_list(workspace, mailing, chosen, turn)
    return Drawn(survey, len(chosen), population, path)


def _check_first(connection: Connection, mailing: str, *, again: bool) -> None:
    last = store.last_survey(connection, mailing)
    if last is None or again:
        return
    calls = store.calls_of(connection, last.id)
    raise StateError(
        _("mailing {mailing} has survey {number} of {day}: {done} of {calls} calls have a result").format(
            mailing=mailing,
            number=last.id,
            day=last.drawn_on,
            done=sum(bool(call.outcome) for call in calls),
            calls=len(calls),
        ),
        remedy=_("go on with its list; `--again` draws another, and results then count for that one alone"),
    )


def import_answers(workspace: Workspace, mailing: str, path: Path) -> AnswersOutcome:
    """Take the filled-in call list back; a row without a result is left open. Rules T120 to T126.

    A call that has a result already takes the new one: lists come back again, filled in further.
    """
    mailing = workspace.mailing_id(mailing)
    check_input(path)
    outcome = AnswersOutcome()
    with workspace.locked_mailing(mailing), workspace.engine.begin() as connection:
        state = require_state(connection, mailing, ("posted",))
        survey = _last(connection, mailing)
        known = {row.number: row.piece for row in store.calls_of(connection, survey.id)}
        seen: set[int] = set()
        for batch in read_batches(path, SPEC, ReadOptions(unmapped=True)):
            outcome.rows_in += batch.rows_in
            outcome.refused += batch.rows_rejected
            outcome.findings += batch.findings
            for row in batch.table.to_pylist():
                fault = _fault(row, known, seen, (state.posted_on, workspace.today))
                if fault is not None:
                    rule, column, value, details = fault
                    label = SPEC.field(column).label
                    place = (path.name, row["src_sheet"], row["src_row"], label, value)
                    outcome.findings.append(Finding(rule, *place, details))
                    outcome.refused += 1
                elif not row["outcome"]:
                    outcome.blank += 1
                else:
                    seen.add(row["number"])
                    store.answer_call(connection, survey.id, row["number"], _values(row))
                    outcome.taken += 1
        facts = {"survey": survey.id, "taken": outcome.taken, "sha256": sha256_of(path)}
        audit.record(connection, at=workspace.stamp, command="survey import", mailing=mailing, facts=facts)
    return outcome


def survey_result(workspace: Workspace, mailing: str) -> Result:
    """What the newest survey of a mailing says by now."""
    mailing = workspace.mailing_id(mailing)
    with workspace.reading() as connection:
        survey = _last(connection, mailing)
        rows = store.calls_of(connection, survey.id)
    answers = [
        Answer(r.stratum, r.outcome, r.received, r.accurate, r.address_right, r.satisfaction) for r in rows
    ]
    return result(answers, json.loads(survey.strata))


def _last(connection: Connection, mailing: str) -> Row[Any]:
    survey = store.last_survey(connection, mailing)
    if survey is None:
        raise StateError(
            _("mailing {mailing} has no survey").format(mailing=mailing),
            remedy=_("draw one with `yibao survey draw {mailing}`").format(mailing=mailing),
        )
    return survey


def _by_county(workspace: Workspace, mailing: str) -> dict[str, list[str]]:
    package = workspace.package(mailing)
    found: dict[str, list[str]] = defaultdict(list)
    for entry in package.manifest.parts:
        table = package.pieces(entry.part, ["piece", "county"])
        columns = (table.column(c).to_pylist() for c in ("piece", "county"))
        for piece, county in zip(*columns, strict=True):
            found[county or ""].append(piece)
    return found


def _write_list(workspace: Workspace, mailing: str, chosen: list[tuple[str, str]], turn: int) -> Path:
    """The call list: a piece, a form of address and a telephone; no full name and no amount.

    turn: of the mailing's surveys, from 1; the lists of earlier ones are left as they are.
    """
    if not chosen:
        raise InputNotFound(
            _("there is nobody to ask"), remedy=_("post it first with `yibao manifest MAILING`")
        )
    table = members_of(workspace, mailing, {piece for _s, piece in chosen}, ["name", "phone"])
    facts = {row["piece"]: row for row in table.to_pylist()}
    nth = "" if turn == 1 else f"-{turn}"
    folder = workspace.mailing_folder(mailing) / f"{FOLDER}{nth}"
    name = f"survey-{mailing}{nth}.xlsx"
    with atomic_folder(folder) as target, kept_book(target / name, _PAGE, f"批次 {mailing}") as book:
        rows = (
            (n, piece, stratum, mask_name(facts[piece].get("name") or ""), facts[piece].get("phone") or "")
            + ("",) * 6
            for n, (stratum, piece) in enumerate(chosen, 1)
        )
        book.long_table("回访", f"回访名单 (批次 {mailing}, {len(chosen)} 件)", _HEAD, rows)
    return folder / name


def _fault(
    row: Mapping[str, Any], known: Mapping[int, str], seen: set[int], days: tuple[str, str]
) -> tuple[str, str, str, dict[str, object]] | None:
    """(rule, column, value, details) of the first thing that is wrong with a row."""
    number = row["number"]
    if number not in known or number in seen:
        return "T126" if number in seen else "T120", "number", str(number), {}
    if row["piece"] and row["piece"].strip() != known[number]:
        return "T127", "number", str(number), {}
    for column, choices in (("outcome", OUTCOMES), *((c, ANSWERS) for c in sorted(_ASKED))):
        said = (row[column] or "").strip()
        if said and said not in choices:
            return "T121", column, mask_id(said), {"word": mask_id(said)}
    return _contradiction(row, days) if row["outcome"] else None


def _contradiction(
    row: Mapping[str, Any], days: tuple[str, str]
) -> tuple[str, str, str, dict[str, object]] | None:
    day, received, mark = row["called_on"] or "", row["received"] or "", row["satisfaction"]
    reached = row["outcome"].strip() == "接通"
    if not is_day(day) or not days[0] <= day <= days[1]:
        return "T122", "called_on", day, {"day": day}
    if reached != bool(received):
        return "T124" if reached else "T123", "received", received, {}
    if mark is not None and not 0 <= mark <= _FULL_MARKS:
        return "T125", "satisfaction", str(mark), {}
    return None


_ASKED = frozenset({"received", "accurate", "address_right"})
_FULL_MARKS = 100


def _values(row: Mapping[str, Any]) -> dict[str, object]:
    answers = {c: ANSWERS.get((row[c] or "").strip(), "") for c in _ASKED}
    mark = row["satisfaction"]
    return {
        "called_on": row["called_on"],
        "outcome": OUTCOMES[row["outcome"].strip()],
        **answers,
        "satisfaction": -1 if mark is None else int(mark),
    }
