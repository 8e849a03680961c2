"""Which walk of the post's table covers a point."""

from __future__ import annotations

import pytest

from yibao_cli.address.walks import Spot, Stretch, WalkTable

TABLE = WalkTable(
    [
        Stretch("11", "中山东路", "长安区", first=1, last=99, side="odd"),
        Stretch("12", "中山东路", "长安区", first=1, last=99, side="even"),
        Stretch("13", "中山东路", "长安区"),
        Stretch("14", "阳光小区", "长安"),
        Stretch("15", "杜村", "藁城区", town="岗上镇"),
        Stretch("16", "岗上镇", "藁城区"),
        Stretch("17", "和平路"),
        Stretch("18", "和平路"),
    ]
)


def spot(county="长安区", town="", village="", road="", road_no="", poi=""):
    return Spot(county, town, village, road, road_no, poi)


@pytest.mark.parametrize(
    ("at", "walks"),
    [
        (spot(road="中山东路", road_no="7号"), ["11"]),
        (spot(road="中山东路", road_no="8号院"), ["12"]),
        (spot(road="中山东路", road_no="甲九十九号"), ["11"]),
        (spot(road="中山东路", road_no="100号"), ["13"]),
        (spot(road="中山东路"), ["13"]),
        (spot(road="中山东路", road_no="7号", poi="阳光小区"), ["14"]),
        (spot(county="", road="中山东路", road_no="7号"), ["11"]),
        (spot(county="桥西区", road="中山东路", road_no="7号"), []),
        (spot(county="藁城区", town="岗上镇", village="杜村"), ["15"]),
        (spot(county="藁城区", town="兴安镇", village="杜村"), []),
        (spot(county="藁城区", town="岗上镇", village="李村"), ["16"]),
        (spot(road="和平路"), ["17", "18"]),
        (spot(), []),
    ],
)
def test_the_row_nearest_to_the_door_decides(at, walks):
    assert [row.walk for row in TABLE.find(at)] == walks
