"""What comes through a pipe: a file like any other, private and passing."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from yibao_cli.config.nightly import NightlySettings
from yibao_cli.errors import InputNotFound, InputRefused
from yibao_cli.jobs import inbox
from yibao_cli.jobs.inbox import check_input, password_in, unpacked, waiting

CSV = "个人编号,姓名\n0001,王芳\n".encode()


@pytest.fixture
def pipe(monkeypatch):
    def feed(content):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        return [Path("-")]

    return feed


@pytest.fixture
def workspace(tmp_path):
    return SimpleNamespace(folder=tmp_path / "ws")


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def test_a_zip_through_a_pipe_is_the_files_in_it(pipe, workspace):
    with unpacked(pipe(zipped(a_csv=CSV, b_csv=CSV, c_docx=b"x")), workspace) as (files, findings):
        assert [f.name for f in files] == ["a.csv", "b.csv"]
        assert [f.read_bytes() for f in files] == [CSV, CSV]
        assert [f.rule_id for f in findings] == ["I168"]
        assert {oct(f.stat().st_mode & 0o777) for f in files} == {"0o600"}

    assert list((workspace.folder / "imports").iterdir()) == []


def test_a_workbook_through_a_pipe_stays_one_file(pipe, workspace):
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.save(content)

    with unpacked(pipe(content.getvalue()), workspace) as (files, _findings):
        assert [f.name for f in files] == ["stdin"]
        assert files[0].read_bytes() == content.getvalue()
        assert files[0].stat().st_mode & 0o777 == 0o600

    assert list((workspace.folder / "imports").iterdir()) == []


def test_a_pipe_without_end_is_refused_and_leaves_nothing(pipe, workspace, monkeypatch):
    monkeypatch.setattr(inbox, "_MOST_STDIN", 100)
    monkeypatch.setattr(inbox, "_COPY_BYTES", 30)

    with pytest.raises(InputRefused), unpacked(pipe(b"x" * 101), workspace):
        pass

    assert list((workspace.folder / "imports").iterdir()) == []


# ------------------------------------------------------------------ passwords


@pytest.fixture
def locked(tmp_path):
    book, plain = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["个人编号"])
    book.save(plain)
    path = tmp_path / "locked.xlsx"
    with path.open("wb") as stream:
        OOXMLFile(plain).encrypt("密码 1", stream)
    return path


def test_a_workbook_opens_with_the_password_of_a_file(locked, workspace, tmp_path):
    secret = tmp_path / "password"
    secret.write_bytes("\ufeff密码 1\r\n".encode())

    with unpacked([locked], workspace, password_in(secret)) as (files, _findings):
        assert files[0].name == "locked.xlsx"
        assert files[0].stat().st_mode & 0o777 == 0o600
        assert openpyxl.load_workbook(files[0]).active["A1"].value == "个人编号"

    assert list((workspace.folder / "imports").iterdir()) == []


def test_another_password_refuses_the_workbook_without_naming_it(locked, workspace):
    with (
        pytest.raises(InputRefused, match="does not open the workbook") as refused,
        unpacked([locked], workspace, "geheim"),
    ):
        pass

    assert "geheim" not in str(refused.value)
    assert list((workspace.folder / "imports").iterdir()) == []


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000, None])
def test_a_damaged_container_is_refused_in_a_sentence(locked, workspace, content):
    raw = locked.read_bytes()
    locked.write_bytes(content or raw[: len(raw) // 2])

    with pytest.raises(InputRefused), unpacked([locked], workspace, "x"):
        pass


def test_a_file_without_a_password_is_left_as_it_is(workspace, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(CSV)

    with unpacked([path], workspace, "x") as (files, _findings):
        assert files == [path]


def test_an_empty_password_file_is_refused(tmp_path):
    (tmp_path / "none").write_bytes(b"\n")

    with pytest.raises(InputRefused):
        password_in(tmp_path / "none")


# ------------------------------------------------------------------ what lies there, by its name


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("roster.xlsx", "roster"),
        ("roster-2.csv", "roster"),
        ("2026Q3 参保人员名册.xls", "roster"),
        ("名册.xlsx", "roster"),
        ("余额.xlsx", ""),
        ("roster.pdf", ""),
        ("~$roster.xlsx", ""),
    ],
)
def test_a_file_of_the_inbox_is_known_by_its_name(tmp_path, name, table):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / name).touch()
    workspace = SimpleNamespace(folder=tmp_path, settings=SimpleNamespace(nightly=NightlySettings()))

    found = waiting(workspace, "roster", "参保人员名册")

    assert [p.name for p in found] == ([name] if table else [])


def test_without_an_inbox_nothing_waits(tmp_path):
    assert (
        waiting(
            SimpleNamespace(folder=tmp_path, settings=SimpleNamespace(nightly=NightlySettings())),
            "roster",
            "名册",
        )
        == []
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("inbox/rostr.xlsx", "inbox/roster.xlsx"),
        ("FILE", "inbox/roster.xlsx"),
        ("photos", "check the name and the folder"),
        ("nowhere/x.xlsx", "check the name and the folder"),
    ],
)
def test_who_names_a_file_that_is_not_there_is_told_what_is(tmp_path, monkeypatch, asked, told):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "roster.xlsx").touch()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InputNotFound) as refused:
        check_input(Path(asked))

    assert told in refused.value.remedy
