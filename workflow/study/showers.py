"""Draw what trained generators make of particles that Geant4 has simulated: python showers.py DATA OUT GENERATOR ...

DATA is a data set of `showergan preprocess`, whose test showers are the real ones; each generator is called by the
folder of its file.
"""

from pathlib import Path

import typer

from showergan import load_generator
from showergan.io.files import atomic_write
from showergan.report.style import Style
from showergan.tasks.showers import dataset
from showergan.tasks.showers.figures.showers import beside_real

SEED = 1


def main(data: Path, out: Path, generators: list[Path]) -> None:
    """Draw the figure OUT, a row for each generator."""
    real = dataset.load(data, "test")
    rows = [
        (file.parent.name, load_generator(file).generate(real.point, real.momentum, seed=SEED))
        for file in generators
    ]
    style = Style()
    with style.theme():
        figure = beside_real(style, real, rows)
    with atomic_write(out) as png, atomic_write(out.with_suffix(".pdf")) as pdf:
        style.save(figure, png, pdf)


if __name__ == "__main__":
    typer.run(main)
