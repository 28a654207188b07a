"""Configuration files, read with an error for duplicate keys, of which YAML and JSON readers keep the last."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from showergan.errors import UserError


class _EachKeyOnce(yaml.SafeLoader):
    """Reads YAML, and refuses a key that stands twice in a mapping; a key merged by << may stand there again."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        mapping = super().compose_mapping_node(anchor)
        lines: dict[tuple[str, str], int] = {}
        for key, _ in mapping.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                continue
            line, first = key.start_mark.line + 1, lines.get((key.tag, key.value))
            if first:
                raise UserError(
                    f"{self.name}, line {line}: the key {key.value} stands in line {first} already; leave one of "
                    "the two"
                )
            lines[key.tag, key.value] = line
        return mapping


def read_file(path: Path) -> Any:
    """Return the content of a configuration file, JSON or YAML.

    Raises:
        UserError: it is neither, or names a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is no text: {error}") from None
    return parsed(text, str(path))


def parsed(text: str, where: str) -> Any:
    """Return the content of JSON or YAML; `where` names it in messages.

    Raises:
        UserError: it is neither, or names a key twice.
    """
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: each_once(pairs, where))
    except (ValueError, RecursionError):
        pass  # as Snakemake does: what is no JSON is YAML
    try:
        loader = _EachKeyOnce(text)
        loader.name = where  # in messages
        return loader.get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UserError(f"{where} is no YAML: {error}") from None


def refuse_twice(files: Iterable[str | Path], arguments: Iterable[str]) -> None:
    """Refuse a duplicate key in one of the files, or in a mapping among arguments such as data={seed: 1}.

    Raises:
        UserError: says where.
    """
    for file in files:
        read_file(Path(file))
    for argument in arguments:
        name, _, text = argument.partition("=")
        if text.startswith("{"):
            parsed(text, f"--config {name}")


def each_once(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    """Return the mapping of these pairs, for `json.loads`; a `UserError` names a duplicate key."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UserError(f"{where}: the key {twice} stands there twice; leave one of the two")
    return found
