"""Steps that compare the trainings of a run."""

import json
from pathlib import Path
from typing import Annotated

import pandas as pd

from showergan.cli.options import Anchors, Input, Metrics, Output
from showergan.comparison.acceptance import acceptance as check_acceptance
from showergan.comparison.claims import claims as test_claims
from showergan.comparison.claims import order_of_methods
from showergan.comparison.claims import protocol as weigh_protocol
from showergan.comparison.compared import compared as compared_by
from showergan.comparison.failures import failures as find_failures
from showergan.comparison.learning_rates import learning_rate_grid
from showergan.comparison.robustness import robustness as spread_over_rates
from showergan.comparison.runs import Runs, run_of
from showergan.comparison.scorecard import rank_agreement
from showergan.comparison.scorecard import scorecard as judge
from showergan.comparison.successes import outcomes as find_outcomes
from showergan.comparison.successes import successes as count_successes
from showergan.comparison.summary import summarise as summary_of
from showergan.comparison.summary import summarise_runs
from showergan.comparison.verdicts import ranks as rank_methods
from showergan.comparison.verdicts import verdicts as compare_methods
from showergan.config.kinds import implemented
from showergan.config.recipes import comparison as recipes
from showergan.io.tables import read_csv, tables, write_table

Summary = Annotated[Path, Input("summary of `summarise`: CSV")]
Scorecard = Annotated[Path, Input("scorecard of `scorecard`: CSV")]
Failures = Annotated[Path, Input("failures of `scorecard`: CSV")]
Grid = Annotated[Path, Input("learning rates of `choose`: CSV")]


def choose(
    recipe: recipes.Choose,
    *,
    metrics: Metrics,
    out: Annotated[Path, Output("a row per method and pair of learning rates: CSV")],
) -> None:
    """Read the metrics of the runs that choose: none that tests what they chose."""
    with tables(*metrics):
        runs = pd.concat(map(summarise_runs, Runs(metrics)), ignore_index=True)
        grid = learning_rate_grid(runs, recipe.choose_by, recipe.own_learning_rates)
    write_table(grid, out)


def summarise(
    recipe: recipes.Summarise,
    *,
    metrics: Metrics,
    anchors: Anchors,
    grid: Grid,
    out: Annotated[Path, Output("a row per run and score: CSV")],
) -> None:
    """Read the metrics of every run."""
    with tables(*metrics, anchors, grid):
        summary = summary_of(Runs(metrics), read_csv(anchors), read_csv(grid))
    write_table(summary, out)


def scorecard(
    recipe: recipes.Scorecard,
    *,
    metrics: Metrics,
    anchors: Anchors,
    summary: Summary,
    out: Annotated[Path, Output("a row per run and metric: CSV")],
    agreement: Annotated[Path, Output("Kendall's tau between metrics: CSV")],
    failures: Annotated[Path, Output("what went wrong in every run: CSV")],
) -> None:
    """Read the metrics of every run."""
    # It imports PyTorch, which other steps here do not need.
    from showergan.tasks.found import named

    registry = named(recipe.task, "The recipe").metrics
    with tables(*metrics, anchors, summary):
        read = Runs(metrics), read_csv(anchors), read_csv(summary)
        card = judge(*read, recipe.choose_by, registry)
        failed = find_failures(*read, recipe.choose_by, registry)
        agreed = rank_agreement(card)
    write_table(agreed, agreement)
    write_table(failed, failures)
    write_table(card, out)


def verdicts(
    recipe: recipes.Verdicts,
    *,
    summary: Summary,
    grid: Grid,
    scorecard: Scorecard,
    failures: Failures,
    out: Annotated[Path, Output("a row per comparison: CSV")],
    ranks: Annotated[Path, Output("a row per score and method: CSV")],
    robustness: Annotated[Path, Output("a row per method: CSV")],
) -> None:
    """Read what `summarise` and `scorecard` wrote."""
    with tables(summary, grid, scorecard, failures):
        runs = _compared(recipe, summary, failures, scorecard)
        first = read_csv(grid)["score"].iloc[0]  # the score that chooses
        runs = runs.sort_values("score", key=lambda score: score != first, kind="stable")
        spread = spread_over_rates(runs, recipe.column, recipe.level)
        ranked = rank_methods(runs, recipe)
        compared = compare_methods(runs, recipe)
    write_table(spread, robustness)
    write_table(ranked, ranks)
    write_table(compared, out)


