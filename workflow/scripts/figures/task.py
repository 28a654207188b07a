"""The task as a schematic."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
from pathlib import Path

from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style
from showergan.rendering.task import task
from showergan.tasks.showers.dataset import load

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    figure = task(style, load(Path(snakemake.input.showers), "test"))
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
