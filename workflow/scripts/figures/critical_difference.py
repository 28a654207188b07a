"""Average ranks of the methods and what the seeds can separate."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import pandas as pd

from showergan.comparison.verdicts import ranks
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style
from showergan.rendering.verdicts import critical_difference

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    figure = critical_difference(style, ranks(pd.read_csv(snakemake.input.summary)))
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
