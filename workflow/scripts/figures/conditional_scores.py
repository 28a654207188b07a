"""Conditional PRD-AUC over epochs at several learning rates."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import json

from showergan.rendering.conditional_scores import COMPARED, conditional_scores
from showergan.rendering.runs import read_metrics, read_runs
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    compared = json.loads(snakemake.params.look).get("compared", COMPARED)
    metrics = read_runs(snakemake.input.metrics, read_metrics)
    anchors = read_metrics(snakemake.input.anchors)
    figure = conditional_scores(style, metrics, anchors, compared)
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
