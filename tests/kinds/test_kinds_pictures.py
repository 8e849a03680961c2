"""Pictures of a kind are judged when the kind is loaded."""

from __future__ import annotations

import shutil

import pytest

from artwork_builders import lettered, page, picture, svg
from yibao_cli.config import shipped
from yibao_cli.errors import SettingsError
from yibao_cli.kinds import load_kind
from yibao_cli.kinds.pictures import pictures_of

PANELS = {
    "panels.back": "[panels.back]\nitems = [",
    "variants.large.panels.statement": "[variants.large.panels.statement]\nitems = [",
    "house.keep-well": 'id = "keep-well"\ntopic = "健康教育"\nitems = [',
}


@pytest.fixture
def templates(tmp_path):
    for part in ("common", "medical"):
        shutil.copytree(shipped("templates") / part, tmp_path / part)

    def add(name, content, at="panels.back", place="x = 60, y = 80, w = 46, h = 24"):
        file = tmp_path / "medical/kind.toml"
        text = file.read_text(encoding="utf-8")
        assert PANELS[at] in text
        item = f'{{ type = "picture", file = "{name}", {place} }},'
        file.write_text(text.replace(PANELS[at], f"{PANELS[at]} {item}", 1), encoding="utf-8")
        if content is not None:
            (tmp_path / "medical/art").mkdir(exist_ok=True)
            (tmp_path / "medical/art" / name).write_bytes(content)
        return tmp_path

    return add


RIGHT = picture(800)


@pytest.mark.parametrize("at", PANELS)
def test_a_kind_knows_its_pictures_wherever_they_stand(templates, at):
    kind = load_kind(templates("logo.png", RIGHT, at), "medical")

    assert [(place, item.file) for place, item in pictures_of(kind)] == [(at, "logo.png")]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.png", None, "is missing"),
        ("a.png", RIGHT[:-400], "cannot be read"),
        ("a.png", picture(800, height=800), "another shape than 46.0 x 24.0 mm"),
        ("a.png", picture(160), "less than 100 dpi at 46.0 x 24.0 mm"),
        ("a.pdf", lettered(), "font"),
        ("a.pdf", page(pages=2), "more than one page"),
        ("a.svg", svg("<script/>").encode(), "<script>, which has no place"),
        ("a.svg", svg("<text/>").encode(), "<text>, which would not print"),
        ("a.svg", svg("<g>" * 99 + "</g>" * 99).encode(), "too large"),
    ],
)
@pytest.mark.parametrize("at", PANELS)
def test_a_picture_that_cannot_print_is_refused_with_its_place_and_the_fix(
    templates, at, name, content, words
):
    folder = templates(name, content, at)

    with pytest.raises(SettingsError) as refused:
        load_kind(folder, "medical")

    assert refused.value.message.startswith(f"{at}: ")
    assert name in refused.value.message
    assert words in refused.value.message
    assert refused.value.where == "medical/kind.toml"
    assert refused.value.remedy


@pytest.mark.parametrize(
    "name",
    ["../a.png", "art/a.png", "/a.png", ".a.png", "a.gif", "a.PNG", "a b.png", "标志.png", "a.png.exe"],
)
def test_a_picture_has_a_plain_name(templates, name):
    folder = templates(name, None)

    with pytest.raises(SettingsError):
        load_kind(folder, "medical")


def test_a_picture_without_extent_is_refused(templates):
    with pytest.raises(SettingsError):
        load_kind(templates("a.png", RIGHT, place="x = 60, y = 80, w = 0, h = 24"), "medical")


def test_a_soft_picture_may_print(templates):
    assert load_kind(templates("a.png", picture(200)), "medical")
