"""Character sets have the sizes and members that the standards give them; coverage counts what a font draws."""

from __future__ import annotations

import json
import unicodedata

import pytest

from yibao_cli.errors import InputNotFound, InputRefused
from yibao_cli.render import build_characters
from yibao_cli.render.build_characters import TARGET, build
from yibao_cli.render.characters import character_sets, standard_levels
from yibao_cli.render.coverage import coverage, missing_in_file
from yibao_cli.render.fonts import font

SETS = {s.id: s.characters for s in character_sets()}


class Pretended:
    """A font that draws exactly these characters."""

    def __init__(self, drawn):
        self.drawn = set(drawn)

    def missing(self, text):
        return tuple(dict.fromkeys(c for c in text if c not in self.drawn))


# ---------------------------------------------------------------- the sets


@pytest.mark.parametrize(
    ("name", "count"),
    [("standard", 8105), ("gbk", 21003), ("gb18030-1", 27584), ("gb18030-2", 27780), ("gb18030-3", 87901)],
)
def test_a_set_has_each_of_its_characters_once(name, count):
    assert len(SETS[name]) == len(set(SETS[name])) == count


def test_no_set_holds_a_character_that_unicode_does_not_know():
    for characters in SETS.values():
        assert {unicodedata.category(c) for c in characters} <= {"Lo", "So"}  # So: the radicals


def test_the_levels_of_the_standard_table_are_those_of_2013():
    assert [len(level) for level in standard_levels()] == [3500, 3000, 1605]


@pytest.mark.parametrize(
    ("level", "members"),
    [(0, "一乙矗医保账单"), (1, "乂乜齉赟"), (2, "亍尢蠼䶮㛃㭎𬭎𫍽𠅤𫖯𬱖䴔䲢")],
)
def test_a_known_character_stands_in_its_level(level, members):
    levels = standard_levels()

    for character in members:
        assert [character in other for other in levels] == [i == level for i in range(3)], character


def test_what_the_table_replaced_or_never_had_is_not_in_it():
    assert not set(SETS["standard"]) & set("醫賬單𫝑㐂龍䲝")


def test_gbk_is_what_the_codec_encodes_and_80_more():
    def encodes(character):
        try:
            return len(character.encode("gbk")) == 2
        except UnicodeEncodeError:
            return False

    beyond = [c for c in SETS["gbk"] if not encodes(c)]

    assert len(beyond) == 80
    assert {"㑳", "䶮", "⺁", "龴", "𠂇"} <= set(beyond)


def test_each_level_of_gb18030_holds_the_one_before():
    first, second, third = (set(SETS[f"gb18030-{i}"]) for i in (1, 2, 3))

    assert first < second < third
    assert second - first == set(SETS["standard"]) - first
    assert {chr(0x9FEF), chr(0x4DB5), "﨎", "⻊"} <= first
    assert not {chr(0x9FF0), chr(0x4DB6), chr(0xF900)} & third
    assert {
        chr(0x20000),
        chr(0x2A6D6),
        chr(0x2B734),
        chr(0x2B81D),
        chr(0x2CEA1),
        chr(0x2EBE0),
    } <= third - second


# ---------------------------------------------------------------- the file


def test_the_file_is_made_again_with_the_same_bytes(tmp_path):
    source = tmp_path / "data" / "characters.json"
    source.parent.mkdir()
    source.write_text(json.dumps(list("".join(standard_levels()))), encoding="utf-8")

    assert build(tmp_path, tmp_path / "again.txt") == 8105
    assert (tmp_path / "again.txt").read_bytes() == TARGET.read_bytes()


@pytest.mark.parametrize("content", ["[]", '["一"]', "{}", "not json", json.dumps(["一"] * 8105)])
def test_another_table_is_refused(tmp_path, content):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "characters.json").write_text(content, encoding="utf-8")

    with pytest.raises(InputRefused):
        build(tmp_path, tmp_path / "never.txt")
    assert not (tmp_path / "never.txt").exists()


def test_the_builder_says_how_many_it_wrote(monkeypatch, capsys):
    monkeypatch.setattr(build_characters, "build", lambda folder: 8105 if str(folder) == "package" else 0)

    assert build_characters.main(["package"]) == 0
    assert "8105" in capsys.readouterr().err


def test_a_folder_without_the_table_is_told(tmp_path, capsys):
    with pytest.raises(InputNotFound):
        build(tmp_path, tmp_path / "never.txt")
    assert build_characters.main([str(tmp_path)]) == 66
    assert build_characters.main([]) == 2
    assert "characters.json" in capsys.readouterr().err


# ---------------------------------------------------------------- coverage


def test_a_font_of_two_characters_covers_two():
    found = {c.characters.id: c for c in coverage(Pretended("医保").missing)}

    assert {name: c.covered for name, c in found.items()} == dict.fromkeys(SETS, 2)
    assert found["standard"].total == 8105
    assert not found["standard"].whole


def test_the_first_missing_ones_are_named_by_code_point():
    (standard, *_others) = coverage(Pretended(set(SETS["standard"]) - set("乙𬭎䶮")).missing, shown=2)

    assert standard.missing == ("乙", "䶮")
    assert standard.shown_missing == "U+4E59 U+4DAE"
    assert standard.covered == 8102


def test_the_whole_of_a_set_is_whole():
    found = coverage(Pretended("".join(SETS.values())).missing)

    assert [c.covered for c in found] == [len(c) for c in SETS.values()]
    assert all(c.whole and not c.missing for c in found)


@pytest.mark.parametrize("weight", [400, 700])
def test_the_shipped_font_has_every_standard_character_and_the_first_two_levels(weight):
    found = {c.characters.id: c for c in coverage(font(weight).missing)}

    assert found["standard"].whole
    assert found["gb18030-1"].whole
    assert found["gb18030-2"].whole
    assert found["gbk"].whole
    assert 27_780 < found["gb18030-3"].covered < found["gb18030-3"].total


def test_a_file_of_a_chain_is_measured_without_the_others():
    whole = {c.characters.id: c for c in coverage(font().missing)}
    alone = {c.characters.id: c for c in coverage(missing_in_file(font().own))}

    assert alone["standard"].whole
    assert alone["gb18030-3"].covered <= whole["gb18030-3"].covered
    assert "\U00020000" in alone["gb18030-3"].missing
