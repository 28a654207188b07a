"""A published value stands beside ours only where the setting agrees."""

import copy
from pathlib import Path

import pandas as pd
import pytest
from snakemake.common.configfile import load_configfile
from snakemake.utils import update_config

from showergan.config.whole import parse_config
from showergan.report.exhibits import read_published
from showergan.report.tables.published import differences, layout, numbers, with_published

ROOT = Path(__file__).parents[2]
OF_DISCRIMINATOR = {"standard": "paper", "small": "small_discriminator"}


def raw_config(experiment):
    raw = {}
    for name in ("config", "experiments/all_methods", f"experiments/{experiment}"):
        update_config(raw, load_configfile(ROOT / f"{name}.yaml"))
    return copy.deepcopy(raw)


@pytest.fixture(scope="module")
def published():
    return read_published(ROOT / "src/showergan/report/tables/published.csv")


def of(published, method, score="bins-E", table=2):
    row = (
        (published["method"] == method)
        & (published["score"] == score)
        & (published["table"] == table)
    )
    return published[row]


def row_of(published, config, method, learning_rates=None):
    """Return the row of a table of ours at the method's own learning rates, or at others."""
    ours = pd.DataFrame(
        {
            "architecture": config.training.discriminator.name,
            "method": [method],
            "learning_rates": learning_rates or config.own_learning_rates[method],
            "score": "bins-E",
        }
    )
    settings = {method: config.setting(method)}
    return with_published(ours, of(published, method), settings).iloc[0]


@pytest.mark.parametrize("discriminator", OF_DISCRIMINATOR)
def test_the_experiments_are_the_published_settings(published, discriminator):
    """Every value that is published can be compared with that of its experiment."""
    config = parse_config(raw_config(OF_DISCRIMINATOR[discriminator]))
    rows = published[published["architecture"] == discriminator]
    assert len(rows) == {"standard": 22, "small": 21}[discriminator]
    for row in rows.to_dict("records"):
        stated = {k: v for k, v in row.items() if k == "data" or "." in k or k == "learning_rates"}
        method = row["method"]
        ours = {**config.setting(method), "learning_rates": config.own_learning_rates[method]}
        assert differences(stated, ours) == "", method
        assert len(stated) == 22


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"evaluation": {"clusters": 20}}, "evaluation.clusters 50, here 20"),
        ({"evaluation": {"statistics": "corrected"}}, "evaluation.statistics published, here"),
        (
            {"evaluation": {"conditions": "independent"}},
            "evaluation.conditions same, here independent",
        ),
        ({"evaluation": {"partition": {"bins": [2, 2]}}}, "evaluation.partition"),
        ({"training": {"epochs": 100}}, "training.epochs 150, here 100"),
        ({"training": {"batch_size": 32}}, "training.batch_size 200, here 32"),
        ({"training": {"n_critic": 2}}, "training.n_critic 5, here 2"),
        (
            {"training": {"optimiser": {"kind": "adam"}}},
            "training.optimiser {kind: rmsprop}, here {kind: adam}",
        ),
        (
            {"methods": {"sn_coef_l2_offset": {"optimiser": {"kind": "adam"}}}},
            "training.optimiser {kind: rmsprop}, here {kind: adam}",
        ),
        (
            {"methods": {"sn_coef_l2_offset": {"loss": {"kind": "gan"}}}},
            "method.loss {kind: wasserstein}, here {kind: gan}",
        ),
        ({"training": {"conditions": "scaled"}}, "training.conditions raw, here scaled"),
        ({"data": {"frame": "particle"}}, "representation.frame detector, here particle"),
        ({"data": {"energy": "response"}}, "representation.energy raw, here response"),
        ({"training": {"warm_up": 100}}, "training.warm_up none, here 100"),
        ({"training": {"generator_average": 0.9}}, "training.generator_average none, here 0.9"),
        ({"data": {"source": "simulate"}}, "data caloGAN_case11_5D_120K.npz, here simulate"),
        (
            {"methods": {"sn_coef_l2_offset": {"penalty": {"offset": 1}}}},
            "method.penalty {kind: power, p: 2, weight: 0.001, offset: 2}, "
            "here {kind: power, weight: 0.001, p: 2.0, offset: 1.0}",
        ),
        (
            {"methods": {"sn_coef_l2_offset": {"penalty": None}}},
            "method.penalty {kind: power, p: 2, weight: 0.001, offset: 2}, here none",
        ),
        (
            {"methods": {"sn_coef_l2_offset": {"learning_rates": {"generator": 1e-4}}}},
            "learning_rates 0.001_1e-05, here 0.0001_1e-05",
        ),
    ],
)
def test_any_difference_is_told(published, change, told):
    raw = raw_config("paper")
    assert row_of(published, parse_config(raw), "sn_coef_l2_offset")["published_differs"] == ""
    raw["methods"]["sn_coef_l2_offset"]["further_learning_rates"] = []
    update_config(raw, change)
    differs = row_of(published, parse_config(raw), "sn_coef_l2_offset")["published_differs"]
    assert told in differs
    assert ";" not in differs


