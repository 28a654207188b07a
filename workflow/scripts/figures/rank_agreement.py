"""Whether the metrics put the methods in the same order."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import pandas as pd

from showergan.rendering.rank_agreement import rank_agreement
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    figure = rank_agreement(style, pd.read_csv(snakemake.input.agreement))
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
