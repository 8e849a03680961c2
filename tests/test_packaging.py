"""The wheel stands by itself: installed into an empty environment, the demo runs from what it carries."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

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
    for needed in ("locale/zh/LC_MESSAGES/yibao.mo", "store/migrations/env.py", "address/data"):
        assert any(n.startswith(f"yibao_cli/{needed}") for n in names), needed
    roots = {n.split("/")[0] for n in names}
    assert roots == {"yibao_cli", next(r for r in roots if r.endswith(".dist-info"))}


def test_the_demo_runs_from_the_wheel_in_an_empty_environment(installed, tmp_path):
    said = done([installed / "yibao", "--lang", "en", "demo", "demo"], cwd=tmp_path, env=bare(tmp_path))

    assert "0 differences over 2717 pieces, 5434 pages, 4 parts" in said
    assert len(list((tmp_path / "demo" / "mailings" / "2026Q3" / "print").glob("*.pdf"))) == 4


def test_templates_and_samples_come_from_inside_the_wheel(installed, tmp_path):
    said = done([installed / "python", "-c", ASK], cwd=tmp_path, env=bare(tmp_path))

    site = next((installed.parent / "lib").glob("python*/site-packages"))
    assert said.splitlines() == [str(site / CARRIED["templates"]), str(site / CARRIED["sample_data"])]
