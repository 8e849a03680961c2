"""Styles of an SVG: presentation attributes, style sheets and style attributes become one set of properties.

A property that would change the picture and is not drawn by us refuses the file; one that has no say over
outlines and pictures is passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import cssselect2
import tinycss2
from tinycss2.color3 import parse_color

from yibao_cli.artwork.facts import NotPrintableError

if TYPE_CHECKING:
    from collections.abc import Iterator

SVG = "{http://www.w3.org/2000/svg}"

# What an element hands down, and what holds where nothing is said (SVG 1.1, appendix N).
INITIAL = {
    "color": "black",
    "fill": "black",
    "fill-rule": "nonzero",
    "fill-opacity": "1",
    "stroke": "none",
    "stroke-width": "1",
    "stroke-opacity": "1",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "stroke-miterlimit": "4",
    "stroke-dasharray": "none",
    "stroke-dashoffset": "0",
    "visibility": "visible",
}
_OWN = {"opacity", "display"}
# Effects that are not drawn, and the words with which they have no effect.
_EFFECTS = {
    "clip-path": {"none"},
    "filter": {"none"},
    "isolation": {"auto"},
    "marker": {"none"},
    "marker-end": {"none"},
    "marker-mid": {"none"},
    "marker-start": {"none"},
    "mask": {"none"},
    "mask-type": {"luminance", "alpha"},
    "mix-blend-mode": {"normal"},
    "overflow": {"visible", "hidden", "auto"},
    "paint-order": {"normal"},
    "vector-effect": {"none"},
}
_PASSED_OVER = re.compile(
    r"font.*|text-.*|letter-spacing|word-spacing|line-height|line-increment|writing-mode|direction|white-space"
    r"|unicode-bidi|.*baseline.*|kerning|glyph-.*|inline-size|shape-(?:padding|margin|inside|subtract)"
    r"|color-(?:rendering|interpolation|interpolation-filters|profile)|shape-rendering|image-rendering"
    r"|enable-background|clip-rule|solid-.*|stop-.*|flood-.*|lighting-color|pointer-events|cursor"
    r"|-inkscape-.*"
)
# What would reach out of the file: any address that is no place in the file.
REACHING = re.compile(r"url\(\s*['\"]?\s*(?!#)", re.IGNORECASE)


def own_styles(root: Any) -> dict[Any, dict[str, str]]:
    """The properties each element declares itself, by element; sheets win over attributes, style over sheets.

    Raises NotPrintableError when one cannot be printed as declared, or reaches out of the file.
    """
    matcher = cssselect2.Matcher()
    for sheet in root.iter(f"{SVG}style"):
        for selector, declared in _rules(sheet):
            matcher.add_selector(selector, declared)
    found = {}
    for wrapped in cssselect2.ElementWrapper.from_xml_root(root).iter_subtree():
        element = wrapped.etree_element
        if isinstance(element.tag, str) and element.tag.startswith(SVG):
            properties = _attributes(element)
            for match in matcher.match(wrapped):
                properties |= match[-1]
            properties |= _declarations(tinycss2.parse_blocks_contents(element.get("style", "")))
            found[element] = _kept(properties)
    return found


def colour(text: str, current: str) -> tuple[float, float, float, float] | None:
    """A paint as red, green, blue and opacity from 0 to 1; None for none.

    current: what `currentColor` stands for. NotPrintableError for gradients and what is no colour.
    """
    if text == "none":
        return None
    parsed = parse_color(text)
    if parsed == "currentColor":
        parsed = parse_color(current)
    if parsed is None or isinstance(parsed, str):
        raise NotPrintableError("C210", text)
    red, green, blue, alpha = (min(max(v, 0.0), 1.0) for v in parsed)
    return red, green, blue, alpha


def _rules(sheet: Any) -> Iterator[tuple[Any, dict[str, str]]]:
    if sheet.get("media", "all").strip() not in {"", "all", "print", "screen"}:
        raise NotPrintableError("C210", "<style media>")
    for rule in tinycss2.parse_stylesheet(sheet.text or "", skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule":
            raise NotPrintableError(
                "C209" if rule.lower_at_keyword == "import" else "C210", f"@{rule.at_keyword}"
            )
        if rule.type != "qualified-rule":
            raise NotPrintableError("C202", "<style>")
        declared = _declarations(tinycss2.parse_blocks_contents(rule.content))
        try:
            selectors = cssselect2.compile_selector_list(rule.prelude)
        except cssselect2.SelectorError as error:
            raise NotPrintableError("C210", "<style>") from error
        yield from ((selector, declared) for selector in selectors)


def _declarations(nodes: list[Any]) -> dict[str, str]:
    declared = {}
    for node in nodes:
        if node.type in {"whitespace", "comment"}:
            continue
        if node.type != "declaration":
            raise NotPrintableError("C202", "style")
        if node.important:
            raise NotPrintableError("C210", "!important")
        declared[node.lower_name] = tinycss2.serialize(node.value).strip()
    return declared


def _attributes(element: Any) -> dict[str, str]:
    return {name: value.strip() for name, value in element.items() if is_style(name)}


def is_style(name: str) -> bool:
    """Whether an attribute is a property, and so judged here."""
    return name in INITIAL or name in _OWN or name in _EFFECTS or _PASSED_OVER.fullmatch(name) is not None


def _kept(properties: dict[str, str]) -> dict[str, str]:
    """The properties that are drawn."""
    kept = {}
    for name, value in properties.items():
        if REACHING.search(value):
            raise NotPrintableError("C209", name)
        if name in INITIAL or name in _OWN:
            kept[name] = value
        elif name in _EFFECTS:
            if value not in _EFFECTS[name]:
                raise NotPrintableError("C210", name)
        elif not _PASSED_OVER.fullmatch(name):
            raise NotPrintableError("C210", name)
    return kept
