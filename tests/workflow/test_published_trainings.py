"""Finished trainings, gathered in a table, and drawn from it on another computer."""

import shutil
import subprocess

import pandas as pd
import pytest
from copies import Workflow, planned_jobs
from forked import python

from showergan.io.files import sha256_of

TRAINED = "small/sn/0.001_0.0001/seed1"
METRICS = f"results/tiny/evaluate/{TRAINED}/metrics.csv"
PUBLISHED = ["--config", "study=published"]


def gathered(workflow):
    """Gather the trainings of the run; return what is said."""
    done = subprocess.run(
        [python(), "-m", "showergan.cli", "gather", "results/tiny"],
        cwd=workflow.folder,
        env=workflow.environment,
        capture_output=True,
        text=True,
    )
    return done.stderr


@pytest.fixture(scope="module")
def elsewhere(finished, tmp_path_factory):
    """The workflow on another computer, with the table of the tiny run and nothing else of it."""
    there = Workflow(tmp_path_factory.mktemp("elsewhere") / "copy")
    shutil.copytree(finished.folder, there.folder, ignore=shutil.ignore_patterns(".snakemake"))
    assert "2 trainings, 2 of them new" in gathered(there)
    shutil.rmtree(there.folder / "results")
    return there


def test_all_that_shows_metrics_is_made_without_a_training(elsewhere, finished):
    said = elsewhere.snakemake("--cores", "2", *PUBLISHED)
    assert "2 trainings are taken from resources/tiny" in said
    results = elsewhere.folder / "results/tiny"
    # No data, no embedding, no training.
    assert sorted(path.name for path in results.iterdir() if path.is_dir()) == [
        *("figures", "published", "tables")
    ]
    assert sorted(path.stem for path in results.glob("figures/*.png")) == [
        *("differences", "energy_response", "score_over_epochs", "scorecard")
    ]
    for name in ("summary", "failures", "acceptance", "tables/all_methods"):
        drawn, made = (
            pd.read_csv(at / f"{name}.csv") for at in (results, finished.folder / "results/tiny")
        )
        pd.testing.assert_frame_equal(drawn, made, rtol=0.005, atol=1e-9, obj=name)
    assert elsewhere.would_run(*PUBLISHED) == {}


def test_one_training_is_repeated_to_check_it_and_one_that_is_missing_is_trained(elsewhere):
    table, rows = (elsewhere.folder / "resources/tiny" / n for n in ("metrics.json.xz", "runs.csv"))
    kept = table.read_bytes(), rows.read_text()
    shutil.rmtree(elsewhere.folder / "results")
    rows.write_text("".join(line for line in kept[1].splitlines(True) if "/none/" not in line))
    said = elsewhere.snakemake("--cores", "2", METRICS, "results/tiny/summary.csv", *PUBLISHED)
    planned = planned_jobs(said)
    assert planned["train_gan"] == planned["evaluate_gan"] == 2
    assert "1 trainings are taken" in said
    folder = elsewhere.folder / "results/tiny/published"
    assert [path.parts[-4] for path in folder.rglob("metrics.csv")] == ["sn"]
    assert "2 trainings, 1 of them new; 1 repeated to the last digit" in gathered(elsewhere)
    assert table.read_bytes() == kept[0]
    assert [line.split(",")[0] for line in rows.read_text().splitlines()] == [
        line.split(",")[0] for line in kept[1].splitlines()
    ]


def test_what_was_made_by_another_recipe_stops_before_any_job(elsewhere):
    for key, step in {
        "evaluation__clusters": "evaluate, reference",
        "training__epochs": "train",
        "data__n_showers": "simulate",
        "embedding__view": "train_embedding",
    }.items():
        elsewhere.configure(
            **{key: {"data__n_showers": 200, "embedding__view": "cropped"}.get(key, 4)}
        )
        said = elsewhere.snakemake("--dry-run", *PUBLISHED, check=False)
        assert f"was published with another {step} than here" in said
        assert "Building DAG" not in said
    elsewhere.configure(training__seeds=[1, 2])  # more is no other recipe
    assert elsewhere.would_run(*PUBLISHED)["train_gan"] == 2
    elsewhere.configure()


def test_an_embedding_is_taken_from_a_file(fresh, finished):
    model = finished.folder / "results/tiny/embedding/model.pt"
    shutil.copy(model, fresh.folder / "given.pt")
    made = "results/tiny/embedding/model.pt"
    fresh.configure(embedding__file="given.pt", embedding__sha256="0" * 64)
    said = fresh.snakemake("--cores", "1", made, check=False)
    assert f"given.pt: SHA-256 is {sha256_of(model)}, but embedding.sha256 is 000" in said
    fresh.configure(embedding__file="given.pt", embedding__sha256=sha256_of(model))
    fresh.snakemake("--cores", "1", made)
    assert (fresh.folder / made).read_bytes() == model.read_bytes()
    name = "results/tiny/embedding/predictions.csv"
    assert (fresh.folder / name).read_bytes() == (finished.folder / name).read_bytes()
