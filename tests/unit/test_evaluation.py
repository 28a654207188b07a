"""Reference and evaluation: real showers score like real showers, and nothing is lost on disk."""

import numpy as np
import pytest
import torch

from showergan.config import Evaluation
from showergan.errors import UserError
from showergan.evaluation import reference as references
from showergan.evaluation.generated import LARGEST_ENERGY_MEV, evaluate, generate
from showergan.networks.embedding import EmbeddingRegressor
from showergan.networks.generator import Generator
from showergan.rendering.real import read_examples, read_partition
from showergan.showers import dataset, gflash
from showergan.showers.npz import write_npz
from showergan.training.snapshots import snapshot

CPU = torch.device("cpu")
RECIPE = Evaluation(clusters=4, repeats=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("data")
    write_npz(path / "s.npz", 400, gflash.simulate(400, seed=1))
    dataset.preprocess(
        path / "s.npz", path / "s.h5", source_name="test",
        negative_energy="error", split="permutation", split_seed=1,
    )  # fmt: skip
    return path


@pytest.fixture(scope="module")
def regressor():
    torch.manual_seed(0)
    return EmbeddingRegressor().eval()


@pytest.fixture(scope="module")
def reference(folder, regressor):
    return references.make_reference(folder / "s.h5", regressor, RECIPE, CPU)


def test_reference_survives_a_round_trip(reference, tmp_path):
    references.save_reference(reference, tmp_path / "r.h5")
    loaded = references.load_reference(tmp_path / "r.h5")
    assert loaded.partition == reference.partition == read_partition(tmp_path / "r.h5")
    for split in references.SPLITS:
        np.testing.assert_array_equal(loaded.condition(split), reference.condition(split))
        np.testing.assert_array_equal(loaded.features[split].bins, reference.features[split].bins)
        for space in references.SPACES:
            np.testing.assert_array_equal(
                loaded.features[split].spaces[space], reference.features[split].spaces[space]
            )
    np.testing.assert_array_equal(
        read_examples(tmp_path / "r.h5").energy, reference.examples.energy
    )


def test_foreign_files_are_refused(folder):
    with pytest.raises(UserError, match="no such file"):
        references.load_reference(folder / "nothing.h5")
    with pytest.raises(UserError, match="not written by `showergan reference`"):
        references.load_reference(folder / "s.h5")


def test_bins_come_from_the_training_rectangle(reference, folder):
    x_min, x_max, y_min, y_max = dataset.attributes(folder / "s.h5")["train_rectangle_cm"]
    partition = reference.partition
    assert (partition.x_edges[0], partition.x_edges[-1]) == pytest.approx((x_min, x_max))
    assert (partition.y_edges[0], partition.y_edges[-1]) == pytest.approx((y_min, y_max))
    assert np.diff(partition.x_edges) == pytest.approx((x_max - x_min) / 3)


def test_standardised_statistics_have_unit_scale():
    rng = np.random.default_rng(0)
    statistics = rng.normal([1, 2, 3, 4], [0.1, 1, 10, 100], (20_000, 4))
    scaled = references.Scale.of(statistics)(statistics)
    assert scaled.mean(0) == pytest.approx(0, abs=0.05)
    assert scaled.std(0) == pytest.approx(1, rel=0.05)


def test_scale_ignores_invalid_statistics():
    statistics = np.random.default_rng(0).normal(size=(1000, 4))
    broken = np.vstack([statistics, np.full((50, 4), np.nan)])
    np.testing.assert_array_equal(
        references.Scale.of(broken).scale, references.Scale.of(statistics).scale
    )


def test_ceilings_are_near_one_for_many_events(reference):
    ceilings = references.ceilings(reference, RECIPE)
    whole = ceilings[ceilings["bin"] == "all"]
    assert whole["prd_auc"].min() > 0.85
    assert set(ceilings["space"]) == {"E", "P", "P_std"}
    assert len(ceilings) == 3 * 11
    assert ceilings.loc[ceilings["n"] < 40, "flagged"].all()


def test_generation_does_not_depend_on_company(reference):
    """Evaluation mode: BatchNorm's running statistics, not those of the batch."""
    torch.manual_seed(0)
    generator, condition = Generator(), reference.condition("test")
    whole = generate(generator, condition, 1, CPU).energy
    np.testing.assert_allclose(
        generate(generator, condition[:3], 1, CPU).energy, whole[:3], rtol=1e-4, atol=1e-5
    )
    assert not np.array_equal(generate(generator, condition, 2, CPU).energy, whole)


class Exploding(torch.nn.Module):
    """log1p energies 0, 50 and not-a-number in the first cell of three showers."""

    def forward(self, noise, condition):
        images = torch.zeros(len(noise), 1, 30, 30)
        images[1, 0, 0, 0], images[2, 0, 0, 0] = 50.0, torch.nan
        return images


def test_failures_are_clipped_and_counted():
    made = generate(Exploding(), np.zeros((3, 7), "f4"), 1, CPU)
    assert (made.n_clipped_cells, made.n_not_finite) == (1, 1)
    assert made.energy[1].max() == pytest.approx(LARGEST_ENERGY_MEV, rel=1e-5)
    assert np.isnan(made.energy[2, 0, 0])


def test_evaluation_of_untrained_and_broken_generators(reference, regressor):
    torch.manual_seed(0)
    good, broken = Generator(), Generator()
    with torch.no_grad():
        broken.upsample[-2].bias.fill_(torch.nan)
    scores = evaluate({0: snapshot(good), 1: snapshot(broken)}, reference, regressor, RECIPE, CPU)
    metrics = scores.metrics
    assert list(metrics.columns[:8]) == [
        "epoch", "split", "metric", "space", "bin", "value", "sd", "n",
    ]  # fmt: skip
    n = len(reference.point["test"])
    counted = metrics[(metrics["metric"] == "n_not_finite") & (metrics["split"] == "test")]
    assert counted.set_index("epoch")["value"].to_dict() == {0: 0, 1: n}
    auc = metrics[(metrics["metric"] == "prd_auc") & (metrics["bin"] == "all")]
    assert auc.loc[auc["space"] != "E", "value"].max() < 0.4  # the embedding here is untrained too
    nothing = auc[auc["epoch"] == 1].set_index("space")["value"]
    assert nothing["E"].max() == 0
    # Real showers whose statistics are undefined share the extra cluster of what is not a number.
    assert nothing["P"].max() < 0.2
    assert set(scores.curves["space"]) == {"E", "P", "P_std"}
    assert scores.examples.shape == (8, 30, 30)
    again = evaluate({0: snapshot(good)}, reference, regressor, RECIPE, CPU).metrics
    np.testing.assert_array_equal(again["value"], metrics.loc[metrics["epoch"] == 0, "value"])


def test_batch_mode_depends_on_company(reference):
    torch.manual_seed(0)
    generator, condition = Generator(), reference.condition("test")
    whole = generate(generator, condition, 1, CPU, "batch").energy
    part = generate(generator, condition[:3], 1, CPU, "batch").energy
    assert not np.allclose(part, whole[:3], rtol=1e-2)


def test_published_treatment_of_empty_bins_and_invalid_rows():
    rng = np.random.default_rng(0)
    real, other = rng.normal(size=(2, 90, 3))
    bins = np.arange(90) % 8  # the ninth bin is empty
    other[:30] = np.nan

    def mean_and_all(**options):
        recipe = Evaluation(clusters=4, repeats=3, **options)
        table = references.score(real, other, bins, bins, recipe).set_index("bin")["prd_auc"]
        return table["mean"], table["all"], table["8"]

    mean, whole, empty = mean_and_all()
    mean_zero, whole_zero, empty_zero = mean_and_all(empty_bins="zero")
    assert np.isnan(empty)
    assert empty_zero == 0
    assert whole_zero == whole
    assert mean_zero == pytest.approx(mean * 8 / 9)
    assert mean_and_all(invalid_rows="drop")[1] > whole + 0.1
