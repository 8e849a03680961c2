"""The JSON Schema of kind.toml, for editors: what may stand in it, with the words that the models have."""

from __future__ import annotations

import json
from typing import Any

from yibao_cli.kinds.kind import Kind

FILE_NAME = "kind.schema.json"
# Filled when a kind is loaded, and never written in its file.
_NOT_WRITTEN = ("texts", "omr")
# What a kind that extends another may leave to it.
_OF_THE_BASE = ("inputs", "merge")
# What may also be absent: the id is checked against the folder, panels and product belong to every kind.
_MARK = {"description": "The kind whose tables, laws and texts this one takes over.", "type": "string"}


def kind_schema() -> dict[str, Any]:
    """The schema of one kind.toml, JSON Schema 2020-12."""
    schema = Kind.model_json_schema()
    for name in _NOT_WRITTEN:
        del schema["properties"][name]
    schema["properties"]["extends"] = _MARK
    required = [n for n in schema["required"] if n not in _OF_THE_BASE]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_plain(schema),
        "title": "kind.toml",
        "required": required,
        "anyOf": [{"required": ["extends"]}, {"required": list(_OF_THE_BASE)}],
    }


def schema_text() -> str:
    """The file as it is shipped."""
    return json.dumps(kind_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _plain(part: Any) -> Any:
    """The schema without what only pydantic knows, and definitions that nothing refers to."""
    part = {**part, "$defs": {k: v for k, v in part["$defs"].items() if k != "OmrProfile"}}
    return _without_titles(part)


def _without_titles(part: Any) -> Any:
    if isinstance(part, dict):
        # A property may itself be called `title`; then it is a schema, not a text.
        return {k: _without_titles(v) for k, v in part.items() if not (k == "title" and isinstance(v, str))}
    return [_without_titles(p) for p in part] if isinstance(part, list) else part
