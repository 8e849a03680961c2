"""Imports of folders and zips, and of forms beside .xlsx."""

from __future__ import annotations

import zipfile

import openpyxl


def as_csv(path, target, encoding):
    """The first sheet of a workbook as csv."""
    rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    lines = (",".join("" if c is None else str(c).replace(",", "") for c in row) for row in rows)
    target.write_bytes("\n".join(lines).encode(encoding))
    return target


def test_a_zip_is_imported_file_by_file_and_leaves_nothing_unpacked(at, call, tmp_path):
    folder = at("imported")
    inbox = folder / "inbox"
    path = tmp_path / "sent.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inbox / "employers.xlsx", "第一批/employers.xlsx")
        archive.writestr("第一批/说明.docx", "x")

    found = tmp_path / "found.csv"
    result = call("-w", folder, "import", "employers", path, "--findings", found)

    assert result.code == 0
    assert "employers.xlsx: " in result.err
    assert "说明.docx" in found.read_text(encoding="utf-8")
    assert list((folder / "imports").glob("unpacked-*")) == []


def test_a_folder_stands_for_its_files_of_any_form(at, call, tmp_path):
    folder = at("imported")
    sent = tmp_path / "sent"
    sent.mkdir()
    as_csv(folder / "inbox" / "employers.xlsx", sent / "employers.txt", "gb18030")
    (sent / "~$employers.xlsx").write_bytes(b"x")

    found = tmp_path / "found.csv"
    result = call("-w", folder, "import", "employers", sent, "--findings", found)

    assert result.code in {0, 3}
    assert "employers.txt: " in result.err
    assert "I160" in found.read_text(encoding="utf-8")
