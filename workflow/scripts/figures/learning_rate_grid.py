"""The score of every pair of learning rates."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import json

import pandas as pd

from showergan.rendering.learning_rates import learning_rate_grid
from showergan.rendering.runs import read_metrics
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    score = json.loads(snakemake.params.look).get("score")
    anchors = read_metrics(snakemake.input.anchors)
    figure = learning_rate_grid(style, pd.read_csv(snakemake.input.grid), anchors, score)
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
