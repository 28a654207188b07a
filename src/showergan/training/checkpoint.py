"""The states that a training leaves on its way, so that it goes on after whatever ended it.

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
from showergan.records.provenance import packages, peak_device_memory

N_DIGEST = hashlib.sha256().digest_size  # bytes in front of a state, which tell whether it is whole


class Work(Protocol):
    """What can be left and gone on with; all of it is in its state."""

    def state_dict(self) -> dict[str, Any]:
        """Return where it is, as tensors and plain values."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go to where another was.

        Raises:
            Exception: of any kind, where the state is none that could have been left; it may have gone half the way.
        """

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

        One that is not gives way to the one before it, and that one to the start, from which the work then is as far
        away as it was.
        """
        paths = [path for path in (self._newest, self._before) if os.path.lexists(path)]
        start = copy.deepcopy(work.state_dict()) if paths else {}
        for path in paths:
            try:
                content = _read(path)
                if other := [n for n, own in self._of.items() if content["of"].get(n) != own]:
                    say(f"{path} is not used: it is of other {' and '.join(other)}")
                    continue
                work.load_state_dict(content["state"])
                earlier, memory = content["seconds"], content["peak_device_memory"]
                require(_is_number(earlier), "seconds")
                require(memory is None or _is_number(memory), "peak_device_memory")
            except (
                Exception
            ) as error:  # PyTorch and the networks say of odd bytes whatever they say
                work.load_state_dict(start)
                say(f"{path} is not used: {_told(error)}")
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
        Damaged: it is.
        Exception: of any kind, as PyTorch reads it.
    """
    if not path.is_file():  # a pipe would be waited for
        raise Damaged("it is no file")
    content = path.read_bytes()
    if hashlib.sha256(content[N_DIGEST:]).digest() != content[:N_DIGEST]:
        raise Damaged("it is damaged")
    try:
        return torch.load(io.BytesIO(content[N_DIGEST:]), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:  # whose text advises to load it all the same
        raise Damaged("it is damaged, or holds what could run code") from None


def _told(error: Exception) -> str:
    if isinstance(error, Damaged | OSError):
        return str(error)
    line = next(iter(str(error).splitlines()), "")
    return f"it does not fit this training ({type(error).__name__}: {line[:200]})"


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf


class Damaged(ValueError):
    """What is kept is not what was left."""


def require(holds: bool, what: str) -> None:
    """Refuse a state of which something is not as it can be.

    Raises:
        ValueError: it does not hold.
    """
    if not holds:
        raise ValueError(f"{what} is not as it was left")


def require_like(own: Any, found: Any, what: str) -> None:
    """Refuse what differs in its names, types, shapes or lengths from what is there.

    Raises:
        ValueError: it does, with the place where.
    """
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
    """Give a network the weights of another of its kind.

    Raises:
        ValueError: they are not.
    """
    require_like(network.state_dict(), state, what)
    network.load_state_dict(state)


def load_optimiser(optimiser: torch.optim.Optimizer, state: dict[str, Any], what: str) -> None:
    """Give an optimiser, which has done nothing yet, what another of its kind has of its weights.

    Raises:
        ValueError: it is not.
    """
    groups = optimiser.state_dict()["param_groups"]
    require_like(groups, state["param_groups"], what)
    require(state["param_groups"] == groups, what)
    weights = [w for group in optimiser.param_groups for w in group["params"]]
    tried = nn.Parameter(torch.zeros(2, dtype=weights[0].dtype))
    tried.grad = torch.zeros_like(tried)
    other = type(optimiser)([tried], **optimiser.defaults)
    other.step()
    for place, found in state["state"].items():
        weight = weights[place].detach()
        own = {
            name: weight if value.shape == tried.shape else value
            for name, value in other.state[tried].items()
        }
        require_like(own, found, f"{what}.{place}")
    optimiser.load_state_dict(state)
