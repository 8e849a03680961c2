"""What a person is told who gave a wrong place, or whose list is empty."""

from __future__ import annotations

import pytest

from yibao_cli.__main__ import run


@pytest.fixture
def told(capfd):
    """Run a command; gives its exit code, stdout and stderr."""

    def asked(*arguments):
        code = run(["--lang", "en", *map(str, arguments)])
        return code, *capfd.readouterr()

    return asked


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A workspace in which nothing has happened."""
    folder = tmp_path_factory.mktemp("words") / "workspace"
    assert run(["--lang", "en", "-q", "init", str(folder), "--sample"]) == 0
    return folder


@pytest.mark.parametrize(
    ("command", "nothing"),
    [
        (("complaints", "list"), "there are no complaints"),
        (("complaints", "list", "2026Q3"), "there are no complaints"),
        (("returns", "waiting"), "nothing waits for a person"),
        (
            ("numbers", "list"),
            "there are no numbers; add those of the post with `yibao -w {} numbers add FILE`",
        ),
        (("address", "enquiry"), "nobody has asked"),
    ],
)
def test_an_empty_list_is_no_empty_screen(command, nothing, workspace, told):
    assert told("-w", workspace, *command) == (0, "", nothing.format(workspace) + "\n")
    assert told("-q", "-w", workspace, *command) == (0, "", "")


def test_an_empty_list_for_a_program_is_its_header_alone(workspace, told):
    if_csv = told("-w", workspace, "complaints", "list", "-f", "csv")

    assert if_csv[0] == 0
    assert if_csv[1].startswith('"number",')
    assert if_csv[2] == ""


def test_complaints_of_a_mailing_that_there_is_not_are_not_none(workspace, told):
    code, out, err = told("-w", workspace, "complaints", "list", "2026Q9")

    assert (code, out) == (66, "")
    assert "2026Q3" in err  # those there are


@pytest.mark.parametrize("command", [("init", "-y"), ("sample",), ("demo",)])
def test_a_file_in_the_place_of_a_new_folder_is_said(command, tmp_path, told):
    file = tmp_path / "roster.xlsx"
    file.write_bytes(b"PK")

    code, _out, err = told(command[0], file, *command[1:])

    assert code == 2
    assert err == f"yibao: {file}: this is a file, not a folder; name a new folder\n"
    assert file.read_bytes() == b"PK"


def test_a_folder_in_the_place_of_a_file_to_write_is_said(workspace, tmp_path, told):
    code, _out, err = told("-w", workspace, "status", "-o", tmp_path)

    assert code == 74
    assert err.endswith("it is a folder; name a file in it\n")


def test_a_folder_is_no_tariff(tmp_path, told):
    code, _out, err = told("init", tmp_path / "w", "--tariff", tmp_path)

    assert code == 2
    assert "--tariff: it is a folder" in err
