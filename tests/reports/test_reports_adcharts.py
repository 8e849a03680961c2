"""The charts of a mailing's ads, as its report shows them."""

from __future__ import annotations

from yibao_cli.reports.adcharts import plan_charts

WORDS = {name: [name, name] for name in ("pacing", "panels", "versions")}
PLAN = {
    "contracts": [
        {"id": "YB-1", "printed": 50, "floor": 40, "quota": 50},
        {"id": "YB-2", "printed": 30, "floor": 40, "quota": 50},
    ],
    "earned": {"A": {"长安区": 120_00, "赵县": 30_00}, "B": {"长安区": 80_00}},
    "shadow": {"A": {"长安区": 5_00}},
    "curve": [
        {"versions": 40, "revenue": 1000, "contracts_short": 0},
        {"versions": 20, "revenue": 850, "contracts_short": 3},
    ],
}


def test_a_plan_is_drawn_as_pacing_panels_and_versions():
    charts = {name: drawing.svg() for name, drawing in plan_charts(PLAN, WORDS).items()}

    assert "30 / 40 / 50" in charts["pacing"]
    assert charts["panels"].index("A 长安区") < charts["panels"].index("B 长安区")
    assert "120.00 · 5.00" in charts["panels"]
    assert "85.00% · 3" in charts["versions"]


def test_what_a_plan_does_not_say_is_not_drawn():
    assert plan_charts({}, WORDS) == {}
    assert set(plan_charts({"contracts": PLAN["contracts"]}, WORDS)) == {"pacing"}
