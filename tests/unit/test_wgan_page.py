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
