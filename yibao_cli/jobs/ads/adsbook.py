"""The contracts of a mailing: lists and ads.toml, judged by terms, artwork, law, approval and debts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from yibao_cli.ads.booking import FILE_NAME, booked_rows
from yibao_cli.ads.contracts import about, at_most, twice_contracted, usable_contracts
from yibao_cli.ads.terms import customer_key
from yibao_cli.config import shipped
from yibao_cli.jobs.ads.adslaw import judge_lawful
from yibao_cli.kinds import load_product
from yibao_cli.sealed.files import source
from yibao_cli.store.contracts import MakeGood, makegoods, overdue_customers
from yibao_cli.store.imports import active_imports

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from yibao_cli.ads.terms import Contract
    from yibao_cli.jobs.workspace import Workspace
    from yibao_cli.kinds.kind import Kind
    from yibao_cli.kinds.product import Product
    from yibao_cli.model import Finding
    from yibao_cli.store.imports import ImportRecord


@dataclass
class Book:
    """The contracts that may print, by number, and what is to be said about the others.

    used: what the mailing makes good of earlier ones.
    """

    contracts: list[Contract] = field(default_factory=list)
    used: list[MakeGood] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def contracts_in_force(
    workspace: Workspace, mailing: str, kind: Kind, product: Product, records: Sequence[ImportRecord]
) -> Book:
    """Gather and judge all contracts of a mailing; none for a kind that never bears ads."""
    book = Book()
    if kind.ads == "never":
        return book
    _gather(workspace, mailing, kind, (product, records), book)
    book.contracts, found = judge_lawful(workspace, mailing, book.contracts)
    book.findings += found
    book.findings += [f for c in book.contracts if c.response for f in _judge_code(kind, product, c)]
    _judge_debts(workspace, mailing, book)
    book.contracts, late = at_most(book.contracts)
    book.findings += late
    # What there was no room for is still owed.
    printed = {c.id for c in book.contracts}
    book.used = [one for one in book.used if _made_good_as(one) in printed]
    return book


def contracts_on_record(workspace: Workspace, mailing: str) -> list[Contract]:
    """The contracts that are in force and whose artwork can be printed, before the law has its say."""
    kind, book = workspace.kind(mailing), Book()
    with workspace.reading() as connection:
        records = active_imports(connection, mailing)
    _gather(workspace, mailing, kind, (load_product(shipped("templates"), kind.product), records), book)
    return book.contracts


def advertisers(workspace: Workspace) -> set[str]:
    """Everybody whom a contract of any mailing names, printed or not."""
    names = {str(row["advertiser"]) for row in booked_rows(workspace.folder / FILE_NAME)}
    with workspace.reading() as connection:
        mailings = sorted(workspace.settings.mailings)
        records = [r for m in mailings for r in active_imports(connection, m, "contracts")]
    for record in records:
        path = record.rows(workspace.folder)
        if path.is_file():  # a purge leaves the record alone
            names.update(pq.read_table(source(path), columns=["advertiser"]).column(0).to_pylist())
    return {name.strip() for name in names if name} - {""}


def _gather(
    workspace: Workspace,
    mailing: str,
    kind: Kind,
    given: tuple[Product, Sequence[ImportRecord]],
    book: Book,
) -> None:
    product, records = given
    size = _panel_size(product)
    posting = workspace.mailing(mailing).posting
    for rows, folder, name in _lists(workspace, records):
        good, found = usable_contracts(rows, folder, posting, size, frozenset(kind.slots))
        book.findings += found
        for contract in good:
            if contract.id in {c.id for c in book.contracts}:
                book.findings.append(twice_contracted(contract.id, name))
            else:
                book.contracts.append(contract)


def _panel_size(product: Product) -> tuple[float, float]:
    return next(((p.w, p.h) for p in product.panels.values() if p.ads), (0.0, 0.0))


def _judge_code(kind: Kind, product: Product, contract: Contract) -> Iterator[Finding]:
    """Say where a response code has no place, or one that is not free in the artwork."""
    from yibao_cli.render.covered import is_blank  # noqa: PLC0415 - only for ads that bear a code

    panels = [p for v in kind.variant_names for p in kind.panels_of(v).values() if p.slot in contract.panels]
    bare = sorted({str(p.slot) for p in panels if p.code is None})
    if bare:
        yield about("C160", contract, what="、".join(bare))
    for x, y, side in sorted({(p.code.x, p.code.y, p.code.side) for p in panels if p.code is not None}):
        if not is_blank(contract.art, _panel_size(product), (x, y, side, side)):
            what = f"{x:g}–{x + side:g} × {y:g}–{y + side:g} mm"
            yield about("C159", contract, what=what)


def _lists(
    workspace: Workspace, records: Sequence[ImportRecord]
) -> Iterator[tuple[list[dict[str, Any]], Path, str]]:
    """Rows, the folder of their artwork, and the name of each list of contracts."""
    for record in records:
        if record.table == "contracts":
            path = record.rows(workspace.folder)
            rows = [{**row, "src_file": record.file_name} for row in pq.read_table(source(path)).to_pylist()]
            yield rows, path.parent, record.file_name
    own = workspace.folder / FILE_NAME
    if rows := booked_rows(own):
        yield rows, workspace.folder, FILE_NAME


def _judge_debts(workspace: Workspace, mailing: str, book: Book) -> None:
    """Leave out who has owed for too long; what is owed to an advertiser prints, in the first tier."""
    with workspace.reading() as connection:
        late = overdue_customers(connection, workspace.today)
        owed = makegoods(connection, mailing)
    debts = {customer_key(name): debt for name, debt in late.items()}
    kept = []
    for contract in book.contracts:
        debt = debts.get(customer_key(contract.advertiser))
        if debt is None:
            kept.append(contract)
        else:
            book.findings.append(about("C158", contract, amount=debt.amount, since=debt.since))
    by_id = {c.id: c for c in kept}
    book.used = [one for one in owed if one.contract in by_id]
    book.contracts = [*kept, *(_made_good(by_id[one.contract], one) for one in book.used)]


def _made_good_as(owed: MakeGood) -> str:
    return f"{owed.contract}+{owed.mailing}"


def _made_good(contract: Contract, owed: MakeGood) -> Contract:
    """A contract of its own for the pieces that are owed: free, and served first."""
    return replace(
        contract,
        id=_made_good_as(owed),
        quota=owed.pieces,
        floor=owed.pieces,
        price=0,
        per_thousand=False,
        tier=1,
        spread=None,
    )
