"""Typer's complaints about a command line, said in our own form and language."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from yibao_cli.cli.help import named
from yibao_cli.errors import UsageError
from yibao_cli.i18n import N_, _

if TYPE_CHECKING:
    from typer.exceptions import TyperException

# Typer's sentences are in its code and in no catalogue; what does not match is shown as it says it.
_COMPLAINTS = tuple(
    (re.compile(pattern, re.DOTALL), message)
    for pattern, message in (
        (r"Missing (?:argument|parameter) '(?P<name>[^']+)'.*", N_("the argument {name} is missing")),
        (r"Missing option '(?P<name>[^']+)'.*", N_("the option {name} is missing")),
        (r"Missing command\.", N_("no command was given")),
        (r"No such option: (?P<name>\S+)", N_("there is no option {name}")),
        (
            r"No such option: (?P<name>\S+) (?:\(Possible options: |Did you mean )(?P<known>.+?)[)?]",
            N_("there is no option {name}, perhaps {known}"),
        ),
        (r"No such command '(?P<name>[^']+)'\.", N_("there is no command {name}")),
        (
            r"No such command '(?P<name>[^']+)'\. Did you mean (?P<known>.+)\?",
            N_("there is no command {name}, perhaps {known}"),
        ),
        (r"Option '(?P<name>[^']+)' requires an argument\.", N_("the option {name} wants a value")),
        (r"Option '(?P<name>[^']+)' does not take a value\.", N_("the option {name} takes no value")),
        (r"Got unexpected extra argument\(s\) \((?P<given>.*)\)", N_("too many arguments: {given}")),
    )
)
_EXAMPLE = re.compile(r"(?:Example: |示例：)(.+)")
_LACKS = ("Missing argument", "Missing option", "Missing parameter")
_INVALID = re.compile(r"Invalid value(?: for (?P<name>[^:]+))?: (?P<reason>.*)", re.DOTALL)
_REASONS = tuple(
    (re.compile(pattern, re.DOTALL), message)
    for pattern, message in (
        (r"'(?P<value>.*)' is not one of (?P<known>.*)\.", N_("{value} is none of {known}")),
        (
            r"'(?P<value>.*)' does not match the formats? (?P<known>.*)\.",
            N_("{value} is not written as {known}"),
        ),
    )
)


def usage_error(error: TyperException) -> UsageError:
    """Our error for one of Typer's."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "yibao"
    name = getattr(error, "option_name", "")
    if context is not None and name in _global_options(context):
        words = command.partition(" ")[2]
        return UsageError(
            _("the option {name} stands before the command").format(name=name),
            remedy=_("write `yibao {name} ... {words}`").format(name=name, words=words),
        )
    remedy = _("see `{command} --help`").format(command=command)
    if (example := _example(context)) and error.format_message().startswith(_LACKS):
        remedy += _(", such as `{example}`").format(example=example)
    return UsageError(_complaint(error), remedy=remedy)


def _example(context: Any) -> str:
    """The first example of a command's help; "" where it has none."""
    text = inspect.cleandoc(getattr(getattr(context, "command", None), "help", None) or "")
    found = _EXAMPLE.search(text)
    return found[1].strip() if found else ""


def _global_options(context: Any) -> set[str]:
    """The names of the options that stand before every command."""
    return {name for param in context.find_root().command.params for name in param.opts}


def _complaint(error: TyperException) -> str:
    """What is wrong with the command line."""
    text = error.format_message()
    invalid = _INVALID.fullmatch(text)
    if invalid is None:
        return _matched(text, _COMPLAINTS)
    from pydantic import ValidationError

    from yibao_cli.kinds.reasons import settings_fault

    cause = error.__cause__
    found = settings_fault(cause)[1] if isinstance(cause, ValidationError) else invalid["reason"]
    reason, name = _matched(found, _REASONS), named((invalid["name"] or "").replace("'", ""))
    return _("{key}: {reason}").format(key=name, reason=reason) if name else reason


def _matched(text: str, table: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, message in table:
        if match := pattern.fullmatch(text):
            parts = {k: v.replace("%Y-%m-%d", _("YYYY-MM-DD")) for k, v in match.groupdict().items()}
            if name := parts.get("name"):
                parts["name"] = name if name.startswith("-") else named(name.lower())
            return _(message).format(**parts)
    return text
