"""Every kind of statement from Excel to the manifest; kinds, wording and settings of a workspace's own."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import openpyxl
import pypdfium2 as pdfium
import pytest
from e2e_chain import CHECKOUT, quietly
from PIL import Image

from yibao_cli.errors import ExitCode
from yibao_cli.sample import KINDS

if TYPE_CHECKING:
    from pathlib import Path

# kind -> mailing, day of posting, tables, and the rules by which the sample's faults are held
SAMPLES = {
    "electricity": ("2026-09", "2026-10-08", ("roster", "bills")),
    "arrears": ("2026-11", "2026-11-05", ("roster", "arrears", "bills", "payments")),
    "power-cut": ("2026-11A", "2026-11-05", ("roster", "notices", "payments")),
    "contribution": ("2027Y", "2026-10-12", ("roster", "dues")),
    "housing-fund": ("2026H", "2026-07-20", ("roster", "balances", "entries")),
    "medical-annual": (
        "2025N",
        "2026-03-10",
        ("roster", "balances", "contributions", "settlement", "transactions"),
    ),
}
HELD_BY = {
    "months_do_not_tie": "H302",
    "total_does_not_tie": "H302",
    "share_does_not_tie": "H302",
    "due_does_not_tie": "H302",
    "closing_does_not_tie": "H302",
    "credited_does_not_tie": "H302",
    "costs_do_not_tie": "H302",
    "limit_does_not_tie": "H302",
    "price_does_not_tie": "H303",
    "paid_since": "H121",
    "nothing_owed": "H126",
    "not_reminded": "H122",
    "reminded_late": "H122",
    "overdue_short": "H123",
    "notice_short": "H124",
    "not_approved": "H125",
    "no_dues": "H301",
    "no_balance": "H301",
    "window_over": "H127",
    "many_entries": "",
    "charge_does_not_tie": "H302",
    "energy_does_not_tie": "H302",
    "no_bill": "H301",
    "unknown_customer": "L201",
    "address_unknown": "",
    "address_missing": "",
    "duplicate": "",
    "name_missing": "",
}


def begun(folder, kind):
    """A workspace of the shipped sample with all tables imported and the addresses cleaned."""
    _mailing, day, tables = SAMPLES[kind]
    quietly("init", folder, "--kind", kind, "--sample")
    for table in tables:
        quietly("-w", folder, "--now", day, "import", table, folder / "inbox" / f"{table}.xlsx")
    quietly("-w", folder, "--now", day, "address", "clean")
    return folder


def rules_of(workspace, mailing):
    """How often each rule stands in the findings."""
    path = workspace / "mailings" / mailing / "findings" / f"findings-{mailing}.xlsx"
    rows = openpyxl.load_workbook(path)["List"].iter_rows(min_row=3, values_only=True)
    found = [row[1] for row in rows]
    return {rule: found.count(rule) for rule in found}


def text_of(workspace, mailing):
    """Everything the print files say."""
    words = []
    for path in sorted((workspace / "mailings" / mailing / "print").glob("*.pdf")):
        document = pdfium.PdfDocument(path)
        words += [page.get_textpage().get_text_range() for page in document]
        document.close()
    return "".join("".join(words).split())


@pytest.fixture(scope="module")
def notices(tmp_path_factory):
    """The sample of power cuts, ready to be merged; tests that change it copy it."""
    return begun(tmp_path_factory.mktemp("kinds") / "power-cut", "power-cut")


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_sample_of_a_kind_goes_the_whole_way(kind, tmp_path, call):
    mailing, day, _tables = SAMPLES[kind]
    workspace = begun(tmp_path / kind, kind)
    expected = json.loads((CHECKOUT / "sample_data" / kind / "expected.json").read_text(encoding="utf-8"))
    here = "-w", workspace, "--now", day

    assert call(*here, "merge").code == ExitCode.FINDINGS
    assert call(*here, "render", "--workers", "1").code == ExitCode.OK
    assert call(*here, "verify", "--workers", "1").code == ExitCode.OK
    assert call(*here, "manifest").code == ExitCode.OK

    found = rules_of(workspace, mailing)
    planted = {
        k: n for t in expected.values() if isinstance(t, dict) for k, n in t.get("planted", {}).items()
    }
    wanted = {
        rule: sum(n for k, n in planted.items() if HELD_BY[k] == rule) for rule in set(HELD_BY.values())
    }
    for rule in filter(None, wanted):
        assert found.get(rule, 0) >= wanted[rule], rule
    assert list((workspace / "mailings" / mailing / "manifest").glob("*.xlsx"))


def test_every_kind_with_a_sample_is_shipped_with_one():
    assert {p.parent.name for p in (CHECKOUT / "sample_data").glob("*/yibao.toml")} == set(KINDS)


def test_how_long_a_bill_is_unpaid_picks_words_and_signer(tmp_path):
    workspace = begun(tmp_path / "w", "arrears")
    quietly("-w", workspace, "--now", "2026-11-05", "merge")
    quietly("-w", workspace, "--now", "2026-11-05", "render", "--workers", "1")

    text = text_of(workspace, "2026-11")

    for words in ("也许是一时疏忽", "客户服务班", "这是我们第二次提醒您", "营销部电费室", "最后提醒函"):
        assert words in text


def test_letters_about_money_print_only_while_it_is_known_who_has_paid(tmp_path, call):
    workspace = begun(tmp_path / "w", "arrears")
    quietly("-w", workspace, "--now", "2026-11-05", "merge")

    late = call("-w", workspace, "--now", "2026-11-07", "render")
    early = call("-w", workspace, "--now", "2026-11-04", "render")
    next_day = call("-w", workspace, "--now", "2026-11-06", "render", "--workers", "1")

    assert (late.code, early.code, next_day.code) == (ExitCode.STATE, ExitCode.STATE, ExitCode.OK)
    assert "2026-11-05" in late.err
    assert " import payments" in late.err


def test_a_payment_told_between_merge_and_print_takes_its_letter_out(tmp_path, call):
    workspace = begun(tmp_path / "w", "arrears")
    here = "-w", workspace, "--now", "2026-11-06"
    quietly(*here, "merge")
    told = openpyxl.load_workbook(workspace / "inbox" / "payments.xlsx").active.iter_rows(values_only=True)
    owing = openpyxl.load_workbook(workspace / "inbox" / "arrears.xlsx").active.iter_rows(
        min_row=3, values_only=True
    )
    rows = list(told)
    payer = next(row[0] for row in owing if row[0] not in {r[0] for r in rows})
    book = openpyxl.Workbook()
    for row in (*rows, (payer, 12.5, "2026-11-06")):
        book.active.append(row)
    book.save(tmp_path / "payments-6.xlsx")
    before = rules_of(workspace, "2026-11")["H121"]

    quietly(*here, "import", "payments", tmp_path / "payments-6.xlsx", "--replaces", "payments.xlsx")
    stale = call(*here, "render", "--workers", "1")
    quietly(*here, "merge")

    assert stale.code == ExitCode.STATE
    assert " merge 2026-11" in stale.err
    assert rules_of(workspace, "2026-11")["H121"] == before + 1
    assert call(*here, "render", "--workers", "1").code == ExitCode.OK
    assert payer not in text_of(workspace, "2026-11")


def test_a_notice_says_what_law_asks_for_and_carries_its_receipt(notices):
    quietly("-w", notices, "--now", "2026-11-05", "merge")
    quietly("-w", notices, "--now", "2026-11-05", "render", "--workers", "1")

    text = text_of(notices, "2026-11A")

    for words in ("第三十九条", "停电前30分钟", "12398", "送达回执", "大写：人民币", "2026年11月20日"):
        assert words in text
    assert "公益版面" not in text


def test_a_province_with_other_days_of_notice_says_so_and_why(tmp_path, call):
    workspace = begun(tmp_path / "w", "power-cut")
    own = workspace / "templates" / "power-cut"
    own.mkdir(parents=True)
    rule = '[[{name}]]\nvalue = 20\nsource = "某省供用电条例"\n'
    settings = "".join(rule.format(name=f"notice_days_{who}") for who in ("home", "other"))
    (own / "settings.toml").write_text(settings, encoding="utf-8")

    result = call("-w", workspace, "--now", "2026-11-05", "merge")

    assert result.code == ExitCode.CHECK_FAILED  # 15 days are too few for everybody
    assert rules_of(workspace, "2026-11A")["H124"] == 200


# ------------------------------------------------------------------ a kind that is nothing but data

WATER = """\
id = "water-bill"
name = "水费账单"
product = "window-DL"

