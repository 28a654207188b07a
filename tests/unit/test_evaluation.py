"""Reference and evaluation: real showers score like real showers, and nothing is lost on disk."""

import warnings
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from generators import trained

from showergan.config.evaluation import Evaluation
from showergan.config.networks import ShowerGenerator
from showergan.config.recipes.evaluation import Evaluate
from showergan.config.tasks.showers import Preparation
from showergan.errors import UserError
from showergan.evaluation import reference as references
from showergan.evaluation.anchors import anchors as measure_anchors
from showergan.evaluation.generated import evaluate
from showergan.evaluation.generator import generate
from showergan.evaluation.measure import COLUMNS, measure
from showergan.evaluation.reference import HELD_OUT
from showergan.metrics.conditional_prd import conditional_prd
from showergan.metrics.features import COUNTS, HIGH_LEVEL, POINTS, QUANTITY, Features
from showergan.metrics.pair import Pair
from showergan.metrics.prd import prd_curves
from showergan.networks.base import Generator, build
from showergan.tasks.showers import dataset, gflash
from showergan.tasks.showers.conditions import Conditioning
from showergan.tasks.showers.embedding import EmbeddingRegressor
from showergan.tasks.showers.figures.entry_points import held_out
from showergan.tasks.showers.figures.showers import read_examples
from showergan.tasks.showers.metrics import METRICS
from showergan.tasks.showers.reference_statistics import (
    ENERGY_BINS,
    LARGEST_ENERGY_MEV,
    OBSERVABLES,
    QUANTITIES,
    Scale,
    ShowerReferenceStatistics,
    energy_edges,
    features_of,
)
from showergan.tasks.showers.sample import Particles, Showers
from showergan.tasks.showers.shower_file import write_npz
from showergan.tasks.showers.statistics import physics_statistics
from showergan.tasks.showers.task import TASK

CPU = torch.device("cpu")


RECIPE = Evaluation(clusters=4, repeats=3)
CHOOSING = Evaluate(clusters=4, repeats=3, choose_by="P")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("data")
    write_npz(path / "s.npz", 400, gflash.simulate(400, seed=1))
    dataset.preprocess(path / "s.npz", path / "s.h5", Preparation(path="test", split_seed=1))
    return path


@pytest.fixture(scope="module")
def regressor():
    torch.manual_seed(0)
    return EmbeddingRegressor().eval()


@pytest.fixture(scope="module")
def reference(folder, regressor):
    return references.make_reference(folder / "s.h5", regressor, RECIPE, CPU)


@pytest.fixture(scope="module")
def anchors(folder, reference, regressor):
    return measure_anchors(folder / "s.h5", reference, regressor, RECIPE, CPU)


def test_reference_survives_a_round_trip(reference, tmp_path):
    path = tmp_path / "r.h5"
    references.save_reference(reference, path)
    loaded = references.load_reference(path)
    assert loaded.reference_statistics.rectangles == reference.reference_statistics.rectangles
    assert (
        loaded.reference_statistics.energy_edges_GeV
        == reference.reference_statistics.energy_edges_GeV
    )
    assert (
        loaded.reference_statistics.impact_depth_cm
        == reference.reference_statistics.impact_depth_cm
    )
    np.testing.assert_array_equal(
        loaded.reference_statistics.scale.scale, reference.reference_statistics.scale.scale
    )
    for split in HELD_OUT:
        ours, theirs = loaded.features[split], reference.features[split]
        assert ours.counts == theirs.counts
        for (name, one), (same, other) in zip(arrays(ours), arrays(theirs), strict=True):
            assert name == same  # in their order too
            np.testing.assert_array_equal(one, other)
        for given, kept_ in zip(
            reference.generator_conditions[split], loaded.generator_conditions[split], strict=True
        ):
            np.testing.assert_array_equal(given, kept_)
    np.testing.assert_array_equal(read_examples(path).energy, reference.examples.energy)
    partition, counts = held_out(path)
    assert partition == reference.reference_statistics.rectangles
    for split in HELD_OUT:
        bins = reference.reference_statistics.bins(reference.features[split])
        np.testing.assert_array_equal(counts[split], np.bincount(bins, minlength=partition.n_bins))


