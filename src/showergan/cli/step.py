"""What a step is: a recipe that holds all that changes its result, and the doing, files in and files out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from showergan.config.section import Section
from showergan.config.validation import read_json, validated
from showergan.config.whole import Config
from showergan.io.files import say


@dataclass(frozen=True)
class Argument:
    """What the command line tells of an argument of `run`; its kind is the subclass.

    Attributes:
        help: what it is.
        variable: of the environment, that gives it where the command line does not.
    """

    help: str
    variable: str | None = None


class Input(Argument):
    """A file that the step reads."""


class Output(Argument):
    """A file that the step writes, whole or not at all."""


class Setting(Argument):
    """Anything else."""


Device = Annotated[str, Setting("auto, cpu, cuda or cuda:n", "SHOWERGAN_DEVICE")]
PerGpu = Annotated[
    int | None,
    Setting(
        "how many steps share each GPU: auto and cuda take one with room, or wait. By default one, where there are "
        "several GPUs; a single one is shared by all",
        "SHOWERGAN_PER_GPU",
    ),
]
RequireGpu = Annotated[bool, Setting("anything else is an error", "SHOWERGAN_REQUIRE_GPU")]
DataSet = Annotated[Path, Input("data set of `preprocess` or `make-data`: HDF5")]
Model = Annotated[
    Path | None,
    Input("embedding of `train-embedding`: model.pt; without it no metrics that look at it"),
]
Anchors = Annotated[Path, Input("ceilings and floors of `reference`: CSV")]
Metrics = Annotated[list[Path], Input("metrics.csv of every run")]
CheckpointSeconds = Annotated[
    float,
    Setting(
        "from one state that a killed training goes on from to the next",
        "SHOWERGAN_CHECKPOINT_SECONDS",
    ),
]
CheckpointFolder = Annotated[
    Path | None,
    Setting(
        "in which states are kept, where outputs lie on a disk of the job's own; by default beside them",
        "SHOWERGAN_CHECKPOINT_FOLDER",
    ),
]
MaxSeconds = Annotated[
    float | None,
    Setting(
        "after which it saves its state and exits with status 75; the same call goes on. By default never",
        "SHOWERGAN_MAX_SECONDS",
    ),
]


class Step(Section):
    """A step: its fields are its recipe, everything that changes its result and nothing else.

    The keywords of `run`, each an `Annotated` with an `Argument`, are the options of the subcommand. What a step needs
    of heavy packages it names by the package, which loads at the first use.

    Attributes:
        name: of the step.
        version: bumped on purpose when its numbers change; a golden test fails when they change without it.
        section: of the configuration, that holds its fields; None: the configuration does.
        run: does the step; what it returns is done when every output is in place.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    section: ClassVar[str | None] = None
    run: ClassVar[Callable[..., Callable[[], None] | None]]

    @classmethod
    def of(cls, config: Config, **wildcards: str) -> Self:
        """Return the step of a run.

        Args:
            config: of the run.
            **wildcards: of the rule, where the step has any.
        """
        section = getattr(config, cls.section) if cls.section else config
        return cls.model_validate(section, from_attributes=True)

    @classmethod
    def read(cls, recipe: str) -> Self:
        """Return the step of a recipe, given as JSON text, or as the path of a JSON file or of a step's record.

        Raises:
            UserError: neither can be read, or the recipe is not one of this step.
        """
        raw = read_json("--recipe", recipe)
        version = raw.pop("recipe_version", cls.version) if isinstance(raw, dict) else None
        step = validated(cls, raw, "recipe")
        if version != cls.version:
            say(f"The recipe is of version {version}, this is {cls.version}: other numbers")
        return step

    def adapted(self, **arguments: Any) -> Self:
        """Return the step with the recipe that the arguments of `run` give it, where a file among them tells one."""
        return self

    @property
    def reads(self) -> tuple[Path, ...]:
        """Files and folders that the recipe names and the step reads, beside those of its arguments."""
        return ()

    def canonical(self) -> str:
        """Return the recipe as JSON with sorted keys and the version of the step's numerics.

        The workflow compares recipes as text: equal content gives equal text, whatever the order of YAML keys.
        """
        return json.dumps(self.whole(), sort_keys=True)

    def whole(self) -> dict[str, Any]:
        """Return the whole recipe as plain values, defaults and version included, as `read` reads it."""
        return {**self.model_dump(mode="json"), "recipe_version": self.version}
