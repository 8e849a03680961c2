"""Checks of the tree of document parts, and of the privacy of its metadata.

Source: ISO 16612-2:2010, 6.5; ISO 32000-2, 14.12; the Arlington PDF model.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pikepdf

from yibao_cli.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yibao_cli.render.press.partwalk import Node
    from yibao_cli.render.press.pressfile import PressFile

_KEYS = frozenset({"/YB_Mailing", "/YB_Part", "/YB_Bag", "/YB_Bundle", "/YB_Piece", "/YB_Pages"})
# Numbers of identity cards (18 digits, the last may be X, and the old 15) and mobiles, and Chinese script.
_PERSONAL = re.compile(
    r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)"
    r"|[\u2e80-\u2fff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def _root(file: PressFile) -> Iterator[tuple[int, str]]:
    root = file.root.get("/DPartRoot")
    if not (isinstance(root, pikepdf.Dictionary) and root.is_indirect and root.get("/Type") == "/DPartRoot"):
        yield 0, "/DPartRoot"


def _root_node(file: PressFile) -> Iterator[tuple[int, str]]:
    nodes = file.parts.nodes
    if not nodes or nodes[0].number == (0, 0):
        yield 0, "/DPartRootNode"


def _types(file: PressFile) -> Iterator[tuple[int, str]]:
    if any(node.obj.get("/Type") != "/DPart" for node in file.parts.nodes):
        yield 0, "/Type"


def _levels(file: PressFile) -> int:
    return max((node.level + 1 for node in file.parts.nodes), default=0)


def _level_names(file: PressFile) -> Iterator[tuple[int, str]]:
    names = _of_root(file, "/NodeNameList")
    listed = list(names) if isinstance(names, pikepdf.Array) else []
    if not all(isinstance(name, pikepdf.Name) for name in listed) or len(listed) != max(_levels(file), 1):
        yield 0, "/NodeNameList"


def _record_level(file: PressFile) -> Iterator[tuple[int, str]]:
    level = _of_root(file, "/RecordLevel")
    if not isinstance(level, int) or isinstance(level, bool) or not 0 <= level < _levels(file):
        yield 0, "/RecordLevel"


def _of_root(file: PressFile, key: str) -> Any:
    root = file.root.get("/DPartRoot")
    return root.get(key) if isinstance(root, pikepdf.Dictionary) else None


def _parents(file: PressFile) -> Iterator[tuple[int, str]]:
    tree = file.parts
    if tree.twice:
        yield 0, "/DParts"
    for node in tree.nodes:
        parent = node.obj.get("/Parent")
        if parent is None or node.above == (0, 0) or parent.objgen != node.above:
            yield _page_of(file, node), "/Parent"


def _branches(file: PressFile) -> Iterator[tuple[int, str]]:
    tree = file.parts
    yield from ((0, what) for what in tree.broken)
    for node in tree.nodes:
        if ("/DParts" in node.obj) == ("/Start" in node.obj):
            yield _page_of(file, node), "/DParts /Start"
        elif "/End" in node.obj and "/Start" not in node.obj:
            yield 0, "/End"


def _ranges(file: PressFile) -> Iterator[tuple[int, str]]:
    following = 1
    for node, first, last in _leaves(file):
        if first != following or last < first:
            yield _page_of(file, node), "/Start /End"
        following = max(last, first) + 1
    if following != len(file.pages) + 1:
        yield 0, "/DPartRoot"


def _page_links(file: PressFile) -> Iterator[tuple[int, str]]:
    of_page = {}
    for node, first, last in _leaves(file):
        of_page.update(dict.fromkeys(range(first, last + 1), node.number))
    for number, page in enumerate(file.pages, 1):
        leaf = page.get("/DPart")
        if leaf is None or leaf.objgen != of_page.get(number):
            yield number, "/DPart"


def _leaves(file: PressFile) -> Iterator[tuple[Node, int, int]]:
    """Each node with pages, and its first and last page; 0 for what is no page of the file."""
    for node in file.parts.nodes:
        if (start := node.obj.get("/Start")) is not None:
            first, last = start.objgen, node.obj.get("/End", start).objgen
            yield node, file.page_numbers.get(first, 0), file.page_numbers.get(last, 0)


def _page_of(file: PressFile, node: Node) -> int:
    start = node.obj.get("/Start")
    return 0 if start is None else file.page_numbers.get(start.objgen, 0)


def _of_metadata(
    wrong: Callable[[str, Any], bool], what: str
) -> Callable[[PressFile], Iterator[tuple[int, str]]]:
    """A check of each key and value in the metadata of all nodes; a value is never shown."""

    def check(file: PressFile) -> Iterator[tuple[int, str]]:
        for node in file.parts.nodes:
            metadata = node.obj.get("/DPM")
            if metadata is not None and any(wrong(key, value) for key, value in _entries(metadata)):
                yield _page_of(file, node), what

    return check


_DEEPEST = 20


def _entries(metadata: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    if not isinstance(metadata, pikepdf.Dictionary) or depth > _DEEPEST:
        yield "", metadata
        return
    for key, value in metadata.items():
        if isinstance(value, pikepdf.Dictionary):
            yield from _entries(value, depth + 1)
        else:
            yield key, value


def _no_text(_key: str, value: Any) -> bool:
    return not isinstance(value, pikepdf.String)


def _unknown(key: str, _value: Any) -> bool:
    return key not in _KEYS


def _personal(key: str, value: Any) -> bool:
    return bool(_PERSONAL.search(f"{key}\n{value}"))


CHECKS = {
    "parts-root": (N_("The catalogue refers to the root of the document parts."), _root),
    "parts-root-node": (N_("The root of the document parts refers to its first node."), _root_node),
    "parts-types": (N_("Every node of the document parts says what it is."), _types),
    "parts-level-names": (N_("Every level of the document parts has a name."), _level_names),
    "parts-record-level": (N_("The file says which level of the document parts is a record."), _record_level),
    "parts-parents": (N_("Every node of the document parts has one parent, and names it."), _parents),
    "parts-branches": (N_("A node of the document parts has either nodes or pages."), _branches),
    "parts-pages": (N_("The document parts hold every page once, in order."), _ranges),
    "parts-links": (N_("Every page refers to its document part."), _page_links),
    "parts-texts": (N_("The metadata of document parts are texts only."), _of_metadata(_no_text, "/DPM")),
    "parts-keys": (
        N_("The metadata of document parts have known keys."),
        _of_metadata(_unknown, "/DPM"),
    ),
    "parts-private": (N_("The metadata of document parts name no person."), _of_metadata(_personal, "/DPM")),
}
