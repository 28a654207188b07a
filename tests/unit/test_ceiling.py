"""A perfect generator, a second simulation of what it is given, scores the ceiling in every metric."""

from functools import partial
from importlib import import_module

import numpy as np
import pytest
import torch
from generators import trained

from showergan.config.evaluation import Evaluation
from showergan.config.networks import ShowerGenerator
from showergan.config.recipes.evaluation import Evaluate
from showergan.config.tasks.showers import Preparation
from showergan.evaluation import generated
from showergan.evaluation.generator import TrainedGenerator
from showergan.evaluation.measure import measure
from showergan.evaluation.reference import make_reference
from showergan.metrics.metric import Stage
from showergan.metrics.pair import Pair
from showergan.networks.base import build
from showergan.tasks.showers import dataset, gflash
from showergan.tasks.showers.embedding import EmbeddingRegressor
from showergan.tasks.showers.metrics import METRICS
from showergan.tasks.showers.sample import Particles
from showergan.tasks.showers.shower_file import write_npz

pytestmark = pytest.mark.usefixtures("one_training")
CPU = torch.device("cpu")
ends = import_module("showergan.evaluation.anchors")  # the package gives its function
FAR = 6.0  # of a spread known from five draws; of some 60 metrics the farthest is off by 3 to 5
KEY = ["metric", "space", "bin"]


def recipe_of(conditions):
    return Evaluate(clusters=10, repeats=3, conditions=conditions, choose_by="E")


@pytest.fixture(scope="module")
def regressor():
    torch.manual_seed(0)
    return EmbeddingRegressor().eval()


def preprocessed(folder, record):
    write_npz(folder / "s.npz", 1200, gflash.simulate(1200, seed=1), record)
    dataset.preprocess(folder / "s.npz", folder / "s.h5", Preparation(path="test", split_seed=1))
    return folder / "s.h5"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return preprocessed(tmp_path_factory.mktemp("simulated"), gflash.record(0.1))


@pytest.fixture(scope="module")
def references(path, regressor):
    return {
        name: make_reference(path, regressor, recipe_of(name), CPU)
        for name in ("independent", "same")
    }


@pytest.fixture(scope="module")
def ceilings(path, references, regressor, one_training):
    made = {}
    for conditions, reference in references.items():
        test, select = (reference.features[split] for split in ("test", "select"))
        recipe = recipe_of(conditions)
        see = reference.extractor(regressor, recipe, CPU)
        name, pairs = ends.real_pairs(path, test, select, see, recipe)
        assert name == "ceiling"
        made[conditions] = ends.measure_draws(
            pairs, reference.reference_statistics, recipe, METRICS
        )
    return made


def distances(table, ceiling):
    """Return how far each metric of the whole sample is from the ceiling, in units of what one draw varies by."""
    rows = ceiling[ceiling["bin"].isin(["all", "mean"]) & (ceiling["space"] != "counts")]
    both = rows.merge(table, on=KEY, suffixes=("", "_found"), validate="1:1")
    assert len(both) == len(rows) > 50
    # The spread over draws, the k-means fits or trainings of one of them, and one shower more or less.
    parts = both["spread"], both["sd"].fillna(0), 1 / both["n"]
    away = (both["value_found"] - both["value"]).abs() / np.linalg.norm(parts, axis=0)
    return away.set_axis(both["metric"] + " " + both["space"]).dropna()


@pytest.mark.parametrize("conditions", ["independent", "same"])
def test_a_perfect_generator_scores_the_ceiling(
    references, regressor, ceilings, conditions, monkeypatch
):
    def simulate(generator, given, seed, device, mode, epoch=None):
        return gflash.resimulate(Particles(*given), 1000 + seed)

    monkeypatch.setattr(TrainedGenerator, "sampled", simulate)
    recipe, reference = recipe_of(conditions), references[conditions]
    generator = trained(build(ShowerGenerator(), (1, 30, 30), 7))
    scores = generated.evaluate(generator, reference, regressor, recipe, CPU).metrics
    away = distances(scores[scores["split"] == "test"], ceilings[conditions])
    assert away.max() < FAR, away.nlargest(5)
    assert away.median() < 1.5


