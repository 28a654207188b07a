"""Finished trainings gathered in a table: what is kept, what is refused, and what a configuration takes from it."""

import copy
import hashlib
import json
import random
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from small_run import flip
from typer.testing import CliRunner

from showergan.cli import app
from showergan.comparison.runs import Runs
from showergan.config.recipes.found import RECIPES
from showergan.config.whole import parse_config
from showergan.errors import UserError
from showergan.evaluation.measure import COLUMNS
from showergan.records.provenance import NAME, recorded
from showergan.records.published import published_runs, read_metrics, write_metrics_csv

DEFAULT = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text())
RESULTS = Path("results/tiny")
PAIR = "0.001_0.0001"
SN, NONE = f"small/sn/{PAIR}/seed1", f"small/none/{PAIR}/seed1"
SCORE = 0.123456789


def raw(**changes):
    """A configuration of two methods at one pair; changes at dotted keys, a__b=value."""
    found = copy.deepcopy(DEFAULT) | {"run": "tiny", "learning_rate_search": None}
    found["training"]["seeds"] = [1, 2]
    rates = {"generator": 1e-3, "discriminator": 1e-4}
    found["methods"] = {k: found["methods"][k] | {"learning_rates": rates} for k in ("none", "sn")}
    for dotted, value in changes.items():
        *parents, last = dotted.split("__")
        section = found
        for key in parents:
            section = section[key]
        section[last] = value
    return found


def config(**changes):
    return parse_config(raw(study="published", **changes))


def job(folder, recipe, inputs=(), **files):
    """Write files, and the record of a job that made them by a recipe."""
    outputs = [folder / name.replace("_", ".") for name in files]
    folder.mkdir(parents=True, exist_ok=True)
    with recorded(
        folder / f"{outputs[0].stem}.provenance.json" if folder.name == "data" else folder / NAME,
        recipe.name,
        recipe.whole(),
        {},
        inputs,
        outputs,
    ):
        for path, text in zip(outputs, files.values(), strict=True):
            path.write_text(text)


def metrics(score=SCORE):
    rows = [
        (2, "test", "prd_auc", "E", "all", score, 0.0123456, None, 3000, 20.0, False),
        (2, "test", "response", "energy", "0", 1.6714321e7, 0.1, 0.2, 3000, None, None),
    ]
    return pd.DataFrame(rows, columns=["epoch", "split", *COLUMNS]).to_csv(index=False)


def shared(of, anchors="anchor", model="model"):
    """Leave what all trainings are made of, as one computer or another does."""
    job(RESULTS / "data", RECIPES["sample"].of(of), source_npz="npz")
    job(RESULTS / "data", RECIPES["preprocess"].of(of), showers_h5="h5")
    job(RESULTS / "embedding", RECIPES[of.embedding.step].of(of), model_pt=model)
    job(RESULTS / "reference", RECIPES["reference"].of(of), features_h5="h5", anchors_csv=anchors)


def trained(run=SN, text=None, of=None, status="finished"):
    """Leave what a training and its evaluation leave, and what they are made of."""
    of = of or config()
    if not RESULTS.exists():
        shared(of)
    architecture, method, rates, seed = run.split("/")
    keys = {"architecture": architecture, "method": method, "rates": rates, "seed": seed[4:]}
    made, text = RESULTS / "train" / run, text or metrics()
    files = {"generator_pt": run + text, "run_json": json.dumps({"status": status})}
    job(made, RECIPES["train"].of(of, **keys), [RESULTS / "data/showers.h5"], **files)
    read = [made / "generator.pt", RESULTS / "reference/features.h5"]
    job(RESULTS / "evaluate" / run, RECIPES["evaluate"].of(of), read, metrics_csv=text)


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def gather():
    return CliRunner().invoke(app, ["gather", "results/tiny"], catch_exceptions=False)


def table():
    return pd.read_csv("resources/tiny/runs.csv", dtype=str)


