"""Tracking numbers, histories, copies with two signatures, by the real commands."""

from __future__ import annotations

import csv
import json
import re
import shutil

import pypdfium2
import pytest
import zxingcpp
from e2e_chain import MAILING, hashes, made, pieces, quietly, rows_of, setting

from yibao_cli.codes import SheetCode, parse_sheet_code, piece_number
from yibao_cli.jobs.render.copies import read_copies
from yibao_cli.mailing.tracking import Series
from yibao_cli.render.readback import What
from yibao_cli.store.packages import open_package

XA = Series("cn13", "XA", "31", checked=True)


def numbers_file(folder, *spans):
    path = folder / "numbers.csv"
    rows = [f"{XA.number(first)},{XA.number(last)}" for first, last in spans]
    path.write_text("起始号码,终止号码\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def asked(call, workspace, *options, reason="spoiled", by="zhang"):
    return call("-w", workspace, "reprint", "--reason", reason, "--by", by, *options)


def codes_and_text(path):
    codes, texts = [], []
    with pypdfium2.PdfDocument(path) as pdf:
        for page in pdf:
            found = zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil())
            codes += [c for b in found if (c := parse_sheet_code(b.text))]
            texts.append(page.get_textpage().get_text_bounded())
    return codes, texts


def first_page(path):
    with pypdfium2.PdfDocument(path) as pdf:
        return pdf[0].get_textpage().get_text_bounded()


# ------------------------------------------------------------------ tracking numbers


@pytest.fixture(scope="module")
def registered(states, tmp_path_factory):
    """A registered mailing with its numbers, merged."""
    workspace = shutil.copytree(states.at("imported"), tmp_path_factory.mktemp("registered") / "ws")
    setting(workspace, "registered = true")
    quietly("-w", workspace, "numbers", "add", numbers_file(workspace, (1, 60), (1000, 1999)))
    quietly("-w", workspace, "merge")
    return workspace


def test_a_dry_pool_says_how_many_are_missing_before_anything_is_made(call, at):
    workspace = at("imported")
    setting(workspace, "registered = true")
    assert call("-w", workspace, "numbers", "add", numbers_file(workspace, (1, 10))).code == 0

    result = call("-w", workspace, "merge")

    assert result.code == 5
    missing, wanted = map(int, re.search(r"(\d+) tracking numbers are missing: (\d+)", result.err).groups())
    assert missing == wanted - 10
    assert not (made(workspace) / "package").exists()
    assert not rows_of(workspace, "SELECT * FROM tracking_numbers")


def test_every_piece_has_a_number_of_its_own_in_print_order(registered):
    given = [p["tracking"] for p in pieces(registered)]

    assert given[:61] == [*map(XA.number, range(1, 61)), XA.number(1000)]
    assert len(set(given)) == len(given)


def test_a_member_keeps_the_number_when_the_roster_moves(call, registered, tmp_path):
    workspace = shutil.copytree(registered, tmp_path / "ws")
    before = {p["person_no"]: p["tracking"] for p in pieces(workspace)}
    package = hashes(made(workspace) / "package")

    assert call("-w", workspace, "merge").code in {0, 3}
    assert hashes(made(workspace) / "package") == package

    setting(workspace, 'order = "household"')
    assert call("-w", workspace, "merge").code in {0, 3}
    assert {p["person_no"]: p["tracking"] for p in pieces(workspace)} == before


def test_numbers_of_an_earlier_block_are_refused_for_a_year_and_taken_after_it(call, registered, tmp_path):
    workspace = shutil.copytree(registered, tmp_path / "ws")
    path = numbers_file(workspace, (1990, 2010), (5000, 5001))

    early = call("-w", workspace, "numbers", "add", path)
    late = call("-w", workspace, "--now", "2030-01-01", "numbers", "add", path)

    assert (early.code, late.code) == (3, 0)
    assert "M144" in early.err
    assert "2 numbers in 1 blocks" in early.err
    assert "23 numbers in 2 blocks" in late.err


def test_bad_numbers_are_told_by_row(call, at):
    workspace = at("imported")
    path = workspace / "bad.csv"
    path.write_text(f"号码\n{XA.number(7)}\nXA123\n{XA.number(7)}\nXA00000001831\n", encoding="utf-8")

    result = call("-w", workspace, "numbers", "add", path)

    assert result.code == 3
    assert [re.search(rf"!(\d+)[^\n]*{rule}", result.err)[1] for rule in ("M140", "M141", "M143")] == [
        "3",
        "5",
        "4",
    ]
    assert call("-w", workspace, "numbers", "add", path, "--form", "ems").code == 2


