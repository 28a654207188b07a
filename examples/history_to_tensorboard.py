"""The histories of a run, for TensorBoard: python examples/history_to_tensorboard.py results/default tensorboard."""

from pathlib import Path

import pandas as pd
import typer
from torch.utils.tensorboard import SummaryWriter


def main(run: Path, out: Path) -> None:
    """Write every column of every history.csv of RUN as scalars over generator steps, into folders of OUT."""
    histories = sorted(run.glob("train/*/*/*/seed*/history.csv"))
    if not histories:
        raise SystemExit(f"error: {run} has no train/*/*/*/seed*/history.csv")
    if out.exists():
        raise SystemExit(
            f"error: {out} exists, and its curves would be drawn twice. Give a new folder."
        )
    for path in histories:
        table = pd.read_csv(path, index_col="step").drop(columns="epoch")
        with SummaryWriter(out / path.parent.relative_to(run / "train")) as writer:
            for name, column in table.items():
                for step, value in column.dropna().items():
                    writer.add_scalar(name, value, step)


if __name__ == "__main__":
    typer.run(main)