def test_foreign_files_are_refused(folder):
    with pytest.raises(UserError, match="does not exist"):
        references.load_reference(folder / "nothing.h5")
    with pytest.raises(UserError, match=r"is no HDF5 file|not written by `showergan reference`"):
        references.load_reference(folder / "s.h5")


def test_bins_come_from_the_training_rectangle(reference, folder):
    x_min, x_max, y_min, y_max = dataset.attributes(folder / "s.h5")["train_rectangle_cm"]
    partition = reference.reference_statistics.rectangles
    assert (partition.x_edges[0], partition.x_edges[-1]) == pytest.approx((x_min, x_max))
    assert (partition.y_edges[0], partition.y_edges[-1]) == pytest.approx((y_min, y_max))
    assert np.diff(partition.x_edges) == pytest.approx((x_max - x_min) / 3)


def test_statistics_are_taken_at_the_depth_of_the_training_showers(reference, folder):
    depth = dataset.attributes(folder / "s.h5")["shower_depth_cm"]
    assert reference.reference_statistics.impact_depth_cm == depth
    for split, features in reference.features.items():
        real = dataset.load(folder / "s.h5", split)
        expected = physics_statistics(real.energy, real.point, real.momentum, "corrected", depth)
        np.testing.assert_array_equal(features.spaces["P"], expected.values)
        first = [features.quantities[name] for name in QUANTITIES[:4]]
        np.testing.assert_array_equal(np.transpose(first), expected.values)
        assert not any(features.counts.values())


def test_published_statistics_are_taken_at_25_cm(folder):
    recipe = Evaluation(clusters=4, repeats=3, statistics="published")
    made = references.make_reference(folder / "s.h5", None, recipe, CPU)
    assert made.reference_statistics.impact_depth_cm == 25


def test_momentum_bins_hold_every_shower_once(reference):
    bins = reference.reference_statistics.energy_bins(reference.features["test"])
    assert len(bins) == ENERGY_BINS
    assert (np.sum(list(bins.values()), axis=0) == 1).all()
    assert min(mask.sum() for mask in bins.values()) > 8  # quantiles of training


@pytest.mark.parametrize(
    ("momenta", "n_bins"), [([5.0], 1), ([1.0, 1.0, 1.0, 9.0], 1), ([1, 2, 3], 2)]
)
def test_repeated_momenta_make_fewer_bins(reference, momenta, n_bins):
    sample = reference.features["test"].take(np.arange(60))
    sample.conditions[:] = 0
    sample.conditions[:, 2] = np.resize(momenta, 60)
    edges = energy_edges(Particles.from_array(sample.conditions).momentum_GeV)
    bins = replace(reference.reference_statistics, energy_edges_GeV=edges).energy_bins(sample)
    assert len(bins) >= n_bins
    assert sum(mask.sum() for mask in bins.values()) == 60


def test_momenta_that_read_alike_make_one_bin():
    """Bins of one label would be one row of a table, several times."""
    for spread in (0, 1e-7, 1e-4):
        momenta = 40 * (1 + spread * np.linspace(-1, 1, 100))
        reference_statistics = SimpleNamespace(energy_edges_GeV=energy_edges(momenta))
        assert len(reference_statistics.energy_edges_GeV) == 2
        sample = SimpleNamespace(conditions=np.c_[0 * momenta, 0 * momenta, momenta])
        [(label, inside)] = ShowerReferenceStatistics.energy_bins(
            reference_statistics, sample
        ).items()
        assert label == "40 GeV" and inside.all()


