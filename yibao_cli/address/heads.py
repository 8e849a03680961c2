"""What the head of an address was read as."""

from __future__ import annotations

from typing import NamedTuple

from yibao_cli.address.divisions import COUNTY, Division, gazetteer


class Head(NamedTuple):
    """What the head of an address names.

    live: the finest divisions that fit, in code order; more than one where the name is shared.
    end: where the rest begins. flags: what was remarkable; `contradiction:昆山市` bears the name.
    name: the name taken last, as written. tail: where road and number begin, if a contradicting name
      stands between.
    """

    live: tuple[Division, ...] = ()
    end: int = 0
    flags: tuple[str, ...] = ()
    name: str = ""
    tail: int = 0

    @property
    def county(self) -> bool:
        """Tell whether the county is reached, by each division that fits."""
        return is_county_all(self.live)


def is_county(division: Division) -> bool:
    """Tell whether nothing between the division and its townships is missing (东莞 has no counties)."""
    return division.level == COUNTY or division.code in gazetteer().direct


def is_county_all(live: tuple[Division, ...]) -> bool:
    """Tell whether each of the divisions is a county or stands for one."""
    return bool(live) and all(map(is_county, live))
