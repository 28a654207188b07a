"""Real showers from the softest to the most energetic particle."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
from pathlib import Path

from showergan.rendering.script import stderr_to
from showergan.rendering.showers import target_showers
from showergan.rendering.style import Style
from showergan.tasks.showers.dataset import load, shower_depth_cm

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    path = Path(snakemake.input.showers)
    figure = target_showers(style, load(path, "test"), shower_depth_cm(path))
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
