"""How much of each method's score is left at the worst pair of learning rates."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import json
from pathlib import Path

import pandas as pd

from showergan.rendering.robustness import robustness_table
from showergan.rendering.script import stderr_to
from showergan.rendering.tables import save

with stderr_to(snakemake.log[0]):
    labels = dict(json.loads(snakemake.params.recipe)["labels"])
    ratios = pd.read_csv(snakemake.input.robustness)
    paths = (Path(snakemake.output[kind]) for kind in ("csv", "md", "tex"))
    save(ratios, robustness_table(ratios, labels), *paths)
