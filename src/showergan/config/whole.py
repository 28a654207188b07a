"""The whole configuration of a run: all sections together."""

from collections.abc import Iterator
from functools import cache, cached_property
from typing import Annotated, Any, Literal, Self, Union

from pydantic import Field, TypeAdapter, create_model, model_validator

from showergan.config.architectures import Architecture, Networks, RandomArchitectures
from showergan.config.evaluation import Compare, Evaluation, ScoreName
from showergan.config.figures import Figures
from showergan.config.methods import LearningRates, LearningRateSearch, Method
from showergan.config.optimisers import Optimiser
from showergan.config.section import Name, Section
from showergan.config.tasks.found import DEFAULT, SPECS
from showergan.config.tasks.spec import Data, TaskSpec
from showergan.config.training import Training, mixed_samples
from showergan.config.validation import validated, with_texts_read
from showergan.errors import UserError


class Config(Section):
    """The whole configuration, as far as all tasks share it; `config_of` adds the sections of a task."""

    run: Name = Field("default", description="artefacts go to results/{run}/")
    study: Literal["trained", "published"] = Field(
        "trained",
        description="published: trainings whose metrics resources/{run} holds are taken from there",
    )
    task: Name = Field(description="what is learned, see docs/tasks.md")
    data: Data
    training: Training = Training()
    architectures: Annotated[dict[Name, Architecture], Field(min_length=1)] | None = Field(
        None, description="the networks to compare, in place of those of training"
    )
    random_architectures: RandomArchitectures | None = Field(
        None, description="the same, drawn at random"
    )
    methods: Annotated[dict[Name, Method], Field(min_length=1)] = Field(
        description="the methods to compare; a method set to null is left out"
    )
    learning_rate_search: LearningRateSearch | None = Field(
        None, description="train every method on this grid; null: each with the pairs that it names"
    )
    choose_by: ScoreName = Field(
        description="score on select that chooses a run's epoch and, after a search, its mean over seeds "
        "a method's learning rates"
    )
    compare: Compare = Compare()
    evaluation: Evaluation = Evaluation()
    figures: Figures = Figures()

    @property
    def sorted_methods(self) -> dict[str, Method]:
        """The methods from plain to elaborate, whatever the order in the YAML file."""
        return dict(sorted(self.methods.items(), key=lambda m: (len(m[1].constraints), m[0])))

    def optimiser(self, method: str) -> Optimiser:
        """Return the optimiser of a method."""
        return self.methods[method].optimiser or self.training.optimiser

    def n_critic(self, method: str) -> int:
        """Return the discriminator steps per generator step of a method."""
        return self.methods[method].n_critic or self.training.n_critic

    @cached_property
    def compared(self) -> dict[str, Architecture]:
        """The architectures by name, in their order; the one of training is called like its discriminator."""
        if self.random_architectures:
            return self.random_architectures.draw()
        if self.architectures:
            return self.architectures
        name, of_training = self.training.discriminator.name, self.training
        networks = {key: getattr(of_training, key) for key in Networks.model_fields}
        return {name: Architecture(label=name, **networks)}

    @property
    def first_networks(self) -> Networks:
        """The first of the architectures, for steps and figures that show one."""
        return next(iter(self.compared.values()))

    def networks(self, architecture: str, method: str) -> Networks:
        """Return the networks of an architecture under a method."""
        networks, instead = self.compared[architecture], self.methods[method].normalisation
        return Networks(
            generator=networks.generator,
            discriminator=networks.discriminator.in_place_of_batch_norm(instead),
        )

    @property
    def trained(self) -> list[tuple[str, str]]:
        """The architectures and methods that are trained, in their order."""
        return [
            (architecture, name)
            for architecture in self.compared
            for name, method in self.sorted_methods.items()
            if method.architectures is None or architecture in method.architectures
        ]

    def learning_rates(self, method: str) -> list[LearningRates]:
        """Return the pairs of learning rates a method is trained with."""
        return (self.learning_rate_search or self.methods[method]).pairs

    def seeds(self, method: str) -> tuple[int, ...]:
        """Return the seeds that a method is compared with."""
        of = self.training.seeds
        return of.test + of.baseline * (method == self.compare.baseline)

    def tried_seeds(self, method: str) -> tuple[int, ...]:
        """Return the seeds that a method is trained with at all its pairs: those that choose one, if any do."""
        of = self.training.seeds
        more = of.baseline_choose * (method == self.compare.baseline)
        return of.choose + more if of.choose else self.seeds(method)

    def chosen_seeds(self, method: str) -> tuple[int, ...]:
        """Return the seeds that a method is trained with at the pair that others chose; none without a search."""
        return self.seeds(method) if self.learning_rate_search else ()

    @property
    def own_learning_rates(self) -> dict[str, str] | None:
        """The name of each method's own pair; None where a search has to choose it."""
        if self.learning_rate_search:
            return None
        return {name: method.pairs[0].name for name, method in self.methods.items()}

    def setting(self, method: str) -> dict[str, Any]:
        """Return the settings, besides learning rates, in which a published value can agree with ours."""
        return {
            "data": self.data.published_name,
            "method": self.methods[method].composition.model_dump(mode="json"),
            "training": self.training.model_dump(mode="json")
            | {
                "optimiser": self.optimiser(method).model_dump(mode="json"),
                "n_critic": self.n_critic(method),
            },
            "evaluation": self.evaluation.model_dump(mode="json"),
            "representation": self.data.representation,
        }

    @model_validator(mode="after")
    def _sections_fit_together(self) -> Self:
        if wrong := [*self._misfits(), *self._misplaced_rates(), *self._mixed_samples()]:
            raise ValueError("\n  ".join(wrong))
        return self

    def _misfits(self) -> Iterator[str]:
        n_train, batch_size = self.data.n_train, self.training.batch_size
        if n_train is not None and batch_size > n_train:
            yield (
                f"training.batch_size = {batch_size} is larger than the training set, the half of all that data asks "
                f"for: {n_train} samples"
            )
        if self.architectures and self.random_architectures:
            yield "architectures and random_architectures: give one of the two"
        for section in ("methods", "architectures"):
            of_label: dict[str, str] = {}
            for name, named in (getattr(self, section) or {}).items():
                first = of_label.setdefault(" ".join(named.label.split()), name)
                if first != name:
                    yield (
                        f"{section}.{first} and {section}.{name} have the same label, {named.label}: no figure and no "
                        "table could tell them apart; change one"
                    )
        usual = Compare()
        # A run may lack the usual methods: then it has no verdicts, or no measure of noise.
        for key in ("baseline", "null_method"):
            name = getattr(self.compare, key)
            if name not in self.methods and name != getattr(usual, key):
                yield f"compare.{key} = {name!r}: there is no such method; there are {', '.join(self.sorted_methods)}"

        positions = [f"position: {title}" for title in self.compare.positions]
        scores = [*SPECS[self.task].scores, *positions]
        for score in self.compare.margins:
            if score not in scores:
                yield f"compare.margins.{score}: there is no such score; there are {', '.join(scores)}"

        for claim, pair in self.compare.claims.items():
            for key in ("method", "than"):
                if (name := getattr(pair, key)) not in self.methods:
                    known = ", ".join(self.sorted_methods)
                    yield f"compare.claims.{claim}.{key} = {name!r}: there is no such method; there are {known}"

    def _misplaced_rates(self) -> Iterator[str]:
        for name, method in self.methods.items():
            if not self.learning_rate_search and method.learning_rates is None:
                yield (
                    f"methods.{name}.learning_rates: missing; give the method's own, "
                    "{generator: ..., discriminator: ...}, or all methods a grid by learning_rate_search"
                )
            for key in ("learning_rates", "further_learning_rates"):
                if self.learning_rate_search and getattr(method, key):
                    yield (
                        f"methods.{name}.{key} is not used while learning_rate_search is set: remove it, "
                        "or set learning_rate_search: null"
                    )
        seeds = self.training.seeds
        if self.learning_rate_search and not seeds.choose:
            yield (
                "training.seeds.choose: missing; a pair that learning_rate_search chooses looks better than it is on "
                "the seeds that chose it: give seeds: {choose: [...], test: [...]}, or set learning_rate_search: null"
            )
        if seeds.baseline_choose and not seeds.choose:
            yield "training.seeds.baseline_choose: these are more of seeds.choose, which is missing"
        if seeds.choose and not self.learning_rate_search:
            yield (
                f"training.seeds.choose = {list(seeds.choose)} is not used without learning_rate_search: give a list, "
                f"seeds: {list(seeds.test)}, or a grid by learning_rate_search"
            )

    def _mixed_samples(self) -> Iterator[str]:
        for name, method in self.methods.items():
            if unknown := [a for a in method.architectures or () if a not in self.compared]:
                known = ", ".join(self.compared)
                yield f"methods.{name}.architectures: there is no {unknown[0]!r}; there are {known}"
            networks = (self.networks(*some) for some in self.trained if some[1] == name)
            wrong = (mixed_samples(some.discriminator, method) for some in networks)
            if first := next(filter(None, wrong), None):
                yield f"methods.{name}: {first}"


