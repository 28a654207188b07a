"""Training, choices and scales never see the showers that results are reported on."""

import json
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import steps
import torch
from steps import N_SPLIT, SN_1

from showergan.config.recipes.found import OF_TASK, RECIPES
from showergan.evaluation.reference import load_reference
from showergan.tasks.showers import dataset

MODELS = ("trained.pt", f"train/{SN_1}/generator.pt")
TRAINED = (f"train/{SN_1}/history.csv", f"train/{SN_1}/lipschitz.csv")
GOLDEN = json.loads(steps.GOLDEN.read_text())


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return steps.write_source(tmp_path_factory.mktemp("source") / "source.npz")


@pytest.fixture(scope="module")
def plain(source, tmp_path_factory):
    return steps.run_all(source, tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def with_others(tmp_path_factory):
    """Return the results of SN with the showers of a split replaced by others."""
    folders = {}

    def results(split):
        if split not in folders:
            folder = tmp_path_factory.mktemp(split)
            other = steps.write_source(folder / "source.npz", replaced=split)
            folders[split] = steps.run_all(other, folder, methods=["sn"], seeds=[1])
        return folders[split]

    return results


def numbers(value):
    """Return all tensors and numbers of a saved file in their order."""
    if isinstance(value, dict):
        return [n for key in sorted(value, key=str) for n in numbers(value[key])]
    if isinstance(value, list | tuple):
        return [n for item in value for n in numbers(item)]
    return [torch.as_tensor(value)] if isinstance(value, int | float | torch.Tensor) else []


def same_model(a, b):
    pairs = zip(*(numbers(torch.load(path)) for path in (a, b)), strict=True)
    return all(torch.equal(x, y) for x, y in pairs)


@pytest.mark.parametrize("split", ["select", "test"])
def test_training_sees_only_training_showers(plain, with_others, split):
    other = with_others(split)
    for model in MODELS:
        assert same_model(plain / model, other / model), model
    for table in TRAINED:
        assert (plain / table).read_text() == (other / table).read_text(), table


def test_training_sees_the_training_showers(plain, with_others):
    """Else the test above would hold of anything."""
    for model in MODELS:
        assert not same_model(plain / model, with_others("train") / model), model


@pytest.mark.parametrize("split", ["select", "test"])
def test_scales_and_bins_are_those_of_training_showers(plain, with_others, split):
    ours, theirs = (
        load_reference(f / "real.h5").reference_statistics for f in (plain, with_others(split))
    )
    assert ours.rectangles == theirs.rectangles
    assert ours.energy_edges_GeV == theirs.energy_edges_GeV
    assert ours.impact_depth_cm == theirs.impact_depth_cm
    np.testing.assert_array_equal(ours.scale.centre, theirs.scale.centre)
    np.testing.assert_array_equal(ours.scale.scale, theirs.scale.scale)


def test_scales_and_bins_follow_training_showers(plain, with_others):
    ours, theirs = (
        load_reference(f / "real.h5").reference_statistics for f in (plain, with_others("train"))
    )
    assert ours.rectangles != theirs.rectangles
    assert ours.energy_edges_GeV != theirs.energy_edges_GeV
    assert ours.impact_depth_cm != theirs.impact_depth_cm
    assert (ours.scale.scale != theirs.scale.scale).all()


def test_choices_are_made_without_test_showers(plain, with_others):
    other = with_others("test")
    ours, theirs = (pd.read_csv(f / "evaluate" / SN_1 / "metrics.csv") for f in (plain, other))
    pd.testing.assert_frame_equal(*(t[t["split"] == "select"] for t in (ours, theirs)))
    everything = [t.loc[t["metric"] == "wasserstein", "epoch"].unique() for t in (ours, theirs)]
    assert everything[0].tolist() == everything[1].tolist()
    assert not ours[ours["split"] == "test"]["value"].equals(
        theirs[theirs["split"] == "test"]["value"]
    )
    ours, theirs = (pd.read_csv(f / "summary.csv") for f in (plain, other))
    ours = ours[(ours["method"] == "sn") & (ours["seed"] == 1)].reset_index(drop=True)
    columns = ["score", "select", "selected_epoch"]
    pd.testing.assert_frame_equal(ours[columns], theirs[columns])


def test_every_step_uses_every_shower_of_its_splits(plain):
    attributes = dataset.attributes(plain / "showers.h5")
    assert {name: attributes[f"n_{name}"] for name in N_SPLIT} == N_SPLIT
    embedding = json.loads((plain / "embedding.json").read_text())
    assert embedding["n_fitted"] + embedding["n_held_out"] == N_SPLIT["train"]
    assert embedding["n_select"] == N_SPLIT["select"]
    predictions = pd.read_csv(plain / "predictions.csv")
    assert (predictions.groupby("target").size() == N_SPLIT["select"]).all()
    run = json.loads((plain / f"train/{SN_1}/run.json").read_text())
    assert run["n_train"] == N_SPLIT["train"]
    assert run["generator_steps"] == 2 * (N_SPLIT["train"] // 40)
    features = load_reference(plain / "real.h5").features
    assert {split: len(f) for split, f in features.items()} == {
        split: N_SPLIT[split] for split in ("select", "test")
    }
    metrics = pd.read_csv(plain / "evaluate" / SN_1 / "metrics.csv", dtype={"bin": str})
    prd = metrics[(metrics["metric"] == "prd_auc") & (metrics["space"] == "E")]
    for split in ("select", "test"):
        table = prd[(prd["split"] == split) & (prd["epoch"] == 1)].set_index("bin")["n"]
        assert table["all"] == N_SPLIT[split]
        bins = table[table.index.str.isdigit()]
        assert len(bins) == 2
        # Of a bin the smaller of the two samples counts; they fall into bins alike, give or take 4 sd.
        assert N_SPLIT[split] - 4 * N_SPLIT[split] ** 0.5 / 2 < bins.sum() <= N_SPLIT[split]
    anchors = pd.read_csv(plain / "anchors.csv", dtype={"bin": str})
    prd = anchors[(anchors["metric"] == "prd_auc") & (anchors["bin"] == "all")]
    assert set(prd["n"]) == {N_SPLIT["test"]}
    with h5py.File(plain / "showers.h5") as file:
        assert len(file["split"]) == steps.N


def test_golden_values_are_of_the_present_versions():
    versions = {step: RECIPES[step].version for step in GOLDEN}
    assert {step: golden["version"] for step, golden in GOLDEN.items()} == versions


def test_every_step_has_a_golden_value_or_a_reason_why_not(plain, source):
    assert set(steps.digests(plain, source)) == set(GOLDEN)
    others = {step for task, found in OF_TASK.items() if task != "showers" for step in found}
    assert sorted([*GOLDEN, *steps.WITHOUT_GOLDEN]) == sorted(set(RECIPES) - others)
    assert all(len(reason.split()) > 5 for reason in steps.WITHOUT_GOLDEN.values())


@pytest.mark.parametrize("task", [task for task in OF_TASK if task != "showers"])
def test_a_step_of_another_task_has_its_version_beside_its_numbers(task):
    """In the tests of the task: `assert RECIPES["..."].version == 1`, beside golden numbers or why there are none."""
    tests = "".join(p.read_text() for p in Path(__file__).parent.glob(f"test_*{task}*.py"))
    assert not [step for step in OF_TASK[task] if f'RECIPES["{step}"].version ==' not in tests]


@pytest.mark.numbers
@pytest.mark.parametrize("step", GOLDEN)
def test_numbers_change_only_with_their_version(plain, source, step):
    """A step whose numbers change on purpose gets a new version, and golden.json is written anew (steps.py)."""
    found, golden = steps.digests(plain, source)[step], GOLDEN[step]
    assert found.keys() == golden["numbers"].keys()
    off = {name: abs(found[name] - number) for name, number in golden["numbers"].items()}
    assert {n: (o, golden["within"][n]) for n, o in off.items() if o > golden["within"][n]} == {}
