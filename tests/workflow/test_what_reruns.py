"""What runs again when something changes: counted in dry runs after a finished run."""

import shutil

import pytest
import yaml

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
    "summarise": 1,
    "scorecard": 1,
    "verdicts": 1,
    "bars": 1,
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
def test_look_redraws_figures_only(tiny, change):
    tiny.configure(**{f"figures__{key}": value for key, value in change.items()})
    assert tiny.would_run() == FIGURES | ALL


def test_label_touches_figures_and_tables_only(tiny):
    tiny.configure(methods__sn={"label": "SN"})
    named = {f"figure_{name}": 1 for name in COMPARING}
    assert tiny.would_run() == named | TABLES | ALL


@pytest.mark.parametrize(
    ("module", "jobs"),
    [
        ("figures/losses.py", {"figure_losses": 1}),
        ("tables/verdicts.py", {"table_verdicts": 1}),
        ("tables/scorecard.py", {"table_scorecard": 1, "figure_scorecard": 1}),  # drawn from it
        ("tables/conclusion.py", {"conclusion": 1}),
        ("drawing/runs.py", FIGURES | TABLES),
        ("tasks/showers/figures/task.py", {"figure_task": 1}),
        ("tasks/showers/drawing/shower_images.py", OF_SHOWERS),
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
    tiny.configure(methods__sn={"normaliser": {"kind": "spectral_norm", "warmup_iterations": 16}})
    assert tiny.would_run() == trainings(1) | COMPARISON | ALL


def test_swapped_learning_rates_retrain_that_method(tiny):
    for rates in (
        {"generator": 1e-3, "discriminator": 3e-4},
        {"generator": 1e-4, "discriminator": 1e-3},
    ):
        tiny.configure(methods__sn={"learning_rates": rates})
        assert tiny.would_run() == trainings(1) | COMPARISON | ALL


def test_further_pair_of_learning_rates_is_trained(tiny):
    tiny.configure(
        methods__sn={"further_learning_rates": [{"generator": 1e-3, "discriminator": 3e-4}]}
    )
    several = {"figure_robustness": 1, "table_robustness": 1}
    assert tiny.would_run() == trainings(1) | COMPARISON | several | ALL


def test_shared_hyper_parameter_retrains_all(tiny):
    tiny.configure(training__n_critic=2)
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
