"""Suppression lists from the file to the pieces, and on to the next mailing."""

from __future__ import annotations

import json

import openpyxl
import pyarrow.parquet as pq
import pytest
from e2e_chain import MAILING, hashes, made, pieces, rows_of

NEXT = "2026Q4"
HEADERS = ("人员编号", "停寄原因", "起始日期", "截止日期", "来源")


def listed(path, *rows, headers=HEADERS):
    """A suppression list as a client sends it."""
    book = openpyxl.Workbook()
    book.active.append(headers)
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def package(folder, mailing=MAILING):
    return json.loads(
        (folder / "mailings" / mailing / "package" / "package.json").read_text(encoding="utf-8")
    )


def numbers(folder, mailing=MAILING):
    files = sorted((folder / "mailings" / mailing / "package").glob("pieces-*.parquet"))
    return {row["person_no"]: row for file in files for row in pq.read_table(file).to_pylist()}


def with_next_mailing(folder):
    """A second mailing of the same data, as the quarter after."""
    settings = folder / "yibao.toml"
    words = settings.read_text(encoding="utf-8")
    start = words.index(f"[mailings.{MAILING}]")
    stop = words.find("\n[", start + 1)
    own = words[start : stop if stop > 0 else None]
    copy = own.replace(f"[mailings.{MAILING}]", f"[mailings.{NEXT}]")
    settings.write_text(f"{words.rstrip()}\n\n{copy}\n", encoding="utf-8")


@pytest.fixture
def merged(at, call):
    """A merged workspace, and pieces of it that bear third parties' ads."""
    folder = at("merged")
    bearing = [p["person_no"] for p in pieces(folder) if p["ads_consent"] and "ad:" in str(p["slot_a"])]
    return folder, bearing


def test_each_reason_of_a_list_has_its_effect_and_the_account_ties(merged, call):
    folder, (dead, left, paperless, other, adless, *_rest) = merged
    path = listed(
        folder / "inbox" / "停寄名单.xlsx",
        (dead, "去世", "2026-08-01", None, "派出所"),
        (left, "户口外迁", None, None, None),
        (paperless, "改电子账单", None, None, "本人"),
        (other, "其他", None, None, None),
        (adless, "退订广告", None, None, "本人"),
        ("0000000000", "死亡", None, None, None),
        (None, "死亡", None, None, None),
    )
    before = package(folder)["counts"]

    imported = call("-w", folder, "import", "suppressions", path)
    result = call("-w", folder, "merge")

    assert "7 rows in = 6 kept + 1 rejected" in imported.err
    assert "I195" in imported.err
    assert result.code == 3
    told = (made(folder) / "findings" / f"findings-{MAILING}.csv").read_text(encoding="utf-8-sig")
    for rule in ("I195", "H111", "H112", "H113", "H114", "L211", "L214"):
        assert told.count(f'"{rule}"') == 1, rule
    assert "since 2026-08-01; reported by 公安" in told
    after, printed = package(folder)["counts"], numbers(folder)
    assert after["roster_rows"] == after["pieces"] + after["held"] + after["rejected"]
    assert (after["pieces"], after["held"]) == (before["pieces"] - 4, before["held"] + 4)
    assert not {dead, left, paperless, other} & set(printed)
    assert all(printed[adless][slot].startswith("house:") for slot in ("slot_a", "slot_b", "slot_c"))


def test_a_list_counts_for_the_next_mailing_too_and_is_named_in_its_package(merged, call):
    folder, (person, *_rest) = merged
    path = listed(folder / "inbox" / "停寄名单.xlsx", (person, "拒收纸质", None, None, None))
    call("-w", folder, "import", "suppressions", path)
    with_next_mailing(folder)

    for table in ("roster", "balances", "transactions"):
        call("-w", folder, "import", table, folder / "inbox" / f"{table}.xlsx", "--mailing", NEXT)
    result = call("-w", folder, "merge", NEXT)

    assert "H113" in result.err
    assert person not in numbers(folder, NEXT)
    inputs = {i["table"]: i for i in package(folder, NEXT)["inputs"]}
    ((known,),) = rows_of(folder, "SELECT sha256 FROM imports WHERE table_name = 'suppressions'")
    assert (inputs["suppressions"]["file"], inputs["suppressions"]["sha256"]) == (path.name, known)


def test_a_newer_list_of_the_same_name_takes_the_place_of_the_older_from_any_mailing(merged, call):
    folder, (first, second, *_rest) = merged
    with_next_mailing(folder)
    path = listed(folder / "inbox" / "停寄名单.xlsx", (first, "拒收纸质", None, None, None))
    call("-w", folder, "import", "suppressions", path, "--mailing", NEXT)
    again = call("-w", folder, "import", "suppressions", path)
    listed(path, (second, "拒收纸质", None, None, None))

    newer = call("-w", folder, "import", "suppressions", path)
    call("-w", folder, "merge")

    assert "imported before" in again.err
    assert "takes the place of the earlier file" in newer.err
    assert first in numbers(folder)
    assert second not in numbers(folder)


def test_a_list_that_comes_after_the_merge_is_heeded_before_anything_is_printed(merged, call):
    folder, (person, *_rest) = merged
    path = listed(folder / "inbox" / "停寄名单.xlsx", (person, "死亡", None, None, None))

    imported = call("-w", folder, "import", "suppressions", path)
    rendered = call("-w", folder, "render")

    assert "run `yibao" in imported.err
    assert "merge` again" in imported.err
    assert rendered.code == 5


def test_a_list_that_comes_after_the_posting_is_taken_for_later_and_changes_nothing_posted(at, call):
    folder = at("posted")
    person = pieces(folder)[0]["person_no"]
    path = listed(folder / "inbox" / "停寄名单.xlsx", (person, "死亡", None, None, None))
    before = hashes(made(folder) / "package")

    imported = call("-w", folder, "import", "suppressions", path)

    assert imported.code == 0
    assert "merge` again" not in imported.err
    assert call("-w", folder, "proof", "-n", "1").code == 0
    assert hashes(made(folder) / "package") == before


def test_a_list_that_names_nobody_is_refused_with_what_it_must_have(at, call):
    folder = at("new")
    path = listed(folder / "名单.xlsx", ("死亡", "市民政局"), headers=("停寄原因", "备注"))

    result = call("-w", folder, "import", "suppressions", path)

    assert result.code == 65
    assert "个人编号 / 身份证号" in result.err


def test_an_unknown_reason_holds_the_piece_all_the_same(merged, call):
    folder, (person, *_rest) = merged
    path = listed(folder / "inbox" / "停寄名单.xlsx", (person, "本人强烈要求", "去年", None, "热线"))

    imported = call("-w", folder, "import", "suppressions", path)
    call("-w", folder, "merge")

    assert "I125" in imported.err
    assert "1 rows in = 1 kept + 0 rejected" in imported.err
    assert person not in numbers(folder)
