"""What the tests of the reading side share."""

from __future__ import annotations

import pikepdf
import pytest


@pytest.fixture
def edited(tmp_path):
    """Write a part, let a function change the open PDF, and give the changed file."""

    def edit(part, change):
        source, target = part.write(tmp_path / "right.pdf"), tmp_path / "wrong.pdf"
        with pikepdf.open(source) as pdf:
            change(pdf)
            pdf.save(target)
        return target

    return edit
