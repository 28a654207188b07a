"""Text: lines of 32 characters."""

from pathlib import PurePath
from typing import Literal, Self

from pydantic import Field, model_validator

from showergan.config.section import Place, Section, Seed
from showergan.config.tasks.spec import Data, TaskSpec

LENGTH = 32  # characters of a sample
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"  # stands for every character that the alphabet lacks

# Jane Austen (1775 to 1817), Pride and Prejudice, 1813, volume I (chapters 1 to 23): in the public domain.
BOOK = "pride_and_prejudice.txt"  # beside the code of the task


class TextData(Data):
    """Lines of a text file in UTF-8: half train, a quarter select, a quarter test.

    Each line, without the blanks around it, gives as many whole sequences of 32 characters as fit into it, one after
    the other from its start; what is left over is dropped, and so are lines that are shorter. The split goes by blocks
    of lines.
    """

    source: Literal["text"] = Field("text", description="a text file in UTF-8")
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
    def files(self) -> tuple[str, ...]:
        """The text file of the user, if there is one."""
        return (self.path,) if self.path else ()

    @property
    def published_name(self) -> str:
        """The name of the file."""
        return PurePath(self.path or BOOK).stem


class Samples(Section):
    """Generated lines: a probability of each character of an alphabet at each position; the likeliest is taken."""

    quantity: Literal["character"] = "character"
    unit: Literal[""] = ""
    alphabet: str = REPLACEMENT
    shape: tuple[int, int] = (LENGTH, 1)
    transform: Literal["one_hot"] = "one_hot"
    inverse: Literal["argmax"] = "argmax"

    @classmethod
    def of(cls, alphabet: str) -> Self:
        """Return the samples of an alphabet."""
        return cls(alphabet=alphabet, shape=(LENGTH, len(alphabet)))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.shape != (LENGTH, len(self.alphabet)):
            raise ValueError(f"shape = {self.shape} does not fit an alphabet of {self.alphabet!r}")
        return self


SPEC = TaskSpec(
    name="text",
    about="GANs learn lines of 32 characters of a text. The score is PRD-AUC, the area under the curve of precision "
    "and recall of distributions, of single characters (1-grams) and of pairs of neighbours (2-grams).",
    data=TextData,
    samples=Samples,
    sample_arrays=("code",),
    scores=("1-grams", "2-grams"),
    choose_by="2-grams",
    examples_of="every",
)
