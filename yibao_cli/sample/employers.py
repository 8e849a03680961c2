"""Employers: invented names, addresses and valid credit codes that nobody holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli import codes
from yibao_cli.sample.people import phone, surname
from yibao_cli.sample.places import COUNTIES, HOME_CITY, office, words
from yibao_cli.sample.workbook import Book, Cell, Layout

if TYPE_CHECKING:
    from pathlib import Path

    from yibao_cli.sample.people import Cast, Unit
    from yibao_cli.sample.tally import Tally

LAYOUT = Layout(
    sheet="参保单位",
    title="参保单位一览表",
    headers=(
        "单位代码",
        "单位名称",
        "统一社会信用代码",
        "参保人数（人）",
        "单位地址",
        "邮政编码",
        "联系人",
        "联系电话",
        "投递方式",
    ),
    widths=(12, 28, 22, 10, 36, 10, 10, 14, 10),
)

_WORDS = words(
    "冀岳 槐安源 云岫 滹河 柳荫 晴川 望岳 安澜 丰禾 松涛 金谷 同德 春晖 文澜 泰和 清槐 石柏 和润 常宁 知春 "
    "瑞禾 博川 恒岳 嘉柏 启澜 明岫 华穗 远槐 正岚 顺禾"
)
_TRADES = words(
    "机械制造有限公司 纺织有限公司 建筑安装有限公司 物流有限公司 印刷有限公司 食品有限公司 电子科技有限公司 "
    "商贸有限公司 园林工程有限公司 物业服务有限公司 第二小学 实验中学 社区卫生服务站 化工设备厂 出租汽车公司"
)
# Weights of the organisation code inside a credit code (GB 11714).
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def _word(index: int) -> str:
    word, round_ = _WORDS[index % len(_WORDS)], index // (len(_WORDS) * len(_TRADES))
    return word if round_ == 0 else f"{word}第{round_ + 1}"


def employer_name(cast: Cast, unit: Unit) -> str:
    """The employer's name; unique in the sample."""
    trade = _TRADES[(unit.index // len(_WORDS) + unit.index + cast.seed) % len(_TRADES)]
    return f"石家庄{_word(unit.index)}{trade}"


def uscc(index: int) -> str:
    """A credit code that passes its checks, of the area 130199, which was never given out."""
    body = f"{70_000_000 + index * 37:08d}"
    rest = 11 - sum(int(d) * w for d, w in zip(body, _ORG_WEIGHTS, strict=True)) % 11
    org_check = {10: "X", 11: "0"}.get(rest, str(rest))
    first_17 = f"91130199{body}{org_check}"
    return first_17 + codes.uscc_check_char(first_17)


def write(inbox: Path, cast: Cast, tally: Tally) -> dict[str, int]:
    """Write employers.xlsx; gives the data rows of each file."""
    with Book(inbox, "employers", LAYOUT) as book:
        for unit in cast.units:
            book.row(_row(cast, unit, tally))
    return book.files


def _row(cast: Cast, unit: Unit, tally: Tally) -> list[Cell]:
    rng = cast.rng("employer", unit.index)
    address = office(rng.choice([c for c in COUNTIES if c.city == HOME_CITY][:8]), rng)
    contact: str | None = surname(rng) + rng.choice(("建国", "秀英", "志强", "丽华", "海涛", "敏"))
    if unit.index % 40 in {7, 19, 33}:
        contact = None
        tally.add("employers", "planted", "contact_missing")
    return [
        unit.number,
        employer_name(cast, unit),
        uscc(unit.index),
        unit.size,
        address.full,
        int(address.county.postcode) if rng.random() < 0.2 else address.county.postcode,
        contact,
        phone(rng) if contact else None,
        rng.choices(("门到门", "桌对桌", "手到手", None), (5, 3, 1, 1))[0],
    ]
