"""Any file against real showers: the same showers score like real ones, and bad files are refused."""

import json
import re
import shutil
from types import SimpleNamespace

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from generators import network, trained
from typer.testing import CliRunner

from showergan.cli import app
from showergan.config.evaluation import Evaluation
from showergan.config.tasks.showers import Preparation
from showergan.errors import UserError
from showergan.evaluation.file import _twins, evaluate_file
from showergan.evaluation.generator import save_generator
from showergan.report.texts import file_table
from showergan.tasks.showers import dataset, gflash
from showergan.tasks.showers.embedding import EmbeddingRegressor, save_embedding
from showergan.tasks.showers.metrics import METRICS
from showergan.tasks.showers.shower_file import read_showers, write_npz

pytestmark = pytest.mark.usefixtures("one_training")
CPU = torch.device("cpu")
RECIPE = Evaluation(clusters=4, repeats=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("files")
    for name, record in (("real.h5", gflash.record(0.1)), ("published.h5", None)):
        write_npz(path / "s.npz", 600, gflash.simulate(600, seed=1), record)
        dataset.preprocess(path / "s.npz", path / name, Preparation(path="test", split_seed=1))
    write_npz(path / "other.npz", 140, gflash.simulate(140, seed=2))
    return path


def arrays_of(path):
    with np.load(path) as file:
        return dict(file)


def as_hdf5(path, npz, **changes):
    arrays = arrays_of(npz)
    content = {
        "energy": arrays["EnergyDeposit"][..., 0],
        "point": arrays["ParticlePoint"],
        "momentum": arrays["ParticleMomentum"],
        **changes,
    }
    with h5py.File(path, "w") as file:
        for key, value in content.items():
            if value is not None:
                file[key] = value
    return path


def score(folder, generated, **settings):
    settings = {
        "real": folder / "real.h5", "embedding": None, **settings
    }  # fmt: skip
    return evaluate_file(generated, recipe=RECIPE, device=CPU, **settings)


def test_showers_of_the_same_kind_score_like_real_ones(folder):
    torch.manual_seed(0)
    metrics, remarks = score(folder, folder / "other.npz", embedding=EmbeddingRegressor().eval())
    whole = metrics[metrics["bin"] == "all"].set_index(["metric", "space"])
    assert whole.loc[("prd_auc", "E"), "fraction_of_ceiling"] == pytest.approx(1, abs=0.15)
    assert whole.loc[("coverage", "high_level"), "value"] > 0.85
    assert whole.loc[("response_error", "energy"), "value"] < 0.05
    assert whole["n"].max() == 140
    assert "140 of 140 generated showers against 140 of 150 real test showers." in remarks
    assert any("Bins 0, 1" in remark for remark in remarks)
    assert not any("differ (" in remark for remark in remarks)
    depth = dataset.shower_depth_cm(folder / "real.h5")
    assert any(f"depth of {depth:.2f} cm" in remark for remark in remarks)
    text = file_table(metrics, METRICS.entries)
    assert "PRD-AUC: bins-E" in text
    assert "ceiling" in text
    assert max(map(len, text.splitlines())) <= 88


@pytest.mark.parametrize("n", [150, 100])
def test_the_particles_of_the_test_showers_have_their_own_ceiling(folder, tmp_path, n):
    test = dataset.load(folder / "real.h5", "test")
    rows = np.random.default_rng(1).permutation(150)[:n]  # in any order, and not all of them
    again = gflash.resimulate(test.select(rows).conditions, seed=9)
    write_npz(tmp_path / "g.npz", n, again)
    metrics, remarks = score(folder, tmp_path / "g.npz")
    assert any("The ceiling is their second simulation" in remark for remark in remarks)
    assert f"{n} of {n} generated showers against {n} of 150 real test showers." in remarks
    whole = metrics[metrics["bin"] == "all"].set_index(["metric", "space"])
    # The same particles differ by less than others do.
    energy = whole.loc[("wasserstein", "total_energy_MeV")]
    assert energy["value"] == pytest.approx(energy["ceiling"], abs=6 * energy["ceiling_sd"])
    assert energy["value"] < 0.3 * energy["event_sd"]
    assert "ceiling  " in file_table(metrics, METRICS.entries)

    published = {"real": folder / "published.h5"}
    metrics, remarks = score(folder, tmp_path / "g.npz", **published)
    assert any("no exact ceiling" in remark for remark in remarks)
    assert metrics[["ceiling", "ceiling_sd", "fraction_of_ceiling"]].isna().all(axis=None)
    table = file_table(metrics, METRICS.entries)
    assert "other real  " in table
    assert "ceiling" not in table
    _, remarks = score(folder, folder / "other.npz", **published)
    assert any("The ceiling is real against real samples" in remark for remark in remarks)


def test_hdf5_and_npz_of_the_same_showers_score_the_same(folder, tmp_path):
    hdf5 = as_hdf5(tmp_path / "other.h5", folder / "other.npz")
    tables = [score(folder, path).metrics for path in (hdf5, folder / "other.npz")]
    pd.testing.assert_frame_equal(*tables)
    assert "E" not in set(tables[0]["space"])


def test_published_statistics_and_their_depth_are_told(folder):
    recipe = RECIPE.model_copy(update={"statistics": "published"})
    _, remarks = evaluate_file(
        folder / "other.npz", folder / "real.h5", embedding=None, recipe=recipe, device=CPU
    )
    assert any("impact point at a depth of 25.00 cm" in remark for remark in remarks)
    assert any("in 140 generated showers, " in remark for remark in remarks)


def test_differing_conditions_are_told(folder, tmp_path):
    arrays = arrays_of(folder / "other.npz")
    arrays["ParticleMomentum"] *= 2
    np.savez(tmp_path / "g.npz", **arrays)
    _, remarks = score(folder, tmp_path / "g.npz")
    (told,) = [remark for remark in remarks if "differ (" in remark]
    assert "pz_GeV" in told
    assert "x_cm" not in told


def test_bad_files_are_refused_with_the_errors_of_the_reader(folder, tmp_path):
    arrays = arrays_of(folder / "other.npz")

    def message(**changes):
        np.savez(tmp_path / "g.npz", **{**arrays, **changes})
        with pytest.raises(UserError) as error:
            score(folder, tmp_path / "g.npz")
        return str(error.value)

    broken = arrays["EnergyDeposit"].copy()
    broken[3, 0, 0] = np.nan
    assert "NaN or infinite: 1 values in 1 events (rows 3)" in message(EnergyDeposit=broken)
    broken[3, 0, 0] = -1
    told = message(EnergyDeposit=broken)
    assert "is negative: 1 values" in told
    assert "--negative-energy clip" in told
    assert score(folder, tmp_path / "g.npz", mend=True).metrics["n"].max() == 140
    assert "ParticlePoint has shape (140, 1)" in message(
        ParticlePoint=arrays["ParticlePoint"][:, :1]
    )
    with pytest.raises(UserError, match="does not exist"):
        score(folder, tmp_path / "nothing.npz")
    few = {key: value[:7] for key, value in arrays.items()}
    assert "7 showers are too few" in message(**few)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"energy": None}, "energy is missing; the file has momentum, point"),
        ({"energy": np.zeros((140, 28, 28))}, r"energy has shape \(140, 28, 28\)"),
        ({"point": np.zeros((3, 2))}, "point has 3 rows where energy has 140"),
        (
            {"momentum": np.full((140, 3), np.nan)},
            "momentum has NaN or infinite values in 140 of 140",
        ),
        ({"momentum": -np.ones((140, 3))}, "momentum has pz <= 0 in 140 of 140 showers"),
        ({"energy": np.full((140, 30, 30), -1.0)}, "energy is negative: 126000 values"),
    ],
)
def test_bad_hdf5_is_refused(folder, tmp_path, changes, told):
    path = as_hdf5(tmp_path / "g.h5", folder / "other.npz", **changes)
    with pytest.raises(UserError, match=told):
        list(read_showers(path))


