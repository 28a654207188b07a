"""Checkpoints: states of a training, from which it continues after an interruption.

They lie beside its outputs and are none of them: Snakemake deletes outputs when a job starts.
"""

import copy
import hashlib
import io
import json
import math
import os
import pickle
import shutil
import time
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import torch
from torch import nn

import showergan
from showergan.errors import Paused, UserError
from showergan.io.files import atomic_write, remove_states, say, sha256_of, state_folder
from showergan.methods.optimisers import Optimiser
from showergan.records.provenance import packages, peak_device_memory

N_DIGEST = 32  # bytes of SHA-256 in front of a state, which show whether it is complete


class Work(Protocol):
    """Work that can be interrupted and continued, whose state holds all that changes in it."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state, as tensors and plain values."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from a state.

        Raises:
            Exception: of any kind, if this is no state of this work; half of it may have been loaded.
        """

    def table(self) -> pd.DataFrame:
        """Return a table of the progress so far, for people."""


class Checkpoints:
    """The last two states of a training, in `.checkpoint/` beside an output of it; its clocks start now.

    Args:
        out: the output.
        recipe: of the step, with the version of its numbers.
        data: file that is trained on.
        device: to train on; random generators differ from kind to kind.
        every: seconds between two states.
        most: seconds after which to save and stop; None: never.
        folder: for the states, by the path of the output, where files beside outputs are lost; None: beside it.
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
        self._folder = state_folder(out, folder)
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

    @property
    def seconds(self) -> float:
        """Duration of the training, including the processes before this one."""
        return self._earlier + time.monotonic() - self._start

    @property
    def peak_device_memory(self) -> int | None:
        """Peak GPU memory of the training, in MB, including the processes before this one."""
        peaks = (self._memory_before, peak_device_memory())
        return max((peak for peak in peaks if peak is not None), default=None)

    def resume(self, work: Work) -> None:
        """Continue from the newest state that is complete and of this training, if there is one, and log it.

        If it cannot be used, the state before it is tried; if neither can, the work stays as it was.
        """
        paths = [path for path in (self._newest, self._before) if os.path.lexists(path)]
        start = copy.deepcopy(work.state_dict()) if paths else {}
        for path in paths:
            try:
                content = _read(path)
                require(type(content) is dict and type(content["of"]) is dict, "state")
                if other := [n for n, own in self._of.items() if content["of"].get(n) != own]:
                    say(f"{path} is not used: it is of other {' and '.join(other)}")
                    continue
                work.load_state_dict(content["state"])
                earlier, memory = content["seconds"], content["peak_device_memory"]
                require(_is_number(earlier), "seconds")
                require(memory is None or _is_number(memory), "peak_device_memory")
            # PyTorch and the networks raise errors of any kind on odd bytes.
            except Exception as error:
                work.load_state_dict(start)
                line = next(iter(str(error).splitlines()), "")[:200]
                unfit = f"it does not fit this training ({type(error).__name__}: {line})"
                say(
                    f"{path} is not used: {error if isinstance(error, Damaged | OSError) else unfit}"
                )
                continue
            self._earlier, self._memory_before = earlier, memory
            say(f"goes on from {path}, {self._earlier:.0f} s after the start")
            return
        if paths:
            say("starts from the beginning")

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
        remove_states(self._folder)

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
        for path in (self._newest, self._before):
            if path.is_dir():  # in the way of a state, and none
                shutil.rmtree(path)
        with atomic_write(self._newest) as temporary:
            with temporary.open("wb") as file:
                file.write(hashlib.sha256(state).digest())
                file.write(state)
            if self._newest.exists():
                self._newest.replace(self._before)
        work.table().to_csv(self._folder / "history.csv", index=False)


def _read(path: Path) -> dict[str, Any]:
    """Read a saved state; of a damaged file `Damaged` is raised, or any exception of PyTorch."""
    if not path.is_file():  # a pipe would be waited for
        raise Damaged("it is no file")
    content = path.read_bytes()
    if hashlib.sha256(content[N_DIGEST:]).digest() != content[:N_DIGEST]:
        raise Damaged("it is damaged")
    try:
        return torch.load(io.BytesIO(content[N_DIGEST:]), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:  # its text advises to load the file all the same
        raise Damaged("it is damaged, or holds what could run code") from None


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf


class Damaged(ValueError):
    """A file that is not as it was written."""


def require(holds: bool, what: str) -> None:
    """Refuse a state, by a `ValueError` that names what is wrong, unless a condition holds."""
    if not holds:
        raise ValueError(f"{what} is not as it was left")


def require_like(own: Any, found: Any, what: str) -> None:
    """Refuse a state whose names, types, shapes or lengths differ, by a `ValueError` that names the place."""
    require(type(found) is type(own) or (isinstance(own, dict) and isinstance(found, dict)), what)
    if isinstance(own, torch.Tensor):
        size = own.numel() * own.element_size()
        same = (found.shape, found.dtype, found.layout) == (own.shape, own.dtype, own.layout)
        require(same and found.untyped_storage().nbytes() >= size, what)
    elif isinstance(own, dict):
        require(found.keys() == own.keys(), what)
        for name, value in own.items():
            require_like(value, found[name], f"{what}.{name}")
    elif isinstance(own, list | tuple):
        require(len(found) == len(own), what)
        for one, other in zip(own, found, strict=True):
            require_like(one, other, what)


def load_network(network: nn.Module, state: dict[str, Any], what: str) -> None:
    """Load weights into a network; a `ValueError` refuses those of another one."""
    require_like(network.state_dict(), state, what)
    network.load_state_dict(state)


def load_optimiser(optimiser: Optimiser, state: dict[str, Any], what: str) -> None:
    """Load a state into an optimiser that has made no step yet; a `ValueError` refuses that of another one."""
    groups = optimiser.state_dict()["param_groups"]
    require_like(groups, state["param_groups"], what)
    require(state["param_groups"] == groups, what)
    weights = [w for group in optimiser.param_groups for w in group["params"]]
    tried = nn.Parameter(torch.zeros(2, dtype=weights[0].dtype))
    tried.grad = torch.zeros_like(tried)
    rule: Any = type(optimiser)
    other = rule([tried], **optimiser.defaults)
    other.step()
    for place, found in state["state"].items():
        weight = weights[place].detach()
        own = {
            name: weight if value.shape == tried.shape else value
            for name, value in other.state[tried].items()
        }
        require_like(own, found, f"{what}.{place}")
    optimiser.load_state_dict(state)
