"""Response codes, and what ads did: lift over those held out, never below what the numbers can show.

A code says nothing about who has it: ten characters of a keyed hash over mailing, piece and panel, and a
check character. The lift is the difference between the shares that responded, with a 95 % interval; where the
arms are too small to show a lift of that size (80 % power), no lift is told. Source: docs/ads.md.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_LENGTH = 10
_CONFIDENCE, _POWER = 1.959963984540054, 0.8416212335729143  # 95 % two-sided, 80 %
_LOOK_ALIKES = str.maketrans("ILOU", "110V")


def response_code(key: str, mailing: str, piece: str, panel: str) -> str:
    """The code of one panel of one piece: ten characters and a check."""
    text = f"{mailing}/{piece}/{panel}".encode()
    number = int.from_bytes(hashlib.blake2b(text, key=key.encode()[:64], digest_size=8).digest(), "big")
    body = "".join(_ALPHABET[number >> 5 * i & 31] for i in range(_LENGTH))
    return body + _check(body)


def read_code(text: str) -> str | None:
    """A code as somebody typed or scanned it (an address before it is dropped); None when it is none."""
    code = text.strip().rstrip("/").rpartition("/")[2].upper().replace("-", "").translate(_LOOK_ALIKES)
    if len(code) != _LENGTH + 1 or any(c not in _ALPHABET for c in code):
        return None
    return code if _check(code[:-1]) == code[-1] else None


def _check(body: str) -> str:
    # Odd weights that differ: every single slip is found, and all but one in 32 swaps of neighbours.
    return _ALPHABET[sum((2 * i + 1) * _ALPHABET.index(c) for i, c in enumerate(body)) % 32]


@dataclass(frozen=True, slots=True)
class Lift:
    """What an ad did.

    share, base: of those who saw it and of those held out. detectable: smallest relative lift that arms of
    this size show; told: whether the lift may be told; low, high: 95 % interval of the difference.
    """

    exposed: int
    held_out: int
    share: float
    base: float
    detectable: float
    low: float
    high: float
    told: bool

    @property
    def relative(self) -> float:
        """The lift over the base; what `told` forbids to show is not shown."""
        return self.share / self.base - 1 if self.base else math.inf


def lift_of(exposed: tuple[int, int], held_out: tuple[int, int]) -> Lift:
    """The lift of (people, responses) who saw an ad over those held out."""
    (n, hits), (m, control) = exposed, held_out
    share, base = hits / n if n else 0.0, control / m if m else 0.0
    detectable = detectable_lift(base, n, m) if n and m and control else math.inf
    low, high = newcombe((hits, n), (control, m)) if n and m else (-1.0, 1.0)
    relative = share / base - 1 if base else 0.0
    told = bool(base) and abs(relative) >= detectable
    return Lift(n, m, share, base, detectable, low, high, told)


def arm_sizes(base: float, lift: float, ratio: float = 1.0) -> tuple[int, int]:
    """People (exposed, held out) that show a relative lift; ratio: exposed for each held out."""
    other = base * (1 + lift)
    mean = (base + ratio * other) / (1 + ratio)
    spread = _CONFIDENCE * math.sqrt(mean * (1 - mean) * (1 + 1 / ratio))
    spread += _POWER * math.sqrt(base * (1 - base) + other * (1 - other) / ratio)
    few = (spread / (other - base)) ** 2
    return math.ceil(few * ratio), math.ceil(few)


def detectable_lift(base: float, exposed: int, held_out: int) -> float:
    """The smallest relative lift that arms of these sizes show; infinite where none does."""
    low, high = 1e-6, (1 - base) / base
    if high <= low:
        return math.inf
    if arm_sizes(base, high, exposed / held_out)[1] > held_out:
        return math.inf
    for _turn in range(60):
        middle = (low + high) / 2
        if arm_sizes(base, middle, exposed / held_out)[1] > held_out:
            low = middle
        else:
            high = middle
    return high


def wilson(hits: int, people: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson."""
    if not people:
        return 0.0, 1.0
    share, z2 = hits / people, _CONFIDENCE**2
    middle = (share + z2 / (2 * people)) / (1 + z2 / people)
    half = _CONFIDENCE / (1 + z2 / people)
    half *= math.sqrt(share * (1 - share) / people + z2 / (4 * people**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def newcombe(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    """The 95 % interval of the difference of two shares (hits, people), from their Wilson intervals."""
    p, q = one[0] / one[1], other[0] / other[1]
    (l1, u1), (l2, u2) = wilson(*one), wilson(*other)
    low = p - q - math.hypot(p - l1, u2 - q)
    return low, p - q + math.hypot(u1 - p, q - l2)
