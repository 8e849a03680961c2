"""A kind bound to one mailing: its days and the settings of that day stand in its conditions as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yibao_cli.errors import SettingsError
from yibao_cli.i18n import _
from yibao_cli.kinds.checks import check_condition
from yibao_cli.kinds.expressions import parse_expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yibao_cli.kinds.expressions import Expression
    from yibao_cli.kinds.kind import Kind


def settings_on(kind: Kind, day: str) -> dict[str, int | str]:
    """The value of each setting for a mailing posted on that ISO day.

    Raises SettingsError with the name of one that has no value yet on that day.
    """
    found = {}
    for name in kind.settings:
        try:
            found[name] = kind.setting(name, day)
        except KeyError as error:
            raise SettingsError(
                _("settings.{name}: no value counts on {day}").format(name=name, day=day),
                where=kind.id,
                remedy=_("add one with an earlier `since`"),
            ) from error
    return found


def bound_condition(kind: Kind, text: str, days: Mapping[str, str]) -> Expression:
    """A condition of a mailing over its members, with the mailing's days and the settings in it.

    Raises SettingsError for what is no condition over the kind's fields.
    """
    expression = parse_expression(text)
    check_condition(kind, expression)
    values: dict[tuple[str, str], int | str] = {("mailing", name): day for name, day in days.items()}
    values |= {("settings", name): value for name, value in settings_on(kind, days["posting"]).items()}
    return parse_expression(expression.bound(values))


def bound_kind(kind: Kind, days: Mapping[str, str]) -> Kind:
    """The kind whose conditions and laws name no days of the mailing and no settings any more.

    days: `starts`, `ends`, `posting` of the mailing, ISO; the settings are those of `posting`.
    """
    values: dict[tuple[str, str], int | str] = {("mailing", name): day for name, day in days.items()}
    values |= {("settings", name): value for name, value in settings_on(kind, days["posting"]).items()}

    def text(expression: Expression | None) -> str:
        if expression is None:
            return ""
        # Most say nothing of the kind, and stay as they were written.
        return (
            expression.bound(values)
            if any(f"{g}." in expression.text for g, _n in values)
            else expression.text
        )

    laws = tuple(
        w.model_copy(update={"law": text(w.expression), "when": text(w.condition)}) for w in kind.laws
    )
    holds = tuple(h.model_copy(update={"when": text(h.expression)}) for h in kind.holds)
    variants = {name: v.model_copy(update={"when": text(v.expression)}) for name, v in kind.variants.items()}
    return kind.model_copy(update={"laws": laws, "holds": holds, "variants": variants})
