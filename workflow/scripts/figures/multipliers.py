"""The multiplier of the discriminator's output over the steps of training."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import json

from showergan.rendering.multipliers import multipliers
from showergan.rendering.runs import read_runs
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    offsets = json.loads(snakemake.params.look).get("offsets", {})
    figure = multipliers(style, read_runs(snakemake.input.histories), offsets)
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
