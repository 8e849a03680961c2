"""Where invented people live: real counties and towns, invented roads, compounds and villages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class County:
    """A real county or district with one postcode of it and, in the country, real towns.

    weight: share of the people who live there.
    """

    province: str
    city: str
    name: str
    postcode: str
    weight: int
    towns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Home:
    """An address in parts; `full` is its clean form on one line."""

    county: County
    rest: str

    @property
    def full(self) -> str:
        """Province, city, county and the rest; a municipality stands once."""
        city = "" if self.county.city == self.county.province else self.county.city
        return f"{self.county.province}{city}{self.county.name}{self.rest}"

    @property
    def from_city(self) -> str:
        """Without the province."""
        return f"{self.county.city}{self.county.name}{self.rest}"

    @property
    def from_county(self) -> str:
        """Without province and city, as people write at home."""
        return f"{self.county.name}{self.rest}"


def words(text: str) -> tuple[str, ...]:
    """Split a list written as one text."""
    return tuple(text.split())


def _hebei(city: str, rows: str) -> tuple[County, ...]:
    counties = []
    for row in rows.split(";"):
        name, postcode, weight, *towns = row.split()
        counties.append(County("河北省", city, name, postcode, int(weight), tuple(towns)))
    return tuple(counties)


COUNTIES = (
    *_hebei(
        "石家庄市",
        "长安区 050011 14;桥西区 050091 14;新华区 050051 12;裕华区 050031 12;井陉矿区 050100 2 贾庄镇 凤山镇;"
        "藁城区 052160 4 廉州镇 兴安镇 贾市庄镇;鹿泉区 050200 4 获鹿镇 铜冶镇 寺家庄镇;"
        "栾城区 051430 3 栾城镇 冶河镇;"
        "正定县 050800 4 正定镇 新城铺镇 新安镇;"
        "井陉县 050300 2 微水镇 上安镇 天长镇;行唐县 050600 2 龙州镇 南桥镇;"
        "灵寿县 050500 2 灵寿镇 青同镇;高邑县 051330 1 高邑镇 大营镇;深泽县 052560 1 深泽镇 铁杆镇;"
        "赞皇县 051230 1 赞皇镇 院头镇;无极县 052460 2 无极镇 七汲镇;平山县 050400 2 平山镇 东回舍镇 温塘镇;"
        "元氏县 051130 2 槐阳镇 殷村镇;赵县 051530 2 赵州镇 范庄镇;辛集市 052360 2 辛集镇 旧城镇;"
        "晋州市 052260 2 晋州镇 总十庄镇;新乐市 050700 2 化皮镇 承安镇",
    ),
    *_hebei(
        "邢台市",
        "襄都区 054001 2 东郭村镇 祝村镇;信都区 054000 2 南大郭镇 李村镇;沙河市 054100 1 新城镇 白塔镇",
    ),
    County("北京市", "北京市", "朝阳区", "100020", 1),
    County("北京市", "北京市", "丰台区", "100071", 1),
    County("天津市", "天津市", "河西区", "300202", 1),
    County("天津市", "天津市", "南开区", "300100", 1),
)
HOME_CITY = "石家庄市"

ROADS = words(
    "和润街 清槐路 柳荫大街 滹源路 云岫路 常宁街 知春路 泰和大街 槐新路 石柏路 晴川街 望岳路 安澜大街 文澜路 "
    "丰禾路 松涛街 雨花西路 金谷大街 同德路 春晖街"
)
COMPOUNDS = words(
    "槐香苑小区 清河家园 柳荫里小区 云岫花园 泰和嘉园 安和里小区 滨河雅苑 东篱小区 康宁苑 文澜苑 晴川小区 "
    "丰禾家园 松涛园 同德里小区 春晖小区 望岳新居"
)
VILLAGES = words(
    "东柳林村 西河套村 南寨坡村 北石桥村 大枣园村 小槐树村 前杨庄村 后杨庄村 上水峪村 下水峪村 三合庄村 "
    "五里铺村 马家窑村 高台村 双井村 梨园庄村"
)
_WEIGHTS = tuple(county.weight for county in COUNTIES)


def home(rng: Random) -> Home:
    """One dwelling: mostly flats in the districts, houses in the villages elsewhere."""
    county = rng.choices(COUNTIES, _WEIGHTS)[0]
    if county.towns and rng.random() < 0.6:
        return Home(county, _house(county, rng))
    return Home(county, _flat(rng))


def office(county: County, rng: Random) -> Home:
    """An employer's address: a road and a number."""
    return Home(county, f"{rng.choice(ROADS)}{rng.randint(1, 390)}号")


def _house(county: County, rng: Random) -> str:
    group = f"{rng.randint(1, 9)}组" if rng.random() < 0.3 else ""
    return f"{rng.choice(county.towns)}{rng.choice(VILLAGES)}{group}{rng.randint(1, 260)}号"


def _flat(rng: Random) -> str:
    start = f"{rng.choice(ROADS)}{rng.randint(1, 390)}号"
    block, unit, room = rng.randint(1, 28), rng.randint(1, 5), rng.randint(1, 18) * 100 + rng.randint(1, 4)
    compound = rng.choice(COMPOUNDS)
    forms = (
        f"{start}{compound}{block}号楼{unit}单元{room}室",
        f"{compound}{block}栋{unit}单元{room}",
        f"{start}院{block}号楼{unit}单元{room}室",
        f"{start}{compound}{block}-{unit}-{room}",
        f"{compound}{block}幢{room}室",
    )
    return rng.choices(forms, (45, 20, 15, 12, 8))[0]
