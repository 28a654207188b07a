"""The states that a training leaves on its way, so that it goes on after whatever ended it.

They lie beside its outputs and are none of them: Snakemake deletes outputs when a job starts.
"""

import hashlib
import io
import json
import shutil
import time
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import torch

import showergan
from showergan.errors import Paused, UserError
from showergan.files import say, sha256_of, write_aside
from showergan.provenance import packages, peak_device_memory

N_DIGEST = hashlib.sha256().digest_size  # bytes in front of a state, which tell whether it is whole


class Work(Protocol):
    """What can be left and gone on with; all of it is in its state."""

    def state_dict(self) -> dict[str, Any]:
        """Return where it is, as tensors and plain values."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go to where another was."""

    def table(self) -> pd.DataFrame:
        """Return what a person may see of it so far; rows are only ever added."""


class Checkpoints:
    """The last two states of a training, in `.checkpoint/` beside an output of it; its clocks start now.

    Args:
        out: the output.
        recipe: of the step, with the version of its numbers.
        data: file that is trained on.
        device: to train on; random generators differ from kind to kind.
        every: seconds from one state to the next.
        most: seconds after which to save and stop; None: never.
        folder: in which states lie, by the path of the output, where what lies beside outputs is lost; None: beside it.
    """

    def __init__(
        self,
        out: Path,
        *,
        recipe: str,
        data: Path,
        device: torch.device,
        every: float,
        most: float | None,
        folder: Path | None = None,
    ) -> None:
        self._start = self._saved = time.monotonic()
        beside = out.parent if folder is None else folder / out.parent.relative_to(out.anchor)
        self._folder = beside / ".checkpoint" / out.stem
        self._newest, self._before = (self._folder / f"{n}.pt" for n in ("newest", "before"))
        self._every, self._most = every, most
        self._of = {
            "recipe": recipe,
            "data": sha256_of(data),
            "versions": json.dumps({"showergan": showergan.__version__, **packages()}),
            "device": device.type,
        }
        self._earlier = 0.0
        self._memory_before: int | None = None
        self._n_shown = 0

    @property
    def seconds(self) -> float:
        """How long the training has taken, in the processes before this one too."""
        return self._earlier + time.monotonic() - self._start

    @property
    def peak_device_memory(self) -> int | None:
        """The most of a GPU's memory that the training has had, in MB, in the processes before this one too."""
        peaks = (self._memory_before, peak_device_memory())
        return max((peak for peak in peaks if peak is not None), default=None)

    def resume(self, work: Work) -> None:
        """Go on from the newest state that is whole and of this training, if there is one; say so.

        Raises:
            UserError: it is, and does not fit.
        """
        for path in (self._newest, self._before):
            try:
                content = _read(path)
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                say(f"{path} is not used: {error}")
                continue
            if other := [name for name, own in self._of.items() if content["of"].get(name) != own]:
                say(f"{path} is not used: it is of other {' and '.join(other)}")
                continue
            try:
                work.load_state_dict(content["state"])
                self._earlier = content["seconds"]
                self._memory_before = content["peak_device_memory"]
            except (KeyError, RuntimeError, ValueError) as error:
                raise UserError(
                    f"{path} was left by other code ({error}): remove {self._folder}"
                ) from error
            say(f"goes on from {path}, {self._earlier:.0f} s after the start")
            return

    def reached(self, work: Work) -> None:
        """Save the state if it is time to.

        Raises:
            Paused: it is time to stop; the state is saved.
        """
        now = time.monotonic()
        ends = self._most is not None and now - self._start >= self._most
        if not ends and now - self._saved < self._every:
            return
        try:
            self._save(work)
        except (OSError, UserError) as error:
            if ends:
                raise
            say(f"the state cannot be saved, and the training goes on without: {error}")
        self._saved = time.monotonic()
        if ends:
            raise Paused(
                f"stopped after {now - self._start:.0f} s with its state saved; the same call goes on"
            )

    def remove(self) -> None:
        """Remove all states: every output is in place."""
        shutil.rmtree(self._folder, ignore_errors=True)
        parent = self._folder.parent
        if parent.exists() and not any(parent.iterdir()):
            parent.rmdir()

    def _save(self, work: Work) -> None:
        content = {
            "of": self._of,
            "seconds": self.seconds,
            "peak_device_memory": self.peak_device_memory,
            "state": work.state_dict(),
        }
        written = io.BytesIO()
        torch.save(content, written)
        state = written.getbuffer()
        with write_aside(self._newest) as aside:
            with aside.open("wb") as file:
                file.write(hashlib.sha256(state).digest())
                file.write(state)
            if self._newest.exists():
                self._newest.replace(self._before)
        self._show(work.table())

    def _show(self, table: pd.DataFrame) -> None:
        """Let the table grow; another process may have left it longer, or shorter."""
        first = not self._n_shown
        table[self._n_shown :].to_csv(
            self._folder / "history.csv", mode="w" if first else "a", header=first, index=False
        )
        self._n_shown = len(table)


def _read(path: Path) -> dict[str, Any]:
    """Return what was saved.

    Raises:
        ValueError: it is damaged.
    """
    content = path.read_bytes()
    if hashlib.sha256(content[N_DIGEST:]).digest() != content[:N_DIGEST]:
        raise ValueError("it is damaged")
    return torch.load(io.BytesIO(content[N_DIGEST:]), map_location="cpu", weights_only=True)
