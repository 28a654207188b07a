"""Progress of a training: a bar on a terminal, a line now and then in a log."""

import time
from typing import TextIO

from tqdm import tqdm

from showergan.training.history import History


class Progress:
    """Show where a training is.

    Args:
        stream: where to write.
        seconds: time between lines when the stream is not a terminal.
    """

    def __init__(self, stream: TextIO, seconds: float = 10.0) -> None:
        self.stream, self.seconds = stream, seconds
        self.start = self.last = time.monotonic()
        self.bar: tqdm | None = None

    def __call__(self, step: int, n_steps: int, history: History) -> None:
        """Show that `step` of `n_steps` generator steps are done."""
        now = time.monotonic()
        if self.stream.isatty():
            self.bar = self.bar or tqdm(total=n_steps, file=self.stream, unit="step")
            self.bar.update(step - self.bar.n)
            if step == n_steps:
                self.bar.close()
        elif step == n_steps or now - self.last >= self.seconds:
            self.last = now
            values = history.last()
            left = (now - self.start) / step * (n_steps - step)
            print(
                f"step {step}/{n_steps}: discriminator loss {values['discriminator_loss']:.4g}, "
                f"Lipschitz bound {values['lipschitz_bound']:.4g}, {left:.0f} s left",
                file=self.stream,
                flush=True,
            )
