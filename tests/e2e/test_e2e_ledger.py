"""The mailing against the client's totals, some members alone, adjustments, and the period before."""

from __future__ import annotations

import csv
import json
import shutil

import openpyxl
import pytest
from e2e_chain import MAILING, hashes, made, pieces, quietly, rows_of

from yibao_cli.errors import ExitCode

HEADERS = {"figure", "theirs", "ours", "difference"}


@pytest.fixture(scope="module")
def imported(states, tmp_path_factory):
    """The small client imported, adjustments too."""
    folder = tmp_path_factory.mktemp("ledger") / "w"
    shutil.copytree(states.at("imported"), folder)
    return folder


@pytest.fixture
def workspace(imported, tmp_path):
    return shutil.copytree(imported, tmp_path / "w")


def totals_of(workspace, call):
    """The client's own totals, as the program itself finds them against a file of nobody."""
    empty = workspace / "nobody.csv"
    empty.write_text("险种,县区,人数,期末余额合计\n别的,别处,1,0.00\n", encoding="utf-8")
    said = call("-w", workspace, "merge", "--against", empty, "-f", "csv")
    assert said.code == ExitCode.CHECK_FAILED
    found = {}
    for row in csv.DictReader(said.out.splitlines()):
        if row["ours"]:
            found.setdefault((row["险种"], row["县(区)"]), {})[row["figure"]] = row["ours"]
    return found


def written(path, totals):
    lines = ["险种,县区,参保人数,期末余额合计"]
    lines += [f'{s},{c},{row["人数"]},"{row["期末余额"]}"' for (s, c), row in totals.items()]
    path.write_text("\n".join(lines) + "\n", encoding="gb18030")
    return path


def test_totals_that_tie_to_the_fen_are_merged_and_those_off_by_one_are_not(workspace, call):
    totals = totals_of(workspace, call)
    good = call("-w", workspace, "merge", "--against", written(workspace / "good.csv", totals))
    assert good.code in {ExitCode.OK, ExitCode.FINDINGS}
    assert f"{2 * len(totals)} figures of {len(totals)} groups tie" in good.err
    assert rows_of(workspace, "select state from mailings") == [("merged",)]

    group = max(totals, key=lambda g: float(totals[g]["期末余额"]))
    totals[group]["期末余额"] = f"{float(totals[group]['期末余额']) + 0.01:.2f}"
    bad = call("-w", workspace, "merge", "--against", written(workspace / "bad.csv", totals), "-f", "jsonl")

    rows = [json.loads(line) for line in bad.out.splitlines()]
    assert bad.code == ExitCode.CHECK_FAILED
    assert len(rows) == 1
    assert rows[0].keys() >= HEADERS
    assert (rows[0]["险种"], rows[0]["difference"]) == (group[0], -0.01)
    # What was merged before is not good any more either.
    assert rows_of(workspace, "select state from mailings") == []
    assert call("-w", workspace, "render").code == ExitCode.NOT_FOUND


def test_a_group_that_one_side_lacks_is_named(workspace, call):
    totals = totals_of(workspace, call)
    lost = next(iter(totals))
    del totals[lost]
    totals["灵活就业", "桥西区"] = {"人数": "1", "期末余额": "0.00"}

    said = call("-w", workspace, "merge", "--against", written(workspace / "t.csv", totals))

    assert said.code == ExitCode.CHECK_FAILED
    assert "the roster has no group 灵活就业 / 桥西区" in said.err
    assert f"t.csv has no group {lost[0]} / {lost[1] or '-'}" in said.err


@pytest.mark.parametrize(
    "text", ["", "险种,县区\n职工,长安区\n", "人数,期末余额\n1,2.00\n", "险种,人数\n职工,几个\n"]
)
def test_a_file_that_is_no_totals_is_refused(text, workspace, call):
    path = workspace / "t.csv"
    path.write_text(text, encoding="utf-8")

    assert call("-w", workspace, "merge", "--against", path).code == ExitCode.INPUT_REFUSED


def test_some_members_alone_are_mailed_and_the_others_counted(workspace, call):
    said = call("-w", workspace, "merge", "--where", "category == '退休'")

    counts = json.loads((made(workspace) / "package" / "package.json").read_text(encoding="utf-8"))["counts"]
    assert said.code in {ExitCode.OK, ExitCode.FINDINGS}
    assert {p["category"] for p in pieces(workspace)} == {"退休"}
    assert counts["unselected"] > 0
    assert counts["roster_rows"] == sum(counts[k] for k in ("pieces", "held", "unselected", "rejected"))
    assert f"+ {counts['unselected']} not selected" in said.err


@pytest.mark.parametrize("where", ["categry == '退休'", "closing / 2 > 1", "closing", "__import__('os')"])
def test_a_condition_that_is_none_is_a_wrong_command_line(where, workspace, call):
    assert call("-w", workspace, "merge", "--where", where).code == ExitCode.USAGE
    assert rows_of(workspace, "select state from mailings") == []


