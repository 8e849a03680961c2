"""The review workbook: what goes out, and what comes back from people."""

from __future__ import annotations

import shutil
import stat
import subprocess

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from book_builders import (
    DOUBTFUL,
    GOOD,
    MAILING,
    NEW,
    NOWHERE,
    SAME,
    all_points,
    enrol,
    entries,
    history,
    make_book,
)
from yibao_cli.errors import InputNotFound, UsageError
from yibao_cli.jobs.address.review import review_items, write_review
from yibao_cli.jobs.address.reviewing import apply_review
from yibao_cli.store.schema import audit

DOOR = "石家庄市长安区中山东路12号4-1-302"
PEOPLE = [("1", GOOD, "100080"), ("2", DOUBTFUL), ("3", DOUBTFUL), ("4", NOWHERE), ("5", NEW)]


@pytest.fixture
def workspace(tmp_path):
    return make_book(tmp_path, PEOPLE)


class Workbook:
    """A review workbook as a person has it open."""

    def __init__(self, workspace, name="review.xlsx"):
        self.path = workspace.folder / name
        write_review(workspace, MAILING, self.path)
        self.book = openpyxl.load_workbook(self.path)
        self.shared, self.own = self.book.worksheets

    @staticmethod
    def rows(sheet):
        header = [c.value for c in sheet[2]]
        return {
            row[0].row: dict(zip(header, (c.value for c in row), strict=True)) for row in sheet.iter_rows(3)
        }

    def row_of(self, raw, member=None):
        sheet = self.own if member else self.shared
        return next(
            n for n, r in self.rows(sheet).items() if r["原地址"] == raw and member in (None, r["个人编号"])
        )

    def fill(self, raw, decision=None, member=None, **more):
        """Fill in the cells of a row."""
        sheet = self.own if member else self.shared
        row, columns = self.row_of(raw, member), {c.value: c.column for c in sheet[2]}
        values = {"处理": decision, "更正后地址": more.get("text"), "更正后邮编": more.get("postcode")}
        for name, value in {**values, "说明": more.get("why")}.items():
            if value is not None:
                sheet.cell(row, columns[name]).value = value
        return self

    def save(self):
        self.book.save(self.path)
        return self.path


def settled(workspace):
    return {(e.raw, e.member): (e.settled, e.verdict) for e in entries(workspace) if e.settled}


def rules(outcome):
    return [f.rule_id for f in outcome.findings if f.rule.severity != "note"]


# ------------------------------------------------------------------ out


def test_the_workbook_has_the_proposal_beside_the_original_and_lists_to_choose_from(workspace):
    book = Workbook(workspace)

    rows = list(book.rows(book.shared).values())
    assert [(r["原地址"], r["人数"], r["个人编号"]) for r in rows] == [
        (NOWHERE, 1, "4"),
        (DOUBTFUL, 2, None),
        (GOOD, 1, "1"),
    ]
    assert rows[1]["建议地址"] == "河北省石家庄市长安区中山东路"
    assert all(r["问题"] and not r["处理"] for r in rows)
    lists = [v.formula1 for v in book.shared.data_validations.dataValidation]
    assert lists == ['"采用,更正,暂扣"']
    assert [(r["个人编号"], r["范围"]) for r in book.rows(book.own).values()] == [
        ("2", "本人"),
        ("3", "本人"),
    ]


def test_the_workbook_is_its_owners_alone_and_the_same_each_time(workspace):
    first, second = (Workbook(workspace, name) for name in ("a.xlsx", "b.xlsx"))

    assert stat.S_IMODE(first.path.stat().st_mode) == 0o600
    assert first.path.read_bytes() == second.path.read_bytes()


def test_only_a_workbook_can_be_written(workspace):
    with pytest.raises(UsageError):
        write_review(workspace, MAILING, workspace.folder / "review.csv")


def test_what_a_person_holds_is_not_asked_again(workspace):
    apply_review(workspace, MAILING, Workbook(workspace).fill(NOWHERE, "暂扣").save())

    assert [i.entry.raw for i in review_items(workspace, MAILING)] == [DOUBTFUL, GOOD]
    assert len(review_items(workspace, MAILING, held=True)) == 3


# ------------------------------------------------------------------ back


def test_a_round_trip_settles_what_was_filled_in(workspace):
    book = Workbook(workspace)
    book.fill(GOOD, "采用").fill(NOWHERE, "更正", text=NEW, postcode="050011", why="电话核实")
    book.fill(DOUBTFUL, "更正", member="3", text=DOOR)

    outcome = apply_review(workspace, MAILING, book.save(), by="王审核")

    assert (outcome.rows, outcome.applied, outcome.known, outcome.undecided, outcome.refused) == (
        5,
        3,
        0,
        2,
        0,
    )
    assert settled(workspace) == {
        (GOOD, ""): ("accepted", "good"),
        (NOWHERE, "person_no=4"): ("corrected", "good"),
        (DOUBTFUL, "person_no=3"): ("corrected", "good"),
    }
    assert {c.operator for c in history(workspace)} == {"王审核"}
    assert [c.why for c in history(workspace) if c.why] == ["电话核实"]
    assert {c.source for c in history(workspace)} == {"review.xlsx"}


