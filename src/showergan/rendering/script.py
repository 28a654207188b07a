"""What every figure script needs of Snakemake."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path


@contextmanager
def stderr_to(log: str) -> Iterator[None]:
    """Send warnings and tracebacks to a log file; a failure still reaches Snakemake."""
    with Path(log).open("w") as stream, redirect_stderr(stream):
        try:
            yield
        except BaseException:
            traceback.print_exc()
            raise
