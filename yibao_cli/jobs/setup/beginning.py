"""What a new workspace has to be told: the questions, what counts when nobody answers, and yibao.toml."""

from __future__ import annotations

import calendar
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from yibao_cli.codes import is_day, is_mailing_id, is_postcode
from yibao_cli.config import shipped
from yibao_cli.errors import UsageError, YibaoError, os_reason
from yibao_cli.i18n import _
from yibao_cli.kinds.loading import FILE_NAME, read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Answers = Mapping[str, str]

_PERIOD = re.compile(r"(?P<year>20\d\d)(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")
_QUARTER = 3  # months
_TOWN_DIGITS = 4  # of a postcode: what they share is local post (四级六码)
_DAYS_TO_POST = 8  # after the period's last day, where that is still to come
_NOTICE = 7  # days from today, else


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be told: its key, the words, what counts when nothing is typed, and what is wrong with it.

    default, check and choices know the answers so far; check gives "" for a good one; choices with a word to
    each, none where any text will do. narrow: it is a code, whose characters are the narrow ones.
    """

    key: str
    text: str
    default: Callable[[Answers], str]
    check: Callable[[str, Answers], str] = lambda _text, _answers: ""
    choices: Callable[[Answers], dict[str, str]] = lambda _answers: {}
    narrow: bool = False

    def meant(self, text: str, answers: Answers) -> str:
        """An answer as it is kept: a choice by its id, a code in the characters that it has."""
        choices = self.choices(answers)
        if text.isdecimal() and 0 < int(text) <= len(choices):
            return list(choices)[int(text) - 1]
        plain = _narrow(text) if self.narrow else text
        if self.key == "mailing":
            return plain.upper()
        return next((choice for choice, word in choices.items() if _narrow(word) == plain), plain)


def questions(today: str) -> tuple[Question, ...]:
    """All of them, in the order in which they are asked. today: ISO."""
    return (
        Question("client", _("client, as the statements name it"), lambda _a: ""),
        Question("address", _("sender's address"), lambda _a: ""),
        Question("postcode", _("sender's postcode"), lambda _a: "000000", _postcode_fault, narrow=True),
        Question("phone", _("telephone for questions"), lambda _a: ""),
        Question("printer", _("who prints, as it stands on the statement"), lambda _a: ""),
        Question("kind", _("statement kind"), lambda _a: "medical", _kind_fault, _kinds, narrow=True),
        Question("product", _("product"), _usual_product, _product_fault, _products, narrow=True),
        Question("mailing", _("first mailing"), lambda _a: last_quarter(today), _mailing_fault, narrow=True),
        Question(
            "posting",
            _("planned day of posting"),
            lambda a: _posting_day(a["mailing"], today),
            _day_fault,
            narrow=True,
        ),
        Question("local", _("postcodes of local post begin with"), _local_digits, _local_fault, narrow=True),
        Question(
            "tariff", _("file with the post's agreed prices, if there is one"), lambda _a: "", _tariff_fault
        ),
    )


def answered(given: Answers, today: str) -> dict[str, str]:
    """The answers given, with what counts when nobody answers for the others.

    Raises UsageError for the first one that is wrong.
    """
    found: dict[str, str] = {}
    for question in questions(today):
        text = question.meant(given.get(question.key) or question.default(found), found)
        if fault := question.check(text, found):
            raise UsageError(
                _("--{key}: {reason}").format(key=question.key, reason=fault), remedy=_("correct it")
            )
        found[question.key] = text
    return found


def kinds() -> dict[str, dict[str, str]]:
    """Every shipped kind by its id: name, product, and the kind it extends, "" for none."""
    files = sorted(shipped("templates").glob(f"*/{FILE_NAME}"))
    found = {path.parent.name: read_toml(path) for path in files}
    keys = ("name", "product", "extends")
    return {name: {k: str(data.get(k, "")) for k in keys} for name, data in found.items()}


def kind_of(answers: Answers) -> str:
    """The kind that is meant: the one named, or the relative of it that is printed on the product named."""
    known = kinds()
    wanted, product = answers["kind"], answers["product"]
    if known[wanted]["product"] == product:
        return wanted
    base = known[wanted]["extends"] or wanted
    family = [
        k for k, v in known.items() if base in {k, v["extends"]} and v["product"] == product
    ]  # a kind that says something else on the same product has another name
    return min(family, key=lambda k: (known[k]["name"] != known[base]["name"], len(k)), default="")


def settings_text(answers: Answers) -> str:
    """yibao.toml with a comment to each key, in the reader's language."""
    starts, ends, period = period_of(answers["mailing"], answers["posting"])
    a = {k: quoted(v) for k, v in answers.items()}
    local = json.dumps([p.strip() for p in re.split(r"[,，\s]+", answers["local"]) if p.strip()])
    lines = (
        ("# ", _("Settings of this workspace. Every key is described in docs/settings.md.")),
        "",
        (f"mailing = {a['mailing']} # ", _("the current mailing")),
        "",
        ("[client] # ", _("as the statements name it")),
        f"name = {a['client']}",
        (f"address = {a['address']} # ", _("where what cannot be delivered comes back to")),
        f"postcode = {a['postcode']}",
        (f"phone = {a['phone']} # ", _("for questions")),
        (f"printer = {a['printer']} # ", _("who prints, as it stands on the statement")),
        "",
        f"[mailings.{answers['mailing']}]",
        (f"kind = {quoted(kind_of(answers))} # ", _("`yibao kind check` shows all")),
        (f"period = {quoted(period)} # ", _("as it is printed")),
        f'starts = "{starts}"',
        f'ends = "{ends}"',
        (f"posting = {a['posting']} # ", _("planned day of posting")),
        "",
        "[render]",
        "pieces_per_part = 1000",
        ("workers = 0 # ", _("0: one a processor")),
        "",
        ("[tariff] # ", _("postage")),
        (f"local_prefixes = {local} # ", _("postcodes that begin so are local post")),
        (f"file = {a['tariff']} # ", _("prices agreed with the post; empty: the public ones")),
        "",
        ("[promise] # ", _("what is promised to the client")),
        ("delivered = 0.90 # ", _("delivery rate")),
        ("window_days = 30 # ", _("no return after so many days counts as delivered")),
    )
    return "".join(f"{line if isinstance(line, str) else ''.join(line)}\n" for line in lines)


