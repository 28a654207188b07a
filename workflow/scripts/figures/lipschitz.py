"""Bounds on the Lipschitz constant against the gradients."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
from showergan.rendering.lipschitz import lipschitz
from showergan.rendering.runs import read_runs
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    figure = lipschitz(style, read_runs(snakemake.input.lipschitz))
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
