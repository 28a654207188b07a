"""The trained generators of the repository are those that their page says."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from snakemake.utils import update_config

from showergan.config.recipes.found import RECIPES
from showergan.config.whole import parse_config
from showergan.records.published import METRICS, read_metrics

ROOT = Path(__file__).parents[2]
LAST = "6"  # epoch of the study
NAMED = re.compile(r'"(\w+)": {"method": "(\w+)", "learning_rates": "([\w.-]+)", "seed": (\d+)},')


@pytest.fixture(scope="module")
def named():
    """The trainings by the folder of their generator, as the template of the page has them."""
    text = (ROOT / "workflow/study/trained_generators.md").read_text()
    return {folder: (m, rates, int(seed)) for folder, m, rates, seed in NAMED.findall(text)}


@pytest.fixture(scope="module")
def on_select():
    """bins-P on select of the trainings with the small discriminator that choose rates, a column per epoch."""
    found = {}
    for run, columns in read_metrics(ROOT / "resources/study" / METRICS).items():
        architecture, method, rates, seed = run.split("/")
        number = int(seed.removeprefix("seed"))
        if architecture != "small" or number > 200:
            continue
        rows = pd.DataFrame(columns)
        rows = rows[(rows["split"] == "select") & (rows["metric"] == "prd_auc")]
        rows = rows[(rows["space"] == "P") & (rows["bin"] == "mean")]
        found[method, rates, number] = rows.set_index("epoch")["value"].astype(float)
    return pd.DataFrame(found).T.rename_axis(["method", "rates", "seed"])


def test_they_are_the_best_the_worst_and_the_median_of_sn(named, on_select):
    chosen = on_select.max(axis=1).groupby(["method", "rates"]).mean().groupby("method").idxmax()
    at_chosen = on_select[[index[:2] in set(chosen) for index in on_select.index]]
    assert len(at_chosen) == 17 * 5 + 10  # the baseline has fifteen
    best_last = at_chosen[at_chosen.idxmax(axis=1) == LAST][LAST]
    of_sn = at_chosen.loc["sn"][LAST].sort_values()
    assert named == {
        "best": best_last.idxmax(),
        "sn": ("sn", *of_sn.index[len(of_sn) // 2]),
        "worst": best_last.idxmin(),
    }


@pytest.mark.parametrize("folder", ["best", "sn", "worst"])
def test_their_recipes_are_of_these_trainings(folder, named):
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    update_config(raw, yaml.safe_load((ROOT / "experiments/study.yaml").read_text()))
    method, rates, seed = named[folder]
    of = {"architecture": "small", "method": method, "rates": rates, "seed": str(seed)}
    recipe = json.loads((ROOT / "resources/generators" / folder / "recipe.json").read_text())
    assert recipe == json.loads(json.dumps(RECIPES["train"].of(parse_config(raw), **of).whole()))
