"""What tests of kinds that are wrong share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yibao_cli.errors import ExitCode, SettingsError
from yibao_cli.kinds import load_kind

if TYPE_CHECKING:
    from pathlib import Path


def refusal(templates: Path) -> SettingsError:
    """Why the altered kind is not loaded."""
    with pytest.raises(SettingsError) as caught:
        load_kind(templates, "medical")
    assert caught.value.exit_code == ExitCode.SETTINGS
    assert caught.value.remedy
    return caught.value
