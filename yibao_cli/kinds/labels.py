"""Sheets of labels as data: how large, how many across and down, what stands where on each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.fields import Spec
from yibao_cli.kinds.loading import read_toml
from yibao_cli.kinds.reasons import settings_fault

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "labels"

Length = Annotated[float, Field(ge=0, le=2000, allow_inf_nan=False)]
Size = Annotated[float, Field(gt=0, le=200, allow_inf_nan=False)]
LabelField = Literal[
    "heading",
    "destination",
    "level",
    "number",
    "pieces",
    "weight",
    "contents",
    "mailing",
    "printed_on",
    "client",
]
_TOLERANCE = 0.01  # mm


class LabelText(Spec):
    """A text of a label: x and y of its first baseline; align says what x is.

    width: mm that it may take; a longer one is broken into `lines`, then set smaller down to min_size.
    """

    field: LabelField
    before: str = ""
    x: Length
    y: Length
    width: Length
    size: Size = 9
    min_size: Size = 5
    weight: Literal[400, 700] = 400
    lines: Annotated[int, Field(ge=1, le=6)] = 1
    align: Literal["left", "center", "right"] = "left"


class LabelCode(Spec):
    """The mark for machines: its top left corner; module: mm of one; height: of a Code 128's bars."""

    kind: Literal["datamatrix", "code128"] = "datamatrix"
    x: Length
    y: Length
    module: Annotated[float, Field(ge=0.2, le=5, allow_inf_nan=False)] = 0.6
    height: Length = 15


class LabelRule(Spec):
    """A straight line across."""

    x: Length
    y: Length
    x2: Length


class LabelSheet(Spec):
    """A sheet of labels; lengths in mm.

    paper, label: width and height. left, top: where the first label begins; gap_x, gap_y: between labels.
    """

    id: str
    name: str
    paper: tuple[Length, Length]
    label: tuple[Length, Length]
    columns: Annotated[int, Field(ge=1, le=20)] = 1
    rows: Annotated[int, Field(ge=1, le=50)] = 1
    left: Length = 0
    top: Length = 0
    gap_x: Length = 0
    gap_y: Length = 0
    code: LabelCode
    texts: Annotated[tuple[LabelText, ...], Field(min_length=1)]
    rules: tuple[LabelRule, ...] = ()

    @model_validator(mode="after")
    def _labels_stand_on_the_sheet(self) -> LabelSheet:
        for start, size, gap, count, paper in (
            (self.left, self.label[0], self.gap_x, self.columns, self.paper[0]),
            (self.top, self.label[1], self.gap_y, self.rows, self.paper[1]),
        ):
            if start + count * size + (count - 1) * gap > paper + _TOLERANCE:
                raise ValueError(_("the labels do not fit on the paper"))
        width, height = self.label
        if (
            any(t.x > width or t.y > height for t in self.texts)
            or self.code.x > width
            or self.code.y > height
        ):
            raise ValueError(_("a text or the code lies outside of the label"))
        if "destination" not in {t.field for t in self.texts}:
            raise ValueError(_("a label must show its destination"))
        return self

    def corners(self) -> list[tuple[float, float]]:
        """Top left corner of each label of a sheet, row by row."""
        wide, high = self.label[0] + self.gap_x, self.label[1] + self.gap_y
        return [
            (self.left + column * wide, self.top + row * high)
            for row in range(self.rows)
            for column in range(self.columns)
        ]


def load_label_sheet(templates: Path, name: str) -> LabelSheet:
    """A sheet by its name; SettingsError when there is none, or which key is wrong."""
    folder = templates / FOLDER
    known = sorted(path.stem for path in folder.glob("*.toml"))
    if name not in known:
        raise SettingsError(
            _("there is no sheet of labels {name}").format(name=name),
            remedy=_("use one of: {known}").format(known=", ".join(known)),
        )
    try:
        return LabelSheet.model_validate({"id": name, **read_toml(folder / f"{name}.toml")})
    except ValidationError as error:
        key, reason = settings_fault(error)
        raise SettingsError(
            _("{key}: {reason}").format(key=key, reason=reason),
            where=f"{FOLDER}/{name}.toml",
            remedy=_("correct it; docs/posting.md describes each"),
        ) from error
