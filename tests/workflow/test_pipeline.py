"""The pipeline from one command, on tiny data with real Snakemake."""

import json
import os
import re
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from copies import METHODS, ROOT, planned_jobs, ran_to_its_end
from forked import python

from showergan.cli.cost import config_of
from showergan.io.files import sha256_of
from showergan.records.provenance import read_record
from showergan.records.verification import findings
from showergan.tasks.showers.metrics import METRICS
from showergan.tasks.showers.resources import SAMPLE

RUN = "results/tiny"
RATES = {"generator": 1e-3, "discriminator": 1e-4}


def test_every_artefact_is_there(finished):
    def named(pattern):
        return sorted(p.name for p in (finished.folder / RUN).glob(pattern))

    job = {"provenance.json", "recipe.json"}  # each leaves
    assert named("data/*") == sorted(
        [
            *("showers.h5", "source.npz"),
            *(f"{n}.{file}" for n in ("showers", "source") for file in job),
        ]
    )
    assert named("embedding/*") == sorted(job | {"metrics.json", "model.pt", "predictions.csv"})
    assert named("reference/*") == sorted(job | {"anchors.csv", "curves.csv", "features.h5"})
    train, evaluate = "train/small/sn/0.001_0.0001/seed1", "evaluate/small/sn/0.001_0.0001/seed1"
    trained = {"generator.pt", "history.csv", "lipschitz.csv", "run.json"}
    assert named(f"{train}/*") == sorted(job | trained)
    assert named(f"{evaluate}/*") == sorted(job | {"curves.csv", "examples.npz", "metrics.csv"})
    compared = ("conclusion", "learning_rates", "scorecard", "summary", "verdicts")
    for file in job:
        assert named(f"*.{file}") == [
            f"{name}.{file}" for name in ("acceptance", "architectures", "audit", *compared)
        ]
    assert len(named("figures/*.png")) == len(named("figures/*.pdf")) == 15
    assert named("*.txt") == ["conclusion.txt"]
    assert named("tables/*.csv") == [
        *("all_methods.csv", "failures.csv", "scorecard.csv", "table_3.csv", "verdicts.csv")
    ]
    kinds = ("csv", "html", "md", "provenance.json", "recipe.json", "tex")
    assert named("tables/table_3.*") == [f"table_3.{kind}" for kind in kinds]
    assert not list(finished.folder.rglob("*.part"))


def without_provenance(path):
    """Return the content of a file, of a generator without the commit of the code, which is that of another folder."""
    content = path.read_bytes()
    if path.name != "generator.pt":
        return content
    file = torch.load(path, weights_only=True)
    del file["provenance"]["code"]
    states = file.pop("states")
    weights = {(e, k): v.numpy().tobytes() for e, of in states.items() for k, v in of.items()}
    return file, weights


@pytest.mark.slow
def test_processes_of_a_user_make_the_same(finished, tmp_path):
    """Jobs that are no forks but begin with Python itself, each of which takes seconds."""
    theirs = ran_to_its_end(tmp_path / "real", python=sys.executable)
    files = {
        at: {
            str(path.relative_to(at)): without_provenance(path)
            for path in at.rglob("*")
            if path.suffix in (".csv", ".txt", ".md", ".html", ".tex", ".npz", ".h5", ".pt")
        }
        for at in (finished.folder / RUN, theirs.folder / RUN)
    }
    ours, others = files.values()
    assert len(ours) > 50 and ours.keys() == others.keys()
    assert [name for name in ours if ours[name] != others[name]] == []
    figures = [sorted(p.name for p in at.glob("figures/*.png")) for at in files]
    assert figures[0] == figures[1]


def test_a_second_run_does_nothing(finished):
    assert "Nothing to be done" in finished.snakemake("--cores", "1")


