"""Validation with messages for people: each wrong key, its value and what is allowed."""

import contextlib
import copy
import difflib
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from showergan.config.keys import each_once
from showergan.config.kinds import Kind
from showergan.errors import UserError

Model = TypeVar("Model", bound=BaseModel)


def read_json(option: str, value: str) -> Any:
    """Return the content of an option of the command line: JSON text, or the path of a JSON file.

    Of the record of a job only the recipe is returned, so that the job can be repeated.

    Raises:
        UserError: neither can be read.
    """
    try:
        is_text = value.lstrip().startswith("{")
        text = value if is_text else Path(value).read_text(encoding="utf-8")
        raw = json.loads(text, object_pairs_hook=partial(each_once, where=option))
        return raw.get("recipe", raw) if isinstance(raw, dict) else raw
    except OSError as error:
        raise UserError(
            f"{option} {value}: give JSON text, or a JSON file that can be read ({error.strerror})"
        ) from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{option} is not JSON: {error}") from None


def validated(model: type[Model], raw: Any, what: str) -> Model:
    """Return an instance of a model from plain values, with the types of JSON and no others; messages call it `what`.

    Raises:
        UserError: it names each wrong key, its value and what is allowed.
    """
    try:
        if key := _no_text(raw):
            raise UserError(
                f"The {what} is not valid:\n  {key}: a name must be a text: YAML reads yes, no, on, off, true, null "
                "and numbers as other values than texts; put it in quotes, or give another name"
            )
        return model.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        lines = [_explain(model, details) for details in error.errors()]
        raise UserError(
            f"The {what} is not valid:\n" + "\n".join(f"  {x}" for x in lines)
        ) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise UserError(f"The {what} holds a value that YAML should not give: {error}") from None


def with_texts_read(model: type[BaseModel], raw: Any) -> Any:
    """Return a copy of `raw` where each text that the model does not allow is read as a YAML value.

    A text that the model allows stays as it is: a label 12 or a choice nan remain texts.
    """
    raw = copy.deepcopy(raw)
    try:
        model.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        for details in error.errors():
            if isinstance(details["input"], str):
                _read_text(raw, details["loc"])
    except (TypeError, ValueError, RecursionError):
        pass  # `validated` explains it
    return raw


def _no_text(raw: Any) -> str | None:
    """Return the path of the first key that is not a text, if any."""
    parts = (
        raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    )
    for key, value in parts:
        if isinstance(raw, dict) and not isinstance(key, str):
            return str(key)
        if (below := _no_text(value)) is not None:
            return f"{key}.{below}"
    return None


def _read_text(raw: Any, location: tuple[Any, ...]) -> None:
    """Replace the text at the location of an error by the value that it spells."""
    for part in location:
        try:
            here = raw[part]
        except (KeyError, TypeError):
            continue  # a name that pydantic adds, such as the kind of a constraint
        if isinstance(here, str) and not isinstance(value := _value(here), str):
            raw[part] = value
        raw = here


def _value(text: str) -> Any:
    """Read a value as in YAML 1.2: JSON knows 1e-3, which is a text in YAML 1.1."""
    for read in (json.loads, yaml.safe_load):
        with contextlib.suppress(ValueError, yaml.YAMLError):
            return read(text)
    return text


def _explain(model: type[BaseModel], details: Any) -> str:
    location = details["loc"]
    parts, models = _found_at(model, location)
    key = ".".join(map(str, parts)) or "top level"
    beside = _found_at(model, location[:-1])[1]
    fields = {name: field for some in beside for name, field in some.model_fields.items()}
    if details["type"] == "extra_forbidden":
        close = difflib.get_close_matches(str(location[-1]), sorted(fields), n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        return f"{key}: unknown key; {hint}allowed here: {', '.join(sorted(fields))}"
    if details["type"] == "missing":
        field = fields.get(location[-1])
        meaning = f": {field.description}" if field and field.description else ""
        return f"{key}: missing; it must be given{meaning}"
    if details["type"] == "value_error":
        where = "" if key == "top level" else f"{key}: "
        return where + str(details["ctx"]["error"])
    if details["type"].startswith("union_tag"):
        kind = details["input"].get("kind") if isinstance(details["input"], dict) else None
        allowed_kinds = details["ctx"].get("expected_tags", "see config.yaml")
        return f"{key}.kind = {kind!r}: allowed: {allowed_kinds}"
    must = re.sub(r"^\w+ should ", "must ", details["msg"])
    names = [f"'{kind}'" for kind in map(_kind, models) if kind]
    if names and not isinstance(details["input"], dict):
        must = f"must be {{kind: ...}}, with a kind of {', '.join(names)}"
    return f"{key} = {details['input']!r}: {must}"


def _found_at(
    model: type[BaseModel], location: tuple[Any, ...]
) -> tuple[list[Any], list[type[BaseModel]]]:
    """Return the location of an error without the parts that pydantic added to name a type, and the models there."""
    here: Any = model
    parts = []
    for part in location:
        models = list(_models(here))
        named = [some for some in models if part in some.model_fields]
        tagged = [some for some in models if _kind(some) == part]
        # Of several types without models, as a number or a word.
        is_type = not models and get_origin(here) in (Union, UnionType)
        if named:
            here = named[0].model_fields[part].annotation
        elif tagged:
            here = tagged[0]
        if named or not (tagged or is_type):
            parts.append(part)
    return parts, list(_models(here))


def _kind(model: type[BaseModel]) -> str | None:
    return model.model_fields["kind"].default if issubclass(model, Kind) else None


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
