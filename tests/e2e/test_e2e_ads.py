"""Ads from the list of contracts to the settlement, as people run them."""

from __future__ import annotations

import json
import re
import tomllib

import openpyxl
import pyarrow.parquet as pq
import pypdfium2
import pytest
import zxingcpp
from e2e_chain import MAILING
from sqlalchemy import create_engine, insert

from artwork_builders import page
from yibao_cli.ads import planning
from yibao_cli.ads.response import response_code
from yibao_cli.jobs.ads import adsplan
from yibao_cli.sample.art import Text, draw
from yibao_cli.store.ads_schema import ad_makegoods

NOW = "2026-11-21"


@pytest.fixture
def ads(call):
    """Run `yibao ads ...` in a workspace, on a day after the mailing."""

    def run(folder, *arguments, now=NOW):
        return call("-w", folder, "--now", now, "ads", *arguments)

    return run


def frozen(folder):
    return json.loads((folder / f"mailings/{MAILING}/package/ads.json").read_text(encoding="utf-8"))


def own_contracts(folder, **changes):
    """An ads.toml with one contract, over a panel of the sample's art."""
    terms = {
        "contract_no": "T-01",
        "advertiser": "某超市",
        "trade": "超市",
        "panel": "C",
        "artwork": "inbox/art/b-homes.pdf",
        "quota": 20,
        "price": "100.00",
        "starts": "2026-10-01",
        "ends": "2026-12-31",
        "review": "通过",
        "copy": "每周三送货上门",
    } | changes
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in terms.items()]
    (folder / "ads.toml").write_text("\n".join(["[[contracts]]", *lines]), encoding="utf-8")


HOSPITAL = {
    "trade": "医院",
    "copy": "内科、外科，冀医广[2026]第0301-001号",
    "approval_no": "冀医广[2026]第0301-001号",
}


def test_what_is_frozen_has_no_breach_and_a_touched_piece_is_found(at, ads):
    folder = at("merged")

    assert ads(folder, "plan", "--verify").code == 0
    path = folder / f"mailings/{MAILING}/package/pieces-0001.parquet"
    table = pq.read_table(path)
    slots = table.column("slot_a").to_pylist()
    row = next(
        n
        for n, (ad, consent) in enumerate(zip(slots, table.column("ads_consent").to_pylist(), strict=True))
        if not consent
    )
    slots[row] = "ad:YB2026-002"
    pq.write_table(table.set_column(table.column_names.index("slot_a"), "slot_a", [slots]), path)

    found = ads(folder, "plan", "--verify")

    assert found.code == 4
    assert "consent" in found.out


def test_the_plan_shows_every_contract_and_its_pictures(at, ads):
    folder = at("merged")
    found = ads(folder, "plan", "--picture")

    for contract in ("YB2026-001", "YB2026-005"):
        assert contract in found.out
    assert "█" in found.out
    assert json.loads(ads(folder, "plan", "--json").out) == frozen(folder)


