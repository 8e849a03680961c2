"""Several files of one command under one stated figure: the same content twice, and keys in two of them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from book_builders import write_csv
from yibao_cli.errors import CheckFailed
from yibao_cli.jobs.ingest.importing import import_files
from yibao_cli.jobs.ingest.staging import ImportOrder
from yibao_cli.jobs.setup.starting import init_workspace
from yibao_cli.jobs.workspace import open_workspace
from yibao_cli.store.imports import active_imports

MAILING = "2026Q3"
HEADER = ("单位编号", "单位名称")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("importing") / "ws"
    init_workspace(folder, "medical", sample=True)
    return folder


@pytest.fixture
def workspace(made, tmp_path):
    shutil.copytree(made, tmp_path / "ws")
    return open_workspace(tmp_path / "ws", datetime(2026, 9, 1, 4, tzinfo=UTC))


def employers(folder, name, *numbers):
    return write_csv(folder / name, HEADER, [(n, "石家庄第一棉纺织厂") for n in numbers])


def brought(workspace, files, **order):
    return list(import_files(workspace, "employers", files, MAILING, ImportOrder(**order)))


def active(workspace):
    with workspace.reading() as connection:
        return [r.file_name for r in active_imports(connection, MAILING, "employers")]


@pytest.mark.parametrize("expect", [(), ("rows=2",)])
def test_one_content_under_two_names_is_imported_once_and_counted_once(workspace, tmp_path, expect):
    first = employers(tmp_path, "a.csv", "E1", "E2")
    second = Path(shutil.copyfile(first, tmp_path / "b.csv"))

    outcomes = brought(workspace, [first, second], expect=expect)

    assert [o.known for o in outcomes] == [False, True]
    assert active(workspace) == ["a.csv"]


def test_a_control_file_counts_each_of_two_equal_files(workspace, tmp_path):
    first = employers(tmp_path, "a.csv", "E1", "E2")
    second = Path(shutil.copyfile(first, tmp_path / "b.csv"))
    control = write_csv(tmp_path / "c.txt", ("文件", "行数"), [("a.csv", 2), ("b.csv", 2)])

    brought(workspace, [first, second], control=control)

    assert active(workspace) == ["a.csv"]


def test_equal_files_do_not_make_up_for_rows_that_are_missing(workspace, tmp_path):
    first = employers(tmp_path, "a.csv", "E1", "E2")
    second = Path(shutil.copyfile(first, tmp_path / "b.csv"))

    with pytest.raises(CheckFailed):
        brought(workspace, [first, second], expect=("rows=4",))

    assert active(workspace) == []


@pytest.mark.parametrize("expect", [(), ("rows=4",)])
def test_an_employer_in_two_files_of_one_command_is_told(workspace, tmp_path, expect):
    files = [employers(tmp_path, "a.csv", "E1", "E2"), employers(tmp_path, "b.csv", "E2", "E3")]

    outcomes = brought(workspace, files, expect=expect)

    found = [(f.rule_id, f.file, f.row, f.details["other"]) for o in outcomes for f in o.findings]
    assert found == [("I186", "b.csv", 2, "a.csv")]
    assert active(workspace) == ["a.csv", "b.csv"]
