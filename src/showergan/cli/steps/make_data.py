"""The data set of a task that makes its own."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SerializeAsAny, ValidationInfo, field_validator

from showergan.cli.step import Output, Step
from showergan.config.section import Name
from showergan.config.tasks.found import DEFAULT, spec_named
from showergan.config.tasks.spec import Data
from showergan.config.validation import validated
from showergan.config.whole import Config
from showergan.io.files import say
from showergan.tasks.found import named


class MakeData(Step):
    """Write the data set of a task, with its split, from what the configuration says of it."""

    name = "make_data"
    version = 1

    task: Name = Field(DEFAULT, description="what the samples are")
    data: SerializeAsAny[Data]

    @field_validator("data", mode="wrap")
    @classmethod
    def _of_the_task(cls, raw: Any, _: Any, found: ValidationInfo) -> Data:
        """Read what is given as the task's section `data`."""
        task = spec_named(found.data.get("task", DEFAULT), "The recipe")
        return raw if isinstance(raw, task.data) else validated(task.data, raw, "section data")

    @classmethod
    def of(cls, config: Config, **_: str) -> Self:
        """Return the step of a run."""
        return cls(task=config.task, data=config.data)

    @property
    def reads(self) -> tuple[Path, ...]:
        """Those that the data are made of."""
        return tuple(map(Path, self.data.files))

    def run(self, *, out: Annotated[Path, Output("data set: HDF5")]) -> None:
        """Write it."""
        named(self.task, "The recipe").write(self.data, out)
        say(f"{out}: {self.data.source}")
