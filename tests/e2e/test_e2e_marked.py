"""The whole chain on marked data: nobody's name, number or address stands anywhere but where it has to.

Every name, ID number, telephone and address of the client's files is a mark; all that the commands leave, those
that fail among them, is looked through: messages, reports, logs, audit trail, names of files, what is packed into
workbooks and archives. What must name people is listed, and nothing else may.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import zipfile
from fnmatch import fnmatchcase

import pyarrow.parquet as pq
import pypdfium2
import pytest
from e2e_chain import (
    LATER,
    MAILING,
    TABLES,
    TO_THE_MONTH_END,
    TO_THE_POST,
    mark_names,
    pieces,
    quietly,
    roster_rows,
    rows_of,
    yibao,
)
from sqlalchemy import create_engine, inspect
from sqlcipher3 import dbapi2

from yibao_cli.__main__ import run

# Who makes, delivers and corrects statements must know for whom they are.
NAMING = (
    "inbox/*",  # the client's own
    f"imports/{MAILING}/*",
    f"mailings/{MAILING}/package/*",
    f"mailings/{MAILING}/print/*.pdf",
    f"mailings/{MAILING}/proof/*",
    f"mailings/{MAILING}/manifest/*",
    f"mailings/{MAILING}/survey/survey-*.xlsx",  # telephones, to call
    f"mailings/{MAILING}/ads/proof/*",  # a printed sample
    "yibao.db*",  # its tables are looked through one by one
    "review.xlsx",  # asked for by name, for a person to fill in
    "saved.backup",
)
# In these a member is a number and an address, so that the client can say where it lives now.
NUMBERING = ("*corrections-*.xlsx", "monthend/*.zip")
NUMBER = r"[0-9]{8,}[0-9Xx]"
# Tables of the address book, and what is sent to whom.
NAMING_TABLES = {"addresses", "points", "settlements", "address_history", "remails"}


@pytest.fixture(scope="module")
def marks(states, tmp_path_factory):
    """A workspace whose client's files name only the marked, and the marks."""
    folder = shutil.copytree(states.at("new"), tmp_path_factory.mktemp("marked") / "workspace")
    roster = folder / "inbox" / "roster.xlsx"
    texts = mark_names(roster)
    rows = roster_rows(roster)
    persons = {str(r["人员编号"]).strip() for r in rows if r["人员编号"]}
    numbers = {str(r[c]).strip() for r in rows for c in ("身份证 号码", "手机号码") if r[c]}
    places = {
        str(r["家庭住址"]).strip() for r in rows if r["家庭住址"] and re.search(r"\d", str(r["家庭住址"]))
    }
    some = ({n for n in found if re.fullmatch(NUMBER, n)} for found in (persons, numbers))
    return folder, Marks(*some, texts, places)


class Marks:
    """What must stand nowhere else."""

    def __init__(self, persons, numbers, names, places):
        self.persons, self.numbers, self.places = persons, numbers | persons, places
        self.texts = names | places
        assert min(len(persons), len(numbers), len(names), len(places)) > 150
        self._texts = re.compile("|".join(sorted(map(re.escape, self.texts), key=len, reverse=True)))

    def found_in(self, text):
        """Marks in a text."""
        return (set(re.findall(NUMBER, text)) & self.numbers) | set(self._texts.findall(text))


# ------------------------------------------------------------------ what is left, as text


def texts_of(name, data):
    """All that can be read out of a file, whatever it is packed in."""
    yield name
    if name.endswith(".parquet"):
        yield "\n".join(map(repr, pq.read_table(io.BytesIO(data)).to_pylist()))
    elif data.startswith(b"%PDF"):
        with pypdfium2.PdfDocument(data) as pdf:
            for page in pdf:
                yield page.get_textpage().get_text_bounded()
    elif data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            for member in pack.namelist():
                yield from texts_of(member, pack.read(member))
    else:
        yield data.decode("utf-8", "replace")
        yield data.decode("gb18030", "replace")


