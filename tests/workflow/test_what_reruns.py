"""Jobs that run again when something changes, counted in dry runs after a finished run."""

import os
import shutil

import numpy as np
import pytest
import yaml
from copies import RATES
from PIL import Image

# Those that have something to show of two methods at one pair of learning rates with one seed.
COMPARING = (
    *("score_over_epochs", "prd_curves", "generated_showers"),
    *("scorecard", "energy_response", "differences", "lipschitz", "losses"),
)
OTHERS = (
    *("task", "target_showers", "entry_points", "embedding", "update_cosine"),
    *("generator_architecture", "discriminator_architecture"),
)
OF_SHOWERS = {
    f"figure_{name}": 1
    for name in (
        *("task", "target_showers", "entry_points", "embedding"),
        *("generated_showers", "energy_response"),
    )
}
FIGURES = {f"figure_{name}": 1 for name in (*COMPARING, *OTHERS)}
TABLES = {
    f"table_{name}": 1 for name in ("table_3", "all_methods", "verdicts", "scorecard", "failures")
} | {"conclusion": 1}
ALL = {"all": 1}
COMPARISON = {
    "choose": 1,
    "summarise": 1,
    "scorecard": 1,
    "verdicts": 1,
    "acceptance": 1,
    **TABLES,
    **{f"figure_{name}": 1 for name in COMPARING},
}


def trainings(n):
    return {"train_gan": n, "evaluate_gan": n}


def test_nothing_by_itself(tiny):
    assert tiny.would_run() == {}


@pytest.mark.parametrize(
    "change",
    [{"palette": "deep"}, {"dpi": 100}, {"context": "talk"}, {"colormap": "magma"}],
    ids=lambda c: next(iter(c)),
)
def test_style_redraws_figures_only(tiny, change):
    tiny.configure(**{f"figures__{key}": value for key, value in change.items()})
    assert tiny.would_run() == FIGURES | ALL


def test_label_touches_figures_and_tables_only(tiny):
    tiny.configure(methods__sn__label="SN")
    named = {f"figure_{name}": 1 for name in COMPARING}
    assert tiny.would_run() == named | TABLES | ALL


@pytest.mark.parametrize(
    ("module", "jobs"),
    [
        ("report/figures/losses.py", {"figure_losses": 1}),
        ("report/tables/verdicts.py", {"table_verdicts": 1}),
        (
            "report/tables/scorecard.py",
            {"table_scorecard": 1, "figure_scorecard": 1},
        ),  # drawn from it
        ("report/tables/conclusion.py", {"conclusion": 1}),
        ("report/runs.py", FIGURES | TABLES),
        ("tasks/showers/figures/task.py", {"figure_task": 1}),
        ("tasks/showers/drawing.py", OF_SHOWERS),
        ("comparison/verdicts.py", {}),
    ],
)
def test_code_redraws_what_it_draws(tiny, module, jobs):
    path = tiny.folder / "src/showergan" / module
    text = path.read_text()
    path.write_text(text + "\n# changed\n")
    assert tiny.would_run() == (jobs | ALL if jobs else {})
    path.write_text(text)


def test_new_seed_trains_once_per_method(tiny):
    tiny.configure(training__seeds=[1, 2])
    assert tiny.would_run() == trainings(2) | COMPARISON | ALL


def test_new_method_is_trained(tiny):
    tiny.configure(
        methods__new={
            "label": "SN, hard",
            "learning_rates": {"generator": 1e-3, "discriminator": 1e-3},
            "normaliser": {"kind": "spectral_norm", "warmup_iterations": 30},
        }
    )
    jobs = tiny.would_run()
    # Three methods have an order. Figures that show no method are not drawn anew.
    assert jobs == trainings(1) | COMPARISON | {"figure_rank_agreement": 1} | ALL


def test_hyper_parameter_of_one_method_retrains_that_method(tiny):
    tiny.configure(methods__sn__normaliser={"kind": "spectral_norm", "warmup_iterations": 16})
    assert tiny.would_run() == trainings(1) | COMPARISON | ALL


def test_swapped_learning_rates_retrain_that_method(tiny):
    for rates in (
        {"generator": 1e-3, "discriminator": 3e-4},
        {"generator": 1e-4, "discriminator": 1e-3},
    ):
        tiny.configure(methods__sn__learning_rates=rates)
        assert tiny.would_run() == trainings(1) | COMPARISON | ALL


def test_further_pair_of_learning_rates_is_trained(tiny):
    tiny.configure(methods__sn__further_learning_rates=[{"generator": 1e-3, "discriminator": 3e-4}])
    several = {"figure_robustness": 1, "table_robustness": 1, "figure_binding": 1}
    assert tiny.would_run() == trainings(1) | COMPARISON | several | ALL


def test_shared_hyper_parameter_retrains_all(tiny):
    tiny.configure(training__n_critic=2)
    assert tiny.would_run() == trainings(2) | COMPARISON | ALL


@pytest.mark.parametrize("change", [{"data__frame": "detector"}, {"data__energy": "raw"}])
def test_what_networks_see_makes_no_data_anew(tiny, change):
    tiny.configure(**change)
    assert tiny.would_run() == trainings(2) | COMPARISON | ALL


