"""The job file: what is written reads back and ties; what was changed afterwards is told."""

from __future__ import annotations

import csv

import pytest
from posting_builders import containers, mail

from label_codes import container_code
from yibao_cli.mailing.jobfile import JOB, TABLES, Job, Part, check_jobfile, write_jobfile

JOB_SAYS = Job("2026Q3", "medical", "6号三折邮简", "=医保中心", "test", "邮简", "2026-10-08", "ab" * 32)


def written(folder):
    pieces = mail()
    names = pieces["piece"].tolist()
    parts = [
        Part(1, "part-0001.pdf", "cd" * 32, 6, 12, names[0], names[5]),
        Part(2, "part-0002.pdf", "ef" * 32, 2, 4, names[6], names[7]),
    ]
    write_jobfile(folder, JOB_SAYS, parts, containers(), pieces)
    return folder


def rows(folder, table):
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_what_is_written_ties(tmp_path):
    assert check_jobfile(written(tmp_path)) == []


def test_the_tables_are_rfc_4180_and_private_and_name_no_person(tmp_path):
    written(tmp_path)

    for name, columns in {**TABLES, "job": JOB}.items():
        path = tmp_path / f"{name}.csv"
        assert path.read_bytes().startswith(",".join(columns).encode() + b"\r\n")
        assert path.stat().st_mode & 0o777 == 0o600
        assert "张三丰" not in path.read_text(encoding="utf-8")
        assert "建设北大街" not in path.read_text(encoding="utf-8")


def test_keys_join_pieces_to_bundles_to_bags_by_codes_of_their_own(tmp_path):
    written(tmp_path)

    bundles, bags = rows(tmp_path, "bundle"), rows(tmp_path, "bag")
    assert [row["bundle"] for row in rows(tmp_path, "piece")] == ["1"] * 4 + ["2"] * 2 + ["3"] * 2
    assert [row["bag"] for row in bundles] == ["1", "1", "2"]
    assert [container_code(row["code"]) for row in (*bundles, *bags)] == [
        ("2026Q3", "B", 1), ("2026Q3", "B", 2), ("2026Q3", "B", 3), ("2026Q3", "D", 1), ("2026Q3", "D", 2),
    ]  # fmt: skip


def test_the_job_has_sums_counts_and_a_client_that_is_no_formula(tmp_path):
    (job,) = rows(written(tmp_path), "job")

    assert (job["pieces"], job["pages"], job["weight_mg"], job["postage_fen"]) == ("8", "16", "66240", "800")
    assert (job["piece_records"], job["bundle_records"], job["client"]) == ("8", "3", "'=医保中心")


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("piece", b",1,1,1,1,2,", b",1,1,1,2,2,", "a piece is in another bag than its bundle"),
        ("piece", b",2,1,1,1,2,", b",9,1,1,1,2,", "positions"),
        (
            "piece",
            b",8280,local,80,",
            b",8280,local,90,",
            "postage_fen of job.csv is 800, its pieces have 840",
        ),
        ("piece", b",2,3,2,2,", b",2,7,2,2,", "piece.csv names a bundle that is not there"),
        ("bundle", b",4,8,33120,", b",5,8,33120,", "pieces of bundle.csv are not those of its pieces"),
        ("bag", b",2,6,12,", b",2,6,13,", "pages of bag.csv are not those of its pieces"),
        ("part", b",6,12,", b",7,12,", "pieces of part.csv are not those of its pieces"),
        ("job", b",8,16,66240,", b",8,16,66241,", "weight_mg of job.csv is 66241, its pieces have 66240"),
    ],
)
def test_what_was_changed_is_told(tmp_path, table, old, new, said):
    path = written(tmp_path) / f"{table}.csv"
    before = path.read_bytes()
    assert old in before
    path.write_bytes(before.replace(old, new))

    faults = check_jobfile(tmp_path)

    assert any(said in fault for fault in faults)
    assert table == "job" or f"{table}.csv is not the file that job.csv was written with" in faults


def test_a_piece_twice_or_gone_is_told(tmp_path):
    path = written(tmp_path) / "piece.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:-1], lines[1]]))

    assert "piece.csv has a key twice" in check_jobfile(tmp_path)

    path.write_bytes(b"".join(lines[:-1]))
    assert "piece.csv has 7 records, job.csv says 8" in check_jobfile(tmp_path)


@pytest.mark.parametrize(
    "spoil", [lambda p: p.unlink(), lambda p: p.write_bytes(b"\x00\xff"), lambda p: p.write_text("a,b\n")]
)
def test_a_table_that_cannot_be_read_is_told(tmp_path, spoil):
    spoil(written(tmp_path) / "bag.csv")

    assert check_jobfile(tmp_path)[0].startswith("the job file cannot be read")