# ------------------------------------------------------------------ copies


def test_a_copy_bears_its_number_and_the_old_one_is_void(call, at):
    workspace = at("verified")
    one, two = (p["piece"] for p in pieces(workspace)[3:5])
    pages = {p["piece"]: p["pages"] for p in pieces(workspace)}

    assert asked(call, workspace, "--pieces", f"{one},{two}").code == 0
    assert call("-w", workspace, "reprint", "--approve", 1, "--by", "li").code == 0

    codes, texts = codes_and_text(made(workspace) / "reprints" / "reprint-0001.pdf")
    assert codes == [SheetCode(MAILING, p, 1, 1, pages[p]) for p in (one, two)]
    assert all(f"{p}-1" in "".join(texts) for p in (one, two))
    # The code of the first printing is void, that of the copy may be spoiled in its turn.
    void = asked(call, workspace, "--pieces", str(SheetCode(MAILING, one, 0, 1, 2)))
    again = asked(call, workspace, "--pieces", f"{one}-1", reason="jam")
    assert (void.code, again.code) == (65, 0)
    assert "M168" in void.err
    assert call("-w", workspace, "reprint", "--approve", 2, "--by", "li").code == 0
    assert codes_and_text(made(workspace) / "reprints" / "reprint-0002.pdf")[0][0].copy == 2


def test_the_copy_is_the_first_printing_but_for_its_number(call, at):
    workspace = at("verified")
    piece = pieces(workspace)[0]["piece"]
    asked(call, workspace, "--pieces", piece)
    call("-w", workspace, "reprint", "--approve", 1, "--by", "li")

    first = first_page(made(workspace) / "print" / "part-0001.pdf")
    copy = first_page(made(workspace) / "reprints" / "reprint-0001.pdf")

    assert copy.replace(f"{piece}-1", piece) == first


def test_whoever_asked_cannot_sign_whatever_the_writing(call, at, monkeypatch):
    workspace = at("verified")
    piece = pieces(workspace)[0]["piece"]
    asked(call, workspace, "--pieces", piece, by="Zhang")

    alone = call("-w", workspace, "reprint", "--approve", 1, "--by", " ｚhang ")
    monkeypatch.setenv("YIBAO_USER", "zhang")
    alone_too = call("-w", workspace, "reprint", "--approve", 1)

    assert (alone.code, alone_too.code) == (5, 5)
    assert not (made(workspace) / "reprints").exists()
    assert rows_of(workspace, f"SELECT copy FROM pieces WHERE piece = '{piece}'") == [(0,)]


def test_nothing_is_posted_while_a_request_waits(call, at):
    workspace = at("verified")
    asked(call, workspace, "--pieces", pieces(workspace)[0]["piece"])

    waiting = call("-w", workspace, "manifest")
    assert waiting.code == 4
    assert "1 wait" in waiting.err
    assert call("-w", workspace, "reprint", "--refuse", 1).code == 0
    assert call("-w", workspace, "manifest").code == 0


def test_printed_is_posted_and_spoiled(call, at):
    workspace = at("verified")
    count = len(pieces(workspace))
    asked(call, workspace, "--pieces", ",".join(p["piece"] for p in pieces(workspace)[:3]))
    call("-w", workspace, "reprint", "--approve", 1, "--by", "li")

    listed = call("-w", workspace, "reprint", "-f", "jsonl")

    assert f"printed {count + 3} = posted {count} + spoiled 3; 0 wait" in listed.err
    row = json.loads(listed.out)
    assert (row["state"], row["maker"], row["checker"], row["pieces"]) == ("approved", "zhang", "li", 3)


