"""What a label says, as a record; `render.labels` draws it on a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Label:
    """code: what its mark for machines says, of its own; texts: by the fields of a label."""

    code: str
    texts: Mapping[str, str]
