"""The pages of docs/ that are made from the code, so that they cannot say other things than it does.

    python -m yibao_cli.cli.docs docs

writes `commands.md`, `exit-codes.md`, `laws.md` and `rules.md` whole, and in `files.md` and `press.md` what
stands between a `<!-- begin: name -->` and its `<!-- end: name -->`; the words around those stay as people
wrote them. What commands say is taken from the sessions of the other pages.
Pages are English with Chinese terms. The same code gives the same bytes.
"""

from __future__ import annotations

import gettext
import inspect
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from yibao_cli.config import shipped
from yibao_cli.errors import InputNotFound, SettingsError
from yibao_cli.i18n import DOMAIN, LOCALE_DIR, _
from yibao_cli.jobs.program.sessions import examples_json, told_in
from yibao_cli.kinds import load_kind
from yibao_cli.mailing.manifest import COLUMNS as MANIFEST_COLUMNS
from yibao_cli.render.press.checks import CHECKS
from yibao_cli.reports.codes_page import exit_codes_markdown
from yibao_cli.reports.findings import COLUMNS as FINDING_COLUMNS
from yibao_cli.reports.laws_page import laws_markdown
from yibao_cli.reports.markdown import table
from yibao_cli.reports.rules_page import rules_markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from yibao_cli.kinds import Kind
    from yibao_cli.kinds.fields import FieldSpec, TableSpec

# Pages that people write, with places for what is made.
MARKED_PAGES = ("files.md", "press.md")
_MARK = re.compile(r"(<!-- begin: (?P<name>[a-z-]+) -->\n).*?(<!-- end: (?P=name) -->)", re.DOTALL)
_EXAMPLE = re.compile(r"\s*Example: ")
# Completion is the shell's own matter, and these two are words of Typer's.
_NOT_OURS = {"install_completion", "show_completion"}


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """What the help of one command says; options and arguments are rows of a table."""

    name: str
    purpose: str
    examples: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str, str], ...]


def pages(
    tree: Any, marked: Mapping[str, str], told: Mapping[str, str], exits: Callable[[str], Iterable[int]]
) -> dict[str, str]:
    """Every generated page: file name to text.

    tree: the command tree, as Typer makes it; marked: MARKED_PAGES as they stand, by their names;
    told: what commands say, by their lines, as `sessions.told_in` reads it; exits: the codes that a
    command can end with, by its words.
    Raises SettingsError when one of these has no place for a generated part, or one for an unknown part.
    """
    sections = {"files.md": files_sections(), "press.md": press_sections()}
    return {
        "exit-codes.md": exit_codes_markdown(),
        "laws.md": laws_markdown(_shipped_kinds()),
        "rules.md": rules_markdown(),
        "commands.md": commands_markdown(tree, told, exits),
        **{name: _filled(name, marked[name], sections[name]) for name in MARKED_PAGES},
    }


def write_pages(tree: Any, folder: Path, exits: Callable[[str], Iterable[int]]) -> list[Path]:
    """Write the generated pages into a folder that has MARKED_PAGES; returns their paths.

    Raises InputNotFound when it lacks one of them.
    """
    marked = {name: _read(folder / name) for name in MARKED_PAGES}
    told = told_in(_all_pages(folder))
    written = []
    for name, text in pages(tree, marked, told, exits).items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def write_examples(tree: Any, folder: Path, target: Path) -> None:
    """Write what help shows of each example, out of the sessions of a folder, for `cli.examples`."""
    examples = (line for command in command_helps(tree) for line in command.examples)
    target.write_text(examples_json(_all_pages(folder), examples), encoding="utf-8")


def _all_pages(folder: Path) -> list[str]:
    return [page.read_text(encoding="utf-8") for page in sorted(folder.glob("*.md"))]


def _read(page: Path) -> str:
    try:
        return page.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputNotFound(
            _("there is no such file"),
            where=str(page),
            remedy=_("name the folder docs of the project"),
        ) from error


# ---------------------------------------------------------------- commands


def commands_markdown(tree: Any, told: Mapping[str, str], exits: Callable[[str], Iterable[int]]) -> str:
    """The page of commands: purpose, example and what it says, arguments, options, in the help's order."""
    root, *commands = command_helps(tree)
    head = (
        "# Commands 命令\n\n"
        "`yibao COMMAND --help` says the same on the screen. Data goes to stdout, words go to stderr. "
        "[exit-codes.md](exit-codes.md) says what each exit code means; any command can end with `2`, `5`, "
        "`66`, `70`, `74`, `77`, `78`, `130` and `143`, and these are not repeated below.\n\n"
        "Global options stand before the command: `yibao --lang en status`.\n"
    )
    options = table(("global option", "meaning", "default"), root.options)
    return "\n".join([head, options, *(_command_section(c, told, exits) for c in commands)])


def command_helps(tree: Any, name: str = "yibao") -> Iterator[CommandHelp]:
    """The help of a command tree, the root first; groups themselves only give their commands."""
    children = getattr(tree, "commands", {})
    if not children or name == "yibao":
        yield _command_help(tree, name)
    for child, command in children.items():
        yield from command_helps(command, f"{name} {child}")


def _command_help(command: Any, name: str) -> CommandHelp:
    text = inspect.cleandoc(command.help or "")
    purpose, *examples = _EXAMPLE.split(text)
    ours = [p for p in command.params if p.name not in _NOT_OURS]
    options = [p for p in ours if p.opts[0].startswith("-")]
    return CommandHelp(
        name=name,
        purpose=" ".join(purpose.split()),
        examples=tuple(" ".join(line.split()) for line in examples),
        arguments=tuple((_argument(p), p.help or "") for p in ours if p not in options),
        options=tuple((_option(p), p.help or "", _default(p.default)) for p in options),
    )


