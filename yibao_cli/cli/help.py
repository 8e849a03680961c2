"""Help pages in the reader's language: commands by panel, and Chinese lines that break where they may."""

from __future__ import annotations

import inspect
import re
import shutil
from typing import TYPE_CHECKING, Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from yibao_cli.cli.examples import said
from yibao_cli.cli.exits import ALWAYS, MEANINGS, exits_of
from yibao_cli.cli.terminal import shortened, width_of
from yibao_cli.errors import ExitCode
from yibao_cli.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Row = tuple[str, str]

# Texts that Typer has and we do not write: some it looks up itself, the others are looked up below.
_OF_TYPER = (
    N_("Show this message and exit."),
    N_("Install completion for the current shell."),
    N_("Show completion for the current shell, to copy it or customize the installation."),
    N_("[OPTIONS]"),
    N_("COMMAND [ARGS]..."),
    N_("default: {default}"),
    N_("required"),
)
# What Typer calls the type of a value, and what we call it.
_TYPES = {
    "str": N_("text"),
    "int": N_("whole number"),
    "int range": N_("whole number"),
    "path": N_("path"),
    "list[int]": N_("whole numbers"),
    "list[str]": N_("text, may be repeated"),
    "list[Path]": N_("paths"),
    "%Y-%m-%d": N_("YYYY-MM-DD"),
}
# The names of arguments, which usage lines and complaints show.
_NAMES = (
    *(N_("file"), N_("files"), N_("folder"), N_("mailing"), N_("piece"), N_("table"), N_("code")),
    *(N_("month"), N_("entry"), N_("kind"), N_("contract"), N_("customer"), N_("amount")),
    *(N_("number"), N_("numbers")),
)

_EXAMPLE = re.compile(r"(?:Example: |示例：)(?P<line>.+)", re.DOTALL)
_NEXT_EXAMPLE = re.compile(r"\n\s*(?=Example: |示例：)")
_WIDEST, _NARROWEST = 80, 30
_GAP = 2
_LEFT = 30  # a wider first column gets a line of its own
_OPENING, _CLOSING = "（《「“", "，。；：、！？）》」”…"
# A Chinese character is a word of its own, but no line begins with what closes or ends with what opens.
_WORD = re.compile(
    rf"\s+|[{_OPENING}]*(?:[\u2e80-\u9fff]|[^\s\u2e80-\u9fff{_OPENING}{_CLOSING}]+)[{_CLOSING},.;:!?)]*|."
)


class SpeakingCommand(TyperCommand):
    """A command whose help is `help_page`."""

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        return help_page(self, ctx)


