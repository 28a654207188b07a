"""Tables that steps wrote, which others than they may have changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from showergan.errors import UserError

# What pandas and what computes with tables raise where columns, values or rows are other ones.
OTHERS = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError)

TOLD = 3  # files that a message names


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
