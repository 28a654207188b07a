"""Choice of the device to compute on."""

import os
from contextlib import suppress

import torch

from showergan.errors import UserError
from showergan.io import gpu_slots, missing_gpu
from showergan.io.files import say


def choose_device(name: str, per_gpu: int | None = None, require_gpu: bool = False) -> torch.device:
    """Return the device `auto`, `cpu`, `cuda` or `cuda:n`, set up for repeatable results.

    On the CPU one thread is used, so that results do not depend on the number of cores; many jobs side by side use all
    cores. `auto` is a GPU if there is one; without one the log says why.

    Args:
        name: of the device. `auto` and `cuda` are the first of the visible GPUs that has a free slot, see
            `gpu_slots.take`; a single one is shared by all processes, unless `per_gpu` is given.
        per_gpu: slots of each GPU, by default 1.
        require_gpu: whether anything else is an error.

    Raises:
        UserError: no such device here.
    """
    torch.set_num_threads(1)
    if per_gpu is not None and per_gpu < 1:
        raise UserError(f"--per-gpu {per_gpu}: give a number of at least 1")
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else _cpu(require_gpu)
    device = device_of(name)
    if device.type == "cpu":
        if require_gpu:
            raise UserError(f"--device {name} and --require-gpu: give one of them")
        return device
    n = torch.cuda.device_count()
    device = torch.device("cuda", _place(n, per_gpu) if device.index is None else device.index)
    torch.cuda.set_device(device)  # also for tensors whose code names no device
    # One thread of a CPU is repeatable by itself, and asking it to be takes an import of seconds.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # deterministic matrix products
    torch.use_deterministic_algorithms(True)
    return device


def device_of(name: str | torch.device) -> torch.device:
    """Return the device `cpu`, `cuda` or `cuda:n`; a `UserError` if there is no such device here."""
    device = None
    with suppress(RuntimeError):  # no name of a device
        device = torch.device(name)
    if device is None or device.type not in ("cpu", "cuda"):
        raise UserError(
            f"device {name}: allowed: cpu, cuda, cuda:0, cuda:1, ...; for a command auto, too"
        )
    n = torch.cuda.device_count()
    if device.type == "cuda" and (device.index or 0) >= n:
        raise UserError(f"device {name}: this machine shows {n} CUDA devices; use cpu")
    return device


def _place(n: int, per_gpu: int | None) -> int:
    """Return which of n GPUs this process takes."""
    if n == 1 and per_gpu is None:
        return 0
    # By UUID, because numbers depend on which GPUs a process sees.
    names = [str(torch.cuda.get_device_properties(i).uuid) for i in range(n)]
    return gpu_slots.take(names, per_gpu or 1, gpu_slots.folder_of_locks())


def _cpu(require_gpu: bool) -> str:
    """Return the CPU in place of a GPU that is not there, and log why.

    Raises:
        UserError: a GPU is required.
    """
    built = torch.version
    for_cpus = built.cuda is None and built.hip is None
    why = missing_gpu.reason(torch.__version__, for_cpus=for_cpus)
    if require_gpu:
        raise UserError(f"--require-gpu: {why}. Without it the CPU would do the work.")
    say(f"no GPU: computes on the CPU, because {why}")
    return "cpu"
