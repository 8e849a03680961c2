"""Settings: the flag wins over YIBAO_*, that over yibao.toml, that over the default.

Also the one place that knows where templates/ and sample_data/ lie: beside the package in a checkout,
inside it in an installed wheel.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from yibao_cli.errors import InputNotFound, SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.reasons import settings_fault, toml_fault

FILE_NAME = "yibao.toml"
_PACKAGE = Path(__file__).parent


class ClientSettings(Spec):
    """The client 委托方, as the statements name it."""

    name: str
    address: str
    postcode: Annotated[str, Field(pattern=r"^\d{6}$")]
    phone: str
    printer: str = ""


class MailingSettings(Spec):
    """One mailing 批次: kind, period as printed, first and last day of its data, planned day of posting."""

    kind: str
    period: str
    starts: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    ends: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    posting: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]


class RenderSettings(Spec):
    """Print files: pieces in a part; worker processes, 0 for one a processor."""

    pieces_per_part: Annotated[int, Field(ge=1, le=20000)] = 1000
    workers: Annotated[int, Field(ge=0, le=256)] = 0


class PromiseSettings(Spec):
    """The promise: share delivered, and the days after which silence counts as delivered (推定妥投)."""

    delivered: Annotated[float, Field(ge=0, le=1)] = 0.90
    window_days: Annotated[int, Field(ge=1, le=365)] = 30


class StoreSettings(Spec):
    """Database: empty for `yibao.db` in the workspace, or an SQLAlchemy URL."""

    url: str = ""


class Settings(Spec):
    """All settings of a workspace."""

    client: ClientSettings
    mailings: dict[str, MailingSettings]
    mailing: str = ""
    render: RenderSettings = RenderSettings()
    promise: PromiseSettings = PromiseSettings()
    store: StoreSettings = StoreSettings()

    def mailing_settings(self, mailing: str) -> MailingSettings:
        """Settings of one mailing; InputNotFound when yibao.toml does not name it."""
        if mailing not in self.mailings:
            raise InputNotFound(
                _("yibao.toml has no mailing {mailing}").format(mailing=mailing),
                remedy=_("add a table [mailings.{mailing}] to it, or use one of: {known}").format(
                    mailing=mailing, known=", ".join(sorted(self.mailings))
                ),
            )
        return self.mailings[mailing]


def find_workspace(given: Path | None) -> Path:
    """The workspace: the given folder, YIBAO_WORKSPACE, or the nearest folder upward with a yibao.toml."""
    start = given or Path(os.environ.get("YIBAO_WORKSPACE") or Path.cwd())
    candidates = [start] if given else [start, *start.resolve().parents]
    for folder in candidates:
        if (folder / FILE_NAME).is_file():
            return folder.resolve()
    raise InputNotFound(
        _("no workspace here: {folder} has no yibao.toml").format(folder=start),
        remedy=_("make one with `yibao init DIR`, or name one with -w DIR"),
    )


def load_settings(workspace: Path) -> Settings:
    """Read yibao.toml with the environment's overrides (YIBAO_STORE_URL, YIBAO_RENDER_WORKERS, ...).

    Raises SettingsError with file and key.
    """
    path = workspace / FILE_NAME
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            _("not valid TOML: {reason}").format(reason=toml_fault(error)),
            where=FILE_NAME,
            remedy=_("correct that line"),
        ) from error
    for section in ("render", "promise", "store"):
        for name in _field_names(section):
            if value := os.environ.get(f"YIBAO_{section}_{name}".upper()):
                data.setdefault(section, {})[name] = value
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        key, reason = settings_fault(error)
        raise SettingsError(
            _("{key}: {reason}").format(key=key, reason=reason),
            where=FILE_NAME,
            remedy=_("correct the key; docs/settings.md describes each"),
        ) from error


def shipped(name: str) -> Path:
    """Folder `templates` or `sample_data` as it was shipped."""
    inside, beside = _PACKAGE / "shipped" / name, _PACKAGE.parent / name
    return inside if inside.is_dir() else beside


def _field_names(section: str) -> tuple[str, ...]:
    return tuple(type(Settings.model_fields[section].default).model_fields)
