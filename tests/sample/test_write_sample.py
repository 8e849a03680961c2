from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from yibao_cli.__main__ import run
from yibao_cli.errors import UsageError
from yibao_cli.sample import KINDS, write_sample
from yibao_cli.sample.__main__ import main

SHIPPED = Path(__file__).parents[2] / "sample_data"

MEMORY_PROBE = """
import resource, sys, tempfile
from pathlib import Path
from yibao_cli.sample.medical import write_members
from yibao_cli.sample.people import Cast
from yibao_cli.sample.tally import Tally
peaks = []
for members in (2_000, 20_000):
    with tempfile.TemporaryDirectory() as folder:
        write_members(Path(folder), Cast(members, 1), Tally(), 1)
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(*peaks)
"""


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_bytes(tmp_path, kind):
    write_sample(tmp_path / "a", kind, 200, seed=3)

    write_sample(tmp_path / "b", kind, 200, seed=3)

    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_another_seed_gives_other_people(tmp_path):
    write_sample(tmp_path / "a", "electricity", 200, seed=3)

    write_sample(tmp_path / "b", "electricity", 200, seed=4)

    assert digests(tmp_path / "a")["inbox/roster.xlsx"] != digests(tmp_path / "b")["inbox/roster.xlsx"]


def test_the_summary_names_every_file_and_its_rows(medical):
    workbooks = {path.name for path in medical.inbox.glob("*.xlsx")}

    files = medical.expected["files"]

    assert set(files) == workbooks
    assert files["roster.xlsx"] == 600


def test_an_unknown_kind_is_refused(tmp_path):
    with pytest.raises(UsageError, match="housing"):
        write_sample(tmp_path, "housing", 300, seed=1)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("members", [0, 199, 1_500_001])
def test_a_size_out_of_bounds_is_refused(tmp_path, members):
    with pytest.raises(UsageError, match=str(members)):
        write_sample(tmp_path, "medical", members, seed=1)

    assert list(tmp_path.iterdir()) == []


def test_lines_of_a_member_are_as_many_as_were_asked_for(tmp_path):
    few = write_sample(tmp_path / "few", "medical", 400, 1, lines_per_member=3)

    many = write_sample(tmp_path / "many", "medical", 400, 1, lines_per_member=12)

    assert 3 * 400 * 0.8 < few.files["transactions.xlsx"] < 3 * 400 * 1.6  # four planted members have 266
    assert 12 * 400 * 0.9 < many.files["transactions.xlsx"] < 12 * 400 * 1.2
    assert few.files["roster.xlsx"] == many.files["roster.xlsx"] == 400


def test_a_kind_without_lines_cannot_be_asked_for_them(tmp_path):
    with pytest.raises(UsageError, match="arrears"):
        write_sample(tmp_path, "arrears", 300, 1, lines_per_member=12)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lines", [0, 21])
def test_lines_out_of_bounds_are_refused(tmp_path, lines):
    with pytest.raises(UsageError, match=f"with {lines} lines"):
        write_sample(tmp_path, "medical", 300, 1, lines_per_member=lines)

    assert list(tmp_path.iterdir()) == []


def test_the_command_passes_the_lines_on(tmp_path, capsys):
    code = run(["--lang", "en", "sample", str(tmp_path / "a"), "--members", "200", "--lines-per-member", "2"])

    said = capsys.readouterr().err
    rows = int(said.split("transactions.xlsx: ")[1].split()[0])
    assert code == 0
    assert rows < 200 * 5


def test_the_program_without_a_folder_says_how_it_is_called(capsys):
    code = main([])

    assert code == 2
    assert "FOLDER" in capsys.readouterr().err


def test_memory_stays_flat_from_2000_to_20000_members():
    pytest.importorskip("resource")

    probe = subprocess.run([sys.executable, "-c", MEMORY_PROBE], check=True, capture_output=True, text=True)

    small, large = (int(peak) for peak in probe.stdout.split())
    unit = 1024 if sys.platform == "darwin" else 1
    assert (large - small) / unit < 6_000  # KiB; 18,000 people kept in a list take 11,000


def test_the_shipped_sample_is_small_and_whole():
    names = {path.name for path in (SHIPPED / "medical" / "inbox").glob("*.xlsx")}

    size = sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file())

    assert names == {
        f"{n}.xlsx"
        for n in (
            *("roster", "balances", "transactions", "adjustments", "employers", "contracts"),
            "returns",
        )
    }
    assert size < 4_000_000
