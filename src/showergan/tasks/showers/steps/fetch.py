"""Showers from elsewhere."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from showergan.step import Output, Step
from showergan.tasks import showers
from showergan.tasks.showers.data import DataFile


class Fetch(DataFile, Step):
    """Download a data set from a URL and check its SHA-256."""

    name = "fetch"
    version = 1
    section = "data"

    path: str = Field(description="an http(s)://, s3:// or root:// URL")

    def run(self, *, out: Annotated[Path, Output("showers as they are there")]) -> None:
        """Download as a stream."""
        showers.fetch_url(self.path, out, self.sha256)
