"""Settings of a workspace: flag > YIBAO_* > yibao.toml > default.

sections  one record a table of yibao.toml
settings  all of them, read and checked; where the workspace and the shipped data lie
"""

from yibao_cli.config.nightly import NightlySettings
from yibao_cli.config.sections import AddressSettings, FontSettings, MailingSettings
from yibao_cli.config.settings import FILE_NAME, Settings, find_workspace, load_settings, shipped

__all__ = [
    "FILE_NAME",
    "AddressSettings",
    "FontSettings",
    "MailingSettings",
    "NightlySettings",
    "Settings",
    "find_workspace",
    "load_settings",
    "shipped",
]
