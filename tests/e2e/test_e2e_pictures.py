"""A picture of a kind goes with the package: hashed, printed from there, and missed when it changes."""

from __future__ import annotations

import shutil

import pikepdf
import pytest
from e2e_chain import pdfs
from PIL import Image

from yibao_cli import config


@pytest.fixture
def workspace(at):
    """Made before the shipped files are altered, for other tests share what it is a copy of."""
    return at("imported")


@pytest.fixture
def logo(workspace, tmp_path, monkeypatch):
    """Shipped files whose medical kind has a picture on the back; the picture's file."""
    for name in ("templates", "sample_data"):
        shutil.copytree(config.shipped(name), tmp_path / "shipped" / name)
    folder = tmp_path / "shipped/templates/medical"
    text = (folder / "kind.toml").read_text(encoding="utf-8")
    item = '{ type = "picture", file = "logo.png", x = 8, y = 6, w = 20, h = 20 },'
    altered = text.replace("[panels.back]\nitems = [", f"[panels.back]\nitems = [ {item}", 1)
    assert altered != text
    (folder / "kind.toml").write_text(altered, encoding="utf-8")
    (folder / "art").mkdir()
    Image.new("RGB", (317, 317), "red").save(folder / "art/logo.png")
    monkeypatch.setattr("yibao_cli.config.settings._PACKAGE", tmp_path)
    return folder / "art/logo.png"


def test_an_svg_beside_the_contracts_is_kept_with_them(at, call):
    workspace = at("new")
    (workspace / "inbox/art/logo.svg").write_text("<svg/>", encoding="utf-8")

    call("-w", workspace, "import", "contracts", workspace / "inbox/contracts.xlsx")

    assert [p.read_text(encoding="utf-8") for p in workspace.glob("imports/**/logo.svg")] == ["<svg/>"]


def test_a_picture_of_the_kind_is_frozen_printed_and_guarded(workspace, call, logo):
    assert call("-w", workspace, "merge").code in {0, 3}
    frozen = workspace / "mailings/2026Q3/package/art/kind/logo.png"
    assert frozen.read_bytes() == logo.read_bytes()
    assert frozen.stat().st_mode & 0o777 == 0o600
    logo.unlink()  # what is printed comes from the package alone

    assert call("-w", workspace, "render").code == 0
    assert call("-w", workspace, "verify").code == 0
    with pikepdf.open(pdfs(workspace)[0]) as pdf:
        streams = [o for o in pdf.objects if isinstance(o, pikepdf.Stream)]
        assert [int(o.Width) for o in streams if o.get("/Subtype") == "/Image"].count(317) == 1

    Image.new("RGB", (317, 317), "blue").save(frozen)
    result = call("-w", workspace, "render")
    assert result.code == 4
    assert "art/kind/logo.png" in result.err
