"""Who signed the proofs of a package."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from yibao_cli.store.schema import audit, package_approvals

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Approval:
    """A signature: what was looked at, who had made it, who signed and when (ISO)."""

    mailing: str
    package_sha256: str
    proof_sha256: str
    maker: str
    checker: str
    at: str


def add_approval(connection: Connection, approval: Approval) -> None:
    """Record a signature."""
    connection.execute(insert(package_approvals).values(**asdict(approval)))


def approval_of(connection: Connection, mailing: str, package_sha256: str) -> Approval | None:
    """The last signature under this very package; None where there is none."""
    c = package_approvals.c
    query = select(package_approvals).where(c.mailing == mailing, c.package_sha256 == package_sha256)
    row = connection.execute(query.order_by(c.id.desc()).limit(1)).mappings().first()
    return Approval(**{name: row[name] for name in Approval.__slots__}) if row else None


def makers_of(connection: Connection, mailing: str, package_sha256: str) -> list[str]:
    """Everybody who merged this package, the last one first, as the audit trail says."""
    query = select(audit.c.operator, audit.c.facts).where(
        audit.c.mailing == mailing, audit.c.command == "merge"
    )
    return [
        str(row.operator)
        for row in connection.execute(query.order_by(audit.c.seq.desc()))
        if json.loads(row.facts).get("package") == package_sha256
    ]
