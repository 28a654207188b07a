"""The numbers of docs/wgan_study.md are those of the trainings that the repository keeps."""

from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import binomtest

from showergan.records.published import read_metrics

ROOT = Path(__file__).parents[2]
ROWS = {
    row.split(" | ")[0].strip("| "): row
    for row in (ROOT / "docs/wgan_study.md").read_text().splitlines()
    if row.startswith("| ")
}
FALLS = "The Wasserstein loss falls as samples get better"
SAYS_NOTHING = "The standard GAN's loss says nothing"
FAILED = 0.2  # of the ceiling, below which an architecture was not trained
NAMES = {
    "clipping": "clipping",
    "gradient_penalty": "penalty",
    "gradient_penalty_rmsprop": "with RMSprop",
    "gan": "standard GAN",
    "sn": "SN",
}


def scores(run, space, choose):
    """PRD-AUC on test of each training, at the epoch that is best on select or at the last one."""
    rows = []
    for key, columns in read_metrics(ROOT / "resources" / run / "metrics.json.xz").items():
        table = pd.DataFrame(columns).astype({"epoch": int, "value": float})
        table = table[(table[["metric", "space", "bin"]] == ["prd_auc", space, "all"]).all(axis=1)]
        by_split = table.pivot(index="epoch", columns="split", values="value")
        epoch = by_split["select"].idxmax() if choose else by_split.index.max()
        rows.append((*key.split("/")[:2], by_split.loc[epoch, "test"]))
    return pd.DataFrame(rows, columns=["architecture", "method", "value"])


@pytest.mark.parametrize(
    "claim, run, space, choose",
    [
        ("The penalty makes better images", "digits", "classifier", True),
        ("The penalty converges faster than clipping", "wgan_convergence", "plane", False),
    ],
)
def test_prd_auc(claim, run, space, choose):
    found = scores(run, space, choose)
    found = found[found["method"].isin(NAMES)]
    assert len(found) == 4 * 3  # methods, seeds
    for method, part in found.groupby("method")["value"]:
        assert f"{NAMES[method]} {part.mean():.3f} ± {part.std():.3f}" in ROWS[claim]


@pytest.mark.parametrize(
    "run, title",
    [
        ("digits", "PRD-AUC: classifier"),
        ("wgan_loss_showers", "PRD-AUC: bins-P"),
        ("wgan_convergence", "PRD-AUC: plane"),
    ],
)
def test_rho_of_loss_and_quality(run, title):
    table = pd.read_csv(ROOT / "resources" / run / "loss_correlation.csv")
    table = table[(table["metric"] == title) & (table["form"] == "estimate")]
    table = table[table["method"].isin(NAMES)]
    assert len(table) >= 4
    for row in table.to_dict("records"):
        text = f"{row['rho']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
        if row["method"] == "gan":
            assert text in ROWS[SAYS_NOTHING]
        else:
            assert f"{NAMES[row['method']]} {text}" in ROWS[FALLS]


def fractions(run, choose=True):
    """PRD-AUC over its ceiling, a row per architecture and a column per method."""
    anchors = pd.read_csv(ROOT / "resources" / run / "anchors.csv")
    anchors = anchors[(anchors["metric"] == "prd_auc") & (anchors["anchor"] == "ceiling")]
    found = scores(run, "classifier", choose).set_index(["architecture", "method"])["value"]
    return found.unstack() / anchors["value"].item()


def test_random_architectures():
    row = ROWS["… and random architectures"]
    found = fractions("random_architectures_long")
    gan, penalty = found["gan"], found["wgan_gp"]
    low, high, least, most = penalty.min(), penalty.max(), gan.min(), gan.max()
    assert f"({low:.2f} to {high:.2f} of the ceiling against {least:.2f} to {most:.2f})" in row
    assert len(found) == 12 and (penalty > gan).all() and (penalty > FAILED).all()
    assert f"the standard GAN on {(gan < FAILED).sum()};" in row
    at_last = fractions("random_architectures_long", choose=False)["gan"]
    assert f"at the last epoch the standard GAN fails on {(at_last < FAILED).sum()};" in row
    for bar, text in {
        0.5: "above 0.5 only WGAN-GP {}, only GAN {}, both {}, neither {}, McNemar p = {:.3f}",
        0.7: "above 0.7 {}, {}, {}, {}, p = {:.3f}",
    }.items():
        alone = ((penalty >= bar) & (gan < bar)).sum(), ((penalty < bar) & (gan >= bar)).sum()
        both, neither = ((penalty >= bar) & (gan >= bar)).sum(), (found < bar).all(axis=1).sum()
        p = binomtest(alone[0], sum(alone)).pvalue
        assert text.format(*alone, both, neither, p) in row


def test_architectures():
    row = ROWS["WGAN-GP trains architectures that others do not"]
    found = fractions("architectures_long")
    assert len(found) == 7
    above = (found > 0.5).sum()
    assert (
        f"above 0.5 are standard GAN {above['gan']}, clipping {above['clipping']}, SN {above['sn']}, "
        f"WGAN-GP {above['wgan_gp']}"
    ) in row
    for _, values in found.items():
        trained = values[values > FAILED]
        assert f"{trained.min():.2f} to {trained.max():.2f}" in row
    failed = {name: set(found.index[values < FAILED]) for name, values in found.items()}
    assert failed == {
        "gan": {"perceptron"},
        "sn": {"perceptron", "resnet_101"},
        "clipping": {"gated", "tanh", "resnet_101"},
        "wgan_gp": set(),
    }
    assert (fractions("architectures_long", choose=False)["clipping"] < FAILED).sum() == 4
    best = found.idxmax(axis=1).value_counts().to_dict()
    assert best == {"wgan_gp": 4, "sn": 2, "clipping": 1}
    p = binomtest(above["wgan_gp"] - above["gan"], 4).pvalue  # all that the standard GAN trains
    assert (found["wgan_gp"] > 0.5).all() and f"p = {p:.3f})" in row


def test_residual_networks():
    row = ROWS["… the 101-layer ResNet and tanh among them"]
    found = fractions("architectures_long").loc["resnet_101"]
    assert (
        f"WGAN-GP {found['wgan_gp']:.2f}, still rising, standard GAN {found['gan']:.2f}, "
        f"clipping {found['clipping']:.2f} (failed), SN {found['sn']:.2f} (failed"
    ) in row
    assert (found[["clipping", "sn"]] < FAILED).all()


def test_the_exact_distance_of_points():
    row = ROWS["The penalty converges faster than clipping"]
    last = {}
    for key, columns in read_metrics(ROOT / "resources/wgan_convergence/metrics.json.xz").items():
        table = pd.DataFrame(columns).astype({"epoch": int, "value": float})
        table = table[(table["metric"] == "wasserstein_2") & (table["split"] == "test")]
        at_end = table.loc[table["epoch"] == table["epoch"].max(), "value"]
        last.setdefault(key.split("/")[1], []).append(at_end.item())
    penalty, clipping = (sum(last[m]) / 3 for m in ("gradient_penalty", "clipping"))
    assert f"(at the end {penalty:.3f} and {clipping:.3f})" in row
