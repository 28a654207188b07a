"""The device to compute on."""

from __future__ import annotations

import os

import torch

from showergan.errors import UserError
from showergan.io import gpu_slots, missing_gpu
from showergan.io.files import say


def choose_device(name: str, per_gpu: int | None = None, require_gpu: bool = False) -> torch.device:
    """Return the device `auto`, `cpu`, `cuda` or `cuda:n`, ready for repeatable work.

    On the CPU one thread is used, so that results do not depend on the number of cores; many jobs side by side use all
    cores. `auto` is a GPU if there is one, and says so if there is none.

    Args:
        name: of the device. `auto` and `cuda` are the first of the visible GPUs that has a free slot, see
            `gpu_slots.take`; a single one is shared by all who want it, unless `per_gpu` says by how many.
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
    try:
        device = torch.device(name)
    except RuntimeError:
        raise UserError(f"--device {name}: allowed: auto, cpu, cuda, cuda:0, cuda:1, ...") from None
    if device.type not in ("cpu", "cuda"):
        raise UserError(f"--device {name}: allowed: auto, cpu, cuda, cuda:0, cuda:1, ...")
    if device.type == "cpu":
        if require_gpu:
            raise UserError(f"--device {name} and --require-gpu: give one of them")
        return device
    n = torch.cuda.device_count()
    if (device.index or 0) >= n:
        raise UserError(
            f"--device {name}: this machine shows {n} CUDA devices; use --device cpu or auto"
        )
    device = torch.device("cuda", _place(n, per_gpu) if device.index is None else device.index)
    torch.cuda.set_device(device)  # nothing shall lie on another one because it names none
    # One thread of a CPU is repeatable by itself, and asking it to be takes an import of seconds.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # deterministic matrix products
    torch.use_deterministic_algorithms(True)
    return device


def _place(n: int, per_gpu: int | None) -> int:
    """Return the number of the one of n GPUs that this process takes."""
    if n == 1 and per_gpu is None:
        return 0
    # Their numbers are another process's for other GPUs, where it sees others.
    names = [str(torch.cuda.get_device_properties(i).uuid) for i in range(n)]
    return gpu_slots.take(names, per_gpu or 1, gpu_slots.folder_of_locks())


def _cpu(require_gpu: bool) -> str:
    """Return the device of who would take a GPU and sees none; say why.

    Raises:
        UserError: nothing else will do.
    """
    built = torch.version
    for_cpus = built.cuda is None and built.hip is None
    why = missing_gpu.reason(torch.__version__, for_cpus=for_cpus)
    if require_gpu:
        raise UserError(f"--require-gpu: {why}. Without it the CPU would do the work.")
    say(f"no GPU: computes on the CPU, because {why}")
    return "cpu"
