"""The configuration: every key of every task, from the models that check it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from reference_pages.markdown import escaped, one_paragraph, table
from showergan.config.tasks.found import DEFAULT, SPECS
from showergan.config.whole import config_of

CONFIG = Path(__file__).parents[3] / "config.yaml"
Schema = dict[str, Any]


def page() -> str:
    """Return the page of all keys of a configuration, of every task."""
    text = [
        "# Configuration",
        "Made from the models that check a configuration (`src/showergan/config/`): every key, what it may be, its "
        "default and its meaning. An unknown key, a wrong type or an impossible value stops before any job, with a "
        "message that names the key.",
        "For showers the file given by `--configfile` lies over `config.yaml`: a key that neither names has its "
        "default, one that `config.yaml` names the value in the column *config.yaml*. The configuration of another "
        "task is a whole one and has defaults alone.",
    ]
    done: set[str] = set()
    own = yaml.safe_load(CONFIG.read_text("utf-8"))
    for name in sorted(SPECS, key=lambda name: name != DEFAULT):
        schema = config_of(SPECS[name]).model_json_schema()
        models = schema.get("$defs", {})
        given = own if name == DEFAULT else None
        if name == DEFAULT:
            text += ["## The whole file", *section_table(schema, models, given)]
        else:
            text += [
                f"## Keys of {name} alone",
                f"`task: {name}`. {one_paragraph(SPECS[name].about)}",
            ]
        for key, value in schema["properties"].items():
            top = [key if name == DEFAULT else f"{key} of {name}"]
            nested = list(sections(value, top, models, done, below(given, key)))
            text += [part for part in nested if part]
    return "\n\n".join(text) + "\n"


def below(given: Any, key: str) -> Any:
    """Return what config.yaml has at a key, None where it has nothing."""
    return given.get(key) if isinstance(given, dict) else None


def sections(
    value: Schema, path: list[str], models: dict[str, Schema], done: set[str], given: Any
) -> Iterator[str]:
    """Return heading, text and table of each model that a value refers to, those within them after it."""
    for name, at in referred(value, path):
        if name in done:
            continue
        done.add(name)
        model = models[name]
        kind = model["properties"].get("kind", {}).get("const")
        # config.yaml has other names, or a section of another kind.
        own = given if at == path and kind in (None, below(given, "kind")) else None
        where = ".".join(at)
        title = f"`{where}`" + (f", `kind: {kind}`" if kind else "")
        yield f"{'##' if len(at) == 1 and not kind else '###'} {title} {{ #{name.lower()} }}"
        yield model.get("description", "")
        yield from section_table(model, models, own)
        for key, inner in model["properties"].items():
            yield from sections(inner, [*at, key], models, done, below(own, key))


def referred(value: Schema, path: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Return the names of the models that a value may be, each with the path to it."""
    if "$ref" in value:
        yield value["$ref"].rpartition("/")[2], path
    for choice in (*value.get("anyOf", ()), *value.get("oneOf", ())):
        yield from referred(choice, path)
    for one in (value.get("items"), value.get("additionalProperties")):
        if isinstance(one, dict):
            yield from referred(one, path)
    for one in value.get("patternProperties", {}).values():
        yield from referred(one, [*path, "NAME"])


def section_table(model: Schema, models: dict[str, Schema], given: Any) -> Iterator[str]:
    """Return the table of the keys of a model."""
    needed = model.get("required", ())
    rows = []
    for key, value in model["properties"].items():
        if key == "kind":
            continue
        meaning = value.get("description") or one_paragraph(first_model(value, models))
        default = "needed" if key in needed else code(value["default"])
        row = [f"`{key}`", kind_of(value, models), default, escaped(meaning)]
        if given is not None:
            written = below(given, key)
            shown = key in given and (not isinstance(written, dict) or "kind" in written)
            row.insert(3, code(written) if shown else "")
        rows.append(row)
    if rows:
        column = "config.yaml|" if given is not None else ""
        yield table(f"key|what it may be|default|{column}meaning", rows)


def first_model(value: Schema, models: dict[str, Schema]) -> str:
    """Return what the first model that a value refers to says of itself."""
    return next((models[name].get("description", "") for name, _ in referred(value, [])), "")


def code(value: Any) -> str:
    """Return a value as YAML writes it, in one line; nothing for a section, which has a table of its own."""
    if isinstance(value, dict) and value:
        return f"`kind: {value['kind']}`" if "kind" in value else ""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6)
    return f"`{text.strip().removesuffix('...').strip()}`"


def kind_of(value: Schema, models: dict[str, Schema]) -> str:
    """Return what a value may be, in words: type or choices, with its bounds."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        kind = models[name]["properties"].get("kind", {}).get("const")
        return f"[{f'`kind: {kind}`' if kind else 'section'}](#{name.lower()})"
    choices = [*value.get("anyOf", ()), *value.get("oneOf", ())]
    if choices:
        return " or ".join(kind_of(choice, models) for choice in choices)
    if "const" in value:
        return code(value["const"])
    if "enum" in value:
        return ", ".join(map(code, value["enum"]))
    if "prefixItems" in value:
        return f"list: {'; '.join(kind_of(one, models) for one in value['prefixItems'])}"
    if "items" in value:
        least = f", at least {value['minItems']}" if value.get("minItems") else ""
        return f"list of: {kind_of(value['items'], models)}{least}"
    named = [*value.get("patternProperties", {}).values(), value.get("additionalProperties")]
    if value.get("type") == "object":
        inner = " or ".join(kind_of(one, models) for one in named if isinstance(one, dict))
        return f"NAME: {inner}"
    return {"string": "text", "boolean": "`true`, `false`", "null": "`null`"}.get(
        value["type"], value["type"]
    ) + bounds(value)


def bounds(value: Schema) -> str:
    """Return the bounds of a number, or the length and the form of a text."""
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    found = [
        f"{sign}\u00a0{value[name]:,}".replace(",", "\u00a0")
        for name, sign in signs.items()
        if name in value
    ]
    if value.get("minLength"):
        found.append("not empty")
    if "maxLength" in value:
        found.append(f"at most {value['maxLength']} characters")
    if value.get("pattern", "").startswith("^[A-Za-z]"):
        found.append("letters, digits and _")
    return f" {', '.join(found)}" if found else ""