def betrayed(folder, marks):
    """Files and tables that name somebody and are not among those that must."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if any(fnmatchcase(name, pattern) for pattern in NAMING):
            seen = marks.found_in(name)
        else:
            seen = {m for text in texts_of(name, path.read_bytes()) for m in marks.found_in(text)}
        if any(fnmatchcase(name, pattern) for pattern in NUMBERING):
            seen -= marks.persons | marks.places
        if seen:
            found[name] = len(seen)
    engine = create_engine(f"sqlite+pysqlite:///{folder / 'yibao.db'}", module=dbapi2)
    with engine.connect() as connection:
        for table in set(inspect(connection).get_table_names()) - NAMING_TABLES:
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()
            if seen := marks.found_in("\n".join(map(repr, rows))):
                found[f"table {table}"] = len(seen)
    engine.dispose()
    return found


# ------------------------------------------------------------------ the chain


def test_nobody_is_named_but_where_it_has_to_be(marks, capfd, monkeypatch, tmp_path):
    folder, marked = marks
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    said = []

    def command(*words, day=LATER):
        capfd.readouterr()
        code = run(yibao("--log-json", "-w", folder, "--now", day, *words))
        out, err = capfd.readouterr()
        said.append((words, code, err))
        if words[0] not in {"track", "address"}:  # asked for one person or one address
            said.append((words, code, out))
        return code

    before = os.umask(0)
    try:
        for table in TABLES:
            command("import", table, folder / "inbox" / f"{table}.xlsx", day="2026-09-20")
        for words in TO_THE_POST:
            assert command(*words.format(workers=1).split(), day="2026-09-20") in {0, 3}
        for words in ("status", "ads plan", "ads check"):
            command(*words.split(), day="2026-09-20")
        fail(folder, command, marked)
        assert rows_of(folder, "SELECT state FROM mailings") == [("posted",)]
        back(folder)
        for words in (
            f"returns import {folder}/inbox/back.csv",
            f"returns waiting {MAILING}",
            *TO_THE_MONTH_END,
            "ads proof",
            "audit list",
            "audit verify",
            "doctor",
            f"address review -o {folder}/review.xlsx",
            f"backup {folder}/saved.backup",
            "nightly --tell",
        ):
            command(*words.split())
    finally:
        os.umask(before)

    codes = {code for _words, code, _text in said}
    assert {0, 2, 3, 65, 66} <= codes
    assert 70 not in codes
    assert [(w, c, marked.found_in(text)) for w, c, text in said if marked.found_in(text)] == []
    assert betrayed(folder, marked) == {}
    assert list(temporary.iterdir()) == []
    own = [p for p in folder.rglob("*") if "inbox" not in p.relative_to(folder).parts]
    modes = {p.stat().st_mode & 0o777 for p in own}
    assert modes == {0o600, 0o700}


def fail(folder, command, marked):
    """Commands that cannot do what they are asked for, with files that name people."""
    number, name = min(marked.numbers), min(marked.texts)
    wrong = folder / "inbox" / "wrong.csv"
    wrong.write_text(f"{name},{number}\n{name},{number}\n", encoding="utf-8")
    broken = folder / "inbox" / "broken.xlsx"
    broken.write_bytes((folder / "inbox" / "roster.xlsx").read_bytes()[:5000] + f"{name}{number}".encode())
    for path in (wrong, broken, folder / "inbox" / "employers.xlsx"):
        assert command("import", "roster", path) not in {0, 3}
    assert command("returns", "import", wrong) not in {0, 3}
    assert command("reprint", MAILING, "--pieces", "99999999", "--reason", "spoiled") not in {0, 3}
    assert command("import", "roster", folder / "inbox" / "missing.xlsx") in {5, 66}
    assert command("returns", "import", folder / "inbox" / "missing.csv") == 66
    assert command("merge", "--no-such-option") == 2
    assert command("handover") == 5


def back(folder):
    """Returns: right ones, one of nobody, and one whose number is somebody's ID number."""
    sent = sorted(p["piece"] for p in pieces(folder))
    person = next(p["id_number"] for p in pieces(folder) if p["id_number"])
    lines = [f"{piece},2026-10-20,查无此人" for piece in (*sent[:5], "9999999X", person)]
    (folder / "inbox" / "back.csv").write_text(
        "账单编号,退信日期,退回原因\n" + "\n".join(lines) + "\n", encoding="utf-8"
    )


def test_the_look_finds_what_there_is_to_find(marks, tmp_path):
    folder, marked = marks
    if not (folder / "yibao.db").exists():
        quietly("-w", folder, "status")
    planted = {
        "name.txt": min(marked.texts).encode(),
        "number.json": f'"{min(marked.numbers)}"'.encode(),
        "inside.zip": zipped("log.txt", min(marked.numbers)),
        f"{min(marked.numbers)}.log": b"",
    }
    for name, data in planted.items():
        (folder / name).write_bytes(data)

    found = betrayed(folder, marked)

    for name in planted:
        (folder / name).unlink()
    assert set(planted) <= set(found)


def zipped(name, text):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as pack:
        pack.writestr(name, text)
    return stream.getvalue()