def test_independent_showers_are_no_ceiling_for_the_same_particles(references, ceilings):
    """The experiment that the ceiling must not be: other particles on one side only."""
    recipe, reference = recipe_of("same"), references["same"]
    test, select = reference.features["test"], reference.features["select"]
    away = distances(
        measure(Pair(test, select, reference.reference_statistics, recipe), METRICS),
        ceilings["same"],
    )
    assert away["wasserstein total_energy_MeV"] > FAR
    assert (away > FAR).sum() > 10


def test_whose_particles_are_given(path, references):
    reference = references["independent"]
    select, test = (reference.features[split] for split in ("select", "test"))
    np.testing.assert_array_equal(
        reference.generator_conditions["test"].as_array, select.conditions
    )
    train = dataset.load(path, "train")
    given = reference.generator_conditions["select"]
    rows = {row.tobytes(): i for i, row in enumerate(train.momentum)}
    places = [rows[row.tobytes()] for row in given.momentum]
    assert len(set(places)) == len(select)
    np.testing.assert_array_equal(train.point[places], given.point)
    assert np.diff(places).min() < 0  # drawn: the file may be in any order
    for split, own in references["same"].generator_conditions.items():
        np.testing.assert_array_equal(
            own.momentum, references["same"].features[split].conditions[:, :3]
        )
    assert not np.isin(
        reference.generator_conditions["test"].momentum, test.conditions[:, :3]
    ).any()


def test_published_showers_have_no_ceiling_for_the_same_particles(path, regressor, tmp_path):
    """Without the mark of the simulation nothing can make their particles' showers again."""
    published = preprocessed(tmp_path, None)
    reference = make_reference(published, None, Evaluation(conditions="same"), CPU)
    features = reference.features["test"], reference.features["select"]
    for conditions, expected in (("same", "other_real"), ("independent", "ceiling")):
        recipe = Evaluation(conditions=conditions)
        see = reference.extractor(None, recipe, CPU)
        name, pairs = ends.real_pairs(published, *features, see, recipe)
        assert name == expected
        first = next(pairs)
        assert first == features  # the splits themselves
        both = np.sort(np.concatenate([s.quantities["total_energy_MeV"] for s in features]))
        for real, other in pairs:
            assert (len(real), len(other)) == tuple(map(len, features))
            found = np.sort(
                np.concatenate([s.quantities["total_energy_MeV"] for s in (real, other)])
            )
            np.testing.assert_array_equal(found, both)
            assert other.counts == features[1].counts


def test_draws_are_averaged(references, monkeypatch):
    measure_course = partial(measure, stage=Stage.EVERY_EPOCH)
    monkeypatch.setattr(ends, "measure", measure_course)  # cheaper
    reference, recipe = references["independent"], Evaluation(clusters=4, repeats=3)
    test, select = reference.features["test"], reference.features["select"]
    half = np.arange(150)
    pairs = [(test, select), (select, test), (test.take(half), select.take(half))]
    tables = [
        measure_course(Pair(*pair, reference.reference_statistics, recipe), METRICS)
        for pair in pairs
    ]
    table = ends.measure_draws(iter(pairs), reference.reference_statistics, recipe, METRICS)
    values = np.array([t["value"] for t in tables], float)
    measured = (table["space"] != "counts").to_numpy() & np.isfinite(values).all(axis=0)
    np.testing.assert_allclose(table["value"][measured], values.mean(axis=0)[measured])
    np.testing.assert_allclose(table["spread"][measured], values.std(axis=0, ddof=1)[measured])
    np.testing.assert_array_equal(table["n"], tables[0]["n"])
    counts = (table["space"] == "counts").to_numpy()
    np.testing.assert_array_equal(table["value"][counts], values[0][counts])
