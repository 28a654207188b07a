"""A finished run as an RO-Crate: its records as JSON-LD, which archives and search engines read."""

import mimetypes
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from showergan.errors import UserError
from showergan.io.files import write_json
from showergan.records.provenance import Record
from showergan.records.verification import CRATE, findings, path_of, records_in

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
# A term of the profile that RO-Crate 1.1 lacks.
TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}


def write_crate(run: Path | str, license: str) -> None:
    """Write `ro-crate-metadata.json` into the folder of a run, which is a Process Run Crate with it.

    Every job is an action that made its outputs of its inputs with this package. Time and numbers are those of the
    records: of the same run the file is the same.

    Args:
        run: its folder, results/RUN.
        license: of what is in it, a URL or words.

    Raises:
        UserError: the run is not as it was made.
    """
    run, no_matter = Path(run), ("unlisted", "unchecked")
    wrong = [f for f in findings(run) if f.kind not in no_matter and f.path != run / CRATE]
    if wrong:
        raise UserError(
            f"{run}: {len(wrong)} files are not as they were made: `showergan verify {run}` lists them."
        )
    records, _ = records_in(run)
    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms.update(TERMS)
    actions = [_add_job(crate, run, path, record) for path, record in records.items()]
    profile = {"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    about = {
        "name": f"showergan run {run.resolve().name}",
        "description": "A comparison of generative adversarial networks: data, trainings, scores, figures and tables",
        "datePublished": max(record.finished for record in records.values()),
        "license": license,
        "conformsTo": crate.add(ContextEntity(crate, PROFILE, profile)),
        "mentions": actions,
    }
    for name, value in about.items():
        crate.root_dataset[name] = value
    write_json(crate.metadata.generate(), run / CRATE)


def _add_job(crate: ROCrate, run: Path, path: Path, record: Record) -> Any:
    """Add a job with its files, by its record; return its action."""
    end = datetime.fromisoformat(record.finished)
    about = {
        "name": f"showergan {record.step}",
        "startTime": (end - timedelta(seconds=round(record.seconds))).isoformat(),
        "endTime": record.finished,
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    software = _software(crate, record)
    read, made = (
        [_file(crate, run, path_of(path, name), sha256) for name, sha256 in files.items()]
        for files in (record.inputs, record.outputs)
    )
    name = f"#{path.relative_to(run).as_posix()}"
    action = crate.add_action(software, name, read, made, about)
    _file(crate, run, path)["about"] = action
    return action


def _file(crate: ROCrate, run: Path, path: Path, sha256: str | None = None) -> Any:
    """Return a file of the crate, or what stands for one outside of the run."""
    inside = Path(os.path.relpath(path, run)).as_posix()
    outside = inside.startswith("..")
    name = f"#{inside}" if outside else inside
    if known := crate.get(name if outside else quote(name)):  # as the library names files
        return known
    about = {"name": path.name} | ({"sha256": sha256} if sha256 else {})
    if outside:
        return crate.add(ContextEntity(crate, name, {"@type": "CreativeWork", **about}))
    form = mimetypes.guess_type(path)[0] or "application/octet-stream"
    about |= {"encodingFormat": form, "contentSize": str(path.stat().st_size)}
    return crate.add_file(path, name, properties=about)


def _software(crate: ROCrate, record: Record) -> Any:
    """Return the software of a job, once for each state of the code."""
    state = f"{record.code.commit or record.code.version}{'-dirty' * bool(record.code.dirty)}"
    packages = [f"{name} {version}" for name, version in record.packages.items()]
    about = {
        "@type": "SoftwareApplication",
        "name": "showergan",
        "softwareVersion": f"{record.code.version}, {state}",
        "softwareRequirements": packages,
    }
    name = f"#showergan-{state}"
    return crate.get(name) or crate.add(ContextEntity(crate, name, about))
