"""What the first two digits of a postcode say: the province, or provinces, they can stand for."""

from __future__ import annotations

from typing import Final

# Digits 1 and 2 name a province in the four-level rule (province, mail district, county office,
# delivery office). Sets, because offices reach over borders: 13 and 16 into the east of Inner
# Mongolia, 73 and 75 into its west (额济纳旗, 阿拉善左旗), 20 to the islands of 嵊泗.
# Written by hand from the rule (四级六码), and held against a public list of 36,942 postcodes.
PROVINCES_BY_PREFIX: Final[dict[str, frozenset[str]]] = {
    prefix: frozenset(provinces.split())
    for prefixes, provinces in (
        ("01 02", "15"),
        ("03 04", "14"),
        ("05 06 07", "13"),
        ("10", "11"),
        ("11 12", "21"),
        ("13", "22 15"),
        ("15", "23"),
        ("16", "23 15"),
        ("20", "31 33"),
        ("21 22", "32"),
        ("23 24", "34"),
        ("25 26 27", "37"),
        ("30", "12"),
        ("31 32", "33"),
        ("33 34", "36"),
        ("35 36", "35"),
        ("40", "50"),
        ("41 42", "43"),
        ("43 44", "42"),
        ("45 46 47", "41"),
        ("51 52", "44"),
        ("53 54", "45"),
        ("55 56", "52"),
        ("57", "46"),
        ("61 62 63 64", "51"),
        ("65 66 67", "53"),
        ("71 72", "61"),
        ("73", "62 15"),
        ("74", "62"),
        ("75", "64 15"),
        ("81", "63"),
        ("83 84", "65"),
        ("85 86", "54"),
        ("99", "71 81 82"),
    )
    for prefix in prefixes.split()
}


def provinces_of(postcode: str) -> frozenset[str]:
    """Codes of the provinces a postcode can lie in; empty when its first two digits name none."""
    return PROVINCES_BY_PREFIX.get(postcode[:2], frozenset())
