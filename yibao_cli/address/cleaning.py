"""Fold the text of an address to one form: what a keyboard, a form or an export added comes off."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

from yibao_cli.address.confusion import SIMPLE, TRADITIONAL

HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
LONGEST = 300  # characters; the longest address in the public sets has under 150

# Words that must look at an address more closely. Each branch begins with one given character: then the
# search passes over all others at once and takes a quarter of the time.
_WORDS = re.compile(
    r"N[UuOoAa][LlNn]|n[UuOoAa][LlNn]|undefined|地址|住址|住地|所在地|邮编|收件|不详|同上|暂无|未知|没有|待补|待定|未填|未提供|自取|测试"
    r"|锟斤拷|烫烫烫|收\)?$|转\)?$|已经?[拆搬迁故]|搬[走家]|拆迁|查无|新址|作废|去世|注销|无法投递|空户|-[0-9]{4}-"
)
_BETWEEN_WORDS = re.compile(rf"[-0](?<=[{HAN}].)(?=[{HAN}])")


def _simple(first: int, last: int) -> str:
    """The characters of a block for a character class, without the traditional ones."""
    cuts = [first - 1, *(ord(c) for c in TRADITIONAL if first <= ord(c) <= last), last + 1]
    return "".join(f"{chr(a + 1)}-{chr(b - 1)}" for a, b in pairwise(cuts) if b - a > 1)


# Every character is its own compatibility form; the block 2F800 of other forms is left out. A number has five
# digits at most, and no letter stands in it for a digit.
_RARE = r"\U00020000-\U0002f7ff\U0002fa20-\U0003ffff"
_LETTERS = rf"[〇{_simple(0x3400, 0x4DBF)}{_simple(0x4E00, 0x9FFF)}{_RARE}A-Za-z()#]*+"
_PLAIN = re.compile(
    rf"(?!中国|[-(]|[-#()无0-9]*$){_LETTERS}(?:(?:[0-9]{{1,5}}+(?![0-9]|[OoIl][0-9])|-){_LETTERS})*(?<!-)"
)
_DASHES = "‐‑‒–—―−﹣－➖"  # 一 and ー are left alone: the first is a numeral, the second a letter
_FOLD = str.maketrans({**dict.fromkeys(_DASHES, "-"), **dict.fromkeys("【〔[{「『〈《<", "("),
                       **dict.fromkeys("】〕]}」』〉》>", ")"), "○": "〇", "◯": "〇", "﹟": "#"})  # fmt: skip
# To look for what is seldom there takes a sixth of the time of translating the text.
_TO_FOLD = re.compile(f"[{re.escape(''.join(map(chr, _FOLD)))}]")
_TO_SIMPLIFY = re.compile(f"[{TRADITIONAL}]")
_MARKUP = re.compile(r"&(?:nbsp|amp|lt|gt|quot|#[0-9]{1,6});|<br\s{0,3}/?>|_x[0-9A-Fa-f]{4}_", re.IGNORECASE)
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    r"\U0001bca0-\U0001bcaf\U000e0000-\U000e0fff]"
)
_SYMBOL = re.compile(r"[\u2190-\u2bff\u3004\u3012\u3020\u3036\U0001f000-\U0001faff]")
_DAMAGED = re.compile(r"\ufffd|锟斤拷|烫烫烫|屯屯屯|[ÃÂäåæçèé][\u0080-\u00ff]")
_NOTHING = re.compile(
    r"(?:无固定(?:住址|住所|地址)|无|没有|不详|不明|不清楚|未知|未填|未提供|暂无|待补充?|待定|同上|同前|地址不详|无地址|无此人|空|测试"
    r"|本人自取|自取|本人|[-#/.*?()、,]+|^[0-9]$)+"
)
_NULL = re.compile(r"null|undefined|(?<![A-Za-z])(?:none|nan|n/a)(?![A-Za-z])", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:(?:收件|收货|通讯|通信|联系|邮寄|寄送|家庭|户籍|户口|居住|常住|现住|现居住|单位|详细|投递)?(?:地址|住址)"
    rf"|户籍地|户籍所在地|现住地|现居住地|居住地|常住地):|^中国(?=[{HAN}]{{2,6}}(?:省|市|自治区))"
)
_PHONE = re.compile(
    r"(?:(?:联系)?(?:电话|手机)(?:号码?)?|[Tt][Ee][Ll])?[:.\s]{0,3}"
    r"(?:(?<![0-9])(?:\+?86-?)?1[3-9][0-9](?:[0-9]{8}|-[0-9]{4}-[0-9]{4})(?![0-9])|(?<![0-9-])0[0-9]{2,3}-[1-9][0-9]{6,7}(?![0-9]))"
)
# 李四(收), (吴八 转 郑九), 周七先生收: a name that is parted from the address or follows its last door.
_ADDRESSEE = re.compile(
    rf"(?:(?<=[号室户栋幢楼层座元0-9房])(?![号室户栋幢楼层座元房弄单])|[\s(,;])(?:[{HAN}]{{2,4}}?(?:先生|女士|小姐|同志|老师)?\s?\(?[收转](?!发室)\)?(?:\s?[{HAN}]{{2,4}})?\)?)$"
    rf"|(?<=[行校司院厦心局厂所馆])(?:[{HAN}]{{1,3}}[科部处室会办台])?[{HAN}]{{0,4}}?(?<=[{HAN}]{{2}})代?[收转]$"
    rf"|^(?:收件人|收货人|姓名):?[{HAN}]{{2,4}}(?=[\s,;])"
)
# 张三,13800000000,浙江省: a name that a telephone number parts from the address.
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西"
    "|甘肃|青海|宁夏|新疆|内蒙"
)
_CONTACT = re.compile(
    rf"^(?!{_PROVINCES})[{HAN}]{{2,4}}(?<![省市区县旗州盟镇乡村路街号])(?=[\s,;]{{1,2}}{_PHONE.pattern}[\s,;]{{0,2}}"
    rf"(?:{_PROVINCES}|[{HAN}]{{2,6}}市))"
)
# What follows a comma and asks for something is a remark, as if it stood in brackets.
_REQUEST = re.compile(r"[,;。]((?:请|不要|别放|勿|务必|谢谢|麻烦|送货|放在?|尽快)[^()]*)$")
# A remark in front of the address goes behind it: (门卫转交)浙江省...
_REMARK_FIRST = re.compile(rf"^(\([^()]*(?<![省市区县旗州盟])\))(?=[{HAN}])(.+)$")
_ID_NUMBER = re.compile(r"(?:身份证(?:号码?)?:?)?(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_POSTCODE = re.compile(
    rf"^(?P<head>[0-9]{{6}})(?=[{HAN}\s,;])(?![号弄室栋幢])|[(,]?(?:邮编|邮政编码):?(?P<named>[0-9]{{6}})(?![0-9])[),]?"
    r"|(?<=[^0-9])[,;\s](?P<last>[0-9]{6})$"
)
# What phones, ID numbers and postcodes have and doors have not.
_LONG_NUMBER = re.compile(r"[0-9](?:[0-9]{5}|-[0-9]{4}-)")
# 新疆0伊宁: what an export writes for an empty cell.
_ZERO = re.compile(rf"0(?<=[{HAN}].)(?=[{HAN}])(?![号栋幢座单楼层室组米度]|点)")
_BLANKS = re.compile(r"\s+")
_BETWEEN = re.compile(r"(?<=[0-9A-Za-z])\s+(?=[0-9A-Za-z])")
_SEPARATORS = re.compile(
    rf"(?<=[{HAN}])[,;|/\\。:_]+|[,;|/\\。:_]+(?=[{HAN}])|^[,;|/\\。:_、.-]+|[,;|/\\。:_、.-]+$"
    rf"|(?<=(?![一二三四五六七八九十])[{HAN}])-(?=[{HAN}])"
)
_SOME_SEPARATOR = re.compile(r"[,;|/\\。:_、.-]")
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

    Width and compatibility forms are folded (NFKC), brackets and dashes made ASCII, traditional
    characters made simplified, a letter between digits made a digit (3O1), blanks removed (one stays
    between two Latin letters or digits), invisible characters and pictures removed, words for nothing
    (null, 不详) removed, labels, phone numbers, ID numbers, a name marked as the addressee's (李四收) and a
    postcode taken out, a province, city or county written twice in a row collapsed. Nothing else is
    changed or added.

    Flags: folded, traditional, look-alike, addressee, invisible, symbol, damaged, placeholder, label,
    phone, id-number, postcode-in-text, separators, repeated, too-long.
    normalise(normalise(t).text).text == normalise(t).text, for any t.
    Source: docs/addresses.md, what is cleaned.
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
        and _PLAIN.fullmatch(text) is not None
        and not _WORDS.search(text)
        and not _BETWEEN_WORDS.search(text)
        and not _repeats(text)
    )


def _repeats(text: str) -> bool:
    """Tell whether a part stands there twice in a row; the patterns are asked only where they may match."""
    again = text.find(text[:2], _MIN_REPEAT) > 0
    if again and _TWICE_WHOLE.match(text):
        return True
    kinds = [kind for kind in "省市区县" if text.count(kind) > 1]
    if not (again or kinds):
        return False
    start = text[:_TWICE_WITHIN]
    return any(_ends_twice(start, kind) for kind in (*kinds, *"旗盟州")) and _TWICE.search(start) is not None


def _ends_twice(text: str, kind: str) -> bool:
    """Tell whether what ends in a character stands there twice in a row: 北京市北京市."""
    first = text.find(kind, 1)
    while first > 0:
        ending = text[first - 1 : first + 1]
        second = text.find(ending, first) + 1
        while second > 0:
            length = second - first
            if length <= first + 1 and text[first + 1 - length : first + 1] == text[first + 1 : second + 1]:
                return True
            second = text.find(ending, second) + 1
        first = text.find(kind, first + 1)
    return False


def _one_pass(text: str, flags: set[str]) -> tuple[str, str]:
    text = _fold(_cut(text, flags), flags)
    text = _cut(text, flags)
    if _DAMAGED.search(text):
        flags.add("damaged")
    text = _drop(_INVISIBLE, text, "invisible", flags)
    text = _drop(_SYMBOL, text, "symbol", flags)
    if "n" in text or "N" in text:
        text = _drop(_NULL, text, "placeholder", flags)
    text = _drop(_ZERO, text, "placeholder", flags)
    text, postcode = _take_out(text, flags)
    if _BLANKS.search(text):
        text = _BLANKS.sub("", _BETWEEN.sub("\x00", text)).replace("\x00", " ")
    if _SOME_SEPARATOR.search(text):
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
    folded = unicodedata.normalize("NFKC", text)
    if _TO_FOLD.search(folded):
        folded = folded.translate(_FOLD)
    if folded != text:
        flags.add("folded")
    if _TO_SIMPLIFY.search(folded):
        folded = folded.translate(SIMPLE)
        flags.add("traditional")
    return _digits(folded, flags)


_LETTER_FOR_DIGIT = re.compile(r"[OoIl](?<=[0-9].)(?=[0-9])")


def _digits(text: str, flags: set[str]) -> str:
    text, count = _LETTER_FOR_DIGIT.subn(lambda m: "0" if m[0] in "Oo" else "1", text)
    if count:
        flags.add("look-alike")
    return text


def _take_out(text: str, flags: set[str]) -> tuple[str, str]:
    text = _drop(_LABEL, text.strip(), "label", flags)
    text = _drop(_CONTACT, text, "addressee", flags)
    text = _REQUEST.sub(r"(\1)", text)
    if text.startswith("("):
        text = _REMARK_FIRST.sub(r"\2\1", text)
    numbers = _LONG_NUMBER.search(text) is not None
    if numbers:
        text = _drop(_PHONE, text, "phone", flags)
        text = _drop(_ID_NUMBER, text, "id-number", flags)
    text = text.strip()
    if "收" in text or "转" in text or "姓名" in text:
        text = _drop(_ADDRESSEE, text, "addressee", flags)
    match = _POSTCODE.search(text) if numbers else None
    if match is None:
        return text, ""
    flags.add("postcode-in-text")
    return text[: match.start()] + text[match.end() :], match["head"] or match["named"] or match["last"]


def _collapse(text: str, flags: set[str]) -> str:
    if not _repeats(text):
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
