"""The files of an insurance centre: roster, balances, transactions, employers, contracts, returns."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from yibao_cli.sample import accounts, contracts, dirt, employers
from yibao_cli.sample.accounts import Balance
from yibao_cli.sample.people import PERIOD_END, PERIOD_START, Cast, Person, person_no
from yibao_cli.sample.returned import MAILING, Returns
from yibao_cli.sample.roster import LAYOUT, Roster
from yibao_cli.sample.tally import Tally
from yibao_cli.sample.workbook import Book

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.sample.workbook import Cell

UNKNOWN_BALANCES = 6
UNKNOWN_LINES = 2
MEAN_LINES = 10


def write(
    inbox: Path, members: int, seed: int, mean_lines: int = MEAN_LINES
) -> tuple[dict[str, object], Tally]:
    """Write all files of the medical kind into the folder.

    members: data rows of the roster, dirty and repeated ones included.
    mean_lines: transactions per member on average.
    Gives the facts and counts for expected.json; facts["files"] has the data rows of each file.
    """
    cast, tally = Cast(members, seed), Tally()
    files = write_members(inbox, cast, tally, mean_lines)
    files |= employers.write(inbox, cast, tally)
    files |= contracts.write(inbox, cast, tally)
    facts: dict[str, object] = {
        "kind": "medical",
        "seed": seed,
        "members": members,
        "mailing": MAILING,
        "period": [PERIOD_START.isoformat(), PERIOD_END.isoformat()],
        "employers_count": len(cast.units),
        "largest_employer": {"employer_no": cast.large.number, "rows": cast.large.size},
        "smallest_employer": {"employer_no": cast.single.number, "rows": 1},
        "files": files,
    }
    return facts, tally


def write_members(inbox: Path, cast: Cast, tally: Tally, mean_lines: int) -> dict[str, int]:
    """Write the five files that grow with the members, in flat memory; gives their data rows.

    Only the returns, a handful of bytes for one member in 25, are kept until they can be sorted.
    """
    return _Run(inbox, cast, tally, mean_lines).write()


class _Run:
    """One pass over the people that writes five files side by side, so that memory stays flat."""

    def __init__(self, inbox: Path, cast: Cast, tally: Tally, mean_lines: int) -> None:
        self._inbox, self._cast, self._tally, self._mean = inbox, cast, tally, mean_lines
        self._plants = dirt.plan(cast)
        self._rows = Roster(cast, self._plants)
        self._returns = Returns(cast)
        self._sums = [0] * 7

    def write(self) -> dict[str, int]:
        with ExitStack() as stack:
            books = [
                stack.enter_context(Book(self._inbox, stem, layout))
                for stem, layout in (
                    ("roster", LAYOUT),
                    ("balances", accounts.BALANCES),
                    ("transactions", accounts.TRANSACTIONS),
                    ("adjustments", accounts.ADJUSTMENTS),
                )
            ]
            self._roster, self._balances, self._transactions, self._adjustments = books
            for ordinal in range(1, self._cast.members + 1):
                self._member(ordinal)
            self._strays()
        files = {name: rows for book in books for name, rows in book.files.items()}
        return files | self._returns.write(self._inbox, self._tally)

    def _member(self, ordinal: int) -> None:
        person = self._cast.person(ordinal)
        address_form = self._roster_row(person)
        plant = self._plants.get(ordinal)
        kind = plant.kind if plant else ""
        if kind not in dirt.REJECTED:
            self._count_kept(person)
        if kind not in dirt.COPIES:
            self._money(person, kind)
        # Only what was surely printed can come back: no plant, insured, and an address without a riddle.
        if not kind and person.status.startswith("正常") and address_form in {"clean", "from_city"}:
            self._returns.offer(person)

    def _roster_row(self, person: Person) -> str:
        if person.ordinal == self._cast.first_free:
            self._roster.loose_row()
            self._tally.add("roster", "planted", "blank_row")
        cells, address_form = self._rows.cells(person, self._tally)
        self._roster.row(cells)
        if person.ordinal == self._rows.last_merged:
            rows = self._rows.in_merge(person.ordinal)
            if rows > 1:
                self._roster.merge_up(dirt.Col.UNIT_NAME, rows)
            self._tally.add("roster", "planted", "merged_employer_rows", rows)
        return address_form

    def _count_kept(self, person: Person) -> None:
        status = "正常" if person.status == "正常参保" else person.status
        consent = {"Y": "是", "N": "否", "": "blank"}.get(person.consent, person.consent)
        large = "是" if person.large_type == "是" else "否 or blank"
        for group, word in (
            ("status", status),
            ("category", person.category),
            ("scheme", person.scheme),
            ("ads_consent", consent),
            ("large_type", large),
            ("employed", "yes" if person.unit else "no"),
        ):
            self._tally.add("roster", f"kept_{group}", word)
        self._tally.add("roster", "kept", "rows")

    def _money(self, person: Person, kind: str) -> None:
        rng = self._cast.rng("money", person.ordinal)
        count = accounts.line_count(self._mean, rng)
        if kind.startswith("lines_") and kind[6:].isdigit():
            count = int(kind[6:])
        balance, lines = accounts.account_of(person, count, rng)
        rejected = kind in dirt.REJECTED
        if kind != "no_balance":
            self._balance(accounts.broken(balance, kind), of="rejected_members" if rejected else "members")
            self._voucher(balance, person.ordinal)
        self._count_lines(len(lines), rejected=rejected)
        for line in lines:
            self._line(accounts.line_cells(line, rng))
        if person.ordinal == self._cast.members // 2:
            self._transactions.loose_row(accounts.TRANSACTIONS.headers)
            self._tally.add("transactions", "planted", "repeated_header")

    def _voucher(self, balance: Balance, ordinal: int) -> None:
        if balance.adjusted:
            rng = self._cast.rng("voucher", ordinal)
            self._adjustments.row(accounts.adjustment_cells(balance, ordinal, rng))
            self._tally.add("adjustments", "rows", "of_members")

    def _line(self, cells: list[Cell]) -> None:
        self._transactions.row(cells)
        if self._tally.get("transactions", "rejected", "duplicate") == 0:
            self._transactions.row(cells)
            self._tally.add("transactions", "rejected", "duplicate")

    def _count_lines(self, count: int, *, rejected: bool) -> None:
        self._tally.add("transactions", "rows", "of_rejected_members" if rejected else "of_members", count)
        self._tally.add("transactions", "members", "without_lines" if count == 0 else "with_lines")
        if count > 40:
            self._tally.add("transactions", "members", "over_40_lines")

    def _balance(self, balance: Balance, of: str) -> None:
        rng = self._cast.rng("balance", int(balance.person_no))
        self._balances.row(accounts.balance_cells(balance, rng))
        self._tally.add("balances", "rows", f"of_{of}")
        self._sums = [total + fen for total, fen in zip(self._sums, balance.amounts, strict=True)]

    def _strays(self) -> None:
        """Balances and transactions of people who stand in no roster, and the total at the foot."""
        for number in range(1, UNKNOWN_BALANCES + 1):
            unknown = person_no(self._cast.members + number)
            opening = 1000 * number
            self._balance(Balance(unknown, opening, 0, 0, 0, 0, 0, opening), of="unknown_persons")
        self._balances.loose_row(["合计", None, *(fen / 100 for fen in self._sums), None])
        for number in range(1, UNKNOWN_LINES + 1):
            rng = self._cast.rng("stray line", number)
            line = accounts.stray_line(person_no(self._cast.members + 100 + number), number, rng)
            self._transactions.row(accounts.line_cells(line, rng))
            self._tally.add("transactions", "rows", "of_unknown_persons")
