"""What a finding may show of a cell: enough to find it, never enough to know the person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yibao_cli.codes import mask_address, mask_id, mask_name, mask_phone

if TYPE_CHECKING:
    from collections.abc import Callable

    from yibao_cli.kinds.fields import FieldSpec

_MOST_CHARS = 24
_SHORT_ADDRESS = 6
_LONG_NUMBER = re.compile(r"\d{5,}")
# A shifted row puts names and ids under harmless headers, so that a value which did not fit its
# column is shown only as far as its digits and signs go.
_SIGNS = re.compile(r"[^\W\d_]")
_BY_TYPE: dict[str, Callable[[str], str]] = {
    "id": mask_id,
    "id-number": mask_id,
    "uscc": mask_id,
    "mobile": mask_phone,
    "name": mask_name,
    "choice": mask_name,
}


def mask_for(field: FieldSpec) -> Callable[[object], str]:
    """Choose how a cell of this field is shown in a finding."""
    if field.type == "text":
        mask: Callable[[str], str] = _mask_text if field.sensitive else mask_name
    else:
        mask = _BY_TYPE.get(field.type, mask_signs)
    return lambda value: mask(_plain(value))


def mask_signs(text: str) -> str:
    """Keep digits and signs of a short value, no letters and no long number.

    >>> mask_signs("12.3.4元"), mask_signs("13800138000")
    ('12.3.4*', '*******8000')
    """
    return _LONG_NUMBER.sub(lambda m: mask_id(m[0]), _SIGNS.sub("*", text))


def _mask_text(text: str) -> str:
    # What is too short for an address may be a name that moved over by one column.
    return mask_address(text) if len(text) > _SHORT_ADDRESS else mask_name(text)


def _plain(value: object) -> str:
    """The value on one line, as short as a message can bear, without what drives a terminal."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return text[:_MOST_CHARS]
