"""Sorted pieces with invented people, spelled out only where a test cares."""

from __future__ import annotations

import pandas as pd

from yibao_cli.codes import piece_number
from yibao_cli.kinds.sorting import Scheme
from yibao_cli.mailing.containers import sorted_containers
from yibao_cli.mailing.posting import PostingInfo
from yibao_cli.mailing.statement import DISTANT, LOCAL

INFO = PostingInfo("2026Q3", "石家庄市医疗保险中心", "6号三折邮简", "邮简", "2026-10-08")
SCHEME = Scheme.model_validate(
    {
        "id": "test",
        "name": "试验方案",
        "loose": 0.25,
        "levels": [
            {"id": "office", "name": "投递局", "by": "office", "minimum": 3},
            {"id": "all", "name": "混合", "by": "all"},
        ],
        "bags": [{"id": "county", "name": "县区", "by": "county"}],
    }
)
_TEXTS = {
    "level": "office",
    "destination": "050011",
    "bag_level": "county",
    "bag_destination": "长安区",
    "walk": "",
    "office": "050011",
    "name": "张三丰",
    "address": "河北省石家庄市长安区建设北大街12号3单元502室",
    "postcode": "050011",
    "county": "长安区",
    "employer_no": "D00017",
    "employer_name": "石家庄市第三建筑工程有限责任公司",
    "tracking": "",
    "step": "每件",
}
_NUMBERS = {"part": 1, "bundle": 1, "bag": 1, "pages": 2, "weight_mg": 8280, "thickness_um": 375, "price": 80}


def sorted_pieces(*rows):
    """A frame of sorted and priced pieces in print order; each row spells out what differs."""
    full = [
        {"piece": piece_number(n), "position": n, **_TEXTS, **_NUMBERS, "local": True, **row}
        for n, row in enumerate(rows, 1)
    ]
    columns = ["piece", "position", *_TEXTS, *_NUMBERS, "local"]
    return pd.DataFrame(full, columns=columns).astype({"local": "bool", **dict.fromkeys(_NUMBERS, "int64")})


def mail():
    """Eight pieces: bundles of 4 and 2 in one bag, one of 2 loose pieces in another."""
    far = {"local": False, "price": 120, "county": "辛集市", "postcode": "052300", "destination": "052300"}
    loose = {**far, "level": "loose", "destination": "散件", "bundle": 3, "bag": 2, "part": 2}
    return sorted_pieces({}, {}, {}, {}, *[{**far, "bundle": 2}] * 2, *[loose] * 2)


def containers():
    """The bundles and bags of `mail`."""
    return sorted_containers(mail())


__all__ = ["DISTANT", "INFO", "LOCAL", "SCHEME", "containers", "mail", "sorted_pieces"]