def test_verify_reads_the_copies_too(call, at):
    workspace = at("verified")
    asked(call, workspace, "--pieces", pieces(workspace)[0]["piece"])
    call("-w", workspace, "reprint", "--approve", 1, "--by", "li")
    folder = made(workspace) / "reprints"

    package = open_package(made(workspace), MAILING)
    sha256 = rows_of(workspace, "SELECT package_sha256 FROM mailings")[0][0]
    assert read_copies(made(workspace), package, sha256) == []
    # Pages of the first printing under the copy's name, with a control file that knows their hash.
    shutil.copy(made(workspace) / "print" / "part-0001.pdf", folder / "reprint-0001.pdf")
    control = json.loads((folder / "reprint-0001.json").read_text(encoding="utf-8"))
    control["sha256"] = hashes(folder)["reprint-0001.pdf"]
    (folder / "reprint-0001.json").write_text(json.dumps(control), encoding="utf-8")
    wrong = call("-w", workspace, "verify", "-f", "csv", "--workers", 1)
    assert wrong.code == 4
    assert "reprint-0001.pdf" in wrong.out
    (folder / "reprint-0001.json").unlink()
    assert [d.what for d in read_copies(made(workspace), package, sha256)] == [What.FILE]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("00000012", "M165"),
        (piece_number(999_999), "M166"),
        (str(SheetCode("2026Q2", piece_number(1), 0, 1, 2)), "M166"),
    ],
)
def test_a_number_that_cannot_be_printed_again_stops_the_request(call, at, text, rule):
    workspace = at("verified")
    path = workspace / "again.txt"
    path.write_text(f"账单编号\n{pieces(workspace)[0]['piece']}\n{text}\n", encoding="utf-8")

    result = asked(call, workspace, "--pieces", path)

    assert result.code == 65
    assert f"again.txt!3: {rule}" in result.err
    assert not rows_of(workspace, "SELECT * FROM reprints")


def test_what_makes_no_sense_is_a_wrong_command(call, at):
    workspace = at("verified")
    piece = pieces(workspace)[0]["piece"]

    assert call("-w", workspace, "reprint", "--pieces", piece).code == 2
    assert asked(call, workspace, "--pieces", piece, "--approve", 1).code == 2
    assert call("-w", workspace, "reprint", "--approve", 7, "--by", "li").code == 66
    assert asked(call, workspace, "--pieces", workspace / "nowhere.txt").code == 66


def test_nothing_is_mailed_again_before_it_was_posted(call, at):
    workspace = at("verified")

    refused = asked(call, workspace, "--pieces", pieces(workspace)[0]["piece"], reason="remail")

    assert refused.code == 5
    assert not rows_of(workspace, "SELECT * FROM reprints")


def test_before_rendering_there_is_nothing_to_print_again(call, at):
    workspace = at("merged")

    assert asked(call, workspace, "--pieces", pieces(workspace)[0]["piece"]).code == 5


# ------------------------------------------------------------------ history


def history(result):
    return [row["event"] for row in map(json.loads, result.out.splitlines())]


def test_a_piece_tells_its_history_by_any_of_its_codes(call, at):
    workspace = at("verified")
    piece = pieces(workspace)[0]["piece"]
    asked(call, workspace, "--pieces", piece)
    call("-w", workspace, "reprint", "--approve", 1, "--by", "li")
    call("-w", workspace, "manifest", "--posted", "2099-01-01")

    by_number = call("-w", workspace, "track", piece, "-f", "jsonl")
    by_code = call("-w", workspace, "track", str(SheetCode(MAILING, piece, 1, 1, 2)).lower(), "-f", "jsonl")

    wanted = ["merged", "printed", "verified", "spoiled", "printed again", "posted"]
    assert history(by_number) == wanted
    assert by_code.out == by_number.out
    assert "copy 1" in by_number.err
    assert history(call("-w", workspace, "track", pieces(workspace)[1]["piece"], "-f", "jsonl")) == [
        e for e in wanted if e not in {"spoiled", "printed again"}
    ]


def test_a_tracking_number_leads_to_its_piece(call, registered):
    last = pieces(registered)[-1]

    result = call("-w", registered, "track", f"{last['tracking'][:11]} {last['tracking'][11:]}", "-f", "csv")

    assert last["piece"] in result.err
    assert [row["event"] for row in csv.DictReader(result.out.splitlines())] == ["merged"]


def test_bundle_and_bag_tell_their_pieces(call, at):
    workspace = at("merged")
    packed = pieces(workspace)
    last = packed[-1]["bundle"]
    own = [p["piece"] for p in packed if p["bundle"] == last]

    result = call("-w", workspace, "track", f"bundle-{last}")

    assert f"{len(own)} pieces, {own[0]} to {own[-1]}" in result.err
    assert call("-w", workspace, "track", "bag-1").code == 0
    assert call("-w", workspace, "track", f"bundle-{last + 1}").code == 66


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [("hello", 2), ("", 2), (piece_number(999_999), 66), ("XA00000099931", 66), ("YBH1/X", 2)],
)
def test_a_code_that_leads_nowhere_is_told(call, at, code, exit_code):
    assert call("-w", at("merged"), "track", code).code == exit_code
