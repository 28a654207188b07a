"""Triggers of re-runs that a profile switches off, as Snakemake itself reads it."""

from pathlib import Path

import pytest
from snakemake.cli import parse_args

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A cluster's profile with a key of its own and one that the default profile has too."""
    (tmp_path / "config.yaml").write_text("keep-going: true\nrerun-triggers: [mtime]\n")
    monkeypatch.chdir(ROOT)
    return str(tmp_path)


def triggers(arguments):
    return sorted(map(str, arguments.rerun_triggers))


def test_a_profile_is_added_to_the_default_one(site):
    _, arguments = parse_args(["--profile", site])
    assert arguments.keep_going
    assert arguments.rerun_incomplete
    assert triggers(arguments) == ["code", "input", "mtime", "params"]


def test_a_workflow_profile_replaces_the_default_one(site):
    _, arguments = parse_args(["--workflow-profile", site])
    assert arguments.keep_going
    assert not arguments.rerun_incomplete
    assert triggers(arguments) == ["mtime"]
