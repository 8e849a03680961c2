"""Texts of a kind: Jinja2 in its sandbox, taken apart so that most are set without running Jinja2.

`{{ name }} 收` becomes a field and a literal, evaluated by columns; a text with logic (`{% if %}`) keeps its
template and is rendered piece by piece. Values are data: they are never compiled as templates.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from yibao_cli.codes import mask_id, mask_name
from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.page import FieldRef, Source
from yibao_cli.money import capitals, yuan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _blank_if_none(function: Callable[[Any], str]) -> Callable[[Any], str]:
    # Fixed texts have no value yet when a kind is looked at without a mailing.
    return lambda value: "" if value is None or value == "" else function(value)


_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")

# What the filters do to a value that is there; a blank stays blank.
FUNCTIONS: dict[str, Callable[[Any], str]] = {
    "yuan": yuan,
    "capitals": capitals,
    "mask": mask_id,
    "mask_name": mask_name,
    "month_zh": lambda text: f"{text[:4]}年{int(text[5:])}月" if _MONTH.fullmatch(text) else text,
    "date_zh": lambda iso: f"{int(iso[:4])}年{int(iso[5:7])}月{int(iso[8:10])}日",
}
FILTERS: dict[str, Callable[[Any], str]] = {
    **{name: _blank_if_none(function) for name, function in FUNCTIONS.items()},
    "or_dash": lambda value: value or "—",
}


# What a text may consist of: it shows and chooses; sums are the ledger's, and nothing of Python is reached.
_NODES = (
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Filter,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Neg,
    nodes.Concat,
    nodes.Test,
)
_TESTS = ("none", "defined")
_DEEPEST = 60  # levels of a text's tree


def text_environment() -> ImmutableSandboxedEnvironment:
    """The sandbox all texts run in: no attributes of Python objects, unknown names are errors."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,  # the output is set in type, not HTML
        finalize=lambda value: "" if value is None else value,
    )
    environment.filters = dict(FILTERS)
    environment.globals = {}
    return environment


def parse_text(template: str) -> nodes.Template:
    """The tree of a text; SettingsError for what is no template, or one too deep to be looked through."""
    try:
        tree = text_environment().parse(template)
    except TemplateError as error:
        raise _refused(template, str(error)) from error
    except RecursionError as error:
        raise _refused(template, _("it is nested too deeply")) from error
    level: list[nodes.Node] = [tree]
    for _step in range(_DEEPEST):
        level = [child for node in level for child in node.iter_child_nodes()]
    if level:
        raise _refused(template, _("it is nested too deeply"))
    return tree


# The groups of fixed texts that a mailing has, and their names.
CONSTANTS = {
    "client": ("name", "address", "postcode", "phone", "printer"),
    "mailing": ("id", "period", "starts", "ends", "posting", "greeting"),
    "kind": ("id", "name"),
}


def text_source(template: str, fields: frozenset[str], constants: Mapping[str, Mapping[str, str]]) -> Source:
    """Take a text apart.

    fields: names a piece (or line) knows; constants: groups such as `client` whose values are fixed for
    the mailing and are folded in.

    Raises SettingsError when the text is no template or names something unknown.
    """
    tree = parse_text(template)
    groups = _checked_groups(tree, constants, template)
    names = {n.name for n in tree.find_all(nodes.Name) if id(n) not in groups}
    if unknown := names - fields:
        raise _refused(template, _("unknown name {names}").format(names=", ".join(sorted(unknown))))
    segments = _segments(tree, fields, constants, template)
    used = tuple(sorted(names))
    if segments is not None:
        return Source(tuple(segments), fields=used)
    fixed = sorted({(g, a, constants[g][a]) for g, a in groups.values()})
    source = Source(template=template, fields=used, constants=tuple(fixed))
    return source if used else Source((text_renderer(source)({}),))


def filtered_fields(template: str) -> list[tuple[str, str]]:
    """The filters of a text that can be taken apart, each with the field that it is put on."""
    tree = parse_text(template)
    found = []
    for node in tree.find_all(nodes.Filter):
        inner = node.node
        while isinstance(inner, nodes.Filter):
            inner = inner.node
        if isinstance(inner, nodes.Name):
            found.append((node.name, inner.name))
    return found


