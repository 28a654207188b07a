"""The workflow called from elsewhere, as a module, by another environment, and stopped."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
from copies import ROOT, copy_of_the_workflow, planned_jobs
from forked import python

MODULE = """
configfile: "tiny.yaml"

module showers:
    snakefile: "{folder}/Snakefile"
    config: config

use rule * from showers as showers_*

rule everything:
    default_target: True
    input: rules.showers_all.input
"""


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    workflow = copy_of_the_workflow(tmp_path_factory.mktemp("expected"))
    workflow.configure()
    return workflow.would_run()


def called(folder, *arguments, code=""):
    """Return what Snakemake says in a folder, and whether it succeeds."""
    code += "from snakemake.cli import main; main()"
    done = subprocess.run(
        [python(), "-c", code, *arguments, "--dry-run", "--quiet", "rules"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.stdout + done.stderr, done.returncode == 0


def test_another_working_directory(fresh, tmp_path, expected):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    given = ["--configfile", str(fresh.folder / "tiny.yaml")]
    said, _ = called(fresh.folder, "--directory", str(elsewhere), *given)
    assert planned_jobs(said) == expected
    (elsewhere / "config.yaml").write_text("evaluation: {clusters: -1}")  # Snakemake's own way
    said, works = called(fresh.folder, "--directory", str(elsewhere), *given)
    assert works  # what is given on the command line lies over it
    (elsewhere / "config.yaml").write_text("evaluation: {clustres: 4}")
    assert (
        "did you mean clusters?" in called(fresh.folder, "--directory", str(elsewhere), *given)[0]
    )


def test_a_module_of_another_workflow(fresh, tmp_path, expected):
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(fresh.folder / "tiny.yaml", other)
    (other / "Snakefile").write_text(MODULE.format(folder=fresh.folder))
    said, _ = called(other)
    found = {rule.removeprefix("showers_"): n for rule, n in planned_jobs(said).items()}
    assert found.pop("everything") == expected["all"] == 1
    assert found == {rule: n for rule, n in expected.items() if rule != "all"}


DEPLOYED = """
configfile: "config/config.yaml"

module showergan:
    snakefile: "{folder}/workflow/Snakefile"
    config: config

use rule * from showergan
"""


def test_a_folder_that_snakedeploy_made(fresh, tmp_path, expected):
    """It copies `config/` and writes a Snakefile like this; the catalogue's page tells to begin so."""
    deployed = tmp_path / "deployed"
    shutil.copytree(ROOT / "config", deployed / "config")
    (deployed / "workflow").mkdir()
    (deployed / "workflow/Snakefile").write_text(DEPLOYED.format(folder=fresh.folder))
    said, works = called(deployed)
    assert works, said
    assert planned_jobs(said)["train_gan"] == 30  # the default run before a choice
    with (deployed / "config/config.yaml").open("a") as file:
        file.write((fresh.folder / "tiny.yaml").read_text().replace("run: tiny", ""))
    said, _ = called(deployed)
    found = planned_jobs(said)
    assert found.pop("default") == expected["all"]
    assert found == {rule: n for rule, n in expected.items() if rule != "all"}


def test_another_environment_is_told_apart(fresh):
    said, works = called(fresh.folder, code="import sys; sys.modules['showergan'] = None\n")
    assert not works
    assert "belongs to another environment" in said and "source .venv/bin/activate" in said
    assert "Traceback" not in said


def test_no_two_jobs_say_the_same(fresh):
    said = fresh.snakemake("--dry-run", configfile="config.yaml")
    messages = re.findall(r"^Job \d+: (.*)", said, re.MULTILINE)
    assert len(messages) > 30 * 2  # each training, and its evaluation
    assert len(set(messages)) == len(messages)
    log = r"Training sn of small at (\S+), seed 1: logs/default/train/small\.sn\.\1\.seed1\.log"
    assert len([m for m in messages if re.fullmatch(log, m)]) == 3


def test_who_interrupts_is_told_how_to_go_on(fresh):
    fresh.configure(data__n_showers=10**6)
    process = subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--configfile", "tiny.yaml", "--cores", "1"],
        cwd=fresh.folder,
        env=fresh.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A shell that runs the tests in the background has interrupts ignored, here too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    made = fresh.folder / "results/tiny/data"
    # It simulates; before, it imports, and Python loses an interrupt that comes in some of what an import calls.
    while not any(path.stat().st_size for path in made.glob(".*.part/*.npz")):
        time.sleep(0.1)
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[0]
    assert process.returncode
    assert "the same command, typed again, goes on from there" in said
    assert "Traceback" not in said
    assert (fresh.folder / "logs/tiny/simulate.log").read_text() == (
        "interrupted: the same call goes on from what was saved, or begins again\n"
    )
    # The recipe is whole and written again; Snakemake may end before it removes what the job made.
    assert [path.name for path in made.rglob("*")] in ([], ["source.recipe.json"])


def test_make_prints_the_conclusion_of_a_run_of_any_spelling(tmp_path):
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "envs").mkdir()
    shutil.copy(ROOT / "envs/showergan.post-deploy.sh", tmp_path / "envs")
    commands = tmp_path / ".venv/bin"
    commands.mkdir(parents=True)
    for name, does in {"snakemake": "true", "python": f'exec {sys.executable} "$@"'}.items():
        (commands / name).write_text(f"#!/bin/sh\n{does}\n")
        (commands / name).chmod(0o755)
    (tmp_path / ".venv/installed").touch()
    (tmp_path / "results/mine").mkdir(parents=True)
    (tmp_path / "results/mine/conclusion.txt").write_text("what it found")
    for run in ("mine", '"mine"', "'mine'  # λ"):
        (tmp_path / "config.yaml").write_text(f"# λ\nrun: {run}\n")
        done = subprocess.run(
            ["make", "--silent"], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.stdout.endswith("what it found"), done.stderr


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout of git")
def test_scripts_are_the_same_in_every_checkout():
    """Also where core.autocrlf makes other ends of lines: bash knows one kind."""
    files = [
        "envs/showergan.post-deploy.sh",
        "Makefile",
        "src/showergan/report/tables/published.csv",
    ]
    told = subprocess.run(
        ["git", "check-attr", "eol", "--", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.splitlines() == [f"{file}: eol: lf" for file in files]
