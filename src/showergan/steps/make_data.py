"""The data set of a task that makes its own."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SerializeAsAny, ValidationInfo, field_validator

from showergan import tasks
from showergan.config import Config
from showergan.config.data import Data
from showergan.config.section import Name
from showergan.config.validation import validated
from showergan.files import say
from showergan.step import Output, Step


class MakeData(Step):
    """Write the data set of a task, with its split, from what the configuration says of it."""

    name = "make_data"
    version = 1

    task: Name = Field(tasks.DEFAULT, description="what the samples are")
    data: SerializeAsAny[Data]

    @field_validator("data", mode="wrap")
    @classmethod
    def _of_the_task(cls, raw: Any, _: Any, found: ValidationInfo) -> Data:
        """Read what is given as the task's section `data`."""
        task = tasks.named(found.data.get("task", tasks.DEFAULT), "The recipe")
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
        tasks.named(self.task, "The recipe").write(self.data, out)
        say(f"{out}: {self.data.source}")
