"""How ABCAS bounds the discriminator over the steps of training."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
from showergan.rendering.abcas import abcas
from showergan.rendering.runs import read_runs
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    figure = abcas(style, read_runs(snakemake.input.histories))
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
