"""Delivery to employers by the real commands: papers read back, routes, calls, receipts, late ones, the notice."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter

import openpyxl
import pypdfium2
import pytest
import zxingcpp
from e2e_chain import MAILING, hashes, made, pieces, quietly, rows_of, setting

from yibao_cli.codes import HandoverCode, parse_handover_code, piece_number

DAY, EARLY, TODAY = "2026-10-09", "2026-09-20", "2026-11-10"


@pytest.fixture(scope="module")
def posted(states, tmp_path_factory):
    """A mailing that went to the employers."""
    workspace = shutil.copytree(states.at("imported"), tmp_path_factory.mktemp("delivered") / "ws")
    setting(workspace, 'deliver = "employer"')
    quietly("-w", workspace, "address", "clean")
    words = (workspace / "yibao.toml").read_text(encoding="utf-8")
    # One part: a sample of it is read by pixels, and not of each of five.
    (workspace / "yibao.toml").write_text(
        words.replace("pieces_per_part = 40", "pieces_per_part = 400"), "utf-8"
    )
    for command in (["merge"], ["render", "--workers", "1"], ["verify", "--workers", "1"], ["manifest"]):
        quietly("-w", workspace, *command)
    return workspace


@pytest.fixture
def delivered(posted, tmp_path):
    """A copy of it, to do anything to."""
    return shutil.copytree(posted, tmp_path / "workspace")


def handed(call, workspace, *options):
    return call("-w", workspace, "--now", EARLY, "handover", "--day", DAY, *options)


def of_employers(workspace):
    """Pieces by employer, in print order."""
    found = {}
    for piece in pieces(workspace):
        if piece["employer_no"] and piece["employer_address"]:
            found.setdefault(piece["employer_no"], []).append(piece)
    return found


def pages_of(path):
    with pypdfium2.PdfDocument(path) as pdf:
        for page in pdf:
            codes = [b.text for b in zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())]
            yield page.get_textpage().get_text_bounded(), codes


def rows(path, sheet=0):
    book = openpyxl.load_workbook(path)
    return [list(row) for row in book.worksheets[sheet].iter_rows(values_only=True)]


def receipts(workspace, *given):
    path = workspace / "receipts.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("签收码", "签收日期", "签收时间", "签收人"), *given])
    return path


def test_each_employer_has_its_papers_with_its_members_and_no_other(call, delivered):
    assert handed(call, delivered).code in {0, 3}

    employers = of_employers(delivered)
    numbers = dict(rows_of(delivered, "SELECT number, employer_no FROM handovers ORDER BY vehicle, stop"))
    assert sorted(numbers.values()) == sorted(employers)
    texts, codes = {}, Counter()
    for text, found in pages_of(made(delivered) / "handover" / f"handover-{MAILING}.pdf"):
        number = int(re.search(r"签收单号 (\d+)", text)[1])
        texts[number] = texts.get(number, "") + text
        codes.update(found)
    assert list(texts) == list(numbers)  # as they are delivered
    for number, employer_no in numbers.items():
        shown = set(re.findall(r"\b\d{7}[0-9A-Z]\b", texts[number]))
        own = employers[employer_no]
        assert {p["piece"] for p in own} <= shown
        assert not shown & {p["piece"] for no, group in employers.items() if no != employer_no for p in group}
        assert all(p["name"] in texts[number] for p in own if p["name"].isalpha())
        assert not any(p["id_number"] in texts[number] or p["person_no"] in texts[number] for p in own)
    # On the notice, on the sheet, and on the part that is torn off.
    assert codes == {str(HandoverCode(MAILING, n)): 3 for n in numbers}


def test_index_calls_and_messages_are_of_the_same_employers(call, delivered):
    handed(call, delivered)
    folder = made(delivered) / "handover"
    employers = of_employers(delivered)

    index = rows(folder / f"handover-{MAILING}.xlsx")[2:]
    assert {row[5]: row[10] for row in index} == {no: len(own) for no, own in employers.items()}
    with (folder / f"sms-{MAILING}.csv").open(encoding="utf-8-sig", newline="") as stream:
        messages = list(csv.DictReader(stream))
    called = {row[1] for row in rows(folder / f"calls-{MAILING}.xlsx")[2:]}
    assert messages
    assert {m["单位编号"] for m in messages} <= called <= set(employers)
    assert all(m["发送日期"] < DAY and re.fullmatch(r"1\d{10}", m["手机号码"]) for m in messages)
    assert all(f"{len(employers[m['单位编号']])}份" in m["短信内容"] for m in messages)
    assert all(f"将于{DAY} 12:00前送达" in m["短信内容"] for m in messages)
    day, _vehicle, stops, _last, count, _bundles = rows(folder / f"handover-{MAILING}.xlsx", 1)[1]
    assert (day, stops, count) == (DAY, len(employers), sum(map(len, employers.values())))
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}


def test_the_same_again_gives_the_same_files(call, delivered):
    handed(call, delivered)
    before = hashes(made(delivered) / "handover")

    handed(call, delivered)

    assert hashes(made(delivered) / "handover") == before


def test_calls_that_somebody_wrote_down_are_not_written_over(call, delivered):
    handed(call, delivered)
    path = delivered / "mailings" / MAILING / "handover" / f"calls-{MAILING}.xlsx"
    book = openpyxl.load_workbook(path)
    book.active.cell(3, 10).value = "已告知"
    book.save(path)
    filled = path.read_bytes()

    assert handed(call, delivered).code == 5
    assert path.read_bytes() == filled


def test_a_number_on_a_sheet_stays_the_employers_when_routes_change(call, delivered):
    handed(call, delivered)
    query = "SELECT employer_no, number FROM handovers ORDER BY employer_no"
    before = rows_of(delivered, query)
    text = (delivered / "yibao.toml").read_text(encoding="utf-8")
    (delivered / "yibao.toml").write_text(f"{text}\n[handover]\nstops = 2\n", encoding="utf-8")

    assert handed(call, delivered).code in {0, 3}

    assert rows_of(delivered, query) == before
    assert max(stop for (stop,) in rows_of(delivered, "SELECT stop FROM handovers")) == 2


def test_too_few_vehicles_are_told_with_the_employers_they_leave(call, delivered):
    text = (delivered / "yibao.toml").read_text(encoding="utf-8")
    limits = "\n[handover]\nvehicles = 1\nstops = 1\ncalls = 1\n"
    (delivered / "yibao.toml").write_text(text + limits, encoding="utf-8")

    result = call("-w", delivered, "--now", "2026-10-07", "handover", "--day", DAY)

    assert result.code == 3
    assert {"M149", "M164"} <= set(re.findall(r"M\d{3}", result.err))
    assert f"{len(of_employers(delivered)) - 1} on no route" in result.err


def test_appointments_are_kept_and_bad_ones_told(call, delivered):
    employers = sorted(of_employers(delivered))
    path = delivered / "calls.csv"
    lines = [
        ("单位编号", "预约日期", "预约时间"),
        (employers[0], DAY, "上午10点"),
        (employers[0], DAY, "11:00"),
        ("E-unknown", DAY, ""),
        (employers[1], DAY, "noon"),
        (employers[2], DAY, "15:30"),
    ]
    path.write_text("\n".join(map(",".join, lines)), encoding="utf-8")

    result = handed(call, delivered, "--appointments", path)

    found = {rule: row for row, rule in re.findall(r"calls.csv!(\d+)[^:]*: (M\d{3})", result.err)}
    assert found == {"M150": "4", "M151": "5", "M152": "3", "M153": "6"}
    index = rows(made(delivered) / "handover" / f"handover-{MAILING}.xlsx")[2:]
    assert {row[5]: row[4] for row in index}[employers[0]] == "10:00"


def test_what_is_missing_of_employers_is_told_when_it_is_merged(call, states, tmp_path):
    workspace = shutil.copytree(states.at("imported"), tmp_path / "ws")
    setting(workspace, 'deliver = "employer"')
    path = workspace / "employers.csv"
    path.write_text("单位编号,单位名称,投递地址,邮编,联系电话\nE9,某厂,,,\n", encoding="utf-8")
    call("-w", workspace, "import", "employers", path)
    call("-w", workspace, "address", "clean")

    result = call("-w", workspace, "merge")

    assert {"M146", "M147", "M148"} <= set(re.findall(r"M\d{3}", result.err))
    # And nothing is handed over before it is verified.
    assert call("-w", workspace, "handover").code == 5
    assert call("-w", workspace, "receipts", "list").code == 5


def test_each_vehicle_has_its_picture(call, delivered):
    text = (delivered / "yibao.toml").read_text(encoding="utf-8")
    (delivered / "yibao.toml").write_text(f"{text}\n[handover]\nstops = 9\n", encoding="utf-8")
    handed(call, delivered)

    vehicles = {v for (v,) in rows_of(delivered, "SELECT vehicle FROM handovers")}
    drawn = [text for text, _codes in pages_of(made(delivered) / "handover" / f"routes-{MAILING}.pdf")]

    assert [re.search(r"(\d+)号车", text)[1] for text in drawn] == [str(v) for v in sorted(vehicles)]
    assert len(vehicles) == -(-len(of_employers(delivered)) // 9)


def test_own_words_go_before_the_shipped_ones_and_unknown_names_are_refused(call, delivered):
    own = delivered / "templates" / "common" / "handover.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text('sms = "{unit}: {pieces}, =1+1"\n', encoding="utf-8")

    assert handed(call, delivered).code in {0, 3}
    messages = (made(delivered) / "handover" / f"sms-{MAILING}.csv").read_text(encoding="utf-8-sig")
    assert ", =1+1" in messages
    assert "敬请" not in messages
    for wrong in ('sms = "{name}"', 'greeting = "hello"', "sms = 1"):
        own.write_text(wrong, encoding="utf-8")
        assert handed(call, delivered).code == 78


def test_mail_to_members_is_not_handed_to_employers(call, at):
    assert call("-w", at("verified"), "handover").code == 5


# ------------------------------------------------------------------ receipts


def test_receipts_come_back_and_open_and_late_ones_are_listed(call, delivered, tmp_path):
    handed(call, delivered)
    numbers = [n for (n,) in rows_of(delivered, "SELECT number FROM handovers ORDER BY number")]
    day = max(DAY, rows_of(delivered, "SELECT posted_on FROM mailings")[0][0])
    path = receipts(
        delivered,
        (str(HandoverCode(MAILING, numbers[0])), day, "09:10", "王小明"),
        (str(HandoverCode(MAILING, numbers[1])), day, "下午1点", "李小红"),
    )

    taken = call("-w", delivered, "--now", TODAY, "receipts", "import", path)
    notice = tmp_path / "notice.txt"
    listed = call("-w", delivered, "--now", TODAY, "receipts", "list", "-f", "csv", "--notice", notice)

    assert taken.code == 3
    assert "2 rows = 2 recorded" in taken.err
    assert taken.err.count("M1") == taken.err.count("M162") == 1
    found = list(csv.DictReader(listed.out.splitlines()))
    assert [r["state"] for r in found] == ["late", *["open"] * (len(numbers) - 2)]
    assert [r["number"] for r in found] == [str(n) for n in numbers[1:]]
    names = [r["employer_name"] for r in found]
    text = notice.read_text(encoding="utf-8")
    assert names[0] not in text
    assert all(n in text for n in names[1:])
    assert rows_of(delivered, "SELECT signer FROM receipts ORDER BY signer") == [("李**",), ("王**",)]
    assert "1 recorded" not in call("-w", delivered, "--now", TODAY, "receipts", "import", path).err


def test_receipts_that_cannot_be_right_are_told(call, delivered):
    handed(call, delivered)
    code = str(HandoverCode(MAILING, 1))
    path = receipts(
        delivered,
        ("nothing", DAY, "", "王小明"),
        (piece_number(999_999), DAY, "", "王小明"),
        (code, "2026-01-01", "", "王小明"),
        (code, "2027-01-01", "", "王小明"),
        (code, DAY, "", ""),
    )

    result = call("-w", delivered, "--now", TODAY, "receipts", "import", path)

    assert result.code == 3
    found = dict(re.findall(r"receipts.csv!(\d+)[^:]*: (M\d{3})", result.err))
    assert found == {"2": "M154", "3": "M155", "4": "M156", "5": "M160", "6": "M163"}
    assert not rows_of(delivered, "SELECT * FROM receipts")


def test_before_the_posting_nothing_is_signed_for(call, at):
    workspace = at("verified")

    assert call("-w", workspace, "receipts", "import", receipts(workspace, ("1", DAY, "", "x"))).code == 5


def test_a_piece_of_an_employer_tells_who_signed(call, delivered):
    handed(call, delivered)
    number, employer = rows_of(delivered, "SELECT number, employer_no FROM handovers")[0]
    day = max(DAY, rows_of(delivered, "SELECT posted_on FROM mailings")[0][0])
    code = str(HandoverCode(MAILING, number))
    call(
        "-w",
        delivered,
        "--now",
        TODAY,
        "receipts",
        "import",
        receipts(delivered, (code, day, "09:10", "王小明")),
    )

    piece = of_employers(delivered)[employer][0]["piece"]
    result = call("-w", delivered, "track", piece, "-f", "csv")

    shown = {row["event"]: row for row in csv.DictReader(result.out.splitlines())}
    assert shown["signed for"]["detail"] == "09:10 王**"
    assert shown["handed over"]["day"] == DAY
    assert parse_handover_code(code)
    assert "signed for" in call("-w", delivered, "track", code).out