def test_evaluation_settings_train_no_gan(tiny):
    tiny.configure(evaluation__repeats=3)
    jobs = tiny.would_run()
    assert jobs["evaluate_gan"] == 2
    assert not {"train_gan", "train_embedding", "preprocess", "simulate"} & set(jobs)


def test_order_and_format_of_yaml_change_nothing(tiny):
    path = tiny.folder / "config.yaml"
    text = path.read_text()

    def backwards(value):
        if isinstance(value, dict):
            return {key: backwards(value[key]) for key in reversed(value)}
        return value

    config = yaml.safe_load(text)
    turned = backwards(config) | {
        "methods": {k: backwards(v) for k, v in config["methods"].items()}
    }
    path.write_text(yaml.safe_dump(turned, sort_keys=False, default_flow_style=True))
    assert tiny.would_run() == {}
    path.write_text(text)


def test_touched_small_input_changes_nothing(tiny):
    for name in (
        "summary.csv",
        "reference/anchors.csv",
        "embedding/metrics.json",
        "data/showers.h5",
    ):
        path = tiny.folder / "results/tiny" / name
        assert path.stat().st_size < 1_000_000
        path.touch()
    assert tiny.would_run() == {}


class TestSources:
    """Data of others, replaced by what may be older than what was made of them."""

    DATA = "results/other/data"

    def configure(self, fresh, **section):
        """Let a run of another task read data of others; return the target that is made of them."""
        methods = {"sn": {"label": "SN", "learning_rates": RATES}}
        raw = {"run": "other", "data": section, "methods": methods}
        raw |= {"task": "images" if section["source"] == "folder" else "text"}
        (fresh.folder / "other.yaml").write_text(yaml.safe_dump(raw))
        return f"{self.DATA}/{raw['task']}.h5"

    def jobs(self, fresh, target):
        return fresh.would_run("--cores", "1", target, configfile="other.yaml")

    @pytest.mark.parametrize("lines", [400, 20_000])
    def test_file(self, fresh, lines):
        text = "".join(f"{i:06} a line of no meaning but of a known length\n" for i in range(lines))
        path = fresh.folder / "book.txt"
        path.write_text(text)
        target = self.configure(fresh, source="text", path="book.txt")
        fresh.snakemake("--cores", "1", target, configfile="other.yaml")
        assert self.jobs(fresh, target) == {}
        path.write_text(text[::-1])
        os.utime(path, (1e9, 1e9))  # older than all
        assert self.jobs(fresh, target) == {"make_data": 1}
        fresh.snakemake("--cores", "1", target, configfile="other.yaml")
        if lines == 400:
            path.touch()
        assert self.jobs(fresh, target) == {}

    def test_folder_of_pictures(self, fresh):
        for i in range(10):
            path = fresh.folder / f"pictures/{'ab'[i % 2]}/{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("L", (16, 16), 20 * i).save(path)
        target = self.configure(fresh, source="folder", path="pictures", size=16)
        fresh.snakemake("--cores", "1", target, configfile="other.yaml")
        assert self.jobs(fresh, target) == {}
        (fresh.folder / "pictures/a").touch()
        (fresh.folder / "pictures/@eaDir").mkdir()
        assert self.jobs(fresh, target) == {}
        older, changed = (fresh.folder / f"pictures/a/{name}.png" for name in ("new", "0"))
        times = changed.stat()
        shutil.copy2(changed, older)  # one more, as old as all
        assert self.jobs(fresh, target) == {"make_data": 1}
        older.unlink()
        assert self.jobs(fresh, target) == {}
        kept = changed.read_bytes()
        changed.unlink()
        assert self.jobs(fresh, target) == {"make_data": 1}
        changed.write_bytes(kept + b" ")
        os.utime(changed, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert self.jobs(fresh, target) == {"make_data": 1}

    def test_showers(self, fresh, finished):
        theirs = fresh.folder / "showers.npz"
        shutil.copy2(finished.folder / "results/tiny/data/source.npz", theirs)
        fresh.configure(data={"source": "npz", "path": "showers.npz"})
        target = "results/tiny/data/showers.h5"
        fresh.snakemake("--cores", "1", target)
        assert fresh.would_run("--cores", "1", target) == {}
        with np.load(theirs) as file:
            arrays = dict(file)
        np.savez(theirs, **{k: v[::-1] for k, v in arrays.items()})
        os.utime(theirs, (1e9, 1e9))
        assert fresh.would_run("--cores", "1", target) == {"preprocess": 1}


def test_another_directory_changes_nothing(tiny, tmp_path):
    jobs = tiny.would_run(
        "--snakefile",
        str(tiny.folder / "Snakefile"),
        "--directory",
        str(tiny.folder),
        cwd=tmp_path,
        configfile=str(tiny.folder / "tiny.yaml"),
    )
    assert jobs == {}


def test_moved_checkout_changes_nothing(tiny, tmp_path):
    moved = type(tiny)(tmp_path / "moved")
    shutil.copytree(tiny.folder, moved.folder)
    assert moved.would_run() == {}