class SpeakingGroup(TyperGroup):
    """A group of commands whose help is `help_page`; called with nothing it shows it, and that is exit 2.

    order: the names of its commands and groups as they were registered, which is the order of the work; those
    that another Typer lends it come after them.
    """

    order: ClassVar[Sequence[str]] = ()

    def list_commands(self, ctx: Any) -> list[str]:
        """The names in the order of the work; Typer alone has all groups after all commands."""
        place = {name: at for at, name in enumerate(self.order)}
        return sorted(super().list_commands(ctx), key=lambda name: place.get(name, len(place)))

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        return help_page(self, ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Show the help when there is nothing to parse."""
        if not args and not ctx.resilient_parsing:
            typer.echo(self.get_help(ctx), err=True)
            raise typer.Exit(ExitCode.USAGE)
        return super().parse_args(ctx, args)


class Program(typer.Typer):
    """A Typer whose groups and commands all speak the reader's language."""

    def __init__(self, **settings: Any) -> None:
        self._order: list[str] = []
        group = type("SpeakingGroup", (SpeakingGroup,), {"order": self._order})
        super().__init__(cls=group, rich_markup_mode=None, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Register a command."""
        self._order.append(name or "")
        return super().command(name, cls=SpeakingCommand, **settings)

    def add_typer(self, typer_instance: typer.Typer, **settings: Any) -> None:
        """Register a group of commands."""
        self._order.append(settings["name"])
        super().add_typer(typer_instance, **settings)


def help_page(command: Any, ctx: Any) -> str:
    """All that `--help` shows of a command: usage, text, arguments, options, commands by panel."""
    width = max(min(shutil.get_terminal_size().columns, _WIDEST), _NARROWEST) - _GAP
    pieces = [_(piece) if piece.isupper() else named(piece) for piece in command.collect_usage_pieces(ctx)]
    usage = wrapped(_("Usage: {line}").format(line=" ".join([ctx.command_path, *pieces])), width)
    blocks = [("\n" + " " * _GAP).join(usage)]
    blocks += [_indented(paragraph, width) for paragraph in _paragraphs(command.help or "")]
    params = [(p.param_type_name, p.get_help_record(ctx)) for p in command.get_params(ctx)]
    for kind, title in (("argument", _("Arguments:")), ("option", _("Options:"))):
        rows = [_param_row(*record) for k, record in params if k == kind and record]
        blocks += [_section(title, rows, width)] if rows else []
    if isinstance(command, TyperGroup):
        blocks += [_section(title, rows, width) for title, rows in _panels(command, ctx)]
    else:
        blocks.append(_exits(ctx.command_path, width))
    return "\n\n".join(blocks)


def _exits(command_path: str, width: int) -> str:
    """The codes that a command can end with, its own with their words."""
    own = exits_of(command_path.partition(" ")[2])
    every = ", ".join(str(int(code)) for code in ALWAYS)
    rows = [(str(int(code)), _(MEANINGS[code])) for code in own]
    return _section(_("Exit codes, beside {codes} of every command:").format(codes=every), rows, width)


def named(text: str) -> str:
    """A text with the names of arguments in it, those that have a word of ours, said in it."""
    return re.sub(r"[a-z_]+", lambda m: _(m[0]) if m[0] in _NAMES else m[0], text)


def _param_row(left: str, text: str) -> Row:
    # "file <path>", "-o, --output <str>": an option's name stays as it is typed.
    name, _sep, type_name = left.partition(" <")
    shown = name if name.startswith("-") else named(name)
    if type_name:
        word = type_name.rstrip(">")
        shown += f" <{_(_TYPES[word]) if word in _TYPES else word}>"
    return shown, _(text) if text else ""


def _panels(group: TyperGroup, ctx: Any) -> Iterator[tuple[str, list[Row]]]:
    """The commands that are to be seen, under the title of their panel, in the order of registration."""
    panels: dict[str, list[Row]] = {}
    for name in group.list_commands(ctx):
        command: Any = group.get_command(ctx, name)
        if command is not None and not command.hidden:
            panel = command.rich_help_panel
            title = _("{panel}:").format(panel=panel) if isinstance(panel, str) else _("Commands:")
            text = next(_paragraphs(command.help or ""), "")
            panels.setdefault(title, []).append((name, text))
    yield from panels.items()


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.strip():
            yield paragraph.strip()


def _indented(paragraph: str, width: int) -> str:
    # A second example begins a line of its own.
    return "\n".join(line for part in _NEXT_EXAMPLE.split(paragraph) for line in _part(part, width))


def _part(part: str, width: int) -> Iterator[str]:
    """The lines of a text; below an example, what it says."""
    yield from (" " * _GAP + line for line in wrapped(part, width - _GAP))
    if example := _EXAMPLE.fullmatch(part):
        for line in said(" ".join(example["line"].split())):
            yield " " * 2 * _GAP + shortened(line, width - 2 * _GAP)


def _section(title: str, rows: list[Row], width: int) -> str:
    """A title and its rows in two columns."""
    left = min(max(width_of(name) for name, _text in rows), _LEFT, width * 2 // 5) + 2 * _GAP
    lines = wrapped(title, width)
    for name, text in rows:
        first, *more = wrapped(text, width - left) or [""]
        begin = " " * _GAP + name
        if width_of(begin) > left - _GAP:
            lines += [begin, " " * left + first]
        else:
            lines.append((begin + " " * (left - width_of(begin)) + first).rstrip())
        lines += [" " * left + line for line in more]
    return "\n".join(lines)


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a text, at most `width` columns wide unless one word is; a Chinese character takes two."""
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if line and width_of(line + word.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += word if line else word.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _words(text: str) -> Iterable[str]:
    return (" " if word.isspace() else word for word in _WORD.findall(text))
