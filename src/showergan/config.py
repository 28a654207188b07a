"""What the configuration may say.

Light on purpose: the workflow imports this whenever it is parsed, so neither torch nor pandas is imported here.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    StringConstraints,
    model_validator,
)

from showergan.constraints import Constraint, one_of
from showergan.validation import validated, with_texts_read

ScoreName = Literal["E", "bins-E", "P", "bins-P", "P_std", "bins-P_std"]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]

# Random streams on a CPU keep 32 bits of a seed, 6 of which say what the numbers are for.
Seed = Annotated[int, Field(ge=0, lt=2**26)]

Decay = Annotated[float, Field(gt=0, lt=1)]


class Section(BaseModel):
    """A part of the configuration: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Data(Section):
    """Where the showers come from, and how they are split."""

    source: Literal["simulate", "npz"] = Field(
        "simulate",
        description="simulate: GFLASH showers made here; npz: a file of the published schema",
    )
    path: str | None = Field(
        None, description="npz: a path, or an http(s)://, s3:// or root:// URL"
    )
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        None, description="npz: the file's SHA-256; a file that differs is refused"
    )
    n_showers: int = Field(4000, ge=8, description="simulate: number of showers")
    seed: Seed = Field(1, description="simulate: random seed")
    negative_energy: Literal["clip", "error"] = Field(
        "error", description="what to do with negative energies: set them to 0, or stop"
    )
    split: Literal["permutation", "reference"] = Field(
        "permutation",
        description="half train, a quarter select, a quarter test; reference: the published index rule",
    )
    split_seed: Seed = Field(2023, description="permutation: random seed of the split")

    @model_validator(mode="after")
    def _npz_has_path(self) -> Self:
        if self.source == "npz" and not self.path:
            raise ValueError("source: npz needs a path or URL under data.path")
        return self


class Embedding(Section):
    """The embedding regressor and its training."""

    view: Literal["padded", "cropped"] = Field(
        "padded", description="padded: every cell counts; cropped: the published 24 x 24 view"
    )
    epochs: PositiveInt = Field(40, description="largest number of epochs")
    patience: PositiveInt = Field(8, description="stop after so many epochs without a better R^2")
    batch_size: PositiveInt = 64
    learning_rate: PositiveFloat = Field(1e-3, description="of Adam")
    seed: Seed = 1


class LearningRates(Section):
    """Learning rates of RMSprop."""

    generator: PositiveFloat
    discriminator: PositiveFloat

    @property
    def name(self) -> str:
        """The pair as it stands in paths, for example `0.001_1e-05`."""
        return f"{self.generator:g}_{self.discriminator:g}"


class LearningRateSearch(Section):
    """A grid of learning rates, the same for every method."""

    generator: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]
    discriminator: Annotated[tuple[PositiveFloat, ...], Field(min_length=1)]

    @property
    def pairs(self) -> list[LearningRates]:
        """All pairs of the grid."""
        return [
            LearningRates(generator=g, discriminator=d)
            for g in self.generator
            for d in self.discriminator
        ]


class Schedule(Section):
    """Epochs first, first + every, first + 2 every, ..."""

    first: PositiveInt = 25
    every: PositiveInt = 5


class Training(Section):
    """Training of the GANs: everything that all methods share."""

    discriminator: Literal["standard", "small"] = Field(
        "standard", description="406 849 or 107 969 parameters"
    )
    seeds: Annotated[tuple[Seed, ...], Field(min_length=1)] = Field(
        (1, 2), description="one training per method and seed"
    )
    epochs: PositiveInt = Field(
        150, description="passes of generator steps over the training showers"
    )
    batch_size: int = Field(200, ge=2, description="showers per step")
    n_critic: PositiveInt = Field(5, description="discriminator steps per generator step")
    evaluate: Schedule = Field(
        Schedule(), description="epochs at which the generator is kept for evaluation"
    )
    record_every: PositiveInt = Field(10, description="generator steps between rows of history.csv")
    batches: Literal["shuffled", "replayed"] = Field(
        "shuffled",
        description="of the discriminator; shuffled: passes without replacement; replayed: as in the "
        "published code, one set of random batches per epoch, n_critic times over",
    )
    conditions: Literal["raw", "scaled"] = Field(
        "raw",
        description="of both networks; raw: as published, px, py, pz, x, y, angle, radius; scaled: px/pz, py/pz, "
        "ln|p| in place of the momentum, all standardised on the training set",
    )
    generator_average: Decay | None = Field(
        None,
        description="d of the average theta_avg = d theta_avg + (1 - d) theta over generator steps, "
        "which is then what is evaluated; null: the generator as trained",
    )

    @property
    def evaluated_epochs(self) -> list[int]:
        """Epochs at which the generator is kept."""
        return [*range(self.evaluate.first, self.epochs + 1, self.evaluate.every)]

    @model_validator(mode="after")
    def _is_evaluated(self) -> Self:
        if self.evaluate.first > self.epochs:
            raise ValueError(
                f"evaluate.first = {self.evaluate.first} is after the last epoch, epochs = {self.epochs}"
            )
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError(f"seeds = {list(self.seeds)} names a seed twice")
        return self


