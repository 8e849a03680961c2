"""Records and frame schemas that stages share; the words are those of the trade."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yibao_cli.i18n import N_, _
from yibao_cli.rules import Rule, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping


# Words that stages put into `details` for what people read as a sentence.
_WORDS = {
    "fault": {
        "length": N_("it has not 18 characters"),
        "digits": N_("a character stands in it that cannot"),
        "date": N_("its birth date is no date"),
        "check": N_("its last character does not fit the others"),
    },
    "suppressed": {
        "demolished": N_("it was pulled down"),
        "vacant": N_("nobody lives there"),
        "no-delivery": N_("the post does not deliver there"),
        "refused": N_("whoever lives there wants no mail"),
        "other": N_("another reason, see its history"),
    },
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A bad or doubtful record: a value, never an exception.

    rule_id: id in `rules.RULES`.
    file, sheet, row, column: where it stands in the client's own file; row counts from 1 as Excel
      does, column is the client's own header; None or "" where there is no such place.
    value: what stood there, masked; never a full id, phone or name.
    details: fills the braces of the rule's text; no personal data.
    """

    rule_id: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def rule(self) -> Rule:
        """The rule that was broken."""
        return rule(self.rule_id)

    @property
    def severity(self) -> Severity:
        """What the finding does to its row."""
        return self.rule.severity

    @property
    def place(self) -> str:
        """`FILE:SHEET!row N column`, as far as it is known."""
        sheet = f":{self.sheet}" if self.sheet else ""
        row = f"!{self.row}" if self.row is not None else ""
        column = f" {self.column}" if self.column else ""
        return f"{self.file}{sheet}{row}{column}".strip()

    def message(self) -> str:
        """What is wrong, in the language in use."""
        return _(self.rule.message).format_map(_Known(self.details))

    def remedy(self) -> str:
        """What to do next, in the language in use."""
        return _(self.rule.remedy).format_map(_Known(self.details))


class _Known(dict[str, object]):
    """Details for `format_map`; a missing one shows its name instead of raising at 02:00."""

    def __getitem__(self, key: str) -> object:
        value = super().__getitem__(key)
        word = _WORDS.get(key, {}).get(str(value))
        return _(word) if word else value

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
