"""How a data set of any task is split: half of it, rounded up, for training, a quarter to choose, a quarter to test."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Split = Literal["train", "select", "test"]
SPLITS: dict[Split, int] = {"train": 0, "select": 1, "test": 2}


def permuted(n: int, seed: int) -> NDArray[np.uint8]:
    """Return the split of every event, shape (n,), as a permutation by NumPy's default generator has it."""
    return splits_of(n, np.random.default_rng(seed).permutation(n)[: n // 2])


def splits_of(n: int, held_out: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Return the split of every event, shape (n,): of those held out the first half is select, the second test."""
    splits = np.full(n, SPLITS["train"], np.uint8)
    splits[held_out[: len(held_out) // 2]] = SPLITS["select"]
    splits[held_out[len(held_out) // 2 :]] = SPLITS["test"]
    return splits
