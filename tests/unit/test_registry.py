"""The registry of metrics: found by itself, true of what is measured, and as documented."""

import importlib
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from showergan import metrics as general
from showergan.comparison.scorecard import scorecard
from showergan.config.evaluation import Evaluation
from showergan.errors import UserError
from showergan.evaluation.measure import COLUMNS, measure
from showergan.metrics.diversity import COLLAPSED
from showergan.metrics.features import NOT_FINITE, POINTS, QUANTITY, Features, ReferenceStatistics
from showergan.metrics.metric import Registry, Stage, metrics_in
from showergan.metrics.pair import Pair
from showergan.metrics.prd import prd_curves
from showergan.tasks.showers.metrics import METRICS

ROOT = Path(__file__).parents[2]
HEAD = "| metric | it asks | it is blind to |\n|---|---|---|\n"
RECIPE = Evaluation(clusters=4, repeats=2)
PLAIN = Registry(
    metrics=metrics_in(general),
    points={"plane": "plane"},
    quantities={"x": "x"},
    spaces={"high_level": "coordinates"},
    failures=(COLLAPSED,),
)


class Plane(ReferenceStatistics):
    """That of points in a plane, a task without conditions, bins or embedding."""


class Halves(Plane):
    n_bins = 2

    def bins(self, features):
        return (features.quantities["x"] > 0).astype(int)


def points(seed, n=80, **more):
    plane = np.random.default_rng(seed).normal(size=(n, 2))
    named = dict(zip("xy", plane.T, strict=True))
    parts = {"conditions": np.empty((n, 0), "f4"), "counts": {NOT_FINITE: 0}, "own": {}, **more}
    return Features(**{"spaces": {"plane": plane}, "quantities": named, **parts})


def measured(statistics, real=None, other=None, registry=PLAIN, **more):
    pair = Pair(real or points(1), other or points(2), statistics, RECIPE)
    return measure(pair, registry, **more)


def test_the_documentation_says_of_every_metric_what_it_sees():
    """And of no other; definitions are in the reference, which is made from the registry."""
    _, _, after = (ROOT / "docs/metrics.md").read_text().partition(HEAD)
    rows = after.partition("\n\n")[0].splitlines()
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(named) == sorted(metric.name for metric in METRICS)
    assert all(all(cell.strip() for cell in row.strip("|").split("|")) for row in rows)


def test_metrics_know_what_can_be_asked_of_them():
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names)) >= 20
    for metric in METRICS:
        assert metric.definition and metric.spaces
        assert metric.worst is None or metric.worst != metric.best
        if metric.worst is not None and metric.direction != "target":
            assert (metric.worst < metric.best) == (metric.direction == "higher"), metric.name
    titles = [entry.title for entry in METRICS.entries]
    assert len(titles) == len(set(titles)) >= 18
    assert titles[:4] == ["PRD-AUC: E", "PRD-AUC: bins-E", "PRD-AUC: P", "PRD-AUC: bins-P"]
    assert "W1 of total energy [MeV]" in titles


@pytest.mark.parametrize("reference_statistics", [Plane(), Halves()])
def test_a_task_without_conditions_or_embedding_is_measured(reference_statistics):
    table = measured(reference_statistics)
    assert list(table) == COLUMNS
    spaces = {"plane", "x", "y", "quantities", "high_level", "observables", "counts"}
    assert set(table["space"]) == spaces
    assert set(table["metric"]) == {metric.name for metric in PLAIN} | {NOT_FINITE}
    prd = table[table["metric"] == "prd_auc"].set_index("bin")["value"]
    own = ["all"] if reference_statistics.n_bins == 0 else ["0", "1", "all", "mean", "unflagged"]
    assert list(prd.index) == own
    assert 0 < prd["all"] < 1
    curves = prd_curves(Pair(points(1), points(2), reference_statistics, RECIPE))
    assert set(curves["space"]) == {"plane"}


def test_a_task_of_embeddings_alone_is_measured():
    """Pictures or texts without a quantity that anybody named."""
    only = {"spaces": {"E": np.random.default_rng(3).normal(size=(80, 3)).astype("f4")}}
    table = measured(Plane(), *(points(s, quantities={}, **only) for s in (1, 2)))
    assert set(table["space"]) == {"E", "counts"}
    assert {"prd_auc", "fpd", "coverage", "classifier_auc"} <= set(table["metric"])


def test_conditions_are_seen_by_the_classifier():
    first, second = np.zeros((80, 1), "f4"), np.ones((80, 1), "f4")
    pairs = [(points(1, conditions=first), points(2, conditions=c)) for c in (first, second)]
    same, other = (
        measured(Plane(), *pair).set_index("metric")["value"]["classifier_auc"] for pair in pairs
    )
    assert same < 0.8 < other


