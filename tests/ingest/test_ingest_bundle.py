"""Zips of files: what comes out, under which names, and what is refused."""

from __future__ import annotations

import stat
import zipfile

import pytest
from ingest_builders import HEADER, read, workbook

from yibao_cli.errors import InputRefused
from yibao_cli.ingest import bundle
from yibao_cli.ingest.bundle import is_bundle, unpack

CSV = ",".join(HEADER) + "\n1,王,1,\n"


def packed(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def test_the_readable_files_come_out_privately_and_the_others_are_named(tmp_path):
    book = workbook(tmp_path / "in.xlsx", HEADER, ["1", "王", 1, None]).read_bytes()
    files = [("a/roster.xlsx", book), ("b.CSV", CSV), ("说明.docx", "x"), ("__MACOSX/._b.csv", "x")]
    folder = tmp_path / "out"
    folder.mkdir()

    unpacked = unpack(packed(tmp_path / "all.zip", files), folder)

    assert [p.name for p in unpacked.files] == ["b.CSV", "roster.xlsx"]
    assert unpacked.others == ("说明.docx",)
    assert {stat.S_IMODE(p.stat().st_mode) for p in unpacked.files} == {0o600}
    assert [read(p)[0].rows_kept for p in unpacked.files] == [1, 1]


def test_twins_keep_their_folders_and_no_name_leaves_the_folder(tmp_path):
    files = [
        ("a/x.csv", "1"),
        ("b/x.csv", "2"),
        ("../../up.csv", "3"),
        ("/abs.csv", "4"),
        ("c\\d\\w.csv", "5"),
    ]
    folder = tmp_path / "out"
    folder.mkdir()

    unpacked = unpack(packed(tmp_path / "all.zip", files), folder)

    assert [p.name for p in unpacked.files] == ["a-x.csv", "abs.csv", "b-x.csv", "up.csv", "w.csv"]
    assert {p.parent for p in unpacked.files} == {folder}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_of_packers_that_do_not_say_their_encoding_are_read(tmp_path, encoding):
    info = zipfile.ZipInfo("名册.csv".encode(encoding).decode("cp437"))

    assert bundle.name_of(info) == "名册.csv"


def test_a_zip_is_a_bundle_and_a_workbook_is_none(tmp_path):
    assert is_bundle(packed(tmp_path / "all.zip", [("a.csv", CSV)]))
    assert not is_bundle(workbook(tmp_path / "a.xlsx", HEADER))


def test_a_zip_cannot_be_read_as_one_file(tmp_path):
    with pytest.raises(InputRefused, match="a zip of files"):
        read(packed(tmp_path / "all.zip", [("a.csv", CSV)]))


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([("a.csv", CSV), ("b.zip", b"PK")], "a zip file inside"),
        ([("a.txt.exe", b"MZ")], "holds 0 files"),
        ([], "holds 0 files"),
    ],
)
def test_a_zip_of_another_shape_is_refused(tmp_path, files, says):
    with pytest.raises(InputRefused, match=says):
        unpack(packed(tmp_path / "all.zip", files), tmp_path)


def test_a_zip_whose_bytes_changed_is_refused(tmp_path):
    path = packed(tmp_path / "all.zip", [("a.csv", CSV * 50)])
    content = bytearray(path.read_bytes())
    content[60] ^= 0x55
    path.write_bytes(content)
    folder = tmp_path / "out"
    folder.mkdir()

    with pytest.raises(InputRefused, match="damaged or was cut short"):
        unpack(path, folder)
