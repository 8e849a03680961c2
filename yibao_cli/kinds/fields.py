"""What a column of a client's file means: the field declarations of `kind.toml`."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yibao_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Container

FieldType = Literal[
    "text",  # free text
    "name",  # a person's name
    "id",  # an identifier that is not a number: leading zeros count
    "id-number",  # 公民身份号码, 18 characters with a check
    "uscc",  # 统一社会信用代码
    "mobile",
    "postcode",
    "money",  # yuan in the file, integer fen inside
    "integer",
    "decimal",  # quantity or reading; kept as exact text
    "date",  # ISO inside
    "flag",  # 是/否
    "choice",  # one of a vocabulary
]

FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

# Brackets and what they hold ("单位:元", "必填") say how to fill a column, not which one it is.
_BRACKETS = {"(": ")", "[": "]", "【": "】", "<": ">"}


class Spec(BaseModel):
    """Base of everything read from a kind: frozen, and a misspelled key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class FieldSpec(Spec):
    """One field of an input table.

    label: the header as we write it; aliases: as clients write it.
    required: a file without the column is refused; a row without a value is rejected.
    sensitive: masked wherever people look.
    choices: for type `choice`: canonical value -> spellings that mean it.
    past: a date that cannot lie in the future. in_id: what an ID number in the same row says too.
    """

    name: FieldName
    label: str
    type: FieldType = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    sensitive: bool = False
    choices: dict[str, tuple[str, ...]] = {}
    past: bool = False
    in_id: Literal["", "birth", "gender"] = ""

    @model_validator(mode="after")
    def _choices_belong_to_choice(self) -> FieldSpec:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(
                _("{name}: choices belong to type 'choice', and only to it").format(name=self.name)
            )
        return self

    @property
    def headers(self) -> tuple[str, ...]:
        """Every normalised header that means this field."""
        return tuple(dict.fromkeys(normal_header(h) for h in (self.label, *self.aliases, self.name)))


class TableSpec(Spec):
    """One input table of a kind.

    key: fields that name a row; empty where rows may repeat (transactions without a serial number).
    one_of: groups of fields; a file has the columns of one group at least, a row the values of one.
    per: `member` (one row a member), `line` (many), `other`.
    """

    label: str
    per: Literal["member", "line", "other"] = "other"
    key: tuple[FieldName, ...] = ()
    one_of: tuple[tuple[FieldName, ...], ...] = ()
    fields: tuple[FieldSpec, ...]

    @model_validator(mode="after")
    def _names_are_single(self) -> TableSpec:
        names = [f.name for f in self.fields]
        twice = {n for n in names if names.count(n) > 1} | {*self.key, *sum(self.one_of, ())} - set(names)
        if twice:
            raise ValueError(
                _("field declared twice, or a key that is no field: {names}").format(
                    names=", ".join(sorted(twice))
                )
            )
        owner: dict[str, str] = {}
        for spec in self.fields:
            for header in spec.headers:
                if owner.setdefault(header, spec.name) != spec.name:
                    raise ValueError(
                        _("header {header} means both {one} and {other}").format(
                            header=header, one=owner[header], other=spec.name
                        )
                    )
        return self

    def field(self, name: str) -> FieldSpec:
        """The field of that name; KeyError when there is none."""
        for spec in self.fields:
            if spec.name == name:
                return spec
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Field names in declared order."""
        return tuple(f.name for f in self.fields)

    @property
    def alternatives(self) -> str:
        """The groups of `one_of` by their labels, for people: `个人编号 / 姓名 + 出生日期`."""
        return " / ".join(" + ".join(self.field(n).label for n in group) for group in self.one_of)

    def has_one_of(self, present: Container[str]) -> bool:
        """Tell whether the fields that are there make one group of `one_of` whole."""
        return not self.one_of or any(all(n in present for n in group) for group in self.one_of)


def normal_header(text: str) -> str:
    """Fold a header to what matters: NFKC, no white space, no brackets with their content, lower case.

    >>> normal_header("期末 余额（元）")
    '期末余额'
    """
    folded = unicodedata.normalize("NFKC", text)
    kept: list[str] = []
    closing: list[str] = []
    for char in folded:
        if char in _BRACKETS:
            closing.append(_BRACKETS[char])
        elif closing and char == closing[-1]:
            closing.pop()
        elif not closing and not char.isspace() and char not in "*:_-":
            kept.append(char)
    return "".join(kept).lower()