def test_what_is_kept():
    trained(SN)
    trained(NONE, status="diverged")
    assert "2 trainings, 2 of them new; 0 repeated" in gather().stderr
    rows = table().set_index("run")
    assert rows.loc[NONE, "status"] == "diverged" and rows.loc[SN, "status"] == "finished"
    steps = [
        "embedding",
        "evaluate",
        "preprocess",
        "reference",
        "sample",
        "train",
        "train_embedding",
    ]
    assert list(rows.columns) == ["status", "cpu_seconds", "version", "commit", *steps]
    different = rows[steps].nunique()
    assert list(different[different > 1].index) == ["train"]
    kept = read_metrics(Path("resources/tiny/metrics.json.xz"))[SN]
    # Five digits of a value, three of its spreads, and all else as it was.
    assert kept["value"] == ["0.12346", "1.6714e+07"]
    assert (kept["sd"][0], kept["event_sd"][0]) == ("0.0123", "")
    assert (kept["n"][0], kept["clusters"], kept["flagged"]) == (
        "3000",
        ["20.0", ""],
        ["False", ""],
    )
    assert Path("resources/tiny/anchors.csv").read_text() == "anchor"


def test_a_run_is_read_as_its_evaluation_wrote_it():
    trained(SN)
    gather()
    made = RESULTS / "evaluate" / SN / "metrics.csv"
    taken = RESULTS / "published" / SN / "metrics.csv"
    write_metrics_csv(read_metrics(Path("resources/tiny/metrics.json.xz"))[SN], taken)
    before, after = (next(iter(Runs([path]))) for path in (made, taken))
    pd.testing.assert_frame_equal(before, after, rtol=0.005)
    for name, digits in {"value": 5, "sd": 3, "event_sd": 3}.items():
        within = (before[name] - after[name]).abs() <= before[name].abs() * 0.5 * 10.0 ** (
            1 - digits
        )
        assert within[before[name].notna()].all()


def test_tables_of_two_computers_become_one():
    trained(SN)
    gather()
    first = table()
    Path("results").rename("gone")
    shared(config(), anchors="in other digits")
    trained(NONE)
    assert "2 trainings, 1 of them new" in gather().stderr
    assert list(table()["run"]) == [NONE, SN]
    assert table().iloc[1].to_dict() == first.iloc[0].to_dict()
    assert Path("resources/tiny/anchors.csv").read_text() == "anchor"
    assert published_runs(config()) == [NONE, SN]
    assert "0 of them new; 1 repeated to the last digit" in gather().stderr


def files():
    return {path.name: path.read_bytes() for path in Path("resources/tiny").iterdir()}


def test_another_result_is_refused_and_told_beside_the_spread_of_seeds():
    for seed, score in enumerate((0.80, 0.82, 0.84), 1):
        trained(f"small/sn/{PAIR}/seed{seed}", metrics(score))
    gather()
    before = files()
    trained(SN, metrics(0.8100000001))
    trained(NONE)
    with pytest.raises(UserError, match="1 trainings are published with other metrics") as error:
        gather()
    said = f"{SN}: E 0.8100 here, 0.8000 published (sd over 3 seeds 0.0200)"
    assert said in str(error.value)
    assert files() == before
    trained(SN, metrics(0.8000000001))  # beyond the digits that are kept
    assert "4 trainings, 1 of them new; 3 repeated" in gather().stderr


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"training__epochs": 4}, "train"),
        ({"methods__sn__normaliser": {"kind": "weight_clipping", "bound": 0.1}}, "train"),
        ({"evaluation__clusters": 10}, "evaluate, reference"),
        ({"data__split_seed": 1}, "preprocess"),
        ({"data__source": "simulate"}, "sample, simulate"),
        ({"embedding__view": "cropped"}, "train_embedding"),
        (
            {"embedding__file": "m.pt", "embedding__sha256": "0" * 64},
            "embedding, take_embedding, train_embedding",
        ),
    ],
)
def test_a_configuration_with_other_recipes_takes_nothing(change, step):
    trained(SN)
    gather()
    assert published_runs(config()) == [SN]
    with pytest.raises(UserError, match=f"{SN} was published with another {step} than here"):
        published_runs(config(**change))
    assert published_runs(parse_config(raw(**change))) == []  # it does not ask for them


