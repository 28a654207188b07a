"""CPU time of a training step: ours, of another checkout of ours and of the authors' code, alternately.

python benchmarks/training.py [--before DIR] [--reference DIR] [--batch 32 200] [--precision float32 bfloat16]

A step is one of the generator with its steps of the discriminator, with vanilla SN, on one thread. DIR of --before is a
checkout of this repository, DIR of --reference one of TrickmanOff/GAN_project, whose epochs are timed as they are, and
again less what its loaders alone take. A ratio is the other's time over ours, median of the pairs and their quartiles.
"""

import argparse
import os
import subprocess
import sys
import time
import types
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).parents[1]
CRITIC = {"small": "SmallCaloganPhysicsDiscriminator", "standard": "CaloganPhysicsDiscriminator"}


def showers(n):
    """Return log1p images, a fifth of whose cells are not empty, and seven conditions of each."""
    random = torch.Generator().manual_seed(3)
    images = 100 * torch.rand(n, 1, 30, 30, generator=random)
    images *= torch.rand(images.shape, generator=random) < 0.2
    return images.log1p(), torch.randn(n, 7, generator=random)


def ours(asked):
    """Return a function that trains for some steps, bookkeeping included, and returns seconds per step."""
    from showergan.config.recipes.training import Train
    from showergan.training.loop import Trainer

    recipe = Train.model_validate(
        {
            "seed": 1,
            "learning_rates": {"generator": 1e-3, "discriminator": 1e-4},
            "method": {"normaliser": {"kind": "spectral_norm"}},
            "discriminator": {"kind": "shower_discriminator", "size": asked.discriminator},
            "batch_size": asked.batch,
            "n_critic": asked.n_critic,
            "epochs": 1,
            "evaluated_epochs": (1,),
            **({} if asked.precision == "float32" else {"precision": asked.precision}),
        }
    )
    data = showers(asked.batch * asked.steps)

    def measure():
        trainer = Trainer(*data, recipe)
        start = time.process_time()
        trainer.run()
        return [(time.process_time() - start) / asked.steps]

    return measure


class Unused(types.ModuleType):
    """What the authors' modules import and a step of theirs does not use."""

    def __getattr__(self, name):
        """Return more of the same; Python's own names are missing."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Unused(name)

    def __call__(self, *_):
        """Return the same."""
        return self


def reference(asked):
    """Return the same of the authors' code, and what is left without its loaders."""
    for name in ("torchvision", "wandb", "pipeline.config"):
        sys.modules[name] = Unused(name)
    from pipeline import discriminators, generators
    from pipeline import train as authors
    from pipeline.data import PhysicsDataset, collate_fn, get_random_infinite_dataloader
    from pipeline.gan import GAN
    from pipeline.normalization import SpectralNormalizer, apply_normalization

    images, conditions = showers(asked.batch * asked.steps)
    data = PhysicsDataset(images, conditions[:, :2], conditions[:, 2:5])
    generator = generators.CaloganPhysicsGenerator(noise_dim=50)
    critic = apply_normalization(
        getattr(discriminators, CRITIC[asked.discriminator])(), SpectralNormalizer
    )
    gan = GAN(generator, critic, lambda n: 2 * torch.rand(n, 50) - 1)
    steppers = [
        authors.Stepper(torch.optim.RMSprop(network.parameters(), lr=rate))
        for network, rate in ((generator, 1e-3), (critic, 1e-4))
    ]
    trainer = authors.WganEpochTrainer(n_critic=asked.n_critic, batch_size=asked.batch)

    def measure():
        start = time.process_time()
        trainer.train_epoch(gan, data, None, *steppers)
        trained = time.process_time()
        batches = get_random_infinite_dataloader(data, asked.batch, collate_fn=collate_fn)
        for _ in range(asked.steps * (asked.n_critic + 1)):
            next(batches)
        loaded = time.process_time() - trained
        return [(trained - start) / asked.steps, (trained - start - loaded) / asked.steps]

    return measure


def start(role, folder, asked, batch, precision):
    """Return a process of the other role that measures once for each line it is given."""
    words = [f"--worker={role}", f"--batch={batch}", f"--precision={precision}"]
    words += [f"--{n}={getattr(asked, n.replace('-', '_'))}" for n in ("n-critic", "steps")]
    words.append(f"--discriminator={asked.discriminator}")
    return subprocess.Popen(
        [sys.executable, __file__, *words],
        env={**os.environ, "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )


def measured(process):
    """Let a process measure once; return its numbers."""
    process.stdin.write("\n")
    process.stdin.flush()
    return [float(number) for number in process.stdout.readline().split()]


def work(asked):
    """Measure whenever a line arrives."""
    torch.set_num_threads(1)
    asked.batch, asked.precision = asked.batch[0], asked.precision[0]
    measure = {"ours": ours, "reference": reference}[asked.worker](asked)
    out, sys.stdout = sys.stdout, sys.stderr
    for _ in sys.stdin:
        print(*measure(), file=out, flush=True)


def compare(asked, batch):
    """Print the time of each, and ratios to ours in each precision."""
    processes = {
        f"ours, {p}": start("ours", ROOT / "src", asked, batch, p) for p in asked.precision
    }
    names = {name: [name] for name in processes}
    if asked.before:
        source = asked.before.resolve() / "src"
        processes["before"] = start("ours", source, asked, batch, "float32")
        names["before"] = ["before"]
    if asked.reference:
        source = asked.reference.resolve()
        processes["reference"] = start("reference", source, asked, batch, "float32")
        names["reference"] = ["reference", "reference without loaders"]
    rounds = []
    for turn in range(asked.rounds + 1):
        order = list(processes) if turn % 2 else list(processes)[::-1]
        found = {name: measured(processes[name]) for name in order}
        rounds.append(
            {n: t for of, ns in names.items() for n, t in zip(ns, found[of], strict=True)}
        )
    for process in processes.values():
        process.stdin.close()
        process.wait()
    del rounds[0]  # the first one warms up
    for name in rounds[0]:
        times = [seconds[name] for seconds in rounds]
        line = f"batch {batch:4}  {name:26}{1e3 * np.median(times):8.1f} ms"
        for own in (n for n in rounds[0] if n.startswith("ours") and n != name):
            low, middle, high = np.quantile(
                [seconds[name] / seconds[own] for seconds in rounds], (0.25, 0.5, 0.75)
            )
            line += f"   {middle:.2f} ({low:.2f} to {high:.2f}) x {own}"
        print(line, flush=True)


def main():
    """Measure every batch size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", type=Path)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--batch", type=int, nargs="+", default=[32, 200])
    parser.add_argument("--precision", nargs="+", default=["float32"])
    parser.add_argument("--n-critic", type=int, default=2)
    parser.add_argument("--discriminator", choices=list(CRITIC), default="small")
    parser.add_argument("--steps", type=int, default=20, help="of the generator in a measurement")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        work(asked)
        return
    for batch in asked.batch:
        compare(asked, batch)


if __name__ == "__main__":
    main()