def test_before_the_merge_the_roster_is_planned_for(at, ads):
    found = ads(at("imported"), "plan", "-f", "jsonl")

    assert len(found.out.splitlines()) == 5


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"panel": "D"}, "C130"),
        ({"quota_min": 30}, "C131"),
        ({"exclusive_group": "医院、药店"}, "C132"),
        ({"exclusive_group": "医院/药店"}, "C132"),
        ({"age_from": 60, "age_to": 18}, "C133"),
        ({"cap_times": 0}, "C135"),
        ({"sensitive_aim": "支出≥5000"}, "C136"),
        ({"sensitive_aim": "糖尿病", "legal_basis": "x"}, "C137"),
        ({"trade": "医院", "copy": "内科、外科"}, "C143"),
        (
            {
                "trade": "医院",
                "artwork": "inbox/art/b-market.png",
                "copy": "内科、外科，冀医广[2025]第1020-001号",
                "approval_no": "冀医广[2025]第1020-001号",
            },
            "C145",
        ),
        (HOSPITAL | {"artwork": "inbox/art/b-homes.pdf", "copy": "内科、外科"}, "C164"),
        (HOSPITAL | {"artwork": "inbox/art/b-market.png", "copy": "内科、外科"}, "C165"),
        (HOSPITAL | {"artwork": "inbox/art/b-market.png"}, None),
        (HOSPITAL | {"artwork": "inbox/art/a-hospital.pdf", "copy": "内科、外科"}, None),
        ({"trade": "其他", "copy": "仁和医院，内科，床位20张", "artwork": "inbox/art/b-market.png"}, "C149"),
        ({"copy": "全城最低价"}, "C148"),
        ({"copy": "进店就送礼"}, "C149"),
        ({"copy": "石家庄市医疗保险中心旁"}, "C148"),
        ({"copy": "", "artwork": "inbox/art/c-home-service.png"}, "C150"),
        ({"artwork": "inbox/roster.xlsx"}, "C202"),
        ({"tier": 12}, "C156"),
        ({"spread": 101}, "C157"),
        ({"counties": "没有这个县"}, "C163"),
    ],
)
def test_a_contract_that_cannot_be_is_told_with_its_number(at, ads, changes, rule):
    folder = at("imported")
    own_contracts(folder, **changes)

    found = ads(folder, "check", "-f", "jsonl")

    rules = [row["rule"] for row in map(json.loads, found.out.splitlines()) if row["contract"] == "T-01"]
    assert [r for r in rules if r != "C205"] == ([rule] if rule else [])


@pytest.mark.parametrize(
    "text",
    ["[[contracts]\n", "[[contracts]]\ncontract_no = 1\n", "[[contracts]]\nprice = 1.5\n", b"\xff\xfe"],
)
def test_an_ads_toml_that_is_wrong_is_refused(at, ads, text):
    folder = at("imported")
    (folder / "ads.toml").write_bytes(text if isinstance(text, bytes) else text.encode())

    found = ads(folder, "check")

    assert found.code == 65
    assert "ads.toml" in found.err


def test_sixty_five_contracts_are_one_too_many(at, ads):
    folder = at("imported")
    own_contracts(folder)
    one = (folder / "ads.toml").read_text(encoding="utf-8")
    book = [one.replace("T-01", f"T-{n:02d}").replace("某超市", f"某超市{n}") for n in range(60)]
    (folder / "ads.toml").write_text("\n".join(book), encoding="utf-8")

    found = ads(folder, "check")

    assert "C139" in found.err


def test_words_are_checked_without_a_workspace(call, tmp_path):
    ads_file = tmp_path / "ads.txt"
    ads_file.write_text("超市\t全城最低价\n超市\t每周三送货上门\n处方药\t阿莫西林\n", encoding="utf-8")

    found = call("ads", "check", "--text", ads_file, "-f", "csv")

    assert found.code == 3
    lines = found.out.splitlines()
    assert [line.split(",")[0] for line in lines] == ['"line"', '"1"', '"3"', '"3"']
    assert "广告法第九条" in lines[1]


def test_words_alone_are_held_against_what_their_trade_must_show(call, tmp_path):
    ads_file = tmp_path / "ads.txt"
    must = "请按药品说明书或者在药师指导下购买和使用，不良反应详见说明书"
    lines = [
        "药品\t维生素C片，每瓶100片",
        f"药品\t维生素C片，每瓶100片，{must}",
        f"药品\t维生素C片，{must}，冀药广审（视）第280101-00001号",
        f"药品\t维生素C片，{must}，冀药广审（文）第260101-00001号",
        f"药品\t维生素C片，{must}，冀药广审（文）第280101-00001号",
    ]
    ads_file.write_text("\n".join(lines), encoding="utf-8")

    found = call("--now", NOW, "ads", "check", "--text", ads_file, "-f", "jsonl")

    told = [(row["line"], row["rule"]) for row in map(json.loads, found.out.splitlines())]
    assert told == [(1, "C147"), (1, "C147"), (3, "C144"), (4, "C145")]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"PK\x03\x04\0\xff", b"a\0b"])
