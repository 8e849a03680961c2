"""Every package that we stand on says under which licence."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from yibao_cli.__main__ import run
from yibao_cli.jobs.program import licensing
from yibao_cli.jobs.program.licensing import installed_licences

ROOT = Path(__file__).parents[3]


def test_every_package_has_a_licence_and_a_version():
    rows = installed_licences()

    assert [r["name"] for r in rows if not (r["licence"] and r["version"])] == []
    assert max(len(str(r["licence"])) for r in rows) <= 120


def test_every_package_that_is_asked_for_is_on_the_list():
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    listed = {re.sub(r"[-_.]+", "-", str(r["name"])).lower() for r in installed_licences()}

    assert {re.match(r"[\w.-]+", a)[0].lower() for a in asked} <= listed
    assert "yibao-cli" in listed


def test_nothing_that_binds_those_who_use_us_more_than_a_library_does():
    strong = [r["name"] for r in installed_licences() if re.search(r"\bA?GPL", str(r["licence"]))]

    assert set(strong) <= {"docutils"}  # of the documents alone, and with other licences to choose from


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        ("License-Expression: MIT\nLicense: other", "MIT"),
        ("License: BSD-3-Clause", "BSD-3-Clause"),
        ("License: A\n        B\nClassifier: License :: OSI Approved :: ISC License", "ISC License"),
        ("License: First line\n        and more", "First line"),
        ("Classifier: License :: OSI Approved", ""),
        ("", ""),
    ],
)
def test_a_licence_is_where_a_package_says_it(tmp_path, lines, licence):
    folder = tmp_path / "x-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: x\nVersion: 1\n{lines}\n", encoding="utf-8"
    )

    assert licensing._licence(PathDistribution(folder)) == licence


def test_a_licence_that_stands_in_a_file_alone_is_known_by_its_words(tmp_path):
    folder = tmp_path / "x-1.dist-info"
    (folder / "licenses").mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: x\nVersion: 1\n", encoding="utf-8")
    (folder / "RECORD").write_text("x-1.dist-info/licenses/LICENSE,,\n", encoding="utf-8")
    words = "This software is provided 'as-is', without any\nexpress or implied warranty."
    (folder / "licenses" / "LICENSE").write_text(words, encoding="utf-8")

    assert licensing._licence(PathDistribution(folder)) == "Zlib"


def test_the_command_writes_them_for_programs(capfd):
    code = run(["--lang", "en", "licences", "-f", "csv"])

    rows = list(csv.DictReader(io.StringIO(capfd.readouterr().out)))
    assert code == 0
    assert {"name": "Jinja2", "licence": "BSD License"}.items() <= next(
        r for r in rows if r["name"] == "Jinja2"
    ).items()