def _argument(parameter: Any) -> str:
    shown = str(parameter.name).upper() + ("..." if parameter.nargs == -1 else "")
    return f"`{shown}`" if parameter.required else f"`[{shown}]`"


def _option(parameter: Any) -> str:
    # Short before long, whatever order the code names them in.
    names = ", ".join(f"`{o}`" for o in sorted(parameter.opts, key=len))
    return f"{names} (may be repeated)" if parameter.multiple else names


def _default(value: object) -> str:
    if value is None or isinstance(value, bool) or value in ("", [], ()):
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"


def _command_section(
    command: CommandHelp, told: Mapping[str, str], exits: Callable[[str], Iterable[int]]
) -> str:
    typed = "".join(f"$ {line}\n{told.get(line, '')}" for line in command.examples)
    parts = [f"## `{command.name}`\n\n{command.purpose}\n\n```console\n{typed}```\n"]
    if command.arguments:
        parts.append(table(("argument", "meaning"), command.arguments))
    if command.options:
        parts.append(table(("option", "meaning", "default"), command.options))
    codes = ", ".join(f"`{int(code)}`" for code in exits(command.name.partition(" ")[2]))
    parts.append(f"Exit codes: {codes}.\n")
    return "\n".join(parts)


# ---------------------------------------------------------------- files


def files_sections() -> dict[str, str]:
    """The generated parts of `files.md`: the input tables of every kind, and columns of output files."""
    kinds = _shipped_kinds()
    # A table that is the same in every kind stands once, at the head.
    shared = [n for n, spec in kinds[0].inputs.items() if all(k.inputs.get(n) == spec for k in kinds)]
    chapters = [_chapter("Every kind 各种账单共用", {n: kinds[0].inputs[n] for n in shared})]
    told: list[tuple[str, str, TableSpec]] = []
    for first, *others in _alike(kinds):
        ids = ", ".join(f"`{kind.id}`" for kind in (first, *others))
        own = {n: spec for n, spec in first.inputs.items() if n not in shared}
        known = {n: k for k, n, spec in told if own.get(n) == spec}
        new = {n: spec for n, spec in own.items() if n not in known}
        as_before = "".join(f"\n`{n}`: as of `{k}`.\n" for n, k in known.items())
        chapters.append(_chapter(f"{'Kinds' if others else 'Kind'} {ids} {first.name}", new) + as_before)
        told += [(first.id, n, spec) for n, spec in new.items()]
    return {
        "inputs": "\n".join(chapters),
        "manifest": "、".join(c.header for c in MANIFEST_COLUMNS) + "\n",
        "findings": ", ".join(f"`{name}`" for name in FINDING_COLUMNS) + "\n",
    }


def _shipped_kinds() -> list[Kind]:
    templates = shipped("templates")
    return [load_kind(templates, p.parent.name) for p in sorted(templates.glob("*/kind.toml"))]


def _alike(kinds: list[Kind]) -> list[list[Kind]]:
    """Kinds with the same input tables, in the order of the first of each."""
    groups: list[list[Kind]] = []
    for kind in kinds:
        group = next((g for g in groups if g[0].inputs == kind.inputs), None)
        if group is None:
            groups.append([kind])
        else:
            group.append(kind)
    return groups


def _chapter(title: str, tables: Mapping[str, TableSpec]) -> str:
    return f"### {title}\n\n" + "\n".join(_input(name, spec) for name, spec in tables.items())


def _input(name: str, spec: TableSpec) -> str:
    per = {"member": "one row a member", "line": "any number of rows a member"}.get(spec.per, "")
    key = f"key {', '.join(f'`{k}`' for k in spec.key)}" if spec.key else "no key"
    facts = f"{key}; {per}" if per else key
    columns = ("field", "our header", "other headers", "type", "required", "masked")
    return f"#### `{name}` {spec.label}\n\n{facts}\n\n{table(columns, map(_field, spec.fields))}"


def _field(spec: FieldSpec) -> tuple[str, ...]:
    words = "; ".join("、".join([f"**{value}**", *others]) for value, others in spec.choices.items())
    return (
        f"`{spec.name}`",
        spec.label,
        "、".join(spec.aliases),
        f"{spec.type}: {words}" if words else spec.type,
        "yes" if spec.required else "",
        "yes" if spec.sensitive else "",
    )


def _filled(name: str, page: str, sections: Mapping[str, str]) -> str:
    """A page with its marked places filled; every section must have its place and every place its section."""
    names = [m["name"] for m in _MARK.finditer(page)]
    if sorted(names) != sorted(sections):
        raise SettingsError(
            _("the page has places for {found}, and {wanted} are made").format(
                found=", ".join(sorted(names)), wanted=", ".join(sorted(sections))
            ),
            where=name,
            remedy=_("write <!-- begin: name --> and <!-- end: name --> once for each"),
        )
    return _MARK.sub(lambda m: f"{m[1]}\n{sections[m['name']]}\n{m[3]}", page)


# ---------------------------------------------------------------- press


def press_sections() -> dict[str, str]:
    """The generated part of `press.md`: every named check, in the order they are made.

    A sentence that the catalogue lacks stands in English alone.
    """
    chinese = gettext.translation(DOMAIN, LOCALE_DIR, languages=["zh"], fallback=True)
    rows = (
        (f"`{name}`", text, "" if (said := chinese.gettext(text)) == text else said)
        for name, (text, _check) in CHECKS.items()
    )
    heading = f"{len(CHECKS)} checks 项检查:\n\n"
    return {"checks": heading + table(("check", "what must be so", "要求"), rows)}
