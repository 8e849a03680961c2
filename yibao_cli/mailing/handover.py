"""The papers that go with the mail to employers: notice, list of members, sign-off sheet with its receipt.

Names of members stand there because the employer gives the statements out by them; no amount and no number of
an identity card does. The papers are Chinese, whatever language the screen speaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from yibao_cli.codes import HandoverCode, copy_number
from yibao_cli.exports import Column
from yibao_cli.exports.paper import (
    Block,
    Code,
    Facts,
    Gap,
    Heading,
    Paper,
    Section,
    Signatures,
    Table,
    TearLine,
    Words,
)
from yibao_cli.mailing.contacts import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from yibao_cli.exports import Cell

MODES = ("门到门", "桌对桌", "手到手")
_LIST = (Column("序号", "count"), Column("账单编号"), Column("姓名"), Column("把"), Column("签收或退回原因"))
_LIST_WIDTHS = (14.0, 34.0, 40.0, 16.0, 82.0)
_SIGNERS = ("投递员", "签收人（盖章）", "签收日期和时间")
INDEX = (
    Column("签收单号", "count"),
    Column("投递日期"),
    Column("车号", "count"),
    Column("顺序", "count"),
    Column("预计到达"),
    Column("单位编号"),
    Column("单位名称", "wrap"),
    Column("投递地址", "wrap"),
    Column("邮编"),
    Column("投递方式"),
    Column("件数", "count"),
    Column("把数", "count"),
    Column("备注", "wrap"),
)
# What a vehicle takes on a day: its stops, its last arrival, its load.
VEHICLES = (
    Column("投递日期"),
    Column("车号", "count"),
    Column("站数", "count"),
    Column("末站到达"),
    Column("件数", "count"),
    Column("把数", "count"),
)
CALLS = (
    Column("告知日期"),
    Column("单位编号"),
    Column("单位名称", "wrap"),
    Column("收件人"),
    Column("联系电话"),
    Column("投递日期"),
    Column("预计到达"),
    Column("件数", "count"),
    Column("告知内容", "wrap"),
    Column("结果", "input", narrowest=10),
    Column("约定时间", "input", narrowest=10),
    Column("告知人", "input", narrowest=8),
)


class Employer(NamedTuple):
    """An employer as it is delivered to.

    number: of the handover. day: ISO, "" where it is on no route; at: `09:05`; vehicle, place: 0 for none.
    """

    number: int
    employer_no: str
    name: str
    address: str
    postcode: str
    contact: str
    phone: str
    mode: str
    pieces: int
    bundles: int
    day: str = ""
    at: str = ""
    vehicle: int = 0
    place: int = 0
    remark: str = ""


class Member(NamedTuple):
    """A piece on an employer's list."""

    piece: str
    copy: int
    name: str
    bundle: int


@dataclass(frozen=True, slots=True)
class HandoverTexts:
    """What the papers say, with `{name}` for what is filled in; and the words that are the same on all."""

    texts: Mapping[str, str]
    words: Mapping[str, str]

    def say(self, key: str, employer: Employer, deadline: str) -> str:
        """A text for one employer."""
        own = {
            "unit": employer.name,
            "pieces": f"{employer.pieces:,}",
            "bundles": f"{employer.bundles:,}",
            "day": employer.day,
            "time": deadline,
            "mode": employer.mode,
            "place": employer.address,
        }
        return filled(self.texts[key], {**self.words, **own})


def handover_paper(
    mailing: str,
    deliveries: Iterable[tuple[Employer, Iterable[Member]]],
    texts: HandoverTexts,
    deadline: str,
) -> Paper:
    """The papers of every employer, one after the other, as they are delivered; members are streamed."""

    def blocks() -> Iterator[Block]:
        for employer, members in deliveries:
            yield from _notice(mailing, employer, members, texts, deadline)
            yield from _sign_off(mailing, employer, texts, deadline)

    return Paper("", blocks(), footer=f"批次 {mailing}", type_size=9.5)


def _notice(
    mailing: str, employer: Employer, members: Iterable[Member], texts: HandoverTexts, deadline: str
) -> Iterator[Block]:
    yield Section(texts.texts["title"], (texts.words["client"],), _head(employer))
    yield Facts(_facts(employer, deadline), code=_code(mailing, employer))
    yield Gap()
    yield Words(texts.say("notice", employer, deadline))
    yield Gap()
    yield Heading(texts.texts["list_title"])
    rows = (
        (n, copy_number(m.piece, m.copy), m.name, str(m.bundle or ""), "")
        for n, m in enumerate(members, start=1)
    )
    yield Table(_LIST, rows, widths=_LIST_WIDTHS)


def _sign_off(mailing: str, employer: Employer, texts: HandoverTexts, deadline: str) -> Iterator[Block]:
    """Two halves with one code: what the employer keeps, and what the courier brings back to be scanned."""
    yield Section(texts.texts["sign_title"], (texts.words["client"],), _head(employer))
    for part, more in enumerate(("", texts.texts["receipt_title"])):
        if part:
            yield Gap(12)
            yield TearLine()
            yield Gap(6)
            yield Heading(more)
        yield Facts(_facts(employer, deadline), code=_code(mailing, employer))
        yield Gap(6)
        yield Words(texts.say("sign", employer, deadline))
        yield Words("实收________件；差异说明：____________________________________________")
        yield Gap(10)
        yield Signatures(_SIGNERS)


def _head(employer: Employer) -> str:
    route = f"{employer.day} {employer.vehicle}号车 第{employer.place}站" if employer.vehicle else "未排车"
    return f"签收单号 {employer.number}  {route}"


def _facts(employer: Employer, deadline: str) -> list[tuple[str, str]]:
    return [
        ("单位名称", employer.name),
        ("单位编号", employer.employer_no),
        ("投递地址", employer.address),
        ("邮政编码", employer.postcode),
        ("收件人", employer.contact),
        ("投递方式", employer.mode),
        ("件数", f"{employer.pieces:,}"),
        ("把数", f"{employer.bundles:,}"),
        ("投递日期", employer.day),
        ("最迟时间", deadline),
    ]


def _code(mailing: str, employer: Employer) -> Code:
    code = str(HandoverCode(mailing, employer.number))
    return Code(code, captions=(f"签收单号 {employer.number}",), module=0.6)


def index_row(employer: Employer) -> tuple[Cell, ...]:
    """A row of the index, under INDEX."""
    e = employer
    where = (e.employer_no, e.name, e.address, e.postcode, e.mode, e.pieces, e.bundles, e.remark)
    return (e.number, e.day, e.vehicle, e.place, e.at, *where)
