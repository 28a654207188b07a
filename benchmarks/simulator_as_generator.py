"""Score GFLASH as if it were a generator of the showers that a run learned from, to see which metrics tell.

It is given what generators are given, the particles of the select showers. Prints a Markdown table of every metric
of the scorecard, beside what other real showers score and what real showers score with each other's particles.

    python benchmarks/simulator_as_generator.py results/default
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from showergan.report.texts import compact, plus_minus
from showergan.tasks.showers import dataset, gflash
from showergan.tasks.showers.metrics import METRICS
from showergan.tasks.showers.shower_file import write_npz

SEED = 11  # of the showers; no run has it


def main() -> None:
    """Simulate, evaluate, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of a finished run of showers")
    run = parser.parse_args().run
    real = dataset.load(run / "data/showers.h5", "select")
    with tempfile.TemporaryDirectory() as name:
        generated, table = Path(name) / "gflash.npz", Path(name) / "metrics.csv"
        write_npz(generated, len(real), gflash.resimulate(real.conditions, SEED))
        command = [sys.executable, "-m", "showergan.cli", "evaluate-file", "--generated", generated]
        command += ["--reference", run / "reference/features.h5", "--out", table]
        subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
        found = pd.read_csv(table).set_index(["metric", "space", "bin"])
    rows = []
    for entry in METRICS.entries:
        row = found.loc[[entry[:3]]].iloc[0]
        rows.append(
            {
                "metric": entry.title,
                "GFLASH": plus_minus(row["value"], row["event_sd"]),
                "other real showers": plus_minus(row["ceiling"], row["ceiling_sd"]),
                "real, shuffled": compact(row["shuffled"]),
            }
        )
    print(pd.DataFrame(rows).to_markdown(index=False, disable_numparse=True))


if __name__ == "__main__":
    main()
