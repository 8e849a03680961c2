"""The month-end pack."""

from __future__ import annotations

import hashlib
import json
import zipfile

import openpyxl
import pytest
from e2e_chain import MAILING, changed, hashes, pieces
from test_e2e_again import returns_of

DAY = "2026-11-21"


@pytest.fixture
def packed(mailed, call):
    back = [p["piece"] for p in pieces(mailed)][::14][:12]
    call("--now", DAY, "-w", mailed, "returns", "import", returns_of(mailed / "back.xlsx", back))
    call("--now", DAY, "-w", mailed, "survey", "draw", "--precision", "0.2")
    call("--now", DAY, "-w", mailed, "complaints", "add", "--kind", "late")
    result = call("--now", DAY, "-w", mailed, "month-end")
    assert result.code == 0, result.err
    return mailed / "monthend" / "2026-11.zip"


def test_everything_is_in_one_zip_and_its_list_of_contents_holds(packed, mailed, call):
    with zipfile.ZipFile(packed) as pack:
        contents = json.loads(pack.read("2026-11/contents.json"))
        listed = {f"2026-11/{row['file']}": row["sha256"] for row in contents["files"]}
        assert set(pack.namelist()) == {*listed, "2026-11/contents.json"}
        assert all(hashlib.sha256(pack.read(name)).hexdigest() == digest for name, digest in listed.items())
    names = {name.rpartition("/")[2].partition("-")[0] for name in listed}
    assert {"account", "report", "corrections", "complaints", "survey", "public"} <= names
    assert packed.stat().st_mode & 0o777 == 0o600


def test_the_public_figures_tell_no_small_count(packed, mailed):
    public = json.loads(
        (packed.with_suffix("") / MAILING / f"public-{MAILING}.json").read_text(encoding="utf-8")
    )

    assert public["total"] == {"posted": 169, "delivered": 157, "returned": 12}
    told = [row for row in public["by_county"] if "posted" in row]
    assert all(not 0 < row[k] < 10 for row in told for k in ("posted", "delivered", "returned"))
    assert len(told) < len(public["by_county"])
    sheet = openpyxl.load_workbook(packed.with_suffix("") / MAILING / f"public-{MAILING}.xlsx").active
    assert [c.value for c in list(sheet.iter_rows())[-1]] == ["合计", "169", "157", "12", "92.9%"]


def test_a_total_that_is_small_is_not_told_either(mailed, call):
    back = [p["piece"] for p in pieces(mailed)][:3]
    call("--now", DAY, "-w", mailed, "returns", "import", returns_of(mailed / "back.xlsx", back))

    call("--now", DAY, "-w", mailed, "month-end")

    folder = mailed / "monthend" / "2026-11" / MAILING
    assert json.loads((folder / f"public-{MAILING}.json").read_text(encoding="utf-8"))["total"] == {}
    rows = openpyxl.load_workbook(folder / f"public-{MAILING}.xlsx").active.iter_rows(values_only=True)
    assert list(rows)[-1] == ("合计", "*", "*", "*", "*")


def test_figures_of_an_open_window_say_how_pending_pieces_count(mailed, call):
    call("--now", "2026-10-21", "-w", mailed, "month-end")

    book = mailed / "monthend" / "2026-10" / MAILING / f"public-{MAILING}.xlsx"
    assert "截至 2026-10-21，待定按妥投计入投达率" in openpyxl.load_workbook(book).active["A1"].value


def test_the_pack_of_a_month_that_is_over_leaves_the_account_and_report_of_today(packed, mailed, call):
    today = "--now", DAY, "-w", mailed
    for command in ("reconcile", "report"):
        call(*today, command, MAILING)
    folders = [mailed / "mailings" / MAILING / name for name in ("account", "report")]
    before, said = [hashes(f) for f in folders], call(*today, "status", MAILING)

    result = call(*today, "month-end", "2026-10")

    assert result.code == 0, result.err
    assert [hashes(f) for f in folders] == before
    assert call(*today, "status", MAILING) == said  # its account and next step are those of today
    pack = mailed / "monthend" / "2026-10" / MAILING
    for name in ("account", "report"):
        told = json.loads((pack / f"{name}-{MAILING}.json").read_text(encoding="utf-8"))
        assert '"2026-10-31"' in json.dumps(told), name
    assert {p.suffix for p in pack.glob("account-*")} == {".xlsx", ".pdf", ".json"}


def test_an_account_that_was_handed_out_in_a_pack_is_restated_by_later_ones(mailed, call):
    call("--now", "2026-11-30", "-w", mailed, "month-end", "2026-11")
    back = [p["piece"] for p in pieces(mailed)][:12]
    call("--now", "2026-12-02", "-w", mailed, "returns", "import", returns_of(mailed / "back.xlsx", back))

    result = call("--now", "2026-12-02", "-w", mailed, "reconcile", MAILING)

    assert "the account of 2026-11-30 said 0 returned; by now it is 12" in result.err


def test_the_pack_names_no_member(packed, mailed, canaries):
    folder = packed.with_suffix("") / MAILING
    told = "".join(p.read_text(encoding="utf-8") for p in folder.iterdir() if p.suffix in {".json", ".html"})

    assert not canaries.found_in(told)


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "november", "2026"])
def test_a_month_that_has_not_begun_is_a_wrong_command_line(mailed, call, month):
    assert call("--now", DAY, "-w", mailed, "month-end", month).code == 2


def test_without_a_posted_mailing_there_is_no_pack(mailed, call):
    changed(mailed, "UPDATE mailings SET state = 'verified'")

    assert call("--now", DAY, "-w", mailed, "month-end").code == 5
