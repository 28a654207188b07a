"""The first hour: every command of the tutorial, and of the page on figures after it, as it stands there.

On few showers: only config.yaml is smaller than that of a reader.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from copies import DEFAULT, ROOT, copy_of_the_workflow, planned_jobs
from forked import python
from snakemake.utils import update_config

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SMALLER = {
    "data": {"source": "simulate", "n_showers": 600},
    "embedding": {"epochs": 2},
    "training": {
        "seeds": {"choose": [1], "test": [2]},
        "epochs": 1,
        "batch_size": 64,
        "evaluate": {"first": 1, "every": 1},
    },
    "learning_rate_search": {"discriminator": [1.0e-3, 1.0e-4]},
    "evaluation": {"clusters": 3, "repeats": 2},
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A folder as a reader has it after the packages were installed."""
    folder = copy_of_the_workflow(tmp_path_factory.mktemp("checkout")).folder
    raw = yaml.safe_load(yaml.safe_dump(DEFAULT))
    update_config(raw, SMALLER)
    (folder / "config.yaml").write_text(yaml.safe_dump(raw))
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)
    programs = folder / ".venv/bin"
    programs.mkdir(parents=True)
    starts = {
        "snakemake": f"{python()} -m snakemake",
        "showergan": str(Path(python()).with_name("showergan")),
        "python": sys.executable,
    }
    for name, start in starts.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {start} "$@"\n')
        (programs / name).chmod(0o755)
    (programs / "activate").write_text('PATH="$PWD/.venv/bin:$PATH"\n')
    (folder / ".venv/installed").touch()
    return folder


def followed(page, folder):
    """Do what a page says, and return its blocks of commands, each with what it printed."""
    own = ("PYTEST", "MAKE")  # of this process, and of the `make` that it may be part of
    environment = {k: v for k, v in os.environ.items() if not k.startswith(own)}
    environment |= {
        "PATH": f"{folder}/.venv/bin:{os.environ['PATH']}",
        "PYTHONPATH": f"{folder}/src",
        "OMP_NUM_THREADS": "1",
    }
    printed = []
    for language, content in BLOCK.findall((ROOT / f"docs/{page}.md").read_text()):
        if language == "yaml":
            name, _, rest = content.removeprefix("# ").partition("\n")
            (folder / name).write_text(rest)
        if language in ("sh", "python"):
            start = ["bash", "-euo", "pipefail"] if language == "sh" else [sys.executable]
            done = subprocess.run(
                [*start, "-c", content],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=1500,
            )
            assert done.returncode == 0, f"{content}\n{done.stdout}"
            printed.append((content, done.stdout))
    return printed


def said(printed, command):
    """Return what the block with a command printed."""
    (found,) = [output for content, output in printed if command in content]
    return found


@pytest.mark.slow
def test_the_first_hour(checkout):
    printed = followed("tutorial", checkout)
    assert said(printed, "make\n").rstrip().endswith("after make, report.html.")
    assert (checkout / "report.html").is_file()
    assert "vanilla SN" in said(printed, "showergan verify")
    # What the page promises of a change: looks train nothing, a hyper-parameter its own method, a method itself.
    jobs = planned_jobs(said(printed, "--configfile look.yaml"))
    assert {name for name in jobs if not name.startswith("figure")} == {"all"}
    assert 0 < planned_jobs(said(printed, "--dry-run"))["train_gan"] <= 3
    assert "EnergyDeposit (2000, 30, 30, 1)" in said(printed, "showergan simulate")
    assert "Run mine: 2 methods" in said(printed, "--configfile mine.yaml")
    added = said(printed, "--configfile method.yaml")
    assert "Run default: 6 methods" in added and "SN * 2" in added
    runs = {
        path: path.stat().st_mtime_ns
        for path in checkout.glob("results/default/train/*/*/*/*/run.json")
    }
    methods = [path.parts[-4] for path in sorted(runs, key=lambda path: runs[path])]
    assert methods.index("sn_2") == 15 and set(methods[15:]) == {"sn_2"}

    followed("figures", checkout)
    for name in ("robustness.pdf", "robustness.png", "mine.pdf"):
        assert (checkout / name).stat().st_size > 1000
