"""Every row of the roster ends exactly once, and no fen is lost on the way."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger_builders import BAD, CREDITS, GOOD, KIND, NOWHERE, World, balance, line, member, result_of
from yibao_cli.codes import piece_number

EXAMPLES = settings(max_examples=20, deadline=None)
NUMBERS = st.integers(1, 6)
MONEY = st.integers(-(10**6), 10**6)
# Mostly right, and wrong by a single fen where it is wrong.
OFF = st.sampled_from([0] * 14 + [1, -1])
BLANKABLE = st.one_of(MONEY, MONEY, st.none())


@st.composite
def worlds(draw):
    """A client's imports with the dirt that reaches the ledger: what the import rejects is not in them."""
    rosters = [_roster(draw, numbers) for numbers in _files(draw, least=2)]
    lines = draw(st.lists(st.tuples(NUMBERS, BLANKABLE, OFF), min_size=3, max_size=24))
    spent = Counter()
    for number, paid, _off in lines:
        spent[number] += paid or 0
    balances = [[_balance(draw, n, spent[n]) for n in numbers] for numbers in _files(draw, least=4)]
    rows = [line(n, serial, paid=paid, off=off) for serial, (n, paid, off) in enumerate(lines)]
    cut = draw(st.integers(0, len(rows)))
    employers = draw(st.sampled_from([None, [[{"employer_no": "E1", "employer_name": "一厂"}]]]))
    return World(rosters, balances, [rows[:cut], rows[cut:]], employers)


def _files(draw, *, least):
    """One file or two; a member comes once in a file, and may come again in the second."""
    first = draw(st.lists(NUMBERS, unique=True, min_size=least))
    return [first, *draw(st.lists(st.lists(NUMBERS, unique=True, max_size=2), max_size=1))]


def _roster(draw, numbers):
    return [
        member(
            n,
            status=draw(st.sampled_from(["正常"] * 8 + ["死亡", "转出"])),
            address=draw(st.sampled_from([GOOD] * 8 + [BAD, NOWHERE])),
            postcode=draw(st.sampled_from(["050011", "050000", "050021"] * 3 + [None])),
            category=draw(st.sampled_from(["在职", "退休"])),
            employer_no=draw(st.sampled_from(["E0", "E1", None])),
            large_type=draw(st.sampled_from([None, True, False])),
        )
        for n in numbers
    ]


def _balance(draw, number, spent):
    accounts = {name: draw(BLANKABLE) for name in CREDITS}
    return balance(number, spent=spent + draw(OFF), off=draw(OFF), **accounts)


# ------------------------------------------------------------------ the same, thought out by hand


def expected_holds(world):
    """Row id to the rules that hold it, in order, by plain Python over the same rows."""
    firsts = {}
    for row in (r for rows in world.balances for r in rows):
        firsts.setdefault(row["person_no"], row)
    lines = defaultdict(list)
    for row in (r for rows in world.transactions for r in rows):
        lines[row["person_no"]].append(row)
    seen, found = set(), {}
    for row_id, row in enumerate((r for rows in world.rosters for r in rows), start=1):
        person = row["person_no"]
        rules = _rules(row, firsts.get(person), lines[person])
        if person in seen:
            rules.insert(0, "H100")
        seen.add(person)
        found[row_id] = rules
    return found


def _rules(row, account, lines):
    checks = [
        ("H101", row["status"] == "死亡"),
        ("H102", row["status"] == "转出"),
        ("H201", row["address"] == BAD),
        ("H202", not row["postcode"]),
        ("H301", account is None),
        ("H302", account is not None and not _ties(account, lines)),
        ("H303", any(_sum(r, "fund_paid", "account_paid", "cash_paid") != r["total"] for r in lines)),
    ]
    return [rule for rule, broken in checks if broken]


def _ties(account, lines):
    moved = _sum(account, *CREDITS) - account["spent"]
    return moved == account["closing"] and sum(r["account_paid"] or 0 for r in lines) == account["spent"]


def _sum(row, *names):
    return sum(row.get(n) or 0 for n in names)


