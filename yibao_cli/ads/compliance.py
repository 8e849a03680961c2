"""The law of advertising as data: what an ad's words must not say, must say, and what its trade must show.

templates/common/compliance.toml has the rules, each with its article. Words are folded before they are read,
so that full width, look-alike characters and dots within words hide nothing. Source: research/ads.md 3.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, ValidationError

from yibao_cli.ads.approvals import ApprovalNumber, parse_approval
from yibao_cli.errors import SettingsError
from yibao_cli.i18n import N_, _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.reasons import settings_fault, toml_fault

if TYPE_CHECKING:
    from pathlib import Path

_WITHIN = re.compile(r"(?<=[\u4e00-\u9fff])[\s·•.*_\-~|^#'\"`]+(?=[\u4e00-\u9fff])")
_BLANKS = re.compile(r"[ \t\r\f\v\u3000]+")
_FAULTS = {
    "product": N_("it is the number of a product, not of an ad"),
    "date": N_("its six digits are no day"),
    "form": N_("it has not the form of an approval number"),
    "kind": N_("it is for another kind of product"),
    "medium": N_("it is not for printed matter (文)"),
    "undated": N_("it does not say when it ends; give the day of the certificate in 审查批准日期"),
}


class Trade(Spec):
    """A class of advertisers: its words, and what the law asks of it."""

    id: str
    words: tuple[str, ...]
    approval: Literal["medical", "drug", "device", "health-food", "fsmp"] | None = None
    banned: str = ""
    article: str = ""
    sentences: tuple[str, ...] = ()


class TextRule(Spec):
    """Words that must not stand in an ad, and where they may all the same."""

    id: str
    article: str
    severity: Literal["block", "person"]
    patterns: Annotated[tuple[str, ...], Field(min_length=1)]
    except_: Annotated[tuple[str, ...], Field(alias="except")] = ()
    unless: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()
    not_trades: tuple[str, ...] = ()

    def is_for(self, trade: str) -> bool:
        """Whether it holds for a class of advertisers."""
        return (not self.trades or trade in self.trades) and trade not in self.not_trades


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing about an ad. rule: id of our catalogue; what: the words; law: id in compliance.toml."""

    rule: str
    what: str
    article: str
    law: str


@dataclass(frozen=True, slots=True)
class AdText:
    """What is checked: trade and words as given, approval number and the day on its certificate."""

    trade: str
    words: str
    approval_no: str = ""
    approval_day: str = ""


class Law(Spec):
    """All rules."""

    homophones: dict[str, str] = Field(default={})
    trades: tuple[Trade, ...] = ()
    rules: tuple[TextRule, ...] = ()

    @cached_property
    def _compiled(self) -> tuple[tuple[TextRule, re.Pattern[str], re.Pattern[str] | None], ...]:
        return tuple(
            (
                rule,
                re.compile("|".join(f"(?:{p})" for p in rule.patterns)),
                re.compile("|".join(f"(?:{p})" for p in rule.except_)) if rule.except_ else None,
            )
            for rule in self.rules
        )

    @cached_property
    def _by_length(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self.homophones.items(), key=lambda h: (-len(h[0]), h)))

    def trade_of(self, text: str) -> Trade:
        """The class that a trade's name belongs to; one without any demands where none fits."""
        folded = self.folded(text)
        fits = (t for t in self.trades if any(w in folded for w in t.words))
        # 非处方药 has 处方药 in it.
        found = next((t for t in fits if not (t.id == "rx" and "非处方药" in folded)), None)
        return found or Trade(id="other", words=())

    def folded(self, text: str) -> str:
        """The words as they are read: one width, one script, nothing hidden within a word."""
        text = unicodedata.normalize("NFKC", text).lower()
        text = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Mn", "So"})
        for given, meant in self._by_length:
            text = text.replace(given, meant)
        text = text.translate(_PUNCTUATION)
        return _BLANKS.sub(" ", _WITHIN.sub("", text)).replace("\n", "。")

    def hits(self, ad: AdText) -> list[Hit]:
        """What stands in the words and must not, or must be judged; each rule once, with its first words."""
        trade, text = self.trade_of(ad.trade).id, self.folded(ad.words)
        found = []
        for rule, pattern, exceptions in self._compiled:
            if not rule.is_for(trade):
                continue
            free = [m.span() for m in exceptions.finditer(text)] if exceptions else []
            hit = next((m for m in pattern.finditer(text) if not _covered(m.span(), free)), None)
            if hit and not (rule.unless and all(re.search(u, text) for u in rule.unless)):
                severity = "C148" if rule.severity == "block" else "C149"
                found.append(Hit(severity, hit[0], rule.article, rule.id))
        return found

    def demands(self, ad: AdText, first: str, last: str) -> list[Hit]:
        """What the trade must show and does not: approval, its days, sentences; or that it may not advertise.

        first, last: ISO days between which the ad reaches people.
        """
        trade = self.trade_of(ad.trade)
        if trade.banned:
            return [Hit("C146", trade.banned, trade.article, trade.id)]
        found = [h for h in [self._approval(trade, ad, first, last)] if h]
        text = self.folded(ad.words)
        if text:
            missing = (s for s in trade.sentences if not any(self.folded(v) in text for v in s.split("|")))
            found += [Hit("C147", s.split("|")[0], trade.article, trade.id) for s in missing]
        return found

    def _approval(self, trade: Trade, ad: AdText, _first: str, last: str) -> Hit | None:
        if trade.approval is None:
            return None
        if not ad.approval_no:
            return Hit("C143", "", trade.article, trade.id)
        number = parse_approval(ad.approval_no, ad.approval_day)
        if isinstance(number, str):
            return Hit("C144", _(_FAULTS[number]), trade.article, trade.id)
        if fault := _fault_of(number, trade):
            return Hit("C144", _(_FAULTS[fault]), trade.article, trade.id)
        return Hit("C145", number.until, trade.article, trade.id) if number.until < last else None


_PUNCTUATION = str.maketrans({",": "，", ";": "；", "!": "。", "?": "。", ":": "：", "|": "，", "、": "、"})


def _fault_of(number: ApprovalNumber, trade: Trade) -> str:
    if number.kind != trade.approval:
        return "kind"
    if number.medium not in {"", "文"}:
        return "medium"
    return "" if number.until else "undated"


def _covered(span: tuple[int, int], free: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] < end or start < span[1] <= end for start, end in free)


def load_law(path: Path) -> Law:
    """Read a file of rules; SettingsError says which key or expression is wrong."""
    try:
        law = Law.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        for rule in law.rules:
            for expression in (*rule.patterns, *rule.except_, *rule.unless):
                re.compile(expression)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _faulty(path, toml_fault(error)) from error
    except ValidationError as error:
        key, reason = settings_fault(error)
        raise _faulty(path, _("{key}: {reason}").format(key=key, reason=reason)) from error
    except re.error as error:
        raise _faulty(path, _("not an expression: {pattern}").format(pattern=error.pattern)) from error
    return law


def _faulty(path: Path, reason: str) -> SettingsError:
    return SettingsError(
        _("the rules of advertising cannot be used: {reason}").format(reason=reason),
        where=path.name,
        remedy=_("correct that line; templates/common/compliance.toml is an example"),
    )
