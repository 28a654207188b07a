"""Which of several GPUs a process takes: the first with a free slot, which it holds until it ends.

A slot is a file that is locked. The system unlocks the files of a process that ends, whatever ended it.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import filelock
from filelock import BaseFileLock

from showergan.io.files import say

LOOK_AGAIN = 0.5  # seconds between two looks for a free slot

_held: dict[str, BaseFileLock] = {}  # by device; a lock that nothing refers to is given back


def folder_of_locks() -> Path:
    """Return where the processes of this user on this machine look for free slots."""
    user = (
        os.getuid() if hasattr(os, "getuid") else "gpu"
    )  # on Windows the folder is the user's own
    return Path(tempfile.gettempdir()) / f"showergan-{user}"


def take(devices: Sequence[str], per_device: int, folder: Path) -> int:
    """Return the place of a device with a free slot, and hold that slot; wait for one where none is free.

    A device is shared once each has a process. Who holds a slot of one of the devices is given that device again.

    Args:
        devices: names that all processes call the devices by, whichever of them each one sees.
        per_device: slots of each, at least 1.
        folder: where the locks lie; made if it is missing.
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
        time.sleep(LOOK_AGAIN)
