"""Every profile is read by Snakemake and the plugin it names, and every line of it is explained."""

from importlib.util import find_spec

import pytest
from conftest import ROOT

PROFILES = sorted(path.name for path in (ROOT / "profiles").iterdir())
LOCAL = {"default", "ci"}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_read(fresh, profile):
    if profile not in LOCAL and not find_spec(f"snakemake_executor_plugin_{profile}"):
        pytest.skip(f"no showergan[{profile}]")
    cores = () if profile != "default" else ("--cores", "2")
    said = fresh.snakemake(
        "--profile", f"profiles/{profile}", *cores, "--dry-run", "--quiet", "all"
    )
    assert "Error" not in said


@pytest.mark.parametrize("profile", PROFILES)
def test_every_line_of_a_profile_is_explained(profile):
    lines = (ROOT / "profiles" / profile / "config.yaml").read_text().splitlines()
    keys = [i for i, line in enumerate(lines) if line[:1] not in ("", " ", "#")]
    unexplained = [lines[i] for i in keys if not lines[i - 1].startswith("#")]
    together = "group-components: [evaluate=10, comparison=1000]"
    assert [line for line in unexplained if line != together and "executor:" not in line] == []