def test_a_file_that_is_no_text_is_refused(at, call, ads, tmp_path, content):
    file = tmp_path / "list.txt"
    file.write_bytes(content)
    folder = at("posted")

    assert call("ads", "check", "--text", file).code == 65
    assert ads(folder, "scans", file).code == 65
    assert ads(folder, "lift", "YB2026-001", "--responders", file).code == 65


def test_every_contract_that_a_finding_speaks_of_is_named(at, ads):
    folder = at("imported")
    own_contracts(folder, counties="没有这个县")
    one = (folder / "ads.toml").read_text(encoding="utf-8")
    (folder / "ads.toml").write_text(one + "\n" + one.replace("T-01", "T-02"), encoding="utf-8")

    found = ads(folder, "check")

    assert "C163: contracts T-01, T-02" in found.err


def test_a_release_takes_a_second_person_and_a_reason(at, ads, monkeypatch):
    folder = at("imported")
    own_contracts(folder, copy="全城最低价")
    assert ads(folder, "approve", "T-01", "--rule", "C148", "--why", "附件三").code == 2  # who imported it

    monkeypatch.setenv("LOGNAME", "second")
    assert ads(folder, "approve", "T-01", "--rule", "C148").code == 2  # no reason
    assert ads(folder, "approve", "T-01", "--rule", "C145", "--why", "x").code == 2  # cannot be released
    assert ads(folder, "approve", "T-99", "--rule", "C148", "--why", "x").code == 66
    assert ads(folder, "approve", "T-01", "--rule", "C148", "--why", "附件三").code == 0

    found = ads(folder, "check", "-f", "jsonl")
    rows = [row for row in map(json.loads, found.out.splitlines()) if row["contract"] == "T-01"]
    assert [row["rule"] for row in rows] == ["C153"]
    own_contracts(folder, copy="全城最低价！")  # other words are another ad
    assert "C148" in ads(folder, "check").err


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        (HOSPITAL | {"artwork": "inbox/art/b-homes.pdf", "copy": "内科、外科"}, "C164"),
        (HOSPITAL | {"artwork": "inbox/art/b-market.png", "copy": "内科、外科"}, "C165"),
        ({"copy": "", "artwork": "inbox/art/c-home-service.png"}, "C150"),
    ],
)
def test_who_has_seen_an_artwork_may_say_what_nothing_reads_in_it(at, ads, monkeypatch, changes, rule):
    folder = at("imported")
    own_contracts(folder, **changes)
    monkeypatch.setenv("LOGNAME", "second")

    ads(folder, "approve", "T-01", "--rule", rule, "--why", "on the artwork")

    found = ads(folder, "check", "-f", "jsonl")
    rows = [row for row in map(json.loads, found.out.splitlines()) if row["contract"] == "T-01"]
    assert [row["rule"] for row in rows if row["rule"] != "C205"] == ["C153"]


def test_an_artwork_is_read_though_the_list_gives_harmless_words(at, ads):
    folder = at("imported")
    client = tomllib.loads((folder / "yibao.toml").read_text(encoding="utf-8"))["client"]["name"]
    words = [Text(20, 30, 20, "疗程保证治愈", "#000000"), Text(20, 50, 20, client, "#000000")]
    draw(folder / "clean.pdf", words[:1])
    draw(folder / "named.pdf", words[1:])

    for art, said in (("clean.pdf", "治愈"), ("named.pdf", client)):
        own_contracts(folder, artwork=art, copy="每周三送货上门")
        told = [json.loads(line) for line in ads(folder, "check", "-f", "jsonl").out.splitlines()]
        assert [row["rule"] for row in told if row["contract"] == "T-01"] == ["C148"], art
        assert said in "".join(map(str, told))


