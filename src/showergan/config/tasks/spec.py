"""The description of a task: its sections of the configuration, its scores, its samples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from showergan.config.section import Section


class Data(Section):
    """The source of samples and their split; a task adds its keys."""

    source: str

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that make the data set."""
        return ("make_data",)

    @property
    def n_train(self) -> int | None:
        """Number of training samples, where it is known before there are any."""
        return None

    @property
    def files(self) -> tuple[str, ...]:
        """Files and folders of the user that are read where they are."""
        return ()

    @property
    def representation(self) -> dict[str, str]:
        """Form in which networks see samples, and treatment of generated ones: keys of the task, for training alone."""
        return {}

    @property
    def published_name(self) -> str:
        """Name of the data in tables of published values."""
        return self.source


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TaskSpec:
    """The part of a task that the configuration, the workflow and the report use, without the code that computes.

    Attributes:
        name: that of its file here, and of its folder in `showergan.tasks`.
        about: what is learned and what the scores are, a paragraph for the front page of the report.
        data: its section of the configuration; default values make a valid one.
        sections: of the configuration that only it has, by their keys, with their default values.
        own_data: whether steps of its own write its data set; else `make_data` does, by `Task.write`.
        scores: what may choose epochs and learning rates: a space, or "bins-" and a space where there are bins.
        choose_by: the default one of these.
        samples: what a generator file says of the samples: at least quantity and shape, all with defaults.
        sample_arrays: the arrays that samples are kept as, which are attributes of them.
        condition_names: of the numbers that a sample is conditioned on.
        condition_units: of these; "" of those that have none.
        n_examples: real samples whose generated counterparts figures show.
        examples_of: the evaluated epochs whose generators make examples; of "every" one the epoch is kept beside them.
        has_embedding: whether samples are measured in the space of a network that a step of its own trains.
        acceptance_criteria: those that a run should pass before its methods are compared.
    """

    name: str
    about: str
    data: type[Data]
    samples: type[Section]
    sample_arrays: tuple[str, ...]
    scores: tuple[str, ...]
    choose_by: str
    sections: Mapping[str, Section] = field(default_factory=dict)
    own_data: bool = False
    condition_names: tuple[str, ...] = ()
    condition_units: tuple[str, ...] = ()
    n_examples: int = 64
    examples_of: Literal["last", "every"] = "last"
    has_embedding: bool = False
    acceptance_criteria: tuple[str, ...] = ()

    @property
    def quantity(self) -> str:
        """The kind of samples, for figures that can show one kind only."""
        return self.samples.model_fields["quantity"].default
