"""Generated showers beside real ones of the same condition."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import pandas as pd

from showergan.rendering import real, runs
from showergan.rendering.script import stderr_to
from showergan.rendering.showers import generated_showers
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    generated = runs.at_chosen_rates(
        runs.read_runs(snakemake.input.examples, runs.read_examples),
        pd.read_csv(snakemake.input.grid),
    )
    figure = generated_showers(style, real.read_examples(snakemake.input.reference), generated)
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
