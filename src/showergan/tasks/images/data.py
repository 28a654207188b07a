"""Which pictures, and how large."""

from typing import Literal, Self

from pydantic import Field, model_validator

from showergan.config.data import Data
from showergan.config.section import Place, Seed

N_DIGITS = 1797  # that scikit-learn has


class ImageData(Data):
    """Pictures: half train, a quarter select, a quarter test."""

    source: Literal["digits", "idx", "folder"] = Field(
        "digits",
        description="scikit-learn's handwritten digits, a file of MNIST's format, or a folder of pictures, whose "
        "sub-folders are classes where there are any",
    )
    path: Place | None = Field(None, description="idx: the file of pictures, also .gz; folder: it")
    labels: Place | None = Field(None, description="idx: the file of labels, also .gz; null: none")
    size: int | None = Field(
        None,
        ge=8,
        le=1024,
        description="pixels of a side, after a cut to the square in the middle; null: 16 of digits, 64 of a folder, "
        "of idx as they are",
    )
    conditional: bool = Field(False, description="generate pictures of a class that is asked for")
    split_seed: Seed = Field(2023, description="random seed of the split")

    @property
    def n_train(self) -> int | None:
        """Half of the pictures, rounded up, where their number is known."""
        return N_DIGITS - N_DIGITS // 2 if self.source == "digits" else None

    @property
    def files(self) -> tuple[str, ...]:
        """Those of pictures and labels."""
        return tuple(path for path in (self.path, self.labels) if path)

    @model_validator(mode="after")
    def _is_there(self) -> Self:
        if (self.path is None) != (self.source == "digits"):
            needs = "needs no" if self.path else "needs a"
            raise ValueError(f"source {self.source} {needs} path")
        if self.labels and self.source != "idx":
            raise ValueError(f"source {self.source} has no file of labels: leave out labels")
        return self