def parse_config(raw: dict[str, Any]) -> Config:
    """Return the configuration; a `UserError` names each key at fault, its value and what is allowed.

    `snakemake --config 'training={seeds: [1, 2]}'` gives every value inside the braces as a text, and YAML 1.1
    gives 1e-3 as one: where no text is allowed, it is read as the value it spells.
    """
    name = raw.get("task", DEFAULT)
    if not isinstance(name, str) or name not in SPECS:
        raise UserError(f"task = {name!r}: must be one of {', '.join(SPECS)}")
    model = config_of(SPECS[name])
    raw = with_texts_read(model, raw)
    if isinstance(raw.get("methods"), dict):
        raw["methods"] = {
            k: v for k, v in raw["methods"].items() if v is not None or not isinstance(k, str)
        }
    return validated(model, raw, "configuration")


@cache
def config_of(task: TaskSpec) -> type[Config]:
    """Return the model of the configuration of a task: its section `data`, its further sections, its scores."""
    fields = Config.model_fields
    # A configuration that names no task is one of the default.
    needed: Any = task.name if task.name == DEFAULT else ...
    name: Any = Literal[task.name]
    scores: Any = Literal[task.scores]
    sections: Any = {key: (type(section), section) for key, section in task.sections.items()}
    return create_model(
        f"{task.name.capitalize()}Config",
        __base__=Config,
        __doc__=f"The whole configuration of the task {task.name}.",
        task=(name, Field(needed, description=fields["task"].description)),
        data=(task.data, task.data()),  # type: ignore[call-arg]
        **sections,
        choose_by=(scores, Field(task.choose_by, description=fields["choose_by"].description)),
    )


def schema() -> dict[str, Any]:
    """Return the JSON schema of the configurations of all tasks."""
    models: Any = Union[tuple(config_of(task) for task in SPECS.values())]  # noqa: UP007
    return TypeAdapter(models).json_schema()