def test_a_configuration_with_more_or_fewer_trainings_takes_what_there_is():
    trained(SN)
    gather()
    other = [{"generator": 1e-3, "discriminator": 1e-3}]
    for change in ({"training__seeds": [7, 8]}, {"methods__sn__further_learning_rates": other}):
        assert published_runs(config(**change)) == [SN]
    assert published_runs(config(run="another")) == []
    with pytest.raises(UserError, match="no table knows data of files of your own"):
        published_runs(config(data__source="npz", data__path="x.npz"))


def test_two_embeddings_are_not_mixed():
    trained(SN)
    gather()
    shared(config(), model="another")
    with pytest.raises(UserError, match=f"{SN} was published with another embedding than"):
        published_runs(config())
    trained(NONE)
    with pytest.raises(UserError, match=f"{NONE} was published with another embedding than"):
        gather()
    shutil.rmtree(RESULTS)
    assert published_runs(config()) == [SN]  # there is none yet
    shutil.rmtree("resources")
    sha256 = hashlib.sha256(b"given").hexdigest()
    of_file = {"embedding__file": "m.pt", "embedding__sha256": sha256}
    shared(config(**of_file), model="given")
    trained(SN, of=config(**of_file))
    gather()
    assert table()["embedding"][0] == sha256[:12]
    shutil.rmtree(RESULTS)
    assert published_runs(config(**of_file)) == [SN]


def test_trainings_of_one_method_have_one_recipe():
    trained(SN)
    gather()
    trained(f"small/sn/{PAIR}/seed2", of=config(training__warm_up=50))
    with pytest.raises(UserError, match="seed2 was published with another train than here"):
        gather()


def test_what_is_not_as_it_was_made_is_left_out():
    trained(SN)
    trained(NONE)
    flip(RESULTS / "train" / SN / "generator.pt")
    said = gather().stderr
    assert f"{SN} is left out, for it has to be made again: " in said
    assert "1 trainings, 1 of them new" in said
    flip(RESULTS / "data/showers.h5")
    with pytest.raises(
        UserError, match=r"showers.h5: it is not what was made. Run snakemake again"
    ):
        gather()


def test_a_damaged_table_is_told():
    trained(SN)
    gather()
    path, rows = Path("resources/tiny/metrics.json.xz"), Path("resources/tiny/runs.csv")
    text = rows.read_text()
    rows.write_text(text + text.splitlines()[1].replace("/sn/", "/none/") + "\n")
    with pytest.raises(UserError, match=f"metrics.json.xz lacks {NONE}, which resources/tiny/runs"):
        gather()
    for wrong in ("<<<<<<< HEAD\n", text.splitlines()[1] + ",more\n"):
        rows.write_text(text + wrong)
        with pytest.raises(UserError, match=r"runs.csv: line 3 is no row of a published run"):
            published_runs(config())
    rows.write_text(text)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UserError, match=r"metrics.json.xz: no table of published runs"):
        gather()


def test_a_study_fits_into_a_repository():
    """A thirtieth of 600 trainings of 300 values each, all digits that are kept at random, in one of 3 MB."""
    draw = random.Random(1)
    for seed in range(20):
        rows = [
            (
                2,
                "test",
                f"metric_{i}",
                "E",
                "all",
                *(draw.random() for _ in range(3)),
                3000,
                20.0,
                False,
            )
            for i in range(300)
        ]
        table = pd.DataFrame(rows, columns=["epoch", "split", *COLUMNS])
        trained(f"small/sn/{PAIR}/seed{seed}", table.to_csv(index=False))
    gather()
    assert Path("resources/tiny/metrics.json.xz").stat().st_size < 100_000
