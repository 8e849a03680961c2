"""The document-part tree of PDF/VT: mailing, bag, bundle, piece; written while the pages are.

A node goes out as soon as its group closes; in memory stay the numbers of what the open groups hold. The
metadata says which piece and how many pages, its bundle and bag: nothing about a person.
Source: ISO 16612-2:2010, 6.5; ISO 32000-2, 14.12; the Arlington PDF model.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from yibao_cli.errors import InternalError, SettingsError
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LEVELS = (b"mailing", b"bag", b"bundle", b"piece")
_RECORD_LEVEL = 3  # counted from 0: one record is one piece
# Ids, postcodes and numbers. What else may come is a name or an address, which has no place here.
_PLAIN = re.compile(r"[\w.\-/ ]{0,64}", re.ASCII)


class PartTree:
    """Writes the tree; `leaf_number` before a piece's pages, `add` after them, `finish` at the end.

    reserve: gives the number of a new object; write: writes one that was reserved.
    Pieces come in print order; a bag or bundle is a run of pieces, and when its name comes again later it is
    another one.
    Raises SettingsError when the mailing's id is more than letters, digits and marks between them, or too
    long; InternalError for a piece without pages, out of turn, or with a text that is no id or number.
    """

    def __init__(
        self, reserve: Callable[[], int], write: Callable[[int, bytes], None], mailing: str, part: str
    ) -> None:
        if not (_PLAIN.fullmatch(mailing) and _PLAIN.fullmatch(part)):
            raise SettingsError(
                _("the id of a mailing for the press is at most 64 letters, digits, - _ . and /"),
                remedy=_("give the mailing another id in yibao.toml, and merge it again"),
            )
        self._reserve, self._write = reserve, write
        self._root = reserve()
        self._labels = {b"Mailing": mailing, b"Part": part}
        # The open groups from the root down: name, number, numbers of what is in it.
        self._open: list[tuple[str, int, list[int]]] = [(mailing, reserve(), [])]
        self._leaf = 0

    def leaf_number(self) -> int:
        """Number of the next piece's node, to which its pages refer by /DPart."""
        if not self._leaf:
            self._leaf = self._reserve()
        return self._leaf

    def add(self, bag: str, bundle: str, piece: str, pages: Sequence[int]) -> None:
        """Write a piece's node; pages: numbers of its page objects, in order."""
        if not (self._leaf and pages):
            raise InternalError(_("a piece of the document-part tree has no pages or comes out of turn"))
        self._enter(bag, bundle)
        _name, parent, leaves = self._open[-1]
        leaves.append(self._leaf)
        labels = _labels({b"Piece": piece, b"Pages": str(len(pages))})
        span = b"/Start %d 0 R/End %d 0 R" % (pages[0], pages[-1])
        self._write(self._leaf, b"<</Type/DPart/Parent %d 0 R%b%b>>" % (parent, span, labels))
        self._leaf = 0

    def finish(self) -> int:
        """Write what is open and the root; returns the root's number, for /DPartRoot of the catalogue."""
        if self._leaf or not self._open[0][2]:
            raise InternalError(_("a piece of the document-part tree has no pages or comes out of turn"))
        first = self._open[0][1]
        while self._open:
            self._close()
        names = b"".join(b"/%b" % level for level in _LEVELS)
        self._write(
            self._root,
            b"<</Type/DPartRoot/DPartRootNode %d 0 R/NodeNameList[%b]/RecordLevel %d>>"
            % (first, names, _RECORD_LEVEL),
        )
        return self._root

    def _enter(self, bag: str, bundle: str) -> None:
        """Close the groups that end here, and open those that begin."""
        groups = [name for name, _number, _members in self._open[1:]]
        same = 0
        for old, new in zip_longest(groups, (bag, bundle)):
            if old is None or old != new:
                break
            same += 1
        while len(self._open) > same + 1:
            self._close()
        for name in (bag, bundle)[same:]:
            number = self._reserve()
            self._open[-1][2].append(number)
            self._open.append((name, number, []))

    def _close(self) -> None:
        name, number, members = self._open.pop()
        depth = len(self._open)
        parent = self._open[-1][1] if self._open else self._root
        own = {1: {b"Bag": name}, 2: {b"Bundle": name}}.get(depth, self._labels)
        kids = b" ".join(b"%d 0 R" % member for member in members)
        self._write(number, b"<</Type/DPart/Parent %d 0 R/DParts[[%b]]%b>>" % (parent, kids, _labels(own)))


def _labels(values: dict[bytes, str]) -> bytes:
    """The metadata of a node; without a value, no key."""
    if not all(_PLAIN.fullmatch(value) for value in values.values()):
        raise InternalError(_("the document-part tree may bear ids and numbers only"))
    pairs = b"".join(b"/YB_%b(%b)" % (key, value.encode()) for key, value in values.items() if value)
    return b"/DPM<<%b>>" % pairs if pairs else b""
