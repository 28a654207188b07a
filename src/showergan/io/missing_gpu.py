"""Reasons why no GPU is used, and a warning about an idle one; PyTorch is not loaded for it."""

import os
import shutil
from importlib.metadata import version
from pathlib import Path

DRIVER = Path("/proc/driver/nvidia/version")


def has_driver() -> bool:
    """Return whether this machine has a driver of NVIDIA, and so most likely a GPU."""
    return DRIVER.exists() or shutil.which("nvidia-smi") is not None


def reason(build: str, *, for_cpus: bool) -> str:
    """Return why PyTorch of version `build`, which may be a build `for_cpus`, sees no GPU."""
    if for_cpus:
        driver = ", though this machine has an NVIDIA driver" if has_driver() else ""
        return f"PyTorch {build} is a build for CPUs{driver}"
    if (visible := os.environ.get("CUDA_VISIBLE_DEVICES")) in ("", "-1"):
        return f"CUDA_VISIBLE_DEVICES={visible} hides every GPU"
    if not has_driver():
        return "this machine has no NVIDIA driver"
    hint = "" if visible is None else f", and CUDA_VISIBLE_DEVICES is {visible}"
    return f"there is an NVIDIA driver, but PyTorch {build} finds no GPU (compare nvidia-smi){hint}"


def idle_gpu() -> str | None:
    """Return a warning for a run that would leave a GPU of this machine idle by accident; None if there is no need."""
    build = version("torch")
    asked = os.environ.get("SHOWERGAN_DEVICE", "auto")
    if asked != "auto" or not build.endswith("+cpu") or not has_driver():
        return None
    return (
        f"All is computed on the CPU, because {reason(build, for_cpus=True)}: install PyTorch's build for CUDA, or "
        "export SHOWERGAN_DEVICE=cpu if that is meant."
    )
