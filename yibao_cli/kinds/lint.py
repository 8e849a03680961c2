"""What the texts of a kind must not say: left-over placeholders, other clients, words of other trades."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import nodes

from yibao_cli.i18n import _
from yibao_cli.kinds.geometry import BarcodeItem, TableItem, TextItem
from yibao_cli.kinds.sources import text_of
from yibao_cli.kinds.texts import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yibao_cli.kinds.geometry import Item
    from yibao_cli.kinds.kind import Kind

# What people write where a value is still to come.
_PLACEHOLDER = re.compile(
    r"[xX×＊*]{3,}|[?？]{2,}|_{3,}|＿{2,}|□{2,}|\{\{|\}\}|\{%|\$\{|某某|待填|待定|待补|TODO|TBD|lorem ipsum|"
    r"[〔【（(\[][xX×]{2,}[)）】〕\]]|(?<![A-Za-z])[xX×]{2}(?=[年月日市县区公司局号元])",
    re.IGNORECASE,
)
# An office or company with its place: such a name comes from yibao.toml and nowhere else. No verb or particle
# stands in the place, or whole sentences would count, and each district's own (各区) is nobody's name.
_WORD = r"(?:(?!统筹|参保|[各我您到请在及或由])[\u4e00-\u9fff])"
_PLACE = rf"{_WORD}{{2,8}}?(?:省|市|县|区|州|盟|旗)"
_CLIENT = re.compile(
    rf"({_PLACE}){_WORD}{{0,10}}?"
    r"(?:医疗保障局|医保(?:局|中心)|医疗保险(?:管理)?(?:中心|处)|社会保险(?:事业)?(?:管理)?(?:局|中心)|社保(?:局|中心)|"
    r"人力资源和社会保障局|人社局|公积金管理(?:中心|部)|公积金中心|邮政(?:分公司|公司|局)|商函中心|"
    r"(?:供电|电力|电业|供热|热力|供水|自来水|水务|燃气|天然气|供气)"
    r"(?:(?:集团|控股|股份|有限|责任|总|分){0,4}公司|集团|局))"
)
# Of the fixed texts of a mailing those that are no business of another client's either.
_NAMED = {"kind", "mailing"}
_SHORTEST = 3  # characters of a place: `平山县`


@dataclass(frozen=True, slots=True)
class Lint:
    """One thing that must not be printed: in which text (`@notes` or its panel), what it is, which words."""

    place: str
    what: str
    words: str


def lint_kind(kind: Kind, constants: Mapping[str, Mapping[str, str]] | None = None) -> list[Lint]:
    """Everything in a kind's texts that must not be printed, in the order of the panels.

    constants: the fixed texts of a mailing, which are looked at too; its client's name is no other's.
    """
    found: dict[Lint, None] = {}
    own = (constants or {}).get("client", {}).get("name", "")
    for place, text in _texts(kind):
        for words in _written(text):
            found |= dict.fromkeys(_faults(place, words, kind, own))
    for group, values in (constants or {}).items():
        for name, value in values.items():
            place = f"{group}.{name}"
            if match := _PLACEHOLDER.search(value):
                found[Lint(place, _("placeholder"), match[0])] = None
            if group in _NAMED:
                found |= dict.fromkeys(_others(place, value, own))
    return list(found)


def untold(kind: Kind, client: Mapping[str, str]) -> list[str]:
    """What the texts of a kind say of the client though it is blank; a printer 印制单位 there need not be."""
    blank = {n for n, v in client.items() if n != "printer" and not v.strip("0 ")}
    names = {
        node.attr
        for _place, text in (_texts(kind) if blank else ())
        for node in parse_text(text).find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "client"
    }
    return sorted(blank & names)


def _faults(place: str, text: str, kind: Kind, own: str) -> Iterator[Lint]:
    for match in _PLACEHOLDER.finditer(text):
        yield Lint(place, _("placeholder"), match[0])
    yield from _others(place, text, own)
    for word in kind.lint.forbidden:
        if word in text:
            yield Lint(place, _("a word of another trade"), word)


def _others(place: str, text: str, own: str) -> Iterator[Lint]:
    """Names of offices and companies that are not the client's own; own: "" where it is not known."""
    for match in _CLIENT.finditer(text):
        # A word before the name may have been taken for the beginning of its place.
        rests = (match[0][at:] for at in range(len(match[1]) - _SHORTEST + 1))
        if not own or not any(rest in own for rest in rests):
            yield Lint(place, _("another client's name"), match[0])


def _texts(kind: Kind) -> Iterator[tuple[str, str]]:
    for variant in kind.variant_names:
        for name, panel in kind.panels_of(variant).items():
            for item in panel.items:
                yield from ((_place(t, f"panels.{name}"), text_of(kind, t)) for t in _texts_of(item))
    for house in kind.house:
        for item in house.items:
            yield from ((_place(t, f"house.{house.id}"), text_of(kind, t)) for t in _texts_of(item))
    for name, specs in kind.settings.items():
        yield from ((f"settings.{name}", s.value) for s in specs if isinstance(s.value, str))


def _place(text: str, panel: str) -> str:
    return text if text.startswith("@") else panel


def _texts_of(item: Item) -> Iterator[str]:
    match item:
        case TextItem() | BarcodeItem():
            yield item.text
        case TableItem():
            yield from (t for c in item.columns for t in (c.header, c.text))
            yield from (item.overflow_text, item.brought_text, item.carried_text, item.empty_text)


def _written(text: str) -> Iterator[str]:
    """The words that a template prints of itself, without the names in it."""
    tree = parse_text(text)
    compared = {id(n) for c in tree.find_all(nodes.Compare) for n in c.find_all(nodes.Const)}
    yield from (n.data for n in tree.find_all(nodes.TemplateData))
    yield from (
        n.value for n in tree.find_all(nodes.Const) if isinstance(n.value, str) and id(n) not in compared
    )
