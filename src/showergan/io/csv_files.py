"""CSV files of anybody, read as texts: what a cell means is not guessed."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from showergan.errors import UserError
from showergan.io.arrays import first_rows
from showergan.io.damage import damage


def read_texts(path: Path, wanted: tuple[str, ...], remedy: str) -> pd.DataFrame:
    """Return the columns of a file that are wanted, in this order, as texts.

    Raises:
        UserError: the file cannot be read, or one of them is missing or there twice.
    """
    problems = (ValueError, OSError, pd.errors.ParserWarning)  # rows that do not fit, or no text
    with damage(path, "is no csv file", remedy, problems), warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        # The header is a row, for pandas gives names that are there twice other ones.
        rows = pd.read_csv(
            path,
            header=None,
            dtype=str,
            keep_default_na=False,
            skipinitialspace=True,
            index_col=False,
            encoding="utf-8-sig",
        ).fillna("")
        held = [name.strip() for name in rows.iloc[0]]
    missing = [name for name in wanted if name not in held]
    if missing:
        raise UserError(f"{path} has no {', '.join(missing)}; it has {', '.join(held)}. {remedy}")
    if twice := [name for name in wanted if held.count(name) > 1]:
        raise UserError(f"{path} has several columns {', '.join(twice)}. Give one of each.")
    table = rows.iloc[1:, [held.index(name) for name in wanted]].reset_index(drop=True)
    return table.set_axis(list(wanted), axis=1)


def numbers_of(table: pd.DataFrame, path: Path) -> NDArray[np.float64]:
    """Return the numbers that texts spell, shape (rows, columns).

    Raises:
        UserError: one spells none, like True, or is empty; it names column and rows.
    """
    numbers = table.apply(pd.to_numeric, errors="coerce").astype(np.float64)
    for name in table:
        bad = np.flatnonzero(numbers[name].isna())
        if len(bad):
            raise UserError(
                f"{path}: column {name} has {table[name][bad[0]]!r} in place of a number in {len(bad)} of {len(table)} "
                f"rows ({first_rows(bad)}). Correct or remove them."
            )
    return numbers.to_numpy()
