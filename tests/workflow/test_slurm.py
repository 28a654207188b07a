"""The workflow on a real Slurm: it asks for what it needs, outlives what happens there, and gives the same results."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import slurm
from copies import small_toys

from showergan.records.provenance import read_record

pytestmark = pytest.mark.slow
TARGETS = ("tables", "results/toys/conclusion.txt")
# Of this computer: no accounts, nobody but the controller who remembers jobs, and jobs that take seconds.
HERE = (
    *("--slurm-no-account", "--slurm-status-command", "squeue"),
    *("--slurm-init-seconds-before-status-checks", "1"),
)


def cancel_a_training(folder):
    """Wait for a training that has saved a state, cancel it, and return what Slurm calls it."""
    slurm.wait_until(lambda: any(folder.rglob(".checkpoint/*/*.pt")), seconds=900)
    running = slurm.ask("squeue", "--noheader", "--states=R", "--format=%i %k").splitlines()
    [number] = [job.split()[0] for job in running if "rule_train_gan" in job]
    slurm.ask("scancel", number)
    return number


def run_here(folder):
    small_toys(folder, epochs=100).snakemake("--cores", "1", *TARGETS, configfile="small.yaml")
    return folder


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A run in which one job asks for too little memory and one is cancelled.

    Returns its folder, Slurm's jobs, the number of that which was cancelled, and the folder of a run without Slurm.
    """
    pytest.importorskip("snakemake_executor_plugin_slurm", reason="no showergan[slurm]")
    workflow = small_toys(tmp_path_factory.mktemp("run"), epochs=100)
    rules = workflow.folder / "workflow/rules/resources.smk"
    rules.write_text(rules.read_text().replace("LIGHT = 1000 ", "LIGHT = 150 "))
    with (
        slurm.running(tmp_path_factory.mktemp("slurm")),
        pytest.MonkeyPatch.context() as environment,
        ThreadPoolExecutor() as beside,
    ):
        environment.setenv("SHOWERGAN_CHECKPOINT_SECONDS", "0")
        cancelled = beside.submit(cancel_a_training, workflow.folder)
        local = beside.submit(run_here, tmp_path_factory.mktemp("local"))
        options = ("--profile", "profiles/slurm", *HERE)
        workflow.snakemake(*options, *TARGETS, configfile="small.yaml")
        return workflow.folder, slurm.jobs(), cancelled.result(), local.result()


def of_rule(jobs, rule):
    return [job for job in jobs if job["Comment"].startswith(f"rule_{rule}_")]


def test_jobs_ask_for_what_they_need(ran):
    _, jobs, *_ = ran
    on_gpus = {job["Comment"] for job in jobs if job.get("TresPerJob") == "gres:gpu:1"}
    assert {name.split("_wildcards_")[0] for name in on_gpus} == {
        *("rule_train_gan", "rule_reference", "rule_evaluate_evaluate_gan")
    }
    assert not any("TresPerJob" in job for job in jobs if job["Comment"] not in on_gpus)
    # Nothing at home limits a cluster: what can wait there does.
    trained = of_rule(jobs, "train_gan")
    assert trained[1]["SubmitTime"] < trained[0]["EndTime"]
    [reference] = of_rule(jobs, "reference")
    assert (reference["TimeLimit"], reference["MinMemoryNode"]) == ("00:30:00", "2000M")


def test_a_job_over_its_memory_is_retried_with_more(ran):
    _, jobs, *_ = ran
    first, *_, last = of_rule(jobs, "make_data")
    assert (first["JobState"], last["JobState"]) == ("FAILED", "COMPLETED")
    assert int(last["MinMemoryNode"][:-1]) >= 2 * int(first["MinMemoryNode"][:-1])


def test_a_cancelled_training_goes_on(ran):
    folder, jobs, cancelled, _ = ran
    [killed] = [job for job in jobs if job["JobId"] == cancelled]
    again = [job for job in jobs if job["Comment"] == killed["Comment"]]
    assert [job["JobState"] for job in again] == ["CANCELLED", "COMPLETED"]
    logs = [path.read_text() for path in folder.glob("logs/toys/train/*.log")]
    assert sum("goes on from" in text for text in logs) == 1


def test_a_training_knows_its_walltime(ran):
    folder, _, _, local = ran
    most = {
        at: {
            read_record(path).settings["max_seconds"]
            for path in at.glob("results/toys/train/**/provenance.json")
        }
        for at in (folder, local)
    }
    assert most[folder] == {
        30 * 54,
        61 * 54,
    }  # nine tenths of the minutes of a first and a second try
    assert min(most[local]) > 1e9


def test_short_jobs_share_a_submission(ran):
    folder, jobs, *_ = ran
    made = list(folder.glob("results/toys/**/*provenance.json"))
    assert len(made) >= 12
    # Six, and three that read a file of every run.
    assert sum(job["JobState"] == "COMPLETED" for job in jobs) == 9


def test_results_are_those_of_a_local_run(ran):
    folder, _, _, local = ran
    there, here = (results_of(at / "results/toys") for at in (folder, local))
    assert there.keys() == here.keys()
    assert [name for name in here if there[name] != here[name]] == []


def results_of(run):
    """Return all results, but for what tells of times."""
    found = {
        path.relative_to(run): path.read_bytes()
        for path in run.rglob("*")
        if path.is_file() and not path.name.endswith("provenance.json")
    }
    for name in [name for name in found if name.name == "run.json"]:
        found[name] = {k: v for k, v in json.loads(found[name]).items() if k != "seconds"}
    assert found
    return found