def test_retirees_come_first_in_parts_bundles_and_bags_of_their_own(workspace, call):
    call("-w", workspace, "merge")
    together = {p["piece"] for p in pieces(workspace)}, len(pieces(workspace))

    said = call("-w", workspace, "merge", "--first", "category == '退休'")

    package = made(workspace) / "package"
    facts = json.loads((package / "package.json").read_text(encoding="utf-8"))
    found = sorted(pieces(workspace), key=lambda p: p["position"])
    ahead = sum(p["category"] == "退休" for p in found)
    assert said.code in {ExitCode.OK, ExitCode.FINDINGS}
    assert ({p["piece"] for p in found}, len(found)) == together
    assert 0 < ahead < len(found)
    assert [p["category"] == "退休" for p in found] == [True] * ahead + [False] * (len(found) - ahead)
    for name in ("part", "bundle", "bag"):
        numbers = [p[name] for p in found]
        assert numbers == sorted(numbers)
        assert set(numbers) == set(range(1, max(numbers) + 1))
        assert numbers[ahead - 1] < numbers[ahead]
    parts = found[ahead - 1]["part"]
    first = {"where": "category == '退休'", "pieces": ahead, "parts": parts}
    assert facts["sorting"]["first"] == first
    assert facts["sorting"]["bundles"] == found[-1]["bundle"]
    for step in ("render", "verify", "manifest"):
        assert call("-w", workspace, step).code in {ExitCode.OK, ExitCode.FINDINGS}


@pytest.mark.parametrize("first", ["category == '没有人'", "name is not None"])
def test_nobody_or_everybody_first_is_the_order_there_is(first, workspace, call):
    call("-w", workspace, "merge")
    before = [(p["piece"], p["row_id"], p["bundle"], p["bag"], p["part"]) for p in pieces(workspace)]

    call("-w", workspace, "merge", "--first", first)

    assert [(p["piece"], p["row_id"], p["bundle"], p["bag"], p["part"]) for p in pieces(workspace)] == before


@pytest.mark.parametrize("first", ["categry == '退休'", "closing", "closing / 2 > 1"])
def test_a_condition_for_whom_first_that_is_none_is_a_wrong_command_line(first, workspace, call):
    said = call("-w", workspace, "merge", "--first", first)

    assert said.code == ExitCode.USAGE
    assert "--first" in said.err


def test_a_wrong_condition_in_the_settings_is_named_with_its_key(workspace, call):
    settings = workspace / "yibao.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("posting =", 'where = "nobody == 1"\nposting =', 1), encoding="utf-8")

    said = call("-w", workspace, "merge")

    assert said.code == ExitCode.SETTINGS
    assert f"mailings.{MAILING}.where" in said.err


def test_a_merge_says_what_is_different_from_the_package_before(workspace, call):
    call("-w", workspace, "merge", "--where", "category == '退休'")
    first = hashes(made(workspace) / "package")
    call("-w", workspace, "merge", "--where", "category == '退休'")
    assert hashes(made(workspace) / "package") == first
    few = len(pieces(workspace))

    said = call("-w", workspace, "merge")

    new = len(pieces(workspace)) - few
    assert f"against the package before: {new} pieces new, 0 gone" in said.err


def test_without_the_vouchers_an_adjusted_account_is_held(states, tmp_path, call):
    workspace = shutil.copytree(states.at("new"), tmp_path / "w")
    for table in ("roster", "employers", "balances", "transactions"):
        quietly("-w", workspace, "import", table, workspace / "inbox" / f"{table}.xlsx")
    quietly("-w", workspace, "address", "clean")

    before = call("-w", workspace, "merge").err
    quietly("-w", workspace, "import", "adjustments", workspace / "inbox" / "adjustments.xlsx")
    after = call("-w", workspace, "merge").err

    assert "H130" in before
    assert "H130" not in after
    assert any(p["adjustment_note"] for p in pieces(workspace))


def test_an_account_opens_with_what_the_mailing_before_closed_with(workspace, call):
    quietly("-w", workspace, "merge")
    settings = workspace / "yibao.toml"
    text = settings.read_text(encoding="utf-8")
    head = text.index(f"[mailings.{MAILING}]")
    table = text[head : text.index("\n[", head + 1)].replace(MAILING, "2026Q4")
    settings.write_text(f'{text}\n{table}\nprevious = "{MAILING}"\n', encoding="utf-8")
    for name in ("roster", "balances", "transactions", "adjustments"):
        quietly("-w", workspace, "import", name, workspace / "inbox" / f"{name}.xlsx", "--mailing", "2026Q4")
    quietly("-w", workspace, "address", "clean")

    said = call("-w", workspace, "merge", "2026Q4")

    # The same balances again: everybody who spent or got anything opens with another amount.
    path = workspace / "mailings" / "2026Q4" / "findings" / "findings-2026Q4.xlsx"
    rules = [row[1] for row in openpyxl.load_workbook(path)["List"].iter_rows(min_row=3, values_only=True)]
    assert said.code in {ExitCode.CHECK_FAILED, ExitCode.FINDINGS}
    assert rules.count("H131") > len(pieces(workspace)) / 2
