"""Check of the files of a run against the records of what made them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from showergan.errors import UserError
from showergan.io.files import sha256_of
from showergan.records.provenance import NAME, RECIPE, Record, read_record

CRATE = "ro-crate-metadata.json"  # the records in another format, and no artefact


class Finding(NamedTuple):
    """Something about a file of a run.

    Attributes:
        kind: missing; altered since it was made; stale, made of what has changed since; a record that is unreadable;
            unlisted in any record; or unchecked, made of a file outside of the run that is not here: not wrong.
        path: of the file.
        text: explanation.
    """

    kind: Literal["missing", "altered", "stale", "unreadable", "unlisted", "unchecked"]
    path: Path
    text: str


def findings(run: Path) -> list[Finding]:
    """Check every file in the folder of a run against its records, each file once; return what is not as it was made.

    Raises:
        UserError: there is no record in it.
    """
    records, unreadable = records_in(run)
    found = [Finding("unreadable", path, "it is no record of this version") for path in unreadable]
    # The recipe of a job was written for it, just before it began.
    made = {
        path_of(record, name): sha256
        for record, content in records.items()
        for name, sha256 in (content.inputs | content.outputs).items()
        if name in content.outputs or name.endswith(RECIPE)
    }
    for path, sha256 in made.items():
        if not path.is_file():
            found.append(Finding("missing", path, "it was made, and is not there"))
        elif sha256_of(path) != sha256:
            found.append(Finding("altered", path, "it is not what was made"))
    # An input is compared with what was made last: a file that was altered since is reported once, as itself.
    known: dict[Path, str | None] = dict(made)
    for path, record in records.items():
        found += _changed_inputs(path, record, known, run)
    # The crate has the time of the last job, and is as old as what it describes.
    last, crate = max(record.finished for record in records.values()), run / CRATE
    if crate.is_file() and f'"datePublished": "{last}"'.encode() not in crate.read_bytes():
        found.append(Finding("stale", crate, "jobs have ended since"))
    listed = {*made, *records, *unreadable}
    unlisted = [path for path in _files(run) if path not in listed]
    return found + [Finding("unlisted", path, "no record lists it") for path in unlisted]


def records_in(run: Path) -> tuple[dict[Path, Record], list[Path]]:
    """Return the records in the folder of a run by their paths, and the paths of those that cannot be read.

    Raises:
        UserError: none can be read.
    """
    records, unreadable = {}, []
    for path in _files(run):
        if path.name.endswith(NAME):
            try:
                records[path] = read_record(path)
            except UserError:
                unreadable.append(path)
    if not records:
        raise UserError(f"{run}: no job left a record here. Give the folder of a run, results/RUN.")
    return records, unreadable


def _changed_inputs(
    at: Path, record: Record, known: dict[Path, str | None], run: Path
) -> Iterator[Finding]:
    """Yield a finding about the first output of a record for each input that has changed since."""
    made = path_of(at, next(iter(record.outputs), at.name))
    for name, sha256 in record.inputs.items():
        path = path_of(at, name)
        if path not in known:
            known[path] = sha256_of(path) if path.is_file() else None
        if known[path] is None and os.path.relpath(path, run).startswith(".."):
            yield Finding("unchecked", made, f"{path}, which it was made of, is not here")
        elif known[path] != sha256:
            yield Finding("stale", made, f"{path}, which it was made of, has changed since")


def _files(run: Path) -> Iterator[Path]:
    """Yield the artefacts and records of a run; hidden files and folders are neither."""
    for path in sorted(run.rglob("*")):
        parts = path.relative_to(run).parts
        hidden = any(part.startswith(".") for part in parts)
        if path.is_file() and parts != (CRATE,) and not hidden:
            yield path


def path_of(record: Path, name: str) -> Path:
    """Return the path of a file that a record names."""
    return Path(os.path.normpath(record.parent / name))
