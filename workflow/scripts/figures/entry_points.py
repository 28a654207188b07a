"""Entry points of the particles and the bins of the conditional scores."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
from pathlib import Path

from showergan.rendering.entry_points import entry_points
from showergan.rendering.real import read_entry_points, read_partition
from showergan.rendering.runs import read_metrics
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style
from showergan.tasks.showers.dataset import load

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    showers, reference = Path(snakemake.input.showers), Path(snakemake.input.reference)
    train, held_out = load(showers, "train").point, read_entry_points(reference)
    partition = read_partition(reference)
    anchors = read_metrics(snakemake.input.anchors)
    figure = entry_points(style, train, held_out, partition, anchors)
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