def test_command_line_prints_a_table_and_writes_csv(folder, tmp_path):
    torch.manual_seed(0)
    save_embedding(EmbeddingRegressor(), tmp_path / "model.pt")
    out = tmp_path / "scores.csv"
    result = CliRunner().invoke(
        app,
        ["evaluate-file", "--generated", str(folder / "other.npz"), "--out", str(out),
         "--real", str(folder / "real.h5"), "--embedding", str(tmp_path / "model.pt"),
         "--recipe", '{"clusters": 4, "repeats": 2}', "--device", "cpu"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "PRD-AUC: bins-P" in result.stdout
    assert "K = 4" in result.stdout
    table = pd.read_csv(out)
    assert {"value", "event_sd", "ceiling", "ceiling_sd", "shuffled"} <= set(table)
    assert table["fraction_of_ceiling"].notna().any()


OF_RUN = {
    "clusters": 6, "repeats": 2, "seed": 5, "statistics": "published",
    "partition": {"kind": "quantiles", "bins": [2, 3]},
}  # fmt: skip


def command(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def run(folder, one_training):
    """A run with a generator of its own, scored with settings that are no defaults."""
    torch.manual_seed(0)
    save_embedding(EmbeddingRegressor(), folder / "model.pt")
    made = trained(network(1))
    save_generator(made.description, made.states, folder / "generator.pt")
    common = ("--embedding", folder / "model.pt", "--device", "cpu")
    made = folder / "reference"
    made.mkdir()
    (made / "recipe.json").write_text(json.dumps(OF_RUN))
    steps = (
        ("reference", "--data", folder / "real.h5", "--out", made / "features.h5",
         "--anchors", made / "anchors.csv", "--curves", made / "curves.csv",
         "--provenance", made / "provenance.json", "--recipe", made / "recipe.json", *common),
        ("evaluate", "--generator", folder / "generator.pt", "--reference", made / "features.h5",
         "--metrics", folder / "metrics.csv", "--curves", folder / "curves.csv",
         "--examples", folder / "examples.npz",
         "--recipe", json.dumps({**OF_RUN, "choose_by": "P"}), *common),
        ("generate", "--generator", folder / "generator.pt", "--conditions", made / "features.h5",
         "--seed", 2 * OF_RUN["seed"] + 1, "--out", folder / "g.npz", "--device", "cpu"),
    )  # fmt: skip
    for words in steps:
        done = command(*words)
        assert done.exit_code == 0, done.output
    return folder


def against_run(run, *more, out="g.csv"):
    words = ("--generated", run / "g.npz", "--reference", run / "reference/features.h5")
    return command("evaluate-file", *words, "--out", run / out, "--device", "cpu", *more)


def keyed(path):
    return pd.read_csv(path, dtype={"bin": str}).set_index(["metric", "space", "bin"])


def test_a_file_scores_as_in_the_run_whose_reference_is_given(run):
    done = against_run(run, "--provenance", run / "g.json")
    assert done.exit_code == 0, done.output
    found, scored = keyed(run / "g.csv"), keyed(run / "metrics.csv")
    scored, anchors = scored[scored["split"] == "test"], keyed(run / "reference/anchors.csv")
    assert set(found.index) == set(scored.index)
    assert {("prd_auc", "E", str(i)) for i in range(6)} < set(found.index)
    names = ["value", "sd", "event_sd", "n", "clusters", "flagged"]
    pd.testing.assert_frame_equal(found[names], scored.loc[found.index, names])
    for name in ("ceiling", "shuffled"):
        expected = anchors[anchors["anchor"] == name].loc[found.index]
        np.testing.assert_array_equal(found[name], expected["value"])
    spread = anchors[anchors["anchor"] == "ceiling"].loc[found.index, "spread"]
    np.testing.assert_array_equal(found["ceiling_sd"], spread)
    recorded = json.loads((run / "g.json").read_text())["recipe"]
    assert {key: recorded[key] for key in OF_RUN} == OF_RUN
    assert "published statistics, K = 6" in done.stdout


def test_a_recipe_that_is_not_the_run_s_is_refused(run):
    assert against_run(run, "--recipe", '{"clusters": 6}').exit_code == 0
    for option in ({"clusters": 20}, {"partition": {"kind": "rectangles"}}):
        done = against_run(run, "--recipe", json.dumps(option), out="none.csv")
        assert f"{next(iter(option))} is " in str(done.exception)
        assert not (run / "none.csv").exists()
    done = against_run(run, "--real", run / "real.h5")
    assert "leave out --real" in str(done.exception)
    done = command("evaluate-file", "--generated", run / "g.npz", "--out", run / "none.csv")
    assert "Give --reference" in str(done.exception)


def test_a_reference_whose_files_have_changed_is_refused(run, tmp_path):
    shutil.copytree(run, tmp_path / "run")
    (tmp_path / "run/model.pt").write_bytes(b"another")
    assert "model.pt, which its record names, is not what it was" in str(
        against_run(tmp_path / "run").exception
    )
    record = tmp_path / "run/reference/provenance.json"
    record.unlink()
    assert "no record (provenance.json)" in str(against_run(tmp_path / "run").exception)


def damaged(run, place, change):
    """Copy a run whose reference is changed, with a record that says nothing of it; return its reference."""
    shutil.copytree(run, place)
    path = place / "reference/features.h5"
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def lost(name):
    def change(file):
        del file[name]

    return change


def other(name, values):
    def change(file):
        del file[name]
        file[name] = values

    return change


DAMAGED = {
    "no P": (lost("test/spaces/P"), "spaces P of test: is missing"),
    "P of select": (lost("select/spaces/P"), "spaces P of select: is missing"),
    "no E": (lost("test/spaces/E"), "spaces E of test: is missing"),
    "other P": (other("test/spaces/P", np.zeros((150, 3))), r"spaces P of test: shape \(n, 3\)"),
    "flat P": (other("test/spaces/P", np.zeros(150)), r"spaces P of test: shape \(n,\)"),
    "no quantity": (lost("test/quantities/occupancy"), "quantities occupancy of test"),
    "conditions": (other("test/conditions", np.zeros((150, 4), "f4")), "conditions are no arrays"),
    "given": (
        other("generator_conditions/test/point", np.zeros((150, 3), "f4")),
        "conditions are no arrays",
    ),
    "scale": (other("scale/scale", np.ones(3)), "scale is not of 4 statistics"),
    "edges": (lambda file: file.attrs.update(energy_edges_GeV=[np.nan, 1]), "do not increase"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_evaluate_refuses_a_reference_that_does_not_fit(run, tmp_path, case):
    change, told = DAMAGED[case]
    path = damaged(run, tmp_path / "run", change)
    outs = [f"--{name}={tmp_path / name}" for name in ("metrics", "curves", "examples")]
    done = command(
        "evaluate", "--generator", run / "generator.pt", "--reference", path, *outs,
        "--recipe", json.dumps({**OF_RUN, "choose_by": "P"}), "--embedding", run / "model.pt",
        "--device", "cpu",
    )  # fmt: skip
    assert isinstance(done.exception, UserError), done.exception
    assert re.search(told, str(done.exception))
    assert not (tmp_path / "metrics").exists()


@pytest.mark.parametrize(("code", "told"), [(0, "select and test"), (1, "train and test")])
def test_a_data_set_with_an_empty_split_is_refused(folder, tmp_path, code, told):
    shutil.copy(folder / "real.h5", tmp_path / "real.h5")
    with h5py.File(tmp_path / "real.h5", "r+") as file:
        file["split"][:] = code
    with pytest.raises(UserError, match=f"no samples for {told}"):
        score(folder, folder / "other.npz", real=tmp_path / "real.h5")


def test_a_zero_of_either_sign_is_one_condition():
    conditions = np.array([[0, 1, 40, 0.0, 2], [1, 0, 40, 3, 0.0]], "f4")
    real, own = (SimpleNamespace(conditions=c) for c in (conditions, conditions[::-1].copy()))
    own.conditions[own.conditions == 0] = -0.0
    assert _twins(own, real).tolist() == [1, 0]
