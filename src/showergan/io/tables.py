"""CSV tables: those of users, read as texts, and those that steps write."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from showergan.errors import UserError
from showergan.io.arrays import first_rows
from showergan.io.damage import damage
from showergan.io.files import atomic_write

MISSING = ["", "nan", "NaN"]  # cells of a missing number
# Columns of texts: names, which may be NA, inf or true, pairs of learning rates, and bins, "0", "1", ..., "all".
TEXTS = (
    *("architecture", "method", "baseline", "other", "subject", "bin"),
    *("learning_rates", "best_rates", "worst_rates", "seeds"),
)

# Raised by pandas and by computations with tables whose columns, values or rows are not as expected.
UNEXPECTED = (
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError),
    pd.errors.InvalidIndexError,  # a row that stands there twice
)


def read_csv(
    source: Path | StringIO,
    types: Mapping[str, type] | None = None,
    only: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Read a table as steps write them: names stay the texts that they are, and an empty cell is missing.

    Args:
        source: a CSV file, or its text.
        types: of columns beside those of `TEXTS`, by name.
        only: these columns, which it must have; None: all.
    """
    columns = pd.read_csv(source, nrows=0).columns
    if isinstance(source, StringIO):
        source.seek(0)
    texts = [name for name in TEXTS if name in columns]
    missing = {name: [""] if name in texts else MISSING for name in columns}
    dtype = dict.fromkeys(texts, str) | dict(types or {})
    return pd.read_csv(
        source,
        dtype=dtype,
        na_values=missing,
        keep_default_na=False,
        usecols=None if only is None else list(only),
    )


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a data frame as CSV."""
    with atomic_write(path) as temporary:
        frame.to_csv(temporary, index=False)


@contextmanager
def tables(*paths: Path) -> Iterator[None]:
    """Refuse tables that cannot be read or computed with: they are not those that the steps wrote.

    Raises:
        UserError: one is missing, or they are not as they should be.
    """
    for path in paths:
        if not path.is_file():
            problem = "is no file" if path.exists() else "does not exist"
            raise UserError(f"{path} {problem}. Give the path of a file.")
    try:
        yield
    except UNEXPECTED as error:
        first = ", ".join(map(str, paths[:3])) + ", ..." * (len(paths) > 3)
        raise UserError(
            f"{first}: not as the steps write them ({type(error).__name__}: {error}). Give what they wrote."
        ) from error


def read_texts(path: Path, wanted: tuple[str, ...], remedy: str) -> pd.DataFrame:
    """Return the columns of a file that are wanted, in this order, as texts.

    Raises:
        UserError: the file cannot be read, or one of them is missing or there twice.
    """
    problems = (ValueError, OSError, pd.errors.ParserWarning)  # of rows that do not fit, or no text
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