def test_what_the_sources_do_not_say_is_not_compared(published):
    """The published code may be what made the values; the paper does not tell the two apart."""
    raw = raw_config("paper")
    update_config(raw, {"methods": {"sn": {"normaliser": {"sigma_gradient": "detached"}}}})
    assert row_of(published, parse_config(raw), "sn")["published_differs"] == ""


def test_published_value_of_another_setting_leaves_its_cell_empty(published):
    config = parse_config(raw_config("paper"))
    summary = pd.DataFrame(
        {
            "architecture": "standard",
            "method": "sn",
            "learning_rates": ["0.001_1e-05", "0.001_0.0001"],
            "seed": 1,
            "score": "bins-E",
            **{"max": 0.7, "selected": 0.6, "last": 0.6},
            **{"unflagged": 0.6, "ceiling_sd": 0.01, "other_real": None},
            **{"ceiling": 0.9, "shuffled": 0.3, "untrained": 0.1, "fraction_of_ceiling": 0.6},
            **{"ceiling_sd": 0.01, "other_real": 0.8, "unflagged": 0.6},
            **{"failed": False, "n": 100, "clusters": 50},
        }
    )
    settings = {"sn": config.setting("sn")}
    table = numbers(summary, of(published, "sn"), ["bins-E"], settings)
    (rows,) = layout(table, {"sn": "vanilla SN"}).values()
    assert rows["published max"].tolist() == ["0.766 ± 0.040", ""]
    assert rows.loc[1].str.contains("0.766").sum() == 0
    # The file keeps both, and says why.
    assert table["published"].tolist() == [0.766, 0.766]
    assert table["published.learning_rates"].tolist() == ["0.001_1e-05"] * 2
    assert table["published_differs"].tolist() == [
        "",
        "learning_rates 0.001_1e-05, here 0.001_0.0001",
    ]


def test_failed_seeds_stand_beside_the_mean_of_the_others(published):
    config = parse_config(raw_config("paper"))
    keys = ["max", "last", "unflagged", "fraction_of_ceiling"]
    ends = dict.fromkeys(["ceiling", "ceiling_sd", "other_real", "shuffled", "untrained"], 0.5)
    seeds = pd.DataFrame({"seed": range(1, 6), "selected": [0.7, 0.72, 0.1, 0.68, 0.7]})
    summary = seeds.assign(
        **dict.fromkeys(keys, seeds["selected"]) | ends,
        **{"architecture": "standard", "method": "sn", "learning_rates": "0.001_1e-05"},
        **{"score": "bins-E", "failed": seeds["selected"] < 0.5, "n": 100, "clusters": 50},
    )
    table = numbers(summary, of(published, "sn"), ["bins-E"], {"sn": config.setting("sn")})
    (row,) = table.to_dict("records")
    assert (row["selected"], row["not_failed"]) == pytest.approx((0.58, 0.7))
    assert (row["n_seeds"], row["n_failed"]) == (5, 1)
    (rows,) = layout(table, {"sn": "vanilla SN"}).values()
    # Wilson's interval of one in five: (1 + 1.92 -+ 1.96 sqrt(1 * 4/5 + 0.96)) / (5 + 3.84).
    assert rows["failed [95 percent]"].tolist() == ["1 of 5 [0.04, 0.62]"]
    assert rows["selected, not failed"].tolist() == ["0.700 ± 0.016"]
    assert rows["selected"].tolist() == ["0.580 ± 0.269"]
