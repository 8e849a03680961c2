"""Make a workspace."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yibao_cli.config import FILE_NAME, shipped
from yibao_cli.errors import InputNotFound, StateError, UsageError
from yibao_cli.i18n import _
from yibao_cli.jobs.setup.beginning import answered, quoted, settings_text
from yibao_cli.jobs.setup.sampling import require_folder, sample_settings, sampled
from yibao_cli.store.files import atomic_file, private_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INBOX = "inbox"  # where [nightly] looks for the client's files, unless it is told another place
_DEMO_MARK = ".yibao-demo"

_EMPTY_SETTINGS = """\
# Settings of this workspace. Every key is described in docs/settings.md.

mailing = "" # the current mailing 当前批次, such as "2026Q3"

[client] # 委托方, as the statements name it
name = ""
address = ""
postcode = "000000"
phone = ""
printer = ""

[mailings]
# [mailings.2026Q3]
# kind = "{kind}"
# period = "2026年7月1日至9月30日"
# starts = "2026-07-01"
# ends = "2026-09-30"
# posting = "2026-10-08" # planned day of posting 计划寄发日

[render]
pieces_per_part = 1000
workers = 0 # 0: one a processor

[promise] # 投达率承诺
delivered = 0.90
window_days = 30 # no return after so many days counts as delivered 推定妥投
"""


@dataclass(frozen=True, slots=True)
class Order:
    """What a new workspace is told: answers by the keys of `beginning.questions`. today: ISO."""

    given: Mapping[str, str]
    sample: bool
    today: str

    def settings(self, start: str) -> str:
        """yibao.toml; with a sample, `start` is the sample's own, and only the client is another."""
        if not self.sample:
            return settings_text(answered(self.given, self.today))
        keys = {"client": "name", "address": "address", "postcode": "postcode", "phone": "phone"}
        for key, name in {**keys, "printer": "printer"}.items():
            if value := self.given.get(key):
                line = f"{name} = {quoted(value)}"
                start = re.sub(rf"(?m)^{name} = .*$", line.replace("\\", r"\\"), start, count=1)
        return start


def check_free(folder: Path) -> None:
    """Refuse a folder that is a workspace already, by StateError; a file, by UsageError."""
    require_folder(folder)
    if (folder / FILE_NAME).exists():
        raise StateError(
            _("{folder} is a workspace already").format(folder=folder),
            remedy=_("choose another folder, or go on with `yibao -w {folder} status`").format(folder=folder),
        )


def init_workspace(folder: Path, kind: str, *, sample: bool, order: Order | None = None) -> list[Path]:
    """Make a workspace in a folder; returns what was written. order: without one, yibao.toml has blanks.

    Raises StateError when there is one already, InputNotFound for a kind there is not, UsageError for an
    answer that is wrong.
    """
    check_free(folder)
    source = shipped("sample_data") / sampled(kind)
    if sample and not source.is_dir() and (shipped("templates") / kind / "kind.toml").is_file():
        having = ", ".join(sorted(p.name for p in shipped("sample_data").iterdir() if p.is_dir()))
        raise InputNotFound(
            _("the statement kind {kind} has no sample data").format(kind=kind),
            remedy=_("take one that has: {having}; and name the kind in yibao.toml afterwards").format(
                having=having
            ),
        )
    if not (shipped("templates") / kind / "kind.toml").is_file():
        known = ", ".join(sorted(p.parent.name for p in shipped("templates").glob("*/kind.toml")))
        raise InputNotFound(
            _("there is no statement kind {kind}").format(kind=kind),
            remedy=_("choose one of: {known}").format(known=known),
        )
    settings = sample_settings(kind) if sample else _EMPTY_SETTINGS.format(kind=kind)
    if order is not None:
        settings = order.settings(settings)
    private_folder(folder)
    private_folder(folder / INBOX)
    written = [folder / FILE_NAME]
    if sample:
        written += _copy_sample(source / INBOX, folder / INBOX)
    # Last, because it is what makes the folder a workspace.
    with atomic_file(folder / FILE_NAME, "w") as stream:
        stream.write(settings)
    return written


def _copy_sample(source: Path, target: Path) -> list[Path]:
    written = []
    for path in sorted(p for p in source.rglob("*") if p.is_file()):
        copy = target / path.relative_to(source)
        private_folder(copy.parent)
        shutil.copyfile(path, copy)
        copy.chmod(0o600)
        written.append(copy)
    return written


def make_room_for_demo(folder: Path) -> None:
    """Remove an earlier demo, and nothing else: a workspace of real people has no mark of the demo.

    Raises UsageError when the folder holds anything else, or is a file.
    """
    require_folder(folder)
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _DEMO_MARK).is_file():
            raise UsageError(
                _("{folder} is not empty and holds no earlier demo").format(folder=folder),
                remedy=_("name a new folder"),
            )
        shutil.rmtree(folder)
    with atomic_file(folder / _DEMO_MARK, "w") as stream:
        stream.write(_("made by `yibao demo`, which removes this folder when it runs again") + "\n")
