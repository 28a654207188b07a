"""Showers from elsewhere."""

import os
from pathlib import Path
from typing import Annotated

from showergan.cli.options import Output
from showergan.config.recipes.showers import Fetch
from showergan.errors import UserError
from showergan.io.urls import HIDDEN, without_secrets
from showergan.tasks.showers.remote import fetch_url

URL = "SHOWERGAN_URL"  # the workflow sets it to data.path


def run(recipe: Fetch, *, out: Annotated[Path, Output("showers as they are there")]) -> None:
    """Download as a stream."""
    fetch_url(_whole_url(recipe.path), out, recipe.sha256)


def _whole_url(path: str) -> str:
    """Return the URL with its secret parts, which no recipe repeats: the environment has them.

    Raises:
        UserError: it has not.
    """
    given = os.environ.get(URL, "")
    url = given if without_secrets(given) == without_secrets(path) else path
    if HIDDEN in url:
        raise UserError(f"{url}: what is secret of it is not kept: set {URL} to the whole URL")
    return url
