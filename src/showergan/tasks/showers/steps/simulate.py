"""Showers made here."""

import time
from pathlib import Path
from typing import Annotated

from showergan.cli.step import Output, Step
from showergan.config.tasks.showers import Simulation
from showergan.io.files import say
from showergan.tasks.showers import gflash as _gflash
from showergan.tasks.showers.shower_file import write_npz


class Simulate(Simulation, Step):
    """Simulate electromagnetic showers (GFLASH) and write them in the published npz schema."""

    name = "simulate"
    version = 3
    section = "data"

    def run(self, *, out: Annotated[Path, Output("showers, published schema: npz")]) -> None:
        """Simulate chunk by chunk."""
        start, gflash = time.perf_counter(), _gflash
        chunks = gflash.simulate(self.n_showers, self.seed, self.threshold_MeV)
        write_npz(out, self.n_showers, chunks, gflash.record(self.threshold_MeV))
        seconds = time.perf_counter() - start
        say(f"{out}: {self.n_showers} showers, {self.n_showers / seconds:.0f} per second")
