"""The law of advertising as data: what an ad's words must not say, must say, and what its trade must show.

templates/common/compliance.toml has the rules, each with its article. Words are folded before they are read,
so that full width, look-alike characters and dots within words hide nothing.
Source: 广告法; 医疗广告管理办法; 广告绝对化用语执法指南 (2023).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, ValidationError

from yibao_cli.ads.approvals import approval_in, parse_approval
from yibao_cli.ads.reading import Reader, read_weights
from yibao_cli.ads.showing import fault_of_number, is_of
from yibao_cli.ads.trades import AdText, Hit, Trade
from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.reasons import settings_fault, toml_fault

if TYPE_CHECKING:
    from pathlib import Path

_WITHIN = re.compile(r"(?<=[\u4e00-\u9fff])[\s·•.*_\-~|^#'\"`/\\+=&@…—“”]+(?=[\u4e00-\u9fff])")
_BLANKS = re.compile(r"[ \t\r\f\v\u3000]+")
_OTHER = "other"
READER = "reader"  # what a hit names as its rule where an ad was read as a whole


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
    closed: bool = False

    def is_for(self, trade: str) -> bool:
        """Whether it holds for a class of advertisers."""
        return (not self.trades or trade in self.trades) and trade not in self.not_trades


class Law(Spec):
    """All rules. denials: clauses that promise nothing, because they deny or warn; free of every rule."""

    homophones: dict[str, str] = Field(default={})
    denials: tuple[str, ...] = ()
    trades: tuple[Trade, ...] = ()
    rules: tuple[TextRule, ...] = ()
    reader: Reader | None = None

    @cached_property
    def _compiled(self) -> tuple[tuple[TextRule, re.Pattern[str], re.Pattern[str] | None], ...]:
        return tuple(
            (
                rule,
                re.compile(_either(rule.patterns)),
                re.compile(_either(rule.except_)) if rule.except_ else None,
            )
            for rule in self.rules
        )

    @cached_property
    def _denied(self) -> re.Pattern[str] | None:
        return re.compile(_either(self.denials)) if self.denials else None

    @cached_property
    def _topics(self) -> tuple[tuple[Trade, re.Pattern[str]], ...]:
        return tuple((t, re.compile(_either(t.topics))) for t in self.trades if t.topics)

    @cached_property
    def _by_length(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self.homophones.items(), key=lambda h: (-len(h[0]), h)))

    def trade_of(self, text: str) -> Trade:
        """The class that a trade's name belongs to; one without any demands where none fits."""
        folded = self.folded(text)
        fits = (t for t in self.trades if any(w in folded for w in t.words))
        # 非处方药 has 处方药 in it.
        found = next((t for t in fits if not (t.id == "rx" and "非处方药" in folded)), None)
        return found or Trade(id=_OTHER, words=())

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
        trade = self.trade_of(ad.trade).id
        found = self._patterns(trade, self.folded(ad.words))
        text = self.heard(ad.words)
        if found or self.reader is None or not text.strip("，。； "):
            return found
        if self.reader.probability(trade, text) < self.reader.tell:
            return []
        return [Hit("C149", self.reader.loudest(trade, text), self.reader.article(trade), READER)]

    def heard(self, words: str) -> str:
        """The folded words of an ad without the clauses that deny or warn."""
        text = self.folded(words)
        return self._denied.sub("", text) if self._denied else text

    def _patterns(self, trade: str, text: str) -> list[Hit]:
        """What the rules find."""
        about = self._about(trade, text)
        denied = [m.span() for m in self._denied.finditer(text)] if self._denied else []
        found = []
        for rule, pattern, exceptions in self._compiled:
            # What an ad is about is guessed from its words: that is enough to find what is forbidden,
            # and not to demand that nothing stands there but what a closed list has.
            guessed = rule.severity == "block" and not about.isdisjoint(rule.trades)
            if not rule.is_for(trade) and not guessed:
                continue
            free = [*denied, *(m.span() for m in exceptions.finditer(text))] if exceptions else denied
            bare = (m for m in pattern.finditer(text) if not _covered(m.span(), free))
            hit = next((m for m in bare if not (rule.closed and self._is_plain(trade, m[0]))), None)
            if hit and not (rule.unless and all(re.search(u, text) for u in rule.unless)):
                severity = "C148" if rule.severity == "block" else "C149"
                found.append(Hit(severity, hit[0], rule.article, rule.id))
        return found

    def _is_plain(self, trade: str, clause: str) -> bool:
        """Whether what no closed list has sounds like a plain fact all the same."""
        return self.reader is not None and self.reader.sound(trade, clause) < self.reader.quiet

    def _about(self, trade: str, text: str) -> set[str]:
        """The classes that the words of an ad belong to, where its trade is of none."""
        if trade != _OTHER:
            return set()
        return {t.id for t, topics in self._topics if topics.search(text)}

    def told_by_words(self, ad: AdText, day: str) -> list[Hit]:
        """What words alone tell, where nothing else is known of an ad.

        Beside what stands there: the sentences of trades whose ads are approved, and whether the approval
        number that the words show holds good on an ISO day.
        """
        if not ad.words.strip():
            return []
        wanted = {"C146", "C147"} if self.trade_of(ad.trade).approval else {"C146"}
        shown = parse_approval(number) if (number := approval_in(ad.words)) else None
        # One that does not say its day may hold good.
        if isinstance(shown, str) or (shown is not None and shown.until):
            wanted |= {"C144", "C145"}
        demands = self.demands(replace(ad, approval_no=number), day, day)
        return [*(hit for hit in demands if hit.rule in wanted), *self.hits(ad)]

    def demands(self, ad: AdText, first: str, last: str) -> list[Hit]:
        """What the trade must show and does not: approval, its days, sentences; or that it may not advertise.

        first, last: ISO days between which the ad reaches people.
        """
        trade = self.trade_of(ad.trade)
        if trade.banned:
            return [Hit("C146", trade.banned, trade.article, trade.id)]
        found = [h for h in [self._number(trade, ad, first, last)] if h]
        text = self.folded(ad.words)
        if text:
            missing = (s for s in trade.sentences if not any(self.folded(v) in text for v in s.split("|")))
            found += [Hit("C147", s.split("|")[0], trade.article, trade.id) for s in missing]
        return found

    def mistaken(self, ad: AdText) -> list[Hit]:
        """Ask a person where a trade of no class has words of one whose ads are approved."""
        trade = self.trade_of(ad.trade)
        text = self.folded(ad.words)
        about = self._about(trade.id, text)
        wanted = [(t, e) for t, e in self._topics if t.approval and t.id in about]
        return [Hit("C149", _first(e, text), t.article, t.id) for t, e in wanted if not is_of(ad, t)]

    def _number(self, trade: Trade, ad: AdText, first: str, last: str) -> Hit | None:
        """What is wrong with an approval number: the contract's, or one that another trade's ad shows."""
        if trade.approval is not None:
            return fault_of_number(trade, ad, first, last)
        shown = parse_approval(approval_in(ad.words))
        if isinstance(shown, str) or not shown.until:
            return None
        owner = next((t for t in self.trades if t.approval == shown.kind), trade)
        return fault_of_number(owner, replace(ad, approval_no=approval_in(ad.words)), first, last)


