"""Every profile is read by Snakemake and the plugin it names, and every line of it is explained."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from copies import ROOT

PROFILES = sorted(path.name for path in (ROOT / "profiles").iterdir())
# Installed by tests/cluster/install.sh, beside the environment.
PLUGINS = ROOT / "build/plugins"
needs_plugins = pytest.mark.skipif(not PLUGINS.exists(), reason="bash tests/cluster/install.sh")
# What a user says besides: how many cores there are; the storage, here a folder.
BESIDES = {
    "default": ("--cores", "2"),
    "kubernetes": ("--default-storage-provider", "fs", "--default-storage-prefix", "storage"),
}


@needs_plugins
@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_read(fresh, profile, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PLUGINS), prepend=os.pathsep)
    monkeypatch.setenv("SHOWERGAN_CHECKPOINT_FOLDER", "/checkpoints")
    besides = BESIDES.get(profile, ())
    with_plugins = replace(fresh, python=sys.executable)  # it looks for them when it starts
    assert with_plugins.would_run("--profile", f"profiles/{profile}", *besides) == fresh.would_run()


@needs_plugins
def test_the_recipe_of_the_image_is_clean():
    found = subprocess.run(
        [PLUGINS / "bin/hadolint", ROOT / "envs/Containerfile"], capture_output=True, text=True
    )
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.parametrize("profile", PROFILES)
def test_every_line_of_a_profile_is_explained(profile):
    lines = (ROOT / "profiles" / profile / "config.yaml").read_text().splitlines()
    keys = [i for i, line in enumerate(lines) if line[:1] not in ("", " ", "#")]
    unexplained = [lines[i] for i in keys if not lines[i - 1].startswith("#")]
    together = "group-components: [evaluate=10, comparison=1000]"
    assert [line for line in unexplained if line != together and "executor:" not in line] == []
