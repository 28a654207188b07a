"""Brace expressions for many paths: Linux takes commands of at most 131 072 bytes, some 1 700 paths."""

import re
from collections.abc import Iterable
from itertools import groupby
from shlex import quote


def folded(paths: Iterable[str]) -> str:
    """Return a word that bash expands to these paths in this order, for example `results/{none,sn}/seed{1,2}`.

    No two paths are the same, and the names that they differ in hold no commas.
    """
    return _folded([re.findall("[^/]*/|[^/]+$", path) for path in paths])


def _folded(paths: list[list[str]]) -> str:
    by_head = groupby(paths, key=lambda parts: parts[0])
    found = [(quote(head.rstrip("/")), [tail for _, *tail in whole]) for head, whole in by_head]
    ways = [(name, f"/{_folded(tails)}" if any(tails) else "") for name, tails in found]
    alike = groupby(ways, key=lambda way: way[1])
    return _braced([_braced([name for name, _ in same]) + tail for tail, same in alike])


def _braced(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{{{','.join(words)}}}"