[merge]
key = "meter_no"
accounts = ["readings"]
print_order = ["postcode", "address", "row_id"]
control_totals = ["due"]

[verify]
amount = "due"

[[settings.fee_source]]
value = "污水处理费按用水量计"
source = "市价格主管部门文件"

[[laws]]
id = "readings-to-water"
text = "本期表数 - 上期表数 = 用水量"
law = "now - before == used"

[[laws]]
id = "parts-to-due"
text = "水费 + 污水处理费 = 应缴"
law = "water + sewage == due"

[panels.address]
items = [
  { type = "text", text = "{{ postcode }}", x = 28, y = 38, size = 12, width = 40 },
  { type = "text", text = "{{ address }}", x = 28, y = 44, size = 10.5, width = 84, lines = 2, min_size = 7 },
  { type = "text", text = "{{ name }} 收", x = 28, y = 62.5, size = 14, width = 84, min_size = 8 },
  { type = "code", x = 186, y = 8 },
  { type = "text", text = "{{ piece }}", x = 202, y = 27, size = 9, align = "right", width = 40 },
]

[panels.statement]
items = [
  { type = "text", text = "{{ client.name }}{{ kind.name }}", x = 105, y = 20, size = 16, align = "center" },
  { type = "text", text = "用水 {{ used }} 吨  应缴 {{ due | yuan }} 元", x = 12, y = 40, size = 11 },
  { type = "text", text = "大写：人民币{{ due | capitals }}", x = 12, y = 50, size = 11 },
  { type = "text", text = "@notes", x = 12, y = 60, size = 9 },
]

