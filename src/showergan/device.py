"""The device to compute on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from showergan import heavy
from showergan.errors import UserError

if TYPE_CHECKING:
    import torch


def choose_device(name: str) -> torch.device:
    """Return the device `auto`, `cpu`, `cuda` or `cuda:n`, ready for repeatable work.

    On the CPU one thread is used, so that results do not depend on the number of cores; many jobs side by side use all
    cores. `auto` is the GPU if there is one.

    Raises:
        UserError: no such device here.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # of NumPy and SciPy, which read it when they load
    torch = heavy.torch
    torch.set_num_threads(1)
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise UserError(f"--device {name}: allowed: auto, cpu, cuda, cuda:0, cuda:1, ...") from None
    if device.type not in ("cpu", "cuda"):
        raise UserError(f"--device {name}: allowed: auto, cpu, cuda, cuda:0, cuda:1, ...")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise UserError(
            f"--device {name}: this machine shows {torch.cuda.device_count()} CUDA devices; "
            "use --device cpu or auto"
        )
    # One thread of a CPU is repeatable by itself, and asking it to be takes an import of seconds.
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # deterministic matrix products
        torch.use_deterministic_algorithms(True)
    return device
