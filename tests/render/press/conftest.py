"""What the tests of the press profile share."""

from __future__ import annotations

import pytest
from builders_press import cmyk_profile, press_bytes

from yibao_cli.render.press.colour import Colours
from yibao_cli.render.press.icc import load_intent


@pytest.fixture(scope="session")
def right_bytes():
    return press_bytes()


@pytest.fixture
def right(tmp_path, right_bytes):
    """A print file that passes."""
    path = tmp_path / "right.pdf"
    path.write_bytes(right_bytes)
    return path


@pytest.fixture(scope="session")
def cmyk_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("icc") / "inks.icc"
    path.write_bytes(cmyk_profile())
    return path


@pytest.fixture(scope="module")
def gray():
    return Colours(load_intent())


@pytest.fixture(scope="module")
def cmyk(cmyk_path):
    return Colours(load_intent(str(cmyk_path)))
