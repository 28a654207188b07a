"""Slots of GPUs: of several GPUs a process takes the first with a free slot, and holds it until it ends.

A slot is a locked file. The system unlocks the files of a process that ends, also of one that is killed.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import filelock

from showergan.io.files import say

RETRY_SECONDS = 0.5  # between two searches for a free slot

_held: dict[str, filelock.BaseFileLock] = {}  # by device; a lock that nothing refers to is released


def folder_of_locks() -> Path:
    """Return the folder of locks for the processes of this user on this machine."""
    # On Windows, which has no such number, the folder for temporary files is the user's own.
    user = os.getuid() if hasattr(os, "getuid") else "gpu"
    return Path(tempfile.gettempdir()) / f"showergan-{user}"


def take(devices: Sequence[str], per_device: int, folder: Path) -> int:
    """Return the index of a device with a free slot, and hold that slot; wait for one where none is free.

    No device is shared before each has a process. A process that holds a slot already gets that device again.

    Args:
        devices: names of the devices that this process sees, the same in all processes.
        per_device: slots of each, at least 1.
        folder: of the locks; made if it is missing.
    """
    for place, device in enumerate(devices):
        if device in _held:
            return place
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    waits = False
    while True:
        for slot in range(per_device):
            for place, device in enumerate(devices):
                lock = filelock.FileLock(folder / f"{device}.{slot}.lock")
                try:
                    lock.acquire(blocking=False)
                except filelock.Timeout:
                    continue
                _held[device] = lock
                return place
        if not waits:
            say(f"waits for one of {len(devices)} GPUs: each has its {per_device} in {folder}")
            waits = True
        time.sleep(RETRY_SECONDS)
