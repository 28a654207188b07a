"""The score of every method against the discriminator's learning rate."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import pandas as pd

from showergan.rendering.robustness import robustness
from showergan.rendering.runs import read_metrics
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    frames = (pd.read_csv(snakemake.input[name]) for name in ("summary", "grid", "robustness"))
    figure = robustness(style, *frames, read_metrics(snakemake.input.anchors))
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
