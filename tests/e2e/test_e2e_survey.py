"""Survey and complaints as people use them."""

from __future__ import annotations

import json

import openpyxl
import pytest
from e2e_chain import LATER, MAILING, pieces, rows_of

DAY = "2026-11-10"


@pytest.fixture
def run(call, mailed):
    """Run a command of the workspace on a day."""

    def ran(*arguments, day=DAY):
        return call("--now", day, "-w", mailed, *arguments)

    return ran


def call_list(workspace):
    return workspace / "mailings" / MAILING / "survey" / f"survey-{MAILING}.xlsx"


def fill(path, rows):
    """Fill the call list in: number of the row below the header -> cells from 实访日期 on."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for index, cells in rows.items():
        for i, value in enumerate(cells):
            sheet.cell(3 + index, 6 + i, value)
    out = path.parent.parent / "filled.xlsx"
    book.save(out)
    return out


def test_a_survey_from_the_sample_to_its_rate(mailed, run, canaries):
    drawn = run("survey", "draw", "--precision", "0.1", "--seed", "3")
    assert (drawn.code, "62 of 169 pieces" in drawn.err) == (0, True)
    path = call_list(mailed)
    rows = list(openpyxl.load_workbook(path).active.iter_rows(min_row=3, values_only=True))
    assert path.stat().st_mode & 0o777 == 0o600
    assert {row[3][1:].strip("*") for row in rows if row[3]} == {""}

    yes, no = (DAY, "接通", "是", "是", "是", 95), (DAY, "接通", "否", None, None, None)
    filled = fill(path, {**dict.fromkeys(range(40), yes), 40: no, 41: (DAY, "未通")})
    taken = run("survey", "import", filled)

    assert taken.code == 0
    assert "62 rows = 42 results + 20 still open + 0 refused" in taken.err
    told = [json.loads(line) for line in run("survey", "result", "-f", "jsonl").out.splitlines()]
    assert (told[0]["count"], told[0]["of"]) == (40, 41)
    assert told[0]["low"] < 40 / 41 < told[0]["high"]
    assert run("survey", "import", filled).code == 0  # it comes once more, filled in further
    assert rows_of(mailed, "SELECT count(*) FROM survey_calls WHERE outcome <> ''") == [(42,)]


def test_the_same_seed_draws_the_same_people(mailed, run):
    run("survey", "draw", "--seed", "3")
    run("survey", "draw", "--seed", "3", "--again")
    run("survey", "draw", "--seed", "4", "--again")

    found = [
        rows_of(mailed, f"SELECT piece FROM survey_calls WHERE survey = {n} ORDER BY number")
        for n in (1, 2, 3)
    ]
    assert found[0] == found[1] != found[2]


def test_a_survey_is_not_drawn_over_another_unless_it_is_wanted(mailed, run):
    run("survey", "draw", "--seed", "3")
    first = call_list(mailed).read_bytes()
    old = fill(call_list(mailed), dict.fromkeys(range(30), (DAY, "接通", "是")))
    run("survey", "import", old)

    refused = run("survey", "draw", "--seed", "4")
    again = run("survey", "draw", "--seed", "4", "--again")

    assert (refused.code, again.code) == (5, 0)
    assert "30 of 118 calls have a result" in refused.err
    assert call_list(mailed).read_bytes() == first
    assert (mailed / f"mailings/{MAILING}/survey-2/survey-{MAILING}-2.xlsx").is_file()
    late = run("survey", "import", old)
    assert late.code == 3
    assert "T127" in late.err
    query = (
        "SELECT count(*) FROM survey_calls a JOIN survey_calls b ON a.number = b.number "
        "WHERE a.survey = 1 AND b.survey = 2 AND b.outcome <> '' AND a.piece <> b.piece"
    )
    assert rows_of(mailed, query) == [(0,)]


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ((DAY, "好像收到"), "T121"),
        (("2026-10-01", "接通", "是"), "T122"),
        (("2027-01-01", "接通", "是"), "T122"),
        ((DAY, "未通", "是"), "T123"),
        ((DAY, "接通"), "T124"),
        ((DAY, "接通", "是", None, None, 120), "T125"),
    ],
)
def test_an_answer_that_cannot_be_is_told_and_not_counted(mailed, run, cells, rule):
    run("survey", "draw", "--precision", "0.2")

    result = run("survey", "import", fill(call_list(mailed), {0: cells}))

    assert (result.code, rule in result.err) == (3, True)
    assert rows_of(mailed, "SELECT count(*) FROM survey_calls WHERE outcome <> ''") == [(0,)]


def test_a_number_that_is_not_on_the_list_or_twice_is_told(mailed, run):
    run("survey", "draw", "--precision", "0.2")
    path = fill(call_list(mailed), {0: (DAY, "未通"), 1: (DAY, "未通"), 2: (DAY, "未通")})
    book = openpyxl.load_workbook(path)
    book.active.cell(3, 1, 9999)
    book.active.cell(4, 1, 3)
    book.active.cell(4, 2, book.active.cell(5, 2).value)
    book.save(path)

    result = run("survey", "import", path)

    assert "T120" in result.err
    assert "T126" in result.err


def test_without_a_survey_there_is_no_result(run):
    assert run("survey", "result").code == 5


# ------------------------------------------------------------------ complaints


def test_a_complaint_from_the_call_to_the_compensation(mailed, run):
    piece = pieces(mailed)[0]["piece"]
    added = run(
        "complaints", "add", "--kind", "missing", "--channel", "11185", "--piece", piece, "--by", "甲"
    )
    assert "complaint 1, to be answered by 2026-11-15" in added.err

    asked = run("complaints", "compensate", 1, "--by", "甲")
    assert "8.00 yuan" in asked.err
    assert run("complaints", "approve", 1, "--by", " 甲 ").code == 5
    assert run("complaints", "approve", 1, "--by", "乙").code == 0
    assert run("complaints", "approve", 1, "--by", "丙").code == 5
    assert run("complaints", "compensate", 1, "--by", "甲").code == 5
    assert "answered late" in run("complaints", "close", 1, "--answer", "已补寄", day=LATER).err
    assert run("complaints", "close", 1).code == 5

    (row,) = [
        json.loads(line) for line in run("complaints", "list", "-f", "jsonl", day=LATER).out.splitlines()
    ]
    assert (row["kind"], row["state"], row["compensation"]) == ("missing", "answered late", "8.00")
    assert row["approved by"] == "乙"


@pytest.mark.parametrize(
    ("kind", "due"), [("leak", "2026-11-11"), ("enquiry", "2026-11-20"), ("late", "2026-11-15")]
)
def test_each_class_has_its_day(run, kind, due):
    assert f"by {due}" in run("complaints", "add", "--kind", kind).err


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--kind", "bad"), 2),
        (("--channel", "pigeon"), 2),
        (("--class", "none"), 2),
        (("--stage", "moon"), 2),
        (("--piece", "00000018"), 66),
        (("--piece", "13010219600101123X"), 66),
    ],
)
def test_a_word_that_is_not_known_is_refused(mailed, run, options, code):
    assert run("complaints", "add", *options).code == code
    assert rows_of(mailed, "SELECT count(*) FROM complaints") == [(0,)]


@pytest.mark.parametrize(("base", "code"), [("x", 2), ("0", 2), ("-1", 2), ("1.20", 0)])
def test_the_base_is_an_amount(run, base, code):
    run("complaints", "add", "--kind", "late")

    assert run("complaints", "compensate", 1, f"--base={base}").code == code


def test_an_unknown_complaint_is_not_found(run):
    assert run("complaints", "close", 7).code == 66
