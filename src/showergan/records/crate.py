"""A finished run as an RO-Crate: its records as JSON-LD, which archives and search engines read."""

import mimetypes
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from showergan.errors import UserError
from showergan.io.files import write_json
from showergan.records.provenance import Record
from showergan.records.verification import CRATE, findings, path_of, records_in

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
# A term of the profile that RO-Crate 1.1 lacks, so that nobody has to look it up.
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
    content = _Content(crate, run)
    for path, record in records.items():
        content.add(path, record)
    about = {
        "name": f"showergan run {run.resolve().name}",
        "description": "A comparison of generative adversarial networks: data, trainings, scores, figures and tables",
        "datePublished": max(record.finished for record in records.values()),
        "license": license,
        "conformsTo": crate.add(_profile(crate)),
        "mentions": content.actions,
    }
    for name, value in about.items():
        crate.root_dataset[name] = value
    write_json(crate.metadata.generate(), run / CRATE)


class _Content:
    """What is in a crate so far."""

    def __init__(self, crate: ROCrate, run: Path) -> None:
        self._crate, self._run = crate, run
        self._files: dict[Path, Any] = {}
        self.actions: list[Any] = []

    def add(self, path: Path, record: Record) -> None:
        """Add a job by its record."""
        end = datetime.fromisoformat(record.finished)
        about = {
            "name": f"showergan {record.step}",
            "startTime": (end - timedelta(seconds=round(record.seconds))).isoformat(),
            "endTime": record.finished,
            "actionStatus": "http://schema.org/CompletedActionStatus",
        }
        action = self._crate.add_action(
            self._software(record),
            f"#{path.relative_to(self._run).as_posix()}",
            [self._file(path_of(path, name), sha) for name, sha in record.inputs.items()],
            [self._file(path_of(path, name), sha) for name, sha in record.outputs.items()],
            about,
        )
        self.actions.append(action)
        self._file(path)["about"] = action

    def _file(self, path: Path, sha256: str | None = None) -> Any:
        """Return a file, or what stands for one outside of the run."""
        if path not in self._files:
            inside = os.path.relpath(path, self._run)
            about = {"name": path.name} | ({"sha256": sha256} if sha256 else {})
            if inside.startswith(".."):
                made = ContextEntity(self._crate, f"#{inside}", {"@type": "CreativeWork", **about})
                self._crate.add(made)
            else:
                form = mimetypes.guess_type(path)[0] or "application/octet-stream"
                about |= {"encodingFormat": form, "contentSize": str(path.stat().st_size)}
                made = self._crate.add_file(path, Path(inside).as_posix(), properties=about)
            self._files[path] = made
        return self._files[path]

    def _software(self, record: Record) -> Any:
        state = f"{record.code.commit or record.code.version}{'-dirty' * bool(record.code.dirty)}"
        packages = [f"{name} {version}" for name, version in record.packages.items()]
        about = {
            "@type": "SoftwareApplication",
            "name": "showergan",
            "softwareVersion": f"{record.code.version}, {state}",
            "softwareRequirements": packages,
        }
        made = self._crate.get(f"#showergan-{state}")
        return made or self._crate.add(ContextEntity(self._crate, f"#showergan-{state}", about))


def _profile(crate: ROCrate) -> ContextEntity:
    about = {"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    return ContextEntity(crate, PROFILE, about)
