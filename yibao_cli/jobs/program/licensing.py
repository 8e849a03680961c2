"""Under which licences what the program stands on may be used, as each installed package says of itself."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import Distribution

COLUMNS = ("name", "version", "licence", "home")
_OWN = "yibao-cli"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TEXT = re.compile(r"(LICEN[CS]E|COPYING)", re.IGNORECASE)
_WORDS_OF = {
    "Permission is hereby granted, free of charge": "MIT",
    "Redistribution and use in source and binary forms": "BSD",
    "provided 'as-is', without any express or implied warranty": "Zlib",
    "Apache License": "Apache-2.0",
    "Mozilla Public License": "MPL-2.0",
}
_LONGEST = 120  # characters; a longer field is the text of the licence, whose first line names it
_CLASSIFIER = "License :: "
_HOMES = ("homepage", "home", "home page", "source", "source code", "repository", "documentation")


def installed_licences() -> list[dict[str, object]]:
    """Each package that yibao needs, directly or by another, and that is installed: COLUMNS, sorted by name.

    licence is "" where a package says nothing; extras count where they are installed.
    """
    return [_row(found) for _key, found in sorted(_closure().items())]


def _closure() -> dict[str, Distribution]:
    """By name, folded: yibao and everything below it; all that is installed where yibao itself is not."""
    try:
        waiting = [distribution(_OWN)]
    except PackageNotFoundError:
        return {_folded(d.name): d for d in distributions()}
    found: dict[str, Distribution] = {}
    while waiting:
        one = waiting.pop()
        if _folded(one.name) not in found:
            found[_folded(one.name)] = one
            waiting += _needed(one)
    return found


def _needed(one: Distribution) -> Iterator[Distribution]:
    for line in one.requires or ():
        match = _NAME.match(line)
        try:
            if match:
                yield distribution(match[0])
        except PackageNotFoundError:
            continue  # for another system, or an extra that nobody wanted


def _row(one: Distribution) -> dict[str, object]:
    return {"name": one.name, "version": one.version, "licence": _licence(one), "home": _home(one)}


def _licence(one: Distribution) -> str:
    """The expression where there is one (PEP 639), else field, classifiers, or the text it came with."""
    if expression := _said(one, "License-Expression"):
        return expression
    lines = _said(one, "License").splitlines()
    if lines and len(lines[0]) == len(_said(one, "License")) <= _LONGEST:
        return lines[0].strip()
    classes = one.metadata.get_all("Classifier") or ()
    named = [
        c.rpartition(" :: ")[2]
        for c in classes
        if c.startswith(_CLASSIFIER) and c != _CLASSIFIER + "OSI Approved"
    ]
    if named:
        return "; ".join(named)
    return lines[0].strip() if lines else _by_text(one)


def _by_text(one: Distribution) -> str:
    """The licence whose words stand in a file that came with the package."""
    files = [f for f in one.files or () if _TEXT.match(f.name)]
    for file in files:
        path = Path(str(file.locate()))
        text = " ".join(path.read_text(encoding="utf-8", errors="replace").split()) if path.is_file() else ""
        for words, name in _WORDS_OF.items():
            if words in text:
                return name
    return ""


def _home(one: Distribution) -> str:
    urls = dict(_pairs(one.metadata.get_all("Project-URL") or ()))
    given = [urls[k] for k in _HOMES if k in urls]
    return _said(one, "Home-page") or next(iter([*given, *urls.values()]), "")


def _said(one: Distribution, key: str) -> str:
    """A field of a package's description; "" where it is not there."""
    return str((one.metadata.get_all(key) or [""])[0]).strip()


def _pairs(lines: list[str] | tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for line in lines:
        label, _comma, url = line.partition(",")
        yield label.strip().casefold(), url.strip()


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
