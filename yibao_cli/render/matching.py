"""Match the strings a page shows with the texts it must show.

A text may be shown as several strings (one a line). A table's cell may be cut, its last string then ending
in `…`; no other text may.
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


def match_texts(shown: list[str], wanted: list[str], whole: int = 0) -> Matched:
    """Match strings and texts, both without white space and without empty ones.

    whole: how many texts, the first ones, must not be cut. Every string is used at most once:
    len(joined runs) + len(joined extra) == len(joined shown).
    """
    if shown == wanted:
        return Matched(shown, [], [], in_order=True)
    runs = _in_order(shown, wanted, whole)
    if runs is not None:
        return Matched(runs, [], [], in_order=True)
    return _in_any_order(shown, wanted, whole)


def _in_order(shown: list[str], wanted: list[str], whole: int) -> list[str] | None:
    at = 0
    runs = []
    for i, text in enumerate(wanted):
        if at < len(shown) and shown[at] == text:
            runs.append(text)
            at += 1
            continue
        length = _run_length(shown, at, text, cuttable=i >= whole)
        if not length:
            return None
        runs.append("".join(shown[at : at + length]))
        at += length
    return runs if at == len(shown) else None


def _in_any_order(shown: list[str], wanted: list[str], whole: int) -> Matched:
    equal = Counter(shown) & Counter(wanted)
    runs = list(equal.elements())
    rest = [shown[i] for i in _without(shown, equal)]
    missing = []
    for index in _without(wanted, equal):
        text, cuttable = wanted[index], index >= whole
        lengths = (_run_length(rest, i, text, cuttable=cuttable) for i in range(len(rest)))
        at, length = next(((i, n) for i, n in enumerate(lengths) if n), (0, 0))
        if length:
            runs.append("".join(rest[at : at + length]))
            del rest[at : at + length]
        else:
            missing.append(text)
    return Matched(runs, missing, rest, in_order=False)


def _without(texts: list[str], used: Counter[str]) -> list[int]:
    """Places of the texts that are left when the used ones are taken out."""
    left = used.copy()
    rest = []
    for i, text in enumerate(texts):
        if left[text]:
            left[text] -= 1
        else:
            rest.append(i)
    return rest


def _run_length(shown: list[str], at: int, text: str, *, cuttable: bool) -> int:
    """How many strings from `at` on show the text, whole or else cut if it may be; 0 when they do not."""
    joined, cut = "", 0
    for length, string in enumerate(shown[at:], 1):
        joined += string
        if joined == text:
            return length
        if cuttable and _is_cut(joined, text):
            cut = cut or length
        if not text.startswith(joined):
            break
    return cut


def _is_cut(run: str, text: str) -> bool:
    return run.endswith(CUT) and len(run) > 1 and text.startswith(run.removesuffix(CUT))
