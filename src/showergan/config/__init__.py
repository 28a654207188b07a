"""What the configuration may say: one file per section of config.yaml.

Light on purpose: the workflow imports this whenever it is parsed.
"""

from pathlib import PurePath
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from showergan.config.data import Data
from showergan.config.embedding import Embedding
from showergan.config.evaluation import Evaluation, EvaluationRecipe, ScoreName
from showergan.config.figures import Figures
from showergan.config.methods import Composition, LearningRates, LearningRateSearch, Method
from showergan.config.section import Name, Section
from showergan.config.training import AuditRecipe, Networks, Training, TrainingRecipe
from showergan.config.validation import validated, with_texts_read
from showergan.optimisers import Optimiser

__all__ = [
    "AuditRecipe",
    "Composition",
    "Config",
    "Data",
    "Embedding",
    "Evaluation",
    "EvaluationRecipe",
    "Figures",
    "LearningRates",
    "Method",
    "Networks",
    "Training",
    "TrainingRecipe",
    "parse_config",
]


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

    @property
    def sorted_methods(self) -> dict[str, Method]:
        """The methods from plain to elaborate, whatever the order in the YAML file."""
        return dict(sorted(self.methods.items(), key=lambda m: (len(m[1].constraints), m[0])))

    def optimiser(self, method: str) -> Optimiser:
        """Return what moves the weights of a method."""
        return self.methods[method].optimiser or self.training.optimiser

    def learning_rates(self, method: str) -> list[LearningRates]:
        """Return the pairs of learning rates a method is trained with."""
        return (self.learning_rate_search or self.methods[method]).pairs

    @property
    def own_learning_rates(self) -> dict[str, str] | None:
        """The name of each method's own pair; None where a search has to choose it."""
        if self.learning_rate_search:
            return None
        return {name: method.learning_rates.name for name, method in self.methods.items()}

    def setting(self, method: str) -> dict[str, Any]:
        """Return all that a published value may have in common with ours, besides the learning rates."""
        data = self.data
        # A file by its name: the published one may lie anywhere.
        source = PurePath(data.path or "").name if data.source == "npz" else data.source
        return {
            "data": source,
            "method": self.methods[method].composition.model_dump(mode="json"),
            "training": self.training.model_dump(mode="json")
            | {"optimiser": self.optimiser(method).model_dump(mode="json")},
            "evaluation": self.evaluation.model_dump(mode="json"),
        }

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
