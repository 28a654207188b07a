"""Paired differences of the methods to the baseline."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import pandas as pd

from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style
from showergan.rendering.verdicts import differences

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    figure = differences(style, pd.read_csv(snakemake.input.verdicts))
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
