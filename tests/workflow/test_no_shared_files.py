"""Jobs that share no file, as pods of Kubernetes: all goes through a storage, and comes out the same."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from copies import small_toys
from test_profiles import PLUGINS, needs_plugins

TARGETS = ("results/toys/conclusion.txt", "results/toys/figures/generated_points.png")
# Starts a job in an empty folder, which is what it is called, and tells what became of it.
SUBMIT = """#!/bin/bash
cd "$(mktemp -d {pods}/XXXX)" && cp "$1" job.sh
nohup bash -c 'bash job.sh > log 2>&1; echo $? > status' > {pods}/nohup 2>&1 &
pwd
"""
STATUS = """#!/bin/bash
case "$(cat "$1/status" 2> {pods}/cat)" in 0) echo success ;; "") echo running ;; *) echo failed ;; esac
"""


def artefacts(folder):
    """Return what was made, by name, but for what tells times."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    timed = ("provenance.json", "run.json")
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in files
        if not path.name.endswith(timed) and path.name != ".gitkeep"
    }


@pytest.mark.slow
@needs_plugins
@pytest.mark.skipif(not shutil.which("rsync"), reason="no rsync, which the storage takes")
def test_nothing_but_the_storage_is_needed(tmp_path, monkeypatch):
    here = small_toys(tmp_path / "here", epochs=2)
    here.snakemake("--cores", "1", *TARGETS, configfile="small.yaml")
    there, pods, storage = (tmp_path / name for name in ("there", "pods", "storage"))
    workflow = small_toys(there, epochs=2)
    pods.mkdir()
    storage.mkdir()
    scripts = {"submit": SUBMIT, "status": STATUS}
    for name, script in scripts.items():
        (tmp_path / name).write_text(script.format(pods=pods))
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    monkeypatch.setenv("PYTHONPATH", str(PLUGINS), prepend=os.pathsep)
    said = workflow.snakemake(
        # The choice is a job of its own: Snakemake cannot plan anew within a group.
        *("--groups", "make_data=data", "reference=data", "train_gan=training"),
        *("evaluate_gan=training", "summarise=comparison", "scorecard=comparison"),
        *("figure_generated_points=comparison", "--group-components", "training=9", "comparison=9"),
        *("--executor", "cluster-generic", "--jobs", "2", "--seconds-between-status-checks", "1"),
        *("--cluster-generic-submit-cmd", str(tmp_path / "submit")),
        *("--cluster-generic-status-cmd", str(tmp_path / "status")),
        *("--shared-fs-usage", "none", "--job-deploy-sources"),
        *("--default-storage-provider", "fs", "--default-storage-prefix", str(storage)),
        *TARGETS,
        configfile="small.yaml",
    )
    assert len(list(pods.glob("*/status"))) == 4, said
    assert not (there / "results/toys").exists()
    assert artefacts(storage / "results/toys") == artefacts(here.folder / "results/toys")
