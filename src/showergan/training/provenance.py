"""Where a result comes from: code, versions, machine."""

import platform
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import torch

import showergan


def provenance(device: torch.device) -> dict[str, Any]:
    """Return versions, git commit and device as plain values."""
    gpu = torch.cuda.get_device_name(device) if device.type == "cuda" else None
    return {
        "versions": {
            "showergan": showergan.__version__,
            "torch": torch.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        "git_commit": git_commit(),
        "device": str(device),
        "gpu": gpu,
        "machine": platform.machine(),
    }


def git_commit() -> str | None:
    """Return the commit of the checkout this package runs from, with "-dirty" if changed; None outside of one."""
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return described.stdout.strip()
