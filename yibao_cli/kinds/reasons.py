"""Why a value cannot be used, in the language in use: the sentences of pydantic and tomllib, said again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yibao_cli.i18n import N_, _

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

# By pydantic's own name of the error; braces are filled from its context.
_REASONS = {
    "missing": N_("the key is missing"),
    "extra_forbidden": N_("there is no such key"),
    "string_type": N_("it must be a text"),
    "int_type": N_("it must be a whole number"),
    "int_parsing": N_("it must be a whole number"),
    "int_from_float": N_("it must be a whole number"),
    "float_type": N_("it must be a number"),
    "float_parsing": N_("it must be a number"),
    "decimal_type": N_("it must be a number"),
    "decimal_parsing": N_("it must be a number"),
    "bool_type": N_("it must be true or false"),
    "bool_parsing": N_("it must be true or false"),
    "tuple_type": N_("it must be a list"),
    "list_type": N_("it must be a list"),
    "dict_type": N_("it must be a table"),
    "model_type": N_("it must be a table"),
    "model_attributes_type": N_("it must be a table"),
    "literal_error": N_("it must be one of {expected}"),
    "union_tag_invalid": N_("it must be one of {expected_tags}"),
    "union_tag_not_found": N_("the key {discriminator} is missing"),
    "greater_than": N_("it must be greater than {gt}"),
    "greater_than_equal": N_("it must be at least {ge}"),
    "less_than": N_("it must be less than {lt}"),
    "less_than_equal": N_("it must be at most {le}"),
    "string_pattern_mismatch": N_("it does not have the form {pattern}"),
    "string_too_short": N_("it is too short; at least {min_length} characters"),
    "string_too_long": N_("it is too long; at most {max_length} characters"),
    "too_short": N_("it has too few entries; at least {min_length}"),
    "too_long": N_("it has too many entries; at most {max_length}"),
}
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")


def settings_fault(error: ValidationError) -> tuple[str, str]:
    """Key and reason of the first thing that is wrong; a reason without a sentence of ours stays as it is."""
    first = error.errors()[0]
    return ".".join(map(str, first["loc"])), _reason(first)


def _reason(fault: ErrorDetails) -> str:
    context = fault.get("ctx", {})
    if fault["type"] == "value_error":
        # Raised by our own validators, which translate what they say.
        return str(context["error"])
    sentence = _REASONS.get(fault["type"])
    return _(sentence).format(**context) if sentence else fault["msg"]


def toml_fault(error: ValueError) -> str:
    """Where a file is no valid TOML, or no UTF-8."""
    if place := _PLACE.search(str(error)):
        return _("line {line}, column {column}").format(line=place[1], column=place[2])
    return _("it is not UTF-8 text") if isinstance(error, UnicodeDecodeError) else str(error)
