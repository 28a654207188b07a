"""Precision against recall of the last epoch."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import pandas as pd

from showergan.rendering.runs import at_chosen_rates, read_curves, read_runs
from showergan.rendering.scores import prd_curves
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    curves = read_runs(snakemake.input.curves, read_curves)
    curves = at_chosen_rates(curves, pd.read_csv(snakemake.input.grid))
    figure = prd_curves(style, curves, pd.read_csv(snakemake.input.anchors))
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
