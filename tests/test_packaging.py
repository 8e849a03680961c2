"""The wheel stands by itself: installed into an empty environment, the demo runs from what it carries."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

CHECKOUT = Path(__file__).parents[1]
CARRIED = {"templates": "yibao_cli/shipped/templates", "sample_data": "yibao_cli/shipped/sample_data"}
ASK = "import yibao_cli.config as c; print(c.shipped('templates'), c.shipped('sample_data'), sep='\\n')"

pytestmark = pytest.mark.slow  # a minute, most of it the installation


def bare(home: Path) -> dict[str, str]:
    """An environment that knows nothing of this checkout; pip's own settings stay."""
    kept = {k: v for k, v in os.environ.items() if k.startswith("PIP_") or k.lower().endswith("_proxy")}
    return {**kept, "PATH": os.defpath, "HOME": str(home), "LANG": "C"}


def done(command, **options):
    """Run a command that must go well; gives what it said."""
    result = subprocess.run(list(map(str, command)), capture_output=True, check=False, timeout=600, **options)
    assert result.returncode == 0, (result.stdout + result.stderr).decode()[-4000:]
    return (result.stdout + result.stderr).decode()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    done([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, CHECKOUT])
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Folder of the programs of an environment that holds the wheel and what it asks for."""
    root = tmp_path_factory.mktemp("installed")
    venv.create(root / "venv", with_pip=True)
    programs = root / "venv" / "bin"
    done([programs / "python", "-m", "pip", "install", "--quiet", wheel], cwd=root)
    return programs


def test_the_wheel_carries_every_template_and_sample_and_no_test(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())

    for folder, inside in CARRIED.items():
        files = {p.relative_to(CHECKOUT / folder) for p in (CHECKOUT / folder).rglob("*") if p.is_file()}
        assert files
        assert {f"{inside}/{f.as_posix()}" for f in files} <= names
    for needed in (
        "locale/zh/LC_MESSAGES/yibao.mo",
        "store/migrations/env.py",
        "address/data",
        "web/html/style",
    ):
        assert any(n.startswith(f"yibao_cli/{needed}") for n in names), needed
    roots = {n.split("/")[0] for n in names}
    assert roots == {"yibao_cli", next(r for r in roots if r.endswith(".dist-info"))}


def test_the_source_carries_what_a_build_a_container_and_the_tests_want(tmp_path):
    done([sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", tmp_path, CHECKOUT])
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        names = {n.partition("/")[2] for n in archive.getnames()}

    needed = {
        ".ci/Containerfile",
        ".ci/requirements.lock",
        "pyproject.toml",
        "Makefile",
        "tests/conftest.py",
        "README.md",
    }
    assert needed <= names
    assert not [n for n in names if n.startswith((".venv", "demo/", "build/")) or n.endswith((".pyc", ".db"))]


def test_the_lock_is_of_what_is_asked_for_with_a_hash_to_each_and_no_address():
    text = (CHECKOUT / ".ci/requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==(\S+) ", text, re.MULTILINE))
    asked = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "dependencies"
    ]

    assert {re.match(r"[\w.-]+", a)[0].lower() for a in asked} <= set(locked)
    assert "://" not in text
    blocks = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert all(re.fullmatch(r"\S+==\S+( \\\n    --hash=sha256:[0-9a-f]{64})+\n", b) for b in blocks)
    for line in asked:
        name = re.match(r"[\w.-]+", line)[0]
        assert Version(locked[name.lower()]) in Requirement(line).specifier, line


def test_the_container_runs_without_rights_without_a_shell_and_from_the_lock():
    text = (CHECKOUT / ".ci/Containerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert [line.split()[1] for line in lines if line.startswith("FROM")] == [
        "docker.io/library/python:3.12-slim"
    ] * 2
    assert all(line.startswith("RUN [") for line in lines if line.startswith("RUN"))
    assert "USER 1000:1000" in lines
    assert 'ENTRYPOINT ["/opt/yibao/bin/yibao"]' in lines
    assert "--require-hashes" in text
    for line in (line for line in lines if line.startswith("COPY") and "--from" not in line):
        assert all((CHECKOUT / name).exists() for name in line.split()[1:-1]), line


def test_the_demo_runs_from_the_wheel_in_an_empty_environment(installed, tmp_path):
    said = done([installed / "yibao", "--lang", "en", "demo", "demo"], cwd=tmp_path, env=bare(tmp_path))

    assert "0 differences over 2717 pieces, 5434 pages, 4 parts" in said
    assert len(list((tmp_path / "demo" / "mailings" / "2026Q3" / "print").glob("*.pdf"))) == 4


def test_templates_and_samples_come_from_inside_the_wheel(installed, tmp_path):
    said = done([installed / "python", "-c", ASK], cwd=tmp_path, env=bare(tmp_path))

    site = next((installed.parent / "lib").glob("python*/site-packages"))
    assert said.splitlines() == [str(site / CARRIED["templates"]), str(site / CARRIED["sample_data"])]
