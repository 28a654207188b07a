"""Why no GPU is computed on, as far as it can be known, and whom to tell; PyTorch need not be loaded for it."""

import os
import shutil
from importlib.metadata import version
from pathlib import Path

DRIVER = Path("/proc/driver/nvidia/version")


def has_driver() -> bool:
    """Return whether this machine has a driver for NVIDIA's GPUs, and so most likely a GPU."""
    return DRIVER.exists() or shutil.which("nvidia-smi") is not None


def reason(build: str, *, for_cpus: bool) -> str:
    """Say why PyTorch sees no GPU.

    Args:
        build: version of PyTorch.
        for_cpus: whether it was built without support of GPUs.
    """
    if for_cpus:
        driver = ", though this machine has an NVIDIA driver" if has_driver() else ""
        return f"PyTorch {build} is a build for CPUs{driver}"
    if (visible := os.environ.get("CUDA_VISIBLE_DEVICES")) in ("", "-1"):
        return f"CUDA_VISIBLE_DEVICES={visible} hides every GPU"
    if not has_driver():
        return "this machine has no NVIDIA driver"
    told = "" if visible is None else f", and CUDA_VISIBLE_DEVICES is {visible}"
    return f"there is an NVIDIA driver, but PyTorch {build} finds no GPU (compare nvidia-smi){told}"


def idle_gpu() -> str | None:
    """Return what to tell who starts a run whose every job would leave a GPU idle unasked; None if there is nothing."""
    build = version("torch")
    asked = os.environ.get("SHOWERGAN_DEVICE", "auto")
    if asked != "auto" or not build.endswith("+cpu") or not has_driver():
        return None
    return (
        f"All is computed on the CPU, because {reason(build, for_cpus=True)}: install PyTorch's build for CUDA, or "
        "export SHOWERGAN_DEVICE=cpu if that is meant."
    )
