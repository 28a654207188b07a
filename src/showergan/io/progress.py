"""Progress of work: a bar on a terminal, a line every few seconds in a log."""

import sys
import time
from collections.abc import Callable

from tqdm import tqdm

from showergan.io.files import say

SECONDS = 10.0  # between lines in a log


class Progress:
    """Progress of work that starts now: of `total` pieces called `unit`, `first` are done already."""

    def __init__(self, total: int, unit: str, first: int = 0) -> None:
        self._total, self._unit, self._first = total, unit, first
        self._bar = tqdm(
            total=total,
            unit=f" {unit}",
            initial=first,
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
        )
        self._start = self._last = time.monotonic()

    def __call__(self, done: int, details: Callable[[], str] = str) -> None:
        """Show that so many pieces are done; a line in a log has the text of `details` too."""
        now, ends = time.monotonic(), done == self._total
        if not self._bar.disable:
            self._bar.update(done - self._bar.n)
        elif ends or now - self._last >= SECONDS:
            self._last = now
            left = (now - self._start) / (done - self._first) * (self._total - done)
            say(f"{done}/{self._total} {self._unit}, {details()}{left:.0f} s left")
        if ends:
            self._bar.close()
