"""The adverts of the sample: honest local offers of invented advertisers.

Telephone numbers begin with 0 behind the area code, which no subscriber number does. A hospital
shows only the eight items that the rules for medical adverts allow, and its approval number.
"""

from __future__ import annotations

from dataclasses import dataclass

from yibao_cli.sample.art import Box, Disc, Poly, Shape, Text

_INK, _GREY = "#222222", "#666666"


@dataclass(frozen=True, slots=True)
class Advert:
    """What an advert says. lines: body lines; foot: small lines the law wants; colours as #RRGGBB."""

    file: str
    headline: str
    tagline: str
    lines: tuple[str, ...]
    foot: tuple[str, ...]
    dark: str
    light: str
    picture: str

    def shapes(self) -> list[Shape]:
        """Everything on the panel, in drawing order."""
        picture = _PICTURES[self.picture](self.dark, self.light)
        return [*picture, *self._words()]

    @property
    def words(self) -> str:
        """Every word of it, as the column 广告文案 takes them."""
        parts = (self.headline, self.tagline, *self.lines, *self.foot)
        return "；".join("，".join(part.rstrip("。").split("  ")) for part in parts)

    def _words(self) -> list[Shape]:
        left = 96.0
        words: list[Shape] = [
            Text(left, 26, 34, self.headline, self.dark, bold=True),
            Text(left, 37, 15, self.tagline, _GREY),
            Box(left, 41.5, 120, 0.8, self.light),
        ]
        for number, line in enumerate(self.lines):
            words.append(Text(left, 51.5 + 9.2 * number, 14.5, line, _INK, bold=number == 0))
        first = 110.5 - 5.2 * (len(self.foot) - 1)
        words += [Text(left, first + 5.2 * n, 9.5, line, _GREY) for n, line in enumerate(self.foot)]
        return words


def _ground(light: str) -> list[Shape]:
    return [Box(6, 6, 82, 108, light)]


def _hospital(dark: str, light: str) -> list[Shape]:
    windows: list[Shape] = [
        Box(25 + 9 * column, 42 + 12 * row, 5.5, 7, "#FFFFFF") for column in range(5) for row in range(4)
    ]
    return [
        *_ground(light),
        Disc(70, 24, 8, "#F6D76B"),
        Box(20, 36, 54, 62, dark),
        Box(30, 30, 34, 6, dark),
        *windows,
        Box(42, 86, 10, 12, "#FFFFFF"),
        Box(6, 98, 82, 16, "#8DB48E"),
        *_tree(14, 98),
        *_tree(80, 98),
    ]


def _tree(x: float, ground: float) -> list[Shape]:
    return [Box(x - 0.8, ground - 10, 1.6, 10, "#7A5A3A"), Disc(x, ground - 13, 5.2, "#4F8A57")]


def _pharmacy(dark: str, light: str) -> list[Shape]:
    leaf: tuple[tuple[float, float], ...] = ((47, 52), (38, 40), (40, 26), (47, 16), (54, 26), (56, 40))
    return [
        *_ground(light),
        Disc(47, 60, 34, "#FFFFFF"),
        Poly(leaf, "#6FA96B"),
        Box(46.5, 24, 1, 30, "#4F8A57"),
        Poly(((22, 56), (72, 56), (64, 84), (30, 84)), dark),
        Box(19, 52, 56, 5, dark),
        Box(34, 84, 26, 4, dark),
        Poly(((62, 50), (72, 22), (76, 23.5), (67, 52)), "#B98B5A"),
        Disc(36, 69, 3, "#FFFFFF"),
        Disc(47, 69, 3, "#FFFFFF"),
        Disc(58, 69, 3, "#FFFFFF"),
    ]


