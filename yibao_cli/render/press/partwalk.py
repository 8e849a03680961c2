"""Walks the tree of document parts of an open print file, whatever damage it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterator


class Node(NamedTuple):
    """A node of the tree: its object, its own number, that of the node above, and its level from 0."""

    obj: Any
    number: tuple[int, int]
    above: tuple[int, int]
    level: int


class Tree(NamedTuple):
    """The nodes in print order; twice: whether one of them came up more than once; broken: other damage."""

    nodes: list[Node]
    twice: bool
    broken: list[str]


def walked(catalogue: Any) -> Tree:
    """The tree that a file's catalogue names, depth first; empty when it names none."""
    tree = Tree([], False, [])
    root = catalogue.get("/DPartRoot")
    first = root.get("/DPartRootNode") if isinstance(root, pikepdf.Dictionary) else None
    if not isinstance(first, pikepdf.Dictionary):
        return tree
    twice, seen = False, set()
    waiting = [Node(first, first.objgen, root.objgen, 0)]
    while waiting:
        node = waiting.pop()
        if node.number in seen:
            twice = True
            continue
        seen.add(node.number)
        tree.nodes.append(node)
        kids = list(_kids(node.obj, tree.broken))
        waiting += [Node(kid, kid.objgen, node.number, node.level + 1) for kid in reversed(kids)]
    return tree._replace(twice=twice)


def _kids(node: Any, broken: list[str]) -> Iterator[Any]:
    groups = node.get("/DParts", ())
    for group in groups:
        if not isinstance(group, pikepdf.Array):
            broken.append("/DParts")
            continue
        for kid in group:
            if isinstance(kid, pikepdf.Dictionary) and kid.is_indirect:
                yield kid
            else:
                broken.append("/DParts")
