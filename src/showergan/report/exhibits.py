"""Make figures, tables and texts from files: read the files, call the function, write the result."""

import json
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from showergan.comparison.runs import run_of
from showergan.config.catalogue.exhibit import Artefact, Exhibit
from showergan.errors import UserError
from showergan.io.arrays import opened_arrays
from showergan.io.tables import UNEXPECTED, read_csv, tables
from showergan.report.style import Style
from showergan.report.table_files import save_table, save_text


def write(exhibit: Exhibit, style: Style, paths: dict[str, Any]) -> None:
    """Make an exhibit from files, and write it.

    The paths are by the names of its artefacts, a list if there is one for each run, and by the endings of its files.

    Raises:
        UserError: a file cannot be read; or the exhibit failed, through its inputs or through a fault of its own.
    """
    files = [paths[name] for name in exhibit.reads]
    with tables(*(path for file in files for path in (file if isinstance(file, list) else [file]))):
        read = [load(artefact, paths[name]) for name, artefact in exhibit.reads.items()]
    try:
        made = make(exhibit, style, *read)
    except UNEXPECTED as error:
        options = ", ".join("--" + name.replace("_", "-") for name in exhibit.reads)
        raise UserError(
            f"{exhibit.command} failed ({type(error).__name__}: {error}). Give the files that the steps wrote to "
            f"{options}; if they are, this is a fault of showergan: please report it."
        ) from error
    SAVE[exhibit.kind](style, made, *(paths[ending] for ending in exhibit.files))


def make(exhibit: Exhibit, style: Style, *read: Any) -> Any:
    """Return the figure, the table or the text of what was read; a figure has the theme of its style.

    Of several architectures a figure shows the first, or every one. Names in it are no formulas.
    """
    function = function_of(exhibit)
    if exhibit.kind != "figure":
        return function(style, *read)
    with style.theme():
        if exhibit.every_architecture:
            return function(style.with_plain_names(), *read)
        return of_first(function, style.with_plain_names(), *read)


def function_of(exhibit: Exhibit) -> Callable[..., Any]:
    """Return the function that makes an exhibit."""
    return getattr(import_module(exhibit.module), exhibit.name)


def of_first(draw: Callable[..., Figure], style: Style, *read: Any) -> Figure:
    """Draw a figure of one architecture: of several the first, named above it."""
    if len(style.architectures) < 2:
        return draw(style, *read)
    name, label = next(iter(style.architectures.items()))
    figure = draw(style, *(of_architecture(name, table) for table in read))
    head = f"{label}, the first of {len(style.architectures)} architectures"
    figure.suptitle("\n".join(filter(None, [head, figure.get_suptitle()])), fontsize="medium")
    return figure


def of_architecture(architecture: str, table: Any) -> Any:
    """Return the rows of an architecture, and those of none; what is not about architectures stays as it is."""
    if not isinstance(table, pd.DataFrame) or "architecture" not in table:
        return table
    return table[table["architecture"].isna() | (table["architecture"] == architecture)]


def load(artefact: Artefact, paths: Path | list[Path]) -> Any:
    """Return what is in the file; of runs, their tables with the columns architecture, method, ... as texts."""
    read = READERS[artefact.reader]
    if isinstance(paths, Path):
        return read(paths)
    return pd.concat([read(path).assign(**run_of(path)) for path in paths], ignore_index=True)


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV file as steps write them; the shapes of layers, 263 or 1x30x30, are texts."""
    return read_csv(path, {"takes": str, "shape": str})


def read_curves(path: Path) -> pd.DataFrame:
    """Read a curves.csv; the column `point` numbers the points along each curve."""
    curves = read_table(path)
    return curves.assign(point=curves.groupby("space").cumcount())


def read_arrays(path: Path) -> dict[str, Any]:
    """Read the arrays of an npz file, numbers and texts."""
    with closing(opened_arrays(path, "fiuU")) as file:
        return {name: file.read(name) for name in file.keys}


def read_examples(path: Path) -> pd.DataFrame:
    """Read an examples.npz: one row per sample; of showers `energy` holds its image in MeV, shape (30, 30)."""
    table = pd.DataFrame({name: list(values) for name, values in read_arrays(path).items()})
    table.insert(0, "example", range(len(table)))
    return table


def read_published(path: Path) -> pd.DataFrame:
    """Read published.csv: a row per published value, its setting as texts.

    The columns table, architecture, method, score, mean, sd; learning_rates; and keys of the setting, such as
    training.epochs or method.penalty, what the sources say of them as a configuration would. An empty cell is null.
    """
    texts = pd.read_csv(path, dtype=str, keep_default_na=False)
    return texts.astype({"table": int, "mean": float, "sd": float})


SAVE: dict[str, Callable[..., None]] = {
    "figure": Style.save,
    "table": save_table,
    "text": save_text,
}
READERS: dict[str, Callable[[Path], Any]] = {
    "path": Path,
    "table": read_table,
    "curves": read_curves,
    "arrays": read_arrays,
    "examples": read_examples,
    "published": read_published,
    "json": lambda path: json.loads(path.read_text(encoding="utf-8")),
}
