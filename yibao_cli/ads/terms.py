"""What a contract 合同 says: panels, quota, price, aim, exclusivity, caps, spread, tier and settlement.

A contract is read from an imported row (workbooks) or from `ads.toml`; both speak the names of the table
`contracts` in templates/common/tables.toml. Source: docs/ads.md, contracts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EVERYONE = frozenset({"全市", "全部", "不限"})
PER_THOUSAND = "千份"
DELIVERED, POSTED = "妥投", "投递"
MAKE_GOOD, REFUND = "补投", "退款"
_WHOLE = 100  # percent
MOST_ADS = 64  # an eligibility mask has 64 bits
LOWEST_TIER = 9
_MOST_PIECES = 10**9  # more than a mailing can have; the planner's numbers hold them exactly
_MOST_TURNS = 10_000  # of a cap
_SHOWN = 40  # characters of a number that cannot be used
_PARTS = re.compile(r"[、,，;；\s]+")
_GROUPS = re.compile(r"[、,，;；/／|｜+＋&＆\s]+")
# A contract's number names files and stands in keys of slots; "+" is for what is made good.
_NUMBER = re.compile(r"(?!.*\.\.)[^\W_][\w.()（）〔〕【】\[\]#&-]{0,39}")
_HEALTH = re.compile(
    r"病|症|癌|瘤|孕|产妇|生育|药|诊|就医|住院|手术|透析|康复|血压|血糖|尿毒|肝炎|肺炎|艾滋|精神|残|失能"
    r"|支出|消费|花费|费用|余额"
)
_SPENDING = re.compile(r"\s*支出\s*(?:>=|≥|不低于)\s*(\d{1,7})\s*元?\s*")  # yuan in the mailing's period
_NO_BASIS = frozenset({"", "-", "/", "无", "没有", "暂无", "待定", "待补"})


@dataclass(frozen=True, slots=True)
class Aim:
    """Who may see an ad; an empty set or None means everyone. Health is never here.

    counties, categories, employers: names and numbers as the pieces have them. age_from, age_to: whole years
    on the day of posting, both included. retired: True only retirees, False none of them.
    spent_from: fen, only with a recorded legal basis.
    """

    counties: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    employers: frozenset[str] = frozenset()
    age_from: int | None = None
    age_to: int | None = None
    retired: bool | None = None
    spent_from: int | None = None

    @property
    def is_by_age(self) -> bool:
        """Whether a person without a birth date is left out."""
        return self.age_from is not None or self.age_to is not None


@dataclass(frozen=True, slots=True)
class Contract:
    """An ad that may print. quota: pieces, at most; floor: pieces that are guaranteed.

    price: fen, for the whole contract or for a thousand pieces (`per_thousand`). panel: the first choice;
    others: further panels that may bear it. group: ads of one group never share a piece. cap: at most so
    often to one person in so many mailings, this one included. spread: share by which a county may fall
    below its part of the floor, None where that does not matter. tier: 1 is served first. response: each
    piece's panel bears a QR of its own.
    """

    id: str
    advertiser: str
    panel: str
    quota: int
    counties: frozenset[str]
    categories: frozenset[str]
    price: int
    art: Path
    others: tuple[str, ...] = ()
    floor: int = 0
    per_thousand: bool = False
    aim: Aim = Aim()
    group: str = ""
    cap: tuple[int, int] | None = None
    spread: Fraction | None = None
    tier: int = 2
    settled_by: str = POSTED
    remedy: str = REFUND
    trade: str = ""
    title: str = ""
    copy: str = ""
    approval_no: str = ""
    approval_day: str = ""
    legal_basis: str = ""
    response: bool = False
    starts: str = ""
    ends: str = ""

    @property
    def panels(self) -> tuple[str, ...]:
        """All panels that may bear the ad, the first choice first."""
        return (self.panel, *self.others)

    @property
    def unit(self) -> Fraction:
        """Fen for one piece: what a piece that is missing costs, and one that is billed earns."""
        if self.per_thousand:
            return Fraction(self.price, 1000)
        # A flat price is paid for what is guaranteed.
        return Fraction(self.price, self.floor or self.quota)

    @property
    def total(self) -> int:
        """Fen for the contract when every piece of its quota prints; what is below a fen is dropped."""
        return self.price * self.quota // 1000 if self.per_thousand else self.price


def sold_as(number: str) -> str:
    """The number that a contract was sold under: of `YB2026-001+2026Q3`, which is made good, YB2026-001."""
    return number.partition("+")[0]


def customer_key(name: str) -> str:
    """A customer's name as it is compared: one width, no blanks."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def words(text: object) -> frozenset[str]:
    """The words of a cell that lists several, without those that mean everyone."""
    return frozenset(_PARTS.split(str(text or "").strip())) - EVERYONE - {""}


def _panels(text: object) -> frozenset[str]:
    """Panels as clients write them: A, a版, 版位A."""
    return frozenset(word.upper().replace("版位", "").replace("版", "") for word in words(text)) - {""}


