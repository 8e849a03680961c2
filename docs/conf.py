"""How Sphinx builds these pages: `make docs`."""  # noqa: INP001 - Sphinx reads it as a script

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]

project = "yibao"
author = "The yibao developers"
_VERSION = (ROOT / "yibao_cli" / "__init__.py").read_text(encoding="utf-8")
release = re.search(r'__version__ = "(.+?)"', _VERSION)[1]
copyright = author  # noqa: A001 - Sphinx asks for this name

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence"]
# Links name the anchors that code hosts make of headings.
myst_heading_anchors = 4
exclude_patterns = ["_build"]
# Links that lead out of docs/ are right on a code host, where the README stands beside it.
suppress_warnings = ["myst.xref_missing"]

html_theme = "furo"
html_title = f"yibao {release}"
html_copy_source = False
html_show_sphinx = False
# One look for both languages, from the reader's own machine: nothing is fetched.
html_theme_options = {
    "light_css_variables": {
        "font-stack": "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif",
    }
}

man_pages = [("commands", "yibao", "merge, print, mail and reconcile statements", author, 1)]


def setup(app: Sphinx) -> None:
    """Take out of the manual page what leads to other pages: it stands alone, and would show `<>`."""
    app.connect("doctree-resolved", _alone)


def _alone(app: Sphinx, doctree: nodes.document, _name: str) -> None:
    if app.builder.name == "man":
        for link in list(doctree.findall(nodes.reference)):
            if not link.get("refuri"):
                link.replace_self(link.children)
