"""Match the strings a page shows with the texts it must show.

A text may be shown as several strings (one a line) and may be cut, its last string then ending in `…`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

CUT = "…"


@dataclass(frozen=True, slots=True)
class Matched:
    """How the two sides fit.

    runs: what the page shows for each text that was found, its strings joined.
    missing: texts the page does not show; extra: strings that belong to no text.
    in_order: whether every text stands in its place and nothing besides.
    """

    runs: list[str]
    missing: list[str]
    extra: list[str]
    in_order: bool


def match_texts(shown: list[str], wanted: list[str]) -> Matched:
    """Match strings and texts, both without white space and without empty ones.

    Every string is used at most once: len(joined runs) + len(joined extra) == len(joined shown).
    """
    if shown == wanted:
        return Matched(shown, [], [], in_order=True)
    runs = _in_order(shown, wanted)
    if runs is not None:
        return Matched(runs, [], [], in_order=True)
    return _in_any_order(shown, wanted)


def _in_order(shown: list[str], wanted: list[str]) -> list[str] | None:
    at = 0
    runs = []
    for text in wanted:
        if at < len(shown) and shown[at] == text:
            runs.append(text)
            at += 1
            continue
        length = _run_length(shown, at, text)
        if not length:
            return None
        runs.append("".join(shown[at : at + length]))
        at += length
    return runs if at == len(shown) else None


def _in_any_order(shown: list[str], wanted: list[str]) -> Matched:
    whole = Counter(shown) & Counter(wanted)
    runs = list(whole.elements())
    rest, texts = _without(shown, whole), _without(wanted, whole)
    missing = []
    for text in texts:
        at, length = next(((i, n) for i in range(len(rest)) if (n := _run_length(rest, i, text))), (0, 0))
        if length:
            runs.append("".join(rest[at : at + length]))
            del rest[at : at + length]
        else:
            missing.append(text)
    return Matched(runs, missing, rest, in_order=False)


def _without(texts: list[str], used: Counter[str]) -> list[str]:
    left = used.copy()
    rest = []
    for text in texts:
        if left[text]:
            left[text] -= 1
        else:
            rest.append(text)
    return rest


def _run_length(shown: list[str], at: int, text: str) -> int:
    """How many strings from `at` on show the text, whole or else cut; 0 when they do not."""
    joined, cut = "", 0
    for length, string in enumerate(shown[at:], 1):
        joined += string
        if joined == text:
            return length
        if _is_cut(joined, text):
            cut = cut or length
        if not text.startswith(joined):
            break
    return cut


def _is_cut(run: str, text: str) -> bool:
    return run.endswith(CUT) and len(run) > 1 and text.startswith(run.removesuffix(CUT))
