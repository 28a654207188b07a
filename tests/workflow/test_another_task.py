"""Another task through the whole workflow, from one configuration that is not laid over the default."""

import pandas as pd
import pytest
import yaml
from conftest import ROOT, copy_of_the_workflow

RUN = "results/toys"


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    workflow = copy_of_the_workflow(tmp_path_factory.mktemp("toys"))
    raw = yaml.safe_load((ROOT / "experiments/toys.yaml").read_text())
    raw["data"]["n_points"] = 1024
    raw["methods"] = {name: raw["methods"][name] for name in ("gradient_penalty", "sn", "sn_null")}
    raw["training"] |= {"seeds": [1], "epochs": 4, "batch_size": 64}
    raw["training"]["evaluate"] = {"first": 2, "every": 2}
    raw["evaluation"]["repeats"] = 2
    (workflow.folder / "small.yaml").write_text(yaml.safe_dump(raw))
    workflow.snakemake("--cores", "2", configfile="small.yaml")
    return workflow.folder / RUN


def test_a_task_without_conditions_or_embedding_goes_all_the_way(toys):
    assert sorted(p.name for p in (toys / "data").iterdir()) == ["recipe.json", "toys.h5"]
    assert not (toys / "embedding").exists()
    summary = pd.read_csv(toys / "summary.csv")
    assert set(summary["score"]) == {"plane"}
    assert len(summary) == 3
    assert summary["shuffled"].isna().all()
    assert summary["ceiling"].between(0.5, 1).all()
    card = pd.read_csv(toys / "scorecard.csv")
    assert {"PRD-AUC: plane", "W2", "modes found", "share near a mode"} <= set(card["title"])
    assert card["ceiling"].notna().all()
    verdicts = pd.read_csv(toys / "verdicts.csv")
    assert set(verdicts["method"]) == {"gradient_penalty", "sn_null"}
    failures = pd.read_csv(toys / "failures.csv")
    assert failures.loc[failures["method"] == "real", "failure"].tolist() == ["none"]


def test_what_it_shows_is_what_it_has(toys):
    figures = {path.stem for path in (toys / "figures").glob("*.png")}
    assert {"generated_points", "scorecard", "prd_curves", "differences", "losses"} <= figures
    assert not figures & {"generated_showers", "embedding", "entry_points", "energy_response"}
    told = (toys / "conclusion.txt").read_text()
    assert "plane" in told and "real toys" in told
    assert "nan" not in told and "shuffled 0" not in told and "do not apply" not in told
