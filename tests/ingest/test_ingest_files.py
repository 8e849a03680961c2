"""What a file is, and what is said of one that cannot be read."""

from __future__ import annotations

import io
import zipfile

import msoffcrypto.format.ooxml
import pytest
from ingest_builders import HEADER, read, text_file, workbook

from yibao_cli.errors import ExitCode, InputNotFound, InputRefused
from yibao_cli.ingest import ReadOptions

ROW = ["0012", "王芳", 12.5, "2026-09-30"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(InputNotFound, match="no such file") as refusal:
        read(tmp_path / "none.xlsx")

    assert refusal.value.exit_code is ExitCode.NOT_FOUND


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="a folder, not a file"):
        read(tmp_path)


def test_a_file_that_cannot_be_opened_says_why(tmp_path):
    with pytest.raises(InputNotFound, match="cannot be opened: the name is too long"):
        read(tmp_path / ("长" * 200))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xlsx", b"", "the file is empty"),
        ("a.xlsx", OLE + bytes(600), "document of another program"),
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"), "document of another program"),
        ("a.rar", b"Rar!\x1a\x07\x00", "packed file"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00" + bytes(9), "packed file"),
        ("a.json", b'[{"a": 1}]', "JSON lines"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        ("a.csv", b"%PDF-1.7\n", "PDF"),
        ("a.csv", b"a,b\n\0\0\0", "neither a workbook nor text"),
        ("a.xlsx", b"PK\x03\x04" + bytes(100), "damaged or was cut short"),
    ],
)
def test_a_file_that_is_something_else_is_refused_with_a_remedy(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(InputRefused, match=says) as refusal:
        read(path)

    assert refusal.value.exit_code is ExitCode.INPUT_REFUSED
    assert refusal.value.remedy
    assert refusal.value.where == name


def test_a_workbook_with_a_password_is_refused_as_such(tmp_path):
    plain = io.BytesIO(workbook(tmp_path / "plain.xlsx", HEADER, ROW).read_bytes())
    path = tmp_path / "locked.xlsx"
    with path.open("wb") as file:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("secret", file)

    with pytest.raises(InputRefused, match="protected by a password"):
        read(path)


@pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
def test_a_workbook_cut_short_is_refused(tmp_path, part):
    whole = workbook(tmp_path / "whole.xlsx", HEADER, ROW).read_bytes()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(whole[: int(len(whole) * part)])

    with pytest.raises(InputRefused, match="damaged or was cut short"):
        read(path)


def test_a_zip_bomb_is_refused_before_it_is_opened(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (160 << 20))

    with pytest.raises(InputRefused, match="would unpack to 160 MB"):
        read(path)


def test_another_zip_is_refused(tmp_path):
    path = tmp_path / "texts.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    with pytest.raises(InputRefused, match="document of another program"):
        read(path)


def test_a_workbook_with_the_name_of_an_old_one_is_read(tmp_path):
    path = workbook(tmp_path / "roster.xlsx", HEADER, ROW).rename(tmp_path / "roster.xls")

    batches = read(path)

    assert [b.rows_kept for b in batches] == [1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_the_same_in_every_encoding(tmp_path, encoding):
    path = text_file(tmp_path / "a.csv", ",".join(HEADER), "0012,王𬭎䶮,12.5,", encoding=encoding)

    table = read(path)[0].table

    assert table.to_pylist() == [
        {
            "person_no": "0012",
            "name": "王𬭎䶮",
            "closing": 1250,
            "cut_off": None,
            "src_sheet": "",
            "src_row": 2,
            "src_ordinal": 1,
        }
    ]


def test_text_of_two_encodings_is_refused(tmp_path):
    path = tmp_path / "mixed.csv"
    path.write_bytes(
        "个人编号,姓名,期末余额\n1,王,2\n".encode() + "2,王芳,3\n".encode("gb18030") + b"\xff\xff\n"
    )

    with pytest.raises(InputRefused, match="not UTF-8 throughout"):
        read(path)


def test_a_sheet_asked_of_a_text_file_is_refused(tmp_path):
    path = text_file(tmp_path / "a.csv", "个人编号,期末余额", "1,2")

    with pytest.raises(InputRefused, match="no sheets"):
        read(path, options=ReadOptions(sheet="名册"))


def test_a_quote_that_never_closes_is_refused_with_its_line(tmp_path):
    path = text_file(tmp_path / "a.csv", "个人编号,姓名,期末余额", "1,王,2", '2,"李,3', "4,赵,5")

    with pytest.raises(InputRefused, match="from line 3 on the quotes do not pair"):
        read(path)
