"""What may stand in a recipe, told in words."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]


def recipe_keys(model: type[BaseModel]) -> list[str]:
    """Return a line for each key of a model, and of the models within: what it may be, its default, its meaning."""
    schema = model.model_json_schema()
    return list(_keys(schema, schema.get("$defs", {}), ""))


def _keys(schema: Schema, models: dict[str, Schema], prefix: str) -> Iterator[str]:
    for name, key in schema["properties"].items():
        choices = [c for choice in key.get("anyOf", [key]) for c in choice.get("oneOf", [choice])]
        within = [models[c["$ref"].rpartition("/")[2]] for c in choices if "$ref" in c]
        if len(within) != 1 or len(choices) > 1:  # a section has keys alone
            kinds = [model["properties"]["kind"]["const"] for model in within]
            allowed = " | ".join([*kinds, *(_words(c) for c in choices if "$ref" not in c)])
            default = f"default {json.dumps(key['default'])}" if "default" in key else "needed"
            meaning = f"; {key['description']}" if "description" in key else ""
            yield f"{prefix}{name}: {allowed}, {default}{meaning}"
        for model in within:
            yield from _keys(model, models, f"{prefix}{name}.")


def _words(choice: Schema) -> str:
    if "const" in choice:
        return choice["const"]
    if "enum" in choice:
        return " | ".join(choice["enum"])
    return f"{choice['type']} of {_words(choice['items'])}" if "items" in choice else choice["type"]
