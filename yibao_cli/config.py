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
    """One mailing 批次: kind, period as printed, first and last day of its data, planned day of posting.

    deliver: to each member's own address, or to the employer's where there is one. order: the kind's print
    order, or the members of one delivery point side by side. One piece is one member's in any case.
    """

    kind: str
    period: str
    starts: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    ends: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    posting: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    deliver: Literal["member", "employer"] = "member"
    order: Literal["kind", "household"] = "kind"


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


def _comma_list(value: object) -> object:
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


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


class AddressSettings(Spec):
    """How strictly addresses are judged: lowest score of a good one, of one that is not held, rules accepted.

    An environment variable gives the rules with commas between.
    """

    good: Annotated[float, Field(ge=0, le=1)] = 0.85
    bad: Annotated[float, Field(ge=0, le=1)] = 0.0
    accept: Annotated[
        tuple[Annotated[str, Field(pattern=r"^A1[1-9]\d$")], ...], BeforeValidator(_comma_list)
    ] = ()


class Settings(Spec):
    """All settings of a workspace.

    vocabulary: kind -> field of type choice -> the client's word -> one of the kind's own.
    """

    client: ClientSettings
    mailings: dict[str, MailingSettings]
    mailing: str = ""
    render: RenderSettings = RenderSettings()
    press: PressSettings = PressSettings()
    promise: PromiseSettings = PromiseSettings()
    store: StoreSettings = StoreSettings()
    fonts: FontSettings = FontSettings()
    address: AddressSettings = AddressSettings()
    vocabulary: dict[str, dict[str, dict[str, str]]] = Field(default={})

    def spellings(self, kind: str) -> dict[str, dict[str, str]]:
        """The client's own words for choices of a kind: field -> the client's word -> ours."""
        return self.vocabulary.get(kind, {})

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
    for section in ("render", "press", "promise", "store", "fonts", "address"):
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
