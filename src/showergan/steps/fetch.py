"""Showers from elsewhere."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field

from showergan import tasks
from showergan.config import Config
from showergan.config.data import DataFile
from showergan.steps.step import Output, Step


class Fetch(DataFile, Step):
    """Download a data set from a URL and check its SHA-256."""

    name = "fetch"
    version = 1

    path: str = Field(description="an http(s)://, s3:// or root:// URL")

    @classmethod
    def of(cls, config: Config) -> Self:
        """Return the step of a run."""
        return cls.model_validate(config.data, from_attributes=True)

    def run(self, *, out: Annotated[Path, Output("showers as they are there")]) -> None:
        """Download as a stream."""
        tasks.showers.fetch_url(self.path, out, self.sha256)