def test_each_stage_measures_more():
    tables = [measured(Plane(), stage=stage) for stage in Stage]
    kinds = [set(table["metric"]) for table in tables]
    assert kinds[0] == {"prd_auc", "f8", "f1_8", NOT_FINITE}
    assert kinds[0] < kinds[1] < kinds[2]
    assert {"mean", "diversity", "duplicates"} == kinds[1] - kinds[0]
    whole = tables[2].merge(tables[0], on=["metric", "space", "bin"])
    np.testing.assert_array_equal(whole["value_x"], whole["value_y"])


def test_what_is_measured_is_what_metrics_say(plane_table):
    """Else the documentation would name spaces that no row has."""
    for name, rows in plane_table.groupby("metric"):
        if name != NOT_FINITE:
            kinds = {POINTS: {"plane"}, QUANTITY: {"x", "y"}}
            said = set().union(*(kinds.get(space, {space}) for space in PLAIN[name].spaces))
            assert set(rows["space"]) == said & set(plane_table["space"]), name


@pytest.fixture(scope="module")
def plane_table():
    return measured(Halves())


NEW = """
from showergan.metrics.measured import Measured
from showergan.metrics.features import QUANTITY
from showergan.metrics.metric import Metric, Part

def rows(pair):
    for name, (real, other) in pair.quantities.items():
        yield "shift", name, "all", Measured(float(other.mean() - real.mean()), n=len(other))

SHIFT = Metric("shift", "difference of means", rows, (QUANTITY,), "target", 0, Part.QUANTITIES,
               shown={QUANTITY: {"all": "shift of {space}"}})
"""


@pytest.fixture
def with_shift(tmp_path, monkeypatch):
    (tmp_path / "further_metrics").mkdir()
    (tmp_path / "further_metrics/__init__.py").touch()
    (tmp_path / "further_metrics/shift.py").write_text(NEW)
    monkeypatch.syspath_prepend(tmp_path)
    further = importlib.import_module("further_metrics")
    yield Registry(metrics_in(general, further), {}, {"x": "x"}, {}, ())
    for name in ("further_metrics.shift", "further_metrics"):
        del sys.modules[name]


def test_a_new_metric_is_one_file(with_shift):
    table = measured(Plane(), registry=with_shift)
    shift = table[table["metric"] == "shift"].set_index("space")["value"]
    assert shift["x"] == pytest.approx(
        points(2).quantities["x"].mean() - points(1).quantities["x"].mean()
    )
    keys = {"architecture": "d", "method": "m", "learning_rates": "1_1", "seed": "1"}
    runs = [table.assign(split="test", epoch=3, **keys)]
    found = {"score": "plane", "selected_epoch": 3, "chosen": True, "diverged": False}
    summary = pd.DataFrame([{**keys, **found}])
    far = table.assign(anchor="untrained", value=table["value"] + 1, spread=np.nan)
    real = table.assign(anchor="ceiling", value=0.0, spread=0.1)
    card = scorecard(runs, pd.concat([real, far]), summary, "plane", with_shift)
    assert "E" not in set(card["space"])
    row = card.set_index("title").loc["shift of x"]
    assert row["position"] == pytest.approx(1 - abs(shift["x"]) / abs(shift["x"] + 1))


def test_two_metrics_of_one_name_are_refused():
    """The second would take the place of the first, in all tables and without a word."""
    home = importlib.import_module("showergan.metrics.diversity")
    again = ModuleType("again")
    again.DIVERSITY = home.DIVERSITY  # imported from its own file
    assert metrics_in(general, again) == metrics_in(general)
    again.OTHER = replace(home.DIVERSITY, best=2)
    with pytest.raises(
        UserError, match=r"^again has another metric with the name diversity: rename"
    ):
        metrics_in(general, again)


def test_samples_are_taken_apart_and_put_together():
    sample = points(1, own={"z": np.arange(80)}, counts={NOT_FINITE: 2})
    index = np.arange(80)
    both = sample.take(index[:30]).followed_by(sample.take(index[30:]))
    assert len(both) == 80
    np.testing.assert_array_equal(both.own["z"], index)
    np.testing.assert_array_equal(both.spaces["plane"], sample.spaces["plane"])
    np.testing.assert_array_equal(both.quantities["y"], sample.quantities["y"])
    assert both.counts == {NOT_FINITE: 4}


def test_numbers_of_one_computation_are_computed_once(monkeypatch):
    calls = []
    home = importlib.import_module("showergan.metrics.neighbours")
    original = home.equal_samples

    def counted(*samples):
        calls.append(samples)
        return original(*samples)

    monkeypatch.setattr(home, "equal_samples", counted)
    table = measured(Plane()).set_index("metric")["value"]
    assert table[["density", "coverage"]].gt(0).all()
    assert len(calls) == 1
