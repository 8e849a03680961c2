"""Fold the text of an address to one form: what a keyboard, a form or an export added comes off."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
LONGEST = 300  # characters; the longest address in the public sets has under 150

# Anything but plain text, or a word that is looked at more closely below.
_SUSPECT = re.compile(
    rf"[^{HAN}0-9A-Za-z()#-]|[0-9]{{6}}|[Nn][UuOoAa][LlNn]|undefined|地址|住址|邮编"
    r"|不详|同上|暂无|未知|没有|锟斤拷|烫烫烫|^中国|^[-#()无]*$"
)
_DASHES = "‐‑‒–—―−﹣－➖"  # 一 and ー are left alone: the first is a numeral, the second a letter
_FOLD = str.maketrans({**dict.fromkeys(_DASHES, "-"), **dict.fromkeys("【〔[{「『〈《<", "("),
                       **dict.fromkeys("】〕]}」』〉》>", ")"), "○": "〇", "◯": "〇", "﹟": "#"})  # fmt: skip
_MARKUP = re.compile(r"&(?:nbsp|amp|lt|gt|quot|#[0-9]{1,6});|<br\s{0,3}/?>|_x[0-9A-Fa-f]{4}_", re.IGNORECASE)
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    r"\U0001bca0-\U0001bcaf\U000e0000-\U000e0fff]"
)
_SYMBOL = re.compile(r"[\u2190-\u2bff\u3004\u3012\u3020\u3036\U0001f000-\U0001faff]")
_DAMAGED = re.compile(r"\ufffd|锟斤拷|烫烫烫|屯屯屯|[ÃÂäåæçèé][\u0080-\u00ff]")
_NOTHING = re.compile(
    r"(?:无|没有|不详|不明|不清楚|未知|暂无|同上|地址不详|无地址|无此人|空|[-#/.*?()、,]+)+"
)
_NULL = re.compile(r"null|undefined|(?<![A-Za-z])(?:none|nan|n/a)(?![A-Za-z])", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:(?:收件|收货|通讯|通信|联系|邮寄|寄送|家庭|户籍|户口|居住|常住|现住|现居住|单位|详细|投递)?(?:地址|住址)"
    rf"|户籍地|现住地):|^中国(?=[{HAN}]{{2,6}}(?:省|市|自治区))"
)
_PHONE = re.compile(
    r"(?:(?:联系)?(?:电话|手机)(?:号码?)?|[Tt][Ee][Ll])?:?"
    r"(?:(?<![0-9])(?:\+?86-?)?1[3-9][0-9]{9}(?![0-9])|(?<![0-9-])0[0-9]{2,3}-[1-9][0-9]{6,7}(?![0-9]))"
)
_ID_NUMBER = re.compile(r"(?:身份证(?:号码?)?:?)?(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_POSTCODE = re.compile(
    rf"^(?P<head>[0-9]{{6}})(?=[{HAN}\s,;])(?![号弄室栋幢])|[(,]?(?:邮编|邮政编码):?(?P<named>[0-9]{{6}})(?![0-9])[),]?"
)
_BLANKS = re.compile(r"\s+")
_BETWEEN = re.compile(r"(?<=[0-9A-Za-z])\s+(?=[0-9A-Za-z])")
_SEPARATORS = re.compile(
    rf"(?<=[{HAN}])[,;|/\\。:_]+|[,;|/\\。:_]+(?=[{HAN}])|^[,;|/\\。:_、.]+|[,;|/\\。:_、.]+$"
)
_TWICE_WHOLE = re.compile(rf"^([{HAN}]{{2}}.{{1,38}})\1")
_TWICE = re.compile(rf"([{HAN}]{{1,12}}?(?:省|市|自治区|自治州|自治县|县|区|旗|盟))\1")
_TWICE_WITHIN = 60  # characters from the start where divisions stand
_MIN_REPEAT = 2


class Normalised(NamedTuple):
    """The folded text; what was done to it, sorted; the postcode that stood in it."""

    text: str
    flags: tuple[str, ...] = ()
    postcode: str = ""


def normalise(text: str) -> Normalised:
    """Fold an address to one form, and name what was done to it.

    Width and compatibility forms are folded (NFKC), brackets and dashes made ASCII, blanks removed
    (one stays between two Latin letters or digits), invisible characters and pictures removed, words
    for nothing (null, 不详) removed, labels, phone numbers, ID numbers and a postcode taken out, a
    province, city or county written twice in a row collapsed. Nothing else is changed or added.

    Flags: folded, invisible, symbol, damaged, placeholder, label, phone, id-number,
    postcode-in-text, separators, repeated, too-long.
    normalise(normalise(t).text).text == normalise(t).text, for any t.
    Source: research/address.md sections 4 and 6.1.
    """
    if _is_plain(text):
        return Normalised(text)
    flags: set[str] = set()
    postcode = ""
    previous = None
    # Taking one thing out can bring another together, so the pass is repeated until nothing moves;
    # each pass but the first only shortens the text or replaces a character by its final form.
    while text != previous:
        previous = text
        text, found = _one_pass(text, flags)
        postcode = postcode or found
    return Normalised(text, tuple(sorted(flags)), postcode)


def _is_plain(text: str) -> bool:
    return (
        len(text) <= LONGEST
        and not _SUSPECT.search(text)
        and unicodedata.is_normalized("NFKC", text)
        and not _may_repeat(text)
    )


def _may_repeat(text: str) -> bool:
    return (
        text.find(text[:2], _MIN_REPEAT) > 0
        or text.count("市") > 1
        or text.count("区") > 1
        or text.count("县") > 1
        or text.count("省") > 1
    )


def _one_pass(text: str, flags: set[str]) -> tuple[str, str]:
    text = _fold(_cut(text, flags), flags)
    text = _cut(text, flags)
    if _DAMAGED.search(text):
        flags.add("damaged")
    text = _drop(_INVISIBLE, text, "invisible", flags)
    text = _drop(_SYMBOL, text, "symbol", flags)
    text = _drop(_NULL, text, "placeholder", flags)
    text, postcode = _take_out(text, flags)
    text = _BLANKS.sub("", _BETWEEN.sub("\x00", text)).replace("\x00", " ")
    text = _drop(_SEPARATORS, text, "separators", flags)
    if _NOTHING.fullmatch(text):
        flags.add("placeholder")
        text = ""
    return _collapse(text, flags), postcode


def _cut(text: str, flags: set[str]) -> str:
    if len(text) <= LONGEST:
        return text
    flags.add("too-long")
    return text[:LONGEST]


def _fold(text: str, flags: set[str]) -> str:
    text = _drop(_MARKUP, text, "invisible", flags)
    folded = unicodedata.normalize("NFKC", text).translate(_FOLD)
    if folded != text:
        flags.add("folded")
    return folded


def _take_out(text: str, flags: set[str]) -> tuple[str, str]:
    text = _drop(_LABEL, text.strip(), "label", flags)
    text = _drop(_PHONE, text, "phone", flags)
    text = _drop(_ID_NUMBER, text, "id-number", flags)
    match = _POSTCODE.search(text)
    if match is None:
        return text, ""
    flags.add("postcode-in-text")
    return text[: match.start()] + text[match.end() :], match["head"] or match["named"]


def _collapse(text: str, flags: set[str]) -> str:
    if not _may_repeat(text):
        return text
    text = _drop_repeat(_TWICE_WHOLE, text, flags)
    head = _drop_repeat(_TWICE, text[:_TWICE_WITHIN], flags)
    return head + text[_TWICE_WITHIN:]


def _drop(pattern: re.Pattern[str], text: str, flag: str, flags: set[str]) -> str:
    dropped, count = pattern.subn("", text)
    if count:
        flags.add(flag)
    return dropped


def _drop_repeat(pattern: re.Pattern[str], text: str, flags: set[str]) -> str:
    dropped, count = pattern.subn(r"\1", text)
    if count:
        flags.add("repeated")
    return dropped
