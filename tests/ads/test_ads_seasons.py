from __future__ import annotations

from datetime import date, timedelta

import pytest

from yibao_cli.ads.seasons import in_season, load_calendar
from yibao_cli.config import shipped
from yibao_cli.errors import SettingsError
from yibao_cli.kinds import load_kind, load_product
from yibao_cli.kinds.lint import lint_kind

PATH = shipped("templates") / "common" / "seasons.toml"
CALENDAR = load_calendar(PATH)


def test_a_year_has_twelve_topics_and_no_day_without_one():
    days = [(date(2026, 1, 1) + timedelta(days=n)).isoformat() for n in range(365)]

    assert len({t.id for day in days for t in CALENDAR.on(day)}) >= 12
    assert all(CALENDAR.on(day) for day in days)
    runs = {t.id: sum(t in CALENDAR.on(day) for day in days) for t in CALENDAR.topics}
    assert max(runs.values()) <= 62


def test_what_began_last_comes_first():
    assert [t.id for t in CALENDAR.on("2026-10-08")] == ["season-pay", "season-falls", "season-chronic"]
    assert CALENDAR.on("2026-01-05")[0].id == "season-flu"


def test_topics_stand_before_the_kind_s_own_panels_where_they_fit():
    kind, templates = load_kind(shipped("templates"), "medical"), shipped("templates")

    full = in_season(kind, load_product(templates, kind.product), CALENDAR, "2026-10-08")

    assert [h.id for h in full.house] == [
        "season-pay",
        "season-falls",
        "season-chronic",
        *(h.id for h in kind.house),
    ]
    window = load_kind(templates, "electricity")
    product = load_product(templates, window.product)
    if {(p.w, p.h) for p in product.panels.values() if p.ads} != {(230, 120)}:
        assert in_season(window, product, CALENDAR, "2026-10-08") is window


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('to = "02-25"', 'to = "03-25"', "two months"),
        ('id = "season-flu"', 'id = "season-data"', "twice"),
        ('topic = "夏季饮食卫生"', 'topic = "防暑"', "防暑 runs longer than two months"),
        ('topic = "用药安全"', 'topic = "安全取暖"', "安全取暖 runs longer than two months"),
        ('from = "04-15"\nto = "06-10"', 'from = "06-09"\nto = "06-10"', "no topic|12"),
        ('title = "天热防中暑"', 'title = ""', "short"),
        ('text = "正午', 'text = "{{ name }}正午', "form"),
        ('from = "01-01"', 'from = "02-30"', "day|month"),
        ("[[topics]]", "[[topics]", "calendar"),
    ],
)
def test_a_calendar_that_does_not_do_is_refused(tmp_path, old, new, what):
    text = PATH.read_text(encoding="utf-8")
    path = tmp_path / "seasons.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    if "06-09" in new:
        path.write_text(
            "\n\n[[topics]]".join(text.replace(old, new).split("\n\n[[topics]]")[:12]), encoding="utf-8"
        )

    with pytest.raises(SettingsError, match=what):
        load_calendar(path)


def test_a_topic_of_another_trade_does_not_stand_on_a_bill():
    templates = shipped("templates")
    kind = load_kind(templates, "electricity")
    product = load_product(templates, kind.product)

    for month in range(1, 13):
        found = in_season(kind, product, CALENDAR, f"2026-{month:02d}-08")
        assert not lint_kind(found)
    assert [h.id for h in in_season(kind, product, CALENDAR, "2026-10-08").house][:1] == ["season-falls"]