def bound(source: Source, fixed: Mapping[str, str]) -> Source:
    """The source with some of its fields replaced by texts that are the same on every piece."""
    here = {name: text for name, text in fixed.items() if name in source.fields}
    if not here:
        return source
    rest = tuple(name for name in source.fields if name not in here)
    if source.template:
        constants = (*source.constants, *(("", name, text) for name, text in sorted(here.items())))
        folded = Source(template=source.template, fields=rest, constants=constants)
        return folded if rest else Source((text_renderer(folded)({}),))
    segments = [here.get(s.name, s) if isinstance(s, FieldRef) else s for s in source.segments]
    return Source(tuple(_joined(segments)), fields=rest)


def _joined(segments: list[str | FieldRef]) -> list[str | FieldRef]:
    """Segments with literals that follow each other made one."""
    found: list[str | FieldRef] = []
    for segment in segments:
        if isinstance(segment, str) and found and isinstance(found[-1], str):
            found[-1] += segment
        else:
            found.append(segment)
    return found


def text_renderer(source: Source) -> Callable[[Mapping[str, Any]], str]:
    """How a text with logic is made from the values of its fields.

    The function raises SettingsError when the text cannot be made of them (an amount compared with a word).
    """
    template = text_environment().from_string(source.template)
    fixed: dict[str, Any] = {name: value for group, name, value in source.constants if not group}
    for group, name, value in source.constants:
        if group:
            fixed.setdefault(group, {})[name] = value

    def render(values: Mapping[str, Any]) -> str:
        try:
            return template.render({**fixed, **values})
        except (TemplateError, TypeError, ValueError) as error:
            raise _refused(source.template, _("it does not fit the values of its fields")) from error

    return render


def _checked_groups(
    tree: nodes.Template, constants: Mapping[str, Mapping[str, str]], template: str
) -> dict[int, tuple[str, str]]:
    """Admit a text node by node; returns id of a group's name node -> (group, constant)."""
    groups: dict[int, tuple[str, str]] = {}
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _NODES):
            raise _refused(template, _("{part} is not allowed").format(part=type(node).__name__))
        if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.args or node.kwargs):
            raise _refused(template, _("unknown filter {name}").format(name=node.name))
        if isinstance(node, nodes.Test) and node.name not in _TESTS:
            raise _refused(template, _("unknown test {name}").format(name=node.name))
        if isinstance(node, nodes.Getattr):
            if not (isinstance(node.node, nodes.Name) and node.node.name in constants):
                raise _refused(template, _("unknown name {names}").format(names=node.attr))
            _constant(constants[node.node.name], node, template)
            groups[id(node.node)] = (node.node.name, node.attr)
    return groups


def _segments(
    tree: nodes.Template,
    fields: frozenset[str],
    constants: Mapping[str, Mapping[str, str]],
    template: str,
) -> list[str | FieldRef] | None:
    """Literals and fields of a plain text; None for one with logic in it."""
    found: list[str | FieldRef] = []
    for output in tree.body:
        if not isinstance(output, nodes.Output):
            return None
        for node in output.nodes:
            segment = _segment(node, fields, constants, template)
            if segment is None:
                return None
            found.append(segment)
    return _joined(found)


def _segment(
    node: nodes.Node, fields: frozenset[str], constants: Mapping[str, Mapping[str, str]], template: str
) -> str | FieldRef | None:
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Name) and node.name in fields:
        return FieldRef(node.name)
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name) and node.node.name in constants:
        return _constant(constants[node.node.name], node, template)
    if isinstance(node, nodes.Filter) and node.node is not None and not (node.args or node.kwargs):
        inner = _segment(node.node, fields, constants, template)
        if isinstance(inner, FieldRef):
            return FieldRef(inner.name, (*inner.filters, node.name))
    return None


def _constant(group: Mapping[str, str], node: nodes.Getattr, template: str) -> str:
    if node.attr not in group:
        raise _refused(template, _("unknown name {names}").format(names=node.attr))
    return group[node.attr]


def _refused(template: str, reason: str) -> SettingsError:
    return SettingsError(
        _("the text «{text}» cannot be used: {reason}").format(text=template[:60], reason=reason),
        remedy=_("correct it in kind.toml or its .j2 file; docs/kinds.md lists the names"),
    )
