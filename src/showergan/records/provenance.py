"""Records of provenance: a file beside the outputs of each job, with all that they were made of."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from showergan.config.section import Section
from showergan.errors import UserError
from showergan.io.files import sha256_of, write_json

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

NAME = "provenance.json"  # of a record, or how its name ends
RECIPE = "recipe.json"  # of a job, or how its name ends: the rule writes it, the job reads it
PACKAGE = Path(__file__).parents[1]
PACKAGES = ("h5py", "matplotlib", "numpy", "pandas", "scikit-learn", "scipy", "torch")
IDEAS = ("constraints", "losses", "networks", "optimisers")  # of which packages bring further kinds


class Code(Section):
    """Version and git commit of this package.

    Attributes:
        version: of the package.
        commit: of the checkout that it runs from; None outside of one.
        dirty: whether its files differ from those of the commit, or there are more.
    """

    version: str
    commit: str | None
    dirty: bool | None


class Record(Section):
    """The record of a job. Paths are relative to the folder of the record, so that a run can be moved.

    Attributes:
        code: this package.
        packages: versions of those that compute, of those that bring further kinds, and of Python.
        machine: system and processor.
        device: name, and of a GPU the versions of its driver and of CUDA.
        step: name of the subcommand.
        recipe: of the step, whole.
        settings: other options.
        finished: time of the end, in UTC.
        seconds: duration; of a resumed job that of the last part.
        cpu_seconds: of all cores, since the start of the process, with those of processes that it started.
        peak_memory_MB: of the host, and of the GPU where one was used, see `peak_device_memory`.
        inputs: SHA-256 of each file that it read, at its start.
        outputs: SHA-256 of each file that it wrote.
    """

    code: Code
    packages: dict[str, str]
    machine: str
    device: dict[str, str | None]
    step: str
    recipe: dict[str, Any]
    settings: dict[str, Any]
    finished: str
    seconds: float
    cpu_seconds: float
    peak_memory_MB: dict[str, int]
    inputs: dict[str, str]
    outputs: dict[str, str]


@contextmanager
def recorded(
    path: Path | None,
    step: str,
    recipe: dict[str, Any],
    settings: dict[str, Any],
    inputs: Iterable[Path],
    outputs: Iterable[Path],
) -> Iterator[None]:
    """Write the record of what is done within the context, unless that fails; without a path none."""
    if path is None:
        yield
        return
    start = time.perf_counter()
    read = _sha256s(path.parent, inputs)
    yield
    record = Record(
        **made_with(),
        step=step,
        recipe=recipe,
        settings=settings,
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - start, 2),
        cpu_seconds=round(sum(os.times()[:4]), 2),
        peak_memory_MB=_peak_memory(),
        inputs=read,
        outputs=_sha256s(path.parent, outputs),
    )
    write_json(record.model_dump(mode="json"), path)


def made_with() -> dict[str, Any]:
    """Return software and machine of this process as in a `Record`; the device is the CPU until a GPU was used."""
    about = {"machine": platform.platform(), "device": _device()}
    return {"code": _code().model_dump(), "packages": packages(), **about}


def packages() -> dict[str, str]:
    """Return the versions of Python, of the packages that compute, and of those that bring kinds of choices."""
    further = {
        entry.dist.name: entry.dist.version
        for idea in IDEAS
        for entry in entry_points(group=f"showergan.{idea}")
        if entry.dist
    }
    return (
        {"python": platform.python_version()} | {name: version(name) for name in PACKAGES} | further
    )


def read_record(path: Path) -> Record:
    """Read a record.

    Raises:
        UserError: it is none.
    """
    try:
        return Record.model_validate_json(path.read_bytes())
    except ValidationError:
        raise UserError(
            f"{path} is no record of this version: `--provenance` writes one."
        ) from None


def record_of(file: Path) -> tuple[Path, Record] | None:
    """Return the record beside a file that lists it among its outputs, and its path; None where there is none."""
    records = ((path, read_record(path)) for path in sorted(file.parent.glob(f"*{NAME}")))
    return next((found for found in records if file.name in found[1].outputs), None)


def _sha256s(folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of each file that is there, or in a folder of `paths`, by its path relative to `folder`."""
    within = [[*path.rglob("*")] if path.is_dir() else [path] for path in paths]
    files = [path for some in within for path in some if path.is_file()]
    return {os.path.relpath(path, folder): sha256_of(path) for path in files}


def _code() -> Code:
    # A package that is installed somewhere in another project's checkout is no part of it.
    ours = _output_of("git", "ls-files", "__init__.py")
    state = _output_of("git", "--no-optional-locks", "status", "--porcelain=v2", "--branch", ".")
    if not ours or not state:
        return Code(version=version("showergan"), commit=None, dirty=None)
    commit, _, *changes = state.splitlines()
    changed = any(not line.startswith("#") for line in changes)
    return Code(version=version("showergan"), commit=commit.split()[-1], dirty=changed)


def _device() -> dict[str, str | None]:
    if (gpu := _gpu()) is None:
        return {"name": "cpu"}
    torch = sys.modules["torch"]
    driver = _output_of("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader")
    return {
        "name": torch.cuda.get_device_name(gpu),
        "driver": driver.split()[0] if driver else None,
        "cuda": torch.version.cuda,
    }


def _gpu() -> int | None:
    """Return the number of the GPU of which this process used most memory, if any."""
    torch = sys.modules.get("torch")  # a process that has not loaded it used none
    if torch is None or not torch.cuda.is_initialized():
        return None
    return max(range(torch.cuda.device_count()), key=torch.cuda.max_memory_reserved)


def _peak_memory() -> dict[str, int]:
    host = None
    if resource:
        unit = 1 if sys.platform == "darwin" else 1024  # bytes that getrusage counts in
        host = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)
    peaks = {"host": host, "device": peak_device_memory()}
    return {name: peak for name, peak in peaks.items() if peak is not None}


def peak_device_memory() -> int | None:
    """Return the peak of this process's memory on a GPU, in MB; None where it used none.

    It is what PyTorch asked for, its reserve included, without what CUDA itself takes in each process.
    """
    gpu = _gpu()
    return None if gpu is None else round(sys.modules["torch"].cuda.max_memory_reserved(gpu) / 1e6)


def _output_of(*command: str) -> str | None:
    """Return what another program prints, started in the folder of this package; None where it fails."""
    try:
        done = subprocess.run(command, cwd=PACKAGE, capture_output=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace").strip()
