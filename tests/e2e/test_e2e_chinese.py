"""No listing command leaves an English word in a Chinese table."""

from __future__ import annotations

import re
import shutil
import sqlite3

import openpyxl
import pytest
from e2e_chain import MAILING, pieces, rows_of
from test_e2e_again import returns_of

from yibao_cli.__main__ import run
from yibao_cli.i18n import use_language
from yibao_cli.store.audit import operator

DAY = "2026-11-12"
# Names of files and parts, and who has signed: not ours to translate.
OURS = re.compile(rf"[\w-]+\.xlsx(:Sheet)?|part-\d+|[a-z]+sign\b|\b{re.escape(operator())}\b")


@pytest.fixture(scope="module")
def busy(states, tmp_path_factory):
    """A posted mailing with one of everything that a list can hold; made in English."""
    folder = shutil.copytree(states.at("rendered"), tmp_path_factory.mktemp("busy") / "workspace")

    def did(*words):
        return run(["--lang", "en", "-q", "--now", DAY, "-w", str(folder), *map(str, words)])

    first = [p["piece"] for p in pieces(folder)]
    did("reprint", "--pieces", first[5], "--reason", "missing", "--by", "asksign")
    did("reprint", "--approve", 1, "--by", "okaysign")
    did("reprint", "--pieces", first[6], "--reason", "jam", "--by", "asksign")
    did("reprint", "--refuse", 2, "--by", "okaysign")
    with sqlite3.connect(folder / "yibao.db") as connection:
        connection.execute("UPDATE mailings SET state = 'posted', posted_on = '2026-10-08'")
        names = [row[1] for row in connection.execute("PRAGMA table_info(handovers)")]
        known = {"mailing": MAILING, "number": 1, "employer_no": "001", "day": "2026-10-19"}
        row = [known.get(name, 0) for name in names]
        connection.execute(f"INSERT INTO handovers VALUES ({','.join('?' * len(row))})", row)
    did("reprint", "--pieces", first[7], "--reason", "other", "--by", "asksign")
    did("returns", "import", returns_of(folder / "back.xlsx", [first[5], *first[20:25], "00000018"]))
    kinds = ("misdelivered", "late", "missing", "content", "leak", "way", "enquiry")
    for kind in kinds:
        did("complaints", "add", "--kind", kind)
    did("complaints", "close", 1)
    did("address", "suppress", 17, "--why", "no-delivery")
    did("address", "enquiry", 18, "--asker", "community", "--question", "问", "--answer", "答")
    return folder


@pytest.fixture
def told(busy, capfd):
    """What a command writes to stdout in a language."""

    def asked(lang, *words):
        code = run(["--lang", lang, "-q", "--now", DAY, "-w", str(busy), *words])
        assert code in {0, 3}
        return capfd.readouterr().out

    yield asked
    use_language("en")


@pytest.mark.parametrize(
    "words",
    [
        ("complaints", "list"),
        ("reprint",),
        ("returns", "cures"),
        ("returns", "waiting"),
        ("receipts", "list"),
        ("address", "history"),
        ("address", "enquiry"),
        ("address", "show", "17"),
        ("status", MAILING),
    ],
)
def test_a_chinese_table_has_no_english_word(told, words):
    table = told("zh", *words)

    assert len(table.splitlines()) > 1
    assert not re.findall("[a-z]{3,}", OURS.sub("", table))


def test_the_history_of_a_piece_is_chinese_throughout(busy, told):
    [(piece,)] = rows_of(busy, "SELECT piece FROM reprint_pieces WHERE number = 1")

    table = told("zh", "track", piece)

    assert not re.findall("[a-z]{3,}", OURS.sub("", table))
    assert "reason=missing request=1" in told("zh", "track", piece, "-f", "csv")


@pytest.mark.parametrize("words", [("complaints", "list"), ("reprint",), ("returns", "cures")])
def test_programs_are_told_the_same_in_both_languages(told, words):
    english, chinese = (told(lang, *words, "-f", "csv") for lang in ("en", "zh"))

    assert english == chinese
    assert english


def test_the_months_list_of_complaints_is_chinese_whoever_makes_it(busy, call):
    made = call("--now", DAY, "-w", busy, "month-end")

    assert made.code in {0, 4}, made.err
    [path] = busy.glob("monthend/2026-11/*/complaints-*.xlsx")
    cells = [c for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True) for c in row if c]
    assert {"错投", "迟投", "漏投", "内容错误", "信息泄露", "送达方式", "咨询", "已答复"} <= set(cells)
    assert not [c for c in cells if isinstance(c, str) and re.search("[a-z]", c)]