_PUNCTUATION = str.maketrans({",": "，", ";": "；", "!": "。", "?": "。", ":": "：", "|": "，", "、": "、"})


def _first(expression: re.Pattern[str], text: str) -> str:
    found = expression.search(text)
    return found[0] if found else ""


def _covered(span: tuple[int, int], free: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] < end or start < span[1] <= end for start, end in free)


def _either(expressions: tuple[str, ...]) -> str:
    return "|".join(f"(?:{e})" for e in expressions)


def load_law(path: Path, shipped: Path | None = None) -> Law:
    """Read a file of rules; SettingsError says which key or expression is wrong.

    shipped: folder that has the reader's words where none stand beside the rules.
    """
    try:
        law = Law.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        if law.reader is not None:
            law = law.model_copy(update={"reader": _taught(law.reader, path.parent, shipped)})
        for rule in law.rules:
            for expression in (*rule.patterns, *rule.except_, *rule.unless):
                re.compile(expression)
        for expression in (*law.denials, *(e for t in law.trades for e in t.topics)):
            re.compile(expression)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _faulty(path, toml_fault(error)) from error
    except ValidationError as error:
        key, reason = settings_fault(error)
        raise _faulty(path, _("{key}: {reason}").format(key=key, reason=reason)) from error
    except (OSError, ValueError) as error:
        raise _faulty(path, _("the word list of its reader cannot be read")) from error
    except re.error as error:
        raise _faulty(path, _("not an expression: {pattern}").format(pattern=error.pattern)) from error
    return law


def _taught(reader: Reader, folder: Path, shipped: Path | None) -> Reader:
    own = folder / reader.words
    words = own if own.is_file() or shipped is None else shipped / reader.words
    return reader.model_copy(update={"weights": read_weights(words)})


def _faulty(path: Path, reason: str) -> SettingsError:
    return SettingsError(
        _("the rules of advertising cannot be used: {reason}").format(reason=reason),
        where=path.name,
        remedy=_("correct that line; templates/common/compliance.toml is an example"),
    )