def contract_of(row: Mapping[str, Any], art: Path) -> Contract:
    """The contract of a row that `faults_of_terms` found nothing wrong with."""
    quota = int(row["quota"])
    floor = row.get("quota_min")
    trade, advertiser = str(row.get("trade") or ""), str(row["advertiser"])
    counties, categories = words(row["counties"]), words(row["categories"])
    return Contract(
        id=str(row["contract_no"]),
        advertiser=advertiser,
        panel=str(row["panel"]),
        quota=quota,
        counties=counties,
        categories=categories,
        price=int(row["price"]),
        art=art,
        others=tuple(sorted(_panels(row.get("panels_also")) - {str(row["panel"])})),
        floor=quota if floor is None else int(floor),
        per_thousand=row.get("basis") == PER_THOUSAND,
        aim=Aim(
            counties,
            categories,
            words(row.get("employers")),
            row.get("age_from"),
            row.get("age_to"),
            # 否 says that it is not for retirees alone.
            True if row.get("retired") else None,
            _spent_from(row),
        ),
        # Who has not bought the whole trade is still never twice on one sheet.
        group=str(row.get("exclusive_group") or f"={customer_key(advertiser)}").strip(),
        cap=cap_of(row),
        spread=None if row.get("spread") is None else Fraction(int(row["spread"]), 100),
        tier=int(row.get("tier") or 2),
        settled_by=str(row.get("settled_by") or POSTED),
        remedy=str(row.get("remedy") or REFUND),
        trade=trade,
        title=str(row.get("title") or ""),
        copy=str(row.get("copy") or ""),
        approval_no=str(row.get("approval_no") or ""),
        approval_day=str(row.get("approval_day") or ""),
        legal_basis=str(row.get("legal_basis") or ""),
        response=bool(row.get("response")),
        starts=str(row["starts"]),
        ends=str(row["ends"]),
    )


def cap_of(row: Mapping[str, Any]) -> tuple[int, int] | None:
    """At most how often, in how many mailings; None where there is no cap."""
    times = row.get("cap_times")
    return None if times is None else (int(times), int(row.get("cap_mailings") or 1))


def fault_of_terms(row: Mapping[str, Any], slots: frozenset[str]) -> tuple[str, str] | None:
    """What is wrong with a row's terms, as (rule id, what); None when they can be kept.

    slots: the panels that the mailing has.
    """
    return next((found for found in _faults(row, slots) if found), None)


def _faults(row: Mapping[str, Any], slots: frozenset[str]) -> tuple[tuple[str, str] | None, ...]:
    asked = {str(row["panel"])} | _panels(row.get("panels_also"))
    floor, tier = row.get("quota_min"), row.get("tier")
    number = str(row["contract_no"])
    return (
        None if _NUMBER.fullmatch(number) else ("C161", number[:_SHOWN]),
        # A minus in a client's list is a slip of the hand; the planner would count with it.
        ("C208", "") if not 1 <= row["quota"] <= _MOST_PIECES or row["price"] < 0 else None,
        ("C130", "、".join(sorted(asked - slots))) if asked - slots else None,
        ("C131", f"{floor}") if floor is not None and not 0 <= floor <= row["quota"] else None,
        _fault_of_group(row),
        _fault_of_ages(row),
        _fault_of_cap(row),
        ("C156", f"{tier}") if tier is not None and not 1 <= tier <= LOWEST_TIER else None,
        ("C157", f"{row['spread']}")
        if row.get("spread") is not None and not 0 <= row["spread"] <= _WHOLE
        else None,
        _fault_of_sensitive_aim(row),
    )


def _fault_of_group(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Groups that overlap, however they are set apart, would be planned as one that nobody else is in."""
    asked = str(row.get("exclusive_group") or "").strip()
    return ("C132", asked) if len([part for part in _GROUPS.split(asked) if part]) > 1 else None


def _fault_of_sensitive_aim(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Health and spending are sensitive (个人信息保护法 28): the one never, the other with a legal basis."""
    # A hospital may be a member's employer; a disease may not be his class.
    hidden = {w for name in ("counties", "categories") for w in words(row.get(name)) if _HEALTH.search(w)}
    asked = str(row.get("sensitive_aim") or "").strip()
    if hidden or (asked and str(row.get("legal_basis") or "").strip() in _NO_BASIS):
        return "C136", asked or "、".join(sorted(hidden))
    return ("C137", asked) if asked and _spent_from(row) is None else None


def _spent_from(row: Mapping[str, Any]) -> int | None:
    match = _SPENDING.fullmatch(str(row.get("sensitive_aim") or ""))
    return int(match[1]) * 100 if match else None


def _fault_of_ages(row: Mapping[str, Any]) -> tuple[str, str] | None:
    low, high = row.get("age_from"), row.get("age_to")
    if (low is not None and low < 0) or (high is not None and high < (low or 0)):
        return "C133", f"{low}–{high}"
    return None


def _fault_of_cap(row: Mapping[str, Any]) -> tuple[str, str] | None:
    cap, over = cap_of(row), row.get("cap_mailings")
    if (cap is not None and not 1 <= min(cap) <= max(cap) <= _MOST_TURNS) or (
        cap is None and over is not None
    ):
        return "C135", f"{row.get('cap_times')} / {over}"
    return None
