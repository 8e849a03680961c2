"""Whatever happens to a file on its way: rows or one clean refusal, never a traceback."""

from __future__ import annotations

import random
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from form_builders import ERROR, dbf, ods, ods_row, xls, xlsb
from ingest_builders import HEADER, read, text_file, workbook

from yibao_cli.errors import InputRefused, YibaoError

ROWS = [HEADER, ["0012", "王芳", 12.5, None], ["13", "李四", ERROR, None]]
PLAIN = [HEADER, ["0012", "王芳", 12.5, None]]


def _samples(folder):
    pq.write_table(pa.table({"个人编号": ["1"], "期末余额": [1.5]}), folder / "a.parquet")
    return [
        workbook(folder / "a.xlsx", *PLAIN),
        xls(folder / "a.xls", [("名册", ROWS, False)]),
        xls(folder / "bare.xls", [("名册", ROWS, False)], ole=False),
        xlsb(folder / "a.xlsb", [("名册", ROWS, False)]),
        ods(folder / "a.ods", [("名册", "".join(ods_row(*r) for r in ROWS), False)]),
        dbf(folder / "a.dbf", [("个人编号", "C", 10), ("期末余额", "N", 10)], [["1", "2"]] * 9),
        text_file(folder / "a.csv", ",".join(HEADER), "1,王,1,", encoding="gb18030"),
        text_file(folder / "a.jsonl", '{"个人编号": "1", "期末余额": 2}'),
        folder / "a.parquet",
    ]


def _mutated(content, chance):
    changed = bytearray(content)
    kind = chance.randrange(4)
    place = chance.randrange(len(changed))
    if kind == 0:
        for _ in range(chance.randrange(1, 9)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif kind == 1:
        del changed[place:]
    elif kind == 2:
        changed[place:place] = changed[place : place + chance.randrange(1, 64)]
    else:
        changed[place : place + 4] = b"\xff\xff\xff\x7f"
    return bytes(changed)


def _mutated_part(path, target, chance):
    """A zip that is whole, one part of which is not: checksums do not catch it."""
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    name = chance.choice(sorted(parts))
    parts[name] = _mutated(parts[name] or b"\0", chance)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)


def _outcome(path):
    try:
        return read(path), None
    except YibaoError as error:
        return [], error


@pytest.mark.parametrize(
    "number", range(9), ids=["xlsx", "xls", "bare", "xlsb", "ods", "dbf", "csv", "jsonl", "parquet"]
)
def test_a_file_of_any_form_with_any_fault_gives_rows_or_one_refusal(tmp_path, number):
    path = _samples(tmp_path)[number]
    chance = random.Random(20260930 + number)
    target = tmp_path / f"changed{path.suffix}"
    for turn in range(14):
        if turn % 2 and zipfile.is_zipfile(path):
            _mutated_part(path, target, chance)
        else:
            target.write_bytes(_mutated(path.read_bytes(), chance))
        batches, refusal = _outcome(target)
        assert all(b.rows_in == b.rows_kept + b.rows_rejected for b in batches)
        if refusal is not None:
            assert refusal.remedy
            assert "0012" not in str(refusal)


def test_sixteen_thousand_columns_are_no_trouble(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [*HEADER, *[None] * 16_379, "备注"], ["1", "王", 1, None])

    assert read(path)[0].rows_kept == 1


def _with_rows(tmp_path, rows):
    path = workbook(tmp_path / "good.xlsx", *PLAIN)
    with (
        zipfile.ZipFile(path) as source,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b"</sheetData>", rows + b"</sheetData>"))
    return tmp_path / "a.xlsx"


def test_many_empty_formatted_rows_are_passed_over(tmp_path):
    rows = b"".join(
        b'<row r="%d" s="1"><c r="A%d" s="0"/><c r="D%d" s="0"/></row>' % (n, n, n) for n in range(3, 200_000)
    )

    batches = read(_with_rows(tmp_path, rows))

    assert sum(b.rows_in for b in batches) == 1


def test_a_sheet_of_a_million_empty_rows_that_packs_like_a_bomb_is_refused(tmp_path):
    rows = b'<row r="3"><c r="A3"/></row>' * 5_000_000

    with pytest.raises(InputRefused, match="delete the empty formatted rows"):
        read(_with_rows(tmp_path, rows))
