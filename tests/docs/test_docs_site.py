"""The site: every page is in it, and it builds without a warning."""

from __future__ import annotations

import subprocess
import sys

import pytest
from docs_builders import DOCS


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going"]
    for builder in ("html", "man"):
        run = subprocess.run(
            [*command, "-b", builder, "-d", folder / "trees", DOCS, folder / builder],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (run.returncode, run.stderr) == (0, "")
    return folder


def test_every_page_is_in_the_site(site):
    assert {p.stem for p in DOCS.glob("*.md")} <= {p.stem for p in (site / "html").glob("*.html")}


def test_the_site_fetches_nothing_from_elsewhere(site):
    for page in (site / "html").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert 'src="http' not in text, page.name
        assert '<link rel="stylesheet" href="http' not in text, page.name


def test_the_man_page_has_every_command(site, command_tree):
    text = (site / "man" / "yibao.1").read_text(encoding="utf-8").replace("\\-", "-")

    for name in command_tree.commands:
        assert f"yibao {name}" in text


def test_the_man_page_stands_alone(site):
    text = (site / "man" / "yibao.1").read_text(encoding="utf-8")

    assert "<>" not in text  # a link that leads to no page of it
