"""What `showergan cost` says of a run beside what it took, told by a tenth of its epochs with one seed.

python benchmarks/cost.py [experiments/toys.yaml]: runs both with all cores, in a temporary folder.
"""

import subprocess
import sys
import tempfile
from contextlib import chdir
from pathlib import Path

import yaml

from showergan.cli.cost import config_of, planned
from showergan.records.cost import estimate, measured

ROOT = Path(__file__).parents[1]
PARTS = ("Snakefile", "config.yaml", "workflow", "profiles", "envs", "experiments", "src")


def snakemake(*configfiles):
    """Run the workflow."""
    command = [sys.executable, "-m", "snakemake", "--cores", "all", "--quiet", "all"]
    files = ["--configfile", *configfiles] if configfiles else []
    subprocess.run([*command, *files], check=True, capture_output=True)


def main(configfile=None):
    """Run both, and print what was told beside what was found."""
    files = [Path(configfile).resolve()] if configfile else []
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for part in PARTS:
            Path(part).symlink_to(ROOT / part)
        whole = config_of(files)
        epochs = max(whole.training.epochs // 10, 1)
        training = {"epochs": epochs, "evaluate": {"first": epochs, "every": 1}, "seeds": [1]}
        probe = Path("probe.yaml")
        probe.write_text(yaml.safe_dump({"run": "probe", "training": training}), encoding="utf-8")
        snakemake(*files, probe)
        of = measured(Path("results/probe"))
        told = estimate(whole, planned(files, remaining=False), of)
        snakemake(*files)
        found = measured(Path("results", whole.run)).jobs
    print(f"{'step':30}{'told [s of a core]':>20}{'found':>10}{'ratio':>8}")
    for name, rule, step in (
        ("trainings", "train_gan", "train"),
        ("evaluations", "evaluate_gan", "evaluate"),
    ):
        line(name, told.seconds[[rule]].sum(), found.seconds[found.step == step].sum())
    line("all", told.seconds.sum(), found.seconds.sum())


def line(name, told, took):
    """Print the seconds of one kind of jobs."""
    print(f"{name:30}{told:>20.0f}{took:>10.0f}{told / took:>8.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
