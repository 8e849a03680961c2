from __future__ import annotations

import zipfile
from collections import Counter
from datetime import date

import pytest

from yibao_cli import codes
from yibao_cli.money import fen
from yibao_cli.sample.dirt import LONG_NAME, PLANTS, REJECTED, WITHOUT_FONT, Col

NARROW = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")


@pytest.fixture(scope="module")
def roster(medical):
    return medical.rows("roster.xlsx", "人员编号")


@pytest.fixture(scope="module")
def balances(medical):
    rows = medical.rows("balances.xlsx", "个人编号")
    return {row[0]: [amount(cell) for cell in row[2:9]] for row in rows}


@pytest.fixture(scope="module")
def lines(medical):
    return medical.rows("transactions.xlsx", "个人编号")


def amount(cell):
    return fen(cell.translate(NARROW) if isinstance(cell, str) else cell)


def number(cell):
    return f"{int(cell):010d}" if isinstance(cell, (int, float)) else cell.strip()


def planted(medical, table):
    return medical.expected[table]["planted"]


def test_the_roster_has_exactly_the_rows_that_were_asked_for(medical, roster):
    kept = medical.expected["roster"]["kept"]["rows"]
    rejected = sum(medical.expected["roster"]["rejected"].values())

    assert len(roster) == 600 == kept + rejected


def test_every_plant_stands_in_the_expected_counts(medical):
    counted = planted(medical, "roster")

    assert set(PLANTS) <= set(counted)
    assert set(medical.expected["roster"]["rejected"]) == REJECTED


def test_id_numbers_are_right_except_the_planted_ones(medical, roster):
    texts = [row[Col.ID_NUMBER] for row in roster if isinstance(row[Col.ID_NUMBER], str)]

    faults = [codes.id_number_fault(text) for text in texts]

    assert [fault for fault in faults if fault] == ["check"] * planted(medical, "roster")["id_check_wrong"]
    assert len(roster) - len(texts) == planted(medical, "roster")["id_as_number"]


def test_only_copies_share_a_person_number(medical, roster):
    numbers = Counter(number(row[Col.PERSON_NO]) for row in roster if row[Col.PERSON_NO] != "")

    shared = sum(count - 1 for count in numbers.values())

    rejected = medical.expected["roster"]["rejected"]
    assert shared == rejected["duplicate"] + rejected["conflicting"]


def test_duplicates_are_equal_in_every_column(medical, roster):
    rows = Counter(map(repr, roster))

    assert sum(count - 1 for count in rows.values()) == medical.expected["roster"]["rejected"]["duplicate"]


def test_person_numbers_come_as_text_and_as_numbers(roster):
    kinds = Counter(type(row[Col.PERSON_NO]).__name__ for row in roster)

    assert kinds["str"] > kinds["float"] + kinds["int"] > 0
    assert any(str(row[Col.PERSON_NO]).startswith("00") for row in roster)


def test_headcounts_equal_the_rows_of_each_employer(medical, roster):
    rows = Counter(row[Col.UNIT_NO] for row in roster if row[Col.UNIT_NO] != "")

    headcounts = {row[0]: int(row[3]) for row in medical.rows("employers.xlsx", "单位代码")}

    assert headcounts == dict(rows)
    assert headcounts[medical.expected["smallest_employer"]["employer_no"]] == 1


def test_the_employer_name_is_merged_downwards(medical):
    ranges = medical.sheet("roster.xlsx").merged_cell_ranges

    tall = [(first, last) for first, last in ranges if last[0] > first[0]]

    height = tall[0][1][0] - tall[0][0][0] + 1
    assert [first[1] for first, _last in tall] == [Col.UNIT_NAME]
    assert height == planted(medical, "roster")["merged_employer_rows"]


def test_rare_long_and_hostile_names_are_there_as_text(medical, roster):
    names = [row[Col.NAME] for row in roster]

    endings = Counter(name[-1:] for name in names)

    for rare in "䶮㛃𬭎𫍽𠅤":
        assert endings[rare] == planted(medical, "roster")[f"name_rare_{rare}"] >= 1
    assert endings[WITHOUT_FONT] == 1
    assert LONG_NAME in names
    assert len(LONG_NAME) == 30
    assert any(name.startswith("=") for name in names)
    assert any(name.startswith("[/bold]") for name in names)


