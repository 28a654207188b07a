"""A warning at the start of a run on a machine with a GPU, where PyTorch has no support of GPUs."""

import os
import subprocess
from importlib.metadata import version

import pytest
from copies import ROOT
from forked import python

SNAKEFILE = f"""
import os
from types import SimpleNamespace
from showergan.io import missing_gpu
CONFIG = SimpleNamespace(study="trained")
include: {str(ROOT / "workflow/rules/resources.smk")!r}
rule one:
    shell: "echo"
"""


@pytest.mark.skipif(not version("torch").endswith("+cpu"), reason="PyTorch is no build for CPUs")
@pytest.mark.parametrize(("device", "n_told"), [("auto", 1), ("cpu", 0)])
def test_an_idle_gpu_is_told_of_once(device, n_told, tmp_path):
    (tmp_path / "nvidia-smi").touch(mode=0o755)
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    done = subprocess.run(
        [python(), "-m", "snakemake", "--cores", "1"],
        cwd=tmp_path,
        env=os.environ | {"PATH": path, "SHOWERGAN_DEVICE": device},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("All is computed on the CPU, because PyTorch") == n_told
