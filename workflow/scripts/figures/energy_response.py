"""Deposited energy against the true momentum."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import pandas as pd

from showergan.rendering.energy_response import energy_response
from showergan.rendering.runs import at_chosen_rates, read_metrics, read_runs
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    metrics = read_runs(snakemake.input.metrics, read_metrics)
    metrics = at_chosen_rates(metrics, pd.read_csv(snakemake.input.grid))
    figure = energy_response(style, metrics, read_metrics(snakemake.input.anchors))
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