def test_applying_twice_changes_nothing(workspace):
    book = Workbook(workspace)
    book.fill(GOOD, "采用").fill(NOWHERE, "暂扣").fill(DOUBTFUL, "更正", member="3", text=DOOR)
    path = book.save()
    apply_review(workspace, MAILING, path)
    before = entries(workspace), all_points(workspace), history(workspace)

    again = apply_review(workspace, MAILING, path)

    assert (again.applied, again.known) == (0, 3)
    assert (entries(workspace), all_points(workspace), history(workspace)) == before


def test_a_workbook_that_somebody_was_quicker_than_is_a_conflict(workspace):
    slow, quick = Workbook(workspace, "slow.xlsx"), Workbook(workspace, "quick.xlsx")
    apply_review(workspace, MAILING, quick.fill(GOOD, "暂扣").fill(NOWHERE, "暂扣").save())

    outcome = apply_review(workspace, MAILING, slow.fill(GOOD, "采用").fill(NOWHERE, "暂扣").save())

    assert rules(outcome) == ["A141"]
    assert (outcome.applied, outcome.known, outcome.refused) == (0, 1, 1)
    [conflict] = outcome.findings
    assert (conflict.file, conflict.sheet, conflict.row) == ("slow.xlsx", "地址复核", slow.row_of(GOOD))
    assert settled(workspace)[GOOD, ""] == ("held", "bad")


def test_a_correction_without_the_word_beside_it_is_meant(workspace):
    outcome = apply_review(
        workspace, MAILING, Workbook(workspace).fill(NOWHERE, text=NEW, postcode="050011").save()
    )

    assert outcome.applied == 1


@pytest.mark.parametrize(
    ("filled", "rule"),
    [
        ((DOUBTFUL, "更正", None, {"text": DOOR}), "A144"),
        ((DOUBTFUL, "更正", None, {}), "A142"),
        ((NOWHERE, "采用", None, {}), "A146"),
        ((NOWHERE, "更正", None, {"text": "中山路"}), "A143"),
        ((GOOD, "采用", None, {"text": NEW}), "A150"),
        ((DOUBTFUL, "采用", "3", {}), "A154"),
    ],
)
def test_what_cannot_be_is_refused_at_its_row(workspace, filled, rule):
    raw, decision, member, more = filled
    before = entries(workspace)
    book = Workbook(workspace).fill(raw, decision, member, **more)

    outcome = apply_review(workspace, MAILING, book.save())

    assert rules(outcome) == [rule]
    assert (outcome.applied, outcome.refused) == (0, 1)
    assert outcome.findings[-1].row == book.row_of(raw, member)
    assert entries(workspace) == before


def test_a_member_who_left_the_address_keeps_no_correction_for_it(workspace):
    book = Workbook(workspace).fill(DOUBTFUL, "更正", member="3", text=DOOR)
    enrol(workspace, [("2", DOUBTFUL), ("3", GOOD)])

    assert rules(apply_review(workspace, MAILING, book.save())) == ["A155"]


def test_two_rows_that_contradict_each_other_are_both_left(workspace):
    book = Workbook(workspace).fill(GOOD, "采用")
    row = book.row_of(GOOD)
    copied = [c.value for c in book.shared[row]]
    copied[12] = "暂扣"
    book.shared.append(copied)

    outcome = apply_review(workspace, MAILING, book.save())

    assert rules(outcome) == ["A147", "A147"]
    assert settled(workspace) == {}


@pytest.mark.parametrize(("column", "value"), [(1, "999"), (1, "x"), (6, NEW), (1, "9" * 30)])
def test_a_row_that_is_no_longer_ours_is_refused(workspace, column, value):
    book = Workbook(workspace).fill(GOOD, "采用")
    book.shared.cell(book.row_of(GOOD), column).value = value

    outcome = apply_review(workspace, MAILING, book.save())

    assert rules(outcome) == ["A145"]
    assert settled(workspace) == {}


def test_a_workbook_sorted_by_hand_is_understood(workspace):
    book = Workbook(workspace).fill(GOOD, "采用").fill(NOWHERE, "暂扣")
    values = [[c.value for c in row] for row in book.shared.iter_rows(3)]
    for number, row in enumerate(reversed(values), start=3):
        for column, value in enumerate(row, start=1):
            book.shared.cell(number, column).value = value

    assert apply_review(workspace, MAILING, book.save()).applied == 2


