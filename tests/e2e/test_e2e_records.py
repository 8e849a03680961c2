"""A workspace saved, brought back, and a mailing's persons gone from it for good."""

from __future__ import annotations

import io
import json
import tarfile

import pytest
from e2e_chain import LATER, MAILING, goods, outside, rows_of

SAVED = "saved.backup"


def copy_of(folder, target):
    result = outside("-w", folder, "backup", target)
    assert result.code == 0, result.err
    return result


# ------------------------------------------------------------------ backup and restore


def test_what_is_restored_is_the_workspace_that_was_saved(at, tmp_path):
    folder, back = at("posted"), tmp_path / "back"
    before = goods(folder)

    said = copy_of(folder, tmp_path / SAVED).err

    assert (tmp_path / SAVED).stat().st_mode & 0o777 == 0o600
    assert outside("restore", tmp_path / SAVED, back).code == 0
    assert goods(back) == before
    assert rows_of(back, "SELECT count(*) FROM pieces") == rows_of(folder, "SELECT count(*) FROM pieces")
    verified = outside("-w", back, "audit", "verify", "--head", said.rpartition(" ")[2].strip())
    assert verified.code == 0
    assert outside("--now", LATER, "-w", back, "reconcile").code in {0, 4}
    modes = {p.stat().st_mode & 0o777 for p in back.rglob("*") if p.is_file()}
    assert modes == {0o600}


def test_a_backup_takes_no_files_place_and_a_restore_no_folders(at, tmp_path):
    folder = at("new")
    copy_of(folder, tmp_path / SAVED)

    assert outside("-w", folder, "backup", tmp_path / SAVED).code == 2
    assert outside("restore", tmp_path / SAVED, folder).code == 5


@pytest.mark.parametrize("hurt", ["cut", "flipped", "foreign", "empty"])
def test_a_damaged_backup_restores_nothing(at, tmp_path, hurt):
    saved, back = tmp_path / SAVED, tmp_path / "back"
    copy_of(at("imported"), saved)
    data = saved.read_bytes()
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    saved.write_bytes({"cut": data[:middle], "flipped": flipped, "foreign": b"x" * 2048, "empty": b""}[hurt])

    result = outside("restore", saved, back)

    assert result.code == 65
    assert not back.exists()


def test_a_file_with_a_path_out_of_the_folder_is_refused(tmp_path):
    saved = tmp_path / SAVED
    with tarfile.open(saved, "w") as tar:
        member = tarfile.TarInfo("../outside")
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))

    assert outside("restore", saved, tmp_path / "back").code == 65
    assert not (tmp_path / "outside").exists()


# ------------------------------------------------------------------ purge


def test_a_purge_leaves_no_person_and_keeps_counts_hashes_and_the_trail(at, canaries):
    folder = at("posted")
    before = rows_of(folder, "SELECT package_sha256 FROM mailings")
    for path in (folder / "inbox").rglob("*.xlsx"):
        path.unlink()  # the client's own files are not the mailing's
    month = folder / "monthend" / "2026-11" / MAILING
    month.mkdir(parents=True)
    number = min(canaries.numbers)
    for path in (month / f"corrections-{MAILING}.xlsx", month.parent.with_suffix(".zip")):
        path.write_text(number)

    result = outside("--now", LATER, "-w", folder, "purge", MAILING, "--yes", "--addresses")

    assert result.code == 0, result.err
    left = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
    assert [c for c in canaries.numbers if c.encode() in left] == []
    assert [c for c in canaries.texts if len(c) > 3 and c.encode() in left] == []
    certificate = json.loads((folder / "certificates" / f"purge-{MAILING}.json").read_text(encoding="utf-8"))
    assert [(certificate["package_sha256"],)] == before
    assert {i["table_name"] for i in certificate["imports"]} >= {"roster", "balances"}
    assert certificate["print_files"]
    assert rows_of(folder, "SELECT count(*) FROM pieces") == [(0,)]
    assert rows_of(folder, "SELECT count(*) FROM imports") != [(0,)]
    assert outside("-w", folder, "audit", "verify").code == 0


def test_a_purged_mailing_stays_closed(at):
    folder = at("posted")
    assert outside("--now", LATER, "-w", folder, "purge", MAILING, "--yes").code == 0

    for step in ("merge", "render", "verify", "manifest", "reconcile", "proof"):
        assert outside("-w", folder, step, MAILING).code == 5
    assert outside("-w", folder, "import", "roster", folder / "inbox" / "roster.xlsx").code == 5
    assert outside("-w", folder, "status").code == 0
    assert outside("--now", LATER, "-w", folder, "purge", MAILING, "--yes").code == 0


def test_a_mailing_beyond_its_term_is_to_be_purged_next_and_then_no_more(at):
    folder = at("posted")
    asked = ("-w", folder, "--lang", "en", "status", MAILING, "-f", "jsonl")

    before, due = (outside("--now", day, *asked) for day in ("2027-10-08", "2027-10-09"))
    assert outside("--now", "2027-10-09", "-w", folder, "purge", MAILING, "--yes").code == 0
    after = outside("--now", "2027-10-09", *asked)

    assert "purge" not in before.out + before.err
    assert f"purge {MAILING} --dry-run" in due.err
    assert "to be purged since 2027-10-08" in due.out
    assert "--dry-run" not in after.out + after.err


def test_nothing_is_purged_without_yes_or_before_its_time(at):
    folder = at("posted")
    before = goods(folder)

    assert outside("--now", LATER, "-w", folder, "purge", MAILING).code == 2
    assert outside("--now", LATER, "-w", folder, "purge", MAILING, "--dry-run").code == 0
    assert outside("--now", "2026-10-10", "-w", folder, "purge", MAILING, "--yes").code == 5
    assert outside("--now", LATER, "-w", folder, "purge", "2027Q1", "--yes").code == 66
    assert goods(folder) == before