def test_nobody_approves_what_they_imported_though_another_list_came_later(
    at, ads, call, monkeypatch, tmp_path
):
    folder = at("imported")  # the first list is ours
    later = tmp_path / "later.xlsx"
    book = openpyxl.load_workbook(folder / "inbox/contracts.xlsx")
    for row in book.active.iter_rows():
        for cell in row:
            if str(cell.value).startswith("YB2026-"):
                cell.value = str(cell.value).replace("YB2026-", "YB2027-")
    book.save(later)
    monkeypatch.setenv("LOGNAME", "second")
    assert call("-w", folder, "import", "contracts", later).code in {0, 3}

    assert ads(folder, "approve", "YB2026-005").code == 0
    monkeypatch.undo()
    assert ads(folder, "approve", "YB2026-005").code == 2


def test_a_certificate_of_another_day_is_another_ad(at, ads, monkeypatch):
    folder = at("imported")
    own_contracts(folder, approval_day="2026-03-01")
    monkeypatch.setenv("LOGNAME", "second")
    ads(folder, "approve", "T-01")
    assert "C152" not in ads(folder, "check").err

    own_contracts(folder, approval_day="2026-09-01")

    assert "C152" in ads(folder, "check").err


def test_with_second_persons_asked_for_nothing_prints_without(at, ads, monkeypatch):
    folder = at("imported")
    own_contracts(folder)
    with (folder / "yibao.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[ads]\nsecond_person = true\n")
    assert "C151" in ads(folder, "check").err

    monkeypatch.setenv("LOGNAME", "second")
    ads(folder, "approve", "T-01")

    assert "1 contracts may print" in ads(folder, "check").err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--pieces", 50000, "--postage", "1.20", "--price", "20000"), 0),
        (("--pieces", 50000, "--postage", "1.20", "--price", "19999.99"), 4),
        (("--pieces", 50000, "--postage", "x"), 2),
        (("--pieces", 50000, "--postage", "1.20", "--basis", "x"), 2),
        (("--pieces", 50000), 0),  # at the price that pays
    ],
)
def test_a_mailing_that_loses_money_is_exit_4(at, ads, arguments, code):
    found = ads(at("new"), "quote", *arguments, "-f", "jsonl")

    assert found.code == code
    if code == 0:
        rows = [json.loads(line) for line in found.out.splitlines()]
        assert rows[0]["margin"] == "0.00"
        assert rows[0]["break_even"] == "20,000.00"


def test_what_can_still_be_sold_is_answered_with_the_most(at, ads):
    folder = at("merged")

    most = int(ads(folder, "avails", "--pieces", 1, "--panel", "A").out.split()[-2])

    assert most > 0
    assert ads(folder, "avails", "--pieces", most, "--panel", "A").code == 0
    assert ads(folder, "avails", "--pieces", most + 1, "--panel", "A").code == 3
    assert ads(folder, "avails", "--pieces", 1, "--panel", "Z").code == 2


def test_a_posted_mailing_is_proved_settled_and_paid(at, ads):
    folder = at("posted")

    assert ads(folder, "proof").code == 0
    packs = folder / f"mailings/{MAILING}/ads/proof"
    assert {p.name for p in (packs / "YB2026-001").iterdir()} >= {
        f"proof-{MAILING}-YB2026-001.{x}" for x in ("pdf", "xlsx")
    }
    settled = ads(folder, "settle", "-f", "jsonl")
    rows = {row["contract"]: row for row in map(json.loads, settled.out.splitlines())}
    assert len(rows) == 5
    book = openpyxl.load_workbook(folder / f"mailings/{MAILING}/ads/settlement/settlement-{MAILING}.xlsx")
    assert any("YB2026-001" in str(cell.value) for row in book.active.iter_rows() for cell in row)

    customer = "石家庄金谷商贸有限公司"
    due = rows["YB2026-004"]["payable"]
    assert ads(folder, "payment", customer, due, "--slip", "S1").err.strip() == "booked"
    assert "already" in ads(folder, "payment", customer, due, "--slip", "S1").err
    assert ads(folder, "payment", customer, "-5", "--slip", "S2").code == 2
    nobody = ads(folder, "payment", "石家庄金谷商贸公司", due, "--slip", "S3")
    assert nobody.code == 66
    assert customer in nobody.err
    booked_only = "石家庄文澜口腔医院"  # in a contract, and in no invoice yet
    assert ads(folder, "payment", booked_only, "1.00", "--slip", "S4").code == 0
    later = ads(folder, "accounts", "-f", "jsonl", now="2027-01-31")
    accounts = {row["advertiser"]: row for row in map(json.loads, later.out.splitlines())}
    assert accounts[customer]["open"] == "0.00"
    assert accounts["石家庄柳荫医院"]["class"] == "C"
    assert later.code == 3


