"""Predictions of the embedding network against the truth."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import json
from pathlib import Path

import pandas as pd

from showergan.rendering.embedding import embedding
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    metrics = json.loads(Path(snakemake.input.metrics).read_text())
    figure = embedding(style, pd.read_csv(snakemake.input.predictions), metrics)
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
