"""The verdict on each method, score by score."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import json
from pathlib import Path

import pandas as pd

from showergan.rendering.script import stderr_to
from showergan.rendering.tables import save
from showergan.rendering.verdicts import verdict_table

with stderr_to(snakemake.log[0]):
    labels = dict(json.loads(snakemake.params.recipe)["labels"])
    verdicts = pd.read_csv(snakemake.input.verdicts)
    paths = (Path(snakemake.output[kind]) for kind in ("csv", "md", "tex"))
    save(verdicts, verdict_table(verdicts, labels), *paths)
