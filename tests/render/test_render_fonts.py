from __future__ import annotations

import pytest
import uharfbuzz as hb
from fontTools.pens.areaPen import AreaPen

from yibao_cli.render.fonts import BOLD, REGULAR, Font, font, pinned_font, with_only


@pytest.mark.parametrize("weight", [REGULAR, BOLD])
def test_a_pinned_font_is_static_and_of_its_weight(weight):
    face = hb.Face(hb.Blob.from_file_path(str(pinned_font(weight))))

    assert not face.axis_infos
    assert font(weight).name == f"NotoSansSC-{weight}"


def test_bold_is_drawn_heavier_than_regular():
    def ink(weight):
        drawn = hb.Font(font(weight).face).get_glyph_extents(font(weight).place("一").glyph)
        return abs(drawn.height)

    assert ink(BOLD) > 1.5 * ink(REGULAR)


def test_a_font_is_pinned_once(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    first = pinned_font(REGULAR)
    stamp = first.stat().st_mtime_ns
    second = pinned_font(REGULAR)

    assert first == second
    assert second.stat().st_mtime_ns == stamp
    assert [p.name for p in (tmp_path / "yibao").iterdir()] == [first.name]


def test_the_cache_lies_in_the_temporary_folder_where_there_is_no_home(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert pinned_font(BOLD).parent == tmp_path / "yibao"


@pytest.mark.parametrize("text", ["张三丰", "𠅤𬭎䶮㐂", "阿依古丽·买买提", "（、。，）…0123456789,.-￥"])
def test_names_and_marks_of_statements_are_covered(text):
    assert font(REGULAR).missing(text) == ()
    assert font(BOLD).missing(text) == ()


def test_missing_characters_come_once_each_in_order():
    assert font().missing("张\U0003ffff三\ue123\U0003ffff") == ("\U0003ffff", "\ue123")


def test_hanzi_are_an_em_wide_and_digits_of_one_width():
    face = font()

    assert face.width("医保", 10) == pytest.approx(20)
    assert len({face.advance(d) for d in "0123456789"}) == 1
    assert face.advance("\ue123") == face.face.upem


def test_a_fallback_counts_where_it_draws():
    assert not font().own.glyph("𠮷")
    assert font().missing("王𠮷") == ()
    assert font().advance("𠮷") == 1000
    assert font().place("𠮷").file.path.name == "NotoSansJP[wght].ttf"


@pytest.mark.parametrize(
    ("char", "family"), [("\U00020021", "NotoSansTC"), ("\U00020bb7", "NotoSansJP"), ("\uac00", "NotoSansKR")]
)
def test_every_shipped_fallback_adds_characters(char, family):
    assert font(BOLD).place(char).file.path.name == f"{family}[wght].ttf"


def test_bold_falls_back_to_bold():
    def ink(weight):
        place = font(weight).place("𠮷")
        pen = AreaPen()
        place.file.metrics.draw_glyph_with_pen(place.glyph, pen)
        return abs(pen.value)

    assert ink(BOLD) > 1.3 * ink(REGULAR)


def test_white_space_is_drawn_by_nothing_and_not_missing():
    assert font().missing(" \u3000\u00a0") == ()
    assert with_only(font(), "王") == with_only(font(), "王 ")


def test_the_line_reaches_above_and_below_the_baseline():
    ascent, descent = Font("again", pinned_font(REGULAR)).vertical

    assert ascent > 700
    assert descent < -100
