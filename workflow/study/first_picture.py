"""Draw the robustness of some methods of a run, for the first page of the README.

python first_picture.py STYLE SUMMARY GRID ROBUSTNESS ANCHORS OUT METHOD ...: style and tables of the
figure `robustness`, the picture, and the methods that have a panel in it.
"""

from pathlib import Path

import pandas as pd
import typer

from showergan.io.files import atomic_write
from showergan.report.figures import learning_rates
from showergan.report.style import Style


def main(
    style: str,
    summary: Path,
    grid: Path,
    robustness: Path,
    anchors: Path,
    out: Path,
    methods: list[str],
) -> None:
    """Draw the picture OUT, a panel for each method."""
    look = Style.read(style)
    of_all, every_rate, areas, ends = map(pd.read_csv, (summary, grid, robustness, anchors))
    shown = areas[areas["method"].isin(methods)]
    with look.theme():
        figure = learning_rates.robustness(look, of_all, every_rate, shown, ends)
    with atomic_write(out) as png, atomic_write(out.with_suffix(".pdf")) as pdf:
        look.save(figure, png, pdf)


if __name__ == "__main__":
    typer.run(main)