def test_a_step_is_repeated_by_hand_with_its_recipe(finished, tmp_path):
    """As its rule started it, but for where it writes."""
    folder = finished.folder / RUN / "train/small/sn/0.001_0.0001/seed1"
    files = {
        "generator": "generator.pt", "history": "history.csv", "lipschitz": "lipschitz.csv",
        "run": "run.json", "provenance": "provenance.json",
    }  # fmt: skip
    subprocess.run(
        [
            *(python(), "-m", "showergan.cli", "train"),
            *("--data", finished.folder / RUN / "data/showers.h5"),
            *("--recipe", folder / "recipe.json"),
            *(word for name, file in files.items() for word in (f"--{name}", tmp_path / file)),
        ],
        env=finished.environment,
        check=True,
    )
    for name in ("history.csv", "lipschitz.csv", "generator.pt"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name
    first, again = (read_record(at / "provenance.json") for at in (folder, tmp_path))
    assert first.recipe == again.recipe


def test_everything_is_as_it_was_made_until_a_bit_is_flipped(finished):
    run = finished.folder / RUN
    assert findings(run) == []
    path = run / "reference/features.h5"
    content, times = path.read_bytes(), path.stat()
    flipped = bytearray(content)
    flipped[len(flipped) // 2] ^= 1
    path.write_bytes(flipped)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert [(f.kind, f.path) for f in findings(run)] == [("altered", path)]
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_a_crate_is_made_for_who_asks(finished):
    finished.snakemake("--cores", "1", "crate")
    path = finished.folder / RUN / "ro-crate-metadata.json"
    graph = json.loads(path.read_text())["@graph"]
    made = {entity["@id"] for entity in graph if entity["@type"] == "File"}
    assert {"figures/losses.png", "tables/verdicts.md", "reference/features.h5"} <= made
    assert findings(finished.folder / RUN) == []
    assert finished.would_run() == {}
    path.unlink()


def test_summary_and_sizes(finished):
    summary = pd.read_csv(finished.folder / RUN / "summary.csv")
    assert set(summary["method"]) == {"none", "sn"}
    assert set(summary["score"]) == {"E", "bins-E", "P", "bins-P", "P_std", "bins-P_std"}
    assert (
        (summary[["max", "selected", "last"]] >= 0) & (summary[["max", "selected", "last"]] <= 1)
    ).all(axis=None)
    assert (summary["max"] >= summary["last"]).all()
    run = json.loads(
        (finished.folder / RUN / "train/small/sn/0.001_0.0001/seed1/run.json").read_text()
    )
    assert run["parameters"] == {"discriminator": 107_969, "generator": 162_321}


def test_every_run_is_judged_by_every_metric(finished):
    card = pd.read_csv(finished.folder / RUN / "scorecard.csv")
    scaled = [entry.title for entry in METRICS.entries]
    titles = card.groupby("method")["title"].agg(list)
    unscaled = [title for title in titles["sn"] if title.endswith(", unscaled")]
    assert sorted(titles["sn"]) == sorted(titles["none"]) == sorted(scaled + unscaled)
    assert "energy response error, unscaled" in unscaled
    assert card["ceiling"].notna().sum() > 20  # so few showers leave some undefined
    found = pd.read_csv(finished.folder / RUN / "failures.csv")
    assert found["method"].tolist() == ["real", "none", "sn"]
    assert found.loc[0, "failure"] == "none"
    text = (finished.folder / RUN / "tables/failures.md").read_text()
    assert "real showers" in text
    anchors = pd.read_csv(finished.folder / RUN / "reference/anchors.csv")
    assert set(anchors["anchor"]) == {"ceiling", "shuffled", "untrained"}


def test_table_shows_published_beside_ours_where_they_compare(finished):
    table = pd.read_csv(finished.folder / RUN / "tables/table_3.csv").set_index(["method", "score"])
    published = table["published"]
    assert published["sn", "E"] == 0.962  # table 3, small discriminator
    assert published["none", "bins-E"] == 0.597
    # Of another setting: kept in the file with what differs, not shown beside ours.
    assert "evaluation.clusters 50, here 3" in table["published_differs"]["sn", "E"]
    assert "published" not in (finished.folder / RUN / "tables/table_3.md").read_text()
    assert (table["n_seeds"] == 1).all()
    assert "vanilla SN" in (finished.folder / RUN / "tables/table_3.md").read_text()
    assert r"\toprule" in (finished.folder / RUN / "tables/table_3.tex").read_text()


def test_tables_fit_a_page(finished):
    for path in (finished.folder / RUN / "tables").glob("*.md"):
        rows = [line for line in path.read_text().splitlines() if line.startswith("|")]
        assert rows, path
        assert max(row.count("|") - 1 for row in rows) <= 9, path


def test_the_run_concludes_in_words(finished):
    lines = (finished.folder / RUN / "conclusion.txt").read_text().splitlines()
    assert lines[0].startswith("Run tiny: 2 methods at 1 pair of learning rates, 1 seed each")
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 24
    assert any(line.startswith("  NOT MET: ") for line in lines)  # so few showers per bin


def test_report_is_one_file_with_every_figure(finished):
    finished.snakemake("--report", "report.html")
    text = (finished.folder / "report.html").read_text()
    for figure in ("score_over_epochs", "generated_showers", "entry_points", "losses"):
        assert f"{figure}.png" in text
    assert "conclusion.txt" in text
    # Tables are shown in the page; a CSV file would be downloaded.
    assert '"name": "verdicts.html"' in text and '"name": "verdicts.csv"' not in text
    sections = set(
        re.findall(r"\b[1-9] (?:At a glance|Comparison|Training|Data|Networks|Tables)", text)
    )
    assert sorted(sections)[0] == "1 At a glance"
    assert "touch x" in text  # the label of a method, in the text and in the looks of figures
    assert "</script><i>" not in text and "&lt;/script&gt;&lt;i&gt;" in text
    assert not list(finished.folder.rglob("x"))


def test_cores_do_not_change_results(finished, fresh):
    """The first run had two cores."""
    fresh.configure(methods__none=None)
    fresh.snakemake("--cores", "1", f"{RUN}/evaluate/small/sn/0.001_0.0001/seed1/metrics.csv")
    for part in (
        "train/small/sn/0.001_0.0001/seed1/history.csv",
        "embedding/predictions.csv",
        "evaluate/small/sn/0.001_0.0001/seed1/metrics.csv",
    ):
        assert (fresh.folder / RUN / part).read_text() == (finished.folder / RUN / part).read_text()


@pytest.mark.skipif(find_spec("geant4_pybind") is None, reason="geant4-pybind has no wheel here")
def test_showers_are_simulated_by_geant4(fresh):
    fresh.configure(
        data__source="geant4", data__n_showers=8, data__seed=1519,  # 20 GeV in all
        training__batch_size=4,
    )  # fmt: skip
    fresh.snakemake("--cores", "2", f"{RUN}/data/showers.h5")
    assert (
        "of their visible energy within the image"
        in (fresh.folder / "logs/tiny/simulate_geant4.log").read_text()
    )
    assert sorted(path.name for path in (fresh.folder / RUN / "data").iterdir()) == [
        "showers.h5", "showers.provenance.json", "showers.recipe.json",
        "source.npz", "source.provenance.json", "source.recipe.json",
    ]  # fmt: skip


def test_the_sample_is_the_source_of_the_default_run(fresh):
    fresh.snakemake("--cores", "1", "results/default/data/showers.h5", configfile="config.yaml")
    assert (fresh.folder / "results/default/data/source.npz").read_bytes() == SAMPLE.read_bytes()


def test_npz_source_is_read_where_it_is(finished, fresh):
    source = finished.folder / RUN / "data/source.npz"
    fresh.configure(data__source="npz", data__path=str(source))
    fresh.snakemake("--cores", "1", f"{RUN}/data/showers.h5")
    assert not (fresh.folder / RUN / "data/source.npz").exists()
    ours = (fresh.folder / "logs/tiny/preprocess.log").read_text()
    assert "Traceback" not in ours


def test_npz_source_behind_a_url_is_downloaded(finished, fresh):
    source = finished.folder / RUN / "data/source.npz"
    served = partial(SimpleHTTPRequestHandler, directory=str(source.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), served) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/source.npz?token=5ecre7"
        fresh.configure(data__source="npz", data__path=url, data__sha256=sha256_of(source))
        said = fresh.snakemake("--cores", "1", f"{RUN}/data/showers.h5", "--printshellcmds")
        server.shutdown()
    (fresh.folder / "tiny.yaml").unlink()
    assert "token=***" in said and "5ecre7" not in said
    kept = [path for path in fresh.folder.rglob("*") if path.is_file()]
    assert not [path for path in kept if b"5ecre7" in path.read_bytes()]
    assert (fresh.folder / RUN / "data/source.npz").read_bytes() == source.read_bytes()
    assert (
        f"kept as {os.environ['SHOWERGAN_CACHE']}"
        in (fresh.folder / "logs/tiny/fetch.log").read_text()
    )


def test_bad_data_stops_with_a_message_and_leaves_nothing(finished, fresh):
    source = finished.folder / RUN / "data/source.npz"
    arrays = dict(np.load(source))
    arrays["EnergyDeposit"][3, 0, 0, 0] = -1
    np.savez(fresh.folder / "bad.npz", **arrays)
    fresh.configure(data__source="npz", data__path="bad.npz")
    output = fresh.snakemake("--cores", "1", f"{RUN}/data/showers.h5", check=False)
    assert "negative" in output
    assert "data.negative_energy" in output
    assert "Traceback" not in output
    assert not [
        p for p in (fresh.folder / "results").rglob("*") if p.is_file() and "data" in p.parts
    ]


def test_a_mistake_in_the_configuration_stops_before_any_job(fresh):
    fresh.configure(training__batchsize=3)
    output = fresh.snakemake("--cores", "1", check=False)
    assert "training.batchsize: unknown key; did you mean batch_size?" in output
    assert "Traceback" not in output
    assert not (fresh.folder / "results").exists()


@pytest.mark.parametrize(
    "path",
    # 10 000 trainings are planned by benchmarks/dag.py: it takes a minute.
    sorted(set((ROOT / "experiments").glob("*.yaml")) - {ROOT / "experiments/sweep.yaml"}),
    ids=lambda p: p.stem,
)
def test_experiments_plan_every_training(fresh, path, monkeypatch):
    """As many as the file says, by the command in it, on a stand-in for a data file that is not here."""
    (fresh.folder / "stand_in.npz").touch()
    count, command = re.findall(r"(\d+) trainings:\n.*--configfile (.*)", path.read_text())[0]
    first, *others = command.split()
    from_a_file = any("source: npz" in (ROOT / name).read_text() for name in (first, *others))
    stand_in = ["--config", "data={path: stand_in.npz}"] * from_a_file
    output = fresh.snakemake(*others, *stand_in, "--dry-run", "--quiet", "rules", configfile=first)
    jobs = planned_jobs(output)
    monkeypatch.chdir(ROOT)
    config = config_of([Path(first), *map(Path, others)])
    follow = sum(len(config.chosen_seeds(name)) for _, name in config.trained)  # when a choice is made
    assert jobs["train_gan"] == jobs["evaluate_gan"] == int(count) - follow


def test_learning_rate_search_trains_the_same_grid_for_all(fresh):
    grid = {"generator": [1e-3, 1e-4], "discriminator": [1e-3, 1e-4, 1e-5]}
    of_methods = {f"methods__{name}__learning_rates": None for name in METHODS}
    of_methods["training__seeds"] = {"choose": [1], "test": [2, 3]}  # what tests follows the choice
    fresh.configure(learning_rate_search=grid, **of_methods)
    jobs = fresh.would_run()
    assert jobs["train_gan"] == jobs["evaluate_gan"] == 2 * 2 * 3
    assert {"figure_robustness", "table_robustness", "figure_learning_rate_grid"} <= set(jobs)
    # A single row of the grid shows nothing that the figure of robustness does not.
    fresh.configure(learning_rate_search=grid | {"generator": [1e-3]}, **of_methods)
    jobs = fresh.would_run()
    assert "figure_robustness" in jobs
    assert "figure_learning_rate_grid" not in jobs


def test_further_learning_rates_are_compared(fresh):
    """Of one method; the other keeps to its own pair."""
    further = [{"generator": 1e-3, "discriminator": 3e-4}]
    fresh.configure(methods__sn__further_learning_rates=further)
    jobs = fresh.would_run()
    assert jobs["train_gan"] == jobs["evaluate_gan"] == 3
    assert {"figure_robustness", "table_robustness"} <= set(jobs)
    assert "figure_learning_rate_grid" not in jobs


def test_a_figure_is_drawn_where_it_has_something_to_show(fresh):
    """Two methods without multipliers, one seed and one pair of learning rates: much does not apply."""

    def method(**composition):
        return {"label": "new", "learning_rates": RATES, **composition}

    needs = {
        "conditional_scores": {"training__epochs": 3},
        "critical_difference": {"training__seeds": [1, 2, 3], "methods__new": method()},
        "rank_agreement": {"methods__new": method()},
        "multipliers": {"methods__new": method(multiplier={"kind": "trainable"})},
        "layer_multipliers": {
            "methods__new": method(
                normaliser={"kind": "spectral_norm"}, multiplier={"kind": "trainable_per_layer"}
            )
        },
        "abcas": {
            "methods__new": method(
                normaliser={"kind": "spectral_norm"}, controller={"kind": "abcas", "beta": 6}
            )
        },
    }
    drawn = set(fresh.would_run())
    for figure, changes in needs.items():
        assert f"figure_{figure}" not in drawn
        fresh.configure(**changes)
        assert f"figure_{figure}" in fresh.would_run()
    fresh.configure(methods__sn=None, training__evaluate={"first": 2})
    left = {f"figure_{name}" for name in ("differences", "score_over_epochs")}
    assert left <= drawn
    jobs = set(fresh.would_run())
    assert not (left | {"table_verdicts"}) & jobs
    assert "conclusion" in jobs


def test_claims_are_tested_where_there_are_any(fresh):
    made = {"claims", "figure_claims", "table_claims", "table_protocol"}
    assert not made & set(fresh.would_run())
    claim = {"says": "SN helps", "method": "sn", "than": "none"}
    fresh.configure(compare__claims={"sn_helps": claim})
    jobs = set(fresh.would_run())
    assert made <= jobs and "table_order_of_methods" not in jobs  # there is one architecture


def test_overrides_on_the_command_line(fresh):
    jobs = fresh.would_run(
        "--config",
        "training={seeds: [1, 2, 3], evaluate: {first: 2}}",
        "methods={sn: {label: x, learning_rates: {generator: 1e-4}}, none: null}",
        "run=abc",
        "learning_rate_search=null",
    )
    assert jobs["train_gan"] == 3
    plan = fresh.snakemake(
        "--dry-run",
        "--printshellcmds",
        "--config",
        "data={source: simulate, n_showers: 170}",
        "run=abc",
    )
    written = r"\"n_showers\": 170, .* > results/abc/data/source.recipe.json &&"
    assert re.search(rf"{written}\n\s*showergan simulate .*--out results/abc/data", plan)


def test_overrides_on_the_command_line_reach_the_figures(tiny):
    figure = f"{RUN}/figures/losses.png"
    width = plt.imread(tiny.folder / figure).shape[1]
    tiny.snakemake("--cores", "1", figure, "--config", "figures={dpi: 80}")
    assert plt.imread(tiny.folder / figure).shape[1] == pytest.approx(width / 2, abs=2)
    tiny.snakemake("--cores", "1", figure)
    assert tiny.would_run() == {}


def test_workflow_catalogue_entry_point(fresh):
    jobs = planned_jobs(
        fresh.snakemake("--snakefile", "workflow/Snakefile", "--dry-run", "--quiet", "rules")
    )
    assert jobs["train_gan"] == 2


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (
            ["preprocess", "--source", "nothing.npz", "--recipe", "{}", "--out", "x.h5"],
            "nothing.npz",
        ),
        (
            [
                *("verdicts", "--summary", "x.csv", "--grid", "g.csv"),
                *("--scorecard", "c.csv", "--failures", "f.csv"),
                *("--recipe", '{"baseline": "sn", "null": "sn_null"}'),
                *("--out", "y.csv", "--ranks", "r.csv", "--robustness", "z.csv"),
            ],
            "x.csv does not exist",
        ),
        (
            ["fetch", "--recipe", "{}", "--out", "x.npz"],
            "path: missing; it must be given: an http(s)://",
        ),
    ],
)
def test_user_mistakes_on_the_command_line_give_a_message(arguments, named):
    done = subprocess.run(
        [python(), "-m", "showergan.cli", *arguments], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert named in done.stderr


def test_a_run_costs_what_it_took(finished):
    """Told by itself a run is predicted as it was: each of its jobs, and the seconds of all."""
    records = [read_record(path) for path in (finished.folder / RUN).rglob("*provenance.json")]
    done = subprocess.run(
        [
            *(python(), "-m", "showergan.cli", "cost"),
            *("--configfile", "tiny.yaml", "--measured", RUN, "--devices", "2"),
        ],
        cwd=finished.folder,
        env=finished.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    *_, total, clock = map(str.split, done.stdout.splitlines())
    (_, n_jobs, hours, *_), (*_, minutes, _, seconds, _) = total, clock
    assert int(n_jobs) == sum(finished.would_run("--forceall").values()) - 1  # but for `all`
    assert float(hours) * 3600 == pytest.approx(sum(r.cpu_seconds for r in records), rel=0.05)
    assert int(minutes) * 60 + int(seconds) >= float(hours) * 3600 / 2 - 3
    assert "not measured" not in done.stderr
