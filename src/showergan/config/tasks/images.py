"""Images: digits, files of MNIST's format, folders."""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveFloat, model_validator

from showergan.config.section import Count, Place, Section, Seed
from showergan.config.tasks.spec import Data, TaskSpec

N_DIGITS = 1797  # that scikit-learn has
CLASSIFIER, ENCODER = SPACES = ("classifier", "encoder")  # networks that images are measured with


class ImageData(Data):
    """Images: half train, a quarter select, a quarter test."""

    source: Literal["digits", "idx", "folder"] = Field(
        "digits",
        description="scikit-learn's handwritten digits, a file of MNIST's format, or a folder of images, whose "
        "sub-folders are classes where there are any",
    )
    path: Place | None = Field(None, description="idx: the file of images, also .gz; folder: it")
    labels: Place | None = Field(None, description="idx: the file of labels, also .gz; null: none")
    size: int | None = Field(
        None,
        ge=8,
        le=1024,
        description="pixels of a side, after a cut to the square in the middle; null: 16 of digits, 64 of a folder, "
        "of idx as they are",
    )
    conditional: bool = Field(False, description="generate images of a class that is asked for")
    split_seed: Seed = Field(2023, description="random seed of the split")

    @property
    def n_train(self) -> int | None:
        """Half of the images, rounded up, where their number is known."""
        return N_DIGITS - N_DIGITS // 2 if self.source == "digits" else None

    @property
    def files(self) -> tuple[str, ...]:
        """Files of the user: images and labels."""
        return tuple(path for path in (self.path, self.labels) if path)

    @model_validator(mode="after")
    def _is_there(self) -> Self:
        if (self.path is None) != (self.source == "digits"):
            needs = "needs no" if self.path else "needs a"
            raise ValueError(f"source {self.source} {needs} path")
        if self.labels and self.source != "idx":
            raise ValueError(f"source {self.source} has no file of labels: leave out labels")
        return self


class Embedding(Section):
    """The network in whose space images are measured; `choose_by` says whether it is a classifier or an encoder."""

    width: Count = Field(32, description="channels of the first convolution; further ones double")
    epochs: Count = Field(30, description="largest number of epochs")
    patience: Count = Field(5, description="stop after so many epochs without a better score")
    batch_size: Count = Field(64, description="images per step")
    learning_rate: PositiveFloat = Field(1e-3, description="of Adam")
    noise: Annotated[float, Field(ge=0)] = Field(
        0.3, description="encoder: sd of the noise that it is trained to remove from an image"
    )
    bar: Annotated[float, Field(ge=0, le=1)] = Field(
        0.95,
        description="classifier: share of select that it must get right; below, a warning is printed",
    )
    seed: Seed = Field(1, description="random seed")

    @property
    def step(self) -> str:
        """The step that makes it."""
        return "train_image_embedding"


class Samples(Section):
    """Generated images, black at -1 and white at 1.

    Attributes:
        shape: channels (1 grey, 3 red, green, blue), height and width.
        classes: their names, where the data set has any.
        conditional: whether images of a class can be asked for.
    """

    quantity: Literal["picture"] = "picture"
    unit: Literal[""] = ""
    shape: tuple[int, int, int] = (1, 16, 16)
    classes: tuple[str, ...] = ()
    conditional: bool = False
    transform: Literal["bytes / 127.5 - 1"] = "bytes / 127.5 - 1"
    inverse: Literal["(x + 1) * 127.5"] = "(x + 1) * 127.5"

    @property
    def conditions(self) -> tuple[str, ...]:
        """The classes that images can be generated of."""
        return self.classes if self.conditional else ()


SPEC = TaskSpec(
    name="images",
    about="GANs learn images. The score is PRD-AUC, the area under the curve of precision and recall of distributions, "
    "over features of a network that this run trained on its training images: a classifier or an encoder. Its scale is "
    "that of the network, and cannot be compared with that of another run.",
    data=ImageData,
    sections={"embedding": Embedding()},
    samples=Samples,
    sample_arrays=("image", "one_hot"),
    scores=(*SPACES, *(f"bins-{space}" for space in SPACES)),
    choose_by=CLASSIFIER,
    has_embedding=True,
)
