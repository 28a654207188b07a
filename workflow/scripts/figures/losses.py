"""Score gap, losses and Lipschitz bound over the steps of training."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import pandas as pd

from showergan.rendering.runs import at_chosen_rates, read_runs
from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style
from showergan.rendering.training import losses

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    runs = at_chosen_rates(read_runs(snakemake.input.histories), pd.read_csv(snakemake.input.grid))
    figure = losses(style, runs)
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
