"""Settings: the flag wins over YIBAO_*, that over yibao.toml, that over the default.

Also the one place that knows where templates/ and sample_data/ lie: beside the package in a checkout,
inside it in an installed wheel.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, ValidationError

from yibao_cli.codes import is_mailing_id
from yibao_cli.config.nightly import NightlySettings
from yibao_cli.config.returns import ComplaintSettings, ReportSettings
from yibao_cli.config.safety import ApprovalSettings, EncryptionSettings, RetentionSettings, RoleSettings
from yibao_cli.config.sections import (
    AddressSettings,
    AdsSettings,
    ClientSettings,
    ClusterSettings,
    FontSettings,
    HandoverSettings,
    MailingSettings,
    PaperSettings,
    PostingSettings,
    PressSettings,
    PromiseSettings,
    RenderSettings,
    SortingSettings,
    StoreSettings,
    TariffSettings,
    TrackingSettings,
)
from yibao_cli.errors import InputNotFound, SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.reasons import settings_fault, toml_fault

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_NAME = "yibao.toml"
_RULES = frozenset({"roles", "approval"})
_PACKAGE = Path(__file__).parents[1]


def _mailing_name(name: str) -> str:
    if not is_mailing_id(name):
        raise ValueError(_("use 1 to 20 of A-Z, 0-9 and -, such as 2026Q3"))
    return name


class Settings(Spec):
    """All settings of a workspace.

    vocabulary: kind -> field of type choice -> the client's word -> one of the kind's own.
    """

    client: ClientSettings
    mailings: dict[Annotated[str, AfterValidator(_mailing_name)], MailingSettings]
    mailing: str = ""
    render: RenderSettings = RenderSettings()
    cluster: ClusterSettings = ClusterSettings()
    press: PressSettings = PressSettings()
    sorting: SortingSettings = SortingSettings()
    paper: PaperSettings = PaperSettings()
    tariff: TariffSettings = TariffSettings()
    posting: PostingSettings = PostingSettings()
    promise: PromiseSettings = PromiseSettings()
    report: ReportSettings = ReportSettings()
    complaints: ComplaintSettings = ComplaintSettings()
    store: StoreSettings = StoreSettings()
    fonts: FontSettings = FontSettings()
    address: AddressSettings = AddressSettings()
    tracking: TrackingSettings = TrackingSettings()
    handover: HandoverSettings = HandoverSettings()
    nightly: NightlySettings = NightlySettings()
    ads: AdsSettings = AdsSettings()
    encryption: EncryptionSettings = EncryptionSettings()
    roles: RoleSettings = RoleSettings()
    approval: ApprovalSettings = ApprovalSettings()
    retention: RetentionSettings = RetentionSettings()
    vocabulary: dict[str, dict[str, dict[str, str]]] = Field(default={})

    def spellings(self, kind: str) -> dict[str, dict[str, str]]:
        """The client's own words for choices of a kind: field -> the client's word -> ours."""
        return self.vocabulary.get(kind, {})

    def mailing_settings(self, mailing: str) -> MailingSettings:
        """Settings of one mailing; InputNotFound when yibao.toml does not name it."""
        if mailing not in self.mailings:
            known = ", ".join(sorted(self.mailings))
            remedy = _("use one of: {known}; or add a table [mailings.{mailing}] to it")
            remedy = remedy if known else _("add a table [mailings.{mailing}] to it, see docs/settings.md")
            raise InputNotFound(
                _("yibao.toml has no mailing {mailing}").format(mailing=mailing),
                remedy=remedy.format(mailing=mailing, known=known),
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
    for section, names in _overridable():
        for name in names:
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


def _overridable() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Sections that the environment may override: those that have a default as a whole, and are no rule."""
    for name, field in Settings.model_fields.items():
        # Who may do what is for those to say who can write yibao.toml.
        if isinstance(field.default, Spec) and name not in _RULES:
            yield name, tuple(type(field.default).model_fields)