def numbered(world):
    return dict(enumerate((r for rows in world.rosters for r in rows), start=1))


# ------------------------------------------------------------------ properties


@EXAMPLES
@given(worlds())
def test_every_row_of_the_roster_is_one_piece_or_one_hold_for_the_right_reasons(world):
    found = result_of(world)

    expected = expected_holds(world)
    pieces = [p["row_id"] for p in found.pieces]
    assert sorted([*pieces, *found.held]) == sorted(expected)
    # Each broken law of a member is a finding, and all of them are one reason.
    reasons = {row: list(dict.fromkeys(rules)) for row, rules in found.held.items()}
    assert {row: [] for row in pieces} | reasons == expected


@EXAMPLES
@given(worlds())
def test_no_fen_is_lost_between_the_imports_and_the_pieces(world):
    found = result_of(world)

    rows = numbered(world)
    printed = {rows[p["row_id"]]["person_no"] for p in found.pieces}
    first_place = [("balances", b, i) for b, file in enumerate(world.balances) for i, _ in enumerate(file)]
    not_counted = {(f.file, f.row) for f in (*found.strays, *found.twice)}
    imported, aside, held = Counter(), Counter(), Counter()
    for _table, b, i in first_place:
        row = world.balances[b][i]
        for name in KIND.merge.control_totals:
            imported[name] += row[name] or 0
            if (f"balances-{b}.xlsx", i + 2) in not_counted:
                aside[name] += row[name] or 0
            elif row["person_no"] not in printed:
                held[name] += row[name] or 0
    for name in KIND.merge.control_totals:
        assert found.totals[name] == sum(p[name] for p in found.pieces)
        assert found.totals[name] + held[name] + aside[name] == imported[name]


@EXAMPLES
@given(worlds())
def test_no_line_is_lost_between_the_imports_and_the_pieces(world):
    found = result_of(world)

    rows = numbered(world)
    printed = [rows[p["row_id"]]["person_no"] for p in found.pieces]
    lines = [r for file in world.transactions for r in file]
    held = [r for r in lines if r["person_no"] in {m["person_no"] for m in rows.values()} - set(printed)]
    strays = [f for f in found.strays if f.rule_id == "L202"]
    assert len(found.lines) + len(held) + len(strays) == len(lines)
    assert sum(p["line_count"] for p in found.pieces) == len(found.lines)
    feed = iter(found.lines)
    for piece, person in zip(found.pieces, printed, strict=True):
        own = [next(feed)["serial_no"] for _ in range(piece["line_count"])]
        by_date = sorted((r["traded_on"], r["serial_no"]) for r in lines if r["person_no"] == person)
        assert own == [serial for _day, serial in by_date]


@EXAMPLES
@given(worlds())
def test_pieces_stand_in_print_order_and_bear_the_number_of_their_row(world):
    found = result_of(world)

    keys = [
        (*(p[f] or "" for f in ("postcode", "employer_no", "street_key", "address")), p["row_id"])
        for p in found.pieces
    ]
    assert keys == sorted(keys)
    assert [p["position"] for p in found.pieces] == list(range(1, len(keys) + 1))
    assert [p["piece"] for p in found.pieces] == [piece_number(p["row_id"]) for p in found.pieces]


@settings(max_examples=10, deadline=None)
@given(worlds())
def test_the_same_imports_give_the_same_result_on_one_thread_and_on_two(world):
    assert result_of(world, threads=1) == result_of(world, threads=2)


@EXAMPLES
@given(worlds())
def test_what_belongs_to_nobody_is_named_once_and_masked(world):
    found = result_of(world)

    known = {r["person_no"] for rows in world.rosters for r in rows}
    accounts = [r for rows in world.balances for r in rows if r["person_no"] not in known]
    lines = [r for rows in world.transactions for r in rows if r["person_no"] not in known]
    assert (
        Counter(f.rule_id for f in found.strays) == Counter(L201=len(accounts), L202=len(lines)) - Counter()
    )
    assert not any("P0" in f.value for f in found.strays)
