"""Pieces frames with invented people, spelled out only where a test cares."""

from __future__ import annotations

import pandas as pd

from yibao_cli.codes import piece_number
from yibao_cli.config import shipped
from yibao_cli.mailing.tariff import Locality, Terms, load_tariff

TARIFF = load_tariff(shipped("templates") / "common" / "tariff.toml")
TERMS = Terms("letter-sheet", "2026-10-08", Locality.of_client("050011"))
TEXTS = {
    "part": "001",
    "name": "张三丰",
    "address": "河北省石家庄市长安区建设北大街12号3单元502室",
    "postcode": "050011",
    "county": "长安区",
    "employer_no": "D00017",
    "employer_name": "石家庄市第三建筑工程有限责任公司",
    "variant": "",
    "slot_a": "",
    "slot_b": "",
    "slot_c": "",
}


def pieces_of(*rows):
    """A pieces frame of rows that each spell out what differs."""
    full = [
        {"piece": piece_number(n), "position": n, "pages": 2, **TEXTS, **row} for n, row in enumerate(rows, 1)
    ]
    frame = pd.DataFrame(full, columns=["piece", "position", "pages", *TEXTS])
    return frame.astype({**dict.fromkeys(["piece", *TEXTS], "string"), "position": "int64", "pages": "int64"})