def claims(
    recipe: recipes.Claims,
    *,
    summary: Summary,
    scorecard: Scorecard,
    failures: Failures,
    out: Annotated[Path, Output("a row per claim and score: CSV")],
    protocol: Annotated[Path, Output("what few seeds at their best epochs would say: CSV")],
    order: Annotated[Path, Output("agreement of architectures on the order of methods: CSV")],
) -> None:
    """Read what `summarise` and `scorecard` wrote."""
    with tables(summary, scorecard, failures):
        runs = _compared(recipe, summary, failures, scorecard)
        tested = test_claims(runs, recipe)
        weighed = weigh_protocol(runs, tested, recipe)
        ordered = order_of_methods(runs, recipe)
    write_table(weighed, protocol)
    write_table(ordered, order)
    write_table(tested, out)


def acceptance(
    recipe: recipes.Acceptance,
    *,
    scorecard: Scorecard,
    failures: Failures,
    anchors: Anchors,
    out: Annotated[Path, Output("a row per criterion: CSV")],
) -> None:
    """Read the scores of all runs."""
    with tables(scorecard, failures, anchors):
        read = read_csv(scorecard), read_csv(failures), read_csv(anchors)
        table = check_acceptance(*read, recipe)
    write_table(table, out)


def outcomes(
    recipe: recipes.Outcomes,
    *,
    summary: Summary,
    failures: Failures,
    out: Annotated[Path, Output("a row per architecture and method: CSV")],
    successes: Annotated[Path, Output("a row per two methods and threshold: CSV")],
) -> None:
    """Read the scores of all runs."""
    with tables(summary, failures):
        read = read_csv(summary), read_csv(failures)
        table = find_outcomes(*read, recipe.choose_by, recipe.failed_below)
        counted = count_successes(table, recipe.thresholds)
    write_table(counted, successes)
    write_table(table, out)


def loss_meaning(
    recipe: recipes.LossMeaning,
    *,
    metrics: Metrics,
    histories: Annotated[list[Path], Input("history.csv of every run")],
    trainings: Annotated[list[Path], Input("run.json of every run")],
    estimates: Annotated[Path, Output("estimated distances over the steps of every run: CSV")],
    out: Annotated[Path, Output("estimate and quality of every evaluated epoch: CSV")],
    correlation: Annotated[Path, Output("Spearman's rho of the two over seeds: CSV")],
) -> None:
    """Read histories and metrics of every run."""
    # As above.
    from showergan.comparison.loss_meaning import HISTORY, loss_correlation, with_seconds
    from showergan.comparison.loss_meaning import estimates as estimated_distances
    from showergan.comparison.loss_meaning import loss_meaning as quality_by_estimate
    from showergan.methods.losses import Loss
    from showergan.tasks.found import named

    registry = named(recipe.task, "The recipe").metrics
    losses = {name: implemented(loss, Loss) for name, loss in recipe.losses.items()}
    with tables(*metrics, *histories, *trainings):
        seconds = pd.DataFrame([_seconds_per_step(path) for path in trainings])
        # Methods have columns of their own, as ABCAS has its r.
        read = _of_all_runs(histories, HISTORY)
        found = with_seconds(estimated_distances(read, losses), seconds)
        meaning = quality_by_estimate(found, _of_all_runs(metrics), registry)
        correlations = loss_correlation(meaning)
    write_table(found, estimates)
    write_table(correlations, correlation)
    write_table(meaning, out)


def _compared(recipe: recipes.Tests, *paths: Path) -> pd.DataFrame:
    """Return the runs of summary, failures and scorecard with all that methods are compared by."""
    summary, failures, scorecard = map(read_csv, paths)
    return compared_by(summary, failures, scorecard, recipe.positions)


def _of_all_runs(paths: list[Path], columns: tuple[str, ...] | None = None) -> pd.DataFrame:
    return pd.concat(Runs(paths, columns), ignore_index=True)


def _seconds_per_step(path: Path) -> dict[str, str | float]:
    run = json.loads(path.read_text(encoding="utf-8"))
    return run_of(path) | {"per_step": run["seconds"] / run["generator_steps"]}