class Composition(Section):
    """What a method is made of: a loss and the constraints on the discriminator."""

    loss: Literal["wasserstein", "gan", "least_squares"] = Field(
        "wasserstein", description="gan: non-saturating; least_squares: LSGAN"
    )
    normaliser: one_of("normaliser") | None = None  # type: ignore[valid-type]
    multiplier: one_of("multiplier") | None = None  # type: ignore[valid-type]
    penalty: one_of("penalty") | None = None  # type: ignore[valid-type]
    controller: one_of("controller") | None = None  # type: ignore[valid-type]

    @property
    def constraints(self) -> list[Constraint]:
        """The constraints in the order in which they attach and act."""
        found = (self.normaliser, self.multiplier, self.penalty, self.controller)
        return [c for c in found if c is not None]


class Method(Composition):
    """One way of training, and its name."""

    label: str = Field(description="name in figures and tables")
    learning_rates: LearningRates = Field(
        description="the method's own pair, which tables, verdicts and ranks are about"
    )
    further_learning_rates: tuple[LearningRates, ...] = Field(
        (), description="pairs to train besides, for the figures that compare learning rates"
    )

    @property
    def pairs(self) -> list[LearningRates]:
        """All pairs of the method, its own first."""
        return [self.learning_rates, *self.further_learning_rates]

    @property
    def composition(self) -> Composition:
        """What it is made of, without its name and learning rates."""
        return Composition(**{key: getattr(self, key) for key in Composition.model_fields})

    @model_validator(mode="after")
    def _no_pair_twice(self) -> Self:
        names = [pair.name for pair in self.pairs]
        if len(set(names)) < len(names):
            raise ValueError(f"names a pair of learning rates twice: {', '.join(names)}")
        return self


class Partition(Section):
    """Bins of the entry point."""

    kind: Literal["rectangles", "quantiles"] = Field(
        "rectangles", description="equal rectangles of the training rectangle, or equal counts"
    )
    bins: tuple[PositiveInt, PositiveInt] = Field((3, 3), description="bins in x and in y")


class Evaluation(Section):
    """Scores of the generators."""

    clusters: int = Field(20, ge=2, description="K of k-means; the published models used 50")
    repeats: int = Field(10, ge=2, description="fresh k-means runs per value")
    events_per_cluster: PositiveInt = Field(
        10, description="bins with fewer than this times K events are flagged"
    )
    partition: Partition = Partition()
    statistics: Literal["corrected", "published"] = Field(
        "corrected",
        description="form of the physics statistics: corrected, with the impact point at the depth "
        "of the energy of the real training showers, or published, at 25 cm",
    )
    conditions: Literal["independent", "same"] = Field(
        "independent",
        description="particles that generators are scored with; independent: those of another real "
        "sample (on test those of select, on select those of training), so that real against real "
        "showers is their exact ceiling; same: as published, those of the real showers themselves",
    )
    generator_mode: Literal["running", "batch"] = Field(
        "running",
        description="BatchNorm of a generator under evaluation: running statistics, or those of "
        "batches of 64 as in the published code",
    )
    empty_bins: Literal["nan", "zero"] = Field(
        "nan",
        description="bins without events: left out of the mean, or 0 as in the published code",
    )
    invalid_rows: Literal["cluster", "drop"] = Field(
        "cluster",
        description="features that are not numbers: a cluster of their own, or dropped as in the "
        "published code",
    )
    seed: Seed = 1


class Figures(Section):
    """The look of the figures; nothing here re-runs anything but figures."""

    dpi: int = Field(160, ge=50, le=600)
    palette: str = Field("colorblind", description="seaborn palette of the methods")
    colormap: str = Field("viridis", description="colour map of energy deposits")
    context: Literal["paper", "notebook", "talk"] = "notebook"


class Config(Section):
    """The whole configuration."""

    run: Name = Field("default", description="artefacts go to results/{run}/")
    data: Data = Data()
    embedding: Embedding = Embedding()
    training: Training = Training()
    methods: Annotated[dict[Name, Method], Field(min_length=1)] = Field(
        description="the methods to compare; a method set to null is left out"
    )
    learning_rate_search: LearningRateSearch | None = Field(
        None, description="train every method on this grid alone; null: each with its own pairs"
    )
    choose_by: ScoreName = Field(
        "bins-E",
        description="score on select that chooses a run's epoch and, after a search, its mean over seeds "
        "a method's learning rates",
    )
    evaluation: Evaluation = Evaluation()
    figures: Figures = Figures()

    def learning_rates(self, method: str) -> list[LearningRates]:
        """Return the pairs of learning rates a method is trained with."""
        return (self.learning_rate_search or self.methods[method]).pairs

    @property
    def own_learning_rates(self) -> dict[str, str] | None:
        """The name of each method's own pair; None where a search has to choose it."""
        if self.learning_rate_search:
            return None
        return {name: method.learning_rates.name for name, method in self.methods.items()}

    @model_validator(mode="after")
    def _batch_fits(self) -> Self:
        n_train = self.data.n_showers // 2
        if self.data.source == "simulate" and self.training.batch_size > n_train:
            raise ValueError(
                f"training.batch_size = {self.training.batch_size} is larger than the training set: "
                f"half of data.n_showers = {self.data.n_showers} are {n_train} showers"
            )
        return self


def parse_config(raw: dict[str, Any]) -> Config:
    """Return the configuration; a `UserError` names each key at fault, its value and what is allowed.

    `snakemake --config 'training={seeds: [1, 2]}'` gives every value inside the braces as a text, and YAML 1.1
    gives 1e-3 as one: where no text is allowed, it is read as the value it spells.
    """
    raw = with_texts_read(Config, raw)
    if isinstance(raw.get("methods"), dict):
        raw["methods"] = {k: v for k, v in raw["methods"].items() if v is not None}
    return validated(Config, raw, "configuration")
