"""The address book from the roster to the envelope: reviewed by people, suppressed, delivered to employers."""

from __future__ import annotations

import json
import re

import openpyxl
import pytest
from e2e_chain import MAILING, outside, pieces, rows_of


def settle(path, fill):
    """Fill a review workbook in: fill gets each row by header, and gives cells to write."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        columns = {c.value: c.column for c in sheet[2]}
        for row in sheet.iter_rows(3):
            values = {name: row[column - 1].value for name, column in columns.items()}
            for name, value in (fill(values) or {}).items():
                row[columns[name] - 1].value = value
    book.save(path)


def configure(folder, line):
    """Add a line to the settings of the mailing."""
    path = folder / "yibao.toml"
    head = f"[mailings.{MAILING}]\n"
    path.write_text(path.read_text(encoding="utf-8").replace(head, head + line + "\n"), encoding="utf-8")


def test_what_people_settle_in_the_workbook_is_on_the_envelopes(at, call):
    folder = at("imported")
    path = folder / "review.xlsx"
    door = "河北省石家庄市长安区建设北大街12号4号楼1单元302室"
    assert call("-w", folder, "merge").code in {0, 3}
    before = {p["person_no"] for p in pieces(folder)}
    assert call("-w", folder, "address", "review", "-o", path).code == 0
    corrected = []

    def fill(row):
        if row["判定"] != "not deliverable" or not row["个人编号"]:
            return {"处理": "采用"} if row["范围"] == "全部" and row["判定"] == "doubtful" else {}
        corrected.append(row["个人编号"])
        return {"处理": "更正", "更正后地址": door, "更正后邮编": "050011"}

    settle(path, fill)
    first = call("-w", folder, "address", "apply", path, "--by", "reviewer")
    again = call("-w", folder, "address", "apply", path)
    merged = call("-w", folder, "merge")

    assert corrected
    assert f"{0} refused" in first.err
    assert " 0 applied" in again.err
    assert merged.code in {0, 3}
    printed = {p["person_no"]: p["address"] for p in pieces(folder)}
    assert before < set(printed)
    assert {printed[no] for no in corrected if no in printed} == {door}
    assert not [v for v in printed if printed[v] == door and v not in corrected]
    assert "A1" not in merged.err


def test_a_workbook_that_somebody_fills_in_is_not_written_over(at, call, tmp_path):
    folder = at("imported")
    path = tmp_path / "review.xlsx"
    review = ("-w", folder, "address", "review", "-o", path)
    assert [call(*review).code for _ in range(2)] == [0, 0]
    settle(path, lambda row: {"处理": "采用"} if row["范围"] == "全部" else {})
    filled = path.read_bytes()

    refused = call(*review)

    assert refused.code == 5
    assert "hand it in, move it to another folder, or delete it" in refused.err
    assert path.read_bytes() == filled
    assert [p.name for p in tmp_path.glob("review*")] == ["review.xlsx"]
    call("-w", folder, "address", "apply", path)
    assert call(*review).code == 0  # it was handed in


def test_a_clients_file_is_not_written_over_by_a_workbook(at, call):
    folder = at("imported")
    roster = folder / "inbox" / "roster.xlsx"
    before = roster.read_bytes()

    assert call("-w", folder, "address", "review", "-o", roster).code == 5
    assert roster.read_bytes() == before


def test_the_book_is_searched_and_its_history_told(at, call):
    folder = at("imported")
    [(number,)] = rows_of(folder, "SELECT min(id) FROM addresses WHERE verdict = 'good'")

    suppressed = call("-w", folder, "address", "suppress", number, "--why", "demolished")
    again = call("-w", folder, "address", "suppress", number, "--why", "demolished")
    shown = call("-w", folder, "address", "show", number, "-f", "jsonl")
    told = call("-w", folder, "address", "history", number, "-f", "jsonl")

    assert (suppressed.code, again.code) == (0, 0)
    assert "already" in again.err
    assert json.loads(shown.out.splitlines()[0])["verdict"] == "bad"
    assert [json.loads(line)["event"] for line in told.out.splitlines()] == ["added", "suppressed"]
    call("-w", folder, "merge")
    assert number not in {p["address_id"] for p in pieces(folder)}
    call("-w", folder, "address", "release", number)
    call("-w", folder, "merge")
    assert number in {p["address_id"] for p in pieces(folder)}


def test_an_enquiry_is_logged_and_shown(at, call):
    folder = at("imported")

    logged = call(
        "-w", folder, "address", "enquiry", 1, "--asker", "family", "--question", "q", "--answer", "a"
    )
    shown = call("-w", folder, "address", "enquiry", "-f", "jsonl")

    assert (logged.code, logged.out) == (0, "")
    assert json.loads(shown.out)["question"] == "q"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("address", "review"), 2),
        (("address", "review", "-o", "x.csv"), 2),
        (("address", "apply", "none.xlsx"), 66),
        (("address", "show", "999999"), 66),
        (("address", "suppress", "1", "--why", "because"), 2),
        (("address", "enquiry", "--question", "q"), 2),
        (("address", "walks"), 5),
        (("address", "apply", "yibao.toml"), 65),
    ],
)
def test_what_cannot_be_ends_with_one_message(at, words, code):
    folder = at("imported")

    result = outside("-w", folder, *words, cwd=folder)

    assert (result.code, result.out) == (code, "")
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("yibao: ")


def test_pieces_go_to_the_employer_where_there_is_one(at, call):
    folder = at("imported")
    configure(folder, 'deliver = "employer"')

    unknown = call("-w", folder, "merge")
    call("-w", folder, "address", "clean")
    merged = call("-w", folder, "merge")

    assert unknown.code == 5
    assert "address clean" in unknown.err
    assert merged.code in {0, 3}
    rows = pieces(folder)
    homes = [p for p in rows if not p["employer_no"]]
    theirs = {p["employer_no"]: p for p in rows if p["employer_address"]}
    assert homes
    assert theirs
    by_employer = [p["employer_no"] for p in rows if p["employer_address"]]
    for no, piece in theirs.items():
        assert {p["address"] for p in rows if p["employer_no"] == no} == {piece["address"]}
        first = by_employer.index(no)
        assert set(by_employer[first : first + by_employer.count(no)]) == {no}
    names = re.compile(r"\s")
    assert all(names.sub("", p["employer_address"])[-4:] in p["address"] for p in theirs.values())


def test_households_lie_side_by_side_and_every_piece_is_one_members(at, call):
    folder = at("imported")
    configure(folder, 'order = "household"')

    call("-w", folder, "merge")

    rows = pieces(folder)
    points = dict(rows_of(folder, "SELECT id, point_id FROM addresses"))
    led_to = [(p["postcode"], points[p["address_id"]]) for p in rows]
    assert all(len(set(led_to[led_to.index(x) :][: led_to.count(x)])) == 1 for x in set(led_to))
    assert len({p["person_no"] for p in rows}) == len(rows)
