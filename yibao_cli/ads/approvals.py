"""Approval numbers of ads 广告审查文号: read, and valid until when.

    粤械广审（文）第280917-05538号    drugs, devices, health food, special food: the first six digits
                                     are the last day (SAMR order 21 of 2020); print needs 文
    冀医广[2026]第0301-001号          medical institutions: one year from the day of approval, which
                                     most provinces write into the number and some do not

国药准字, 国食健字 and 国妆特字 name a product, never an ad. Source: 医疗广告管理办法; order 21.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

_PROVINCES = "京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川蜀黔贵滇云陕秦甘陇青蒙桂宁新藏港澳台国"
_REVIEWED = re.compile(
    rf"[{_PROVINCES}](?P<what>药|械|食健|食特|健|特)广审\((?P<medium>视|声|文)\)第(?P<day>\d{{6}})-(?P<serial>\d{{4,6}})号?"
)
_MEDICAL = re.compile(
    r"\(?[\u4e00-\u9fff]{1,6}\)?\(?[中医]?\)?医?广\[(?P<year>(?:19|20)\d\d)\]第(?P<rest>\d[\d-]*\d)号?"
)
_SHOWN = re.compile(
    rf"[{_PROVINCES}](?:药|械|食健|食特|健|特)广审\([视声文]\)第[\d-]+号?"
    rf"|(?:[{_PROVINCES}]\)?|\([\u4e00-\u9fff]{{1,6}}\))(?:中|\(中\))?医广\[\d{{4}}\]第[\d-]+号?"
)
_PRODUCT = re.compile(r"国(?:药准字|食健[字注备]|妆特?字|械[注备])|[食卫]健备|械(?:注|备)")
_BRACKETS = str.maketrans("【〔［〈《「】〕］〉》」", "[[[[[[]]]]]]")
_KINDS = {
    "药": "drug",
    "械": "device",
    "食健": "health-food",
    "健": "health-food",
    "食特": "fsmp",
    "特": "fsmp",
}
_SIGNS = re.compile(r"[\W_]+")
_YEAR = 365


@dataclass(frozen=True, slots=True)
class ApprovalNumber:
    """A number that was read. kind: medical, drug, device, health-food or fsmp. medium: 文, 视, 声 or "".

    until, since: ISO days of the last and the first day, "" where neither number nor certificate says it.
    """

    kind: str
    medium: str
    until: str
    since: str = ""


def parse_approval(text: str, approved_on: str = "") -> ApprovalNumber | str:
    """Read an approval number.

    approved_on: ISO day on the certificate, for the numbers that do not say theirs. Returns the number, or
    why it is none: `product`, `date` or `form`, or `year` where the certificate is of another one.
    """
    folded = _bare(text)
    if match := _REVIEWED.fullmatch(folded):
        day = _day(f"20{match['day'][:2]}", match["day"][2:4], match["day"][4:])
        return ApprovalNumber(_KINDS[match["what"]], match["medium"], day.isoformat()) if day else "date"
    if match := _MEDICAL.fullmatch(folded.replace("(中)", "").replace("(医)", "")):
        return _medical(match["year"], match["rest"], approved_on)
    return "product" if _PRODUCT.search(folded) else "form"


def approval_in(words: str) -> str:
    """The first approval number that stands in the words of an ad; "" where none does."""
    found = _SHOWN.search(_folded(words))
    return found[0] if found else ""


def shows(words: str, number: str) -> bool:
    """Whether an approval number stands in words, in whatever brackets, width and hyphens it is set."""
    wanted = _SIGNS.sub("", _bare(number)).removesuffix("号")
    said = _SIGNS.sub("", _folded(words))
    # 0301-001 does not stand in 0301-0011.
    return bool(wanted) and re.search(rf"{re.escape(wanted)}(?!\d)", said) is not None


def _bare(text: str) -> str:
    """A folded number without the words that say what it is."""
    return re.sub(r"^[^:：]*[号文][:：]", "", _folded(text))


def _folded(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).translate(_BRACKETS))


def _medical(year: str, rest: str, approved_on: str) -> ApprovalNumber | str:
    if approved_on and not approved_on.startswith(year):
        return "year"
    begun = _day(*approved_on.split("-")) if approved_on else _day_within(year, rest)
    if begun is None:
        # 鲁医广【2013】第0902-001-3711号 has it, 湘医广【2013】第13-0731-974号 has not.
        return ApprovalNumber("medical", "", "")
    last = begun + timedelta(days=_YEAR - 1)
    return ApprovalNumber("medical", "", last.isoformat(), begun.isoformat())


def _day_within(year: str, rest: str) -> date | None:
    """The day of approval where the digits begin with month and day: 01-01-01, 0301-001, 0301001."""
    match = re.match(r"(\d\d)-(\d\d)-\d|(\d\d)(\d\d)-\d|(\d\d)(\d\d)\d{2,4}$", rest)
    if match is None:
        return None
    month, day = [g for g in match.groups() if g]
    return _day(year, month, day)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
