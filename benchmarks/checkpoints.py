"""Measure what it costs to save the state of a training now and then.

Trains the published networks at the end of the published setting, when 26 generators are kept and 4500 rows recorded,
and times generator steps alternately without and with a state saved after them. The showers are noise; their number and
the sizes are what counts.

    python benchmarks/checkpoints.py
    python benchmarks/checkpoints.py --device cuda --repeats 50
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import small_showers
import torch

from showergan.io.device import choose_device
from showergan.networks.base import state_of
from showergan.training.checkpoint import Checkpoints
from showergan.training.history import layer_norms
from showergan.training.loop import MEASURED, Trainer

SHOWERS, BATCH, EPOCHS, EVERY = 60_000, 200, tuple(range(25, 151, 5)), 60
STEPS = 45_000
RECORDED = (1, *range(10, STEPS + 1, 10))


def trainer_on(device: torch.device) -> Trainer:
    """Return a training that has all its rows and kept generators."""
    kept = {"epochs": EPOCHS[-1], "evaluated_epochs": EPOCHS, "generator_average": 0.98}
    trainer = small_showers.trainer("SN", SHOWERS, BATCH, device, **kept)
    row = {name: torch.rand((), device=device) for name in MEASURED}
    row |= layer_norms(trainer.discriminator)
    for step in RECORDED:
        trainer.result.history.add(step, 1, row)
    trainer.result.n_steps = STEPS
    trainer.result.states |= {epoch: state_of(trainer.generator) for epoch in EPOCHS}
    return trainer


def main() -> None:
    """Print sizes, times and the share."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--steps", type=int, default=2, help="of the generator, in each repeat")
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    device = choose_device(options.device)
    trainer = trainer_on(device)

    def seconds(checkpoints: Checkpoints | None) -> float:
        start = time.perf_counter()
        for _ in range(options.steps):
            for _ in range(trainer.recipe.n_critic):
                trainer.discriminator_step()
            trainer.generator_step()
        if device.type == "cuda":
            torch.cuda.synchronize()
        if checkpoints:
            checkpoints.reached(trainer)
        return time.perf_counter() - start

    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        out = Path(name) / "generator.pt"
        kept = {"recipe": "", "data": Path(__file__), "device": device, "every": 0.0, "most": None}
        checkpoints = Checkpoints(out, **kept)
        seconds(checkpoints)  # the first one writes the whole table
        times = [(seconds(None), seconds(checkpoints)) for _ in range(options.repeats)]
        size = (out.parent / ".checkpoint/generator/newest.pt").stat().st_size
        start = time.perf_counter()
        Checkpoints(out, **kept).resume(trainer)
        loaded = time.perf_counter() - start
    plain, saved = (statistics.median(column) for column in zip(*times, strict=True))
    spread = statistics.quantiles([b - a for a, b in times], n=4)
    print(
        f"{device}: a state has {size / 1e6:.1f} MB; {options.steps} steps take {plain:.3f} s, and {saved:.3f} s\n"
        f"with it saved: {spread[1]:.3f} s more (quartiles {spread[0]:.3f} and {spread[2]:.3f} of {options.repeats}), "
        f"{spread[1] / EVERY:.2%} at one in {EVERY} s;\nreading it takes {loaded:.3f} s"
    )


if __name__ == "__main__":
    main()
