"""From the bytes of a text file to sequences of characters, and to an alphabet."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from showergan.errors import UserError
from showergan.tasks.text.data import LENGTH, REPLACEMENT

FEWEST = 40  # sequences that are worth a split
MOST_REPLACED = 0.05  # of all characters; more would be another text


class Sequences(NamedTuple):
    """What a text is cut into.

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
    """Return the sequences in the lines of a text, without the blanks around the lines.

    Raises:
        UserError: there are too few.
    """
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
    """Return the commonest characters, from common to rare, and at last the one that replaces all others.

    Args:
        texts: of which the alphabet is made.
        size: largest number of characters, the replacing one among them.
    """
    counts = Counter("".join(texts))
    del counts[REPLACEMENT]
    ordered = sorted(counts, key=lambda character: (-counts[character], character))
    return "".join(ordered[: size - 1]) + REPLACEMENT


def encoded(texts: Iterable[str], alphabet: str, path: Path) -> tuple[bytes, int]:
    """Return the places of all characters in the alphabet, and how many are replaced.

    Raises:
        UserError: the alphabet is so small for the text that what is left would be another one.
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