def quoted(text: str) -> str:
    """A TOML string."""
    clean = text.encode("utf-8", "replace").decode()
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007F")


def last_quarter(today: str) -> str:
    """The quarter that ended last, as a mailing is named.

    >>> last_quarter("2026-02-03")
    '2025Q4'
    """
    day = date.fromisoformat(today)
    quarter = (day.month - 1) // _QUARTER
    return f"{day.year}Q{quarter}" if quarter else f"{day.year - 1}Q4"


def period_of(mailing: str, day: str) -> tuple[str, str, str]:
    """First and last day of the period that a mailing's name tells, and how it is printed.

    2026Q3, 2026-09 and 2026 tell one; any other name means the quarter that ended last before the day, ISO.

    >>> period_of("2026Q3", "2026-10-08")
    ('2026-07-01', '2026-09-30', '2026年7月1日至9月30日')
    """
    match = _PERIOD.fullmatch(mailing) or _PERIOD.fullmatch(last_quarter(day))
    assert match is not None
    year, quarter, month = (int(g) if g else 0 for g in match.group("year", "quarter", "month"))
    first = (quarter - 1) * _QUARTER + 1 if quarter else month or 1
    last = quarter * _QUARTER if quarter else month or 12
    days = calendar.monthrange(year, last)[1]
    printed = f"{year}年{first}月1日至{last}月{days}日"
    return f"{year}-{first:02d}-01", f"{year}-{last:02d}-{days}", printed


def _posting_day(mailing: str, today: str) -> str:
    planned = date.fromisoformat(period_of(mailing, today)[1]) + timedelta(_DAYS_TO_POST)
    return max(planned, date.fromisoformat(today) + timedelta(_NOTICE)).isoformat()


def _kinds(_answers: Answers) -> dict[str, str]:
    # The same statement on another product is chosen by the product.
    found = kinds()
    return {
        k: v["name"] for k, v in found.items() if not v["extends"] or v["name"] != found[v["extends"]]["name"]
    }


def _products(answers: Answers) -> dict[str, str]:
    """Those that the kind is printed on, by their names."""
    products = read_toml(shipped("templates") / "common" / "products.toml")
    return {
        p: str(facts["name"]) for p, facts in sorted(products.items()) if kind_of({**answers, "product": p})
    }


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _usual_product(answers: Answers) -> str:
    return kinds()[answers["kind"]]["product"]


def _local_digits(answers: Answers) -> str:
    return "" if answers["postcode"] == "000000" else answers["postcode"][:_TOWN_DIGITS]


def _postcode_fault(text: str, _answers: Answers) -> str:
    return "" if is_postcode(text) or text == "000000" else _("a postcode has six digits")


def _kind_fault(text: str, _answers: Answers) -> str:
    return "" if text in kinds() else _("there is no statement kind {kind}").format(kind=text)


def _product_fault(text: str, answers: Answers) -> str:
    if kind_of({**answers, "product": text}):
        return ""
    return _("{kind} is not printed on {product}").format(kind=answers["kind"], product=text)


def _mailing_fault(text: str, _answers: Answers) -> str:
    return "" if is_mailing_id(text) else _("use 1 to 20 of A-Z, 0-9 and -, such as 2026Q3")


def _day_fault(text: str, _answers: Answers) -> str:
    return "" if is_day(text) else _("write it as YYYY-MM-DD")


def _local_fault(text: str, _answers: Answers) -> str:
    parts = [p for p in re.split(r"[,，\s]+", text) if p]
    return (
        "" if all(re.fullmatch(r"[0-9]{1,6}", p) for p in parts) else _("one to six digits, commas between")
    )


def _tariff_fault(text: str, _answers: Answers) -> str:
    if not text:
        return ""
    # It brings pandas along, and the first question should not wait for that.
    from yibao_cli.mailing.tariff import load_tariff  # noqa: PLC0415

    try:
        load_tariff(Path(text))
    except YibaoError as error:
        return str(error)
    except OSError as error:
        return os_reason(error)
    except ValueError:  # a name that no file can have
        return _("there is no such file or folder")
    return ""
