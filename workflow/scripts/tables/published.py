"""A published table with our values beside it."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import json
from pathlib import Path

import pandas as pd

from showergan.rendering import tables
from showergan.rendering.published import read_published
from showergan.rendering.script import stderr_to

with stderr_to(snakemake.log[0]):
    recipe = json.loads(snakemake.params.recipe)
    published = read_published(Path(snakemake.input.published))
    if recipe["table"] is None:  # a method may stand in several published tables
        published = published.drop_duplicates(["discriminator", "method", "score"], keep="last")
    else:
        published = published[published["table"] == recipe["table"]]
    summary = pd.read_csv(snakemake.input.summary)
    summary = summary[summary["chosen"] & summary["method"].isin(recipe["labels"])]
    numbers = tables.numbers(summary, published, recipe["scores"], recipe["settings"])
    paths = (Path(snakemake.output[kind]) for kind in ("csv", "md", "tex"))
    tables.save(numbers, tables.layout(numbers, recipe["labels"]), *paths)
