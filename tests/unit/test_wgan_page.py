"""The numbers of docs/wgan_study.md are those of the trainings that the repository keeps."""

from pathlib import Path

import pandas as pd
import pytest

from showergan.records.published import read_metrics

ROOT = Path(__file__).parents[2]
ROWS = {
    row.split(" | ")[0].strip("| "): row
    for row in (ROOT / "docs/wgan_study.md").read_text().splitlines()
    if row.startswith("| ")
}
FALLS, SAYS_NOTHING = (
    "The Wasserstein loss falls as samples get better",
    "The standard GAN's loss says nothing",
)
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
        rows.append((key.split("/")[1], by_split.loc[epoch, "test"]))
    return pd.DataFrame(rows, columns=["method", "value"]).groupby("method")["value"]


@pytest.mark.parametrize(
    "claim, run, space, choose",
    [
        ("The penalty makes better images", "digits", "classifier", True),
        ("The penalty converges faster than clipping", "wgan_convergence", "plane", False),
    ],
)
def test_prd_auc(claim, run, space, choose):
    found = scores(run, space, choose)
    for method, part in found:
        if method in NAMES:
            assert len(part) == 3
            text = f"{NAMES[method]} {part.mean():.3f} ± {part.std():.3f}"
            assert text in ROWS[claim]


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


def test_random_architectures():
    row = ROWS["… and random architectures"]
    table = pd.read_csv(ROOT / "resources/random_architectures_long/successes.csv")
    half, more = table[
        (table["source"] == "ours") & table["threshold"].isin([0.5, 0.7])
    ].itertuples()
    assert (
        f"above 0.5 only WGAN-GP {half.only_other}, only GAN {half.only_method}, both {half.both}, "
        f"neither {half.neither}, McNemar p = {half.p_value:.3f}; above 0.7 {more.only_other}, "
        f"{more.only_method}, {more.both}, {more.neither}, p = {more.p_value:.3f}"
    ) in row
    found = pd.read_csv(ROOT / "resources/random_architectures_long/outcomes.csv")
    gan, penalty = (found[found["method"] == name] for name in ("gan", "wgan_gp"))
    assert (penalty["fraction"].to_numpy() > gan["fraction"].to_numpy()).all()
    low, high = penalty["fraction"].agg(["min", "max"])
    least, most = gan["fraction"].agg(["min", "max"])
    assert f"({low:.2f} to {high:.2f} of the ceiling against {least:.2f} to {most:.2f})" in row
    assert (penalty["failure"] == "none").all()
    assert f"the standard GAN on {(gan['failure'] != 'none').sum()};" in row


def test_architectures():
    row = ROWS["WGAN-GP trains architectures that others do not"]
    found = pd.read_csv(ROOT / "resources/architectures_long/outcomes.csv")
    by_method = found.pivot(index="architecture", columns="method", values="fraction")
    above = (by_method > 0.5).sum()
    assert (
        f"above 0.5 are standard GAN {above['gan']}, clipping {above['clipping']}, SN {above['sn']}, "
        f"WGAN-GP {above['wgan_gp']}"
    ) in row
    trained = found[found["failure"] == "none"].groupby("method")["fraction"].agg(["min", "max"])
    for low, high in trained.to_numpy():
        assert f"{low:.2f} to {high:.2f}" in row
