"""Showers from elsewhere."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field

from showergan.cli.step import Output, Step
from showergan.config.tasks.showers import DataFile
from showergan.errors import UserError
from showergan.io.urls import HIDDEN, without_secrets
from showergan.tasks.showers.remote import fetch_url

URL = "SHOWERGAN_URL"  # the workflow sets it to data.path


class Fetch(DataFile, Step):
    """Download a data set from a URL and check its SHA-256."""

    name = "fetch"
    version = 1
    section = "data"

    path: str = Field(description="an http(s)://, s3:// or root:// URL")

    def run(self, *, out: Annotated[Path, Output("showers as they are there")]) -> None:
        """Download as a stream."""
        fetch_url(self._whole_url(), out, self.sha256)

    def _whole_url(self) -> str:
        """Return the URL with what is secret of it, which no recipe repeats: the environment has it.

        Raises:
            UserError: nobody has.
        """
        given = os.environ.get(URL, "")
        url = given if without_secrets(given) == without_secrets(self.path) else self.path
        if HIDDEN in url:
            raise UserError(f"{url}: what is secret of it is not kept: set {URL} to the whole URL")
        return url
