"""What a dry run shows: which column was taken for which field, and ten typed rows, masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.codes import mask_address, mask_id, mask_name
from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yibao_cli.jobs.importing import ImportOutcome

_MASKS = {"name": mask_name, "contact": mask_name, "address": mask_address}
_OUR_OWN = {"src_sheet", "src_row", "src_ordinal"}
_SENSITIVE = ("_no", "_number", "phone")


def preview_lines(outcome: ImportOutcome) -> Iterator[str]:
    """The mapping of each sheet, then the first rows."""
    for sheet, fields in outcome.mapping.items():
        pairs = ", ".join(f"{header} = {field}" for field, header in fields.items())
        yield _("sheet {sheet}: {pairs}").format(sheet=sheet or "-", pairs=pairs)
    if outcome.preview is not None:
        for row in outcome.preview.to_pylist():
            yield " | ".join(
                _shown(name, value)
                for name, value in row.items()
                if value is not None and name not in _OUR_OWN
            )


def _shown(name: str, value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    if name in _MASKS:
        return _MASKS[name](text)
    return mask_id(text) if name.endswith(_SENSITIVE) else text