def test_nothing_is_proved_or_settled_from_terms_that_were_changed_since(at, ads):
    folder = at("posted")
    path = folder / f"mailings/{MAILING}/package/ads.json"
    terms = frozen(folder)
    terms["contracts"][0]["price"] -= 1
    path.write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")

    for command in ("proof", "settle"):
        found = ads(folder, command)
        assert found.code == 4
        assert "ads.json" in found.err
    audit = ads(folder, "plan", "--verify")
    assert audit.code == 4
    assert "altered" in audit.out
    assert not (folder / f"mailings/{MAILING}/ads").exists()


def test_the_report_is_one_small_file_that_asks_for_nothing_from_outside(at, call):
    folder = at("posted")

    call("-w", folder, "--now", NOW, "report")

    (page_,) = (folder / f"mailings/{MAILING}/report").glob("*.html")
    text = page_.read_text(encoding="utf-8")
    assert page_.stat().st_size <= 100_000
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//|@import|url\(http", text)


def test_who_is_overdue_is_not_printed_again(at, ads, call):
    folder = at("posted")
    ads(folder, "settle")

    found = call("-w", folder, "--now", "2027-01-31", "ads", "check")

    assert "C158" in found.err
    assert "0 contracts may print" in found.err

    ads(folder, "settle", now="2027-01-31")  # as returns come in: what is late stays late
    own_contracts(folder, advertiser="石家庄金谷 商贸有限公司")  # nor does a blank in the name help
    found = call("-w", folder, "--now", "2027-01-31", "ads", "check", "-f", "jsonl")
    late = {row["contract"] for row in map(json.loads, found.out.splitlines()) if row["rule"] == "C158"}
    assert {"YB2026-004", "T-01"} <= late


def test_lists_are_read_in_the_encoding_of_an_office_program(at, call, ads, tmp_path):
    file = tmp_path / "list.txt"
    file.write_bytes("其他\t全国销量第一".encode("gbk"))
    folder = at("posted")

    assert call("ads", "check", "--text", file).code == 3
    file.write_bytes("没有的码\n".encode("gbk"))
    assert "1 lines: 0 codes of this mailing" in ads(folder, "scans", file).err


def test_where_nothing_was_billed_the_accounts_say_so(at, ads):
    told = ads(at("posted"), "accounts")

    assert (told.code, told.out) == (0, "")
    assert told.err == "nothing was billed\n"


def test_scans_of_codes_are_counted_once(at, ads, tmp_path):
    folder = at("merged")
    codes = [json.loads(line) for line in ads(folder, "codes", "-f", "jsonl").out.splitlines()]
    assert len({c["code"] for c in codes}) == len(codes)
    log = tmp_path / "scans.csv"
    log.write_text(
        f"code,scanned_at\n{codes[0]['code']},2026-11-01T08:00\nhttps://e.cn/{codes[1]['code'].lower()},x\n12345678901,y\n",
        encoding="utf-8",
    )

    first, second = (ads(folder, "scans", log, "-f", "jsonl") for _turn in range(2))

    assert "3 lines: 2 codes of this mailing, 2 new, 1 that are none" in first.err
    assert "0 new" in second.err
    assert sum(json.loads(line)["scanned"] for line in second.out.splitlines()) == 2
    assert response_code("x", MAILING, codes[0]["piece"], codes[0]["panel"]) != codes[0]["code"]


