"""One small sample for all tests of this room, read back by another library than wrote it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from yibao_cli.sample import write_sample

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS = 600


@dataclass(frozen=True)
class Written:
    folder: Path
    expected: dict

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    def sheet(self, name):
        return CalamineWorkbook.from_path(str(self.inbox / name)).get_sheet_by_index(0)

    def rows(self, name, first_header):
        """Data rows below the header that begins with `first_header`: no blank, total or header rows."""
        rows = self.sheet(name).to_python(skip_empty_area=False)
        start = next(n for n, row in enumerate(rows) if row[0] == first_header) + 1
        return [
            row for row in rows[start:] if any(c != "" for c in row) and row[0] not in (first_header, "合计")
        ]


def read(folder):
    return Written(folder, json.loads((folder / "expected.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def medical(tmp_path_factory):
    folder = tmp_path_factory.mktemp("medical")
    write_sample(folder, "medical", MEMBERS, seed=7)
    return read(folder)


@pytest.fixture(scope="session")
def electricity(tmp_path_factory):
    folder = tmp_path_factory.mktemp("electricity")
    write_sample(folder, "electricity", 300, seed=7)
    return read(folder)
