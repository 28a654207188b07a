"""Showers of an electromagnetic calorimeter."""

from pathlib import PurePath
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    Field,
    PositiveFloat,
    StringConstraints,
    field_serializer,
    field_validator,
    model_validator,
)

from showergan.config.section import Count, Place, Section, Seed
from showergan.config.tasks.spec import Data, TaskSpec
from showergan.io.urls import without_secrets

N_SAMPLE = 12_000  # showers that come with the package
THRESHOLD_MEV = 0.1  # readout threshold: a cell below is set to 0


class Simulation(Section):
    """Showers made here."""

    n_showers: int = Field(4000, ge=8, le=10**9, description="simulate, geant4: number of showers")
    seed: Seed = Field(1, description="simulate, geant4: random seed")
    threshold_MeV: float = Field(
        THRESHOLD_MEV,
        ge=0,
        le=1000,
        description="simulate, geant4: what the readout tells from noise; a cell below is set to 0",
    )


EnergyUnit = Literal["MeV", "GeV"]
LengthUnit = Literal["cm", "mm"]
SCHEMES = ("http", "https", "s3", "root")


def scheme_of(place: str) -> str | None:
    """Return the kind of a URL, None of a path.

    Raises:
        ValueError: it is a URL of another kind, or one that leads on to others, as fsspec reads them.
    """
    scheme, behind, rest = place.partition("://")
    if not behind and "::" not in place:
        return None
    if scheme.startswith("http") and "@" in rest.partition("/")[0]:
        raise ValueError(
            f"{place!r}: no pages are read that ask for a name and a password; download it yourself and give the path"
        )
    if scheme not in SCHEMES or "::" in place or not place.isprintable() or " " in place:
        raise ValueError(
            f"{place!r}: give a path, or a URL that begins with {'://, '.join(SCHEMES)}://"
        )
    return scheme


Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class DataFile(Section):
    """Showers from elsewhere."""

    path: Place | None = Field(
        None, description="npz: a path, or an http(s)://, s3:// or root:// URL"
    )
    sha256: Sha256 | None = Field(
        None, description="npz: the file's SHA-256; a file that differs is refused"
    )

    @field_serializer("path")
    def _without_secrets(self, path: str | None) -> str | None:
        return path and without_secrets(path)

    @field_validator("path")
    @classmethod
    def _is_path_or_url(cls, path: str | None) -> str | None:
        scheme_of(path or "")
        return path


class Preparation(DataFile):
    """Checks and split of showers."""

    energy_unit: EnergyUnit = Field("MeV", description="npz: of its energy deposits")
    length_unit: LengthUnit = Field("cm", description="npz: of its entry points")
    negative_energy: Literal["clip", "error"] = Field(
        "error", description="what to do with negative energies: set them to 0, or stop"
    )
    split: Literal["permutation", "reference"] = Field(
        "permutation",
        description="half train, a quarter select, a quarter test; reference: the published index rule",
    )
    split_seed: Seed = Field(2023, description="permutation: random seed of the split")


class Representation(Section):
    """Form in which networks see showers, and treatment of generated ones; not used by preprocessing and evaluation."""

    frame: Literal["detector", "particle"] = Field(
        "detector",
        description="detector: as published, networks see showers as they are; particle: mirrored and rolled so that "
        "px >= py >= 0 and the core is expected in the central cell, undone after generation",
    )
    energy: Literal["raw", "response"] = Field(
        "raw",
        description="raw: generated showers are left as they are; response: their total becomes |p| times a response "
        "drawn from that of the training showers, and cells below the threshold of the readout are drawn",
    )


