"""Copies of the workflow in empty folders, and tiny data for it."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml
from forked import python

ROOT = Path(__file__).parents[2]
PARTS = ("Snakefile", "config.yaml", "workflow", "profiles", "envs", "experiments", "src")

DEFAULT = yaml.safe_load((ROOT / "config.yaml").read_text())
METHODS = ("none", "sn")
RATES = {"generator": 1.0e-3, "discriminator": 1.0e-4}

# A label that would be a command, a tag, a formula, a place or a wildcard, if anything took it for more than a text.
NASTY = "</script><i>';touch x;$(touch x)`touch x`{run}../&\\"

TINY = {
    "run": "tiny",
    "data": {"source": "simulate", "n_showers": 160},
    "embedding": {"epochs": 2, "batch_size": 16},
    "training": {
        "discriminator": {"size": "small"},
        "seeds": [1],
        "epochs": 2,
        "batch_size": 16,
        "n_critic": 1,
        "evaluate": {"first": 1, "every": 1},
    },
    "learning_rate_search": None,
    "methods": {
        "none": {"label": NASTY, "learning_rates": RATES},
        "sn": {"learning_rates": RATES},
        **{name: None for name in DEFAULT["methods"] if name not in METHODS},
    },
    "evaluation": {"clusters": 3, "repeats": 2, "partition": {"kind": "rectangles"}},
}


@dataclass(frozen=True)
class Workflow:
    """A folder with the workflow in it.

    Attributes:
        folder: where it lies.
        python: that runs it; by default one that starts at once, and its jobs too.
    """

    folder: Path
    python: str = field(default_factory=python)

    def configure(self, **changes):
        """Write the overlay: TINY with changes at dotted keys, written as a__b=value."""
        overlay = json.loads(json.dumps(TINY))
        for dotted, value in changes.items():
            *parents, last = dotted.split("__")
            section = overlay
            for key in parents:
                section = section.setdefault(key, {})
            section[last] = value
        (self.folder / "tiny.yaml").write_text(yaml.safe_dump(overlay))

    @property
    def environment(self):
        """The variables of a command that runs the code of this folder."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
        path = os.pathsep.join([str(self.folder / "src"), os.environ.get("PYTHONPATH", "")])
        return environment | {"OMP_NUM_THREADS": "1", "PYTHONPATH": path}

    def snakemake(self, *arguments, check=True, cwd=None, configfile="tiny.yaml"):
        """Run snakemake and return its output."""
        done = subprocess.run(
            [self.python, "-m", "snakemake", "--configfile", configfile, *arguments],
            cwd=cwd or self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=1500,
        )
        output = done.stdout + done.stderr
        assert not check or done.returncode == 0, output
        return output

    def would_run(self, *arguments, **options):
        """Return how many jobs of each rule a run would start."""
        return planned_jobs(self.snakemake("--dry-run", "--quiet", "rules", *arguments, **options))


def planned_jobs(output):
    """Read the table of job counts of a dry run."""
    table = re.search(r"^-+ +-+\n(.*?)^total", output, re.MULTILINE | re.DOTALL)
    assert table or "Nothing to be done" in output, output
    rows = (line.split() for line in table[1].splitlines()) if table else ()
    return {rule: int(count) for rule, count in rows}


def copy_of_the_workflow(folder):
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(
                source, folder / part, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
            )
        else:
            shutil.copy(source, folder / part)
    return Workflow(folder)


def ran_to_its_end(folder, **how):
    """The tiny pipeline, run to its end; how: of a `Workflow`."""
    folder.mkdir()
    workflow = replace(copy_of_the_workflow(folder), **how)
    workflow.configure()
    workflow.snakemake("--cores", "2")
    return workflow


def small_toys(folder, epochs):
    """A copy of the workflow whose small.yaml trains two methods once on 64 points, two steps an epoch.

    Jobs on clusters are processes of the cluster, and so are none of a server of forks.
    """
    folder.mkdir(exist_ok=True)
    workflow = replace(copy_of_the_workflow(folder), python=sys.executable)
    raw = yaml.safe_load((ROOT / "experiments/toys.yaml").read_text())
    raw["data"]["n_points"] = 64
    raw["methods"] = {name: raw["methods"][name] for name in ("clipping", "sn")}
    raw["training"] |= {"seeds": [1], "epochs": epochs, "batch_size": 16}
    raw["training"]["evaluate"] = {"first": epochs, "every": 1}
    (folder / "small.yaml").write_text(yaml.safe_dump(raw))
    return workflow
