"""Which text, and how it is cut into samples."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from showergan.config.data import Data
from showergan.config.section import Place, Seed

LENGTH = 32  # characters of a sample
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"  # stands for every character that the alphabet lacks

# Jane Austen (1775 to 1817), Pride and Prejudice, 1813, volume I (chapters 1 to 23): in the public domain.
BOOK = Path(__file__).with_name("pride_and_prejudice.txt")


class TextData(Data):
    """Lines of a text file in UTF-8: half train, a quarter select, a quarter test.

    Each line, without the blanks around it, gives as many whole sequences of 32 characters as fit into it, one after
    the other from its start; what is left over is dropped, and so are lines that are shorter. The split goes by blocks
    of lines.
    """

    source: Literal["text"] = "text"
    path: Place | None = Field(
        None, description="null: Jane Austen, Pride and Prejudice (1813), volume I"
    )
    alphabet_size: int = Field(
        64,
        ge=2,
        le=255,
        description="largest number of different characters: the commonest of the training text, and one that replaces "
        "all others",
    )
    block_lines: int = Field(
        50,
        ge=1,
        le=10**6,
        description="lines that stay together in the split, because neighbours are alike",
    )
    split_seed: Seed = Field(2023, description="random seed of the split")

    @property
    def file(self) -> Path:
        """Where the text is."""
        return BOOK if self.path is None else Path(self.path)

    @property
    def files(self) -> tuple[str, ...]:
        """The one of a user."""
        return (self.path,) if self.path else ()

    @property
    def published_name(self) -> str:
        """The name of the file."""
        return self.file.stem
