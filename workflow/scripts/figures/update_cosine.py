"""What a change of the discriminator does to the way its weights take."""

# ruff: noqa: F821 - Snakemake defines `snakemake`
import pandas as pd

from showergan.rendering.script import stderr_to
from showergan.rendering.style import Style
from showergan.rendering.update_cosine import update_cosine

with stderr_to(snakemake.log[0]):
    style = Style.from_json(snakemake.params.look)
    figure = update_cosine(style, pd.read_csv(snakemake.input.cosines))
    style.save(figure, snakemake.output.png, snakemake.output.pdf)
