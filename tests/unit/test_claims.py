"""Claims that one method is better than another, tested by their own two methods."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy import stats

from showergan.comparison.claims import claims, order_of_methods, protocol
from showergan.config.evaluation import Claim
from showergan.config.recipes.comparison import Claims

SAYS = {
    "helps": {"says": "A helps.", "method": "a", "than": "sn"},
    "hurts": {"says": "B helps.", "method": "b", "than": "sn"},
    "same": {"says": "C helps.", "method": "c", "than": "b"},
}
RECIPE = Claims(
    baseline="sn",
    null="sn_null",
    margins={"E": 0.05},
    claims={name: Claim(**claim) for name, claim in SAYS.items()},
)
MEANS = {"sn": 0.7, "a": 0.8, "b": 0.6, "c": 0.6}


def make_runs(architectures=("small",), n=12, sd=0.02, means=MEANS, **changes):
    """Return a run per seed of each method, whose best epoch is better by a little."""
    rng = np.random.default_rng(4)
    rows = [
        {
            **{"architecture": architecture, "method": method, "seed": seed, "score": "E"},
            **{"learning_rates": "0.001_0.001", "chosen": True, "failed": False},
            **{"selected": value, "max": value + 0.01},
        }
        | changes
        for architecture in architectures
        for method, mean in means.items()
        for seed, value in enumerate(rng.normal(mean, sd, n))
    ]
    return pd.DataFrame(rows)


def test_a_claim_is_supported_contradicted_or_neither():
    found = claims(make_runs(), RECIPE).set_index("claim")
    assert found["verdict"].to_dict() == {
        "helps": "supported",
        "hurts": "contradicted",
        "same": "equivalent",
    }
    assert found.loc["same", "baseline"] == "b"
    assert found["says"].tolist() == [claim["says"] for claim in SAYS.values()]


def test_p_values_are_corrected_for_the_number_of_claims():
    found = claims(make_runs(sd=0.2), RECIPE)
    assert found["p_holm"].min() == pytest.approx(min(1, 3 * found["p_value"].min()))
    assert (found["verdict"] == "undecided").all()


def test_the_difference_is_that_of_the_two_methods():
    runs = make_runs()
    found = claims(runs, RECIPE).set_index("claim")
    x, y = (runs.loc[runs["method"] == name, "selected"] for name in ("c", "b"))
    expected = stats.ttest_ind(x, y, equal_var=False).confidence_interval()
    row = found.loc["same"]
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))


def test_areas_are_claims_of_their_own():
    both = [make_runs(learning_rates=f"0.001_{rate}") for rate in ("0.01", "0.001")]
    both[0]["chosen"] = False
    found = claims(pd.concat(both), RECIPE)
    assert sorted(set(found["learning_rates"])) == ["all", "chosen"]
    assert set(found.loc[found["learning_rates"] == "all", "score"]) == {"area of E"}


def test_a_family_of_claims_says_how_many_seeds_it_needs():
    """The smallest p of two samples of n is 2 over n from 2n: 2/252 for five, of which Holm makes 8 times as much."""
    eight = {f"claim {i}": Claim(**SAYS["helps"]) for i in range(8)}
    found = claims(make_runs(n=5), RECIPE.model_copy(update={"claims": eight, "margins": {}}))
    assert set(found["verdict"]) == {"too few seeds"}
    assert set(found["n_needed"]) == {6}  # 8 * 2/924


def test_a_claim_about_a_method_that_was_left_out_is_not_tested():
    found = claims(make_runs(means={"sn": 0.7, "a": 0.8}), RECIPE)
    assert found["claim"].tolist() == ["helps"]


def test_few_seeds_say_the_opposite_as_often_as_chance_has_it():
    """The difference of two means of five of normal scores, seeds being many."""
    runs = make_runs(n=2000, sd=0.1, means={"sn": 0.7, "a": 0.75})
    table = protocol(runs, claims(runs, RECIPE), RECIPE.model_copy(update={"draws": 4000}))
    [row] = table.to_dict("records")
    expected = stats.norm.cdf(0.05 / (0.1 * np.sqrt(2 / 5)))
    assert row["says_better"] == pytest.approx(expected, abs=0.03)
    assert row["verdict"] == "supported"


def test_of_as_many_seeds_as_are_drawn_each_draw_differs():
    """All ways to draw two of two scores with replacement, for each of two methods."""
    runs = make_runs(n=2, means={"sn": 0.7, "a": 0.8})
    runs["max"] = [0.0, 1.0, 0.3, 0.9]
    recipe = RECIPE.model_copy(update={"seeds": 2, "draws": 20_000})
    [row] = protocol(runs, claims(runs, recipe), recipe).to_dict("records")
    of_sn, of_a = [0, 0.5, 0.5, 1], [0.3, 0.6, 0.6, 0.9]
    wins = np.mean([(a > sn) + (a == sn) / 2 for a in of_a for sn in of_sn])
    assert row["says_better"] == pytest.approx(wins, abs=0.02)


def test_the_protocol_looks_at_the_best_epoch():
    runs = make_runs(means={"sn": 0.7, "a": 0.8})
    runs.loc[runs["method"] == "sn", "max"] = 0.9
    [row] = protocol(runs, claims(runs, RECIPE), RECIPE).to_dict("records")
    assert row["says_better"] == 0


def test_without_seeds_enough_the_protocol_says_nothing():
    runs = make_runs(n=4)
    assert protocol(runs, claims(runs, RECIPE), RECIPE).empty


def test_architectures_agree_or_not_on_the_order_of_methods():
    runs = make_runs(("small", "standard"), sd=0.001)
    [row] = order_of_methods(runs, RECIPE).to_dict("records")
    assert (row["n_methods"], row["architecture"], row["other"]) == (4, "small", "standard")
    assert row["low"] <= row["tau"] <= row["high"] and row["tau"] > 0.6  # b and c are equal
    turned = runs.assign(mean=runs["selected"])
    turned.loc[turned["architecture"] == "standard", "mean"] *= -1
    of_mean = RECIPE.model_copy(update={"column": "mean"})
    [row] = order_of_methods(turned, of_mean).to_dict("records")
    assert row["tau"] < -0.6


def test_two_methods_have_no_order():
    runs = make_runs(("small", "standard"), means={"sn": 0.7, "a": 0.8})
    [row] = order_of_methods(runs, RECIPE).to_dict("records")
    assert row["n_methods"] == 2 and np.isnan(row["tau"])


def test_a_claim_names_two_methods():
    with pytest.raises(ValidationError, match="than"):
        Claim(says="SN helps.", method="sn")