def test_a_lift_wants_somebody_held_out(at, ads, tmp_path):
    folder, file = at("merged"), tmp_path / "matched.txt"
    file.write_text("1\n")

    assert ads(folder, "lift", "YB2026-002", "--responders", file).code == 5
    assert ads(folder, "lift", "YB2026-999", "--responders", file).code == 66


def test_who_is_held_out_gets_no_ad_and_small_lifts_are_not_told(at, ads, call, tmp_path):
    folder, file = at("imported"), tmp_path / "matched.txt"
    with (folder / "yibao.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[ads]\nholdout = 0.2\nversions = 3\n")
    call("-w", folder, "address", "clean")
    call("-w", folder, "merge")
    file.write_text("1\n")

    facts = frozen(folder)

    assert facts["held_out"] > 5
    assert len(facts["versions"]) <= 3
    assert ads(folder, "plan", "--verify").code == 0
    assert "no lift is told" in ads(folder, "lift", "YB2026-002", "--responders", file).err


def test_without_a_solver_the_plan_says_so(at, call, ads, monkeypatch):
    monkeypatch.setattr(planning, "has_solver", lambda: False)
    folder = at("imported")
    call("-w", folder, "address", "clean")

    assert "C142" in call("-w", folder, "merge").err
    assert frozen(folder)["solver"] == ""
    assert ads(folder, "plan", "--verify").code == 0


def test_what_was_missing_is_made_good_in_the_next_mailing_first(at, ads, call):
    folder = at("imported")
    call("-w", folder, "address", "clean")
    engine = create_engine(f"sqlite:///{folder / 'yibao.db'}")
    with engine.begin() as connection:
        row = {"contract": "YB2026-005", "mailing": "2026Q2", "pieces": 9, "used_in": ""}
        connection.execute(insert(ad_makegoods).values(**row))

    call("-w", folder, "merge")

    owed = next(c for c in frozen(folder)["contracts"] if c["id"] == "YB2026-005+2026Q2")
    assert (owed["printed"], owed["tier"], owed["price"]) == (9, 1, 0)
    assert ads(folder, "plan", "--verify").code == 0


def test_members_keep_their_sheets_when_the_list_changes(at, ads, call):
    folder = at("merged")
    with (folder / "yibao.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[ads]\nkeep = true\n")
    before = sheets(folder)

    again = call("-w", folder, "merge")
    same = sheets(folder)
    own_contracts(folder, quota=3)
    call("-w", folder, "merge")
    after = sheets(folder)

    assert again.code in {0, 3}
    assert same == before
    changed = [piece for piece, sheet in before.items() if after[piece] != sheet]
    assert len(changed) == 3  # the three that bear the new ad, and nobody else
    assert ads(folder, "plan", "--verify").code == 0


def test_a_merge_after_a_changed_list_begins_with_the_sheets_there_are(at, call, monkeypatch):
    """Without a word in the settings, as long as the contracts are the same."""
    folder, given = at("merged"), []
    made = adsplan.make_plan
    monkeypatch.setattr(adsplan, "make_plan", lambda *a: given.append(a[-1]) or made(*a))
    before, facts = sheets(folder), frozen(folder)

    call("-w", folder, "merge")
    assert (sheets(folder), frozen(folder)) == (before, facts)
    own_contracts(folder, quota=3)
    call("-w", folder, "merge")
    with (folder / "yibao.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[ads]\nkeep = false\n")
    call("-w", folder, "merge")

    assert [one is not None for one in given] == [True, False, False]


def sheets(folder):
    """Per piece what stands in its slots."""
    slots = ["piece", "slot_a", "slot_b", "slot_c"]
    parts = sorted((folder / f"mailings/{MAILING}/package").glob("pieces-*.parquet"))
    rows = [row for part in parts for row in pq.read_table(part, columns=slots).to_pylist()]
    return {row["piece"]: tuple(row.values()) for row in rows}


