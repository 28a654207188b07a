"""Whether the files of a run are still what their records say."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from showergan.errors import UserError
from showergan.io.files import sha256_of
from showergan.records.provenance import NAME, Record, read_record

CRATE = "ro-crate-metadata.json"
RECIPE = "recipe.json"  # of a job, or how its name ends: the rule writes it, the job reads it
# What is in the folder of a run and is no artefact: how long jobs took, and the records in other words.
APART = ("benchmarks", CRATE)


@dataclass(frozen=True)
class Finding:
    """Something about a file of a run.

    Attributes:
        kind: missing; altered since it was made; stale, made of what has changed since; a record that is unreadable;
            unlisted in any record; or unchecked, made of a file outside of the run that is not here: not wrong.
        path: of the file.
        told: more about it.
    """

    kind: Literal["missing", "altered", "stale", "unreadable", "unlisted", "unchecked"]
    path: Path
    told: str


def findings(run: Path) -> list[Finding]:
    """Check every file of a run against the records in it, each file once; what is fine is not told.

    Args:
        run: its folder, results/RUN.

    Raises:
        UserError: there is no record in it.
    """
    unreadable: list[Path] = []
    records = records_in(run, unreadable)
    found = [Finding("unreadable", path, "it is no record of this version") for path in unreadable]
    made = {
        seen_from(path, name): sha256
        for path, record in records.items()
        for name, sha256 in record.outputs.items()
    }
    for path, sha256 in made.items():
        if not path.is_file():
            found.append(Finding("missing", path, "it was made, and is not there"))
        elif sha256_of(path) != sha256:
            found.append(Finding("altered", path, "it is not what was made"))
    # What a job read is compared with what was made last: a file that was altered since is told once, as itself.
    known: dict[Path, str | None] = dict(made)
    for path, record in records.items():
        found += _changes(path, record, known, run)
    # The crate has the time of the last job, and is as old as what it tells.
    last, crate = max(record.finished for record in records.values()), run / CRATE
    if crate.is_file() and f'"datePublished": "{last}"'.encode() not in crate.read_bytes():
        found.append(Finding("stale", crate, "jobs have ended since"))
    recipes = {path for path in known if path.name.endswith(RECIPE)}
    listed = made.keys() | records.keys() | set(unreadable) | recipes
    found += [
        Finding("unlisted", path, "no record lists it")
        for path in _files(run)
        if path not in listed
    ]
    return found


def records_in(run: Path, unreadable: list[Path] | None = None) -> dict[Path, Record]:
    """Return the records in a folder by their paths.

    Args:
        run: the folder.
        unreadable: takes the paths of those that cannot be read; without it they are an error.

    Raises:
        UserError: there is none, or one cannot be read.
    """
    records = {}
    for path in _files(run):
        if path.name.endswith(NAME):
            try:
                records[path] = read_record(path)
            except UserError:
                if unreadable is None:
                    raise
                unreadable.append(path)
    if not records:
        raise UserError(f"{run}: no job left a record here. Give the folder of a run, results/RUN.")
    return records


def _changes(
    at: Path, record: Record, known: dict[Path, str | None], run: Path
) -> Iterator[Finding]:
    """Yield what has changed since of the inputs of a record, by the first of its outputs."""
    made = seen_from(at, next(iter(record.outputs), at.name))
    for name, sha256 in record.inputs.items():
        path = seen_from(at, name)
        if path not in known:
            known[path] = sha256_of(path) if path.is_file() else None
        if known[path] is None and os.path.relpath(path, run).startswith(".."):
            yield Finding("unchecked", made, f"{path}, which it was made of, is not here")
        elif known[path] != sha256:
            yield Finding("stale", made, f"{path}, which it was made of, has changed since")


def _files(run: Path) -> list[Path]:
    return [path for path in sorted(run.rglob("*")) if path.is_file() and _counts(path, run)]


def _counts(path: Path, run: Path) -> bool:
    first, *_ = parts = path.relative_to(run).parts
    return first not in APART and not any(part.startswith(".") for part in parts)


def seen_from(record: Path, name: str) -> Path:
    """Return the path of a file that a record names."""
    return Path(os.path.normpath(record.parent / name))
