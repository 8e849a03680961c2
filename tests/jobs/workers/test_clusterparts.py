"""Files that go between the machines of a cluster: by shared storage, and by a folder that all see."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest

from yibao_cli.errors import CheckFailed, SettingsError
from yibao_cli.jobs.workers.cluster import Crew
from yibao_cli.jobs.workers.clusterparts import SeenFolder, Trade, run_parts
from yibao_cli.jobs.workers.clusterstorage import Storage, storage_at


def digest_of(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(params=["file", "memory"])
def storage(request, tmp_path):
    root = tmp_path.as_uri() if request.param == "file" else f"memory://{uuid4().hex}"
    return storage_at(root, "client-2026Q3-new", "client-2026Q3-")


@pytest.fixture
def sent(tmp_path):
    path = tmp_path / "sent"
    path.write_bytes(b"content")
    return path, digest_of(b"content")


def test_what_is_sent_comes_back_whole_and_private(storage, sent, tmp_path):
    path, digest = sent
    storage.put(path, digest)
    storage.put(path, digest)

    Storage(storage.url).get(digest, tmp_path / "deep" / "got")

    assert (tmp_path / "deep" / "got").read_bytes() == b"content"
    assert (tmp_path / "deep" / "got").stat().st_mode & 0o777 == 0o600


def test_files_and_folders_on_a_path_are_the_owners_alone(sent, tmp_path):
    path, digest = sent
    storage_at(str(tmp_path / "root"), "a-b", "a-").put(path, digest)

    modes = {p.name: p.stat().st_mode & 0o777 for p in (tmp_path / "root").rglob("*")}
    assert modes == {"a-b": 0o700, digest: 0o600}


def test_what_was_altered_on_the_storage_is_refused(storage, sent, tmp_path):
    path, digest = sent
    storage.put(path, digest)
    with storage._files.open(storage._path(digest), "wb") as stream:
        stream.write(b"consent")

    with pytest.raises(CheckFailed, match="not what was sent"):
        storage.get(digest, tmp_path / "got")
    assert not (tmp_path / "got").exists()


def test_a_file_that_is_not_there_means_that_the_storage_is_another(storage, tmp_path):
    with pytest.raises(CheckFailed, match="does not see the shared storage"):
        storage.get(digest_of(b"never sent"), tmp_path / "got")


def test_what_another_package_left_is_removed_and_other_mailings_stay(storage, sent):
    path, digest = sent
    storage.put(path, digest)
    root = storage.url.rpartition("/")[0]
    other = storage_at(root, "client-2026Q4-old", "client-2026Q4-")
    other.put(path, digest)

    storage_at(root, "client-2026Q3-newer", "client-2026Q3-")

    assert storage._size(storage._path(digest)) == -1
    assert other._size(other._path(digest)) == len(b"content")


@pytest.mark.parametrize("url", ["sftp://me:secret@host/folder", "nothing://known"])
def test_a_url_with_a_password_or_of_no_known_storage_is_refused(url):
    with pytest.raises(SettingsError) as refused:
        storage_at(url, "a-b", "a-")

    assert "secret" not in str(refused.value)


# ------------------------------------------------------------------ a folder that workers see


@dataclass(frozen=True)
class Task:
    """A part of a package of one file."""

    folder: str
    mailing: str = "2026Q3"
    number: int = 1
    package_sha256: str = ""
    into: str = ""

    def moved(self, folder, into):
        return replace(self, folder=folder, into=into)


def work(task):
    path = Path(task.into) / "print" / "part"
    path.parent.mkdir(parents=True)
    path.write_text("done")
    return "receipt"


def makes(_task):
    return ("print/part",)


@pytest.fixture
def task(tmp_path):
    package = tmp_path / "mailing" / "package"
    package.mkdir(parents=True)
    (package / "pieces-0001.parquet").write_bytes(b"pieces")
    known = f'"pieces-0001.parquet": "{digest_of(b"pieces")}"'
    blank = '"parts": [], "inputs": [], "counts": {}, "totals": {}, "ads": {}, "quotas": {}'
    manifest = f'{{"format": 3, "mailing": "2026Q3", "kind": "medical", {blank}, "files": {{{known}}}}}'
    (package / "package.json").write_text(manifest)
    return Task(str(package.parent), package_sha256=digest_of(manifest.encode()))


@pytest.fixture
def seen(task):
    meeting = Path(task.folder) / "scratch" / "meeting"
    meeting.mkdir(parents=True)
    (meeting / "open").touch()
    return SeenFolder(work, makes, str(meeting))


def test_a_worker_writes_into_a_place_of_its_own(seen, task):
    sent = seen(task)

    assert (Path(seen.meeting) / sent.place / "print" / "part").read_text() == "done"
    assert sent.files == (("print/part", digest_of(b"done")),)
    assert not (Path(task.folder) / "print").exists()


def test_a_worker_that_the_next_run_swept_away_under_leaves_nothing(seen, task):
    def swept(found):
        shutil.rmtree(Path(seen.meeting).parent)
        return work(found)

    replace(seen, work=swept)(task)

    assert not Path(seen.meeting).parent.exists()


def test_a_worker_that_does_not_see_the_folder_is_refused(seen, task):
    shutil.rmtree(task.folder)

    with pytest.raises(CheckFailed, match=r"worker .* does not see the mailing's folder"):
        seen(task)


def test_a_copy_of_the_folder_on_the_workers_own_disk_is_refused(seen, task):
    shutil.rmtree(seen.meeting)

    with pytest.raises(CheckFailed, match="does not see the mailing's folder"):
        seen(task)


@pytest.mark.parametrize("name", ["package.json", "pieces-0001.parquet"])
def test_a_worker_that_sees_another_package_is_refused(seen, task, name):
    path = Path(task.folder) / "package" / name
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(CheckFailed, match="sees another package"):
        seen(task)


def test_what_comes_back_changed_is_not_put_in_its_place(task, monkeypatch):
    def spoilt(work, tasks, _crew):
        for one in tasks:
            sent = work(one)
            (Path(work.meeting) / sent.place / "print" / "part").write_text("else")
            yield one, sent

    monkeypatch.setattr("yibao_cli.jobs.workers.clusterparts.run_crew", spoilt)

    with pytest.raises(CheckFailed, match="did not come back whole"):
        list(run_parts(Trade(work, makes=makes), [task], None, Crew(address="local:1")))
    assert not (Path(task.folder) / "print").exists()
