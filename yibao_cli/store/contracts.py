"""What lives on about ads: approvals, invoices and payments, make-goods, scans of response codes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, or_, select, update

from yibao_cli.money import yuan
from yibao_cli.store.ads_schema import ad_approvals, ad_invoices, ad_makegoods, ad_payments, ad_scans

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's word about an ad as it was then; rule: the finding released, "" for the whole ad."""

    contract: str
    fingerprint: str
    rule: str
    why: str
    operator: str
    at: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """What a customer is to pay for a mailing; amounts in fen, days ISO."""

    mailing: str
    contract: str
    advertiser: str
    amount: int
    issued_on: str
    due_on: str


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's account in fen; since: the day of the oldest debt that is overdue.

    grade: A who has never been late, B who was and has paid, C who is overdue.
    """

    advertiser: str
    billed: int
    paid: int
    overdue: int
    since: str
    grade: str

    @property
    def open(self) -> int:
        """Fen that are still to be paid."""
        return self.billed - self.paid

    @property
    def amount(self) -> str:
        """What is overdue, in yuan."""
        return yuan(self.overdue)


@dataclass(frozen=True, slots=True)
class MakeGood:
    """Pieces of a contract that were missing in a mailing and are to be printed in a later one.

    mailing: where they were missing; with `#2` behind it where more were, once the first had been printed.
    """

    contract: str
    mailing: str
    pieces: int
    used_in: str


def add_approval(connection: Connection, approval: Approval) -> None:
    """Record an approval or a release."""
    connection.execute(
        insert(ad_approvals).values(
            contract=approval.contract,
            fingerprint=approval.fingerprint,
            rule=approval.rule,
            why=approval.why,
            operator=approval.operator,
            at=approval.at,
        )
    )


def approvals(connection: Connection) -> dict[str, list[Approval]]:
    """All approvals and releases, by contract, in the order they were given."""
    found: dict[str, list[Approval]] = defaultdict(list)
    for row in connection.execute(select(ad_approvals).order_by(ad_approvals.c.id)):
        found[row.contract].append(
            Approval(row.contract, row.fingerprint, row.rule, row.why, row.operator, row.at)
        )
    return dict(found)


def keep_invoices(connection: Connection, mailing: str, invoices: Iterable[Invoice]) -> None:
    """Record the invoices of a mailing; one that is there takes the new amount.

    It keeps its days, or who is late would be on time again whenever returns come in; one of nought does not.
    """
    table = ad_invoices
    known = {row.contract: row for row in connection.execute(select(table).where(table.c.mailing == mailing))}
    for invoice in invoices:
        values = {"advertiser": invoice.advertiser, "amount": invoice.amount}
        days = {"issued_on": invoice.issued_on, "due_on": invoice.due_on}
        there = known.get(invoice.contract)
        if there is None:
            new = {"mailing": mailing, "contract": invoice.contract, **values, **days}
            connection.execute(insert(table).values(new))
        else:
            changed = values if there.amount else values | days
            connection.execute(update(table).where(table.c.id == there.id).values(changed))


def add_payment(connection: Connection, payment: Mapping[str, object]) -> bool:
    """Book a payment (advertiser, amount, paid_on, reference, operator); False where its slip is booked."""
    there = select(ad_payments.c.id).where(ad_payments.c.reference == payment["reference"])
    if connection.execute(there).first() is not None:
        return False
    connection.execute(insert(ad_payments).values(**payment))
    return True


def accounts(connection: Connection, today: str) -> list[Account]:
    """Every customer's account on an ISO day. Payments settle the oldest invoices first."""
    bills: dict[str, list[tuple[str, int]]] = defaultdict(list)
    order = (ad_invoices.c.due_on, ad_invoices.c.id)
    for row in connection.execute(select(ad_invoices).order_by(*order)):
        bills[row.advertiser].append((row.due_on, row.amount))
    payments: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in connection.execute(select(ad_payments).order_by(ad_payments.c.paid_on, ad_payments.c.id)):
        payments[row.advertiser].append((row.paid_on, row.amount))
    return [_account(name, bills[name], payments[name], today) for name in sorted(set(bills) | set(payments))]