def test_the_only_formula_is_the_planted_error(medical):
    with zipfile.ZipFile(medical.inbox / "roster.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()

    assert sheet.count("<f>") == planted(medical, "roster")["error_cell"] == 1


def test_statuses_are_counted_as_they_stand(medical, roster):
    written = Counter(row[Col.STATUS] for row in roster)

    kept = medical.expected["roster"]["kept_status"]

    # Rejected rows are not counted as kept, and are few.
    rejected = sum(medical.expected["roster"]["rejected"].values())
    assert 0 <= written["死亡"] - kept["死亡"] <= rejected
    assert sum(kept.values()) == medical.expected["roster"]["kept"]["rows"]


def test_the_account_law_holds_except_where_it_is_broken_on_purpose(medical, balances):
    broken = [
        row for row in balances.values() if row[0] + row[1] + row[2] + row[3] - row[4] + row[5] != row[6]
    ]

    assert len(broken) == planted(medical, "roster")["account_does_not_tie"]


def test_spent_is_the_sum_of_the_lines_except_where_it_is_broken_on_purpose(medical, balances, lines):
    paid = Counter()
    for row in {row[1]: row for row in lines}.values():
        paid[row[0]] += amount(row[7])

    broken = [person for person, row in balances.items() if row[4] != paid[person]]

    assert len(broken) == planted(medical, "roster")["lines_do_not_tie"]


def test_nobody_spends_what_is_not_there(balances):
    assert min(row[6] for row in balances.values()) >= 0


def test_the_foot_of_the_balances_is_their_sum(medical, balances):
    rows = medical.sheet("balances.xlsx").to_python(skip_empty_area=False)

    foot = next(row for row in rows if row[0] == "合计")

    assert [amount(cell) for cell in foot[2:9]] == [
        sum(column) for column in zip(*balances.values(), strict=True)
    ]


def test_every_line_is_paid_by_somebody(lines):
    assert all(amount(row[5]) == sum(amount(cell) for cell in row[6:9]) for row in lines)


def test_four_people_have_more_than_40_lines(lines):
    counts = Counter(row[0] for row in {row[1]: row for row in lines}.values())

    assert sorted(count for count in counts.values() if count > 40) == [41, 45, 60, 120]


def test_lines_and_balances_of_strangers_are_as_expected(medical, roster, balances, lines):
    known = {number(row[Col.PERSON_NO]) for row in roster if row[Col.PERSON_NO] != ""}
    missing = planted(medical, "roster")["person_no_missing"]

    strange_balances = set(balances) - known

    assert len(strange_balances) == medical.expected["balances"]["rows"]["of_unknown_persons"] + missing
    strangers = [row for row in lines if row[1].startswith("JS2699")]
    assert len(strangers) == 2 == medical.expected["transactions"]["rows"]["of_unknown_persons"]
    assert not {row[0] for row in strangers} & known


def test_one_transaction_stands_twice_and_the_header_once_more(medical, lines):
    serials = Counter(row[1] for row in lines)
    rows = medical.sheet("transactions.xlsx").to_python(skip_empty_area=False)

    assert sum(count - 1 for count in serials.values()) == 1
    assert [row[0] for row in rows].count("个人编号") == 2


def test_returns_are_of_pieces_of_clean_rows(medical, roster):
    rows = medical.rows("returns.xlsx", "账单编号")

    ordinary = rows[: medical.expected["returns"]["rows"]["ordinary"]]

    assert 0.02 < len(ordinary) / 600 < 0.06
    for piece, mailing, day, _reason, _remark in ordinary:
        assert codes.is_piece_number(piece)
        assert mailing == "2026Q3"
        assert date(2026, 10, 12) <= day <= date(2026, 11, 5)
        assert roster[int(piece[:7]) - 1][Col.STATUS].startswith("正常")


def test_five_returns_are_planted_at_the_end(medical):
    rows = medical.rows("returns.xlsx", "账单编号")

    twice, unknown, other, early, late = rows[-5:]

    assert [row[0] for row in rows].count(twice[0]) == 2
    assert not codes.is_piece_number(unknown[0])
    assert other[1] == "2026Q2"
    assert (early[2], late[2]) == (date(2026, 9, 1), date(2027, 1, 1))


def test_every_contract_has_its_art(medical):
    contracts = medical.rows("contracts.xlsx", "合同编号")

    art = [medical.inbox / row[5] for row in contracts]

    assert all(path.is_file() for path in art)
    assert {row[3][0] for row in contracts} == {"A", "B", "C"}
    assert [row[13] for row in contracts].count("待审") == 1