def _homes(dark: str, light: str) -> list[Shape]:
    towers: list[Shape] = []
    for x, top in ((16, 44), (36, 28), (56, 38)):
        towers.append(Box(x, top, 17, 98 - top, dark))
        rows = int((92 - top) // 8)
        towers += [
            Box(x + 2.5 + 4.6 * column, top + 4 + 8 * row, 3, 4.4, "#FBE9B7")
            for column in range(3)
            for row in range(rows)
        ]
    return [
        *_ground(light),
        Disc(74, 22, 8, "#F6D76B"),
        Poly(((6, 98), (30, 56), (52, 98)), "#A9C3B4"),
        Poly(((36, 98), (66, 50), (88, 86), (88, 98)), "#BCD2C4"),
        *towers,
        Box(6, 98, 82, 16, "#8DB48E"),
        *_tree(12, 102),
        *_tree(80, 102),
    ]


def _market(dark: str, light: str) -> list[Shape]:
    ribs: list[Shape] = [Box(26 + 9 * n, 68, 2, 28, "#FFFFFF") for n in range(5)]
    return [
        *_ground(light),
        Disc(32, 52, 10, "#D9534A"),
        Disc(49, 46, 11, "#F0A63C"),
        Disc(65, 53, 9, "#7DB24F"),
        Box(31.4, 38, 1.2, 6, "#6B4B2A"),
        Poly(((49, 36), (53, 26), (58, 31)), "#4F8A57"),
        Poly(((14, 62), (80, 62), (71, 100), (23, 100)), dark),
        *ribs,
        Box(12, 59, 70, 5, dark),
    ]


def _home_service(dark: str, light: str) -> list[Shape]:
    return [
        *_ground(light),
        Poly(((12, 56), (44, 24), (76, 56)), dark),
        Box(20, 56, 48, 42, "#FFFFFF"),
        Box(38, 72, 12, 26, dark),
        Box(25, 63, 9, 9, "#BBD7EA"),
        Box(54, 63, 9, 9, "#BBD7EA"),
        Disc(47.4, 86, 1, "#F6D76B"),
        Box(6, 98, 82, 16, "#C9B79A"),
        Poly(((70, 92), (84, 92), (81.5, 108), (72.5, 108)), "#5C8FB3"),
        Box(69, 90, 16, 2.4, "#41708F"),
    ]


_PICTURES = {
    "hospital": _hospital,
    "pharmacy": _pharmacy,
    "homes": _homes,
    "market": _market,
    "home-service": _home_service,
}

ADVERTS = {
    advert.file: advert
    for advert in (
        Advert(
            "a-hospital.pdf",
            "石家庄柳荫医院",
            "民营  二级综合医院  床位 180 张",
            (
                "接诊时间：每日 8:00—17:30",
                "内科  外科  妇产科  儿科",
                "眼科  耳鼻咽喉科  中医科",
                "地址：长安区柳荫大街 66 号",
                "电话：0311-0000 1301",
            ),
            ("医疗广告审查证明文号：冀医广[2026]第0301-001号",),
            "#2F6F8F",
            "#DCEBF2",
            "hospital",
        ),
        Advert(
            "a-pharmacy.png",
            "春晖大药房",
            "和润街店  邻里身边的药店",
            (
                "营业时间：每日 7:30—21:30",
                "中西成药  中药饮片  家庭护理用品",
                "执业药师在店，用药请先问清楚",
                "地址：新华区和润街 118 号",
                "电话：0311-0000 1302",
            ),
            ("请按药品说明书或者在药师指导下购买和使用。", "禁忌、不良反应详见说明书。"),
            "#3B7D5B",
            "#DFF0E4",
            "pharmacy",
        ),
        Advert(
            "b-homes.pdf",
            "望岳新居",
            "正定县晴川街  三居与四居",
            (
                "建筑面积 89—128 平方米",
                "南北通透，院内人车分流",
                "售楼处：正定县晴川街 1 号",
                "接待时间：每日 9:00—18:00",
                "电话：0311-0000 1303",
            ),
            (
                "开发企业：石家庄望岳房地产开发有限公司  预售许可证：石正房预字第 2026000 号",
                "图为示意，以实际交付和合同约定为准。",
            ),
            "#8A5A44",
            "#F4E7DC",
            "homes",
        ),
        Advert(
            "b-market.png",
            "金谷超市",
            "清槐路店  新鲜蔬果  粮油日用",
            (
                "营业时间：每日 7:00—21:00",
                "每周三为老年顾客送货上门",
                "（三公里以内，满 30 元就送上门）",
                "地址：裕华区清槐路 205 号",
                "电话：0311-0000 1304",
            ),
            ("广告主：石家庄金谷商贸有限公司  送货活动至 2026 年 12 月 31 日",),
            "#C0612B",
            "#FBEBDD",
            "market",
        ),
        Advert(
            "c-home-service.png",
            "安和家政",
            "保洁  做饭  管道疏通  家电清洗",
            (
                "先看价目表，后签合同，再上门",
                "服务人员持健康证和身份证明",
                "保洁每小时 45 元，两小时起",
                "地址：桥西区泰和大街 31 号",
                "电话：0311-0000 1305",
            ),
            ("广告主：石家庄安和家政服务有限公司  价格有效期至 2026 年 12 月 31 日",),
            "#3F6A95",
            "#E1EAF4",
            "home-service",
        ),
        Advert(
            "a-pending.png",
            "石家庄文澜口腔医院",
            "民营  口腔专科医院  牙椅 24 台",
            (
                "接诊时间：每日 8:30—17:30",
                "口腔科",
                "地址：裕华区文澜路 12 号",
                "电话：0311-0000 1306",
            ),
            ("医疗广告审查证明：办理中",),
            "#4C6FA5",
            "#E3EAF5",
            "hospital",
        ),
        Advert(
            "b-expired.pdf",
            "槐香苑二期",
            "桥西区槐新路  两居与三居",
            (
                "建筑面积 76—104 平方米",
                "售楼处：桥西区槐新路 58 号",
                "接待时间：每日 9:00—18:00",
                "电话：0311-0000 1307",
            ),
            (
                "开发企业：石家庄槐香置业有限公司  预售许可证：石桥房预字第 2025000 号",
                "图为示意，以实际交付和合同约定为准。",
            ),
            "#6B6F8C",
            "#E9E9F1",
            "homes",
        ),
    )
}
