"""What an SVG may not hold: what acts, what reaches out of the file, and what we do not draw."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from yibao_cli.artwork.facts import NotPrintableError
from yibao_cli.artwork.svg_style import REACHING, SVG, is_style

_HREF = ("href", "{http://www.w3.org/1999/xlink}href")
_ACTING = {"script", "handler", "listener", "foreignObject", "iframe", "audio", "video", "canvas", "object"}
_INSIDE = re.compile(r"#|data:image/(?:png|jpe?g);base64,", re.IGNORECASE)
_EVENT = re.compile(r"on[a-z]+", re.IGNORECASE)

_EVERYWHERE = {"id", "class", "style", "transform", "role", "focusable", "tabindex", "lang", "href"}
_KNOWN = {
    "svg": {
        "width",
        "height",
        "viewBox",
        "x",
        "y",
        "version",
        "baseProfile",
        "preserveAspectRatio",
        "zoomAndPan",
    }
    | {"contentScriptType", "contentStyleType"},
    "g": set(),
    "use": {"x", "y", "width", "height"},
    "symbol": set(),
    "path": {"d", "pathLength"},
    "rect": {"x", "y", "width", "height", "rx", "ry"},
    "circle": {"cx", "cy", "r"},
    "ellipse": {"cx", "cy", "rx", "ry"},
    "line": {"x1", "y1", "x2", "y2"},
    "polyline": {"points"},
    "polygon": {"points"},
    "image": {"x", "y", "width", "height", "preserveAspectRatio"},
}


def check_harmless(root: Any) -> None:
    """Raise NotPrintableError (C209) for anything in the file that acts, or reaches out of the file."""
    before = root.getprevious()
    while before is not None:  # what stands above the root: style sheets of elsewhere
        if before.tag is etree.PI and before.target == "xml-stylesheet":
            raise NotPrintableError("C209", "<?xml-stylesheet")
        before = before.getprevious()
    for element in root.iter(etree.Element):
        name = etree.QName(element)
        if name.localname in _ACTING or name.namespace == "http://www.w3.org/1999/xhtml":
            raise NotPrintableError("C209", f"<{name.localname}>")
        for key, value in element.items():
            if _EVENT.fullmatch(key):
                raise NotPrintableError("C209", f"{key}=")
            if element.tag.startswith(SVG) and key in _HREF and not _INSIDE.match(value.strip()):
                raise NotPrintableError("C209", f"<{name.localname} href>")
            if REACHING.search(value):
                raise NotPrintableError("C209", f"{etree.QName(key).localname}=")


def check_known(element: Any) -> None:
    """Raise NotPrintableError (C210) for an element or attribute that is not drawn as it would look."""
    name = etree.QName(element).localname
    if name not in _KNOWN:
        raise NotPrintableError("C210", f"<{name}>")
    for key in element.attrib:
        if "{" in key or key in _EVERYWHERE or key in _KNOWN[name] or is_style(key):
            continue
        if not key.startswith(("data-", "aria-")):
            raise NotPrintableError("C210", f"<{name} {key}>")


def target_of(element: Any) -> str:
    """What a `use` or `image` names; "" where it names nothing."""
    return next((element.get(key).strip() for key in _HREF if element.get(key)), "")
