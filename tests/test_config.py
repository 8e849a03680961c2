from __future__ import annotations

import os

import pytest

from yibao_cli.config import Settings, load_settings
from yibao_cli.errors import SettingsError
from yibao_cli.kinds.page import FontPlan

CLIENT = """
[client]
name = "中心"
address = "路1号"
postcode = "050011"
phone = "12393"

[mailings]
"""


@pytest.fixture
def fonts_of(tmp_path):
    """The font plan of a workspace whose yibao.toml ends with these lines."""

    def plan(lines="") -> FontPlan:
        (tmp_path / "yibao.toml").write_text(CLIENT + lines, encoding="utf-8")
        return load_settings(tmp_path).fonts.plan(tmp_path)

    return plan


def test_without_fonts_all_are_the_shipped_ones(fonts_of):
    assert fonts_of() == FontPlan()
    assert Settings.model_fields["fonts"].default.fallback == ()


def test_relative_fonts_lie_in_the_workspace_and_whole_paths_stay(fonts_of, tmp_path):
    plan = fonts_of(
        '[fonts]\nbody = "fonts/kai.ttc#1"\nbody_bold = "/usr/b.ttf"\nsecond = "s.otf"\nsecond_bold = "../sb.ttf"\n'
        'fallback = ["a.ttf", "/usr/b.ttf"]\n'
    )

    assert plan == FontPlan(
        body=f"{tmp_path}/fonts/kai.ttc#1",
        body_bold="/usr/b.ttf",
        second=f"{tmp_path}/s.otf",
        second_bold=f"{tmp_path}/../sb.ttf",
        fallback=(f"{tmp_path}/a.ttf", "/usr/b.ttf"),
    )


def test_the_environment_overrides_fonts(fonts_of, tmp_path, monkeypatch):
    monkeypatch.setenv("YIBAO_FONTS_BODY", "env.ttf")
    monkeypatch.setenv("YIBAO_FONTS_FALLBACK", os.pathsep.join(("/x.ttf", "", "y.ttf")))

    plan = fonts_of('[fonts]\nbody = "file.ttf"\nsecond = "second.ttf"\nfallback = ["z.ttf"]')

    assert plan == FontPlan(
        body=f"{tmp_path}/env.ttf", second=f"{tmp_path}/second.ttf", fallback=("/x.ttf", f"{tmp_path}/y.ttf")
    )


@pytest.mark.parametrize(
    "line", ["bodi = 'x.ttf'", "body = 3", "fallback = [3]", "fallback = {}", 'body = "\\u0000"']
)
def test_a_wrong_font_key_or_value_is_refused_by_name(fonts_of, line):
    with pytest.raises(SettingsError, match=r"fonts\.(bodi|body|fallback)"):
        fonts_of(f"[fonts]\n{line}")


def test_a_mailing_of_a_name_that_no_command_takes_is_refused(fonts_of):
    with pytest.raises(SettingsError, match=r"mailings\.2026q3.*use 1 to 20 of A-Z"):
        fonts_of(
            '[mailings.2026q3]\nkind = "medical"\nperiod = "3"\n'
            'starts = "2026-07-01"\nends = "2026-09-30"\nposting = "2026-10-08"\n'
        )
