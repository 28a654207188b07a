"""Measure what commands take around their work: the jobs of a tiny run and the help of each, beside another checkout.

    python benchmarks/starts.py
    python benchmarks/starts.py --before ../before --pairs 5

Each checkout makes a run of 160 showers first, and then repeats its jobs, alternately with the other one. Seconds are
those of a core, median of all repetitions; the ratio is the median of pairs. The last line counts every command as
often as the default run calls it.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from contextlib import chdir
from pathlib import Path
from statistics import median

import yaml

from showergan.cli.cost import planned
from showergan.records.cost import STEPS

ROOT = Path(__file__).parents[1]
RATES = {"generator": 1.0e-3, "discriminator": 1.0e-4}
METHODS = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))["methods"]
TINY = {
    "run": "tiny",
    "data": {"source": "simulate", "n_showers": 160},
    "embedding": {"epochs": 1},
    "training": {
        "discriminator": {"size": "small"},
        **{"seeds": [1], "epochs": 1, "batch_size": 16, "n_critic": 1},
        "evaluate": {"first": 1, "every": 1},
    },
    "learning_rate_search": None,
    "methods": dict.fromkeys(METHODS) | {"none": {"learning_rates": RATES}, "sn": {"learning_rates": RATES}},
    "evaluation": {"clusters": 3, "repeats": 2, "partition": {"kind": "rectangles"}},
}  # fmt: skip


class Checkout:
    """A checkout, and a tiny run that it made in a folder.

    Attributes:
        jobs: the shell commands of the run, one for each subcommand, by its name.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        own = {"PYTHONPATH": str(root.resolve() / "src"), "PATH": path, "OMP_NUM_THREADS": "1"}
        self._environment = os.environ | own | {"SHOWERGAN_MAX_SECONDS": "1e9"}
        (folder / "tiny.yaml").write_text(yaml.safe_dump(TINY), encoding="utf-8")
        call = [sys.executable, "-m", "snakemake", "--snakefile", str(root.resolve() / "Snakefile")]
        call += ["--configfile", "tiny.yaml"]
        self._said(*call, "--cores", "all")
        plan = self._said(*call, "--dry-run", "--forceall", "--printshellcmds")
        found = re.findall(
            r"^Shell command: (printf.*?)\n(?=\n|\[)", plan, re.DOTALL | re.MULTILINE
        )
        named = {re.findall(r"showergan ((?:figure |table )?\S+)", job)[-1]: job for job in found}
        self.jobs = dict(sorted(named.items()))

    def _said(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self._folder, env=self._environment, capture_output=True, encoding="utf-8"
        )
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        return done.stdout + done.stderr

    def seconds(self, command: str) -> float:
        """Run a shell command; return the seconds of a core that it and what it called took."""
        shell = ["bash", "-c", command]
        nothing = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(shell, cwd=self._folder, env=self._environment, **nothing)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"it failed: {command}")
        return usage.ru_utime + usage.ru_stime


def in_default_run() -> dict[str, int]:
    """Return how many jobs of the default run call each subcommand."""
    with chdir(ROOT):
        rules = planned([], remaining=False)
    of = {rule: STEPS.get(rule, re.sub("^(figure|table)_", r"\1 ", rule)) for rule in rules}
    return {
        step if " " in step else step.replace("_", "-"): rules[rule] for rule, step in of.items()
    }


def line(name: str, times: list[list[float]]) -> None:
    """Print the medians of all checkouts, this one last, and the median of its ratios to the other."""
    ratio = f"{median(now / before for before, now in zip(*times, strict=True)):10.2f}" * (
        len(times) > 1
    )
    print(f"{name:34}" + "".join(f"{median(t):10.2f}" for t in times) + ratio, flush=True)


def main() -> None:
    """Print a line for each command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", type=Path, help="another checkout")
    parser.add_argument("--pairs", type=int, default=3, help="repetitions of each command")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        roots = [*filter(None, [options.before]), ROOT]
        checkouts = [Checkout(root, Path(folder, str(n))) for n, root in enumerate(roots)]
        heads = ["before", "now", "ratio"] if options.before else ["now"]
        print(f"{'seconds of a core':34}" + "".join(f"{head:>10}" for head in heads))
        calls = in_default_run()
        counted, sums = 0, [[0.0] * options.pairs for _ in checkouts]
        for name in checkouts[-1].jobs:
            for word in ("", " --help"):
                times: list[list[float]] = [[] for _ in checkouts]
                for _ in range(options.pairs):
                    for checkout, own in zip(checkouts, times, strict=True):
                        job = f"showergan {name} --help" if word else checkout.jobs[name]
                        own.append(checkout.seconds(job))
                line(name + word, times)
                if not word:
                    counted += calls.get(name, 0)
                    sums = [
                        [s + calls.get(name, 0) * t for s, t in zip(*of, strict=True)]
                        for of in zip(sums, times, strict=True)
                    ]
        line(f"{counted} of {sum(calls.values())} jobs of a default run", sums)


if __name__ == "__main__":
    main()
