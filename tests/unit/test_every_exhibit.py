"""Every figure, table and text: of a small run with hard names, of no rows, of no numbers, and of explosions."""

from itertools import product

import h5py
import numpy as np
import pandas as pd
import pytest
from shower_files import make_showers, write_data_set, write_reference
from test_names import HARD, METHODS, RATES, run  # noqa: F401

from showergan.config.catalogue.exhibit import exhibits
from showergan.config.figures import Figures
from showergan.report.exhibits import SAVE, make, read_published, read_table
from showergan.report.style import Style
from showergan.report.tables.published import __file__ as PUBLISHED
from showergan.tasks.found import TASKS

EVERY = {f"figure {name}": one for name, one in exhibits("figures", TASKS).items()}
EVERY |= {f"table {name}": one for name, one in exhibits("tables", TASKS).items()}
KEYS = {"architecture": "NA", "learning_rates": RATES}
LAYERS = ("body.0", "head.0")
SHOWN = ("NA", "None", "sn")


def of_runs(table, methods=SHOWN):
    """Return a table as if read from two seeds of each method."""
    parts = [table.assign(**KEYS, method=m, seed=s) for m, s in product(methods, ("1", "2"))]
    return pd.concat(parts, ignore_index=True)


def history():
    steps = np.arange(1, 41)
    losses = ("discriminator_loss", "generator_loss", "lipschitz_bound", "abcas_r", "abcas_clipped")
    columns = dict.fromkeys(losses, steps**2.0)
    return pd.DataFrame({"step": steps, "epoch": 1 + steps // 21, **columns})


def multiplied():
    """Return histories in which half of the methods have a multiplier for each layer."""
    runs = of_runs(history()).assign(multiplier=2.0)
    some = runs["method"].isin(SHOWN[:1])
    return runs.assign(**{f"multiplier_{name}": runs["step"].where(some) for name in LAYERS})


def meaning():
    """Return estimates, quality and correlation as `loss_meaning` writes them."""
    epochs = pd.DataFrame({"epoch": [1, 2], "step": [20, 40], "seconds": [1.0, 2.0]})
    estimates = of_runs(history()[["step"]].assign(estimate=1.0, distance="Wasserstein distance"))
    quality = of_runs(epochs.assign(title="PRD-AUC: E", metric="prd_auc", value=0.5))
    forms = pd.DataFrame({"form": ["estimate", "per_lipschitz"], "rho": [0.5, np.nan]})
    found = forms.assign(metric="PRD-AUC: E", low=0.1, high=0.9, rhos="1:0.4 2:nan", **KEYS)
    correlation = pd.concat([found.assign(method=method) for method in SHOWN])
    return {"loss_estimates": estimates, "loss_meaning": quality, "loss_correlation": correlation}


def claimed(verdicts):
    """Return tested claims, what few seeds say of them, and the order of methods, as `claims` writes them."""
    claims = verdicts.assign(claim="b", says="$a_b helps.", verdict="supported")
    protocol = claims.assign(says_better=0.9, n_than=claims["n_baseline"])
    order = {"score": "bins-E", "architecture": "NA", "other": "b", "n_methods": 3}
    order |= {"learning_rates": "chosen", "tau": 0.5, "low": -0.1, "high": 1.0}
    return {"claims": claims, "protocol": protocol, "order": pd.DataFrame([order])}


def of_toys(folder):
    with h5py.File(folder / "toys.h5", "w") as file:
        file["examples/point"], file["modes"] = np.random.default_rng(1).random((9, 2)), [[0, 0]]
    points = pd.DataFrame({"example": range(9), "x": 0.5, "y": np.linspace(0, 9, 9)})
    names = ["clipping 0.01", "gradient_penalty"]
    gradients = pd.DataFrame(product(names, (1, 2)), columns=["constraint", "layer"])
    bins = gradients.rename(columns={"layer": "left"}).assign(right=lambda t: t["left"] + 1)
    values = np.random.default_rng(1).random((1, 2, 5, 5))
    surfaces = {"constraints": np.array(names), "sources": np.array(["swiss_roll"])}
    return {
        **{"reference": folder / "toys.h5", "examples": of_runs(points)},
        **{"gradients": gradients.assign(log10_norm=-1.0), "weights": bins.assign(share=0.5)},
        "surfaces": surfaces | {"values": values, "points": np.zeros((1, 3, 2))},
    }


def of_images(folder):
    with h5py.File(folder / "images.h5", "w") as file:
        file["examples/image"] = np.zeros((36, 1, 8, 8), np.float32)
    images = pd.DataFrame({"image": list(np.zeros((36, 1, 8, 8), np.uint8))})
    return {"reference": folder / "images.h5", "examples": of_runs(images, METHODS)}


def of_text(folder):
    with h5py.File(folder / "text.h5", "w") as file:
        file.attrs["alphabet"], file["examples/code"] = "ab$", np.zeros((3, 4), int)
    lines = pd.DataFrame({"epoch": np.repeat(range(8), 3), "line": "$a_b$"})
    return {"reference": folder / "text.h5", "examples": of_runs(lines)}


def of_showers(folder):
    showers = make_showers(8)
    true = np.linspace(-1, 1, 20)
    predictions = pd.DataFrame({"target": "px_GeV", "true": true, "predicted": true + 0.1})
    return {
        "data": write_data_set(folder / "showers.h5", showers, "test"),
        "reference": write_reference(folder / "features.h5", showers),
        "examples": of_runs(pd.DataFrame({"example": range(8), "energy": list(showers.energy)})),
        **{"predictions": predictions, "embedding_metrics": {"r2": {"px_GeV": 0.9}}},
    }


@pytest.fixture(scope="module")
def artefacts(run, tmp_path_factory):  # noqa: F811
    """What there is to read: of any task, and of each task alone."""
    folder = tmp_path_factory.mktemp("artefacts")
    found = {name: read_table(path) for name, path in run.items()}
    rows = product(
        (1, 2), ("select", "test"), ("prd_auc", "response", "resolution", "ngram_divergence")
    )
    metrics = pd.DataFrame(rows, columns=["epoch", "split", "metric"]).assign(
        space=lambda t: t["metric"].map({"prd_auc": "E", "ngram_divergence": "2-grams"}),
        bin=lambda t: t["metric"].map({"prd_auc": "mean"}),
        **{"value": 0.5, "event_sd": 0.01, "n": 100, "clusters": 20, "flagged": False},
    )
    metrics = metrics.fillna({"space": "energy", "bin": "1-4 GeV"})
    angle = np.linspace(0, np.pi / 2, 11)
    curve = {"space": "E", "precision": np.sin(angle), "recall": np.cos(angle), "point": range(11)}
    norms = ("flattened", "operator", "gradient_real", "gradient_fake", "gradient_between")
    lipschitz = pd.DataFrame({"layer": ["total"], **dict.fromkeys(norms, 2.0)})
    audit = pd.DataFrame({"change": "output times 4", "step": [1, 2], "cosine": 0.9})
    layers = [("image", "input", "", "1x4x4", 0), ("body.0", "Conv2d 2x2", "1x4x4", "2x3x3", 10)]
    network = pd.DataFrame(layers, columns=["layer", "kind", "takes", "shape", "parameters"])
    networks = [network.assign(network=n, order=[0, 1]) for n in ("generator", "discriminator")]
    acceptance = {"criterion": "fraction", "subject": "sn", "value": 0.5, "bound": 0.4, "met": True}
    style = Style(figures=Figures(dpi=50), labels=HARD, architectures={"NA": "NA $x"})
    means = make(EVERY["table scorecard"], style, found["scorecard"]).numbers
    found |= (
        meaning()
        | claimed(found["verdicts"])
        | {
            **{
                "metrics": of_runs(metrics),
                "histories": multiplied(),
                "lipschitz": of_runs(lipschitz),
            },
            **{"curves": of_runs(pd.DataFrame(curve)), "scorecard_means": means},
            "anchor_curves": pd.DataFrame(curve).assign(anchor="ceiling"),
            "audit": audit.assign(relative_difference=[0.0, 0.1]),
            "architectures": pd.concat(networks),
            "acceptance": pd.DataFrame([acceptance | {"n_failed": 0, "n_seeds": 3}]),
            "published": read_published(PUBLISHED.replace(".py", ".csv")),
        }
    )
    own = {"showers": of_showers, "toys": of_toys, "images": of_images, "text": of_text}
    return style, {name: found | of_task(folder) for name, of_task in own.items()}


def changed(read, change):
    """Return what was read with the same change to every table and array of measured numbers."""
    if isinstance(read, pd.DataFrame):
        return change(read)
    return read


def no_rows(table):
    return table.iloc[:0]


def times(*factors):
    """Return what multiplies measured numbers, in as many parts of the rows; counts, keys and rates stay."""
    kept = {
        "seed",
        "n",
        "clusters",
        "point",
        "step",
        "epoch",
        "generator_rate",
        "discriminator_rate",
    }

    def change(table):
        columns = [c for c in table.select_dtypes("float") if c not in kept]
        parts = np.arange(len(table)) * len(factors) // max(len(table), 1)
        return table.assign(**{c: table[c] * np.array(factors)[parts] for c in columns})

    return change


CHANGES = {
    "whole": lambda table: table,
    "empty": no_rows,
    "no numbers": times(np.nan),
    "exploded": times(1, 1e30, np.inf, np.nan),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", EVERY)
def test_it_is_made_of_whatever_a_run_gives(artefacts, name, change, tmp_path):
    style, found = artefacts
    one = EVERY[name]
    task = one.module.split(".")[2] if ".tasks." in one.module else "showers"
    read = [changed(found[task][key], CHANGES[change]) for key in one.reads]
    paths = [tmp_path / f"x.{ending}" for ending in one.files]
    made = make(one, style, *read)
    if one.kind == "figure" and change != "whole":  # files would take most of the time
        with style.theme():
            made.draw_without_rendering()
        return
    SAVE[one.kind](style, made, *paths)
    assert paths[0].stat().st_size and all(path.exists() for path in paths)