def test_a_workbook_that_another_program_saved_keeps_its_lists_and_its_ids(workspace, tmp_path):
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("no LibreOffice on this machine")
    path = Workbook(workspace).fill(GOOD, "采用").fill(NOWHERE, "暂扣").save()
    home = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [
        program,
        home,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        tmp_path,
        path,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)

    saved = openpyxl.load_workbook(tmp_path / path.name)
    outcome = apply_review(workspace, MAILING, tmp_path / path.name)

    assert [len(sheet.data_validations.dataValidation) > 0 for sheet in saved.worksheets[:2]] == [True, True]
    assert (outcome.applied, outcome.refused, rules(outcome)) == (2, 0, [])
    assert settled(workspace) == {(GOOD, ""): ("accepted", "good"), (NOWHERE, ""): ("held", "bad")}


def test_a_column_that_was_moved_is_found_by_its_heading(workspace):
    book = Workbook(workspace).fill(GOOD, "采用")
    for row in book.shared.iter_rows(2):
        values = [c.value for c in row]
        for cell, value in zip(row, [*values[1:], values[0]], strict=True):
            cell.value = value

    outcome = apply_review(workspace, MAILING, book.save())

    assert (outcome.applied, outcome.refused) == (1, 0)
    assert settled(workspace) == {(GOOD, ""): ("accepted", "good")}


def test_one_column_sorted_alone_changes_nobodys_address(workspace):
    book = Workbook(workspace).fill(GOOD, "采用").fill(NOWHERE, "暂扣")
    cells = [row[0] for row in book.shared.iter_rows(3)]
    for cell, value in zip(cells, [c.value for c in reversed(cells)], strict=True):
        cell.value = value

    outcome = apply_review(workspace, MAILING, book.save())

    assert outcome.rows == outcome.applied + outcome.known + outcome.undecided + outcome.refused
    assert settled(workspace) == {
        k: v for k, v in settled(workspace).items() if k in {(GOOD, ""), (NOWHERE, "")}
    }
    assert set(rules(outcome)) <= {"A145"}
    assert outcome.applied + outcome.refused == 2


def test_a_row_copied_below_itself_counts_once(workspace):
    book = Workbook(workspace).fill(GOOD, "采用")
    book.shared.append([c.value for c in book.shared[book.row_of(GOOD)]])

    outcome = apply_review(workspace, MAILING, book.save())

    assert (outcome.applied, outcome.known, outcome.refused) == (1, 1, 0)


def test_two_writings_of_one_point_may_be_decided_in_one_workbook(tmp_path):
    workspace = make_book(tmp_path, [("1", GOOD, "100080"), ("2", SAME, "100080")])
    book = Workbook(workspace).fill(GOOD, "采用").fill(SAME, "采用")

    outcome = apply_review(workspace, MAILING, book.save())

    assert (outcome.applied, outcome.known, outcome.also, outcome.refused) == (1, 1, 1, 0)


def test_a_workbook_that_is_not_there(workspace):
    with pytest.raises(InputNotFound):
        apply_review(workspace, MAILING, workspace.folder / "none.xlsx")


def test_the_trail_tells_of_it_in_numbers_alone(workspace):
    apply_review(
        workspace, MAILING, Workbook(workspace).fill(NOWHERE, text=NEW, postcode="050011").save(), by="王审核"
    )

    with workspace.reading() as connection:
        told = [r for r in connection.execute(select(audit)) if r.command.startswith("address")]
    assert [r.command for r in told] == ["address clean", "address review", "address apply"]
    assert not any(word in r.facts for r in told for word in ("王审核", "建设", "石家庄"))


def test_a_run_killed_between_two_transactions_goes_on_where_it_ended(workspace, monkeypatch):
    path = Workbook(workspace).fill(GOOD, "采用").fill(NOWHERE, "暂扣").save()
    monkeypatch.setattr("yibao_cli.jobs.address.reviewing._AT_ONCE", 1)

    def killed(_what, _done, _of):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_review(workspace, MAILING, path, progress=killed)
    assert len(settled(workspace)) == 1

    outcome = apply_review(workspace, MAILING, path)

    assert (outcome.applied, outcome.known) == (1, 1)
    assert len(settled(workspace)) == 2


CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        ["采用", "更正", "暂扣", "全部", "本人", "1", "2", NEW, DOOR, "050011", "=1+1", "9" * 20]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
    st.integers(-5, 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(st.integers(3, 6), st.integers(1, 16), CELLS), max_size=20))
def test_whatever_people_write_every_row_is_accounted_for(tmp_path_factory, cells):
    workspace = make_book(tmp_path_factory.mktemp("w"), PEOPLE)
    book = Workbook(workspace)
    for row, column, value in cells:
        cell = book.shared.cell(row, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"

    outcome = apply_review(workspace, MAILING, book.save())

    assert outcome.rows == outcome.applied + outcome.known + outcome.undecided + outcome.refused
