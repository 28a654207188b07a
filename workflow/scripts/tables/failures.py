"""What went wrong in each run."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import json
from pathlib import Path

import pandas as pd

from showergan.rendering.failures import failures_table
from showergan.rendering.script import stderr_to
from showergan.rendering.tables import save

with stderr_to(snakemake.log[0]):
    labels = dict(json.loads(snakemake.params.recipe)["labels"])
    failures = pd.read_csv(snakemake.input.failures)
    paths = (Path(snakemake.output[kind]) for kind in ("csv", "md", "tex"))
    save(failures, failures_table(failures, labels), *paths)
