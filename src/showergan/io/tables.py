"""Tables that steps wrote, which others than they may have changed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pandas as pd

from showergan.errors import UserError

MISSING = ["", "nan", "NaN"]  # what stands for a number that there is not
# Columns of texts: names, which may be NA, inf or true, pairs of learning rates, and bins, "0", "1", ..., "all".
TEXTS = (
    *("architecture", "method", "baseline", "other", "subject", "bin"),
    *("learning_rates", "best_rates", "worst_rates"),
)

# What pandas and what computes with tables raise where columns, values or rows are other ones.
OTHERS = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError)

TOLD = 3  # files that a message names


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


@contextmanager
def tables(*paths: Path) -> Iterator[None]:
    """Say of tables that cannot be read or computed with that they are none of those that the steps wrote.

    Raises:
        UserError: one is missing, or they are not as they should be.
    """
    for path in paths:
        if not path.is_file():
            problem = "is no file" if path.exists() else "does not exist"
            raise UserError(f"{path} {problem}. Give the path of a file.")
    try:
        yield
    except OTHERS as error:
        told = ", ".join(map(str, paths[:TOLD])) + ", ..." * (len(paths) > TOLD)
        raise UserError(
            f"{told}: not as the steps write them ({type(error).__name__}: {error}). Give what they wrote."
        ) from error