class ShowerData(Simulation, Preparation, Representation, Data):
    """The source of the showers and their split."""

    source: Literal["sample", "simulate", "geant4", "npz"] = Field(
        "sample",
        description="sample: the Geant4 showers that come with the package; simulate: GFLASH showers made here, in "
        "seconds; geant4: Geant4 showers made here, in hours; npz: a file of the published schema",
    )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps from the source to the data set; a file of the user is read as it is."""
        source = {"geant4": "simulate_geant4", "npz": "fetch"}.get(self.source, self.source)
        return (*(() if self.files else (source,)), "preprocess")

    @property
    def n_train(self) -> int | None:
        """Half of the showers, rounded up, where their number is known."""
        n = {"sample": N_SAMPLE, "npz": None}.get(self.source, self.n_showers)
        return None if n is None else (n + 1) // 2

    @property
    def files(self) -> tuple[str, ...]:
        """The file of the user, unless it comes from a URL: then the run has a copy of its own."""
        local = self.source == "npz" and self.path and not scheme_of(self.path)
        return (str(self.path),) if local else ()

    @property
    def published_name(self) -> str:
        """A file by its name: the published one may lie anywhere."""
        if self.source != "npz":
            return self.source
        path = self.path or ""
        return PurePath(urlsplit(path).path if scheme_of(path) else path).name

    @property
    def representation(self) -> dict[str, str]:
        """Frame and energy."""
        return self.model_dump(include=set(Representation.model_fields))

    @model_validator(mode="after")
    def _file_is_of_npz(self) -> Self:
        if self.source == "npz" and not self.path:
            raise ValueError("source: npz needs a path or URL under data.path")
        if self.source != "npz" and (self.energy_unit, self.length_unit) != ("MeV", "cm"):
            raise ValueError(
                f"source: {self.source} has energy_unit: MeV and length_unit: cm; others are for source: npz"
            )
        return self


class Embedding(Section):
    """The embedding regressor and its training."""

    view: Literal["padded", "cropped"] = Field(
        "padded", description="padded: every cell counts; cropped: the published 24 x 24 view"
    )
    epochs: Count = Field(40, description="largest number of epochs")
    patience: Count = Field(8, description="stop after so many epochs without a better R^2")
    batch_size: Count = Field(64, description="showers per step")
    learning_rate: PositiveFloat = Field(1e-3, description="of Adam")
    seed: Seed = Field(1, description="random seed")


class AnyEmbedding(Embedding):
    """The embedding regressor, trained or taken from a file.

    Two computers train two embeddings, whose scores cannot be compared; a study on several takes one from a file.
    """

    file: Place | None = Field(
        None, description="take it from this model.pt of another run, and train none"
    )
    sha256: Sha256 | None = Field(None, description="SHA-256 of that file; another one is refused")

    @property
    def step(self) -> str:
        """The step that makes it."""
        return "take_embedding" if self.file else "train_embedding"

    @model_validator(mode="after")
    def _file_is_known(self) -> Self:
        if (self.file is None) != (self.sha256 is None):
            raise ValueError(
                "file and sha256: give both, `sha256sum FILE` prints the second, or neither"
            )
        return self


class Samples(Section):
    """Generated showers, and the steps to them from the network's output.

    Attributes:
        shape: of one sample; rows are y, columns are x.
        transform: from a sample to what the network learned.
        inverse: from the network's output to a sample.
        largest_output: larger outputs are set to it before the inverse, whose result so stays a 32-bit float.
    """

    quantity: Literal["energy"] = "energy"
    unit: Literal["MeV"] = "MeV"
    shape: tuple[Literal[30], Literal[30]] = (30, 30)
    cell_cm: float = 1.0
    transform: Literal["log1p"] = "log1p"
    inverse: Literal["expm1"] = "expm1"
    largest_output: Literal[80] = 80


SPEC = TaskSpec(
    name="showers",
    about="Conditional GANs imitate the showers of an electromagnetic calorimeter: given the entry point and the "
    "momentum of a particle, the generator makes an image of 30 x 30 energy deposits. The score is PRD-AUC, the area "
    "under the curve of precision and recall of distributions: over an embedding of the images (E) and over physics "
    "statistics of the shower (P), for all showers and as the mean over bins of the entry point (bins-E, bins-P).",
    data=ShowerData,
    own_data=True,
    sections={"embedding": AnyEmbedding()},
    samples=Samples,
    sample_arrays=("energy", "point", "momentum"),
    scores=("E", "bins-E", "P", "bins-P", "P_std", "bins-P_std"),
    choose_by="bins-E",
    condition_names=("px_GeV", "py_GeV", "pz_GeV", "x_cm", "y_cm"),
    condition_units=("GeV", "GeV", "GeV", "cm", "cm"),
    n_examples=8,
    has_embedding=True,
    acceptance_criteria=(
        *("fraction", "shuffled", "physics", "response"),
        *("resolution", "failed", "showers"),
    ),
)
