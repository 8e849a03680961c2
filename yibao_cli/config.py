"""Settings: the flag wins over YIBAO_*, that over yibao.toml, that over the default.

Also the one place that knows where templates/ and sample_data/ lie: beside the package in a checkout,
inside it in an installed wheel.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError

from yibao_cli.errors import InputNotFound, SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.page import FontPlan
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
    """Print files: pieces in a part; plain or for a press; worker processes, 0 for one a processor."""

    pieces_per_part: Annotated[int, Field(ge=1, le=20000)] = 1000
    profile: Literal["office", "press"] = "office"
    workers: Annotated[int, Field(ge=0, le=256)] = 0


class PressSettings(Spec):
    """Print files for a press: ICC output profile by path, "" for our own gray; bleed and slug in mm."""

    icc: str = ""
    bleed: Annotated[float, Field(ge=0, le=20)] = 3
    slug: Annotated[float, Field(ge=0, le=40)] = 10


class PromiseSettings(Spec):
    """The promise: share delivered, and the days after which silence counts as delivered (推定妥投)."""

    delivered: Annotated[float, Field(ge=0, le=1)] = 0.90
    window_days: Annotated[int, Field(ge=1, le=365)] = 30


class StoreSettings(Spec):
    """Database: empty for `yibao.db` in the workspace, or an SQLAlchemy URL."""

    url: str = ""


FontPath = Annotated[str, Field(pattern=r"^[^\x00]*$")]  # the system takes no path with a zero byte


def _file_list(value: object) -> object:
    return tuple(value.split(os.pathsep)) if isinstance(value, str) else value


class FontSettings(Spec):
    """Fonts by path, relative to the workspace; "" for the shipped Noto Sans SC.

    A face of a collection is named `font.ttc#2`. An environment variable gives the fallbacks with the
    system's separator of paths between them.
    """

    body: FontPath = ""
    body_bold: FontPath = ""
    second: FontPath = ""
    second_bold: FontPath = ""
    fallback: Annotated[tuple[FontPath, ...], BeforeValidator(_file_list)] = ()

    def plan(self, workspace: Path) -> FontPlan:
        """The same fonts by whole paths."""

        def whole(path: str) -> str:
            return str(workspace / path) if path else ""

        return FontPlan(
            whole(self.body),
            whole(self.body_bold),
            whole(self.second),
            whole(self.second_bold),
            tuple(map(whole, filter(None, self.fallback))),
        )


class Settings(Spec):
    """All settings of a workspace."""

    client: ClientSettings
    mailings: dict[str, MailingSettings]
    mailing: str = ""
    render: RenderSettings = RenderSettings()
    press: PressSettings = PressSettings()
    promise: PromiseSettings = PromiseSettings()
    store: StoreSettings = StoreSettings()
    fonts: FontSettings = FontSettings()

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
    for section in ("render", "press", "promise", "store", "fonts"):
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
