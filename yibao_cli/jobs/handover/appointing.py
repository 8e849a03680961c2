"""Appointments with employers, as the callers bring them back."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from yibao_cli.codes import is_day, mask_id
from yibao_cli.ingest import ReadOptions, read_batches
from yibao_cli.jobs.inbox import check_input
from yibao_cli.jobs.mailing.tracking import table_spec
from yibao_cli.mailing.routes import clock, minutes_of
from yibao_cli.model import Finding
from yibao_cli.store import audit, handovers
from yibao_cli.store.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.mailing.routes import Limits

_TIME = re.compile(r"(上午|下午)?(\d{1,2})(?:[:时点](\d{2})?分?)(?::\d{2})?")
_NOON = 12


def import_appointments(
    workspace: Workspace, mailing: str, path: Path, known: Container[str], limits: Limits
) -> list[Finding]:
    """Write the appointments of a file down; findings M150 to M153. known: employers that get anything."""
    check_input(path)
    findings: list[Finding] = []
    rows: dict[str, dict[str, Any]] = {}
    first: dict[str, int] = {}
    for batch in read_batches(path, table_spec("appointments"), ReadOptions(unmapped=True)):
        findings += batch.findings
        for row in batch.table.to_pylist():
            found = _judged(row, path.name, known, first, limits)
            findings += found
            if all(f.severity != "reject" for f in found):
                first[row["employer_no"]] = row["src_row"]
                time = time_of(row["time"] or "") or ""
                rows[row["employer_no"]] = {
                    "employer_no": row["employer_no"],
                    "day": row["day"],
                    "time": time,
                }
    with workspace.engine.begin() as connection:
        handovers.appoint(connection, mailing, [{**r, "file_name": path.name} for r in rows.values()])
        facts = {"sha256": sha256_of(path), "appointments": len(rows)}
        audit.record(connection, at=workspace.stamp, command="appointments", mailing=mailing, facts=facts)
    return findings


def time_of(text: str) -> str | None:
    """A time as people write it, as `09:30`; "" for none, None where it cannot be read.

    >>> time_of("上午9点30分"), time_of("下午2时"), time_of("")
    ('09:30', '14:00', '')
    """
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if not folded:
        return ""
    match = _TIME.fullmatch(folded)
    if match is None:
        return None
    hour, minute = int(match[2]), int(match[3] or 0)
    if match[1] == "下午" and hour < _NOON:
        hour += _NOON
    try:
        return clock(minutes_of(f"{hour}:{minute:02d}"))
    except ValueError:
        return None


def _judged(
    row: dict[str, Any], name: str, known: Container[str], first: dict[str, int], limits: Limits
) -> list[Finding]:
    def finding(rule: str, column: str, value: str = "", **details: object) -> list[Finding]:
        return [Finding(rule, name, row["src_sheet"] or "", row["src_row"], column, value, details)]

    number = row["employer_no"]
    if number not in known:
        return finding("M150", "单位编号", mask_id(number))
    if number in first:
        return finding("M152", "单位编号", number, first=first[number])
    time = time_of(row["time"] or "")
    if time is None or not is_day(row["day"]):
        return finding("M151", "预约时间", mask_id(row["time"] or ""))
    if time and minutes_of(time) > limits.deadline:
        return finding("M153", "预约时间", time, deadline=clock(limits.deadline))
    return []
