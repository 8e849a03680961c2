"""A second person's word about an ad, one with open findings too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from sqlalchemy import select

from yibao_cli.errors import InputNotFound
from yibao_cli.i18n import _
from yibao_cli.jobs.ads.adsbook import contracts_on_record
from yibao_cli.jobs.ads.adslaw import approve
from yibao_cli.sealed.files import source
from yibao_cli.store.imports import active_imports
from yibao_cli.store.schema import audit as trail

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.store.contracts import Approval


def approve_contract(workspace: Workspace, mailing: str, number: str, rule: str, why: str) -> Approval:
    """Approve the ad of a contract, or release one finding about it.

    Raises InputNotFound for a contract that is not there, UsageError where the law of two persons forbids it.
    """
    mailing = workspace.mailing_id(mailing)
    contract = next((c for c in contracts_on_record(workspace, mailing) if c.id == number), None)
    if contract is None:
        raise InputNotFound(
            _("contract {contract} is not in force in this mailing").format(contract=number),
            remedy=_("see `yibao ads check` for why"),
        )
    return approve(workspace, contract, _importers_of(workspace, mailing, number), rule, why)


def _importers_of(workspace: Workspace, mailing: str, number: str) -> set[str]:
    """Who imported the list that has a contract; where none has it, everybody who imported one."""
    query = select(trail.c.operator, trail.c.facts).where(
        trail.c.command == "import contracts", trail.c.mailing == mailing
    )
    with workspace.reading() as connection:
        done = [(row.operator, json.loads(row.facts).get("sha256")) for row in connection.execute(query)]
        records = active_imports(connection, mailing, "contracts")
    lists = {r.sha256 for r in records if number in _numbers(r.rows(workspace.folder))}
    return {who for who, sha256 in done if sha256 in lists or not lists}


def _numbers(rows: Path) -> set[str]:
    if not rows.is_file():  # a purge leaves the record alone
        return set()
    return set(map(str, pq.read_table(source(rows), columns=["contract_no"]).column(0).to_pylist()))