def overdue_customers(connection: Connection, today: str) -> dict[str, Account]:
    """The customers who owe past the day, by name."""
    return {a.advertiser: a for a in accounts(connection, today) if a.overdue}


def keep_makegoods(connection: Connection, mailing: str, pieces: Mapping[str, int]) -> None:
    """Record what a mailing's contracts are owed in pieces; what is used already stays as it is.

    What turns out to be missing beyond that is owed by itself, as `MAILING#2`.
    """
    table = ad_makegoods
    for contract, count in sorted(pieces.items()):
        of_it = (table.c.contract == contract) & or_(
            table.c.mailing == mailing, table.c.mailing.startswith(f"{mailing}#", autoescape=True)
        )
        rows = connection.execute(select(table).where(of_it)).all()
        free = [row for row in rows if not row.used_in]
        still = max(count - sum(row.pieces for row in rows if row.used_in), 0)
        if free:
            here = (table.c.contract == contract) & (table.c.mailing == free[0].mailing)
            connection.execute(update(table).where(here).values(pieces=still))
        elif still:
            name = f"{mailing}#{len(rows) + 1}" if rows else mailing
            connection.execute(
                insert(table).values(contract=contract, mailing=name, pieces=still, used_in="")
            )


def makegoods(connection: Connection, mailing: str) -> list[MakeGood]:
    """What is owed when a mailing is planned: not used yet, or used in this very mailing."""
    table = ad_makegoods
    query = select(table).where(
        table.c.used_in.in_(["", mailing]), table.c.pieces > 0, table.c.mailing != mailing
    )
    rows = connection.execute(query.order_by(table.c.contract, table.c.mailing))
    return [MakeGood(r.contract, r.mailing, r.pieces, r.used_in) for r in rows]


def use_makegoods(connection: Connection, mailing: str, used: Iterable[MakeGood]) -> None:
    """Record that a mailing prints what was owed; what it had taken before and does no more is free again."""
    table = ad_makegoods
    connection.execute(update(table).where(table.c.used_in == mailing).values(used_in=""))
    for one in used:
        here = (table.c.contract == one.contract) & (table.c.mailing == one.mailing)
        connection.execute(update(table).where(here).values(used_in=mailing))


def add_scans(connection: Connection, mailing: str, scans: Iterable[tuple[str, str]], file: str) -> int:
    """Record scans (code, ISO time) of a mailing's response codes; returns how many are new."""
    known = {
        (row.code, row.scanned_at)
        for row in connection.execute(select(ad_scans).where(ad_scans.c.mailing == mailing))
    }
    fresh = sorted(set(scans) - known)
    rows = [{"mailing": mailing, "code": code, "scanned_at": at, "file_name": file} for code, at in fresh]
    if rows:
        connection.execute(insert(ad_scans), rows)
    return len(fresh)


def scanned_codes(connection: Connection, mailing: str) -> dict[str, int]:
    """How often each code of a mailing was scanned."""
    query = (
        select(ad_scans.c.code, func.count().label("n"))
        .where(ad_scans.c.mailing == mailing)
        .group_by(ad_scans.c.code)
    )
    return {row.code: row.n for row in connection.execute(query)}


def _account(name: str, bills: list[tuple[str, int]], payments: list[tuple[str, int]], today: str) -> Account:
    paid = left = sum(amount for _day, amount in payments)
    overdue, since = 0, ""
    for due, amount in bills:
        open_ = max(amount - max(left, 0), 0)
        left -= amount
        if open_ and due < today:
            overdue += open_
            since = since or due
    grade = "C" if overdue else "B" if _was_late(bills, payments) else "A"
    return Account(name, sum(a for _d, a in bills), paid, overdue, since, grade)


def _was_late(bills: list[tuple[str, int]], payments: list[tuple[str, int]]) -> bool:
    """Whether on some due day less had been paid than was due by then."""
    due = 0
    for day, amount in bills:
        due += amount
        if payments and payments[-1][0] > day and sum(a for d, a in payments if d <= day) < due:
            return True
    return False
