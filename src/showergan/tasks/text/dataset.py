"""The data set of lines: one HDF5 file with their characters as places in an alphabet, and a split."""

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from showergan.errors import UserError
from showergan.io.damage import damage
from showergan.io.files import atomic_write
from showergan.io.hdf5 import text_of
from showergan.tasks import data_set
from showergan.tasks.splits import SPLITS, Split, splits_of
from showergan.tasks.text.data import LENGTH, TextData
from showergan.tasks.text.lines import Lines
from showergan.tasks.text.reading import alphabet_of, decoded, encoded, sequences


def write(data: TextData, out: Path) -> None:
    """Cut a text into sequences, split them, and write them in the alphabet of the training text.

    Raises:
        UserError: the text cannot be used.
    """
    with damage(data.file, "cannot be read", "Give a text in UTF-8 in data.path."):
        content = data.file.read_bytes()
    found = sequences(decoded(content, data.file), data.file)
    splits = split_by_blocks(found.lines, data.block_lines, data.split_seed)
    training = (text for text, split in zip(found.texts, splits, strict=True) if not split)
    alphabet = alphabet_of(training, data.alphabet_size)
    codes, n_replaced = encoded(found.texts, alphabet, data.file)
    with atomic_write(out) as temporary, h5py.File(temporary, "w") as file:
        file["code"] = np.frombuffer(codes, np.uint8).reshape(-1, LENGTH)
        data_set.keep(
            file,
            splits,
            task="text",
            alphabet=alphabet,
            source_name=data.file.name,
            source_sha256=hashlib.sha256(content).hexdigest(),
            n_replaced_characters=n_replaced,
            n_short_lines=found.n_short,
            split_seed=data.split_seed,
        )


def split_by_blocks(lines: Sequence[int], block: int, seed: int) -> NDArray[np.uint8]:
    """Return the split of every sequence, shape (n,): blocks of neighbouring lines stay together.

    Test text therefore touches training text at the ends of blocks alone, and within the two blocks that the exact
    sizes of the splits cut.

    Args:
        lines: the line of each sequence, rising.
        block: lines that stay together.
        seed: of the order of the blocks.
    """
    blocks = np.asarray(lines) // block
    place = np.random.default_rng(seed).permutation(blocks.max() + 1)
    order = np.argsort(place[blocks], kind="stable")
    return splits_of(len(order), order[: len(order) // 2])


def load(path: Path, split: Split) -> Lines:
    """Read the lines of one split, in the order of the text."""
    with opened(path) as file:
        code, n = file["code"][:], len(text_of(file, "alphabet"))
        if code.max(initial=0) >= n:
            raise UserError(f"{path} has characters beyond its alphabet of {n}: it is damaged")
        return Lines(code[file["split"][:] == SPLITS[split]])


def opened(path: Path) -> AbstractContextManager[h5py.File]:
    """Open a data set; a `UserError` says where it is none."""
    arrays: dict[str, data_set.Content] = {"code": (np.uint8, (LENGTH,)), "split": (np.uint8, ())}
    return data_set.opened(path, "make-data", arrays, ["alphabet"])
