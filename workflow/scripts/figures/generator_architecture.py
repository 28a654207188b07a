"""The layers of the generator."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import pandas as pd

from showergan.rendering.architecture import architecture
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    figure = architecture(style, pd.read_csv(snakemake.input.architectures), "generator")
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
