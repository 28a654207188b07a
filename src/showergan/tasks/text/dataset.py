"""Lines of characters, and their data set: positions of the characters in an alphabet, cut from a text file."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray

from showergan.config.tasks.text import BOOK, LENGTH, REPLACEMENT, Samples, TextData
from showergan.errors import UserError
from showergan.io.damage import damage
from showergan.io.files import atomic_write
from showergan.io.hdf5 import opened_hdf5, text_of
from showergan.tasks import data_set
from showergan.tasks.data_set import SPLITS, Split, splits_of, write_arrays
from showergan.tasks.unconditional import Unconditional

FEWEST = 40  # sequences; fewer are too few to split
MOST_REPLACED = 0.05  # of all characters; more would be another text
NO_CHARACTER = 255  # code of values that are not finite


@dataclass(frozen=True)
class Lines(Unconditional):
    """Lines of one length: positions of the characters in the alphabet, or `NO_CHARACTER`, shape (n, length), uint8."""

    code: NDArray[np.uint8]

    def texts(self, alphabet: str) -> list[str]:
        """Return them as texts; `NO_CHARACTER` is ⊥."""
        characters = dict(enumerate(alphabet)) | {NO_CHARACTER: "\N{UP TACK}"}
        return ["".join(map(characters.__getitem__, line)) for line in self.code.tolist()]


def write(data: TextData, out: Path) -> None:
    """Cut a text into sequences, split them, and write them in the alphabet of the training text.

    Raises:
        UserError: the text cannot be used.
    """
    path = Path(data.path) if data.path else Path(__file__).with_name(BOOK)
    with damage(path, "cannot be read", "Give a text in UTF-8 in data.path."):
        content = path.read_bytes()
    found = sequences(decoded(content, path), path)
    splits = split_by_blocks(found.lines, data.block_lines, data.split_seed)
    training = (text for text, split in zip(found.texts, splits, strict=True) if not split)
    alphabet = alphabet_of(training, data.alphabet_size)
    codes, n_replaced = encoded(found.texts, alphabet, path)
    with atomic_write(out) as temporary, h5py.File(temporary, "w") as file:
        file["code"] = np.frombuffer(codes, np.uint8).reshape(-1, LENGTH)
        data_set.keep(
            file,
            splits,
            task="text",
            alphabet=alphabet,
            source_name=path.name,
            source_sha256=hashlib.sha256(content).hexdigest(),
            n_replaced_characters=n_replaced,
            n_short_lines=found.n_short,
            split_seed=data.split_seed,
        )


def split_by_blocks(lines: Sequence[int], block: int, seed: int) -> NDArray[np.uint8]:
    """Return the split of every sequence, shape (n,): blocks of neighbouring lines stay together.

    Test text therefore touches training text at the ends of blocks alone, and within the two blocks that the exact
    sizes of the splits cut. `lines` are the numbers of the line of each sequence, rising; a block is so many lines.
    """
    blocks = np.asarray(lines) // block
    place = np.random.default_rng(seed).permutation(blocks.max() + 1)
    order = np.argsort(place[blocks], kind="stable")
    return splits_of(len(order), order[: len(order) // 2])


class Sequences(NamedTuple):
    """Sequences that a text is cut into.

    Attributes:
        texts: of `LENGTH` characters each, in the order of the text.
        lines: the number of the line of each.
        n_short: lines with characters, but too few of them.
    """

    texts: list[str]
    lines: list[int]
    n_short: int


def decoded(content: bytes, path: Path) -> str:
    """Return the text that bytes in UTF-8 stand for.

    Raises:
        UserError: there is none, or they are no text in UTF-8; it names the first byte at fault.
    """
    if not content.strip():
        raise UserError(f"{path} is empty: give a text in data.path")
    if b"\0" in content:
        raise UserError(
            f"{path} is no text: byte {content.index(0)} (counted from 0) is 0, as in binary files and in UTF-16. Give "
            "a text in UTF-8 in data.path"
        )
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"{path} is not in UTF-8: byte {error.start} (counted from 0, in line {line}) is "
            f"0x{content[error.start]:02x} ({error.reason}). Convert it, for example by iconv -f latin1 -t utf-8"
        ) from None


def sequences(text: str, path: Path) -> Sequences:
    """Return the sequences in the lines of a text, stripped of blanks; a `UserError` if they are too few."""
    lines = [line.strip() for line in text.splitlines()]
    found = [
        (line[first : first + LENGTH], number)
        for number, line in enumerate(lines)
        for first in range(0, len(line) - LENGTH + 1, LENGTH)
    ]
    n_short = sum(0 < len(line) < LENGTH for line in lines)
    if len(found) < FEWEST:
        raise UserError(
            f"{path} gives {len(found)} sequences of {LENGTH} characters, and {FEWEST} are the fewest: {n_short} of "
            f"its {sum(map(bool, lines))} lines are shorter than {LENGTH} characters. Give a longer text, or one with "
            "longer lines"
        )
    texts, numbers = zip(*found, strict=True)
    return Sequences(list(texts), list(numbers), n_short)


def alphabet_of(texts: Iterable[str], size: int) -> str:
    """Return at most `size` characters: the commonest, from common to rare, and the one that replaces all others."""
    counts = Counter("".join(texts))
    del counts[REPLACEMENT]
    ordered = sorted(counts, key=lambda character: (-counts[character], character))
    return "".join(ordered[: size - 1]) + REPLACEMENT


def encoded(texts: Iterable[str], alphabet: str, path: Path) -> tuple[bytes, int]:
    """Return the places of all characters in the alphabet, and how many are replaced.

    Raises:
        UserError: the alphabet is so small that more than 5 % of the text would be replaced.
    """
    text = "".join(texts)
    places = {character: place for place, character in enumerate(alphabet)}
    replacing = places[REPLACEMENT]
    codes = bytes(places.get(character, replacing) for character in text)
    n_replaced = codes.count(replacing)
    if n_replaced > MOST_REPLACED * len(codes):
        raise UserError(
            f"{path} has {len(set(text))} different characters. An alphabet of {len(alphabet)} leaves "
            f"{n_replaced / len(codes):.0%} of the text to be replaced by {REPLACEMENT}, and {MOST_REPLACED:.0%} is "
            "the most: raise data.alphabet_size (up to 255), or give a text in a smaller alphabet"
        )
    return codes, n_replaced


def load(path: Path, split: Split) -> Lines:
    """Read the lines of one split, in the order of the text."""
    with opened(path) as file:
        code, n = file["code"][:], len(text_of(file, "alphabet"))
        if code.max(initial=0) >= n:
            raise UserError(f"{path} has characters beyond its alphabet of {n}: it is damaged")
        return Lines(code[file["split"][:] == SPLITS[split]])


def stream(path: Path, split: Split) -> Iterator[Lines]:
    """Read the same, all at once."""
    yield load(path, split)


def opened(path: Path) -> AbstractContextManager[h5py.File]:
    """Open a data set; a `UserError` refuses any other file."""
    arrays: dict[str, data_set.Content] = {"code": (np.uint8, (LENGTH,)), "split": (np.uint8, ())}
    return data_set.opened(path, "make-data", arrays, ["alphabet"])


def samples_in(path: Path) -> Samples:
    """Return the samples of a data set or a reference: those of its alphabet."""
    with opened_hdf5(path) as file:
        return Samples.of(text_of(file, "alphabet"))


def write_lines(
    alphabet: str, out: Path, n: int, chunks: Iterable[Lines], origin: dict[str, Any]
) -> None:
    """Write lines as npz, the texts themselves, or by the suffix as HDF5 with the alphabet and their origin."""
    lines = Lines(np.concatenate([chunk.code for chunk in chunks]))
    texts = np.array(lines.texts(alphabet))
    about = {"alphabet": alphabet, **origin}
    write_arrays(out, {"code": lines.code}, "text", about, packed={"line": texts})