[inputs.roster]
label = "用水户"
key = ["meter_no"]
fields = [
  { name = "meter_no", label = "水表号", type = "id", required = true },
  { name = "name", label = "户名", type = "name", required = true },
  { name = "address", label = "地址", required = true },
  { name = "postcode", label = "邮编", type = "postcode" },
]

[inputs.readings]
label = "抄表"
key = ["meter_no"]
fields = [
  { name = "meter_no", label = "水表号", type = "id", required = true },
  { name = "before", label = "上期表数", type = "integer" },
  { name = "now", label = "本期表数", type = "integer" },
  { name = "used", label = "用水量", type = "integer" },
  { name = "water", label = "水费", type = "money" },
  { name = "sewage", label = "污水处理费", type = "money" },
  { name = "due", label = "应缴", type = "money" },
]
"""
SETTINGS = """\
mailing = "2026Q3"
[client]
name = "石家庄冀岳自来水公司"
address = "河北省石家庄市长安区建设北大街12号"
postcode = "050011"
phone = "0311-96116"
[mailings.2026Q3]
kind = "water-bill"
period = "2026年第3季度"
starts = "2026-07-01"
ends = "2026-09-30"
posting = "2026-10-08"
"""
ROSTER = [
    ("水表号", "户名", "地址", "邮编"),
    *(
        (f"00{n}", name, f"河北省石家庄市长安区中山东路{n}号", "050011")
        for n, name in enumerate(("赵一", "钱二", "孙三"), 1)
    ),
]
READINGS = [
    ("水表号", "上期表数", "本期表数", "用水量", "水费", "污水处理费", "应缴"),
    ("001", 100, 112, 12, 42, 11.4, 53.4),
    ("002", 200, 210, 11, 42, 11.4, 53.4),  # the readings make 10
    ("003", 10, 20, 10, 35, 9.5, 44.5),
]


@pytest.fixture
def water(tmp_path) -> Path:
    workspace = tmp_path / "water"
    own = workspace / "templates" / "water-bill"
    own.mkdir(parents=True)
    (workspace / "yibao.toml").write_text(SETTINGS, encoding="utf-8")
    (own / "kind.toml").write_text(WATER, encoding="utf-8")
    (own / "notes.j2").write_text("{{ settings.fee_source }}。{{ mailing.greeting }}", encoding="utf-8")
    for name, rows in (("roster", ROSTER), ("readings", READINGS)):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(workspace / f"{name}.xlsx")
    return workspace


def test_a_kind_of_nothing_but_data_goes_from_excel_to_pdf_and_manifest(water, call):
    for table in ("roster", "readings"):
        assert call("-w", water, "import", table, water / f"{table}.xlsx").code == ExitCode.OK
    quietly("-w", water, "address", "clean")

    merged = call("-w", water, "merge")
    for command in ("render", "verify", "manifest"):
        assert call("-w", water, command).code == ExitCode.OK

    assert "3 roster rows = 2 pieces + 1 held" in merged.err
    assert rules_of(water, "2026Q3")["H302"] == 1
    text = text_of(water, "2026Q3")
    assert "石家庄冀岳自来水公司水费账单" in text
    assert "应缴53.40元" in text
    assert "大写：人民币肆拾肆元伍角整" in text
    assert "污水处理费按用水量计。重阳敬老" in text
    manifest = openpyxl.load_workbook(next((water / "mailings/2026Q3/manifest").glob("manifest-*.xlsx")))
    assert any("赵一" in str(c.value) for sheet in manifest for row in sheet.iter_rows() for c in row)


def test_a_placeholder_is_not_merged(water, call):
    for table in ("roster", "readings"):
        quietly("-w", water, "import", table, water / f"{table}.xlsx")
    quietly("-w", water, "address", "clean")
    (water / "templates/water-bill/notes.j2").write_text("咨询电话 XXXX", encoding="utf-8")

    result = call("-w", water, "merge")

    assert result.code == ExitCode.SETTINGS
    assert "XXXX" in result.err
    assert " kind check water-bill" in result.err


# ------------------------------------------------------------------ kind new, check, preview


def test_what_the_client_has_not_told_is_not_merged(water, call):
    (water / "yibao.toml").write_text(SETTINGS.replace("0311-96116", ""), encoding="utf-8")
    quietly("-w", water, "import", "roster", water / "roster.xlsx")
    quietly("-w", water, "import", "readings", water / "readings.xlsx")
    quietly("-w", water, "address", "clean")
    notes = water / "templates/water-bill/notes.j2"

    silent = call("-w", water, "merge")
    notes.write_text("电话 {{ client.phone }}", encoding="utf-8")
    shown = call("-w", water, "merge")

    assert silent.code == ExitCode.FINDINGS  # no text shows it
    assert shown.code == ExitCode.SETTINGS
    assert "client.phone" in shown.err


DUE_AT, CODE_AT = "x = 12, y = 40, size = 11", "x = 186, y = 8 }"
BARCODE = '{ type = "barcode", text = "{{ meter_no }}", x = 130, y = 8, width = 30, height = 8 }'


@pytest.mark.parametrize(
    ("item", "narrow", "said"),
    [
        (DUE_AT, f"{DUE_AT}, width = 30", "-9,999,999.99"),
        (CODE_AT, f"{CODE_AT},\n  {BARCODE}", "13000"),
    ],
)
def test_an_item_too_narrow_for_what_may_come_is_found_before_the_data(item, narrow, said, water, call):
    path = water / "templates/water-bill/kind.toml"
    path.write_text(WATER.replace(item, narrow), encoding="utf-8")

    result = call("-w", water, "kind", "check", "water-bill", "-f", "csv")

    assert result.code == ExitCode.CHECK_FAILED
    assert "panels." in result.out
    assert said in result.out


def test_a_new_kind_is_a_copy_that_passes_its_check(water, call):
    made = call("-w", water, "kind", "new", "gas-bill", "--from", "electricity")
    checked = call("-w", water, "kind", "check", "gas-bill", "-f", "jsonl")

    assert (made.code, checked.code, checked.out) == (ExitCode.OK, ExitCode.OK, "")
    folder = water / "templates" / "gas-bill"
    text = (folder / "kind.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema ../kind.schema.json\n")
    assert 'id = "gas-bill"' in text
    assert (water / "templates" / "kind.schema.json").is_file()
    assert {p.stat().st_mode & 0o777 for p in folder.rglob("*") if p.is_file()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert call("-w", water, "kind", "new", "gas-bill").code == ExitCode.STATE
    assert call("-w", water, "kind", "new", "../gas").code == ExitCode.USAGE
    assert call("-w", water, "kind", "new", "gas", "--from", "nothing").code == ExitCode.NOT_FOUND


def test_the_name_of_a_shipped_kind_is_taken_on_purpose_alone(water, call):
    refused = call("-w", water, "kind", "new", "medical")

    assert refused.code == ExitCode.USAGE
    assert "--override" in refused.err
    assert not (water / "templates" / "medical").exists()

    made = call("-w", water, "kind", "new", "medical", "--override")

    assert made.code == ExitCode.OK
    assert "takes the place of the shipped kind medical" in made.err
    assert (water / "templates" / "medical" / "kind.toml").is_file()


def test_what_is_wrong_with_a_kind_is_listed(water, call):
    quietly("-w", water, "kind", "new", "gas-bill", "--from", "electricity")
    (water / "templates/gas-bill/notes.j2").write_text("某某公司的住房公积金", encoding="utf-8")

    result = call("-w", water, "kind", "check", "-f", "jsonl")

    rows = [json.loads(line) for line in result.out.splitlines()]
    assert result.code == ExitCode.CHECK_FAILED
    assert {(r["kind"], r["place"], r["words"]) for r in rows} == {
        ("gas-bill", "@notes", "某某"),
        ("gas-bill", "@notes", "公积金"),
    }


def test_a_kind_that_cannot_be_loaded_is_listed_too(water, call):
    (water / "templates/water-bill/kind.toml").write_text("id = ", encoding="utf-8")

    result = call("-w", water, "kind", "check")

    assert result.code == ExitCode.SETTINGS
    assert "water-bill" in result.out


def test_a_preview_needs_no_data_and_no_workspace(water, call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own, shipped = tmp_path / "own.png", tmp_path / "arrears.png"

    assert call("-w", water, "kind", "preview", "water-bill", "-o", own).code == ExitCode.OK
    assert call("kind", "preview", "arrears").code == ExitCode.OK
    assert call("kind", "preview", "arrears", "-o", "a.pdf").code == ExitCode.USAGE
    assert call("kind", "preview", "nothing").code == ExitCode.NOT_FOUND

    with Image.open(own) as one, Image.open(shipped) as three:
        assert three.height > 2.5 * one.height  # a row for each level of reminder


def test_a_payment_that_cannot_be_read_takes_its_letter_out_too(tmp_path, call):
    workspace = begun(tmp_path / "w", "arrears")
    here = "-w", workspace, "--now", "2026-11-05"
    book = openpyxl.load_workbook(workspace / "inbox" / "payments.xlsx")
    owing = openpyxl.load_workbook(workspace / "inbox" / "arrears.xlsx").active
    known = {row[0] for row in book.active.iter_rows(values_only=True)}
    payer = next(r[0] for r in owing.iter_rows(min_row=3, values_only=True) if r[0] not in known)
    quietly(*here, "merge")
    before = rules_of(workspace, "2026-11")["H121"]
    book.active.append((payer, "三百元", "2026-11-05"))
    book.save(tmp_path / "payments-5.xlsx")

    quietly(*here, "import", "payments", tmp_path / "payments-5.xlsx", "--replaces", "payments.xlsx")
    quietly(*here, "merge")

    assert rules_of(workspace, "2026-11")["H121"] == before + 1


def test_a_bar_that_its_chart_cannot_tell_holds_the_piece(tmp_path, call):
    workspace = begun(tmp_path / "w", "medical-annual")
    here = "-w", workspace, "--now", "2026-03-10"
    quietly(*here, "kind", "new", "narrow", "--from", "medical-annual")
    kind = workspace / "templates" / "narrow" / "kind.toml"
    text = kind.read_text(encoding="utf-8")
    kind.write_text(text.replace("names = 14, amounts = 24", "names = 14, amounts = 7"), encoding="utf-8")
    settings = workspace / "yibao.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('kind = "medical-annual"', 'kind = "narrow"'), encoding="utf-8")

    checked = call(*here, "kind", "check", "narrow")
    call(*here, "merge")
    quietly(*here, "render", "--workers", "1")

    assert checked.code == ExitCode.CHECK_FAILED
    assert "chart" in checked.out
    assert rules_of(workspace, "2025N")["H402"] > 0
    assert call(*here, "verify", "--workers", "1").code == ExitCode.OK


def test_a_notice_needs_a_reminder_of_an_overdue_bill_and_time_to_pay(notices, tmp_path, call):
    workspace = tmp_path / "w"
    shutil.copytree(notices, workspace)
    here = "-w", workspace, "--now", "2026-11-05"
    quietly(*here, "merge")
    before = rules_of(workspace, "2026-11A")
    book = openpyxl.load_workbook(workspace / "inbox" / "notices.xlsx")
    rows = list(book.active.iter_rows())
    at = {cell.value: n for n, cell in enumerate(rows[1])}
    first, second = [row for row in rows[2:] if row[at["催缴日期"]].value][:2]
    first[at["催缴日期"]].value = "2026-09-01"  # overdue from 2026-09-26 on
    second[at["缴清期限"]].value = "2026-11-07"
    book.save(tmp_path / "notices.xlsx")

    quietly(*here, "import", "notices", tmp_path / "notices.xlsx")
    quietly(*here, "merge")

    after = rules_of(workspace, "2026-11A")
    assert after["H122"] == before["H122"] + 1
    assert after["H127"] == before.get("H127", 0) + 1
