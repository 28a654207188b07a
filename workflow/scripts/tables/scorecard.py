"""Every method by every metric."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import json
from pathlib import Path

import pandas as pd

from showergan.rendering.scorecard_table import layout, numbers
from showergan.rendering.script import stderr_to
from showergan.rendering.tables import save

with stderr_to(snakemake.log[0]):
    labels = dict(json.loads(snakemake.params.recipe)["labels"])
    means = numbers(pd.read_csv(snakemake.input.scorecard))
    paths = (Path(snakemake.output[kind]) for kind in ("csv", "md", "tex"))
    save(means, layout(means, labels), *paths)