@pytest.fixture
def with_codes(at, call):
    """A workspace whose own contract has a QR on each piece, rendered."""
    folder = at("imported")
    with (folder / "yibao.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[ads]\nresponse_url = "https://e.example.cn/r"\n')
    own_contracts(folder, response=True, quota=12)
    call("-w", folder, "address", "clean")
    call("-w", folder, "merge")
    assert call("-w", folder, "render").code == 0
    return folder


def qr_codes(path):
    with pypdfium2.PdfDocument(path) as document:
        pictures = [page.render(scale=2.5).to_pil() for page in document]
    found = [zxingcpp.read_barcodes(p, formats=zxingcpp.BarcodeFormat.QRCode) for p in pictures]
    return [code.text for page in found for code in page]


def test_an_ad_that_asks_for_it_bears_a_qr_of_its_own_on_each_piece(with_codes, ads, call, tmp_path):
    listed = [json.loads(line) for line in ads(with_codes, "codes", "-f", "jsonl").out.splitlines()]
    parts = (with_codes / f"mailings/{MAILING}/print").glob("*.pdf")
    printed = [code for part in parts for code in qr_codes(part)]

    assert len(printed) == len(set(printed)) == 12
    assert sorted(printed) == sorted(code["url"] for code in listed)
    assert all(code["url"] == f"https://e.example.cn/r/{code['code']}" for code in listed)
    assert not any(code["piece"] in code["url"] for code in listed)
    assert call("-w", with_codes, "verify").code == 0

    log = tmp_path / "scans.txt"
    log.write_text("\n".join(printed[:3]), encoding="utf-8")
    assert "3 codes of this mailing, 3 new" in ads(with_codes, "scans", log).err

    assert ads(with_codes, "proof").code == 0
    sample = next((with_codes / f"mailings/{MAILING}/ads/proof/T-01").glob("sample-*.pdf"))
    (shown,) = qr_codes(sample)
    assert shown not in printed


@pytest.mark.parametrize(("art", "rules"), [("free.pdf", []), ("busy.pdf", ["C159"])])
def test_artwork_that_a_response_code_would_cover_is_told_with_its_contract(at, ads, art, rules):
    folder = at("imported")
    (folder / "free.pdf").write_bytes(page(content=b"0.5 g 0 0 200 200 re f"))
    (folder / "busy.pdf").write_bytes(page(content=b"0.2 g 595.28 45.35 28.35 11.34 re f"))
    own_contracts(folder, response=True, artwork=art)

    found = [json.loads(line) for line in ads(folder, "check", "-f", "jsonl").out.splitlines()]

    assert [row["rule"] for row in found if row["contract"] == "T-01"] == rules
    assert not rules or any("206–226 × 96–116 mm" in row["what"] for row in found)
    own_contracts(folder, artwork=art)
    assert "C159" not in ads(folder, "check").err


def test_nobody_can_reckon_a_code_who_knows_the_settings(with_codes, ads):
    listed = [json.loads(line) for line in ads(with_codes, "codes", "-f", "jsonl").out.splitlines()]
    client = tomllib.loads((with_codes / "yibao.toml").read_text(encoding="utf-8"))["client"]["name"]

    known = f"{MAILING}/{client}"

    assert all(c["code"] != response_code(known, MAILING, c["piece"], c["panel"]) for c in listed)
    assert (with_codes / "response.key").stat().st_mode & 0o777 == 0o600


def test_a_qr_that_says_something_else_than_the_package_is_found(with_codes, call):
    parts = sorted((with_codes / f"mailings/{MAILING}/package").glob("pieces-*.parquet"))
    path = next(p for p in parts if any(pq.read_table(p).column("response_c").to_pylist()))
    table = pq.read_table(path)
    said = table.column("response_c").to_pylist()
    row = next(n for n, text in enumerate(said) if text)
    said[row] = said[row][:-1] + ("0" if said[row][-1] != "0" else "1")
    place = table.column_names.index("response_c")
    pq.write_table(table.set_column(place, "response_c", [said]), path)

    assert call("-w", with_codes, "verify").code == 4
