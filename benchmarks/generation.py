"""Measure how fast a trained generator makes showers, beside the simulator, and that memory stays flat.

The network is untrained; its size is what counts. Each command runs on one core, in a process of its own.

    python benchmarks/generation.py
    python benchmarks/generation.py --showers 3000 6000
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from small_showers import generator


def run(*arguments: object) -> tuple[str, float]:
    """Run the command line; return the last line it says and its peak memory in MB."""
    command = [sys.executable, "-m", "showergan.cli", *map(str, arguments)]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        said.seek(0)
        lines = said.read().splitlines()
    if status:
        sys.exit("\n".join(lines))
    return lines[-1].split("/")[-1], usage.ru_maxrss * 1024 / 1e6


def main() -> None:
    """Print a line per command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--showers", type=int, nargs="+", default=[12_000, 120_000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trained, source = generator(folder / "generator.pt"), folder / "simulated.npz"
        made = min(options.showers)
        print(run("simulate", "--recipe", f'{{"n_showers": {made}}}', "--out", source)[0])
        for n in options.showers:
            for out in ("generated.npz", "generated.h5"):
                files = ("--generator", trained, "--conditions", source, "--out", folder / out)
                said, memory = run("generate", *files, "--n", n, "--device", "cpu")
                print(f"{said}, {memory:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
