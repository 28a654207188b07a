"""A search of learning rates: what is trained with the seeds that choose, and then with those that test."""

import pandas as pd
import pytest
import yaml
from copies import ROOT, copy_of_the_workflow

CHOOSE, TEST, BASELINE = 1, 2, 3  # seeds
METHODS = ("clipping", "sn")
GRID = {"generator": [1e-3], "discriminator": [1e-3, 1e-4]}
TARGETS = ("results/toys/verdicts.csv", "results/toys/figures/generated_points.png")


class Searched:
    """A workflow on points in a plane, its runs, and the trainings and evaluations that each of them does."""

    def __init__(self, folder):
        self.workflow = copy_of_the_workflow(folder)
        self.results = folder / "results/toys"
        raw = yaml.safe_load((ROOT / "experiments/toys.yaml").read_text())
        raw["data"]["n_points"] = 64
        raw["methods"] = {name: raw["methods"][name] | {"learning_rates": None} for name in METHODS}
        raw["learning_rate_search"] = GRID
        raw["training"] |= {"epochs": 2, "batch_size": 16, "evaluate": {"first": 2, "every": 1}}
        raw["training"]["seeds"] = {"choose": [CHOOSE], "test": [TEST], "baseline": [BASELINE]}
        raw["evaluation"] = {"clusters": 2, "repeats": 2}
        self.raw = raw

    def run(self):
        """Run it; return the trainings and the evaluations that were done, as method, pair and seed."""
        before = self._made()
        self._configure()
        self.workflow.snakemake("--cores", "1", *TARGETS, configfile="small.yaml")
        after = self._made()
        return [
            {run for run, time in after[step].items() if before[step].get(run) != time}
            for step in after
        ]

    def planned(self):
        self._configure()
        return self.workflow.would_run("--cores", "1", *TARGETS, configfile="small.yaml")

    def chosen(self):
        grid = pd.read_csv(self.results / "learning_rates.csv")
        return grid[grid["chosen"]].set_index("method")["learning_rates"].to_dict()

    def _configure(self):
        (self.workflow.folder / "small.yaml").write_text(yaml.safe_dump(self.raw))

    def _made(self):
        return {
            step: {
                (path.parts[-4], path.parts[-3], int(path.parts[-2].removeprefix("seed"))): (
                    path.stat().st_mtime_ns
                )
                for path in self.results.glob(f"{step}/*/*/*/*/provenance.json")
            }
            for step in ("train", "evaluate")
        }

    def expected_tests(self, *methods):
        of = {"clipping": (TEST,), "sn": (TEST, BASELINE)}
        return {(name, self.chosen()[name], seed) for name in methods for seed in of[name]}


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """And what its first run did."""
    own = Searched(tmp_path_factory.mktemp("searched"))
    planned = own.planned()
    return own, planned, own.run()


TRIED = {(m, f"0.001_{d:g}", CHOOSE) for m in METHODS for d in GRID["discriminator"]}


def test_fresh_seeds_are_trained_at_the_chosen_pair_alone(searched):
    own, planned, (trained, evaluated) = searched
    assert planned["train_gan"] == len(TRIED)
    assert trained == evaluated == TRIED | own.expected_tests(*METHODS)
    summary = pd.read_csv(own.results / "summary.csv")
    assert set(summary.loc[summary["chosen"], "seed"]) == {TEST, BASELINE}
    assert set(summary.loc[summary["tried"], "seed"]) == {CHOOSE}
    assert set(summary.loc[summary["chosen"], "learning_rates"]) == set(own.chosen().values())
    assert own.planned() == {}


def test_the_same_choice_trains_nothing(searched):
    """Also where it is made anew; the table of pairs then is as it was."""
    own, *_ = searched
    (own.results / "learning_rates.csv").touch()
    assert own.planned() == {}
    before = own.chosen()
    own.raw["evaluation"]["events_per_cluster"] = 5  # no score changes
    trained, evaluated = own.run()
    assert own.chosen() == before
    assert not trained
    assert evaluated == TRIED | own.expected_tests(*METHODS)
    assert own.planned() == {}


def test_another_choice_trains_that_method_alone(searched):
    own, *_ = searched
    before = own.chosen()
    for path in own.results.glob(f"evaluate/*/sn/{before['sn']}/seed{CHOOSE}/metrics.csv"):
        metrics = pd.read_csv(path, dtype=str, keep_default_na=False)
        metrics.loc[metrics["metric"] == "prd_auc", "value"] = "0.0"
        metrics.to_csv(path, index=False)
    trained, evaluated = own.run()
    assert own.chosen()["sn"] != before["sn"]
    assert own.chosen()["clipping"] == before["clipping"]
    assert trained == evaluated == own.expected_tests("sn")
    assert own.planned() == {}
