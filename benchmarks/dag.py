"""Measure what it takes to plan a run of 10 000 trainings: `snakemake --dry-run`, in a process of its own.

    python benchmarks/dag.py
    python benchmarks/dag.py --configfile experiments/all_methods.yaml

Call it in the folder of the Snakefile. The user's seconds are those of a core, whatever else the machine does.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

SWEEP = ["experiments/toys.yaml", "experiments/sweep.yaml"]


def main() -> None:
    """Print jobs, seconds and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--configfile", nargs="+", default=SWEEP, help="laid over each other")
    options = parser.parse_args()
    command = ["snakemake", "--dry-run", "--quiet", "rules", "--configfile", *options.configfile]
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], stdout=said, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        said.seek(0)
        told = said.read()
    if status:
        sys.exit(told)
    total = re.search(r"^total +(\d+)", told, re.MULTILINE)
    print(
        f"{total[1] if total else 0} jobs: {usage.ru_utime:.1f} s of a core, {wall:.1f} s by the clock, "
        f"{usage.ru_maxrss * 1024 / 1e9:.2f} GB"
    )


if __name__ == "__main__":
    main()
