"""What tests of other devices than the CPU share: random numbers drawn on the CPU, a training until it may wait."""

import math

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from showergan.io import progress
from showergan.training.history import History


class Generator(torch.Generator):
    """A random generator of the CPU that says it is another device's."""

    def __new__(cls, device="cpu"):
        made = super().__new__(cls)
        made.said = torch.device(device)
        return made

    @property
    def device(self):
        return self.said


class DrawnOnCpu(TorchDispatchMode):
    """Draws random numbers for any device on the CPU, where `torch.Generator` is the one above."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if kwargs.get("generator") is not None and (to := kwargs.get("device")) is not None:
            return function(*args, **{**kwargs, "device": "cpu"}).to(to)
        return function(*args, **kwargs)


class EndOfEpoch(Exception):
    """The training looks at what its history has of an epoch."""


def run_an_epoch(trainer):
    """Run a training up to where its loop first may wait for the device; return the rows of its history."""
    rows = []

    def end(history, epoch):
        rows.extend(history.steps)
        raise EndOfEpoch

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(History, "diverged_at", end)
        patch.setattr(progress, "SECONDS", math.inf)  # a line of the log has numbers
        with pytest.raises(EndOfEpoch):
            trainer.run()
    return rows