def test_what_is_defined_of_no_real_shower_tells_nothing_apart():
    """Physics statistics at normal incidence: no warning, no number, and no way to tell samples apart."""
    nothing = np.full(40, np.nan)
    energy = np.random.default_rng(0).normal(size=(2, 40))
    real, other = (
        Features({}, {"width": nothing, "energy": e}, np.zeros((40, 5)), {}, {}) for e in energy
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table, _ = Pair(real, other, None, RECIPE).standardised[HIGH_LEVEL]
        scale = Scale.of(np.full((40, 4), np.nan))
    assert table[:, 0].tolist() == [0] * 40 and np.isfinite(table).all()
    assert np.isnan(scale(np.zeros((1, 4)))).all()


def test_there_is_nothing_to_shuffle_where_all_conditions_are_alike(reference, folder, regressor):
    alike = replace(
        reference,
        generator_conditions={s: _alike(g) for s, g in reference.generator_conditions.items()},
    )
    table, curves = measure_anchors(folder / "s.h5", alike, regressor, RECIPE, CPU)
    assert set(table["anchor"]) == set(curves["anchor"]) == {"ceiling", "untrained"}


def _alike(given):
    return Particles(*(np.repeat(values[:1], len(values), axis=0) for values in given))


def test_features_do_not_depend_on_chunks(folder, regressor):
    whole = dataset.load(folder / "s.h5", "test")
    chunks = [whole.select(slice(0, 7)), whole.select(slice(7, None))]
    one, many = (features_of(c, regressor, "corrected", 5.7, CPU) for c in ([whole], chunks))
    for (_, ours), (_, theirs) in zip(arrays(one), arrays(many), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=1e-4)
    assert one.counts == many.counts


def test_standardised_statistics_have_unit_scale():
    rng = np.random.default_rng(0)
    statistics = rng.normal([1, 2, 3, 4], [0.1, 1, 10, 100], (20_000, 4))
    scaled = Scale.of(statistics)(statistics)
    assert scaled.mean(0) == pytest.approx(0, abs=0.05)
    assert scaled.std(0) == pytest.approx(1, rel=0.05)
    constant = Scale.of(np.ones((10, 4)))
    np.testing.assert_array_equal(constant(np.full((2, 4), 1.5)), 0.5)


def test_scale_ignores_invalid_statistics():
    statistics = np.random.default_rng(0).normal(size=(1000, 4))
    broken = np.vstack([statistics, np.full((50, 4), np.nan)])
    np.testing.assert_array_equal(Scale.of(broken).scale, Scale.of(statistics).scale)


def arrays(features):
    """Return all arrays of features by name, in their order."""
    kinds = ("spaces", "quantities", "own")
    named = [(kind, getattr(features, kind)) for kind in kinds]
    found = [(f"{kind}/{name}", array) for kind, of in named for name, array in of.items()]
    return [*found, ("conditions", features.conditions)]


def values_of(anchors, anchor, bin_="all"):
    rows = anchors[(anchors["anchor"] == anchor) & (anchors["bin"] == bin_)]
    return rows.set_index(["metric", "space"])["value"]


def test_real_showers_score_like_real_showers(anchors):
    table, _ = anchors
    ceiling = values_of(table, "ceiling")
    assert ceiling["prd_auc"].min() > 0.85
    assert set(ceiling["prd_auc"].index) == {"E", "P", "P_std"}
    assert ceiling["density"].between(0.8, 1.2).all()
    assert ceiling["coverage"].min() > 0.9
    assert ceiling["classifier_auc"].between(0.3, 0.7).all()
    assert ceiling["diversity", "high_level"] == pytest.approx(1, abs=0.15)
    assert ceiling["response_error", "energy"] < 0.02
    single = table["bin"].str.isdigit() & (table["metric"] == "prd_auc")
    assert table.loc[single & (table["n"] < 40), "flagged"].all()


def test_floors_lie_where_a_generator_fails(anchors, reference):
    (table, curves), select = anchors, reference.features["select"]
    ceiling, shuffled, untrained = (
        values_of(table, name) for name in ("ceiling", "shuffled", "untrained")
    )
    # Without regard to conditions the embedding cannot tell whose shower is whose.
    assert shuffled["prd_auc", "E"] == whole_values(reference, select)["prd_auc", "E"]
    assert shuffled["prd_auc", "P"] < ceiling["prd_auc", "P"] - 0.2
    bins = [values_of(table, name, "mean")["prd_auc", "P_std"] for name in ("ceiling", "shuffled")]
    assert bins[1] < bins[0] - 0.2
    for metric, space in (("classifier_auc", "high_level"), ("response_error", "energy")):
        assert ceiling[metric, space] + 0.2 < shuffled[metric, space]
    # These showers are empty.
    assert untrained["n_empty_image", "counts"] == 100
    assert untrained["mean", "occupancy"] == 0
    assert untrained["diversity", "high_level"] == 0
    assert untrained["duplicates", "observables"] == 1
    assert untrained["classifier_auc"].min() > 0.99
    assert set(curves["anchor"]) == {"ceiling", "shuffled", "untrained"}


def test_every_number_has_its_uncertainty(anchors):
    table, _ = anchors
    known = table[table["value"].notna() & (table["space"] != "counts")]
    known = known[(known["anchor"] == "ceiling") & (known["n"] > 10)]
    assert known["event_sd"].notna().all()
    repeated = known["metric"].isin(["prd_auc", "f8", "f1_8", "classifier_auc"])
    assert known.loc[repeated, "sd"].notna().all()


def test_what_is_measured_is_what_metrics_say(anchors):
    table, _ = anchors
    rows = table[table["space"] != COUNTS]
    assert set(rows["metric"]) == {metric.name for metric in METRICS}
    kinds = {POINTS: {"E", "P", "P_std"}, QUANTITY: set(QUANTITIES)}
    for name, own in rows.groupby("metric"):
        said = set().union(*(kinds.get(space, {space}) for space in METRICS[name].spaces))
        assert set(own["space"]) == said, name
    measured = rows.set_index(["metric", "space", "bin"]).index
    assert all(entry[:3] in measured for entry in METRICS.entries)


def table_of(reference, real, other):
    return measure(Pair(real, other, reference.reference_statistics, RECIPE), METRICS)


def test_sample_without_embedding_has_no_metric_of_it(folder):
    reference = references.make_reference(folder / "s.h5", None, RECIPE, CPU)
    features = reference.features
    table = table_of(reference, features["test"], features["select"])
    assert list(table.columns) == COLUMNS
    assert "E" not in set(table["space"])
    assert "residual_error" not in set(table["metric"])
    assert {"fpd", "kpd", "classifier_auc", "coverage"} <= set(table["metric"])


def first(particles, n):
    return Particles(particles.point[:n], particles.momentum[:n])


def test_generation_does_not_depend_on_company(reference):
    """Evaluation mode: BatchNorm's running statistics, not those of the batch."""
    torch.manual_seed(0)
    generator = build(ShowerGenerator(), (1, 30, 30), 7)
    real = Particles.from_array(reference.features["test"].conditions)

    def energy(n, seed):
        (made,) = generate(TASK, generator, Conditioning(), first(real, n), seed, CPU)
        return made.energy

    np.testing.assert_allclose(energy(3, 1), energy(100, 1)[:3], rtol=1e-4, atol=1e-5)
    assert not np.array_equal(energy(100, 2), energy(100, 1))


def test_batch_mode_depends_on_company(reference):
    torch.manual_seed(0)
    generator = build(ShowerGenerator(), (1, 30, 30), 7)
    real = Particles.from_array(reference.features["test"].conditions)
    whole, part = (
        next(generate(TASK, generator, Conditioning(), first(real, n), 1, CPU, "batch")).energy
        for n in (64, 3)
    )
    assert not np.allclose(part, whole[:3], rtol=1e-2)


class Exploding(Generator):
    """log1p energies 0, 500 and not-a-number in the first cell of three showers."""

    def forward(self, noise, condition):
        images = torch.zeros(len(noise), 1, 30, 30)
        images[1, 0, 0, 0], images[2, 0, 0, 0] = 500.0, torch.nan
        return images


def test_failures_are_clipped_and_counted(regressor):
    given = Particles(np.zeros((3, 2), "f4"), np.ones((3, 3), "f4"))
    exploding = Exploding(ShowerGenerator(), (1, 30, 30), 7)
    made = list(generate(TASK, exploding, Conditioning(), given, 1, CPU))
    assert np.isfinite(made[0].energy[1]).all()
    features = features_of(made, regressor, "corrected", 5.7, CPU)
    assert (features.counts["n_clipped_cells"], features.counts["n_not_finite"]) == (1, 1)
    total = features.quantities["total_energy_MeV"]
    assert total[1] == LARGEST_ENERGY_MEV
    assert np.isnan(total[2])


def test_infinite_energy_is_not_finite_and_clipped(regressor):
    energy = np.ones((2, 30, 30), "f4")
    energy[0, 3, 4] = np.inf
    showers = Showers(energy, np.zeros((2, 2), "f4"), np.ones((2, 3), "f4"), None)
    counts = features_of([showers], regressor, "corrected", 5.7, CPU).counts
    assert (counts["n_clipped_cells"], counts["n_not_finite"]) == (1, 1)


def test_evaluation_of_untrained_and_broken_generators(reference, regressor):
    torch.manual_seed(0)
    good, broken = (
        build(ShowerGenerator(), (1, 30, 30), 7),
        build(ShowerGenerator(), (1, 30, 30), 7),
    )
    with torch.no_grad():
        broken.upsample[-2].bias.fill_(torch.nan)
    scores = evaluate(trained(good, broken), reference, regressor, CHOOSING, CPU)
    metrics = scores.metrics
    assert list(metrics.columns) == ["epoch", "split", *COLUMNS]
    n = len(reference.features["test"])
    counted = metrics[(metrics["metric"] == "n_not_finite") & (metrics["split"] == "test")]
    assert counted.set_index("epoch")["value"].to_dict() == {1: 0, 2: n}
    auc = metrics[(metrics["metric"] == "prd_auc") & (metrics["bin"] == "all")]
    assert auc.loc[auc["space"] != "E", "value"].max() < 0.4  # the embedding here is untrained too
    nothing = auc[auc["epoch"] == 2].set_index("space")["value"]
    assert nothing["E"].max() == 0
    assert nothing["P"].max() == 0
    assert set(scores.curves["space"]) == {"E", "P", "P_std"}
    assert scores.examples["energy"].shape == (8, 30, 30)
    # Only PRD and invalid counts are measured on select, where epochs are chosen.
    select = metrics[metrics["split"] == "select"]
    assert set(select["metric"]) >= {"prd_auc", "n_empty_image"}
    assert "fpd" not in set(select["metric"])
    # Every metric at the epoch chosen on select; at the others what a course needs, and nothing made up.
    test = metrics[metrics["split"] == "test"]
    best = auc[(auc["split"] == "select") & (auc["space"] == "P")].set_index("epoch")["value"]
    assert best.idxmax() == 1
    everywhere = {
        "prd_auc",
        "mean",
        "diversity",
        "duplicates",
        "response",
        "residual_error",
        "n_not_finite",
    }
    for epoch, rows in test.groupby("epoch"):
        assert everywhere <= set(rows["metric"])
        assert ({"fpd", "classifier_auc", "wasserstein"} <= set(rows["metric"])) == (epoch == 1)
    again = evaluate(trained(good), reference, regressor, CHOOSING, CPU).metrics
    np.testing.assert_array_equal(again["value"], metrics.loc[metrics["epoch"] == 1, "value"])


def test_published_treatment_of_empty_bins_and_invalid_rows():
    rng = np.random.default_rng(0)
    real, other = rng.normal(size=(2, 90, 3))
    bins = np.arange(90) % 8  # the ninth bin is empty
    other[:30] = np.nan

    def mean_and_all(**options):
        recipe = Evaluation(clusters=4, repeats=3, **options)
        rows = conditional_prd(real, other, bins, bins, 9, recipe)["prd_auc"]
        return tuple(rows[name].value for name in ("mean", "all", "8"))

    mean, whole, empty = mean_and_all()
    mean_zero, whole_zero, empty_zero = mean_and_all(empty_bins="zero")
    assert np.isnan(empty)
    assert empty_zero == 0
    assert whole_zero == whole
    assert mean_zero == pytest.approx(mean * 8 / 9)
    assert mean_and_all(invalid_rows="drop")[1] > whole + 0.1


def test_an_exploding_generator_is_seen_where_prd_is_blind(reference):
    """Spec 7: PRD-AUC hardly notices a few showers of absurd energy."""
    real = reference.features["test"]
    calm = reference.features["select"]
    wild = calm.take(np.arange(len(calm)))
    wild.quantities["total_energy_MeV"][:3] = 1e10

    def value(sample):
        table = table_of(reference, real, sample)
        return table.set_index(["metric", "space", "bin"])["value"]

    before, after = value(calm), value(wild)
    assert after["prd_auc", "E", "all"] == before["prd_auc", "E", "all"]
    for metric, space in (("wasserstein", "total_energy_MeV"), ("fpd", "high_level"),
                          ("response_error", "energy")):  # fmt: skip
        assert after[metric, space, "all"] > 1e3 * abs(before[metric, space, "all"])


@pytest.mark.parametrize("distinct", [10, 40])
def test_a_repeating_generator_is_seen_where_prd_is_blind(reference, distinct):
    """A hundred showers made of few, each under its own conditions, so that only the images repeat."""
    select = reference.features["select"]
    drawn = np.random.default_rng(0).integers(distinct, size=len(select))
    images = {name: select.quantities[name][drawn] for name in OBSERVABLES}
    spaces = {"E": select.spaces["E"][drawn], "P": select.spaces["P"]}
    repeating = replace(select, quantities={**select.quantities, **images}, spaces=spaces)
    before, after = (whole_values(reference, sample) for sample in (select, repeating))
    assert after["prd_auc", "P"] == before["prd_auc", "P"]
    assert after["diversity", "high_level"] > 0.5
    assert before["duplicates", "observables"] < 0.1
    expected = 1 - (1 - 1 / distinct) ** (len(select) - 1)
    assert after["duplicates", "observables"] == pytest.approx(expected, abs=0.08)


def whole_values(reference, sample):
    table = table_of(reference, reference.features["test"], sample)
    return table[table["bin"] == "all"].set_index(["metric", "space"])["value"]


def test_curves_have_101_points_from_recall_to_precision(reference):
    samples = reference.features["test"], reference.features["select"]
    curves = prd_curves(Pair(*samples, reference.reference_statistics, RECIPE))
    for _, curve in curves.groupby("space"):
        assert len(curve) == 101
        assert curve["precision"].is_monotonic_increasing
        assert curve["recall"].is_monotonic_decreasing
        assert curve["precision"].iloc[0] < 1e-6 > curve["recall"].iloc[-1]


def test_undefined_statistics_are_a_difference(reference):
    select = reference.features["select"]
    undefined = select.take(np.arange(len(select)))
    centre = np.nanmean(reference.features["test"].quantities["centre_x_cm"])
    near = np.argsort(np.abs(undefined.quantities["centre_x_cm"] - centre))
    undefined.quantities["centre_x_cm"][near[:40]] = (
        np.nan
    )  # where the centre is put in their place
    before, after = (whole_values(reference, s) for s in (select, undefined))
    assert after["fpd", "high_level"] > before["fpd", "high_level"] + 0.1
    assert after["coverage", "high_level"] < before["coverage", "high_level"]


def test_undefined_statistics_lie_at_the_centre_of_real_showers(reference):
    select = reference.features["select"]
    far = select.take(np.arange(len(select)))
    centre = far.quantities["centre_x_cm"]
    centre += 100 * np.nanstd(centre)
    centre[::2] = np.nan
    # Half of the showers are 100 standard deviations off, half are none: (difference of means)^2 + (of sd)^2.
    fpd = whole_values(reference, far)["fpd", "high_level"]
    assert fpd == pytest.approx(50**2 + (np.sqrt(50**2 + 1) - 1) ** 2, rel=0.2)


def test_classifier_sees_whose_shower_it_is(reference):
    select = reference.features["select"]
    exchanged = select.take(np.arange(len(select)))
    exchanged.conditions[:, :3] = select.conditions[::-1, :3]
    before, after = (whole_values(reference, s) for s in (select, exchanged))
    assert after["classifier_auc", "high_level"] > before["classifier_auc", "high_level"] + 0.2
    assert after["fpd", "high_level"] == before["fpd", "high_level"]
