"""Measure trainings and an evaluation of the published networks on a GPU: time, kernels, peak memory.

A generator iteration is n_critic = 5 discriminator steps and one of the generator. Kernels are those that the profiler
sees on the GPU, copies included; on a CPU, operations of PyTorch that call no other stand for them, views included, and
the peak memory is that of the process, and times of trainings are those of the core.

    python benchmarks/gpu.py
    python benchmarks/gpu.py --device cpu --iterations 2 --showers 400
"""

import argparse
import resource
import statistics
import tempfile
import time
from pathlib import Path

import small_showers
import torch
from torch.profiler import ProfilerActivity, profile

from showergan.cli.step import run as run_step
from showergan.config.evaluation import Evaluation
from showergan.config.recipes.evaluation import Evaluate
from showergan.evaluation.reference import make_reference, save_reference
from showergan.io.device import choose_device
from showergan.tasks.showers.embedding import load_embedding
from showergan.training.loop import Trainer

BATCHES, REPEATS, MOST_SHOWERS = (32, 200), 5, 60_000


def iterate(trainer: Trainer, times: int) -> None:
    """Do so many generator iterations."""
    for _ in range(times):
        for _ in range(trainer.recipe.n_critic):
            _, batch = trainer.discriminator_step()
        trainer.generator_step()
        for constraint in trainer.constraints:
            constraint.after_generator_step(trainer.discriminator, batch)


def finish(device: torch.device) -> None:
    """Wait until the device has done what it was asked."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def kernels(trainer: Trainer, device: torch.device) -> int:
    """Return the kernels of one generator iteration, or on a CPU its operations."""
    on_gpu = device.type == "cuda"
    asked = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]
    with profile(activities=asked) as seen:
        iterate(trainer, 1)
        finish(device)
    if on_gpu:
        kind = torch.autograd.DeviceType.CUDA
        return sum(event.device_type == kind for event in seen.events())
    called = (event for event in seen.events() if event.name.startswith("aten::"))
    return sum(not event.cpu_children for event in called)


def peak(device: torch.device) -> float:
    """Return the peak memory in MB, of the GPU since it was last asked for."""
    if device.type != "cuda":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    found = torch.cuda.max_memory_allocated(device) / 1e6
    torch.cuda.reset_peak_memory_stats(device)
    return found


def evaluation(folder: Path, showers: int, device: str) -> float:
    """Return the seconds of an evaluation of one epoch, on a quarter of the showers each of select and test.

    They are by the clock: metrics are computed on the CPU.
    """
    data, model = small_showers.data_set(folder, showers), folder / "model.pt"
    cpu, reference = torch.device("cpu"), folder / "features.h5"
    network = load_embedding(small_showers.embedding(model), cpu)
    save_reference(make_reference(data, network, Evaluation(), cpu), reference)
    generator = small_showers.generator(folder / "generator.pt")
    inputs = {"generator": generator, "reference": reference, "embedding": model}
    made = {name: folder / name for name in ("metrics", "curves", "examples")}
    start = time.perf_counter()
    run_step(Evaluate(choose_by="bins-E"), **inputs, **made, device=device)
    return time.perf_counter() - start


def main() -> None:
    """Print a row per method and size of batch, and a line about the evaluation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--iterations", type=int, default=100, help="in each of five repeats")
    parser.add_argument("--showers", type=int, default=12_000, help="of the evaluation")
    options = parser.parse_args()
    device = choose_device(options.device)
    on_gpu = device.type == "cuda"
    clock = time.perf_counter if on_gpu else time.process_time
    name = torch.cuda.get_device_name(device) if on_gpu else "CPU, one thread"
    print(f"{name}, PyTorch {torch.__version__}\n")
    what = "kernels" if on_gpu else "operations"
    print(f"| method | batch | ms an iteration (quartiles) | {what} | MB |\n|---|---|---|---|---|")
    for batch in BATCHES:
        for method in small_showers.METHODS:
            showers = min(MOST_SHOWERS, batch * 50)
            trainer = small_showers.trainer(method, showers, batch, device)
            iterate(trainer, 2)  # the first ones fetch code and choose kernels
            finish(device)
            times = []
            for _ in range(REPEATS):
                start = clock()
                iterate(trainer, options.iterations)
                finish(device)
                times.append((clock() - start) / options.iterations * 1e3)
            low, middle, high = statistics.quantiles(times, n=4)
            print(
                f"| {method} | {batch} | {middle:.2f} ({low:.2f} to {high:.2f}) | {kernels(trainer, device)} "
                f"| {peak(device):.0f} |",
                flush=True,
            )
    with tempfile.TemporaryDirectory() as folder:
        seconds = evaluation(Path(folder), options.showers, options.device)
    n = options.showers // 4
    print(f"\nevaluation of one epoch on {n} showers each of select and test: {seconds:.1f} s")


if __name__ == "__main__":
    main()
