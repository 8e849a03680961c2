"""One invented record of a kind with the longest values that its fields may plausibly come to.

A text that cannot hold these would hold pieces at merge (H402), often most of them; better to hear of it
while the kind is made. The lengths are of real names, addresses and firms; no rule bounds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yibao_cli.kinds.specimen import specimen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yibao_cli.kinds.fields import FieldSpec
    from yibao_cli.kinds.kind import Kind

_LARGEST_AMOUNT = 9_999_999_99  # fen; an account or a bill of a household comes to no more
LARGEST_LINE = 99_999_99  # fen; one of the lines that make it up
LARGEST_BAR = 999_999_99  # fen; what a chart sums of them for one month or one sort
_ADDRESS = "内蒙古自治区呼伦贝尔市鄂伦春自治旗大杨树镇铁东街道向阳路288号阳光花园小区12号楼3单元1502室"
_BY_NAME = {
    "address": _ADDRESS,
    "site_address": _ADDRESS,
    "employer_address": _ADDRESS,
    "county": "鄂伦春自治旗",
    "employer_name": "河北省石家庄市长安区冀岳纺织服装进出口集团有限责任公司",
    "year": "2026",
}
_BY_TYPE = {
    "name": "阿卜杜热合曼·买买提",
    "id": "130000000000072888",
    "money": -_LARGEST_AMOUNT,
    "integer": 888_888,
    "decimal": "88888.88",
}


def plausible(kind: Kind, days: Mapping[str, str]) -> dict[str, Any]:
    """The record of one member, each field as long as it may plausibly be; no law is kept.

    days: `starts`, `ends`, `posting` of a mailing, ISO. Fields of free text keep the value of the specimen:
    nobody knows how long they are.
    """
    record, _lines = specimen(kind, days, 0)
    for table in (*reversed(kind.merge.accounts), kind.merge.base):
        record |= {f.name: _longest(f, record[f.name]) for f in kind.inputs[table].fields}
    for name in _BY_NAME.keys() & record.keys():
        record[name] = _BY_NAME[name]
    return record


def _longest(spec: FieldSpec, ordinary: Any) -> Any:
    if spec.type == "choice":
        return max(spec.choices, key=len)
    return _BY_TYPE.get(spec.type, ordinary)
