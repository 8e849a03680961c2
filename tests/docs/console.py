"""The sessions of the docs, typed again: `python tests/docs/console.py --check|--write PAGE...`.

A page with the line `<!-- session -->` is a session. Its ```console blocks are typed from the first to the last in a fresh
folder, in a real shell, and what the program says is compared with the page, or written into it. A comment `<!-- $ ... -->`
is typed as well and shown nowhere: it brings the files a reader would have. A block below `<!-- excerpt -->` is left as it is: what
it shows differs from one machine to the next, or waits for a person.

Several pages make one session, one after the other. Today is 2026-11-21, the user `clerk`, the language English, or Chinese after
`<!-- session zh -->`. Long output is
cut in the middle, and the folder of the session is left out of paths, so that the same code gives the same page.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

from fast_start import Warm

from yibao_cli.jobs.program.sessions import typed_in

ROOT = Path(__file__).parents[2]
TODAY = "2026-11-21"
_SESSION_ZH = "<!-- session zh -->"

_BLOCK = re.compile(
    r"^(?:(?P<excerpt><!-- excerpt -->\n```console\n.*?^```$)|```console\n(?P<shown>.*?)^```$|<!-- \$ (?P<hidden>[^\n]*) -->$)",
    re.MULTILINE | re.DOTALL,
)
_EXPORT = re.compile(r"export (?P<name>\w+)=(?P<value>\S*)")
_MOST, _HEAD, _TAIL = 16, 11, 3
# Progress is said where a job takes seconds, so that it depends on the machine.
_RATE = r"(?:(?:, |、)(?:[\d,.]+ a second|每秒 [\d,.]+|[^,、\n]+ left|还需 [^、\n]+))"
_PROGRESS = re.compile(rf"(?m)^\S[^:\n]*(?: \.\.\.|: (?:[\d,]+(?: of |／)[\d,]+{_RATE}*|[\d,]+{_RATE}+))\n")
# Hashes, sizes and seconds differ with the version of a library and with the machine.
_VARIES = (
    (re.compile(r"\b[0-9a-f]{12,64}\b…?"), "…"),
    (re.compile(r"\b\d+ MB\b"), "… MB"),
    (re.compile(r" +\d+\.\d s\b"), "    … s"),
    (re.compile(r" +\d+\.\d 秒"), "    … 秒"),
)
_END = "\x01"


class Shell:
    """A shell in a folder of its own, with `yibao` as a reader has it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        tools = self._folder / "bin"
        tools.mkdir()
        self._place = self._folder / "home"
        self._place.mkdir()
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("YIBAO_", "LC_", "LANGUAGE", "COLUMNS"))
        }
        self._environment = {
            **kept,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "YIBAO_LANG": "en",
            "YIBAO_USER": "clerk",
            "LOGNAME": "clerk",
            "USER": "clerk",
            "LANG": "C.UTF-8",
            "TZ": "Asia/Shanghai",
            "DOCS_TOOLS": str(ROOT / "tests" / "docs"),
            "PYTHON": sys.executable,
        }
        self._warm = Warm(tools / "yibao", ["--now", TODAY], self._environment)

    def __enter__(self) -> Self:
        self._warm.__enter__()
        return self

    def __exit__(self, *failure: object) -> None:
        self._warm.__exit__(*failure)

    def speak(self, language: str) -> None:
        """The language of what follows: zh or en."""
        self._environment["YIBAO_LANG"] = language

    def type(self, line: str) -> str:
        """What a line says, words and data together; `cd` and a lone `export NAME=VALUE` hold for later lines."""
        if setting := _EXPORT.fullmatch(line):
            self._environment[setting["name"]] = setting["value"]
            return ""
        run = subprocess.run(
            ["/bin/bash", "-c", f"{line}\nprintf '{_END}%s' \"$PWD\""],
            cwd=self._place,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=900,
        )
        said, _end, place = run.stdout.decode("utf-8", "replace").rpartition(_END)
        self._place = Path(place)
        return _told(said.replace(f"{self._place}/", "").replace(f"{self._folder / 'home'}/", ""))


def _told(said: str) -> str:
    """An output as a page shows it: no blanks at line ends, the middle of a long one left out."""
    said = _PROGRESS.sub("", said)
    for pattern, shown in _VARIES:
        said = pattern.sub(shown, said)
    lines = [line.rstrip() for line in said.rstrip("\n").split("\n")] if said.strip() else []
    if len(lines) > _MOST:
        lines = [*lines[:_HEAD], "…", *lines[-_TAIL:]]
    return "".join(f"{line}\n" for line in lines)


def typed_again(page: str, shell: Shell) -> str:
    """The page with every output as it is now."""

    def again(block: re.Match[str]) -> str:
        if block["excerpt"] is not None:
            return block[0]
        if block["hidden"] is not None:
            said = shell.type(block["hidden"])
            if said:
                sys.stderr.write(f"{block['hidden']}\n{said}")
            return block[0]
        parts = [f"$ {line}\n{shell.type(line)}" for line, _before in typed_in(block["shown"])]
        return "```console\n" + "".join(parts) + "```"

    shell.speak("zh" if _SESSION_ZH in page else "en")
    return _BLOCK.sub(again, page)


def main(arguments: list[str]) -> int:
    """Type the pages; returns 0 when each says what the program says, 1 when one had to be changed."""
    write, *names = arguments
    changed = []
    with tempfile.TemporaryDirectory() as folder, Shell(Path(folder)) as shell:
        for path in map(Path, names):
            before = path.read_text(encoding="utf-8")
            after = typed_again(before, shell)
            if after != before:
                changed.append(path.name)
            if write == "--write":
                path.write_text(after, encoding="utf-8")
            elif after != before:
                _show(before, after)
    sys.stderr.write("".join(f"{name}: its session says other things now\n" for name in changed))
    return 1 if changed and write == "--check" else 0


def _show(before: str, after: str) -> None:
    import difflib  # noqa: PLC0415 - wanted only where something went wrong

    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "page", "now", lineterm="", n=1)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
